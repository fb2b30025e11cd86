package main

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/intervention"
)

// history is what was decided, done and sent, case by case.
func (e *explanation) history() {
	if len(e.cases) == 0 {
		e.say("\nNo case on record this school year.")
		return
	}
	for i := range e.cases {
		c := &e.cases[i]
		e.say("\n%s case, opened %s at school %s: %s", c.Kind, c.OpenedLast().Format(day), c.SchoolID, c.State().Words())
		e.say("  reason: %s", c.Reason.Words)
		e.say("  policy: %s ('rollcall policy show' prints it)", intervention.ShortHash(c.PolicyHash))
		if c.ReopenedBy != "" && c.ReopenedBy != c.PolicyHash {
			e.say("  opened again by policy %s", intervention.ShortHash(c.ReopenedBy))
		}
		for ev, mistaken := range c.History() {
			words := ev.Words()
			if mistaken {
				words = strings.TrimSuffix("entered by mistake: "+words, ": ")
			}
			e.say("  %s  %-15s %s (%s)", ev.On.Format(day), ev.Kind.Words(), words, intervention.Named(ev.Actor))
		}
		for _, l := range c.Letters {
			e.say("  letter %s: %s, dated %s, %s", l.ID, l.Kind, l.IssuedOn.Format(day), sent(c, &l))
		}
	}
}

// sent says what is known of a letter's way.
func sent(c *intervention.Case, l *intervention.Letter) string {
	way, out := "copy to go home with the student", l.Channel.SaysSent()
	if l.Channel == intervention.ByMail {
		way = "by mail to " + l.SentTo
	}
	switch {
	case c.WentOut(l):
		return way + "; recorded as " + out.Words()
	case l.Withdrawn:
		return way + "; withdrawn before it went out"
	}
	return way + "; not yet recorded as " + out.Words()
}

// next says what is to happen in each case.
func (e *explanation) next() {
	for _, h := range e.holds {
		e.say("\nThe %s is %s. Nothing is issued while it stands.", owner(h), h.Words())
	}
	said := len(e.holds) > 0
	for i := range e.cases {
		if words := e.nextOf(&e.cases[i]); words != "" {
			e.say("\nNext: %s", words)
			said = true
		}
	}
	if said {
		return
	}
	d := e.decision()
	opens, retracts := action(d, intervention.Open), action(d, intervention.Retract)
	switch {
	case retracts >= 0 && d.Actions[retracts].Case.ReferralTakenBack():
		e.say("\nNext: the next night makes the letter that takes the referral to SARB back.")
	case retracts >= 0:
		e.say("\nNext: the next night makes the letter that takes the %s meeting back.", d.Actions[retracts].Case.Kind)
	case opens >= 0:
		e.say("\nNext: the next night opens a %s case.", d.Actions[opens].Case.Kind)
	case len(d.Silences) > 0:
		e.say("\nNext: nothing; %s.", d.Silences[0].Why)
	default:
		e.say("\nNext: nothing; no rule for a meeting holds.")
	}
}

// action is the place of the first action of a kind, -1 for none.
func action(d intervention.Decision, kind intervention.ActionKind) int {
	return slices.IndexFunc(d.Actions, func(a intervention.Action) bool { return a.Kind == kind })
}

// decision is what a night would decide about the student now.
func (e *explanation) decision() intervention.Decision {
	entry := intervention.Entry{Student: e.student, Standing: e.standing, Cases: e.cases}
	entry.Enrollment, _ = e.student.EnrollmentOn(e.district.AsOf)
	return intervention.Decide([]intervention.Entry{entry}, intervention.Question{Policy: e.policy, District: e.district, SchoolID: entry.Enrollment.SchoolID})
}

func (e *explanation) nextOf(c *intervention.Case) string {
	state := c.State()
	switch {
	case c.OutcomeDue(e.district.AsOf):
		return fmt.Sprintf("the %s meeting was on %s; the school records what came of it.", c.Kind, c.Meeting.Date.Format(day))
	case c.IsBooked():
		words := fmt.Sprintf("the %s meeting on %s at %s, %s.", c.Kind, c.Meeting.Date.Format(day), c.Meeting.Start, c.Meeting.Place)
		if c.NeedsReview() {
			words += " Since the family was told the rule no longer holds: the school decides whether the meeting is still needed."
		}
		return words
	case c.AwaitsMeeting():
		return fmt.Sprintf("the %s case waits for a place on a meeting day.", c.Kind)
	case state == intervention.StateHeld:
		return fmt.Sprintf("the contract of the %s meeting is to be recorded.", c.Kind)
	case state == intervention.StateNoShow:
		return fmt.Sprintf("the attendance clerk calls home for a %s by phone.", c.Kind)
	case c.WasMet():
		return e.monitoring(c)
	}
	return ""
}

// monitoring says what was counted since the meeting, and what it takes for the
// next step. (rules.md 4)
func (e *explanation) monitoring(c *intervention.Case) string {
	since := intervention.SinceMeeting(&e.standing, e.student, e.district, c.MetOn())
	list, step, rules := intervention.CARTAgainRules, "another CART meeting", e.policy.Text.CARTAgain
	if c.Kind == intervention.SART {
		list, step, rules = intervention.SARBRules, "a referral to the district's SARB", e.policy.Text.SARB
	}
	words := fmt.Sprintf("attendance is monitored since %s: absent %d of %d school days, %s.", c.MetOn().Format(day), since.Absences, since.Days, intervention.EventsInWords(since.Events))
	if reason, due := e.policy.Reason(list, &e.standing, since); due {
		who := "The next night opens it"
		switch {
		case c.Kind == intervention.SART:
			who = "A person records it, or closes the case"
		case action(e.decision(), intervention.Open) < 0:
			who = "None is opened, because the SART case reviews all absences"
		}
		return fmt.Sprintf("due for %s, %s. %s. Until then %s", step, reason.Words, who, words)
	}
	for _, r := range rules {
		words += fmt.Sprintf(" For %s: %s.", step, r.When)
	}
	return words
}

// outlook says what would change it. Of a family that was met, monitoring says
// what counts from then on.
func (e *explanation) outlook() {
	if slices.ContainsFunc(e.cases, func(c intervention.Case) bool { return !c.MetOn().IsZero() }) {
		return
	}
	lines := intervention.Outlook(e.policy, e.student, e.district)
	if len(lines) == 0 {
		return
	}
	e.say("\nWhat would change it:")
	for _, line := range lines {
		e.say("  %s", line)
	}
}
