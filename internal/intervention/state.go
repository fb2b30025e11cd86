package intervention

import "rollcall/internal/district"

// State is read from the events alone, in order.
func (c *Case) State() State {
	var s State
	for _, e := range c.Events {
		s = s.after(e.Kind)
	}
	return s
}

// after is the state once an event has happened.
func (s State) after(kind EventKind) State {
	switch kind {
	case Identified:
		// A case that ended before its meeting opens again when its rule holds
		// again; in any other state the event only confirms what stands.
		if s == "" || s.ended() {
			return StateOpen
		}
	case Waiting, Cancelled, Transferred:
		return StateWaiting
	case Scheduled:
		return StateScheduled
	case Held:
		return StateHeld
	case NoShow:
		return StateNoShow
	case Completed:
		return StateCompleted
	case Withdrawn:
		return StateWithdrawn
	case Superseded:
		return StateSuperseded
	case Left:
		return StateLeft
	case Referred:
		return StateReferred
	}
	return s
}

// ended reports the states in which a case stopped before its meeting.
func (s State) ended() bool {
	return s == StateWithdrawn || s == StateSuperseded || s == StateLeft
}

// beforeMeeting reports the states in which the team has yet to meet the family.
func (s State) beforeMeeting() bool {
	return s == StateOpen || s == StateWaiting || s == StateScheduled
}

// IsOpen reports whether somebody still has something to do in the case.
func (c *Case) IsOpen() bool {
	s := c.State()
	return s.beforeMeeting() || s == StateHeld || s == StateNoShow
}

// AwaitsMeeting reports whether the team has yet to meet the family.
func (c *Case) AwaitsMeeting() bool { return c.State().beforeMeeting() }

// Told reports whether the family has been told of the case: a letter of it was
// mailed or sent home. What was told is never taken back in silence.
func (c *Case) Told() bool { return c.lastOf(Mailed, SentHome) >= 0 }

// OutcomeDue reports whether the day of the meeting has come and nobody has said
// what became of it. The family was there or was missed: nothing about such a
// case is taken back or moved until a person records which.
func (c *Case) OutcomeDue(asOf district.Date) bool {
	return c.State() == StateScheduled && c.Meeting != nil && c.Meeting.Date <= asOf
}

// Invited reports whether a letter of the case was issued that still stands.
func (c *Case) Invited() bool {
	for _, l := range c.Letters {
		if !l.Withdrawn {
			return true
		}
	}
	return false
}

// NeedsReview reports whether the case fell below its threshold after the
// family was told, and the rule has not held again since.
func (c *Case) NeedsReview() bool {
	return c.lastOf(BelowThreshold) > c.lastOf(Identified)
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

// LastLetter is the letter of a channel issued last that was not withdrawn, nil
// for none.
func (c *Case) LastLetter(channel Channel) *Letter {
	for i := len(c.Letters) - 1; i >= 0; i-- {
		if l := &c.Letters[i]; l.Channel == channel && !l.Withdrawn {
			return l
		}
	}
	return nil
}

// Has reports whether an event of a kind concerns a day not before since.
func (c *Case) Has(kind EventKind, since district.Date) bool {
	i := c.lastOf(kind)
	return i >= 0 && c.Events[i].On >= since
}

// lastOf is the index of the last event of one of the kinds, -1 for none.
func (c *Case) lastOf(kinds ...EventKind) int {
	for i := len(c.Events) - 1; i >= 0; i-- {
		for _, k := range kinds {
			if c.Events[i].Kind == k {
				return i
			}
		}
	}
	return -1
}

// ChangedOn is the day of the last event.
func (c *Case) ChangedOn() district.Date {
	if len(c.Events) == 0 {
		return 0
	}
	return c.Events[len(c.Events)-1].On
}

// Words is the state in plain words, for people.
func (s State) Words() string {
	switch s {
	case StateOpen:
		return "identified"
	case StateWaiting:
		return "waiting for a meeting day"
	case StateScheduled:
		return "meeting scheduled"
	case StateHeld:
		return "meeting held"
	case StateNoShow:
		return "no show, call home"
	case StateCompleted:
		return "completed, monitoring"
	case StateWithdrawn:
		return "withdrawn"
	case StateSuperseded:
		return "superseded by SART"
	case StateLeft:
		return "left the district"
	case StateReferred:
		return "referred to SARB"
	}
	return string(s)
}
