package intervention

import (
	"errors"
	"fmt"
	"slices"

	"rollcall/internal/district"
)

// Policies are a district's rule sets over time, oldest first. A change of the
// rules is a set more: it decides from its date on, and what an earlier one
// decided stands.
type Policies struct{ sets []*Policy }

// Fault is one thing wrong with a policy, and where.
type Fault struct {
	Set     int    // which rule set, 0 for the first
	Key     string // of the configuration: grades, cart, effective_from
	Rule    int    // which rule of the list that Key names, 1 for the first; 0 where it concerns none
	Problem string
}

// Error says key and problem; whoever knows the file says the line.
func (f *Fault) Error() string { return f.Key + ": " + f.Problem }

// CompilePolicies compiles rule sets, oldest first. The first may leave out
// effective_from: it counts from the beginning. The error joins every *Fault of
// every set.
func CompilePolicies(texts []PolicyText) (*Policies, error) {
	var faults []error
	p := &Policies{}
	for i, t := range texts {
		set, err := Compile(t)
		for _, fault := range Faults(err) {
			fault.Set = i
			faults = append(faults, fault)
		}
		p.sets = append(p.sets, set)
		if i == 0 {
			continue
		}
		if problem := follows(t.EffectiveFrom, texts[i-1].EffectiveFrom); problem != "" {
			faults = append(faults, &Fault{Set: i, Key: "effective_from", Problem: problem})
		}
	}
	if len(texts) == 0 {
		faults = append(faults, &Fault{Key: "rule sets", Problem: "there is none; leave the policy out for the default one"})
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return p, nil
}

// Faults are what an error of Compile or CompilePolicies joins.
func Faults(err error) (faults []*Fault) {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return nil
	}
	for _, e := range joined.Unwrap() {
		var fault *Fault
		if errors.As(e, &fault) {
			faults = append(faults, fault)
		}
	}
	return faults
}

// follows says what is wrong with the date of a rule set after another's.
func follows(from, before district.Date) string {
	switch {
	case from.IsZero():
		return "is missing; only the first rule set can do without the date it begins on"
	case from == before:
		return fmt.Sprintf("two rule sets begin on %s", from)
	case from < before:
		return fmt.Sprintf("%s is before %s, on which the rule set above begins; write the oldest first", from, before)
	}
	return ""
}

// On is the rule set in force on a day; an error where the first begins later.
func (p *Policies) On(day district.Date) (*Policy, error) {
	for _, set := range slices.Backward(p.sets) {
		if set.Text.EffectiveFrom <= day {
			return set, nil
		}
	}
	return nil, fmt.Errorf("no rule set of the policy is in force on %s: the first begins on %s; leave out its effective_from if it counts from the beginning",
		day, p.sets[0].Text.EffectiveFrom)
}

// All are the rule sets, oldest first.
func (p *Policies) All() []*Policy { return slices.Clone(p.sets) }

// ShortHash is enough of a policy's hash for people.
func ShortHash(hash string) string { return hash[:min(len(hash), 12)] }
