package intervention

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
)

// PolicyText is the policy as the configuration states it. The zero value of a
// field means the default, which Compile fills in; a list of rules that is
// there but empty means that the district wants none of that kind.
type PolicyText struct {
	Name          string        `yaml:"name"`
	EffectiveFrom district.Date `yaml:"effective_from"`
	// Grades say who can get a case; default TK to 8.
	Grades     []string         `yaml:"grades"`
	Attendance attendance.Rules `yaml:"attendance"`
	CART       []RuleText       `yaml:"cart"`
	SART       []RuleText       `yaml:"sart"`
	WatchList  []RuleText       `yaml:"watch_list"`
	CARTAgain  []RuleText       `yaml:"cart_again"`
	SARB       []RuleText       `yaml:"sarb_referral"`
	// LetterOne is who makes the notice of EC 48260.5: external or ours.
	LetterOne string `yaml:"letter_1"`
	// External is what happens to a SART invitation while the other system's
	// Letter #1 is not on record: warn or require.
	External string `yaml:"external"`
	// LetterOneName is what letters_sent calls it.
	LetterOneName string `yaml:"letter_1_name"`
}

// RuleText is one named rule.
type RuleText struct {
	Name string `yaml:"name"`
	When string `yaml:"when"`
}

// The values of PolicyText.LetterOne and PolicyText.External.
const (
	LetterOneExternal = "external"
	LetterOneOurs     = "ours"
	ExternalWarn      = "warn"
	ExternalRequire   = "require"
)

// DefaultPolicy is the text that the zero PolicyText stands for (rules.md 4).
func DefaultPolicy() PolicyText {
	return PolicyText{
		Name:       "default",
		Grades:     []string{"TK", "K", "1", "2", "3", "4", "5", "6", "7", "8"},
		Attendance: attendance.DefaultRules(),
		CART: []RuleText{
			{Name: "chronic", When: "days_enrolled >= 20 && absence_rate >= 0.10"},
			{Name: "early", When: "days_enrolled >= 40 && days_enrolled <= 60 && every_month >= 1 && absences_per_month >= 1.5"},
		},
		SART:          []RuleText{{Name: "truancy", When: "truant"}},
		WatchList:     []RuleText{{Name: "watch", When: "absences_per_month >= 1 || truancy_events >= 2"}},
		CARTAgain:     []RuleText{{Name: "again", When: "days_since_meeting >= 20 && absences_since_meeting >= 2 && rate_since_meeting >= 0.10"}},
		SARB:          []RuleText{{Name: "referral", When: "events_since_meeting >= 3"}},
		LetterOne:     LetterOneExternal,
		External:      ExternalWarn,
		LetterOneName: "A2A-1",
	}
}

// Policy is a policy ready to be asked. It may be asked from many goroutines.
type Policy struct {
	Text  PolicyText       // with every default filled in
	Rules attendance.Rules // Text.Attendance
	// Canonical says all that the policy decides by, one line a value; Hash is
	// its SHA-256 in hex. Two texts that decide alike have the same.
	Canonical string
	Hash      string

	grades map[string]bool
	rules  [ruleLists][]rule
	// desks hold a machine and the fields of the standing it looks at.
	desks sync.Pool
}

// Compile fills in the defaults and compiles the rules. The error joins every
// *Fault of the text, one a line; one in a rule names list, rule, line and
// column.
func Compile(t PolicyText) (*Policy, error) {
	var faults []error
	fault := func(key, format string, args ...any) {
		faults = append(faults, &Fault{Key: key, Problem: fmt.Sprintf(format, args...)})
	}

	p := &Policy{Text: filled(t), grades: map[string]bool{}}
	p.desks.New = func() any { return new(desk) }
	p.Rules = p.Text.Attendance

	p.Text.Grades = slices.Clone(p.Text.Grades)
	for _, g := range p.Text.Grades {
		switch {
		case district.GradeIndex(g) < 0:
			fault("grades", "%q is no grade; the grades are %s", g, strings.Join(district.Grades, ", "))
		case p.grades[g]:
			fault("grades", "%s stands twice", g)
		}
		p.grades[g] = true
	}
	slices.SortStableFunc(p.Text.Grades, func(a, b string) int { return district.GradeIndex(a) - district.GradeIndex(b) })
	for _, problem := range numberFaults(p.Rules) {
		fault("attendance", "%s", problem)
	}
	if v := p.Text.LetterOne; v != LetterOneExternal && v != LetterOneOurs {
		fault("letter_1", "%q is neither external nor ours", v)
	}
	if v := p.Text.External; v != ExternalWarn && v != ExternalRequire {
		fault("external", "%q is neither warn nor require", v)
	}
	for list := range ruleLists {
		texts := *p.Text.listOf(list)
		compiled, problems := compileList(list, texts)
		p.rules[list] = compiled
		for i := range compiled {
			texts[i].When = compiled[i].text
		}
		faults = append(faults, problems...)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	p.Canonical = p.Text.canonical()
	p.Hash = hashOf(p.Canonical)
	return p, nil
}

func hashOf(canonical string) string {
	sum := sha256.Sum256([]byte(canonical))
	return hex.EncodeToString(sum[:])
}

// CanHaveCase reports whether the policy gives students of a grade cases.
func (p *Policy) CanHaveCase(grade string) bool { return p.grades[grade] }

// listOf is where the text of one of the rule lists is.
func (t *PolicyText) listOf(l RuleList) *[]RuleText {
	switch l {
	case CARTRules:
		return &t.CART
	case SARTRules:
		return &t.SART
	case WatchRules:
		return &t.WatchList
	case CARTAgainRules:
		return &t.CARTAgain
	}
	return &t.SARB
}

// filled replaces what t leaves out by the defaults, and copies what it keeps.
func filled(t PolicyText) PolicyText {
	d := DefaultPolicy()
	or := func(text *string, otherwise string) {
		if *text = strings.TrimSpace(*text); *text == "" {
			*text = otherwise
		}
	}
	or(&t.Name, d.Name)
	or(&t.LetterOne, d.LetterOne)
	or(&t.External, d.External)
	or(&t.LetterOneName, d.LetterOneName)
	if len(t.Grades) == 0 {
		t.Grades = d.Grades
	}
	numbers, defaults := numbersOf(&t.Attendance), numbersOf(&d.Attendance)
	for i, n := range numbers {
		if *n.value == 0 {
			*n.value = *defaults[i].value
		}
	}
	for list := range ruleLists {
		own := t.listOf(list)
		if *own == nil {
			*own = *d.listOf(list)
		}
		*own = slices.Clone(*own)
	}
	return t
}

// canonical writes every value on its own line, in a fixed order.
func (t *PolicyText) canonical() string {
	var b strings.Builder
	fmt.Fprintf(&b, "name %q\neffective_from %s\ngrades %s\n", t.Name, t.EffectiveFrom, strings.Join(t.Grades, " "))
	for _, n := range numbersOf(&t.Attendance) {
		fmt.Fprintf(&b, "attendance.%s %d\n", n.name, *n.value)
	}
	for list := range ruleLists {
		for _, r := range *t.listOf(list) {
			fmt.Fprintf(&b, "%s %q %q\n", list, r.Name, r.When)
		}
	}
	fmt.Fprintf(&b, "letter_1 %s\nexternal %s\nletter_1_name %q\n", t.LetterOne, t.External, t.LetterOneName)
	return b.String()
}

type number struct {
	name  string
	value *int
}

// numbersOf names the numbers of the arithmetic as the configuration does.
func numbersOf(r *attendance.Rules) []number {
	return []number{
		{"clear_window", &r.ClearWindow}, {"late_minutes", &r.LateMinutes}, {"month_days", &r.MonthDays},
		{"truant_events", &r.TruantEvents},
		{"compulsory_from", &r.CompulsoryFrom}, {"compulsory_to", &r.CompulsoryTo},
		{"at_risk_percent", &r.AtRiskPercent}, {"chronic_percent", &r.ChronicPercent}, {"severe_percent", &r.SeverePercent},
		{"chronic_min_days", &r.ChronicMinDays}, {"state_min_days", &r.StateMinDays},
	}
}

func numberFaults(r attendance.Rules) (problems []string) {
	for _, n := range numbersOf(&r) {
		if *n.value < 0 {
			problems = append(problems, fmt.Sprintf("%s: %d is negative; 0 stands for the default", n.name, *n.value))
		}
	}
	if len(problems) > 0 {
		return problems
	}
	if r.AtRiskPercent >= r.ChronicPercent || r.ChronicPercent >= r.SeverePercent || r.SeverePercent > 100 {
		problems = append(problems, fmt.Sprintf("at_risk_percent, chronic_percent and severe_percent must rise and end by 100, not %d, %d, %d",
			r.AtRiskPercent, r.ChronicPercent, r.SeverePercent))
	}
	if r.CompulsoryFrom > r.CompulsoryTo {
		problems = append(problems, fmt.Sprintf("compulsory_from: %d is more than compulsory_to %d", r.CompulsoryFrom, r.CompulsoryTo))
	}
	return problems
}
