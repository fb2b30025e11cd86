package pipeline

import (
	"slices"

	"rollcall/internal/attendance"
	"rollcall/internal/intervention"
)

// excuse writes to the families who were told of a meeting that is called off
// tonight, or was before its letter was recorded as gone out, and have no other
// day yet: a family does not come to a closed door. Where there is another day,
// the letter that names it says which one it replaces.
func (p *planner) excuse() {
	onHold := p.onHold()
	for i := range p.Entries {
		e := &p.Entries[i]
		if _, held := onHold[e.Student.ID]; held || e.Enrollment.SchoolID != p.Snapshot.School.ID {
			continue // of a move the new school's night writes
		}
		for _, c := range p.Cases[e.Student.ID] {
			replaced := c.State() == intervention.StateSuperseded && !p.invited(e.Student.ID)
			switch {
			case p.lost[c.ID] && c.Told() && c.Meeting == nil:
				if c.State() == intervention.StateWaiting || replaced {
					p.write(c, intervention.Rescheduled)
				}
			case c.SchoolID == p.Snapshot.School.ID && c.State() == intervention.StateSuperseded && !p.invited(e.Student.ID) &&
				c.CalledOffUnsaid(p.Run.AsOf) != nil && !p.calledInstead(c):
				p.write(c, intervention.Rescheduled)
			case c.SchoolID == p.Snapshot.School.ID && c.AwaitsMeeting() && c.CalledOffUnsaid(p.Run.AsOf) != nil:
				p.write(c, intervention.Rescheduled)
			}
		}
	}
}

// invited reports whether a letter of tonight names a meeting with the student's
// family.
func (p *planner) invited(student string) bool {
	for _, d := range p.Due {
		if d.Letter.StudentID == student && d.Meeting != nil {
			return true
		}
	}
	return false
}

// calledInstead reports whether a letter of another case has called the family since
// a case was superseded: it says that it takes the place of the one before.
func (p *planner) calledInstead(c *intervention.Case) bool {
	since := c.DayOf(intervention.Superseded)
	return slices.ContainsFunc(p.Cases[c.StudentID], func(o *intervention.Case) bool {
		l := o.Invitation()
		return o.ID != c.ID && l != nil && l.IssuedOn > since
	})
}

// correct makes the letters in the tray again by the record as it is now. A
// family that has one is told at the meeting, and the team is told by the
// exception.
func (p *planner) correct(c *intervention.Case, f intervention.Facts) {
	p.add(c, intervention.Event{Kind: intervention.Corrected, Facts: f})
	ahead := c.Meeting != nil && c.Meeting.Date > p.Run.AsOf
	names := func(k intervention.LetterKind) bool {
		if c.State() == intervention.StateReferred {
			return k == intervention.SARBNotice
		}
		return ahead && (k.Invites() || k == intervention.LetterOne)
	}
	var kinds []intervention.LetterKind
	for i := range c.Letters {
		if l := &c.Letters[i]; c.InOffice(l) && names(l.Kind) && !slices.Contains(kinds, l.Kind) {
			kinds = append(kinds, l.Kind)
		}
	}
	p.pull(c, func(k intervention.LetterKind) bool { return slices.Contains(kinds, k) })
	for _, kind := range kinds {
		if kind != intervention.LetterOne || p.truantByLaw(c) {
			p.write(c, kind)
		}
	}
}

// retract writes the letters that take back what families were told. A family
// who is called to another meeting tonight gets both letters, which agree: the
// invitation alone may still be stopped in the office.
func (p *planner) retract() {
	for _, c := range p.retracted {
		p.write(c, intervention.Retraction)
	}
}

// noticesTakenBack are those that a letter of retraction takes back: of a referral
// that was taken back, and of truancy (EC 48260.5) where by tonight's record the
// student was no truant. A meeting that a person called off leaves a notice of truancy
// as true as it was. Of one that the other system sent, that system's people are told.
func (p *planner) noticesTakenBack(c *intervention.Case) []string {
	var ids []string
	if c.ReferralTakenBack() {
		ids = c.NoticesMade(intervention.SARBNotice)
	}
	e := p.entries[c.StudentID]
	if c.Kind != intervention.SART || e == nil || e.Enrollment.SchoolID == "" || p.truantByLaw(c) {
		return ids
	}
	if intervention.LetterOneOnRecord(e.Student, p.Policy) {
		p.except(c, "Letter #1", "%s is on record as sent by the other system, and the days it stood on do not make a truancy any more: have it taken back there", p.Policy.Text.LetterOneName)
	}
	return append(ids, c.NoticesMade(intervention.LetterOne)...)
}

// truantByLaw reports whether a notice of truancy would be true tonight.
func (p *planner) truantByLaw(c *intervention.Case) bool {
	e := p.entries[c.StudentID]
	return len(e.Standing.UnderLaw(e.Student, p.Policy.Rules)) >= attendance.LawTruant
}

// handOver leaves to the new school the cases that go there with their student:
// its night, whether it came first or comes later, counts and lists them.
func (p *planner) handOver() {
	for i := range p.Entries {
		e := &p.Entries[i]
		if e.Enrollment.SchoolID == "" || e.Enrollment.SchoolID == p.Snapshot.School.ID {
			continue
		}
		for _, c := range p.Cases[e.Student.ID] {
			if c.AwaitsMeeting() && !c.OutcomeDue(p.Run.AsOf) {
				c.SchoolID = e.Enrollment.SchoolID
			}
		}
	}
}
