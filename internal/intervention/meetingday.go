package intervention

import (
	"cmp"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// What the Attendance Specialist does on a school's SART days (the process's
// "attendance specialist support").
var specialistRoles = []string{"Model", "Co-facilitation", "Observation and feedback"}

const ongoingSupport = "ongoing support"

// specialistRole is the role on a school's n-th SART day of the year, from 1.
func specialistRole(n int) string {
	if n <= len(specialistRoles) {
		return specialistRoles[n-1]
	}
	return ongoingSupport
}

// Slots is how many meetings follow each other in one room.
func (d MeetingDay) Slots() int {
	if d.SlotMinutes <= 0 || d.End <= d.Start {
		return 0
	}
	return int(d.End-d.Start) / d.SlotMinutes
}

// Capacity is how many meetings the day has room for.
func (d MeetingDay) Capacity() int { return d.Slots() * len(d.Rooms) }

// Horizon bounds the days a family may be given whose letter is issued on a
// date: from lead to horizon instructional days after it. Near the end of the
// year latest is the last day of school; where the year has not even lead days
// left, both are zero, which no day satisfies.
func Horizon(cal *district.Calendar, issued district.Date, lead, horizon int) (earliest, latest district.Date) {
	earliest = cal.After(issued, max(lead, 1))
	if earliest.IsZero() {
		return 0, 0
	}
	if latest = cal.After(issued, horizon); latest.IsZero() {
		all := cal.All()
		latest = all[len(all)-1]
	}
	return earliest, latest
}

// ExpandDays lists the meeting days of every school within from..to, by school,
// kind and date. booked are the days of the year on which meetings stand or
// were held: those within from..to come out as they are, and new ones join. A
// booked day that is no school day any more is none: its date of the rule has
// another day, and that one its number.
//
// A day the rule puts where no school is taught becomes the next instructional
// day, and is dropped where that is a meeting day already. A school's SART days
// are numbered on from its booked ones; on its first three the Attendance
// Specialist must be there, so that a day on which they are at another school
// becomes the next one free. Of the schools that need them on one day the one
// with fewest SART days so far goes first, then the lower school ID; a day that
// finds no place before the school's next one is given up. (interface.md,
// Meetings)
//
// Each date is settled by the rules, the calendars and what is booked up to it,
// and a booked day stands for the date of the rule it was made for. Done again
// once some of its days are booked it gives the same days, wherever a night was
// cut, and a later to only adds days after the earlier one. A later from gives
// the same days from there on while those it leaves behind are booked; one that
// nobody can be invited to any more has no number, so that the days after it
// that are not booked either move up.
//
// rules must have passed Validate; a rule that does not parse gives no days.
func ExpandDays(rules MeetingRules, d *district.District, from, to district.Date, booked []MeetingDay) []MeetingDay {
	to, booked = min(to, d.Year.Last()), OnSchoolDays(d, booked)
	var tracks []*track
	for _, school := range d.Schools {
		for _, kind := range []Kind{CART, SART} {
			tracks = append(tracks, newTrack(rules.For(school.ID, kind), d, school, kind, booked))
		}
	}
	var out []MeetingDay
	for date := d.Year.First(); date <= to; date++ {
		for _, day := range settle(tracks, date, from, rules.TravelMinutes) {
			if from <= date {
				out = append(out, day)
			}
		}
	}
	return sortedDays(out)
}

// OnSchoolDays leaves out the meeting days that by the calendar of their school
// are no school days any more, whatever was booked on them: they take no family,
// have no number and need nobody.
func OnSchoolDays(d *district.District, days []MeetingDay) []MeetingDay {
	return slices.DeleteFunc(slices.Clone(days), func(day MeetingDay) bool {
		return d.Calendars[day.SchoolID].Closed(day.Date)
	})
}

// Crowded says where the Attendance Specialist is, by the district's days, on each
// of the rule's SART days of a school within from..to: "Elm School on Wed Nov 12".
// It is empty for a school that has a SART day there, and for one whose rule has
// none.
func Crowded(rules MeetingRules, d *district.District, school district.School, from, to district.Date, days []MeetingDay) []string {
	days = OnSchoolDays(d, days)
	if slices.ContainsFunc(days, func(day MeetingDay) bool {
		return day.SchoolID == school.ID && day.Kind == SART && from <= day.Date && day.Date <= to
	}) {
		return nil
	}
	own := newTrack(rules.For(school.ID, SART), d, school, SART, nil)
	var where []string
	for date := from; date <= to; date++ {
		if own.due[date] == 0 {
			continue
		}
		there := newVisits(rules.TravelMinutes)
		for _, other := range d.Schools {
			i := slices.IndexFunc(days, func(day MeetingDay) bool {
				return day.SchoolID == other.ID && day.Date == date && day.needsSpecialist()
			})
			if i >= 0 {
				there.bind(newTrack(rules.For(other.ID, SART), d, other, SART, nil), days[i])
			}
		}
		if names := there.shared(own); len(names) > 0 {
			where = append(where, strings.Join(names, " and ")+" on "+date.Format(dayWithWeekday))
		}
	}
	return where
}

func (d MeetingDay) needsSpecialist() bool {
	return d.Kind == SART && d.Ordinal <= len(specialistRoles)
}

func sortedDays(days []MeetingDay) []MeetingDay {
	days = slices.Clone(days)
	slices.SortStableFunc(days, func(a, b MeetingDay) int {
		return cmp.Or(cmp.Compare(a.SchoolID, b.SchoolID), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Date, b.Date), cmp.Compare(a.Start, b.Start))
	})
	return days
}
