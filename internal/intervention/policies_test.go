package intervention

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/district"
)

// set is a rule set that begins on a day, empty for from the beginning.
func set(from string) PolicyText {
	t := PolicyText{Name: "from " + from}
	if err := t.EffectiveFrom.UnmarshalText([]byte(from)); err != nil {
		panic(err)
	}
	return t
}

func TestTheRuleSetInForceIsTheLastThatHasBegun(t *testing.T) {
	p, err := CompilePolicies([]PolicyText{set(""), set("2026-01-12"), set("2026-03-02")})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ day, want string }{
		{"2020-07-01", "from"}, {"2026-01-11", "from"}, {"2026-01-12", "from 2026-01-12"},
		{"2026-03-01", "from 2026-01-12"}, {"2026-03-02", "from 2026-03-02"}, {"2030-06-30", "from 2026-03-02"},
	} {
		day, _ := district.ParseDate(c.day)
		if got, err := p.On(day); err != nil || got.Text.Name != c.want {
			t.Errorf("on %s: %q %v, want %q", c.day, got.Text.Name, err, c.want)
		}
	}
}

func TestBeforeTheFirstRuleSetBeginsNoneIsInForce(t *testing.T) {
	p, err := CompilePolicies([]PolicyText{set("2025-08-11")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.On(district.NewDate(2025, 8, 10)); err == nil || !strings.Contains(err.Error(), "the first begins on 2025-08-11") {
		t.Errorf("the day before: %v", err)
	}
	if _, err := p.On(district.NewDate(2025, 8, 11)); err != nil {
		t.Errorf("on the day: %v", err)
	}
}

func TestEveryFaultOfEveryRuleSetIsTold(t *testing.T) {
	odd := set("2026-01-12")
	odd.CART = []RuleText{{Name: "fine", When: "truant"}, {Name: "odd", When: "days_absnt > 3"}}
	early := set("2025-12-01")
	early.Grades = []string{"13"}
	_, err := CompilePolicies([]PolicyText{set("2025-08-11"), odd, set("2026-01-12"), early, set("")})
	type place struct {
		Set  int
		Key  string
		Rule int
	}
	var got []place
	for _, f := range Faults(err) {
		got = append(got, place{f.Set, f.Key, f.Rule})
	}
	want := []place{{1, "cart", 2}, {2, "effective_from", 0}, {3, "grades", 0}, {3, "effective_from", 0}, {4, "effective_from", 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%v", diff, err)
	}
	for _, words := range []string{
		`cart: rule "odd": at 1:1: unknown field days_absnt`, "two rule sets begin on 2026-01-12",
		"2025-12-01 is before 2026-01-12", "only the first rule set can do without",
	} {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("no %q in:\n%v", words, err)
		}
	}
	if _, err := CompilePolicies(nil); err == nil {
		t.Error("no rule set at all compiled")
	}
}

// anyPolicy is a text that compiles.
func anyPolicy(t *rapid.T) PolicyText {
	p := PolicyText{
		Name:          rapid.String().Draw(t, "name"),
		EffectiveFrom: district.Date(rapid.IntRange(0, 800_000).Draw(t, "from")),
		Grades:        rapid.SliceOfDistinct(rapid.SampledFrom(district.Grades), rapid.ID).Draw(t, "grades"),
		LetterOne:     rapid.SampledFrom([]string{"", LetterOneExternal, LetterOneOurs}).Draw(t, "letter"),
		External:      rapid.SampledFrom([]string{"", ExternalWarn, ExternalRequire}).Draw(t, "external"),
		LetterOneName: rapid.String().Draw(t, "letter name"),
	}
	p.Attendance.ClearWindow = rapid.IntRange(0, 20).Draw(t, "clear window")
	p.Attendance.ChronicPercent = rapid.IntRange(6, 19).Draw(t, "chronic percent")
	when := rapid.SampledFrom([]string{"truant", "\n days_absent > 3 &&\t!truant\n", `grade in ["K", "1"]`, `tier == "chronic"`, "absence_rate >= 0.125"})
	rule := rapid.Custom(func(t *rapid.T) RuleText {
		return RuleText{Name: rapid.StringMatching(`[a-z][A-Za-z0-9_-]{0,20}`).Draw(t, "rule"), When: when.Draw(t, "when")}
	})
	for list := range ruleLists {
		name := list.String()
		if rapid.Bool().Draw(t, name+" is the default") {
			continue
		}
		*p.listOf(list) = append([]RuleText{}, rapid.SliceOfNDistinct(rule, 0, 4, func(r RuleText) string { return strings.ToLower(r.Name) }).Draw(t, name)...)
	}
	return p
}

func TestAPolicyIsRestoredFromTheTextThatWasKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyPolicy(t)
		was, err := Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		is, err := Restore(was.Hash, was.Canonical)
		if err != nil {
			t.Fatalf("%v in:\n%s", err, was.Canonical)
		}
		if diff := cmp.Diff(was.Text, is.Text); diff != "" || is.Canonical != was.Canonical || is.Hash != was.Hash || is.Rules != was.Rules {
			t.Fatal(diff)
		}
		if again := compiledText(t, is.Text); again.Hash != was.Hash {
			t.Fatalf("what was restored has hash %s, not %s", again.Hash, was.Hash)
		}
		s := standing(45, 6, 3)
		for list := range ruleLists {
			a, okA := was.Holds(list, s, Since{})
			if b, okB := is.Holds(list, s, Since{}); a != b || okA != okB {
				t.Fatalf("%s: %q %v, restored %q %v", list, a, okA, b, okB)
			}
		}
	})
}

func compiledText(t *rapid.T, text PolicyText) *Policy {
	p, err := Compile(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestATextThatCannotBeReadIsSaidWithItsLine(t *testing.T) {
	good := compiled(t, PolicyText{}).Canonical
	for _, c := range []struct{ name, text, want string }{
		{"a value of a later version", good + "quorum 3\n", "line 24: quorum: nothing is called so"},
		{"a rule without its quotes", strings.Replace(good, `sart "truancy"`, "sart truancy", 1), "the rule's name"},
		{"a field that is gone", strings.Replace(good, `"truant"`, `"truantish"`, 1), "unknown field truantish"},
		{"no text", "nothing", `line 1: "nothing" has no value`},
	} {
		if _, err := Restore(hashOf(c.text), c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := Restore(hashOf("other"), good); err == nil || !strings.Contains(err.Error(), "is not the one that has this hash") {
		t.Errorf("another text: %v", err)
	}
}

// Whatever stands in a ledger is either read or refused, and what is read says
// the same when it is written again.
func FuzzRestore(f *testing.F) {
	p, err := Compile(PolicyText{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.Canonical)
	f.Add("name \"x\"\neffective_from 2026-01-12\ngrades K\nsart \"a\" \"truant\"\n")
	f.Add("attendance.clear_window 4\nletter_1 ours\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Restore(hashOf(text), text)
		if err != nil {
			return
		}
		again, err := Compile(p.Text)
		if err != nil {
			t.Fatalf("%q is restored and does not compile: %v", text, err)
		}
		if diff := cmp.Diff(p.Text, again.Text); diff != "" {
			t.Fatal(diff)
		}
	})
}
