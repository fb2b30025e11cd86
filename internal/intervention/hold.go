package intervention

import (
	"fmt"
	"time"

	"rollcall/internal/district"
)

// Hold is a person's word that a school issues nothing, or that nothing is
// decided about a student, for some nights. It takes nothing back: a meeting
// that is booked stands, and the first night after the hold decides as if it had
// never been.
type Hold struct {
	SchoolID, StudentID string // whose it is: one of the two
	Why, By             string
	At                  time.Time     // when it was recorded, UTC
	From, Until         district.Date // as-of dates of its nights, both inclusive; a zero Until has no end

	ReleasedAt              time.Time // zero while nobody has released it
	ReleasedBy, ReleasedWhy string
}

// On reports whether the hold stands in a night as of a day. Once released it
// stands in none that is still to be decided.
func (h Hold) On(asOf district.Date) bool {
	return h.ReleasedAt.IsZero() && h.From <= asOf && !h.EndedBefore(asOf)
}

// EndedBefore reports whether the hold's last night is before a day's.
func (h Hold) EndedBefore(asOf district.Date) bool { return !h.Until.IsZero() && h.Until < asOf }

// Meets reports whether two holds of one school or student share a night.
func (h Hold) Meets(o Hold) bool {
	return h.SchoolID == o.SchoolID && h.StudentID == o.StudentID &&
		h.ReleasedAt.IsZero() && o.ReleasedAt.IsZero() && !h.EndedBefore(o.From) && !o.EndedBefore(h.From)
}

// Words say who holds, since when, until when and why.
func (h Hold) Words() string {
	until := ""
	if !h.Until.IsZero() {
		until = fmt.Sprintf(" (until %s)", h.Until)
	}
	return fmt.Sprintf("on hold by %s since %s%s: %s", h.By, h.From, until, h.Why)
}

// onHold tells of a student about whom nothing is decided, and of the meetings
// that stand all the same.
func (d *decider) onHold(e *Entry, why string) {
	d.silent(e, why)
	ours := e.Enrollment.SchoolID == d.SchoolID
	stands := ""
	for i := range e.Cases {
		c := &e.Cases[i]
		ours = ours || c.SchoolID == d.SchoolID && c.IsOpen()
		if c.IsBooked() && c.Meeting != nil && c.Meeting.Date > d.District.AsOf {
			stands += fmt.Sprintf("; the %s meeting on %s stands", c.Kind, c.Meeting.Date) + d.closedDoor(c)
			if d.noSchool(c) {
				stands += "; releasing the hold moves the meeting"
			}
		}
	}
	if !ours {
		return
	}
	d.except(e, "on hold", why+"; nothing is decided about this student until the hold is released or ends"+stands)
	for i := range e.Cases {
		d.outcome(e, &e.Cases[i])
	}
}

// closedDoor is what to do about a meeting that stands on a day without school;
// empty where school is taught.
func (d *decider) closedDoor(c *Case) string {
	if !d.noSchool(c) {
		return ""
	}
	return ", but there is no school on that day any more: call the family, who must not come to a closed door"
}
