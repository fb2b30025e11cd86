package intervention

import "slices"

// invitations are the letters that call a family to a meeting.
var invitations = []LetterKind{CARTInvitation, SARTInvitation, Rescheduled, SecondInvitation}

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
		if !slices.Contains(invitations, l.Kind) || l.IssuedOn > events[told].On {
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
