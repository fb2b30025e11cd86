package intervention

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// track is the meeting days of one school and kind as date after date comes up.
type track struct {
	rule     DayRule
	school   district.School
	kind     Kind
	district *district.District
	// specialists are the keys of those who must be there; empty where nobody is
	// needed.
	specialists []string
	due         map[district.Date]district.Date // the rule's, by the first date that can serve it
	booked      map[district.Date]MeetingDay
	served      map[district.Date]bool // keys of due for which a day is booked
	numbers     map[int]bool           // of booked days

	last    int           // number of the latest day up to now
	pending district.Date // the key of due that has no day yet, zero for none
	// elsewhere are the schools that had the specialists on the pending date.
	elsewhere []string
	// leaders are who may lead this school's meetings, in the file's order.
	leaders []leader
}

func newTrack(rule DayRule, d *district.District, school district.School, kind Kind, booked []MeetingDay) *track {
	t := &track{
		rule: rule, school: school, kind: kind, district: d, due: map[district.Date]district.Date{},
		booked: map[district.Date]MeetingDay{}, served: map[district.Date]bool{}, numbers: map[int]bool{},
	}
	if kind == SART {
		for _, s := range d.StaffOf(school.ID, district.AttendanceSpecialist) {
			t.specialists = append(t.specialists, strings.ToLower(strings.TrimSpace(s.Email)))
		}
	}
	t.leaders = leaders(d, school.ID)
	for _, date := range t.ruleDates() {
		if first := t.onward(date); first != 0 && t.due[first] == 0 {
			t.due[first] = date
		}
	}
	for _, day := range booked {
		if day.SchoolID != school.ID || day.Kind != kind {
			continue
		}
		t.booked[day.Date] = day
		t.numbers[day.Ordinal] = true
		t.served[day.Date], t.served[t.onward(day.Due)] = true, true
	}
	return t
}

// ruleDates are the dates of the school year that the rule names, ascending.
func (t *track) ruleDates() []district.Date {
	year := t.district.Year
	var dates []district.Date
	if opt, err := parseRecurrence(t.rule.Rule); err == nil {
		// The summer's occurrences would all fall on the first day of school.
		opens := t.district.Calendars[t.school.ID].OnOrAfter(year.First())
		days, _ := occurrences(*opt, year, year)
		for _, day := range days {
			if day >= opens {
				dates = append(dates, day)
			}
		}
	}
	dates = append(dates, t.rule.Dates...)
	dates = slices.DeleteFunc(dates, func(date district.Date) bool {
		return slices.Contains(t.rule.Except, date) || !year.Contains(date)
	})
	slices.Sort(dates)
	return dates
}

func (t *track) teaches(date district.Date) bool {
	return t.district.Calendars[t.school.ID].IsInstructional(date)
}

// open reports whether a new day may be on a date.
func (t *track) open(date district.Date) bool {
	return t.teaches(date) && !slices.Contains(t.rule.Except, date)
}

// onward is the first instructional day not before date that is no exception,
// zero where the calendar ends.
func (t *track) onward(date district.Date) district.Date {
	cal := t.district.Calendars[t.school.ID]
	date = cal.OnOrAfter(date)
	for date != 0 && slices.Contains(t.rule.Except, date) {
		date = cal.OnOrAfter(date + 1)
	}
	return date
}

// settle gives the days of all tracks on one date; the dates before it are
// settled already. Days before from that nobody is booked on have no number.
func settle(tracks []*track, date, from district.Date, travelMinutes int) []MeetingDay {
	var days []MeetingDay
	var asking []*track
	there, leading := newVisits(travelMinutes), map[string]string{}
	for _, t := range tracks {
		if t.due[date] != 0 {
			t.pending, t.elsewhere = date, nil
			if t.served[date] {
				t.pending = 0
			}
		}
		day, booked := t.booked[date]
		switch {
		case booked:
			t.last = max(t.last, day.Ordinal)
			days = append(days, day)
			for _, l := range t.leaders {
				if slices.Contains(day.Facilitators, l.name) {
					leading[l.key] = t.school.ID
				}
			}
			if day.needsSpecialist() {
				there.bind(t, day)
			}
		case t.pending != 0 && t.open(date) && !t.wouldComeBetween(date, from):
			asking = append(asking, t)
		}
	}
	slices.SortFunc(asking, func(a, b *track) int {
		return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.school.ID, b.school.ID), cmp.Compare(a.kind, b.kind))
	})
	var away []*track
	for _, t := range asking {
		day := t.day(date, t.next(date, from))
		if day.needsSpecialist() && len(t.specialists) > 0 && !there.bind(t, day) {
			away = append(away, t)
			continue
		}
		day.Facilitators = t.inTurn(day, leading)
		days = append(days, day)
		t.pending = 0
		if date >= from {
			t.last = day.Ordinal
		}
	}
	for _, t := range away {
		if t.pending == date {
			t.elsewhere = there.shared(t)
		}
	}
	return days
}

// next is the number of a new day on a date: the first after the latest that no
// booked day has. Before from, where new days take no number, later bookings
// have no say.
func (t *track) next(date, from district.Date) int {
	n := t.last + 1
	for date >= from && t.numbers[n] {
		n++
	}
	return n
}

// wouldComeBetween reports whether the specialist's days that are left are all
// booked on later dates: a day that found no place among them then finds none
// now.
func (t *track) wouldComeBetween(date, from district.Date) bool {
	return t.kind == SART && t.last < len(specialistRoles) && t.next(date, from) > len(specialistRoles)
}

// day is a new day on a date, for the pending one.
func (t *track) day(date district.Date, ordinal int) MeetingDay {
	day := MeetingDay{
		SchoolID: t.school.ID, Kind: t.kind, Date: date, Due: t.due[t.pending], Moved: t.moved(date),
		Start: t.rule.Start, End: t.rule.End, SlotMinutes: t.rule.SlotMinutes,
		Rooms: slices.Clone(t.rule.Rooms), Place: t.rule.Place,
		Ordinal: ordinal,
	}
	if t.kind == SART {
		day.SpecialistRole = specialistRole(day.Ordinal)
	}
	return day
}

// moved says why the pending day is on a date other than the rule's.
func (t *track) moved(date district.Date) string {
	due := t.due[t.pending]
	var why []string
	switch {
	case due != t.pending && t.teaches(due):
		why = append(why, "no meetings that day")
	case due != t.pending:
		why = append(why, "no school that day")
	}
	if date != t.pending {
		on := "that day"
		if due != t.pending {
			on = "on " + t.pending.Format(dayWithWeekday)
		}
		why = append(why, fmt.Sprintf("the Attendance Specialist belongs to %s %s", strings.Join(t.elsewhere, " and "), on))
	}
	if len(why) == 0 {
		return ""
	}
	return fmt.Sprintf("moved from %s: %s", due.Format(dayWithWeekday), strings.Join(why, "; "))
}

const dayWithWeekday = "Mon Jan 2"
