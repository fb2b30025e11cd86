package intervention

import (
	"errors"
	"fmt"
	"iter"
	"slices"
)

// Struck is an entry that does not count: an event that a person entered by
// mistake, or the Undone that struck it out.
type Struck struct {
	Event
	Place int // among all entries of the case, from 0
}

// Strike parts all entries of a case, in order, into the events that stand and
// those that do not count. An Undone strikes out what a person entered last, or
// last of the kind it names, where no night has written about the case since.
func Strike(entries []Event) (standing []Event, struck []Struck) {
	if !slices.ContainsFunc(entries, func(e Event) bool { return e.Kind == Undone }) {
		return entries, nil
	}
	var places []int
	for i, e := range entries {
		if e.Kind != Undone {
			standing, places = append(standing, e), append(places, i)
			continue
		}
		if at := undoable(standing, e.Facts.Undoes); at >= 0 {
			struck = append(struck, Struck{standing[at], places[at]})
			standing, places = slices.Delete(standing, at, at+1), slices.Delete(places, at, at+1)
		}
		struck = append(struck, Struck{e, i})
	}
	slices.SortFunc(struck, func(a, b Struck) int { return a.Place - b.Place })
	return standing, struck
}

// undoable is the place of the event that an undo of a kind strikes out, -1 for
// none. Letters that went out wait for nothing and nothing waits for them: the
// mailing can be struck out after the copies were sent home.
func undoable(standing []Event, kind EventKind) int {
	for i := len(standing) - 1; i >= 0 && standing[i].Actor != NightActor; i-- {
		switch {
		case kind == "" || standing[i].Kind == kind:
			return i
		case !standing[i].Kind.saysSent():
			return -1
		}
	}
	return -1
}

// History is everything that was ever entered of the case, in order, and whether
// it was entered by mistake. Only Events decide.
func (c *Case) History() iter.Seq2[Event, bool] {
	return func(yield func(Event, bool) bool) {
		events, struck := c.Events, c.Struck
		for place := range c.Entries() {
			var more bool
			if len(struck) > 0 && struck[0].Place == place {
				more = yield(struck[0].Event, struck[0].Kind != Undone)
				struck = struck[1:]
			} else {
				more = yield(events[0], false)
				events = events[1:]
			}
			if !more {
				return
			}
		}
	}
}

// Entries counts everything that was ever entered of the case.
func (c *Case) Entries() int { return len(c.Events) + len(c.Struck) }

// ToUndo is the event that an undo would strike out: what a person entered last,
// of the kind that is named. It is an error where a night has acted on it, and
// without a kind where the last entry is an undo itself, so that doing it twice by
// mistake takes nothing else back, or where it may be the mailing or the copies.
func (c *Case) ToUndo(kind EventKind) (Event, error) {
	byPerson := func(e Event) bool { return e.Actor != NightActor }
	if !slices.ContainsFunc(c.Events, byPerson) {
		if len(c.Struck) > 0 {
			return Event{}, errors.New("what was recorded of it is struck out already: record it again if that was wrong")
		}
		return Event{}, errors.New("nobody has recorded anything of it that could be undone")
	}
	last := c.Events[len(c.Events)-1]
	if !byPerson(last) {
		return Event{}, fmt.Errorf("the night of %s has acted on it since (%s): record what is true now", last.On, last.Kind.Words())
	}
	undone := len(c.Struck) > 0 && c.Struck[len(c.Struck)-1].Place == c.Entries()-1
	at := undoable(c.Events, kind)
	switch {
	case undone && kind == "":
		return Event{}, fmt.Errorf("the last entry is an undo itself: record again what it struck out if that was wrong; to strike out the entry before, %s on %s, name it with --event %s", last.Kind.Words(), last.On, last.Kind.Command())
	case at < 0:
		return Event{}, fmt.Errorf("what was recorded last is %s on %s, not %s", last.Kind.Words(), last.On, kind.Words())
	case kind == "" && last.Kind.saysSent() && undoable(c.Events, last.Kind.otherWay()) >= 0:
		return Event{}, errors.New("both its mailing and its copies are on record: say with --event mailed or --event sent-home which was entered by mistake")
	}
	e := c.Events[at]
	// What a night did without an event of its own.
	before := Case{Events: slices.Delete(slices.Clone(c.Events), at, at+1)}
	switch {
	case before.IsBooked() && c.Meeting == nil && (len(c.Past) == 0 || c.Past[len(c.Past)-1].Cancelled):
		return Event{}, errors.New("a night has called its meeting off since: record what is true now")
	case e.Kind == Referred && c.lastLetter(func(l *Letter) bool { return l.Kind == SARBNotice }) != nil:
		return Event{}, errors.New("a night has written to the family of the referral since: record what is true now")
	}
	return e, nil
}
