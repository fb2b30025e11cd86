package attendance

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
)

const firstDay = "2025-08-11"

var elmSchool = districttest.School{ID: "ELM", From: firstDay}

// asOfDay is a district as of its n-th school day, in session every weekday.
func asOfDay(n int) *district.District {
	return districttest.District(elmSchool.Sessions()[n-1].String(), elmSchool)
}

// absentDays is a fifth grader at ELM with whole-day rows on the first n school
// days.
func absentDays(d *district.District, n int, code string) *districttest.Pupil {
	child := districttest.Child(d, "1001").Enrol("ELM", "5", firstDay, "")
	sessions := elmSchool.Sessions()
	for i := range n {
		child.Absent("ELM", code, sessions[i].String())
	}
	return child
}

func assessed(t *testing.T, child *districttest.Pupil, d *district.District) Standing {
	t.Helper()
	s, ok := Assess(&child.Student, d, DefaultRules())
	if !ok {
		t.Fatal("not assessed")
	}
	return s
}

func dates(days []Day) []string {
	var out []string
	for _, d := range days {
		out = append(out, d.Date.String())
	}
	return out
}

// The twenty worked cases of the rules, numbered as there.

func TestCase01TenPercentExcusedIsChronicAndNotTruant(t *testing.T) {
	d := asOfDay(180)
	s := assessed(t, absentDays(d, 18, "E"), d)
	if s.DaysEnrolled != 180 || s.DaysAbsent != 18 || s.DaysExcused != 18 || s.TruancyEvents != 0 {
		t.Errorf("D %d, A %d, excused %d, T %d", s.DaysEnrolled, s.DaysAbsent, s.DaysExcused, s.TruancyEvents)
	}
	if !s.Chronic || !s.ChronicState || s.Tier != Chronic || s.AbsenceRate() != 0.10 || s.Truant || s.ChronicTruant {
		t.Errorf("%+v", s)
	}
}

func TestCases02And03And18TiersAreExactAtTheirEdges(t *testing.T) {
	for _, c := range []struct {
		name             string
		enrolled, absent int
		tier             Tier
		chronic          bool
	}{
		{"17 of 180 is at risk", 180, 17, AtRisk, false},
		{"17 of 179 is not chronic", 179, 17, AtRisk, false},
		{"18 of 179 is chronic", 179, 18, Chronic, true},
		{"8 of 180 is satisfactory", 180, 8, Satisfactory, false},
		{"9 of 180 is at risk", 180, 9, AtRisk, false},
		{"18 of 180 is chronic", 180, 18, Chronic, true},
		{"35 of 180 is chronic", 180, 35, Chronic, true},
		{"36 of 180 is severe", 180, 36, Severe, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := asOfDay(c.enrolled)
			s := assessed(t, absentDays(d, c.absent, "E"), d)
			if s.DaysEnrolled != c.enrolled || s.DaysAbsent != c.absent || s.Tier != c.tier || s.Chronic != c.chronic {
				t.Errorf("D %d, A %d: %s, chronic %v", s.DaysEnrolled, s.DaysAbsent, s.Tier, s.Chronic)
			}
		})
	}
}

func TestCase04TwoAbsencesInTwentyDaysAreChronicOneIsOneAMonth(t *testing.T) {
	d := asOfDay(20)
	if s := assessed(t, absentDays(d, 2, "E"), d); !s.Chronic || s.ChronicState {
		t.Errorf("two of twenty: chronic %v, for the state %v", s.Chronic, s.ChronicState)
	}
	if s := assessed(t, absentDays(d, 1, "E"), d); s.Chronic || s.AbsencesPerMonth() != 1 || s.EveryMonth != 1 {
		t.Errorf("one of twenty: chronic %v, %v a month, every month %d", s.Chronic, s.AbsencesPerMonth(), s.EveryMonth)
	}
	d = asOfDay(19)
	if s := assessed(t, absentDays(d, 2, "E"), d); s.Chronic || s.Tier != Chronic {
		t.Errorf("two of nineteen: chronic %v, tier %s; chronic needs twenty days enrolled", s.Chronic, s.Tier)
	}
}

func TestCase05MidYearEntryCountsFromEntryAndTheStateWaitsPastDay30(t *testing.T) {
	d := asOfDay(100)
	sessions := elmSchool.Sessions()
	child := districttest.Child(d, "1001").Enrol("ELM", "5", sessions[75].String(), "")
	for _, i := range []int{80, 82, 90, 99} {
		child.Absent("ELM", "E", sessions[i].String())
	}
	s := assessed(t, child, d)
	if s.DaysEnrolled != 25 || s.DaysAbsent != 4 || s.AbsenceRate() != 0.16 || !s.Chronic || s.ChronicState {
		t.Errorf("%+v", s)
	}
	for _, c := range []struct {
		day  int
		want bool
	}{{30, false}, {31, true}} {
		d := asOfDay(c.day)
		if s := assessed(t, absentDays(d, 10, "E"), d); s.ChronicState != c.want {
			t.Errorf("day %d: chronic for the state %v", c.day, s.ChronicState)
		}
	}
}

func TestCase06TransferShowsSchoolAndDistrictCounts(t *testing.T) {
	oak := districttest.School{ID: "OAK", From: firstDay}
	sessions := oak.Sessions()
	move := func(asOf int) (*districttest.Pupil, *district.District) {
		d := districttest.District(sessions[asOf-1].String(), elmSchool, oak)
		child := districttest.Child(d, "1001").
			Enrol("ELM", "5", firstDay, sessions[94].String()).Enrol("OAK", "5", sessions[95].String(), "")
		for i := range 10 {
			child.Absent("ELM", "E", sessions[i*9].String())
		}
		return child.Absent("OAK", "E", sessions[100].String(), sessions[179].String()), d
	}
	child, d := move(95)
	if s := assessed(t, child, d); s.SchoolID != "ELM" || s.SchoolDaysEnrolled != 95 || s.SchoolDaysAbsent != 10 || !s.Chronic {
		t.Errorf("on the last day at A: %+v", s)
	}
	child, d = move(180)
	s := assessed(t, child, d)
	if s.SchoolID != "OAK" || s.SchoolDaysEnrolled != 85 || s.SchoolDaysAbsent != 2 {
		t.Errorf("at B: %s, %d of %d", s.SchoolID, s.SchoolDaysAbsent, s.SchoolDaysEnrolled)
	}
	if s.DaysEnrolled != 180 || s.DaysAbsent != 12 || s.Chronic || s.Tier != AtRisk {
		t.Errorf("district: %d of %d, %s", s.DaysAbsent, s.DaysEnrolled, s.Tier)
	}
}

func TestCases07To11And16And17And19WhatOneDayIs(t *testing.T) {
	const unsaid = district.NoMinutes
	type row struct {
		code, period string
		minutes      int
	}
	six := func(codes ...string) (rows []row) {
		for i, code := range codes {
			rows = append(rows, row{code, string(rune('1' + i)), unsaid})
		}
		return rows
	}
	for _, c := range []struct {
		name     string
		periods  int
		rows     []row
		absent   int // full days
		events   int
		category district.Category // of the absence or event, or of the day that counts as neither
	}{
		{"left at noon without excuse, 150 minutes: attended, one event", 0, []row{{"U", "PM", 150}}, 0, 1, district.Unexcused},
		{"tardy of exactly 30 minutes is no event", 0, []row{{"T", "", 30}}, 0, 0, district.Tardy},
		{"tardy of 31 minutes is an event", 0, []row{{"T", "", 31}}, 0, 1, district.Tardy},
		{"two tardies over 30 on one day are one event", 0, []row{{"L", "1", unsaid}, {"L", "4", unsaid}}, 0, 1, district.TardyOver30},
		{"a tardy over 30 counts whatever its minutes", 0, []row{{"L", "", 5}}, 0, 1, district.TardyOver30},
		{"a whole-day unexcused row and a period row are one event", 6, []row{{"U", "", unsaid}, {"U", "2", unsaid}}, 1, 1, district.Unexcused},
		{"one unexcused period of six: attended, one event", 6, six("U"), 0, 1, district.Unexcused},
		{"an unexcused period of exactly 30 minutes is no event", 6, []row{{"U", "1", 30}}, 0, 0, district.Unexcused},
		{"six of six periods absent, one unexcused: an unexcused full day", 6, six("E", "E", "E", "U", "E", "E"), 1, 1, district.Unexcused},
		{"suspension goes before excused", 6, six("E", "S", "E", "E", "E", "E"), 1, 0, district.Suspension},
		{"independent study goes before excused", 6, six("E", "E", "E", "E", "E", "I"), 1, 0, district.IndependentStudyIncomplete},
		{"five of six periods absent is a day attended", 6, six("E", "E", "E", "E", "E"), 0, 0, district.Excused},
		{"six rows in five periods are five periods", 6, append(six("E", "E", "E", "E", "E"), row{"S", "1", unsaid}), 0, 0, district.Suspension},
		{"a tardy is no absence of a period", 6, six("E", "E", "E", "E", "E", "T"), 0, 0, district.Tardy},
		{"a school with daily attendance has no full day of periods", 0, six("E", "E", "E", "E", "E", "E"), 0, 0, district.Excused},
		{"unverified period whose window passed: attended, one event", 6, six("V"), 0, 1, district.Unexcused},
		{"present for the whole day, whatever the periods say", 6, append(six("U", "U", "U", "U", "U", "U"), row{"P", "", unsaid}), 0, 0, district.Present},
		{"a whole-day absence decides although minutes are filled", 0, []row{{"U", "", 10}}, 1, 1, district.Unexcused},
		{"a whole-day excused row decides over unexcused periods", 6, append(six("U", "U"), row{"E", "", unsaid}), 1, 0, district.Excused},
	} {
		t.Run(c.name, func(t *testing.T) {
			school := elmSchool
			school.Periods = c.periods
			d := districttest.District("2025-10-15", school)
			child := districttest.Child(d, "1001").Enrol("ELM", "5", firstDay, "")
			for _, r := range c.rows {
				child.Period("ELM", r.code, "2025-09-10", r.period, r.minutes)
			}
			s := assessed(t, child, d)
			if s.DaysAbsent != c.absent || s.TruancyEvents != c.events {
				t.Errorf("A %d, T %d; want %d, %d", s.DaysAbsent, s.TruancyEvents, c.absent, c.events)
			}
			for _, day := range append(append(s.Absences, s.Truancies...), s.Uncounted...) {
				if c.absent+c.events > 0 && day.Category != c.category {
					t.Errorf("category %s, want %s", day.Category, c.category)
				}
				if (day.Why == "") == (day.Kind == Attended) {
					t.Errorf("kind %d, why %q", day.Kind, day.Why)
				}
			}
		})
	}
}

func TestCase19AnUnverifiedPeriodIsNoEventWithinItsWindow(t *testing.T) {
	school := elmSchool
	school.Periods = 6
	d := districttest.District("2025-09-12", school)
	child := districttest.Child(d, "1001").Enrol("ELM", "5", firstDay, "").Period("ELM", "V", "2025-09-10", "2", district.NoMinutes)
	s := assessed(t, child, d)
	if s.TruancyEvents != 0 || s.DaysAbsent != 0 || len(s.Uncounted) != 1 {
		t.Errorf("two days after: %+v", s)
	}
	d.AsOf = districttest.Day("2025-09-15")
	s = assessed(t, child, d)
	if s.TruancyEvents != 1 || s.DaysAbsent != 0 || !s.Truancies[0].Matured {
		t.Errorf("three days after: %+v", s)
	}
}

func TestCase09OneUnexcusedDayAndTwoLateArrivalsMakeATruant(t *testing.T) {
	d := asOfDay(40)
	child := absentDays(d, 0, "U").Absent("ELM", "U", "2025-09-02").Absent("ELM", "L", "2025-09-08", "2025-09-09")
	s := assessed(t, child, d)
	if s.TruancyEvents != 3 || !s.Truant || s.DaysAbsent != 1 || s.PartialDayTruancies != 2 {
		t.Errorf("%+v", s)
	}
	if diff := cmp.Diff([]string{"2025-09-02", "2025-09-08", "2025-09-09"}, dates(s.Truancies)); diff != "" {
		t.Error(diff)
	}
}

func TestCase12SuspensionIsAbsenceAndNoTruancy(t *testing.T) {
	d := asOfDay(40)
	s := assessed(t, absentDays(d, 3, "S"), d)
	if s.DaysAbsent != 3 || s.DaysSuspended != 3 || s.TruancyEvents != 0 {
		t.Errorf("%+v", s)
	}
}

func TestCase13IncompleteIndependentStudyIsAbsenceWithinDaysEnrolled(t *testing.T) {
	d := asOfDay(5)
	s := assessed(t, absentDays(d, 2, "I"), d)
	if s.DaysEnrolled != 5 || s.DaysAbsent != 2 || s.DaysIndependentStudyIncomplete != 2 || s.TruancyEvents != 0 {
		t.Errorf("%+v", s)
	}
}

func TestCase14UnverifiedBecomesUnexcusedAfterThreeSchoolDays(t *testing.T) {
	type counts struct {
		Absent, Pending, Unexcused int
		Truant                     bool
	}
	for _, c := range []struct {
		asOf string
		want counts
	}{
		{"2025-09-05", counts{1, 1, 0, false}},
		{"2025-09-09", counts{2, 2, 0, false}},
		{"2025-09-10", counts{3, 2, 1, false}},
		{"2025-09-11", counts{3, 1, 2, false}},
		{"2025-09-12", counts{3, 1, 2, false}},
		{"2025-09-13", counts{3, 1, 2, false}}, // Saturday
		{"2025-09-15", counts{3, 0, 3, true}},
	} {
		t.Run(c.asOf, func(t *testing.T) {
			d := districttest.District(c.asOf, elmSchool)
			child := absentDays(d, 0, "V").Absent("ELM", "V", "2025-09-05", "2025-09-08", "2025-09-10")
			s := assessed(t, child, d)
			got := counts{s.DaysAbsent, s.DaysPending, s.DaysUnexcused, s.Truant}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			for _, day := range s.Absences {
				if day.Matured != (day.Category == district.Unexcused) || day.Code != "V" {
					t.Errorf("%s: %s, matured %v, code %s", day.Date, day.Category, day.Matured, day.Code)
				}
			}
		})
	}
}

func TestCase15AFiveYearOldIsNeverTruantButCanBeChronic(t *testing.T) {
	d := asOfDay(20)
	child := absentDays(d, 3, "U").Born("2020-03-01")
	child.Enrollments[0].Grade = "K"
	s := assessed(t, child, d)
	if s.TruancyEvents != 3 || s.Truant || s.CompulsoryAge || !s.Chronic || !s.ChronicTruant || s.UnexcusedRate() != 0.15 {
		t.Errorf("%+v", s)
	}
}

func TestCase20RowsOffTheStudentsSchoolDaysCountNowhere(t *testing.T) {
	school := elmSchool
	school.Closed = []string{"2025-09-01"}
	d := districttest.District("2025-10-15", school)
	child := districttest.Child(d, "1001").
		Enrol("ELM", "5", "2025-08-18", "2025-09-12").Enrol("ELM", "5", "2025-09-22", "").
		Absent("ELM", "U", "2025-09-01", "2025-09-06", "2025-08-12", "2025-09-15", "2025-10-16")
	clean := districttest.Child(d, "1001")
	clean.Enrollments = child.Enrollments
	if diff := cmp.Diff(assessed(t, clean, d), assessed(t, child, d), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}
