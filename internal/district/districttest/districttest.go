// Package districttest makes small fictitious districts for tests: a school
// that is in session every weekday, a child, the child's rows.
//
//	d := districttest.District("2025-09-15", districttest.School{ID: "A", From: "2025-08-11"})
//	child := districttest.Child(d, "1001").Enrol("A", "5", "2025-08-11", "").Absent("A", "U", "2025-09-05")
//	standing, ok := attendance.Assess(&child.Student, d, attendance.DefaultRules())
//
// A slip in a test's own data (a date that is no date, a code without a row in
// Codes) panics.
package districttest

import (
	"cmp"
	"slices"

	"rollcall/internal/district"
)

// Codes is the table every district here has, one code a category.
var Codes = []district.Code{
	{Code: "E", Category: district.Excused, Description: "Excused"},
	{Code: "I", Category: district.IndependentStudyIncomplete, Description: "Independent study, work not handed in"},
	{Code: "L", Category: district.TardyOver30, Description: "Late over 30 minutes"},
	{Code: "P", Category: district.Present, Description: "Present"},
	{Code: "S", Category: district.Suspension, Description: "Suspended"},
	{Code: "T", Category: district.Tardy, Description: "Tardy"},
	{Code: "U", Category: district.Unexcused, Description: "Unexcused"},
	{Code: "V", Category: district.Unverified, Description: "Unverified"},
}

// Day reads an ISO 8601 date; empty text is no date.
func Day(iso string) district.Date {
	var d district.Date
	if err := d.UnmarshalText([]byte(iso)); err != nil {
		panic(err)
	}
	return d
}

// School describes a school that is in session every weekday From..To except
// the Closed days. To is 30 June after From where it is empty.
type School struct {
	ID, Name, From, To string
	Periods            int // a day; 0 where attendance is daily
	Closed             []string
}

// Sessions lists the school's instructional days.
func (s School) Sessions() []district.Date {
	from, to := Day(s.From), Day(s.To)
	if to.IsZero() {
		to = district.YearOf(from).Last()
	}
	var days []district.Date
	for day := from; day <= to; day++ {
		if !day.IsWeekend() && !slices.Contains(s.Closed, day.String()) {
			days = append(days, day)
		}
	}
	return days
}

// District is the schools' district as of a date.
func District(asOf string, schools ...School) *district.District {
	d := &district.District{
		AsOf: Day(asOf), Year: district.YearOf(Day(asOf)),
		Calendars: map[string]*district.Calendar{}, Codes: map[string]*district.Code{},
	}
	for _, s := range schools {
		calendar, err := district.NewCalendar(s.Sessions())
		if err != nil {
			panic(err)
		}
		d.Calendars[s.ID] = calendar
		d.Schools = append(d.Schools, district.School{ID: s.ID, Name: cmp.Or(s.Name, "School "+s.ID), PeriodsPerDay: s.Periods})
	}
	slices.SortFunc(d.Schools, func(a, b district.School) int { return cmp.Compare(a.ID, b.ID) })
	for _, code := range Codes {
		d.Codes[code.Code] = &code
	}
	return d
}

// Pupil is a student under construction; every method returns it.
type Pupil struct {
	district.Student
	codes map[string]*district.Code
}

// Child begins a student of ten years on d.AsOf, without enrollments or rows.
func Child(d *district.District, id string) *Pupil {
	y, m, day := d.AsOf.Time().Date()
	return &Pupil{
		Student: district.Student{ID: id, FirstName: "Alex", LastName: "Sample", Birthdate: district.NewDate(y-10, m, day)},
		codes:   d.Codes,
	}
}

// Born sets the birthdate; empty text removes it.
func (p *Pupil) Born(iso string) *Pupil {
	p.Birthdate = Day(iso)
	return p
}

// Enrol adds an enrollment; an empty exit is open.
func (p *Pupil) Enrol(school, grade, entry, exit string) *Pupil {
	p.Enrollments = append(p.Enrollments,
		district.Enrollment{SchoolID: school, Grade: grade, EntryDate: Day(entry), ExitDate: Day(exit)})
	slices.SortStableFunc(p.Enrollments, func(a, b district.Enrollment) int {
		return cmp.Or(cmp.Compare(a.EntryDate, b.EntryDate), cmp.Compare(a.SchoolID, b.SchoolID))
	})
	return p
}

// Absent adds a whole-day row with the code on each day.
func (p *Pupil) Absent(school, code string, days ...string) *Pupil {
	for _, day := range days {
		p.Row(school, code, Day(day), "", district.NoMinutes)
	}
	return p
}

// Period adds one row of a period; minutes is district.NoMinutes where the row
// does not say.
func (p *Pupil) Period(school, code, day, period string, minutes int) *Pupil {
	return p.Row(school, code, Day(day), period, minutes)
}

// Row adds one attendance row.
func (p *Pupil) Row(school, code string, day district.Date, period string, minutes int) *Pupil {
	meaning, ok := p.codes[code]
	if !ok {
		panic("no absence code " + code)
	}
	p.Marks = append(p.Marks,
		district.Mark{Date: day, Minutes: int16(minutes), Entry: &district.Entry{SchoolID: school, Period: period, Code: meaning}})
	slices.SortStableFunc(p.Marks, func(a, b district.Mark) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.SchoolID, b.SchoolID), cmp.Compare(a.Period, b.Period))
	})
	return p
}
