package intervention

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/attendance"
	"rollcall/internal/district/districttest"
)

// stricter is tonight's policy where the former one was the default: a fifth of
// the days for CART, four events for SART, no case above grade 4.
func stricter(t *PolicyText) {
	t.Name, t.Grades = "stricter", []string{"3", "4", "5"}
	t.CART = []RuleText{{Name: "fifth", When: "days_enrolled >= 20 && absence_rate >= 0.20"}}
	t.SART = []RuleText{{Name: "four", When: "truancy_events >= 4"}}
}

// openedBy has a case opened by a policy.
func openedBy(p *Policy, c Case) Case {
	c.PolicyHash = p.Hash
	return c
}

func TestARuleThatChangedIsNoReasonToTakeACaseBack(t *testing.T) {
	was := compiled(t, PolicyText{})
	n := newNight(t, stricter)
	n.former = map[string]Former{was.Hash: {Policy: was}}
	old := func(c Case) Case { return openedBy(was, c) }
	for _, c := range []struct {
		rule    string
		student Entry
		want    []string
	}{
		{"what the older rules opened stands", pupil("1", "A", 6, 45, 0, old(past(CART, "1", Identified, Scheduled))), nil},
		{"of which the family was told, too", pupil("1", "A", 6, 45, 0, old(past(CART, "1", Identified, Scheduled, Mailed))), nil},
		{"and goes on", pupil("1", "A", 6, 45, 0, old(past(CART, "1", Identified, Waiting))), []string{"place CART 1"}},
		{"at another school, too", pupil("1", "A", 6, 45, 0, func() Case {
			c := old(met(CART, "1", 5))
			c.SchoolID = "B"
			return c
		}()), []string{"move CART 1"}},
		{"a SART case stands and covers CART", pupil("1", "A", 12, 45, 3, old(past(SART, "1", Identified, Scheduled))), nil},
		{"a grade that the rules leave out now", inGrade("6", pupil("1", "A", 6, 45, 0, old(met(CART, "1", 5)))), nil},
		{"a grade that they left out before", inGrade("9", pupil("1", "A", 6, 45, 0, old(met(CART, "1", 5)))), []string{"withdraw CART 1"}},
		{"what no rule holds for any more is withdrawn", pupil("1", "A", 2, 45, 0, old(past(CART, "1", Identified, Scheduled))), []string{"withdraw CART 1"}},
		{"or flagged", pupil("1", "A", 2, 45, 0, old(past(CART, "1", Identified, Scheduled, Mailed))), []string{"flag CART 1"}},
		{"a flag is settled where its own rule holds again", pupil("1", "A", 6, 45, 0, old(past(CART, "1", Identified, Scheduled, Mailed, BelowThreshold))), []string{"confirm CART 1"}},
		{"older rules open nothing", pupil("1", "A", 6, 45, 3), nil},
		{"nor again", pupil("1", "A", 6, 45, 0, old(past(CART, "1", Identified, Scheduled, Withdrawn))), nil},
		{"tonight's own case goes by tonight's rules", pupil("1", "A", 6, 45, 0, openedBy(n.policy, past(CART, "1", Identified, Scheduled))), []string{"withdraw CART 1"}},
		{"a case opened again goes by the rules that did it", pupil("1", "A", 6, 45, 0, func() Case {
			c := openedBy(n.policy, past(CART, "1", Identified, Scheduled, Withdrawn, Identified))
			c.ReopenedBy = was.Hash
			return c
		}()), []string{"place CART 1"}},
	} {
		t.Run(c.rule, func(t *testing.T) { n.holds(t, c.student, c.want) })
	}
}

func TestRulesThatCannotBeReadAnyMoreAreSaid(t *testing.T) {
	n := newNight(t, stricter)
	lost := past(CART, "1", Identified, Scheduled)
	lost.PolicyHash = "beef"
	n.former = map[string]Former{"beef": {Err: errors.New("line 3: quorum: nothing is called so in this version")}}
	got := n.decide(pupil("1", "A", 6, 45, 0, lost))
	if diff := cmp.Diff([]string{"withdraw CART 1"}, actions(got)); diff != "" {
		t.Error(diff)
	}
	if len(got.Exceptions) != 1 || got.Exceptions[0].Subject != "policy" || !strings.Contains(got.Exceptions[0].Problem, "quorum") {
		t.Errorf("exceptions %v", got.Exceptions)
	}
	// While tonight's rules hold nobody has to ask the older ones.
	if got := n.decide(pupil("1", "A", 12, 45, 0, lost)); len(got.Actions)+len(got.Exceptions) != 0 {
		t.Errorf("%v %v", actions(got), got.Exceptions)
	}
}

// The figures are counted afresh by the older numbers: an unverified day is
// unexcused after three days by the one policy and after fifty by the other.
func TestAnOlderPolicyIsAskedOnTheFiguresThatItsNumbersGive(t *testing.T) {
	was := compiled(t, PolicyText{})
	now := compiled(t, PolicyText{Attendance: attendance.Rules{ClearWindow: 50}})
	d := districttest.District("2025-10-15", districttest.School{ID: "A", From: "2025-08-11"})
	child := districttest.Child(d, "1").Enrol("A", "5", "2025-08-11", "").Absent("A", "V", "2025-09-02", "2025-09-03", "2025-09-04")
	e := Entry{Student: &child.Student, Enrollment: child.Enrollments[0], Cases: []Case{openedBy(was, past(SART, "1", Identified, Scheduled))}}
	e.Standing, _ = attendance.Assess(e.Student, d, now.Rules)
	q := Question{Policy: now, District: d, SchoolID: "A"}
	if diff := cmp.Diff([]string{"withdraw SART 1"}, actions(Decide([]Entry{e}, q))); diff != "" {
		t.Errorf("by tonight's numbers alone: %s", diff)
	}
	q.Former = map[string]Former{was.Hash: {Policy: was}}
	if got := Decide([]Entry{e}, q); len(got.Actions) != 0 {
		t.Errorf("by its own: %v", actions(got))
	}
}

// A CART case of another round was opened by what came after the first meeting,
// and stands or falls with that, whatever the year as a whole looks like.
func TestAnotherRoundGoesByTheRuleThatOpenedIt(t *testing.T) {
	d := districttest.District("2025-12-19", districttest.School{ID: "A", From: "2025-08-11"})
	p := compiled(t, PolicyText{})
	first := past(CART, "1", Identified, Scheduled, Held, Completed, Documented, Again)
	for i := range first.Events {
		first.Events[i].On = districttest.Day("2025-10-15")
	}
	second := openedBy(p, past(CART, "1", Identified, Scheduled))
	second.Round = 2
	for _, c := range []struct {
		name   string
		absent []string
		want   []string
	}{
		{"a tenth of the days since the meeting", []string{"2025-10-20", "2025-10-21", "2025-11-03", "2025-11-04", "2025-12-08"}, nil},
		{"less than that, once corrected", []string{"2025-10-20", "2025-10-21"}, []string{"withdraw CART 1"}},
	} {
		child := districttest.Child(d, "1").Enrol("A", "5", "2025-08-11", "").Absent("A", "E", c.absent...)
		e := Entry{Student: &child.Student, Enrollment: child.Enrollments[0], Cases: []Case{first, second}}
		e.Standing, _ = attendance.Assess(e.Student, d, p.Rules)
		if got := Decide([]Entry{e}, Question{Policy: p, District: d, SchoolID: "A"}); cmp.Diff(c.want, actions(got)) != "" {
			t.Errorf("%s: %v", c.name, actions(got))
		}
	}
}
