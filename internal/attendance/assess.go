package attendance

import (
	"slices"

	"rollcall/internal/district"
)

// Assess adds up one student's school year through d.AsOf. ok is false where no
// enrollment at a school of the district is open on that date: such a student
// is not assessed. Every row's Code must be set.
//
// The order of s.Enrollments and s.Marks does not matter; in the order that
// district promises they are read without a copy. s is not changed, and the
// standing shares only strings with it. (rules.md 1-3)
func Assess(s *district.Student, d *district.District, rules Rules) (standing Standing, ok bool) {
	var room [24]verdict
	standing, days, ok := addUp(s, d, rules, room[:0])
	if ok {
		standing.file(days, rules)
	}
	return standing, ok
}

// Tally is Assess without the evidence: Absences, Truancies, Uncounted and
// AbsencesByMonth stay nil. Writing them down costs more than the arithmetic,
// and whoever wants the figures of a whole district has no use for them.
func Tally(s *district.Student, d *district.District, rules Rules) (standing Standing, ok bool) {
	standing, _, ok = addUp(s, d, rules, nil)
	return standing, ok
}

// addUp judges the student's days and counts them. It keeps the verdicts in
// room, and the months, unless that is nil.
func addUp(s *district.Student, d *district.District, rules Rules, room []verdict) (standing Standing, days []verdict, ok bool) {
	current, ok := s.EnrollmentOn(d.AsOf)
	if !ok {
		return Standing{}, nil, false
	}
	if _, ok = d.School(current.SchoolID); !ok {
		return Standing{}, nil, false
	}
	var stayRoom [4]stay
	enrolled := staysOf(stayRoom[:0], s.Enrollments, d)

	standing = Standing{
		StudentID: s.ID, SchoolID: current.SchoolID, Grade: current.Grade, AsOf: d.AsOf,
		DaysEnrolled: enrolled.days(), SchoolDaysEnrolled: enrolled.daysAt(current.SchoolID),
		MonthDays: rules.MonthDays,
	}
	var monthRoom [16]int
	months := monthRoom[:0]
	if standing.DaysEnrolled > 0 && rules.MonthDays > 0 {
		n := (standing.DaysEnrolled-1)/rules.MonthDays + 1
		months = slices.Grow(months, n)[:n]
	}
	standing.CompulsoryAge, standing.Faults = compulsory(s, current.Grade, d.AsOf, rules)
	through := walk{marks: inOrder(s.Marks), rules: rules}
	for through.next(enrolled) {
		standing.count(&through.day, months)
		if room != nil {
			room = append(room, through.day)
		}
	}
	standing.conclude(rules, months)
	if room != nil && len(months) > 0 {
		standing.AbsencesByMonth = slices.Clone(months)
	}
	return standing, room, true
}

// oldestPupil is the age above which a birthdate must be a slip of the pen.
const oldestPupil = 25

// hasBirthdate reports whether a student has a birthdate that can be right.
func hasBirthdate(s *district.Student, asOf district.Date) bool {
	age, known := s.AgeOn(asOf)
	return known && s.Birthdate <= asOf && age <= oldestPupil
}

// compulsory says whether the student is of compulsory school age (EC 48200).
// Without a usable birthdate the grade answers: first grade is the first a
// child must attend, TK and K are not.
func compulsory(s *district.Student, grade string, asOf district.Date, rules Rules) (bool, []Fault) {
	age, known := s.AgeOn(asOf)
	if hasBirthdate(s, asOf) {
		return rules.CompulsoryFrom <= age && age <= rules.CompulsoryTo, nil
	}
	byGrade := district.GradeIndex(grade) >= district.GradeIndex("1")
	taken := "not of compulsory age"
	if byGrade {
		taken = "of compulsory age"
	}
	switch {
	case known:
		return byGrade, []Fault{{Problem: "the birthdate " + s.Birthdate.String() + " cannot be right: taken as " +
			taken + " by grade " + grade + " until it is corrected in the student information system"}}
	case !byGrade:
		return false, []Fault{{Problem: "the birthdate is missing: taken as " + taken + " by grade " + grade +
			" and so never truant, until it is entered in the student information system"}}
	}
	return byGrade, nil
}
