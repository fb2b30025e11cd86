package attendance

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
)

// The drawn world is small enough for days, periods and enrollments to collide.
const (
	drawFirst = "2025-08-11"
	drawSpan  = 100 // days
)

func drawDay(t *rapid.T, label string) district.Date {
	return districttest.Day(drawFirst) + district.Date(rapid.IntRange(0, drawSpan).Draw(t, label))
}

func drawChild(t *rapid.T) (*districttest.Pupil, *district.District) {
	asOf := districttest.Day(drawFirst) + district.Date(rapid.IntRange(-2, drawSpan+2).Draw(t, "as of"))
	ids := []string{"ASH", "ELM", "OAK"}[:rapid.IntRange(1, 3).Draw(t, "schools")]
	var schools []districttest.School
	for _, id := range ids {
		school := districttest.School{ID: id, From: drawFirst, Periods: rapid.IntRange(0, 3).Draw(t, "periods")}
		for range rapid.IntRange(0, 8).Draw(t, "closed days") {
			school.Closed = append(school.Closed, drawDay(t, "closed").String())
		}
		schools = append(schools, school)
	}
	d := districttest.District(asOf.String(), schools...)
	child := districttest.Child(d, "1001").Born(rapid.SampledFrom([]string{"2008-09-01", "2014-02-28", "2019-10-02"}).Draw(t, "born"))
	for range rapid.IntRange(1, 4).Draw(t, "enrollments") {
		entry, exit := drawDay(t, "entry")-10, ""
		if rapid.Bool().Draw(t, "exits") {
			exit = (entry + district.Date(rapid.IntRange(0, drawSpan).Draw(t, "stay"))).String()
		}
		child.Enrol(rapid.SampledFrom(ids).Draw(t, "school"), "5", entry.String(), exit)
	}
	for range rapid.IntRange(0, 25).Draw(t, "rows") {
		drawRow(t, child, ids)
	}
	return child, d
}

func drawRow(t *rapid.T, child *districttest.Pupil, ids []string) {
	child.Row(
		rapid.SampledFrom(ids).Draw(t, "at"),
		rapid.SampledFrom(districttest.Codes).Draw(t, "code").Code,
		drawDay(t, "date"),
		rapid.SampledFrom([]string{"", "", "", "1", "2", "3"}).Draw(t, "period"),
		rapid.SampledFrom([]int{district.NoMinutes, 0, 30, 31, 200}).Draw(t, "minutes"),
	)
}

// drawStanding draws a child who is assessed.
func drawStanding(t *rapid.T) (*districttest.Pupil, *district.District, Standing) {
	child, d := drawChild(t)
	s, ok := Assess(&child.Student, d, DefaultRules())
	if !ok {
		child.Enrol(d.Schools[0].ID, "5", drawFirst, "")
		d.AsOf = max(d.AsOf, districttest.Day(drawFirst))
		s, _ = Assess(&child.Student, d, DefaultRules())
	}
	return child, d, s
}

// addsUp is what holds of every standing, whatever the data.
func addsUp(t interface{ Fatalf(string, ...any) }, s Standing) {
	months := 0
	for _, n := range s.AbsencesByMonth {
		months += n
	}
	byDate := func(a, b Day) int { return int(a.Date - b.Date) }
	for _, c := range []struct {
		says string
		ok   bool
	}{
		{"T = unexcused + partial", s.TruancyEvents == s.DaysUnexcused+s.PartialDayTruancies},
		{"A = sum of the categories", s.DaysAbsent == s.DaysExcused+s.DaysUnexcused+s.DaysPending+s.DaysSuspended+s.DaysIndependentStudyIncomplete},
		{"A = sum of the months", s.DaysAbsent == months},
		{"A within D", s.DaysAbsent+s.PartialDayTruancies <= s.DaysEnrolled},
		{"the school's counts within the district's", s.SchoolDaysEnrolled <= s.DaysEnrolled && s.SchoolDaysAbsent <= s.DaysAbsent && s.SchoolDaysAbsent <= s.SchoolDaysEnrolled},
		{"a date for every absence", len(s.Absences) == s.DaysAbsent && slices.IsSortedFunc(s.Absences, byDate)},
		{"a date for every event", len(s.Truancies) == s.TruancyEvents && slices.IsSortedFunc(s.Truancies, byDate)},
		{"uncounted days by date", slices.IsSortedFunc(s.Uncounted, byDate)},
		{"every uncounted day says why", !slices.ContainsFunc(s.Uncounted, func(d Day) bool { return d.Why == "" || d.Kind != Attended })},
		{"chronic has the tier", !s.Chronic || s.Tier == Chronic || s.Tier == Severe},
		{"truant needs the age", !s.Truant || s.CompulsoryAge},
	} {
		if !c.ok {
			t.Fatalf("%s: not so in %+v", c.says, s)
		}
	}
}

func TestStandingAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, _, s := drawStanding(t)
		addsUp(t, s)
	})
}

func TestTallyIsAssessWithoutTheEvidence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		child, d := drawChild(t)
		want, wantOK := Assess(&child.Student, d, DefaultRules())
		want.Absences, want.Truancies, want.Uncounted, want.AbsencesByMonth = nil, nil, nil, nil
		got, ok := Tally(&child.Student, d, DefaultRules())
		if ok != wantOK {
			t.Fatalf("tallied %v, assessed %v", ok, wantOK)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAnAddedAbsenceNeverLowersATier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		child, d, before := drawStanding(t)
		code := rapid.SampledFrom([]string{"E", "U", "V", "S", "I"}).Draw(t, "added")
		school := rapid.SampledFrom(d.Schools).Draw(t, "added at")
		period := rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "added period")
		child.Row(school.ID, code, drawDay(t, "added on"), period, district.NoMinutes)
		after, _ := Assess(&child.Student, d, DefaultRules())
		if slices.Index(Tiers, after.Tier) < slices.Index(Tiers, before.Tier) || after.DaysAbsent < before.DaysAbsent {
			t.Fatalf("%s with %d days became %s with %d", before.Tier, before.DaysAbsent, after.Tier, after.DaysAbsent)
		}
	})
}

func TestTheOrderOfRowsNeverMatters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		child, d, want := drawStanding(t)
		child.Marks = rapid.Permutation(child.Marks).Draw(t, "marks")
		child.Enrollments = rapid.Permutation(child.Enrollments).Draw(t, "enrollments")
		given := slices.Clone(child.Marks)
		got, _ := Assess(&child.Student, d, DefaultRules())
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(given, child.Marks); diff != "" {
			t.Fatalf("the student's rows were changed: %s", diff)
		}
	})
}

func TestRowsAfterAsOfChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		child, d, want := drawStanding(t)
		for i := range child.Enrollments {
			if e := &child.Enrollments[i]; e.ExitDate > d.AsOf {
				e.ExitDate = 0
			}
		}
		child.Marks = slices.DeleteFunc(child.Marks, func(m district.Mark) bool { return m.Date > d.AsOf })
		child.Enrol("ASH", "6", (d.AsOf+1).String(), "").Absent("ASH", "U", (d.AsOf + 1).String(), (d.AsOf + 2).String())
		got, _ := Assess(&child.Student, d, DefaultRules())
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestLaterAsOfNeverLowersDaysEnrolledOrAbsent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		child, d, before := drawStanding(t)
		d.AsOf += district.Date(rapid.IntRange(0, 40).Draw(t, "days later"))
		after, ok := Assess(&child.Student, d, DefaultRules())
		if ok && (after.DaysEnrolled < before.DaysEnrolled || after.DaysAbsent < before.DaysAbsent) {
			t.Fatalf("D %d became %d, A %d became %d", before.DaysEnrolled, after.DaysEnrolled, before.DaysAbsent, after.DaysAbsent)
		}
	})
}

// FuzzAssess makes the as-of date and the enrollments of the first three bytes,
// then a row of every five: school, date, code, period, minutes.
func FuzzAssess(f *testing.F) {
	f.Add([]byte{60, 20, 40, 0, 5, 1, 2, 3})
	f.Add([]byte{90, 0, 0, 1, 10, 7, 0, 255, 0, 10, 6, 1, 31})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 3 {
			return
		}
		first := districttest.Day(drawFirst)
		d := districttest.District((first + district.Date(data[0])).String(),
			districttest.School{ID: "ELM", From: drawFirst, Periods: int(data[1] % 4)},
			districttest.School{ID: "OAK", From: drawFirst, Closed: []string{"2025-09-01", "2025-09-17"}})
		child := districttest.Child(d, "1001").
			Enrol("ELM", "5", first.String(), (first+district.Date(data[1])).String()).
			Enrol("OAK", "5", (first + district.Date(data[2])).String(), "")
		for rows := data[3:]; len(rows) >= 5; rows = rows[5:] {
			child.Marks = append(child.Marks, district.Mark{
				Date: first + district.Date(rows[1]), Minutes: int16(rows[4]) - 1,
				Entry: &district.Entry{
					SchoolID: []string{"ELM", "OAK", "", "=1+1"}[rows[0]%4], Period: []string{"", "", "1", "2", "3"}[rows[3]%5],
					Code: d.Codes[districttest.Codes[int(rows[2])%len(districttest.Codes)].Code],
				},
			})
		}
		s, ok := Assess(&child.Student, d, DefaultRules())
		if !ok {
			return
		}
		addsUp(t, s)
		want, _ := naive(&child.Student, d)
		if diff := cmp.Diff(want, figuresOf(s)); diff != "" {
			t.Fatal(diff)
		}
	})
}
