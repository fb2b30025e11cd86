package intervention

import (
	"slices"

	"rollcall/internal/district"
)

// Told reports whether the family has been told of the case: a letter of it was
// mailed or sent home. What was told is never taken back in silence; once a
// letter has taken it back, only a new invitation tells them again.
func (c *Case) Told() bool {
	taken := c.lastOf(Retracted)
	for _, e := range c.Events[taken+1:] {
		if (e.Kind == Mailed || e.Kind == SentHome) && (taken < 0 || c.invitedBetween(c.Events[taken].On, e.On)) {
			return true
		}
	}
	return false
}

// InOffice reports whether a letter of a case that the family has not been told
// of can still be stopped. What was mailed before a retraction cannot.
func (c *Case) InOffice(l Letter) bool {
	taken := c.lastOf(Retracted)
	return !l.Withdrawn && l.Kind != Retraction && (taken < 0 || l.IssuedOn > c.Events[taken].On)
}

// invitedBetween reports whether an invitation is dated after one day and not
// after another.
func (c *Case) invitedBetween(after, through district.Date) bool {
	return slices.ContainsFunc(c.Letters, func(l Letter) bool {
		return l.Kind.Invites() && after < l.IssuedOn && l.IssuedOn <= through
	})
}

// OwesRetraction reports whether the family was told of a case that was
// withdrawn, and no letter has taken it back yet. The letter may be recorded as
// mailed after the night that withdrew the case.
func (c *Case) OwesRetraction() bool { return c.State() == StateWithdrawn && c.Told() }

// TakenBack is what a letter of retraction takes back: the invitation by which
// a household was told last (the empty household: the student's copy), and the
// meeting it called to. Either is nil where the record has none.
func (c *Case) TakenBack(household string) (*Letter, *Meeting) {
	events := c.Events
	if taken := c.lastOf(Retracted); taken >= 0 {
		events = events[:taken] // the retraction itself is mailed too
	}
	told := lastOf(events, Mailed, SentHome)
	if told < 0 {
		return nil, nil
	}
	var theirs, anybodys *Letter
	for i := range c.Letters {
		l := &c.Letters[i]
		if !l.Kind.Invites() || l.IssuedOn > events[told].On {
			continue
		}
		anybodys = l
		if l.Household == household {
			theirs = l
		}
	}
	// A household that is new since was told by the others, if at all.
	if theirs == nil {
		theirs = anybodys
	}
	if theirs == nil {
		return nil, nil
	}
	return theirs, c.meetingOf(theirs)
}

// Corrected reports whether a case was called off because its rule no longer
// held; otherwise a person settled it.
func (c *Case) Corrected() bool {
	i := c.lastOf(Withdrawn)
	return i >= 0 && (c.Events[i].Actor == NightActor || c.NeedsReview())
}

// meetingOf is the meeting that a letter called to: the one given last by a
// night before the letter's date.
func (c *Case) meetingOf(l *Letter) *Meeting {
	made := 0
	for _, e := range c.Events {
		if e.Kind == Scheduled && e.On < l.IssuedOn {
			made++
		}
	}
	all := c.Past
	if c.Meeting != nil {
		all = append(slices.Clone(all), *c.Meeting)
	}
	if made == 0 || made > len(all) {
		return nil
	}
	return &all[made-1]
}
