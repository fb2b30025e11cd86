package intervention

import (
	"fmt"

	"rollcall/internal/attendance"
)

// Former is a policy that opened a case on an earlier night, or why its text
// cannot be read any more.
type Former struct {
	Policy *Policy
	Err    error
}

// ofItsRound asks a policy about the list that a case of its kind and round comes
// from: for another round, the one that counts from the meeting before it.
func (d *decider) ofItsRound(p *Policy, e *Entry, c *Case, s *attendance.Standing) (Reason, bool) {
	switch before := roundBefore(e.Cases, c); {
	case c.Kind == SART:
		return p.Reason(SARTRules, s, Since{})
	case before != nil:
		return p.Reason(CARTAgainRules, s, SinceMeeting(s, e.Student, d.District, before.MetOn()))
	}
	return p.Reason(CARTRules, s, Since{})
}

// byItsOwn asks the policy that opened a case, on the figures that its numbers
// give, where tonight's policy is another one. What was decided stands: that the
// rules have changed since is no reason to take a case back.
func (d *decider) byItsOwn(e *Entry, c *Case) (Reason, bool) {
	hash := c.OpenedBy()
	former, known := d.Former[hash]
	switch {
	case hash == d.Policy.Hash || !known:
		return Reason{}, false
	case former.Err != nil:
		d.except(e, "policy", fmt.Sprintf("the rules that opened the %s case cannot be read any more (%v): tonight's rules decided about it", c.Kind, former.Err))
		return Reason{}, false
	case !former.Policy.CanHaveCase(e.Enrollment.Grade):
		return Reason{}, false
	}
	reason, holds := d.ofItsRound(former.Policy, e, c, d.standingBy(e, c))
	if holds {
		d.silent(e, fmt.Sprintf("%s case stands by policy %s, which opened it: %s", c.Kind, ShortHash(hash), reason.Words))
	}
	return reason, holds
}

// roundBefore is the case of the same kind that a case follows, nil for none.
func roundBefore(cases []Case, c *Case) *Case {
	for i := range cases {
		if b := &cases[i]; b.Kind == c.Kind && b.Round == c.Round-1 {
			return b
		}
	}
	return nil
}
