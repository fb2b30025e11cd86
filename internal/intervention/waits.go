package intervention

import (
	"slices"

	"rollcall/internal/district"
)

// AsksAnotherDay reports whether a person has asked for another day than that of
// the meeting booked last.
func (c *Case) AsksAnotherDay() bool {
	i := c.lastOf(Postponed)
	return i >= 0 && i > c.lastOf(Scheduled)
}

// AskedFor is the first day that may be given where another one is asked for: the
// day named, else the one after the meeting that does not suit. It is zero where
// nobody asks.
func (c *Case) AskedFor() district.Date {
	if !c.AsksAnotherDay() {
		return 0
	}
	if day := c.Events[c.lastOf(Postponed)].Facts.NotBefore; !day.IsZero() {
		return day
	}
	if made := c.made(); len(made) > 0 {
		return made[len(made)-1].Date + 1
	}
	return 0
}

// made are the meetings of the case in the order they were booked.
func (c *Case) made() []Meeting {
	if c.Meeting == nil {
		return c.Past
	}
	return append(slices.Clone(c.Past), *c.Meeting)
}

// Postponed reports whether a person has asked for another day after that of the
// meeting booked last: there is nothing left of it to give back.
func (c *Case) Postponed() bool {
	return c.AsksAnotherDay() && c.Meeting != nil && c.Meeting.Date <= c.DayOf(Postponed)
}

// MeetingsMade counts the times a slot was given, the present one included: the
// sequence of the next meeting.
func (c *Case) MeetingsMade() int {
	n := 0
	for _, e := range c.Events {
		if e.Kind == Scheduled {
			n++
		}
	}
	return n
}

// LastOf is the letter of a kind and channel issued last that was not withdrawn,
// nil for none.
func (c *Case) LastOf(kind LetterKind, channel Channel) *Letter {
	return c.lastLetter(func(l *Letter) bool { return l.Kind == kind && l.Channel == channel })
}

// lastLetter is the last letter of those meant that was not withdrawn, nil for
// none.
func (c *Case) lastLetter(meant func(*Letter) bool) *Letter {
	for i := len(c.Letters) - 1; i >= 0; i-- {
		if l := &c.Letters[i]; !l.Withdrawn && meant(l) {
			return l
		}
	}
	return nil
}

// Has reports whether an event of a kind concerns a day not before since.
func (c *Case) Has(kind EventKind, since district.Date) bool {
	day := c.DayOf(kind)
	return !day.IsZero() && day >= since
}

// lastOf is the index of the last event of one of the kinds, -1 for none.
func (c *Case) lastOf(kinds ...EventKind) int { return lastOf(c.Events, kinds...) }

func lastOf(events []Event, kinds ...EventKind) int {
	for i := len(events) - 1; i >= 0; i-- {
		if slices.Contains(kinds, events[i].Kind) {
			return i
		}
	}
	return -1
}

// Words is the state in plain words, for people.
func (s State) Words() string {
	switch s {
	case StateOpen:
		return "identified"
	case StateWaiting:
		return "waiting for a meeting day"
	case StateInvited:
		return "invited, letter to go out"
	case StateScheduled:
		return "meeting scheduled"
	case StateHeld:
		return "meeting held"
	case StateNoShow:
		return "no show, call home"
	case StateCompleted:
		return "completed, to be documented"
	case StateMonitoring:
		return "monitoring"
	case StateClosed:
		return "closed"
	case StateAgain:
		return "followed by another round"
	case StateReferred:
		return "referred to SARB"
	case StateWithdrawn:
		return "withdrawn"
	case StateSuperseded:
		return "superseded by SART"
	case StateLeft:
		return "left the district"
	}
	return string(s)
}

// WaitsSince is the day from which a case has been without a place: it was opened, or
// its place was given back. It is zero for a case that has one, or that is past its
// meeting.
func (c *Case) WaitsSince() district.Date {
	if !slices.Contains(unbooked, c.State()) {
		return 0
	}
	if i := c.lastOf(Identified, Cancelled, Transferred, Postponed, NoShow); i >= 0 {
		return c.Events[i].On
	}
	return 0
}
