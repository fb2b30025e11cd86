package attendance

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
)

func TestOnlyAnOpenEnrollmentAtASchoolOfTheDistrictIsAssessed(t *testing.T) {
	d := districttest.District("2025-10-15", elmSchool)
	for _, c := range []struct {
		name                string
		school, entry, exit string
		want                bool
	}{
		{"still enrolled", "ELM", firstDay, "", true},
		{"entered today", "ELM", "2025-10-15", "", true},
		{"last day today", "ELM", firstDay, "2025-10-15", true},
		{"entered last year", "ELM", "2024-08-12", "", true},
		{"left yesterday", "ELM", firstDay, "2025-10-14", false},
		{"enters tomorrow", "ELM", "2025-10-16", "", false},
		{"another district's school", "ASH", firstDay, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			child := districttest.Child(d, "1001").Enrol(c.school, "5", c.entry, c.exit)
			if _, ok := Assess(&child.Student, d, DefaultRules()); ok != c.want {
				t.Errorf("assessed %v", ok)
			}
		})
	}
	t.Run("no enrollment", func(t *testing.T) {
		if s, ok := Assess(&district.Student{ID: "1002"}, d, DefaultRules()); ok || s.StudentID != "" {
			t.Errorf("assessed: %+v", s)
		}
	})
}

func TestDayOneIsNoDivisionByZero(t *testing.T) {
	d := districttest.District("2025-08-09", elmSchool) // a Saturday before the first day
	s := assessed(t, districttest.Child(d, "1001").Enrol("ELM", "5", "2025-07-01", ""), d)
	if s.DaysEnrolled != 0 || s.Tier != Satisfactory || s.Chronic || s.ChronicTruant || s.AbsenceRate() != 0 || s.AbsencesByMonth != nil {
		t.Errorf("%+v", s)
	}
}

func TestTheLawCountsOnlyDaysOfCompulsoryAge(t *testing.T) {
	d := districttest.District("2025-10-15", elmSchool)
	for _, c := range []struct {
		born string
		want int
	}{
		{"2015-03-01", 4},
		{"2019-09-03", 2}, // six between the second and the third
		{"2019-10-15", 0}, // six today
		{"2019-10-16", 0}, // five
		{"", 4},           // by grade
		{"1925-01-01", 4}, // by grade
	} {
		child := districttest.Child(d, "1001").Born(c.born).Enrol("ELM", "1", firstDay, "").
			Absent("ELM", "U", "2025-08-21", "2025-08-22", "2025-09-03", "2025-09-04")
		s := assessed(t, child, d)
		if got := s.UnderLaw(&child.Student, DefaultRules()); len(got) != c.want {
			t.Errorf("born %q: %d of %d events, want %d", c.born, len(got), s.TruancyEvents, c.want)
		}
	}
}

func TestNothingCarriesOverFromAnEarlierYear(t *testing.T) {
	d := districttest.District("2025-10-15", districttest.School{ID: "ELM", From: "2025-03-03", To: "2026-06-30"})
	child := districttest.Child(d, "1001").Enrol("ELM", "5", "2024-08-12", "").Absent("ELM", "U", "2025-05-05", "2025-06-30", "2025-07-01")
	s := assessed(t, child, d)
	want := d.Calendars["ELM"].Count(districttest.Day("2025-07-01"), d.AsOf)
	if s.DaysEnrolled != want || s.DaysAbsent != 1 {
		t.Errorf("D %d, want %d; A %d", s.DaysEnrolled, want, s.DaysAbsent)
	}
}

func TestCompulsoryAgeRunsFromTheSixthBirthdayToTheEighteenth(t *testing.T) {
	d := districttest.District("2026-03-02", elmSchool)
	for _, c := range []struct {
		name, grade, born string
		want              bool
		fault             string
	}{
		{"sixth birthday today", "K", "2020-03-02", true, ""},
		{"sixth birthday tomorrow", "1", "2020-03-03", false, ""},
		{"eighteenth birthday tomorrow", "12", "2008-03-03", true, ""},
		{"eighteenth birthday today", "12", "2008-03-02", false, ""},
		{"born on a leap day", "K", "2020-02-29", true, ""},
		{"no birthdate, grade 1", "1", "", true, ""},
		{"no birthdate, kindergarten", "K", "", false, "birthdate is missing"},
		{"no birthdate, transitional kindergarten", "TK", "", false, "birthdate is missing"},
		{"born after today, grade 3", "3", "2026-03-03", true, "2026-03-03 cannot be right"},
		{"born after today, kindergarten", "K", "2062-01-01", false, "2062-01-01 cannot be right"},
		{"aged 26", "8", "2000-03-02", true, "2000-03-02 cannot be right"},
		{"aged 25", "8", "2000-03-03", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			child := districttest.Child(d, "1001").Born(c.born).Enrol("ELM", c.grade, firstDay, "").
				Absent("ELM", "U", "2025-09-02", "2025-09-03", "2025-09-04")
			s := assessed(t, child, d)
			if s.CompulsoryAge != c.want || s.Truant != c.want {
				t.Errorf("of compulsory age %v, truant %v", s.CompulsoryAge, s.Truant)
			}
			if c.fault == "" && len(s.Faults) > 0 || c.fault != "" && (len(s.Faults) != 1 || !strings.Contains(s.Faults[0].Problem, c.fault)) {
				t.Errorf("faults %v", s.Faults)
			}
		})
	}
}

func TestTardyWithoutMinutesIsAFaultOnlyWhereItCouldCount(t *testing.T) {
	d := districttest.District("2025-10-15", elmSchool)
	child := districttest.Child(d, "1001").Enrol("ELM", "5", firstDay, "").
		Absent("ELM", "T", "2025-09-02").
		Absent("ELM", "U", "2025-09-03").Period("ELM", "T", "2025-09-03", "1", district.NoMinutes).
		Absent("ELM", "P", "2025-09-04").Period("ELM", "T", "2025-09-04", "1", district.NoMinutes).
		Period("ELM", "T", "2025-09-05", "1", district.NoMinutes).Period("ELM", "L", "2025-09-05", "2", district.NoMinutes)
	s := assessed(t, child, d)
	var at []string
	for _, f := range s.Faults {
		at = append(at, f.Date.String())
	}
	if diff := cmp.Diff([]string{"2025-09-02", "2025-09-05"}, at); diff != "" {
		t.Error(diff)
	}
	if s.TruancyEvents != 2 {
		t.Errorf("T %d, want the unexcused day and the late arrival", s.TruancyEvents)
	}
}

func TestUncountedDaysSayWhy(t *testing.T) {
	d := districttest.District("2025-09-12", elmSchool)
	const unsaid = district.NoMinutes
	child := districttest.Child(d, "1001").Enrol("ELM", "5", firstDay, "").
		Period("ELM", "T", "2025-08-12", "", 30).
		Period("ELM", "T", "2025-08-13", "", unsaid).
		Period("ELM", "E", "2025-08-14", "2", unsaid).
		Period("ELM", "S", "2025-08-15", "2", unsaid).
		Period("ELM", "I", "2025-08-18", "2", unsaid).
		Period("ELM", "U", "2025-08-19", "2", 12).Period("ELM", "T", "2025-08-19", "1", 5).
		Period("ELM", "P", "2025-08-20", "", unsaid).Period("ELM", "U", "2025-08-20", "1", unsaid).
		Period("ELM", "P", "2025-08-21", "3", unsaid).
		Period("ELM", "V", "2025-09-11", "2", unsaid)
	s := assessed(t, child, d)
	var got []string
	for _, day := range s.Uncounted {
		got = append(got, strings.TrimSpace(day.Date.String()+" "+day.Code+" "+strings.Join(day.Periods, ","))+": "+day.Why)
	}
	want := []string{
		"2025-08-12 T: Late 30 minutes: only more than 30 minutes counts.",
		"2025-08-13 T: Late, but the minutes are not recorded.",
		"2025-08-14 E 2: Part of the day missed, excused.",
		"2025-08-15 S 2: Part of the day missed, suspended.",
		"2025-08-18 I 2: Independent study incomplete for part of the day.",
		"2025-08-19 U 2: Missed without excuse 12 minutes: only more than 30 minutes counts.",
		"2025-08-20 P: Marked present for the whole day.",
		"2025-08-21 P 3: Marked present.",
		"2025-09-11 V 2: Part of the day missed, not yet verified: a note can still clear it.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFullDayOfPeriodsNamesItsPeriods(t *testing.T) {
	school := elmSchool
	school.Periods = 3
	d := districttest.District("2025-10-15", school)
	child := districttest.Child(d, "1001").Enrol("ELM", "5", firstDay, "")
	for i, code := range []string{"E", "V", "E", "T"} {
		child.Period("ELM", code, "2025-09-02", string(rune('1'+i)), 40)
	}
	s := assessed(t, child, d)
	want := []Day{{
		Date: districttest.Day("2025-09-02"), SchoolID: "ELM", Code: "V", Category: district.Unexcused,
		Kind: FullDayAbsence, Periods: []string{"1", "2", "3"}, Minutes: 40, Matured: true,
	}}
	if diff := cmp.Diff(want, s.Absences); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, s.Truancies); diff != "" {
		t.Error(diff)
	}
}

func TestPendingFullDayOfPeriodsGoesBeforeSuspension(t *testing.T) {
	school := elmSchool
	school.Periods = 2
	d := districttest.District("2025-09-02", school)
	child := districttest.Child(d, "1001").Enrol("ELM", "5", firstDay, "").
		Period("ELM", "S", "2025-09-02", "1", -1).Period("ELM", "V", "2025-09-02", "2", -1)
	s := assessed(t, child, d)
	if s.DaysPending != 1 || s.DaysSuspended != 0 || s.DaysAbsent != 1 || len(s.Truancies) != 0 {
		t.Errorf("%+v", s)
	}
}

func TestOverlappingEnrollmentsShareOutTheDays(t *testing.T) {
	oak := districttest.School{ID: "OAK", From: firstDay, Closed: []string{"2025-09-10"}}
	d := districttest.District("2025-09-12", elmSchool, oak)
	child := districttest.Child(d, "1001").
		Enrol("ELM", "5", firstDay, "2025-09-10").Enrol("OAK", "5", "2025-09-08", "").
		Absent("ELM", "U", "2025-09-05", "2025-09-09", "2025-09-10").Absent("OAK", "E", "2025-09-09", "2025-09-11")
	s := assessed(t, child, d)
	// OAK owns 8, 9, 11 and 12 September; the 10th, when it is closed, is ELM's.
	if want := d.Calendars["ELM"].Through(d.AsOf); s.DaysEnrolled != want || s.SchoolDaysEnrolled != 4 {
		t.Errorf("D %d, want %d; at OAK %d", s.DaysEnrolled, want, s.SchoolDaysEnrolled)
	}
	if diff := cmp.Diff([]string{"2025-09-05", "2025-09-09", "2025-09-10", "2025-09-11"}, dates(s.Absences)); diff != "" {
		t.Error(diff)
	}
	if s.DaysUnexcused != 2 || s.DaysExcused != 2 || s.SchoolDaysAbsent != 2 {
		t.Errorf("%+v", s)
	}
}

func TestSameEntryDateGoesToTheSchoolThatSortsLast(t *testing.T) {
	d := districttest.District("2025-09-12", elmSchool, districttest.School{ID: "OAK", From: firstDay})
	child := districttest.Child(d, "1001").Enrol("OAK", "5", firstDay, "").Enrol("ELM", "5", firstDay, "").
		Absent("ELM", "U", "2025-09-05")
	s := assessed(t, child, d)
	if s.SchoolID != "OAK" || s.DaysEnrolled != s.SchoolDaysEnrolled || s.DaysAbsent != 0 {
		t.Errorf("%+v", s)
	}
	if len(s.Uncounted) != 1 || s.Uncounted[0].SchoolID != "ELM" {
		t.Errorf("the row of the school that does not own the day: %+v", s.Uncounted)
	}
}

func TestTwoEnrollmentsAtOneSchoolCountADayOnce(t *testing.T) {
	d := districttest.District("2025-10-15", elmSchool)
	child := districttest.Child(d, "1001").Enrol("ELM", "5", firstDay, "2025-09-30").Enrol("ELM", "5", "2025-09-15", "").
		Absent("ELM", "U", "2025-09-16")
	s := assessed(t, child, d)
	if want := d.Calendars["ELM"].Through(d.AsOf); s.DaysEnrolled != want || s.SchoolDaysEnrolled != want || s.DaysAbsent != 1 {
		t.Errorf("D %d of %d, at the school %d, A %d", s.DaysEnrolled, want, s.SchoolDaysEnrolled, s.DaysAbsent)
	}
}

func TestMonthsAreBlocksOfEnrolledDays(t *testing.T) {
	d := asOfDay(70)
	sessions := elmSchool.Sessions()
	// Entered on the 6th day, away from the 26th to the 30th: 60 days enrolled.
	child := districttest.Child(d, "1001").
		Enrol("ELM", "5", sessions[5].String(), sessions[24].String()).Enrol("ELM", "5", sessions[30].String(), "")
	for _, i := range []int{5, 24, 30, 50, 69} {
		child.Absent("ELM", "E", sessions[i].String())
	}
	s := assessed(t, child, d)
	if diff := cmp.Diff([]int{2, 1, 2}, s.AbsencesByMonth); diff != "" || s.DaysEnrolled != 60 || s.EveryMonth != 1 {
		t.Errorf("D %d, every month %d %s", s.DaysEnrolled, s.EveryMonth, diff)
	}
	d = asOfDay(69)
	if s := assessed(t, child, d); len(s.AbsencesByMonth) != 3 || s.EveryMonth != 1 {
		t.Errorf("an incomplete block counts in no month: %v, %d", s.AbsencesByMonth, s.EveryMonth)
	}
}

func TestFaultsOfTheStudentComeBeforeThoseOfDays(t *testing.T) {
	d := asOfDay(40)
	child := absentDays(d, 2, "T").Born("")
	child.Enrollments[0].Grade = "K"
	s := assessed(t, child, d)
	if len(s.Faults) != 3 || !s.Faults[0].Date.IsZero() ||
		!slices.IsSortedFunc(s.Faults, func(a, b Fault) int { return int(a.Date - b.Date) }) {
		t.Errorf("%v", s.Faults)
	}
}

func TestRulesNameEveryImpossibleNumber(t *testing.T) {
	if err := DefaultRules().Check(); err != nil {
		t.Errorf("the default: %v", err)
	}
	r := DefaultRules()
	r.MonthDays, r.AtRiskPercent, r.ClearWindow = 0, 12, -1
	err := r.Check()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, name := range []string{"month_days is 0", "at_risk_percent (12) must not be above chronic_percent (10)", "clear_window is -1"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q lacks %q", err, name)
		}
	}
}
