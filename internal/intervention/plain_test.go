package intervention

import (
	"strings"
	"testing"
)

func TestEveryBuiltInRuleHasASentenceAndNoOther(t *testing.T) {
	p, err := Compile(PolicyText{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for list := range ruleLists {
		for _, r := range *p.Text.listOf(list) {
			words := p.Plain(list, r.Name)
			if words == "" || seen[words] || strings.ContainsAny(words, "_&|=") {
				t.Errorf("%s %s: %q", list, r.Name, words)
			}
			seen[words] = true
		}
	}
	own, err := Compile(PolicyText{CART: []RuleText{{Name: "chronic", When: "absence_rate >= 0.05"}}})
	if err != nil {
		t.Fatal(err)
	}
	if words := own.Plain(CARTRules, "chronic"); words != "" {
		t.Errorf("a district's own rule is said to be ours: %q", words)
	}
	if words := p.Plain(SARTRules, "truancy"); words != "3 or more unexcused absences or truancies in the school year, at ages 6 to 17 (EC 48260)." {
		t.Errorf("%q", words)
	}
}
