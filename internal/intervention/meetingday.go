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
// were held: those within from..to come out as they are, unless school is no
// longer taught on them, and new ones join.
//
// A day the rule puts where no school is taught becomes the next instructional
// day, and is dropped where that is outside from..to or a meeting day already.
// A school's SART days are numbered on from its booked ones; on its first three
// the Attendance Specialist must be there, so that a day on which they are at
// another school's becomes the next one free. Schools settle in the order of
// their IDs. (interface.md, Meetings)
//
// rules must have passed Validate; a rule that does not parse gives no days.
func ExpandDays(rules MeetingRules, d *district.District, from, to district.Date, booked []MeetingDay) []MeetingDay {
	to = min(to, d.Year.Last())
	var out []MeetingDay
	busy := appointments{}
	for _, day := range sortedDays(booked) {
		cal := d.Calendars[day.SchoolID]
		if from <= day.Date && day.Date <= to && cal.IsInstructional(day.Date) {
			out = append(out, day)
		}
		if day.needsSpecialist() {
			busy.reserve(d.StaffOf(day.SchoolID, district.AttendanceSpecialist), day.Date)
		}
	}
	for _, school := range d.Schools {
		for _, kind := range []Kind{CART, SART} {
			e := expansion{
				rule: rules.For(school.ID, kind), school: school.ID, kind: kind, district: d,
				from: max(from, d.Year.First()), to: to, taken: map[district.Date]bool{},
			}
			for _, day := range booked {
				if day.SchoolID == school.ID && day.Kind == kind {
					e.taken[day.Date] = true
					e.ordinal = max(e.ordinal, day.Ordinal)
				}
			}
			out = append(out, e.days(busy)...)
		}
	}
	return sortedDays(out)
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

// expansion makes the new days of one school and kind.
type expansion struct {
	rule     DayRule
	school   string
	kind     Kind
	district *district.District
	from, to district.Date
	taken    map[district.Date]bool // meeting days of the school and kind
	ordinal  int                    // of the last one
}

func (e *expansion) days(busy appointments) []MeetingDay {
	specialists := e.district.StaffOf(e.school, district.AttendanceSpecialist)
	pending := e.candidates()
	var made []MeetingDay
	for len(pending) > 0 {
		date := pending[0]
		pending = pending[1:]
		day := e.day(date)
		if day.needsSpecialist() && !busy.reserve(specialists, date) {
			next := e.onward(date + 1)
			for next != 0 && (e.taken[next] || slices.Contains(pending, next) || !busy.free(specialists, next)) {
				next = e.onward(next + 1)
			}
			// The day may have moved past later ones, which then come before it.
			if next != 0 && next <= e.to {
				at, _ := slices.BinarySearch(pending, next)
				pending = slices.Insert(pending, at, next)
			}
			continue
		}
		e.taken[date] = true
		e.ordinal = day.Ordinal
		made = append(made, day)
	}
	return made
}

// candidates are the dates within from..to that are not taken, each
// instructional and no exception, ascending.
func (e *expansion) candidates() []district.Date {
	var dates []district.Date
	if opt, err := parseRecurrence(e.rule.Rule); err == nil {
		// The summer's occurrences would all fall on the first day of school.
		opens := e.district.Calendars[e.school].OnOrAfter(e.district.Year.First())
		days, _ := occurrences(*opt, e.district.Year, e.district.Year)
		for _, day := range days {
			if day >= opens {
				dates = append(dates, day)
			}
		}
	}
	dates = append(dates, e.rule.Dates...)
	var found []district.Date
	for _, date := range dates {
		if slices.Contains(e.rule.Except, date) || !e.district.Year.Contains(date) {
			continue
		}
		date = e.onward(date)
		if e.from <= date && date <= e.to && !e.taken[date] {
			found = append(found, date)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// onward is the first instructional day not before date that is no exception,
// zero where the calendar ends.
func (e *expansion) onward(date district.Date) district.Date {
	cal := e.district.Calendars[e.school]
	date = cal.OnOrAfter(date)
	for date != 0 && slices.Contains(e.rule.Except, date) {
		date = cal.OnOrAfter(date + 1)
	}
	return date
}

func (e *expansion) day(date district.Date) MeetingDay {
	day := MeetingDay{
		SchoolID: e.school, Kind: e.kind, Date: date,
		Start: e.rule.Start, End: e.rule.End, SlotMinutes: e.rule.SlotMinutes,
		Rooms: slices.Clone(e.rule.Rooms), Place: e.rule.Place,
		Facilitators: facilitators(e.district, e.school), Ordinal: e.ordinal + 1,
	}
	if e.kind == SART {
		day.SpecialistRole = specialistRole(day.Ordinal)
	}
	return day
}

// facilitators are the names of a school's facilitators, else of its admins
// (AP, Dean or Admin Designee), in the file's order.
func facilitators(d *district.District, schoolID string) []string {
	staff := d.StaffOf(schoolID, district.Facilitator)
	if len(staff) == 0 {
		staff = d.StaffOf(schoolID, district.Admin)
	}
	var names []string
	for _, s := range staff {
		if s.Name != "" && !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}

// appointments are the days on which a specialist, by e-mail address, is bound
// to one school.
type appointments map[string]map[district.Date]bool

// reserve binds the first of the specialists who is free; false where all are
// at other schools. A school without specialist keeps its day.
func (a appointments) reserve(specialists []district.Staff, on district.Date) bool {
	for _, s := range specialists {
		key := strings.ToLower(strings.TrimSpace(s.Email))
		if !a[key][on] {
			if a[key] == nil {
				a[key] = map[district.Date]bool{}
			}
			a[key][on] = true
			return true
		}
	}
	return len(specialists) == 0
}

func (a appointments) free(specialists []district.Staff, on district.Date) bool {
	for _, s := range specialists {
		if !a[strings.ToLower(strings.TrimSpace(s.Email))][on] {
			return true
		}
	}
	return len(specialists) == 0
}
