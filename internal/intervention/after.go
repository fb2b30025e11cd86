package intervention

import (
	"fmt"
	"slices"

	"rollcall/internal/district"
)

// settle does what the events that a person recorded ask of the night, whatever
// the rules say tonight.
func (d *decider) settle(e *Entry, c *Case) {
	d.outcome(e, c)
	d.callOff(c)
	// Whichever school the case was at: the student's own writes to the family.
	switch {
	case c.OwesRetraction():
		d.retract(c)
	case c.ReferralTakenBack():
		d.recall(c)
	case c.State() == StateReferred:
		d.referred(e, c)
	}
}

// retract has a letter take back what the family was told.
func (d *decider) retract(c *Case) {
	why := "the family was told of a meeting that was called off"
	if c.ReferralTakenBack() {
		why = "the family was told of a referral to SARB that was taken back"
	}
	d.act(Retract, *c, why)
}

// callOff gives back a meeting to come that the case has no use for any more.
func (d *decider) callOff(c *Case) {
	if c.SchoolID == d.SchoolID && c.Meeting != nil && c.Meeting.Date > d.District.AsOf && !c.AwaitsMeeting() {
		d.act(Release, *c, "the case is "+c.State().Words())
	}
}

// OutcomeSubject is the subject of exceptions about meetings of which nobody has
// said what became of them.
const OutcomeSubject = "outcome"

// outcome asks for what became of a meeting.
func (d *decider) outcome(e *Entry, c *Case) {
	if c.OutcomeDue(d.District.AsOf) {
		d.except(e, OutcomeSubject, fmt.Sprintf("the %s meeting was on %s and its outcome is not recorded: record that the family came, %s, or that they did not, %s", c.Kind, c.Meeting.Date, RecordCommand(Held, c.ID), RecordCommand(NoShow, c.ID)))
	}
}

// review asks a person about a case whose rule no longer holds although the
// family was told of it.
func (d *decider) review(e *Entry, c *Case) {
	if c.OutcomeDue(d.District.AsOf) {
		return // what became of the meeting comes first
	}
	withdrawn := RecordCommand(Withdrawn, c.ID)
	way := "where it is not, " + withdrawn + " calls it off and makes the letter that says so"
	switch s := c.State(); {
	case s == StateHeld:
		way = RecordCommand(Completed, c.ID) + " or " + RecordCommand(Closed, c.ID) + " goes on from there"
	case !s.beforeMeeting():
		way = "where they are not, " + withdrawn + " ends them and makes the letter that says so"
	}
	d.except(e, "review", fmt.Sprintf("the %s rule no longer holds (%s), but the family was told: decide whether %s; %s", c.Kind, d.now(e, c), c.StillNeeded(), way))
}

// StillNeeded is what a person decides about where a case is reviewed: what comes
// next in it.
func (c *Case) StillNeeded() string {
	switch s := c.State(); {
	case s == StateHeld:
		return "a contract is still needed"
	case !s.beforeMeeting():
		return "the calls are still needed"
	}
	return "the meeting is still needed"
}

// again opens another round of a CART case when attendance since its meeting
// asks for it. (rules.md 4, CART again)
func (d *decider) again(e *Entry, c *Case) {
	since := SinceMeeting(&e.Standing, e.Student, d.District, c.MetOn())
	reason, holds := d.Policy.Reason(CARTAgainRules, &e.Standing, since)
	if !holds {
		d.silent(e, fmt.Sprintf("CART case, met on %s: %s, absent %d of %d school days since", c.MetOn(), c.State().Words(), since.Absences, since.Days))
		return
	}
	d.act(Follow, *c, reason.Words)
	d.act(Open, d.newCase(e, c.Kind, c.Round+1, reason), reason.Words)
}

// refer lists a student for SARB when truancy went on after a completed SART. The
// referral itself is a person's to make. (rules.md 4, SARB referral)
func (d *decider) refer(e *Entry, c *Case) {
	since := SinceMeeting(&e.Standing, e.Student, d.District, c.MetOn())
	reason, holds := d.Policy.Reason(SARBRules, &e.Standing, since)
	if !holds {
		d.silent(e, fmt.Sprintf("SART case, met on %s: %s, %s since", c.MetOn(), c.State().Words(), EventsInWords(since.Events)))
		return
	}
	d.out.Referrals = append(d.out.Referrals, Referral{CaseID: c.ID, StudentID: c.StudentID, Reason: reason, Since: since})
	d.except(e, "SARB", fmt.Sprintf("%s: look at the referral packet and record the referral, %s, or that the case is closed, %s", reason.Words, RecordCommand(Referred, c.ID), RecordCommand(Closed, c.ID)))
}

// calledOffByHand reports whether a person, not the night, withdrew the case.
func (c *Case) calledOffByHand() bool {
	i := c.lastOf(Withdrawn)
	return i >= 0 && c.Events[i].Actor != NightActor
}

// anyOut reports whether a letter of a kind is on record as gone out.
func (c *Case) anyOut(kind LetterKind) bool {
	for i := range c.Letters {
		if l := &c.Letters[i]; l.Kind == kind && c.WentOut(l) {
			return true
		}
	}
	return false
}

// after reports whether something was counted after a day.
func (r Reason) after(day district.Date) bool {
	return len(r.Dates) > 0 && slices.Max(r.Dates) > day
}
