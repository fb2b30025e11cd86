package config

import (
	"strconv"
	"strings"
	"testing"

	"rollcall/internal/district"
)

// withPolicy is the starter with another policy.
func withPolicy(t *testing.T, policy string) string {
	t.Helper()
	text := NewDistrict.Text()
	from, to := strings.Index(text, "policy:"), strings.Index(text, "meetings:")
	return write(t, text[:from]+policy+text[to:])
}

func TestAPolicyIsOneRuleSetOrAListOfThem(t *testing.T) {
	day := district.NewDate(2026, 2, 1)
	for _, c := range []struct{ name, policy, want string }{
		{"left out", "", "default"},
		{"empty", "policy:\n", "default"},
		{"one", "policy:\n  name: one\n", "one"},
		{"a list of one", "policy:\n  - name: only\n", "only"},
		{"a list", "policy:\n  - name: autumn\n  - name: spring\n    effective_from: 2026-01-12\n", "spring"},
		{"not begun", "policy:\n  - name: autumn\n  - name: late\n    effective_from: 2026-02-02\n", "autumn"},
		{"shared lines", "policy:\n  - &base\n    name: autumn\n    grades: [K]\n  - <<: *base\n    name: shared\n    effective_from: 2026-01-12\n", "shared"},
	} {
		t.Run(c.name, func(t *testing.T) {
			loaded, err := Load(withPolicy(t, c.policy), noEnv)
			if err != nil {
				t.Fatal(err)
			}
			p, err := loaded.Policies.On(day)
			if err != nil || p.Text.Name != c.want {
				t.Errorf("in force: %v %v", p, err)
			}
			if c.name == "shared lines" && (p.CanHaveCase("1") || !p.CanHaveCase("K")) {
				t.Error("what is shared is lost")
			}
		})
	}
}

func TestEveryFaultOfARuleSetIsToldWithItsLine(t *testing.T) {
	const policy = `policy:
  - name: autumn
    cart:
      - name: fine
        when: truant
      - name: odd
        when: days_absnt > 3
  - name: winter
    effective_from: 2026-01-12
    grades: [K, "13"]
  - effective_from: 2026-01-12
    sart:
      - {name: half, when: truant && }
  - name: nameless
`
	path := withPolicy(t, policy)
	_, err := Load(path, noEnv)
	if err == nil {
		t.Fatal("accepted")
	}
	before, _, _ := strings.Cut(NewDistrict.Text(), "policy:")
	first := 1 + strings.Count(before, "\n")
	for line, want := range map[int]string{
		first + 6:  `policy, rule set 1: cart: rule "odd": at 1:1: unknown field days_absnt`,
		first + 9:  `policy, rule set 2: grades: "13" is no grade`,
		first + 10: "policy, rule set 3: effective_from: two rule sets begin on 2026-01-12",
		first + 12: `policy, rule set 3: sart: rule "half": at 1:9:`,
		first + 13: "policy, rule set 4: effective_from: is missing",
	} {
		if found := "line " + strconv.Itoa(line) + ": " + want; !strings.Contains(err.Error(), found) {
			t.Errorf("no %q in:\n%v", found, err)
		}
	}
	for _, c := range []struct{ policy, want string }{
		{"policy: []\n", "policy: rule sets: there is none"},
		{"policy:\n  - nam: x\n", `unknown key "nam"; the keys here are attendance, cart,`},
		{"policy:\n  - name: x\n  - effective_from: 2026-13-01\n    gardes: [K]\n", `unknown key "gardes"`},
		{"policy:\n  - name: x\n  - effective_from: 2026-13-01\n    gardes: [K]\n", `"2026-13-01" is not a date`},
		{"policy: strict\n", "line "},
	} {
		if _, err := Load(withPolicy(t, c.policy), noEnv); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.policy, err, c.want)
		}
	}
}

func TestAPolicyIsReadAloneFromEitherKindOfFile(t *testing.T) {
	day := district.NewDate(2026, 2, 1)
	for _, c := range []struct{ name, text, want string }{
		{"a whole configuration", "district:\n  name: ${SECRET}\npolicy:\n  name: within\n", "within"},
		{"one that leaves its policy out", "district:\n  name: x\n", "default"},
		{"a rule set", "name: bare\nsart: []\n", "bare"},
		{"a list of rule sets", "- name: autumn\n- name: spring\n  effective_from: 2026-01-12\n", "spring"},
	} {
		p, err := LoadPolicies(write(t, c.text), noEnv)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if set, err := p.On(day); err != nil || set.Text.Name != c.want {
			t.Errorf("%s: %v %v, want %q", c.name, set, err, c.want)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"name: x\nquorum: 3\n", `line 2: unknown key "quorum"; the keys here are attendance`},
		{"name: x\nsart:\n  - {name: odd, when: 3 > }\n", `line 3: policy: sart: rule "odd"`},
		{"policy:\n  - name: x\n  - name: y\n", "line 3: policy, rule set 2: effective_from: is missing"},
	} {
		if _, err := LoadPolicies(write(t, c.text), noEnv); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}
