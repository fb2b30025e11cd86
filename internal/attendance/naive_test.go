package attendance

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/district"
)

// figures is what the slow reading of the rules below also knows.
type figures struct {
	Enrolled, Absent, SchoolEnrolled, SchoolAbsent              int
	Excused, Unexcused, Pending, Suspended, Incomplete, Partial int
	ByMonth                                                     []int
	Tier                                                        Tier
	Chronic, ChronicState, CompulsoryAge, Truant, ChronicTruant bool
	AbsenceDates, TruancyDates, UncountedDates, MinutesMissing  []string
}

func figuresOf(s Standing) figures {
	f := figures{
		s.DaysEnrolled, s.DaysAbsent, s.SchoolDaysEnrolled, s.SchoolDaysAbsent,
		s.DaysExcused, s.DaysUnexcused, s.DaysPending, s.DaysSuspended, s.DaysIndependentStudyIncomplete, s.PartialDayTruancies,
		s.AbsencesByMonth, s.Tier, s.Chronic, s.ChronicState, s.CompulsoryAge, s.Truant, s.ChronicTruant,
		dates(s.Absences), dates(s.Truancies), dates(s.Uncounted), nil,
	}
	for _, fault := range s.Faults {
		if !fault.Date.IsZero() {
			f.MinutesMissing = append(f.MinutesMissing, fault.Date.String())
		}
	}
	return f
}

// naive reads the rules sentence by sentence, one day after the other, with no
// thought for speed and no part shared with Assess.
func naive(s *district.Student, d *district.District) (f figures, ok bool) {
	later := func(a, b district.Enrollment) bool {
		return a.EntryDate > b.EntryDate || a.EntryDate == b.EntryDate && a.SchoolID > b.SchoolID
	}
	claimant := func(day district.Date, inSession bool) (best district.Enrollment, ok bool) {
		for _, e := range s.Enrollments {
			if e.EntryDate > day || e.ExitDate != 0 && e.ExitDate < day {
				continue
			}
			if inSession && !d.Calendars[e.SchoolID].IsInstructional(day) {
				continue
			}
			if !ok || later(e, best) {
				best, ok = e, true
			}
		}
		return best, ok
	}
	current, ok := claimant(d.AsOf, false)
	if !ok {
		return f, false
	}
	for day := d.Year.First(); day <= d.AsOf; day++ {
		owner, ok := claimant(day, true)
		if !ok {
			continue
		}
		f.Enrolled++
		if (f.Enrolled-1)%20 == 0 {
			f.ByMonth = append(f.ByMonth, 0)
		}
		if owner.SchoolID == current.SchoolID {
			f.SchoolEnrolled++
		}
		after := 0
		for later := day + 1; later <= d.AsOf; later++ {
			if d.Calendars[owner.SchoolID].IsInstructional(later) {
				after++
			}
		}
		category, event, missing, rows := naiveDay(s.Marks, day, owner.SchoolID, periodsOf(d, owner.SchoolID), after)
		if missing {
			f.MinutesMissing = append(f.MinutesMissing, day.String())
		}
		if category != "" {
			f.Absent++
			f.ByMonth[len(f.ByMonth)-1]++
			f.AbsenceDates = append(f.AbsenceDates, day.String())
			if owner.SchoolID == current.SchoolID {
				f.SchoolAbsent++
			}
		}
		switch category {
		case "excused":
			f.Excused++
		case "unexcused":
			f.Unexcused++
		case "pending":
			f.Pending++
		case "suspension":
			f.Suspended++
		case "independent_study_incomplete":
			f.Incomplete++
		}
		if event {
			f.Partial++
		}
		if event || category == "unexcused" {
			f.TruancyDates = append(f.TruancyDates, day.String())
		}
		if rows > 0 && !event && category == "" {
			f.UncountedDates = append(f.UncountedDates, day.String())
		}
	}
	f.Tier = "satisfactory"
	for _, t := range []struct {
		percent int
		tier    Tier
	}{{5, "at_risk"}, {10, "chronic"}, {20, "severe"}} {
		if f.Enrolled > 0 && 100*f.Absent >= t.percent*f.Enrolled {
			f.Tier = t.tier
		}
	}
	f.Chronic = f.Enrolled >= 20 && 10*f.Absent >= f.Enrolled
	f.ChronicState = f.Enrolled > 30 && 10*f.Absent >= f.Enrolled
	f.ChronicTruant = f.Enrolled > 0 && 10*f.Unexcused >= f.Enrolled
	birthday := func(years int) district.Date {
		y, m, day := s.Birthdate.Time().Date()
		return district.NewDate(y+years, m, day)
	}
	f.CompulsoryAge = birthday(6) <= d.AsOf && d.AsOf < birthday(18)
	f.Truant = f.CompulsoryAge && f.Unexcused+f.Partial >= 3
	return f, true
}

func periodsOf(d *district.District, id string) int {
	school, _ := d.School(id)
	return school.PeriodsPerDay
}

func naiveDay(marks []district.Mark, day district.Date, school string, periods, after int) (category string, event, missing bool, rows int) {
	reading := func(m district.Mark) string {
		switch c := m.Code.Category.String(); {
		case c == "unverified" && after >= 3:
			return "unexcused"
		case c == "unverified":
			return "pending"
		default:
			return c
		}
	}
	order := []string{"unexcused", "pending", "suspension", "independent_study_incomplete", "excused"}
	whole, byPeriod, periodSet := map[string]bool{}, map[string]bool{}, map[string]bool{}
	var today []district.Mark
	for _, m := range marks {
		recorded := m.Date == day
		if recorded {
			rows++
		}
		if !recorded || m.SchoolID != school {
			continue
		}
		today = append(today, m)
		switch {
		case m.Period == "":
			whole[reading(m)] = true
		case m.Code.Category.IsAbsence():
			byPeriod[reading(m)] = true
			periodSet[m.Period] = true
		}
	}
	for _, c := range order {
		if whole[c] {
			return c, false, false, rows
		}
	}
	if whole["present"] {
		return "", false, false, rows
	}
	if periods > 0 && len(periodSet) >= periods {
		for _, c := range order {
			if byPeriod[c] {
				return c, false, false, rows
			}
		}
	}
	for _, m := range today {
		unsaid := m.Minutes == district.NoMinutes
		switch reading(m) {
		case "tardy_over_30":
			event = true
		case "tardy":
			event = event || m.Minutes > 30
			missing = missing || unsaid
		case "unexcused":
			event = event || m.Minutes > 30 || unsaid && m.Period != ""
		}
	}
	return "", event, missing, rows
}

func TestStandingAgreesWithASlowReadingOfTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		child, d := drawChild(t)
		want, wantOK := naive(&child.Student, d)
		got, ok := Assess(&child.Student, d, DefaultRules())
		if ok != wantOK {
			t.Fatalf("assessed %v, want %v", ok, wantOK)
		}
		if !ok {
			return
		}
		if diff := cmp.Diff(want, figuresOf(got)); diff != "" {
			t.Fatal(diff)
		}
	})
}
