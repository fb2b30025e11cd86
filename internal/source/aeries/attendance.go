package aeries

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
)

// absenceCode is one of a school's.
type absenceCode struct {
	SchoolCode               int
	AbsenceCode              text
	Title                    string
	TypeCode                 int
	CountsForADA             bool
	IsSuspension             bool
	IsPartialDayTruant       bool
	IsTemporarilyNotEnrolled bool
	IndependentStudyCode     text
}

// category is what a code means by its type and flags, in the bundle's words. What
// means nothing to us is named as it is, and stops the night where the bundle reads it.
func (c *absenceCode) category() string {
	switch {
	case c.IsTemporarilyNotEnrolled:
		return district.Present.String() // a day that is not asked of the child
	case c.IsSuspension && c.CountsForADA:
		return district.Present.String() // suspended in school
	case c.IsSuspension:
		return district.Suspension.String()
	}
	switch strings.ToUpper(c.IndependentStudyCode.trim()) {
	case "":
	case "I":
		return district.IndependentStudyIncomplete.String()
	case "C":
		return district.Present.String()
	default:
		return fmt.Sprintf("independent study code %s", c.IndependentStudyCode)
	}
	if c.IsPartialDayTruant {
		return district.TardyOver30.String()
	}
	switch c.TypeCode {
	case 1:
		return district.Unverified.String()
	case 2:
		return district.Excused.String()
	case 3:
		return district.Unexcused.String()
	case 4, 6:
		return district.Present.String()
	case 5, 8, 9:
		return district.Tardy.String()
	}
	return fmt.Sprintf("Aeries type %d", c.TypeCode)
}

// codesOf asks for a school's codes, once.
func (s *System) codesOf(ctx context.Context, one school) (codes []absenceCode, err error) {
	codes, known := s.codes[one.SchoolCode]
	if !known {
		if err := s.get(ctx, one.path("AbsenceCodes"), nil, &codes); err != nil {
			return nil, err
		}
		s.codes[one.SchoolCode] = codes
	}
	return codes, nil
}

// categoryOf is what a code means at a school, as Aeries has it; empty where that is unknown.
func (s *System) categoryOf(ctx context.Context, one school, code string) (string, error) {
	codes, err := s.codesOf(ctx, one)
	for i := range codes {
		if codes[i].AbsenceCode.trim() == code {
			return codes[i].category(), nil
		}
	}
	return "", err
}

// settled are what the office may have found a day to be.
var settled = []string{district.Excused.String(), district.Suspension.String(), district.IndependentStudyIncomplete.String(), district.Present.String()}

// cleared is a class's code, or the day's where the office has settled what the class had
// not verified. How much of the day was missed the classes say.
func (s *System) cleared(ctx context.Context, one school, class, day string) (string, error) {
	if day == "" || class == day {
		return class, nil
	}
	open, err := s.categoryOf(ctx, one, class)
	if err != nil || open != district.Unverified.String() {
		return class, err
	}
	said, err := s.categoryOf(ctx, one, day)
	if err != nil || !slices.Contains(settled, said) {
		return class, err
	}
	return day, nil
}

// absenceCodes are those of all schools, which must mean the same at each: a student's
// days of two schools are counted together.
func (s *System) absenceCodes(ctx context.Context) (*bundle.Table, error) {
	codes, err := each(ctx, s, s.codesOf)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	var faults []error
	first := map[string]*absenceCode{}
	for i := range codes {
		c := &codes[i]
		code := c.AbsenceCode.trim()
		switch was := first[code]; {
		case was == nil:
			first[code] = c
			rows = append(rows, []string{code, c.category(), c.Title})
		case was.category() != c.category():
			faults = append(faults, fmt.Errorf("code %q means %s at school %d and %s at school %d: give it one meaning in Aeries, or write absence_codes.csv into the folder source.path",
				code, was.category(), was.SchoolCode, c.category(), c.SchoolCode))
		}
	}
	return bundle.Memory("code category description", rows), errors.Join(faults...)
}

// attendance asks for the codes of the school year up to the as-of date. A school that
// takes attendance by day has them in the all-day code; of the others each class's
// counts, and the all-day code only where no class has one, or has not verified its own.
func (s *System) attendance(ctx context.Context) (*bundle.Table, error) {
	type answer struct {
		StudentID      int
		AttendanceDays []struct {
			CalendarDate         string
			AllDayAttendanceCode text
			Classes              []struct{ Period, AttendanceCode text }
		}
	}
	span := url.Values{
		"StartDate": {compact(district.YearOf(s.AsOf).First())},
		"EndDate":   {compact(s.AsOf)},
	}
	rows, err := each(ctx, s, func(ctx context.Context, one school) (rows [][]string, err error) {
		var students []answer
		if err := s.get(ctx, one.path("attendance"), span, &students); err != nil {
			return nil, err
		}
		if students == nil {
			return nil, one.saidNull()
		}
		for _, a := range students {
			for _, day := range a.AttendanceDays {
				add := func(code, period string) {
					row := []string{id(a.StudentID), one.code(), date(day.CalendarDate), code, period}
					// Two sections in one period have the same code twice.
					if n := len(rows); n == 0 || !slices.ContainsFunc(rows[max(0, n-len(day.Classes)-1):], func(r []string) bool { return slices.Equal(r, row) }) {
						rows = append(rows, row)
					}
				}
				marked, whole := false, day.AllDayAttendanceCode.trim()
				for _, class := range day.Classes {
					code := class.AttendanceCode.trim()
					if code == "" || one.hasDailyCodeOnly {
						continue
					}
					if code, err = s.cleared(ctx, one, code, whole); err != nil {
						return nil, err
					}
					add(code, class.Period.trim())
					marked = true
				}
				if whole != "" && !marked {
					add(whole, "")
				}
			}
		}
		return rows, nil
	})
	return bundle.Memory("student_id school_id date code period", rows), err
}

// compact is a date as the API asks for it, 20250905.
func compact(d district.Date) string { return strings.ReplaceAll(d.String(), "-", "") }
