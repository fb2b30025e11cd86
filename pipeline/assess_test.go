package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
)

// classroom is a school of students who are absent on the days given, student
// by student.
func classroom(t *testing.T, asOf string, absences ...[]string) Extracted {
	t.Helper()
	d := districttest.District(asOf, districttest.School{ID: "A", Name: "Acacia", From: "2025-08-11", To: "2026-05-29"})
	snapshot := &district.Snapshot{District: d, School: d.Schools[0]}
	for i, days := range absences {
		child := districttest.Child(d, fmt.Sprint(100+i)).Born("2015-03-01").Enrol("A", "4", "2025-08-11", "")
		child.Absent("A", "U", days...)
		snapshot.Students = append(snapshot.Students, child.Student)
	}
	policy, err := intervention.Compile(intervention.PolicyText{})
	if err != nil {
		t.Fatal(err)
	}
	return Extracted{
		Tonight: Tonight{
			Run: night.Run{ID: asOf, AsOf: d.AsOf}, District: d, Policy: policy,
			Settings: Settings{Safety: Safety{QuietDayMedian: 5, AbsentShare: 50, TooMany: func(n, enrolled int) bool { return 10*n > enrolled }, TooManyBack: func(n, open int) bool { return n > 5 && 5*n > open }}},
		},
		Snapshot: snapshot,
	}
}

// every is the weekdays from..to.
func every(from, to string) []string {
	var days []string
	for d := districttest.Day(from); d <= districttest.Day(to); d++ {
		if !d.IsWeekend() {
			days = append(days, d.String())
		}
	}
	return days
}

func TestASchoolIsHeldWhenItsDataCannotBeBelieved(t *testing.T) {
	through14 := every("2025-09-01", "2025-10-14")
	present := []string{}
	for _, c := range []struct {
		rule     string
		asOf     string
		students [][]string
		held     string // empty for not held
	}{
		{"no rows for the latest day although five a day are usual", "2025-10-15",
			[][]string{through14, through14, through14, through14, through14, present, present, present, present, present, present}, "was not submitted"},
		{"four a day are too few to tell", "2025-10-15",
			[][]string{through14, through14, through14, through14, present, present, present, present, present}, ""},
		{"the day did arrive", "2025-10-14",
			[][]string{through14, through14, through14, through14, through14, present, present, present, present, present, present}, ""},
		{"a Sunday night looks at Friday", "2025-10-12",
			[][]string{through14, through14, through14, through14, through14, present, present, present, present, present, present}, ""},
		{"over half of the pupils absent on one day", "2025-10-15",
			[][]string{{"2025-10-15"}, {"2025-10-15"}, present}, "2 of 3 students absent"},
		{"exactly half is believed", "2025-10-15", [][]string{{"2025-10-15"}, present}, ""},
		{"before the first day of school", "2025-08-04", [][]string{present}, ""},
		{"a year the calendar does not cover", "2026-10-15", [][]string{present}, "no instructional day in 2026-27"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			x := classroom(t, c.asOf, c.students...)
			if c.held != "" && strings.Contains(c.held, "no instructional day") {
				empty, err := district.NewCalendar(nil)
				if err != nil {
					t.Fatal(err)
				}
				x.District.Calendars["A"] = empty
			}
			a, err := assess(t.Context(), x)
			if err != nil {
				t.Fatal(err)
			}
			if (c.held == "") != (a.Held == "") || !strings.Contains(a.Held, c.held) {
				t.Errorf("held: %q, want %q", a.Held, c.held)
			}
		})
	}
}

func TestDaysMissingInTheMiddleOfATermAreNoPresence(t *testing.T) {
	without := func(days []string, missing ...string) []string {
		return slices.DeleteFunc(slices.Clone(days), func(day string) bool { return slices.Contains(missing, day) })
	}
	all := every("2025-09-01", "2025-10-15")
	for _, c := range []struct {
		rule    string
		usual   int // rows a day
		days    []string
		missing []string
	}{
		{"all arrived", 5, all, nil},
		{"a day that later ones follow", 5, without(all, "2025-10-10"), []string{"2025-10-10"}},
		{"two weeks", 5, without(all, every("2025-09-29", "2025-10-10")...), every("2025-09-29", "2025-10-10")},
		{"too early in the year to know what is usual", 5, without(all, "2025-09-10"), nil},
		{"four a day are too few to tell", 4, without(all, "2025-10-10"), nil},
	} {
		t.Run(c.rule, func(t *testing.T) {
			students := make([][]string, 11)
			for i := range c.usual {
				students[i] = c.days
			}
			s := through(t, classroom(t, "2025-10-15", students...))
			var got []string
			for _, day := range s.Gaps {
				got = append(got, day.String())
			}
			if s.Held != "" || !slices.Equal(got, c.missing) {
				t.Errorf("held %q, missing %v, want %v", s.Held, got, c.missing)
			}
			if told := strings.Contains(problems(s), "those days were not submitted"); told != (c.missing != nil) {
				t.Errorf("the roster says %s", problems(s))
			}
		})
	}
}

func TestMoreNewCasesThanUsualAreHeldAfterTheFirstRun(t *testing.T) {
	truant := every("2025-09-01", "2025-09-05")
	for _, c := range []struct {
		rule   string
		hasRun bool
		held   bool
	}{{"the first run of the year opens what there is", false, false}, {"a later one stops for a person", true, true}} {
		x := classroom(t, "2025-10-15", truant, truant, nil, nil, nil)
		if c.hasRun {
			x.History.Issued = x.Run.AsOf - 1
		}
		a, err := assess(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		d, err := decide(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		s, err := schedule(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		if (d.Held != "") != c.held {
			t.Errorf("%s: held %q", c.rule, d.Held)
		}
		if issued := len(s.Plan.Opened) > 0; issued == c.held {
			t.Errorf("%s: %d cases opened", c.rule, len(s.Plan.Opened))
		}
	}
}
