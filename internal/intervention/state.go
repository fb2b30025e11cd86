package intervention

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"rollcall/internal/district"
)

// State is where a case stands.
type State string

// The states of a case, read from its events.
const (
	StateOpen       State = "identified"
	StateWaiting    State = "waiting"
	StateInvited    State = "invited"   // a slot was given, the letter is not yet on its way
	StateScheduled  State = "scheduled" // the family was told
	StateHeld       State = "held"
	StateNoShow     State = "no_show"
	StateCompleted  State = "completed"  // contract agreed; to be documented
	StateMonitoring State = "monitoring" // documented
	StateClosed     State = "closed"
	StateAgain      State = "again"
	StateReferred   State = "referred"
	StateWithdrawn  State = "withdrawn"
	StateSuperseded State = "superseded"
	StateLeft       State = "left"
)

// edge is where an event may happen and where it leads; an empty to stays.
type edge struct {
	from []State
	to   State
}

var (
	ended       = []State{StateWithdrawn, StateSuperseded, StateLeft}
	booked      = []State{StateInvited, StateScheduled}
	unbooked    = []State{StateOpen, StateWaiting}
	toMeet      = slices.Concat(unbooked, booked)
	metAlready  = []State{StateCompleted, StateMonitoring}
	inProgress  = slices.Concat(toMeet, []State{StateHeld, StateNoShow})
	everInvited = slices.Concat(booked, []State{StateWaiting, StateHeld, StateNoShow, StateClosed, StateAgain, StateReferred}, metAlready, ended)
)

// edges are the drawing of the package comment. A letter may be recorded as
// mailed whatever has become of its case since: what was mailed is never denied.
var edges = map[EventKind]edge{
	Identified:     {from: slices.Concat([]State{""}, ended), to: StateOpen},
	Waiting:        {from: slices.Concat(unbooked, []State{StateNoShow}), to: StateWaiting},
	Scheduled:      {from: slices.Concat(unbooked, []State{StateNoShow}), to: StateInvited},
	Cancelled:      {from: booked, to: StateWaiting},
	Transferred:    {from: toMeet, to: StateWaiting},
	BelowThreshold: {from: inProgress},
	HoldsAgain:     {from: inProgress},
	Corrected:      {from: slices.Concat(booked, []State{StateReferred})},
	Superseded:     {from: toMeet, to: StateSuperseded},
	Left:           {from: inProgress, to: StateLeft},
	Again:          {from: metAlready, to: StateAgain},
	Backfilled:     {from: []State{StateOpen}, to: StateMonitoring},
	Retracted:      {from: slices.Concat(ended, metAlready, []State{StateHeld, StateNoShow, StateClosed, StateReferred})},

	Mailed:     {from: everInvited},
	SentHome:   {from: everInvited},
	Held:       {from: slices.Concat(booked, []State{StateNoShow}), to: StateHeld},
	NoShow:     {from: booked, to: StateNoShow},
	Attempt:    {from: slices.Concat(inProgress, metAlready, []State{StateReferred})},
	Completed:  {from: []State{StateHeld, StateNoShow}, to: StateCompleted},
	Postponed:  {from: slices.Concat(toMeet, []State{StateNoShow}), to: StateWaiting},
	Documented: {from: []State{StateCompleted}, to: StateMonitoring},
	// Of a referred case it takes the referral back: see replay.
	Withdrawn: {from: slices.Concat(toMeet, []State{StateNoShow, StateReferred}), to: StateWithdrawn},
	Referred:  {from: slices.Concat(metAlready, []State{StateNoShow, StateHeld}), to: StateReferred},
	Closed:    {from: slices.Concat(metAlready, []State{StateHeld, StateReferred}), to: StateClosed},
}

// State is read from the events, in order. An event that does not fit where it
// stands changes nothing; nor does one about letters that do not tell of the
// meeting booked last.
func (c *Case) State() State {
	return c.replay(func(Event, State, State) {})
}

// replay shows each event that changed or kept the state with the states before and
// after it, and returns the last.
func (c *Case) replay(visit func(e Event, before, after State)) State {
	var s, beforeReferral State
	var booked district.Date
	for _, e := range c.Events {
		next, ok := s.after(e.Kind)
		if !ok || s == StateInvited && next == StateScheduled && !c.tells(e, booked) {
			continue
		}
		switch {
		case e.Kind == Scheduled:
			booked = e.On
		case e.Kind == Referred:
			beforeReferral = s
		case e.Kind == Withdrawn && s == StateReferred:
			next = beforeReferral
		}
		visit(e, s, next)
		s = next
	}
	return s
}

// tells reports whether an event says of a letter that invites to the meeting of a
// night that it went out. One that names no letter is about all dated by then.
func (c *Case) tells(e Event, night district.Date) bool {
	return len(e.Facts.Letters) == 0 || slices.ContainsFunc(c.Letters, func(l Letter) bool {
		return l.Kind.Invites() && l.decidedOn() >= night && slices.Contains(e.Facts.Letters, l.ID)
	})
}

// after is the state once an event has happened; ok is false where the event
// does not fit.
func (s State) after(kind EventKind) (next State, ok bool) {
	way, known := edges[kind]
	switch {
	case !known || !slices.Contains(way.from, s):
		return s, false
	case way.to != "":
		return way.to, true
	case kind.saysSent() && s == StateInvited:
		return StateScheduled, true
	}
	return s, true
}

// Fits reports whether an event can happen to the case as it stands, whatever its
// day.
func (c *Case) Fits(e Event) bool {
	if e.Kind == Undone {
		_, err := c.ToUndo(e.Facts.Undoes)
		return err == nil
	}
	_, ok := c.State().after(e.Kind)
	return ok
}

// Admit reports why an event does not fit the case, nil where it does. Days
// after today, before the case, or before an event that must come first are out
// of order.
func (c *Case) Admit(e Event, today district.Date) error {
	s := c.State()
	if e.Kind == Undone {
		if _, err := c.ToUndo(e.Facts.Undoes); err != nil {
			return err
		}
	} else if _, ok := s.after(e.Kind); !ok {
		return fmt.Errorf("%s does not fit a case that is %s%s", e.Kind.Words(), s.Words(), cmp.Or(c.again(e.Kind), s.first(e.Kind)))
	}
	switch {
	case e.On.IsZero():
		return fmt.Errorf("%s needs its day", e.Kind.Words())
	case e.On > today:
		return fmt.Errorf("%s is in the future", e.On)
	case e.Kind == Referred && c.Kind != SART:
		return errors.New("only a SART case can be referred to SARB: a student who goes on being absent after a CART meeting has a CART case again")
	case e.On < c.OpenedOn:
		return fmt.Errorf("%s is before the case was opened on %s", e.On, c.OpenedOn)
	}
	return c.inOrder(e)
}

// inOrder holds an event to those it must follow, and a day asked for to those that
// can be given.
func (c *Case) inOrder(e Event) error {
	after := func(what string, day district.Date) error {
		if !day.IsZero() && e.On < day {
			return fmt.Errorf("%s on %s is before %s on %s", e.Kind.Words(), e.On, what, day)
		}
		return nil
	}
	switch e.Kind {
	case Mailed, SentHome:
		return c.sendable(e)
	case Held:
		// A family may come early; a slip of the pen is likelier.
		if c.Meeting != nil && e.On < c.Meeting.Date && e.Detail == "" {
			return fmt.Errorf("held on %s is before the day of the meeting, %s: say with --why where the family came early", e.On, c.Meeting.Date)
		}
		return after("the no-show", c.DayOf(NoShow))
	case NoShow:
		if c.Meeting == nil || e.On != c.Meeting.Date {
			return fmt.Errorf("%s is not the day of the meeting%s", e.On, c.meetingDay())
		}
	case Completed:
		if err := after("the meeting", c.DayOf(Held)); err != nil {
			return err
		}
		return after("the no-show", c.DayOf(NoShow))
	case Attempt:
		if c.State() != StateNoShow {
			break
		}
		if err := after("the no-show", c.DayOf(NoShow)); err != nil {
			return fmt.Errorf("%w: an attempt made before the meeting is recorded before the no-show; where the night has not acted on that, undo it first", err)
		}
	case Closed:
		if err := after("the referral", c.DayOf(Referred)); err != nil {
			return err
		}
		return after("the contract", c.DayOf(Completed))
	case Withdrawn:
		if c.State() == StateReferred {
			return after("the referral", c.DayOf(Referred))
		}
	case Documented, Referred:
		return after("the contract", c.DayOf(Completed))
	case Postponed:
		return c.suits(e)
	}
	return nil
}

// suits holds the first day that suits a family to the days that a meeting of the
// case can still have. What is recorded late is held to the day they asked: a day
// that has passed since is no slip, and the night gives the next one.
func (c *Case) suits(e Event) error {
	switch first := e.Facts.NotBefore; {
	case first.IsZero():
	case first <= e.On:
		return fmt.Errorf("--not-before %s is not after %s, the day on which it was asked for: name a day to come, or say with --on on which day the family asked", first, e.On)
	case first > c.Year.Last():
		return fmt.Errorf("--not-before %s is after the school year %s of the case, which ends on %s: name a day up to then", first, c.Year, c.Year.Last())
	}
	return nil
}

// again says of an event that the case is where it is because of, on which day it
// is on record and how a mistake in it is taken back; empty of any other.
func (c *Case) again(kind EventKind) string {
	day := c.DayOf(kind)
	if day.IsZero() || edges[kind].to != c.State() {
		return ""
	}
	words := fmt.Sprintf(": it is on record for %s", day)
	if _, err := c.ToUndo(kind); err != nil {
		return words
	}
	return words + "; where that was a mistake, " + RecordCommand(Undone, c.ID, "--event "+kind.Command(), asked[Undone]) + " takes it back"
}

// first says what has to be recorded before an event that does not fit, where one
// step is plain.
func (s State) first(kind EventKind) string {
	outcome := kind == Completed || kind == Documented || kind == Referred
	switch {
	case slices.Contains(unbooked, s) && (outcome || kind == Held || kind == NoShow):
		return ": it has no meeting day yet; the next night gives it one where there is a place"
	case slices.Contains(booked, s) && outcome:
		return ": record held or no-show first"
	case s.beforeMeeting() && kind == Closed:
		return ": withdrawn calls a meeting off, closed comes after one"
	case s == StateHeld && kind == Withdrawn:
		return ": closed ends it where nothing more is to be done"
	case s == StateHeld && kind == Documented, s == StateNoShow && (kind == Documented || kind == Closed):
		return ": record completed first"
	case slices.Contains(metAlready, s) && kind == Withdrawn:
		return ": closed ends it"
	case s == StateHeld && (kind == NoShow || kind == Held):
		return ": where held was entered by mistake, undo it first"
	case s == StateNoShow && kind == NoShow:
		return ": where it was entered by mistake, undo it first"
	}
	return ""
}

func (c *Case) meetingDay() string {
	if c.Meeting == nil {
		return ""
	}
	return ", " + c.Meeting.Date.String()
}

// DayOf is the day of the last event of a kind, zero for none.
func (c *Case) DayOf(kind EventKind) district.Date {
	if i := c.lastOf(kind); i >= 0 {
		return c.Events[i].On
	}
	return 0
}

// Words name the event in a sentence.
func (k EventKind) Words() string {
	switch k {
	case NoShow:
		return "no-show"
	case SentHome:
		return "sent home"
	case BelowThreshold:
		return "below threshold"
	case HoldsAgain:
		return "holds again"
	}
	return string(k)
}

// ended reports the states in which a case stopped before its meeting.
func (s State) ended() bool { return slices.Contains(ended, s) }

// beforeMeeting reports the states in which the team has yet to meet the family.
func (s State) beforeMeeting() bool { return slices.Contains(toMeet, s) }

// IsOpen reports whether somebody still has something to do in the case.
func (c *Case) IsOpen() bool { return slices.Contains(inProgress, c.State()) }

// AwaitsMeeting reports whether the team has yet to meet the family.
func (c *Case) AwaitsMeeting() bool { return c.State().beforeMeeting() }

// IsBooked reports whether the family has a place on a meeting day and nobody
// has said yet what became of it.
func (c *Case) IsBooked() bool { return slices.Contains(booked, c.State()) }

// WasMet reports whether the process of the case is behind the family: attendance
// is monitored from its meeting on.
func (c *Case) WasMet() bool { return slices.Contains(metAlready, c.State()) }

// OutcomeDue reports whether the day of the meeting has come and nobody has said
// what became of it. The family was there or was missed: nothing about such a
// case is taken back or moved until a person records which.
func (c *Case) OutcomeDue(asOf district.Date) bool {
	return c.IsBooked() && c.Meeting != nil && c.Meeting.Date <= asOf
}

// MetOn is the day from which attendance is monitored: of the meeting, else of
// the contract agreed by phone, else of the record taken over.
func (c *Case) MetOn() district.Date {
	events := c.Events[max(0, c.lastOf(Identified)):]
	for _, kind := range []EventKind{Held, Completed, Backfilled} {
		if i := lastOf(events, kind); i >= 0 && !(kind == Held && missedSince(events[i:])) {
			return events[i].On
		}
	}
	return 0
}

// missedSince reports whether a family who had come did not to a later meeting.
func missedSince(events []Event) bool { return lastOf(events, NoShow) >= 0 }

// Invited reports whether the family was invited by a letter that still stands
// or is out, and that no other letter, of retraction or to SART, took back.
func (c *Case) Invited() bool {
	return c.lastOf(Retracted, Superseded) <= c.lastOf(Scheduled) &&
		slices.ContainsFunc(c.Letters, func(l Letter) bool { return l.Kind.Invites() && (!l.Withdrawn || c.WentOut(&l)) })
}

// Invitation is the student's copy of the letter that names the meeting booked
// last, nil for none. Every household that can be reached by mail gets the same.
func (c *Case) Invitation() *Letter {
	return c.lastLetter(func(l *Letter) bool { return l.Channel == WithStudent && l.Kind.Invites() })
}

// Missed reports whether the family did not come to the meeting last booked.
func (c *Case) Missed() bool { return c.lastOf(NoShow) > c.lastOf(Scheduled) }

// CallsSince counts the attempts to reach a family since they did not come.
func (c *Case) CallsSince() int {
	n := 0
	for _, e := range c.Events[c.lastOf(NoShow)+1:] {
		if e.Kind == Attempt {
			n++
		}
	}
	return n
}

// NeedsReview reports whether the case fell below its threshold after the
// family was told, and the rule has not held again since.
func (c *Case) NeedsReview() bool {
	return c.lastOf(BelowThreshold) > c.lastOf(Identified, HoldsAgain)
}
