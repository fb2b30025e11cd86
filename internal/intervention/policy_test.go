package intervention

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
)

func compiled(t testing.TB, text PolicyText) *Policy {
	t.Helper()
	p, err := Compile(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// standing has d days enrolled, a absent and ev truancy events, the dates of
// both from 1 September 2026 on.
func standing(d, a, ev int) *attendance.Standing {
	s := &attendance.Standing{
		StudentID: "S1", SchoolID: "A", Grade: "3", AsOf: district.NewDate(2026, 12, 1),
		DaysEnrolled: d, DaysAbsent: a, DaysUnexcused: ev, TruancyEvents: ev, MonthDays: 20,
		CompulsoryAge: true, Truant: ev >= 3, Tier: attendance.Satisfactory,
	}
	first := district.NewDate(2026, 9, 1)
	for i := range a {
		s.Absences = append(s.Absences, attendance.Day{Date: first + district.Date(i)})
	}
	for i := range ev {
		s.Truancies = append(s.Truancies, attendance.Day{Date: first + district.Date(i)})
	}
	return s
}

func TestDefaultRules(t *testing.T) {
	p := compiled(t, PolicyText{})
	early := standing(45, 4, 0)
	early.EveryMonth = 1
	notEvery := standing(45, 4, 0)
	tooLate := standing(61, 5, 0)
	tooLate.EveryMonth = 1
	young := standing(30, 3, 3)
	young.Truant = false
	for _, tc := range []struct {
		name  string
		list  RuleList
		s     *attendance.Standing
		since Since
		words string // empty where no rule holds
	}{
		{"18 of 180 is chronic", CARTRules, standing(180, 18, 0), Since{}, "chronic: absent 18 of 180 school days, 10.0%"},
		{"17 of 180 is not", CARTRules, standing(180, 17, 0), Since{}, ""},
		{"17 of 179 is not", CARTRules, standing(179, 17, 0), Since{}, ""},
		{"18 of 179 is chronic", CARTRules, standing(179, 18, 0), Since{}, "chronic: absent 18 of 179 school days, 10.1%"},
		{"2 of 20 is chronic", CARTRules, standing(20, 2, 0), Since{}, "chronic: absent 2 of 20 school days, 10.0%"},
		{"2 of 19 is too early to say", CARTRules, standing(19, 2, 0), Since{}, ""},
		{"6 of 45", CARTRules, standing(45, 6, 0), Since{}, "chronic: absent 6 of 45 school days, 13.3%"},
		{"4 of 45 in every month is early", CARTRules, early, Since{}, "early: absent in every month of 20 school days, 1.8 days a month, 4 of 45 school days"},
		{"4 of 45 in some months is not", CARTRules, notEvery, Since{}, ""},
		{"early ends on day 60", CARTRules, tooLate, Since{}, ""},
		{"three events are truancy", SARTRules, standing(30, 3, 3), Since{}, "truancy: 3 unexcused absences or truancies"},
		{"two are not", SARTRules, standing(30, 3, 2), Since{}, ""},
		{"a child too young is no truant", SARTRules, young, Since{}, ""},
		{"one absence a month is watched", WatchRules, standing(20, 1, 0), Since{}, "watch: 1.0 absences a month of 20 school days, 0 unexcused absences or truancies"},
		{"two events are watched", WatchRules, standing(100, 2, 2), Since{}, "watch: 0.4 absences a month of 20 school days, 2 unexcused absences or truancies"},
		{"one event is not", WatchRules, standing(100, 1, 1), Since{}, ""},
		{"three events since SART go to SARB", SARBRules, standing(100, 9, 6), Since{Events: 3}, "referral: 3 unexcused absences or truancies since the SART meeting"},
		{"two do not", SARBRules, standing(100, 9, 6), Since{Events: 2}, ""},
		{"CART again", CARTAgainRules, standing(100, 9, 0), Since{Days: 20, Absences: 2}, "again: absent 2 of 20 school days since the CART meeting, 10.0%"},
		{"not before 20 days", CARTAgainRules, standing(100, 9, 0), Since{Days: 19, Absences: 2}, ""},
		{"not under 10 %", CARTAgainRules, standing(100, 9, 0), Since{Days: 21, Absences: 2}, ""},
		{"nobody enrolled for no day", CARTRules, standing(0, 0, 0), Since{}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := p.Reason(tc.list, tc.s, tc.since)
			if ok != (tc.words != "") || got.Words != tc.words {
				t.Errorf("got %v %q, want %q", ok, got.Words, tc.words)
			}
		})
	}
}

func TestChronicRuleIsTheExactTenPercent(t *testing.T) {
	p := compiled(t, PolicyText{CART: []RuleText{{Name: "tenth", When: "absence_rate >= 0.10"}, {Name: "month", When: "absences_per_month >= 1.5"}}})
	for d := 1; d <= 250; d++ {
		for a := 0; a <= d; a++ {
			r, ok := p.Reason(CARTRules, standing(d, a, 0), Since{})
			want := ""
			switch {
			case 10*a >= d:
				want = "tenth"
			case 40*a >= 3*d:
				want = "month"
			}
			if ok != (want != "") || r.Rule != want {
				t.Fatalf("%d of %d: %q, want %q", a, d, r.Rule, want)
			}
		}
	}
}

func TestReasonCarriesTheDatesCounted(t *testing.T) {
	first := district.NewDate(2026, 9, 1)
	s := standing(45, 6, 0)
	s.Truancies = []attendance.Day{{Date: first}, {Date: first + 20}, {Date: first + 21}}
	s.TruancyEvents, s.Truant = 3, true
	p := compiled(t, PolicyText{WatchList: []RuleText{{Name: "events", When: "truancy_events >= 2"}}})
	watch := compiled(t, PolicyText{})
	for _, tc := range []struct {
		name   string
		policy *Policy
		list   RuleList
		since  Since
		want   []district.Date
	}{
		{"CART: absences", p, CARTRules, Since{}, []district.Date{first, first + 1, first + 2, first + 3, first + 4, first + 5}},
		{"SART: truancies", p, SARTRules, Since{}, []district.Date{first, first + 20, first + 21}},
		{"watch list on events: truancies", p, WatchRules, Since{}, []district.Date{first, first + 20, first + 21}},
		{"watch list on both: each day once", watch, WatchRules, Since{}, []district.Date{first, first + 1, first + 2, first + 3, first + 4, first + 5, first + 20, first + 21}},
		{"SARB: truancies since", p, SARBRules, Since{Meeting: first + 20, Events: 3}, []district.Date{first + 21}},
		{"CART again: absences since", p, CARTAgainRules, Since{Meeting: first + 3, Days: 20, Absences: 2}, []district.Date{first + 4, first + 5}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, ok := tc.policy.Reason(tc.list, s, tc.since)
			if !ok {
				t.Fatal("no rule holds")
			}
			if diff := cmp.Diff(tc.want, r.Dates); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCustomRuleGivesTheNumbersItNames(t *testing.T) {
	p := compiled(t, PolicyText{CART: []RuleText{
		{Name: "mine", When: `days_absent > 3 && absence_rate > 0.1 && absence_rate < 0.9 && truant && tier == "satisfactory" && absences_per_month > 1`},
		{Name: "everyone", When: "true"},
	}})
	got, _ := p.Reason(CARTRules, standing(45, 6, 3), Since{})
	want := "mine: days_absent 6, absence_rate 13.3%, truant yes, tier satisfactory, absences_per_month 2.7"
	if got.Words != want {
		t.Errorf("got  %q\nwant %q", got.Words, want)
	}
	if got, _ := p.Reason(CARTRules, standing(45, 0, 0), Since{}); got.Words != "everyone" {
		t.Errorf("got %q", got.Words)
	}
}

func TestEveryFaultOfAPolicyIsToldWithItsPlace(t *testing.T) {
	_, err := Compile(PolicyText{
		Grades:     []string{"K", "13", "K"},
		Attendance: attendance.Rules{ClearWindow: -1},
		LetterOne:  "theirs", External: "maybe",
		CART: []RuleText{
			{Name: "typo", When: "days_enrolled >= 20 &&\n  absense_rate >= 0.10"},
			{Name: "Typo", When: "days_absent + 1"},
			{Name: "no spaces", When: "truant"},
			{Name: "empty"},
			{Name: "early", When: "events_since_meeting >= 3"},
		},
		SART: []RuleText{
			{Name: "mixed", When: `truant == 3`}, {Name: "syntax", When: "truant &&"},
			{Name: "clock", When: "now().Year() > 2000"}, {Name: "loop", When: "all(1..1000000, # > 0)"},
			{Name: "modulo", When: "days_absent % days_enrolled == 0"},
			{Name: "tier", When: `tier == "chronc"`}, {Name: "tiers", When: `tier in ["chronic", "bad"]`},
			{Name: "grade", When: `grade in [6, 7]`}, {Name: "percent", When: "absence_rate >= 10"},
		},
	})
	if err == nil {
		t.Fatal("compiled")
	}
	for _, want := range []string{
		`grades: "13" is no grade`, "grades: K stands twice", "attendance: clear_window: -1 is negative",
		`letter_1: "theirs" is neither external nor ours`, `external: "maybe" is neither warn nor require`,
		`cart: rule "typo": at 2:3: unknown field absense_rate; the fields are days_enrolled, days_absent`,
		`cart: two rules are named "Typo"`, `cart: rule "Typo": at 1:1: expected bool, but got int`,
		`cart: rule 3: name "no spaces"`, `cart: rule "empty": when is empty`,
		`cart: rule "early": at 1:1: events_since_meeting is known only after a meeting`,
		`sart: rule "mixed": at 1:11: truant is true or false, not a number`,
		`sart: rule "syntax": at 1:9: unexpected token`,
		`sart: rule "clock": at 1:1: the function now has no place`,
		`sart: rule "loop": at `, `sart: rule "modulo": at 1:13: the operator % has no place`,
		`sart: rule "tier": at 1:9: "chronc" is no tier`, `sart: rule "tiers": at 1:21: "bad" is no tier`,
		`sart: rule "grade": at 1:11: grade is compared with a number; write "6" as a text`,
		`sart: rule "percent": at 1:17: absence_rate is a fraction: write 0.10 for ten percent`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no fault says %q in:\n%v", want, err)
		}
	}
}

func TestThresholdsMustRise(t *testing.T) {
	for _, r := range []attendance.Rules{
		{ChronicPercent: 5}, {ChronicPercent: 20}, {SeverePercent: 101}, {AtRiskPercent: 10}, {CompulsoryFrom: 18},
	} {
		if _, err := Compile(PolicyText{Attendance: r}); err == nil {
			t.Errorf("%+v compiled", r)
		}
	}
}

func TestZeroTextIsTheDefaultPolicy(t *testing.T) {
	zero, said := compiled(t, PolicyText{}), compiled(t, DefaultPolicy())
	if diff := cmp.Diff(DefaultPolicy(), zero.Text); diff != "" {
		t.Error(diff)
	}
	if zero.Hash != said.Hash || len(zero.Hash) != 64 {
		t.Errorf("hashes %s and %s", zero.Hash, said.Hash)
	}
	if zero.Rules != attendance.DefaultRules() {
		t.Errorf("rules %+v", zero.Rules)
	}
	for _, g := range district.Grades {
		if got, want := zero.CanHaveCase(g), district.GradeIndex(g) <= district.GradeIndex("8"); got != want {
			t.Errorf("grade %s can have a case: %v", g, got)
		}
	}
}

func TestAnEmptyListMeansNoRules(t *testing.T) {
	var text PolicyText
	if err := yaml.Unmarshal([]byte("watch_list: []\ncart:\n"), &text); err != nil {
		t.Fatal(err)
	}
	p := compiled(t, text)
	if _, ok := p.Reason(WatchRules, standing(20, 20, 20), Since{}); ok {
		t.Error("an empty watch list has rules")
	}
	if _, ok := p.Reason(CARTRules, standing(20, 20, 20), Since{}); !ok {
		t.Error("a list left out has no rules")
	}
}

func TestHashChangesWithEveryValueThatDecides(t *testing.T) {
	hashes := map[string]string{}
	for name, text := range map[string]PolicyText{
		"default": {}, "name": {Name: "x"}, "from": {EffectiveFrom: district.NewDate(2026, 7, 1)},
		"grades": {Grades: []string{"K"}}, "rules": {Attendance: attendance.Rules{ClearWindow: 4}},
		"cart": {CART: []RuleText{{Name: "a", When: "truant"}}}, "sart": {SART: []RuleText{{Name: "a", When: "truant"}}},
		"letter": {LetterOne: LetterOneOurs}, "external": {External: ExternalRequire}, "letter name": {LetterOneName: "L1"},
	} {
		h := compiled(t, text).Hash
		if other, ok := hashes[h]; ok {
			t.Errorf("%s and %s have one hash", name, other)
		}
		hashes[h] = name
	}
	a := compiled(t, PolicyText{Grades: []string{"1", "K"}, CART: []RuleText{{Name: "a", When: " truant\n"}}})
	b := compiled(t, PolicyText{Grades: []string{"K", "1"}, CART: []RuleText{{Name: "a", When: "truant"}}})
	if a.Hash != b.Hash {
		t.Error("order of grades or outer spaces change the hash")
	}
}

func TestCompileLeavesItsArgumentAlone(t *testing.T) {
	text := PolicyText{Grades: []string{"8", "K"}, CART: []RuleText{{Name: "a", When: " truant "}}}
	compiled(t, text)
	if text.Grades[0] != "8" || text.CART[0].When != " truant " {
		t.Errorf("changed to %+v", text)
	}
}

func TestSinceMeetingCountsWhatCameAfter(t *testing.T) {
	meeting := district.NewDate(2026, 9, 3) // a Thursday
	var days []district.Date
	for d := district.NewDate(2026, 8, 10); d <= district.NewDate(2026, 9, 30); d++ {
		days = append(days, d)
	}
	cal, err := district.NewCalendar(days)
	if err != nil {
		t.Fatal(err)
	}
	d := &district.District{
		Year: 2026, AsOf: district.NewDate(2026, 9, 15),
		Schools:   []district.School{{ID: "A"}, {ID: "B"}},
		Calendars: map[string]*district.Calendar{"A": cal, "B": cal},
	}
	student := &district.Student{Enrollments: []district.Enrollment{
		{SchoolID: "A", EntryDate: district.NewDate(2026, 8, 10), ExitDate: district.NewDate(2026, 9, 8)},
		{SchoolID: "B", EntryDate: district.NewDate(2026, 9, 8)},
		{SchoolID: "closed", EntryDate: district.NewDate(2026, 8, 10)},
	}}
	s := standing(20, 8, 4) // absences 1-8 September, truancies 1-4
	s.AsOf = d.AsOf
	got := SinceMeeting(s, student, d, meeting)
	// 4, 7, 8 (claimed twice), 9, 10, 11, 14, 15 September.
	if want := (Since{Meeting: meeting, Days: 8, Events: 1, Absences: 5}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if (Since{}).Rate() != 0 || got.Rate() != 5.0/8 {
		t.Error("rate")
	}
}

func TestAnAddedAbsenceNeverEndsADefaultReason(t *testing.T) {
	p := compiled(t, PolicyText{})
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.IntRange(1, 180).Draw(t, "enrolled")
		a := rapid.IntRange(0, d-1).Draw(t, "absent")
		ev := rapid.IntRange(0, a).Draw(t, "events")
		for _, list := range []RuleList{CARTRules, SARTRules, WatchRules} {
			_, before := p.Reason(list, standing(d, a, ev), Since{})
			_, after := p.Reason(list, standing(d, a+1, ev+1), Since{})
			if before && !after {
				t.Fatalf("%s held at %d of %d with %d events, not at one more", list, a, d, ev)
			}
		}
	})
}

func TestHoldsNamesTheRuleOfTheReason(t *testing.T) {
	p := compiled(t, PolicyText{})
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.IntRange(0, 180).Draw(t, "enrolled")
		a := rapid.IntRange(0, d).Draw(t, "absent")
		s := standing(d, a, rapid.IntRange(0, a).Draw(t, "events"))
		s.EveryMonth = rapid.IntRange(0, 2).Draw(t, "every month")
		since := Since{Events: rapid.IntRange(0, 5).Draw(t, "since"), Days: rapid.IntRange(0, 40).Draw(t, "days since")}
		since.Absences = rapid.IntRange(0, since.Days).Draw(t, "absences since")
		for list := range ruleLists {
			want, wantOK := p.Reason(list, s, since)
			bare := *s
			bare.Absences, bare.Truancies, bare.Uncounted = nil, nil, nil
			if got, ok := p.Holds(list, &bare, since); ok != wantOK || got != want.Rule {
				t.Fatalf("%s: holds %v %q, the reason is %v %q", list, ok, got, wantOK, want.Rule)
			}
		}
	})
}

func TestReasonIsSafeForManyGoroutines(t *testing.T) {
	p := compiled(t, PolicyText{})
	done := make(chan string)
	for g := range 8 {
		go func() {
			for i := range 500 {
				a := (g*500 + i) % 45
				if _, ok := p.Reason(CARTRules, standing(45, a, 0), Since{}); ok != (10*a >= 45) {
					done <- fmt.Sprintf("%d of 45: %v", a, ok)
					return
				}
			}
			done <- ""
		}()
	}
	for range 8 {
		if problem := <-done; problem != "" {
			t.Error(problem)
		}
	}
}

// Whatever text compiles can be asked of any standing: no operator is admitted
// that could fail.
func FuzzRule(f *testing.F) {
	for list := range ruleLists {
		defaults := DefaultPolicy()
		for _, r := range *defaults.listOf(list) {
			f.Add(r.When)
		}
	}
	for _, seed := range []string{
		`grade in ["K", "1"]`, `tier contains "e" ? truant : chronic`, `days_absent / days_enrolled > 0.1`, "let x = 1; x > 0",
		"1..3", "now()", `"x" in $env`, "$env.tier", "tier[0]", "tier?.x", "#", "not truant", "[1][days_absent]", `grade + tier == "K"`,
		`1 in [days_absent]`, `{"a":1}.a == 1`, "-days_absent < 0", "true; false", `"a" in grade`, "nil == nil", "truant ?? false",
	} {
		f.Add(seed)
	}
	standings := []*attendance.Standing{standing(0, 0, 0), standing(45, 6, 3), standing(180, 180, 180)}
	f.Fuzz(func(t *testing.T, when string) {
		p, err := Compile(PolicyText{SARB: []RuleText{{Name: "fuzzed", When: when}}})
		if err != nil {
			return
		}
		for _, s := range standings {
			first, ok := p.Reason(SARBRules, s, Since{})
			again, okAgain := p.Reason(SARBRules, s, Since{})
			if name, holds := p.Holds(SARBRules, s, Since{}); holds != ok || name != first.Rule {
				t.Fatalf("%q holds %v as %q, its reason %v as %q", when, holds, name, ok, first.Rule)
			}
			if ok != okAgain || first.Words != again.Words || !slices.Equal(first.Dates, again.Dates) {
				t.Fatalf("%q answers twice: %v, %v", when, first, again)
			}
		}
	})
}

func BenchmarkWouldOpen(b *testing.B) {
	p := compiled(b, PolicyText{})
	s := standing(100, 4, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := WouldOpen(p, s); ok {
			b.Fatal("opens")
		}
	}
}

func BenchmarkReason(b *testing.B) {
	p := compiled(b, PolicyText{})
	s := standing(100, 4, 1)
	b.ReportAllocs()
	for b.Loop() {
		for list := range ruleLists {
			if _, ok := p.Reason(list, s, Since{}); ok {
				b.Fatal("holds")
			}
		}
	}
}
