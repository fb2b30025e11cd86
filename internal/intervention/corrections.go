package intervention

import (
	"fmt"
	"slices"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
)

// What a correction of the records asks for, beside taking a case back: a letter
// in the tray may name a day that does not count, a meeting may be behind a
// family whose reason for it is gone, a referral may have lost its grounds.
// (rules.md 4, corrections)

// amended are days whose record is no longer what the case or its letter says.
type amended struct {
	uncounted []district.Date // they do not count any more
	restated  []district.Date // they count, but not as unexcused any more
}

func (a amended) none() bool { return len(a.uncounted)+len(a.restated) == 0 }

// amended compares the days that the family's invitation names, or where there is
// none those of the case's reason, with tonight's by the policy that opened the
// case (of a referred case, those that the notice of the referral names), less what was noticed before: that the rules have changed, that days
// without absence have passed or that a day was not submitted, is no correction.
func (d *decider) amended(e *Entry, c *Case) (a amended) {
	standing := d.standingBy(e, c)
	days := standing.Absences
	if c.Kind == SART {
		days = standing.Truancies
	}
	named, since := make([]NamedDay, len(c.Reason.Dates)), district.Date(0)
	for i, day := range c.Reason.Dates {
		named[i].Date = day
	}
	l := c.Invitation()
	if c.State() == StateReferred {
		l = c.ReferralNotice()
	}
	if l != nil && len(l.Named) > 0 {
		named, since = l.Named, l.IssuedOn
	}
	noticed := func(day district.Date) bool {
		return slices.ContainsFunc(c.Events, func(e Event) bool {
			return e.On >= since && (slices.Contains(e.Facts.Uncounted, day) || slices.Contains(e.Facts.Restated, day))
		})
	}
	for _, n := range named {
		i := slices.IndexFunc(days, func(day attendance.Day) bool { return day.Date == n.Date })
		switch {
		case noticed(n.Date), i < 0 && !d.arrived(n.Date):
		case i < 0:
			a.uncounted = append(a.uncounted, n.Date)
		case n.Category == district.Unexcused && days[i].Category != district.Unexcused:
			a.restated = append(a.restated, n.Date)
		}
	}
	return a
}

// standingBy is the student's standing by the numbers of the policy that opened
// a case; tonight's where that one is not known.
func (d *decider) standingBy(e *Entry, c *Case) *attendance.Standing {
	former, known := d.Former[c.OpenedBy()]
	if !known || former.Err != nil || former.Policy.Rules == d.Policy.Rules {
		return &e.Standing
	}
	standing, _ := attendance.Assess(e.Student, d.District, former.Policy.Rules)
	return &standing
}

// correct has the letters in the tray made again that name days as they are not
// any more; of a letter that is out the team is told. Each day is said once.
func (d *decider) correct(e *Entry, c *Case, a amended) {
	why := "a day that its letter calls unexcused is excused now"
	if len(a.uncounted) > 0 {
		why = fmt.Sprintf("%s of its reason no longer counted", dayCount(len(a.uncounted)))
	}
	d.actOn(Correct, *c, why, a)
	if c.Told() {
		d.except(e, "corrected", fmt.Sprintf("%s (%s), and the family has the letter: say so at the %s meeting or before", why, Facts{Uncounted: a.uncounted, Restated: a.restated}.Words(), c.Kind))
	}
}

// afterwards looks at a case whose meeting day has come and whose rule does not
// hold any more. That days without absence pass is what the meeting is for; that
// its reason was corrected is for a person to look at.
func (d *decider) afterwards(e *Entry, c *Case) {
	a := d.amended(e, c)
	switch {
	case c.IsOpen() && c.NeedsReview():
		d.review(e, c)
	case c.IsOpen() && len(a.uncounted) > 0 && c.Told():
		d.actOn(Flag, *c, "since the meeting was called: the rule no longer holds: "+d.now(e, c), a)
		d.review(e, c)
	}
	d.silent(e, fmt.Sprintf("%s case since %s: %s", c.Kind, c.OpenedOn, c.State().Words()))
}

// leftAlone finds a family who was told of a CART meeting that SART took the
// place of, where SART has ended without a word to them.
func (d *decider) leftAlone(e *Entry) {
	sart := latest(e.Cases, SART)
	if sart == nil || sart.Told() || d.goesOn(sart) {
		return
	}
	for i := range e.Cases {
		if c := &e.Cases[i]; c.State() == StateSuperseded && c.Told() && !d.goesOn(c) {
			d.retract(c)
		}
	}
}

// goesOn reports whether a case is in progress, or its meeting behind the family,
// after tonight.
func (d *decider) goesOn(c *Case) bool {
	on := c.IsOpen() || c.WasMet()
	for _, a := range d.out.Actions {
		if a.Case.ID == c.ID {
			switch a.Kind {
			case Open:
				on = true
			case Withdraw, Supersede, Close:
				on = false
			}
		}
	}
	return on
}

// referred has the notice of a referral made, as long as there are grounds for
// it: the policy's rule, or the reason that the person who referred has given.
// Without grounds a notice in the tray is not to go out, and one that is out is
// for a person to mend.
func (d *decider) referred(e *Entry, c *Case) {
	since := SinceMeeting(&e.Standing, e.Student, d.District, c.MetOn())
	_, holds := d.Policy.Reason(SARBRules, &e.Standing, since)
	grounds := holds || c.Events[c.lastOf(Referred)].Detail != "" && e.Standing.TruancyEvents > 0
	notice := c.ReferralNotice()
	mend := "; if the referral was a mistake or its grounds are gone, " + RecordCommand(Withdrawn, c.ID) + " takes it back"
	if grounds {
		if notice == nil {
			d.act(Notify, *c, "referred to SARB on "+c.DayOf(Referred).String())
		} else if a := d.amended(e, c); !a.none() && len(notice.Named) > 0 {
			d.actOn(Correct, *c, "days that the notice of the referral names were corrected", a)
			if c.anyOut(SARBNotice) {
				d.except(e, "review", fmt.Sprintf("days that the notice of the referral to SARB names were corrected (%s), and the notice is out: tell the family and the SARB office%s", Facts{Uncounted: a.uncounted, Restated: a.restated}.Words(), mend))
			}
		}
		return
	}
	switch {
	case notice == nil:
		d.except(e, "SARB", fmt.Sprintf("referred on %s, but there are %s since the meeting: no notice is made%s", c.DayOf(Referred), EventsInWords(since.Events), mend))
	case !c.anyOut(SARBNotice):
		d.act(Recall, *c, fmt.Sprintf("%s are left since the meeting", EventsInWords(since.Events)))
		d.except(e, "SARB", fmt.Sprintf("do not mail the notice %s: records were corrected, and %s are left since the meeting%s", notice.ID, EventsInWords(since.Events), mend))
	case d.Stale.IsZero():
		d.except(e, "review", fmt.Sprintf("the notice of the referral to SARB is out, but records were corrected since and %s are left since the meeting: call the family and the SARB office%s", EventsInWords(since.Events), mend))
	}
}
