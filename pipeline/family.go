package pipeline

import (
	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// excuse writes to the families who were told of a meeting that is called off
// tonight and have no other day yet: a family does not come to a closed door.
// Where there is another day, the letter that names it says which one it
// replaces.
func (p *planner) excuse() {
	for i := range p.Entries {
		e := &p.Entries[i]
		if e.Enrollment.SchoolID != p.Snapshot.School.ID {
			continue // the new school's night writes
		}
		for _, c := range p.Cases[e.Student.ID] {
			if !p.lost[c.ID] || !c.Told() || c.Meeting != nil {
				continue
			}
			replaced := c.State() == intervention.StateSuperseded && !p.invited(e.Student.ID)
			if c.State() == intervention.StateWaiting || replaced {
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

// correct makes the invitation again without dates that were corrected since,
// while it has not gone out. A family that has it is told at the meeting, and the
// team is told by the exception.
func (p *planner) correct(c *intervention.Case, removed []district.Date) {
	p.add(c, intervention.Event{Kind: intervention.Corrected, Facts: intervention.Facts{Uncounted: removed}})
	if c.Told() || c.Meeting == nil || c.Meeting.Date <= p.Run.AsOf || !c.Invited() {
		return
	}
	last := c.LastLetter(intervention.WithStudent)
	p.pull(c)
	if last != nil {
		p.write(c, last.Kind)
	}
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
