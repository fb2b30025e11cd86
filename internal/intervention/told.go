package intervention

import (
	"cmp"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// Told reports whether the family has been told of the case: a letter of it was
// mailed or sent home. What was told is never taken back in silence; once a
// letter has taken it back, only a new invitation tells them again.
func (c *Case) Told() bool {
	taken := c.lastOf(Retracted)
	for _, e := range c.Events[taken+1:] {
		switch {
		case !e.Kind.saysSent():
		case len(e.Facts.Letters) > 0:
			if slices.ContainsFunc(c.Letters, func(l Letter) bool {
				return slices.Contains(e.Facts.Letters, l.ID) && l.Kind != Retraction && (taken < 0 || l.Kind.Invites())
			}) {
				return true
			}
		case taken < 0 || c.invitedBetween(c.Events[taken].On, e.On):
			return true
		}
	}
	return false
}

// InOffice reports whether a letter can still be stopped: neither it nor one that
// says the same on the same day has gone out.
func (c *Case) InOffice(l *Letter) bool {
	return !l.Withdrawn && l.Kind != Retraction && !slices.ContainsFunc(c.Letters, func(o Letter) bool {
		return o.Kind == l.Kind && o.IssuedOn == l.IssuedOn && c.WentOut(&o)
	})
}

// invitedBetween reports whether an invitation is dated after one day and not
// after another.
func (c *Case) invitedBetween(after, through district.Date) bool {
	return slices.ContainsFunc(c.Letters, func(l Letter) bool {
		return l.Kind.Invites() && after < l.IssuedOn && l.IssuedOn <= through
	})
}

// OwesRetraction reports whether the family was told of a case, or of a referral,
// that was withdrawn, and no letter has taken it back yet. The letter may be recorded
// as mailed after the night that withdrew the case.
func (c *Case) OwesRetraction() bool {
	return c.State() == StateWithdrawn && c.Told() || c.owesRecall()
}

// TookBack reports whether a letter of retraction has followed what the family had
// been told.
func (c *Case) TookBack() bool { return c.lastOf(Retracted) > c.lastOf(Identified) }

// TakenBack is what a letter of retraction takes back: the invitation by which
// a household was told last (the empty household: by the student's copy), and
// the meeting it called to. Either is nil where the record has none. A household
// that no letter of its own is on record for was told by the others.
func (c *Case) TakenBack(household string) (*Letter, *Meeting) {
	taken := c.lastOf(Retracted)
	var theirs, anybodys *Letter
	for i := range c.Letters {
		l := &c.Letters[i]
		if !l.Kind.Invites() || !c.WentOut(l) || taken >= 0 && l.IssuedOn > c.Events[taken].On {
			continue
		}
		anybodys = l
		if l.Household == household {
			theirs = l
		}
	}
	letter := cmp.Or(theirs, anybodys)
	if letter == nil {
		return nil, nil
	}
	return letter, c.meetingOf(letter)
}

// Reached reports whether letters by mail, of those meant, went to a household. One
// that changes its door or its number in the export is the same where each of its
// people was written to.
func (c *Case) Reached(h district.Household, meant func(*Letter) bool) bool {
	some := func(to func(*Letter) bool) bool {
		return slices.ContainsFunc(c.Letters, func(l Letter) bool { return l.Channel == ByMail && meant(&l) && to(&l) })
	}
	return some(func(l *Letter) bool { return l.Household == h.Key }) ||
		!slices.ContainsFunc(h.Adults, func(a district.Contact) bool {
			return !some(func(l *Letter) bool { return l.names(a) })
		})
}

// names reports whether a letter is addressed to a person.
func (l *Letter) names(a district.Contact) bool {
	return strings.Contains(", "+l.SentTo, ", "+a.Name+", ")
}

// GoesTo reports whether a letter was for a household, by its number or by the
// name of its first adult.
func (l *Letter) GoesTo(h district.Household) bool {
	return l.Household == h.Key || l.names(h.Adults[0])
}

// InvitedByMail reports whether a letter of the case is an invitation that is on
// record as mailed.
func (c *Case) InvitedByMail(l *Letter) bool {
	return l.Channel == ByMail && l.Kind.Invites() && c.WentOut(l)
}

// CalledOffUnsaid is the meeting to come that the family holds a letter about
// and that was given back without a word to them, nil for none: the letter was
// recorded as gone out after the night that gave it back.
func (c *Case) CalledOffUnsaid(asOf district.Date) *Meeting {
	var last *Letter
	for i := range c.Letters {
		if l := &c.Letters[i]; l.Kind.Invites() && c.WentOut(l) && (last == nil || l.IssuedOn >= last.IssuedOn) {
			last = l
		}
	}
	if last == nil {
		return nil
	}
	m := c.meetingOf(last)
	switch {
	case m == nil || !m.Cancelled || m.Date <= asOf:
		return nil
	case c.Meeting != nil && c.Meeting.Date == m.Date && c.Meeting.Start == m.Start:
		return nil
	case slices.ContainsFunc(c.Letters, func(l Letter) bool {
		return !l.Withdrawn && l.IssuedOn > last.IssuedOn && (l.Kind == Rescheduled || l.Kind == SecondInvitation || l.Kind == Retraction)
	}):
		return nil
	}
	return m
}

// InPlaceOf is the meeting of another case that the invitation booked last takes
// the place of: one that SART superseded, or one that was called off the same
// night, whether its letter is on record as gone out or not. It is nil for none.
func (c *Case) InPlaceOf(o *Case) *Meeting {
	sameNight := func(kind EventKind) bool {
		day := o.DayOf(kind)
		return !day.IsZero() && day == c.DayOf(Scheduled)
	}
	replaced := o.State() == StateSuperseded && c.Kind == SART || sameNight(Retracted) || sameNight(Withdrawn)
	if o.ID == c.ID || !replaced || len(o.Past) == 0 {
		return nil
	}
	return &o.Past[len(o.Past)-1]
}

// Beside are the meetings, from a day on, that a student is called to by any of
// the cases: what a letter that calls one meeting off must not take away. stands is
// the first of which the family's letter is on record as gone out, nil for none; of
// the rest unsaid says that there are some. Their letters may still be stopped in
// the office, and their days change.
func Beside(cases []Case, from district.Date) (stands *Meeting, unsaid bool) {
	for i := range cases {
		c := &cases[i]
		m := c.Meeting
		switch {
		case !c.IsBooked() || m == nil || m.Date < from:
		case c.State() != StateScheduled:
			unsaid = true
		case stands == nil || m.Date < stands.Date || m.Date == stands.Date && m.Start < stands.Start:
			stands = m
		}
	}
	return stands, unsaid
}

// Corrected reports whether records that the case stood on were corrected.
func (c *Case) Corrected() bool {
	return slices.ContainsFunc(c.Events[c.lastOf(Identified)+1:], func(e Event) bool { return len(e.Facts.Uncounted) > 0 })
}

// Lapsed reports whether a case was called off because its rule no longer held,
// by the night or by a person who was asked about it.
func (c *Case) Lapsed() bool {
	i := c.lastOf(Withdrawn)
	return i >= 0 && (c.Events[i].Actor == NightActor || c.NeedsReview())
}

// CallsTo reports whether a letter of the case called the family to a meeting.
func (c *Case) CallsTo(l *Letter, m *Meeting) bool {
	of := c.meetingOf(l)
	return l.Kind.Invites() && of != nil && of.ID == m.ID
}

// meetingOf is the meeting that a letter called to: the one that stood once its
// night had decided, nil where none did.
func (c *Case) meetingOf(l *Letter) *Meeting {
	night := l.decidedOn()
	made, stands := 0, false
	var booked district.Date
	for _, e := range c.Events {
		if e.On > night {
			continue
		}
		switch e.Kind {
		case Scheduled:
			made++
			booked, stands = e.On, true
		case Cancelled, Transferred, Postponed, Superseded, Withdrawn, Left:
			// What a person enters of the day after its night came after the letter.
			stands = stands && booked == night && e.Actor != NightActor
		}
	}
	all := c.made()
	if !stands || made > len(all) {
		return nil
	}
	return &all[made-1]
}

// decidedOn is the as-of date of the night that decided a letter, which is named
// by it. A letter that is not on record yet is dated the day after as a rule.
func (l *Letter) decidedOn() district.Date {
	if night, err := district.ParseDate(l.RunID); err == nil {
		return night
	}
	return l.IssuedOn - 1
}
