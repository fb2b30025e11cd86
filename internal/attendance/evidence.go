package attendance

import (
	"strconv"

	"rollcall/internal/district"
)

// Day is one dated piece of evidence.
type Day struct {
	Date     district.Date
	Category district.Category // as it counts: a matured unverified row is Unexcused, a pending one Unverified
	Kind     DayKind
	Matured  bool // an unverified row read as unexcused after the clear window
	SchoolID string
	Code     string   // the code of the row that decided
	Periods  []string // periods the deciding rows name, empty for a whole-day row
	Minutes  int      // minutes missed where the deciding row says, else 0
	Why      string   // for Uncounted: why it does not count, in plain words
}

// DayKind is what a day was.
type DayKind uint8

// What a day can be. Attended is any day of which a part was attended and that
// is no truancy event.
const (
	Attended DayKind = iota
	FullDayAbsence
	PartialDayTruancy
)

// file keeps the days as evidence, each list exactly as long as its count.
func (s *Standing) file(days []verdict, rules Rules) {
	s.Absences, s.Truancies, s.Uncounted = space(s.DaysAbsent, s.TruancyEvents, len(days)-s.DaysAbsent-s.PartialDayTruancies)
	absent, truant, neither := 0, 0, 0
	for i := range days {
		v := &days[i]
		switch v.kind {
		case FullDayAbsence:
			day := &s.Absences[absent]
			v.evidence(day, rules)
			absent++
			if v.category == district.Unexcused {
				s.Truancies[truant] = *day
				truant++
			}
		case PartialDayTruancy:
			v.evidence(&s.Truancies[truant], rules)
			truant++
		case Attended:
			v.evidence(&s.Uncounted[neither], rules)
			neither++
		}
	}
}

// space is three lists of the lengths given, out of one allocation: a district
// makes them a hundred thousand times a night. An empty list is nil.
func space(absent, truant, neither int) (a, t, n []Day) {
	all := make([]Day, absent+truant+neither)
	if absent > 0 {
		a, all = all[:absent:absent], all[absent:]
	}
	if truant > 0 {
		t, all = all[:truant:truant], all[truant:]
	}
	if neither > 0 {
		n = all
	}
	return a, t, n
}

// evidence writes the day as a person reads it.
func (v *verdict) evidence(day *Day, rules Rules) {
	row := v.decisive
	day.Date, day.SchoolID, day.Code = row.Date, row.SchoolID, row.Code.Code
	day.Category, day.Kind = v.category, v.kind
	day.Minutes = max(0, int(row.Minutes))
	day.Matured = v.matured && row.Code.Category == district.Unverified
	switch {
	case v.kind == Attended:
		day.Why = v.why(rules)
		if row.Period != "" {
			day.Periods = []string{row.Period}
		}
	case row.Period != "" && v.kind == FullDayAbsence:
		day.Periods = periodsIn(v.rows, isAbsence)
	case row.Period != "":
		day.Periods = periodsIn(v.rows, func(m *district.Mark) bool { return v.isEvent(m, rules.LateMinutes) })
	}
}

// why tells a parent what keeps the row of an attended day from counting.
func (v *verdict) why(rules Rules) string {
	row := v.decisive
	if len(v.rows) == 0 {
		return "Recorded by a school that was not the student's own that day."
	}
	switch v.category {
	case district.Tardy:
		if row.Minutes < 0 {
			return "Late, but the minutes are not recorded."
		}
		return tooFew("Late ", row, rules)
	case district.Unexcused:
		return tooFew("Missed without excuse ", row, rules)
	case district.Unverified:
		return "Part of the day missed, not yet verified: a note can still clear it."
	case district.Excused:
		return "Part of the day missed, excused."
	case district.Suspension:
		return "Part of the day missed, suspended."
	case district.IndependentStudyIncomplete:
		return "Independent study incomplete for part of the day."
	}
	if row.Period == "" {
		return "Marked present for the whole day."
	}
	return "Marked present."
}

func tooFew(what string, row *district.Mark, rules Rules) string {
	unit := " minutes"
	if row.Minutes == 1 {
		unit = " minute"
	}
	return what + strconv.Itoa(int(row.Minutes)) + unit + ": only more than " + strconv.Itoa(rules.LateMinutes) + " minutes counts."
}
