package intervention

import (
	"fmt"
	"strconv"
	"strings"
)

// Restore compiles a policy from its hash and the text that was kept of it
// (Policy.Canonical), so that what it decided can be asked again long after the
// configuration has moved on. The error says the line where this version cannot
// read it.
func Restore(hash, text string) (*Policy, error) {
	if hashOf(text) != hash {
		return nil, fmt.Errorf("the text kept of policy %s is not the one that has this hash", ShortHash(hash))
	}
	t, err := parseCanonical(text)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", ShortHash(hash), err)
	}
	p, err := Compile(t)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", ShortHash(hash), err)
	}
	// It goes by what was written of it then, even if this version would write
	// more.
	p.Canonical, p.Hash = text, hash
	return p, nil
}

// parseCanonical reads what PolicyText.canonical writes. A list without a line
// has no rules.
func parseCanonical(text string) (PolicyText, error) {
	t := PolicyText{CART: []RuleText{}, SART: []RuleText{}, WatchList: []RuleText{}, CARTAgain: []RuleText{}, SARB: []RuleText{}}
	n := 0
	for line := range strings.Lines(text) {
		n++
		key, value, spaced := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !spaced {
			return t, fmt.Errorf("line %d: %q has no value", n, key)
		}
		if err := t.read(key, value); err != nil {
			return t, fmt.Errorf("line %d: %s: %w", n, key, err)
		}
	}
	return t, nil
}

// read takes one value of a canonical text.
func (t *PolicyText) read(key, value string) (err error) {
	switch key {
	case "name":
		t.Name, err = strconv.Unquote(value)
		return err
	case "effective_from":
		return t.EffectiveFrom.UnmarshalText([]byte(value))
	case "grades":
		t.Grades = strings.Fields(value)
		return nil
	case "letter_1":
		t.LetterOne = value
		return nil
	case "external":
		t.External = value
		return nil
	case "letter_1_name":
		t.LetterOneName, err = strconv.Unquote(value)
		return err
	}
	for _, number := range numbersOf(&t.Attendance) {
		if key == "attendance."+number.name {
			*number.value, err = strconv.Atoi(value)
			return err
		}
	}
	for list := range ruleLists {
		if key == list.String() {
			r, err := readRule(value)
			*t.listOf(list) = append(*t.listOf(list), r)
			return err
		}
	}
	return fmt.Errorf("nothing is called so in this version")
}

// readRule reads a rule's name and expression, both quoted.
func readRule(value string) (r RuleText, err error) {
	name, err := strconv.QuotedPrefix(value)
	if err != nil {
		return r, fmt.Errorf("the rule's name: %w", err)
	}
	if r.Name, err = strconv.Unquote(name); err != nil {
		return r, fmt.Errorf("the rule's name: %w", err)
	}
	if r.When, err = strconv.Unquote(strings.TrimPrefix(value[len(name):], " ")); err != nil {
		return r, fmt.Errorf("the rule's expression: %w", err)
	}
	return r, nil
}
