package attendance

import (
	"cmp"
	"slices"
	"strconv"

	"rollcall/internal/district"
)

// Day is one dated piece of evidence.
type Day struct {
	Date     district.Date
	SchoolID string
	Code     string            // the code of the row that decided
	Category district.Category // as it counts: a matured unverified row is Unexcused, a pending one Unverified
	Kind     DayKind
	Periods  []string // periods the deciding rows name, empty for a whole-day row
	Minutes  int      // minutes missed where the row says, else 0
	Matured  bool     // an unverified row read as unexcused after the clear window
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

// inOrder gives marks by date, school, period, code and minutes: in that order
// a day's rows lie together, and no shuffle of the file can change which row
// decides.
func inOrder(marks []district.Mark) []district.Mark {
	for i := 1; i < len(marks); i++ {
		if marks[i-1].Date < marks[i].Date {
			continue
		}
		if byPlace(&marks[i-1], &marks[i]) > 0 {
			sorted := slices.Clone(marks)
			slices.SortFunc(sorted, func(a, b district.Mark) int { return byPlace(&a, &b) })
			return sorted
		}
	}
	return marks
}

func byPlace(a, b *district.Mark) int {
	return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.SchoolID, b.SchoolID), cmp.Compare(a.Period, b.Period),
		cmp.Compare(a.Code.Code, b.Code.Code), cmp.Compare(a.Minutes, b.Minutes))
}

// daysOf judges every enrolled day that has rows and appends them to days in
// date order, and to faults what the rows leave open. marks are in order.
func daysOf(days []Day, faults []Fault, marks []district.Mark, enrolled stays, asOf district.Date, rules Rules) ([]Day, []Fault) {
	for len(marks) > 0 {
		date, n := marks[0].Date, 1
		for n < len(marks) && marks[n].Date == date {
			n++
		}
		rows := marks[:n]
		marks = marks[n:]
		owner := enrolled.on(date)
		if owner == nil {
			continue
		}
		own := rowsOf(rows, owner.school)
		if len(own) == 0 {
			days = append(days, Day{
				Date: date, SchoolID: rows[0].SchoolID, Code: rows[0].Code.Code, Category: rows[0].Code.Category,
				Why: "Recorded by a school that was not the student's own that day.",
			})
			continue
		}
		j := judge{
			rows: own, periods: owner.periods, lateMinutes: rules.LateMinutes,
			matured: owner.calendar.Count(date+1, asOf) >= rules.ClearWindow,
		}
		day, minutesMissing := j.day()
		days = append(days, day)
		if minutesMissing {
			faults = append(faults, Fault{Date: date,
				Problem: "a tardy has no minutes and is not counted: enter minutes_missed in the student information system"})
		}
	}
	return days, faults
}

// rowsOf is the part of one day's rows that a school recorded.
func rowsOf(rows []district.Mark, school string) []district.Mark {
	for len(rows) > 0 && rows[0].SchoolID != school {
		rows = rows[1:]
	}
	n := 0
	for n < len(rows) && rows[n].SchoolID == school {
		n++
	}
	return rows[:n]
}

// judge is one day before the rules.
type judge struct {
	rows        []district.Mark // of one date and school, at least one, in order: whole-day rows lead
	periods     int             // a day at the school, 0 where attendance is daily
	matured     bool            // whether the clear window of the day's unverified rows has passed
	lateMinutes int
}

// day decides what the day was; the first rule that holds stands (rules.md 2).
// minutesMissing tells of a tardy that would need its minutes to count.
func (j *judge) day() (day Day, minutesMissing bool) {
	whole := 0
	for whole < len(j.rows) && j.rows[whole].Period == "" {
		whole++
	}
	// A whole-day row was entered by the office, which knows more than the
	// teachers' periods do.
	if row := j.gravest(j.rows[:whole]); row != nil {
		return j.evidence(row, FullDayAbsence), false
	}
	for i := range j.rows[:whole] {
		if j.rows[i].Code.Category == district.Present {
			day = j.evidence(&j.rows[i], Attended)
			day.Why = "Marked present for the whole day."
			return day, false
		}
	}
	if j.periods > 0 && j.count(j.isAbsence) >= j.periods {
		day = j.evidence(j.gravest(j.rows), FullDayAbsence)
		day.Periods = j.named(j.isAbsence)
		return day, false
	}
	return j.attended()
}

// attended is a day of which a part was attended: a truancy event or none.
func (j *judge) attended() (day Day, minutesMissing bool) {
	var event, telling *district.Mark
	for i := range j.rows {
		row := &j.rows[i]
		if row.Code.Category == district.Tardy && row.Minutes < 0 {
			minutesMissing = true
		}
		if event == nil && j.isEvent(row) {
			event = row
		}
		if telling == nil || j.weight(row) < j.weight(telling) {
			telling = row
		}
	}
	if event != nil {
		day = j.evidence(event, PartialDayTruancy)
		day.Periods = j.named(j.isEvent)
		return day, minutesMissing
	}
	day = j.evidence(telling, Attended)
	if telling.Period != "" {
		day.Periods = []string{telling.Period}
	}
	day.Why = j.why(telling)
	return day, minutesMissing
}

// isEvent reports a row that makes an attended day a truancy event: late or
// absent without a valid excuse for more than thirty minutes (EC 48260(a)). A
// period missed is longer than that where the row does not say.
func (j *judge) isEvent(row *district.Mark) bool {
	switch j.category(row) {
	case district.TardyOver30:
		return true
	case district.Tardy:
		return int(row.Minutes) > j.lateMinutes
	case district.Unexcused:
		return row.Minutes < 0 || int(row.Minutes) > j.lateMinutes
	}
	return false
}

func (j *judge) isAbsence(row *district.Mark) bool { return row.Code.Category.IsAbsence() }

// category is how a row counts: unverified is unexcused once its window passed.
func (j *judge) category(row *district.Mark) district.Category {
	if j.matured && row.Code.Category == district.Unverified {
		return district.Unexcused
	}
	return row.Code.Category
}

// precedence orders the categories where rows of one day disagree: the first
// names an absence; the rest only choose which row explains an attended day.
var precedence = [...]uint8{
	district.Unexcused: 1, district.Unverified: 2, district.Suspension: 3, district.IndependentStudyIncomplete: 4,
	district.Excused: 5, district.TardyOver30: 6, district.Tardy: 7, district.Present: 8,
}

func (j *judge) weight(row *district.Mark) uint8 { return precedence[j.category(row)] }

// gravest is the first absence row of the category that goes before the
// others, nil where no row is an absence.
func (j *judge) gravest(rows []district.Mark) *district.Mark {
	var found *district.Mark
	for i := range rows {
		if row := &rows[i]; j.isAbsence(row) && (found == nil || j.weight(row) < j.weight(found)) {
			found = row
		}
	}
	return found
}

// count is in how many distinct periods a row holds.
func (j *judge) count(holds func(*district.Mark) bool) int {
	n, last := 0, ""
	for i := range j.rows {
		if row := &j.rows[i]; row.Period != last && holds(row) {
			n, last = n+1, row.Period
		}
	}
	return n
}

// named lists the distinct periods in which a row holds, nil for none.
func (j *judge) named(holds func(*district.Mark) bool) []string {
	n := j.count(holds)
	if n == 0 {
		return nil
	}
	periods := make([]string, 0, n)
	last := ""
	for i := range j.rows {
		if row := &j.rows[i]; row.Period != last && holds(row) {
			periods, last = append(periods, row.Period), row.Period
		}
	}
	return periods
}

func (j *judge) evidence(row *district.Mark, kind DayKind) Day {
	return Day{
		Date: row.Date, SchoolID: row.SchoolID, Code: row.Code.Code, Category: j.category(row), Kind: kind,
		Minutes: max(0, int(row.Minutes)), Matured: j.matured && row.Code.Category == district.Unverified,
	}
}

// why tells a parent what keeps the row of an attended day from counting.
func (j *judge) why(row *district.Mark) string {
	switch j.category(row) {
	case district.Tardy:
		if row.Minutes < 0 {
			return "Late, but the minutes are not recorded."
		}
		return "Late " + j.minutes(row)
	case district.Unexcused:
		return "Missed without excuse " + j.minutes(row)
	case district.Unverified:
		return "Part of the day missed, not yet verified: a note can still clear it."
	case district.Excused:
		return "Part of the day missed, excused."
	case district.Suspension:
		return "Part of the day missed, suspended."
	case district.IndependentStudyIncomplete:
		return "Independent study incomplete for part of the day."
	}
	return "Marked present."
}

func (j *judge) minutes(row *district.Mark) string {
	return strconv.Itoa(int(row.Minutes)) + " minutes: only more than " + strconv.Itoa(j.lateMinutes) + " minutes counts."
}
