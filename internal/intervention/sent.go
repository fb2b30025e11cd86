package intervention

import (
	"fmt"
	"slices"

	"rollcall/internal/district"
)

// SaysSent is the event that says of letters of a channel that they went out.
func (ch Channel) SaysSent() EventKind {
	if ch == WithStudent {
		return SentHome
	}
	return Mailed
}

// saysSent reports whether an event says of letters that they went out.
func (k EventKind) saysSent() bool { return k == Mailed || k == SentHome }

// otherWay is what says of the letters of the other channel that they went out.
func (k EventKind) otherWay() EventKind {
	if k == Mailed {
		return SentHome
	}
	return Mailed
}

// WentOut reports whether a letter of the case is on record as mailed, or as
// carried home.
func (c *Case) WentOut(l *Letter) bool {
	_, out := c.GoneOut(l)
	return out
}

// SentOn is the day on which a letter of the case went out, zero where nobody has
// said so.
func (c *Case) SentOn(l *Letter) district.Date {
	e, _ := c.GoneOut(l)
	return e.On
}

// GoneOut is the event that says that a letter of the case went out, the first
// where there are several; false where nobody has said so. An event names its
// letters; one that names none is about all that were dated by then, since the
// case was opened again or taken back.
func (c *Case) GoneOut(l *Letter) (Event, bool) {
	kind, since := l.Channel.SaysSent(), true
	for _, e := range c.Events {
		switch {
		case e.Kind == kind && len(e.Facts.Letters) > 0:
			if slices.Contains(e.Facts.Letters, l.ID) {
				return e, true
			}
		case e.Kind == kind && e.On >= l.IssuedOn && since:
			return e, true
		case (e.Kind == Identified || e.Kind == Retracted) && e.On > l.IssuedOn:
			since = false
		}
	}
	return Event{}, false
}

// sentSince reports whether letters were recorded as gone out after the last event
// of a kind.
func (c *Case) sentSince(kind EventKind) bool {
	return slices.ContainsFunc(c.Events[c.lastOf(kind)+1:], func(e Event) bool { return e.Kind.saysSent() })
}

// sendable holds an event that says letters went out to the letters of the case.
func (c *Case) sendable(e Event) error {
	var theirs []*Letter
	for i := range c.Letters {
		l := &c.Letters[i]
		if l.Channel.SaysSent() == e.Kind && (len(e.Facts.Letters) == 0 || slices.Contains(e.Facts.Letters, l.ID)) {
			theirs = append(theirs, l)
		}
	}
	if len(theirs) == 0 || len(theirs) < len(e.Facts.Letters) {
		return fmt.Errorf("the case has no letter that could be %s", e.Kind.Words())
	}
	// One that names no letter is about those that were dated by then.
	if len(e.Facts.Letters) == 0 {
		theirs = theirs[:1]
	}
	for _, l := range theirs {
		if e.On < l.IssuedOn {
			return fmt.Errorf("%s on %s is before the date on its letter, %s", e.Kind.Words(), e.On, l.IssuedOn)
		}
	}
	return nil
}
