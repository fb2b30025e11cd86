package intervention

import (
	"slices"
	"testing"

	"rollcall/internal/district"
)

func october(day int) district.Date { return district.NewDate(2025, 10, day) }

// toldCase is a SART case with two invitations, each of a night the day before
// it: the first mailed, its meeting moved, the second still in the office.
func toldCase() Case {
	on := october
	event := func(kind EventKind, day int) Event { return Event{Kind: kind, On: on(day)} }
	return Case{
		ID: "c", Kind: SART, SchoolID: "A", OpenedOn: on(1),
		Events: []Event{
			event(Identified, 1), event(Scheduled, 1), event(Mailed, 3), event(Postponed, 6), event(Scheduled, 8), event(Withdrawn, 10),
		},
		Letters: []Letter{
			{ID: "1", Kind: SARTInvitation, Channel: ByMail, Household: "H1", IssuedOn: on(2)},
			{ID: "2", Kind: LetterOne, Channel: ByMail, Household: "H1", IssuedOn: on(2)},
			{ID: "3", Kind: SARTInvitation, Channel: WithStudent, IssuedOn: on(2)},
			{ID: "4", Kind: Rescheduled, Channel: ByMail, Household: "H1", IssuedOn: on(9)},
			{ID: "5", Kind: Rescheduled, Channel: ByMail, Household: "H2", IssuedOn: on(9)},
		},
		Past: []Meeting{{ID: "c#0", Date: on(20), Cancelled: true}, {ID: "c#1", Date: on(27), Cancelled: true}},
	}
}

func TestARetractionTakesBackWhatTheHouseholdWasToldLast(t *testing.T) {
	for _, c := range []struct {
		rule            string
		household       string
		change          func(*Case)
		letter, meeting string
	}{
		{"the invitation that was mailed, not the one in the office", "H1", nil, "1", "c#0"},
		{"by what the household knows where no copy is on record as carried", "", nil, "1", "c#0"},
		{"of the copies the student's", "", func(k *Case) { k.Events = slices.Insert(k.Events, 3, Event{Kind: SentHome, On: october(3)}) }, "3", "c#0"},
		{"of the others where the household is new", "H9", nil, "1", "c#0"},
		{"the later one once it is mailed", "H1", func(k *Case) { k.Events = slices.Insert(k.Events, 5, Event{Kind: Mailed, On: october(9)}) }, "4", "c#1"},
		{"the meeting that stands where none was given back", "H1", func(k *Case) { k.Past, k.Meeting = nil, &Meeting{ID: "c#0"} }, "1", "c#0"},
		{"the same after the retraction was mailed", "H1", func(k *Case) {
			k.Events = append(k.Events, Event{Kind: Retracted, On: october(11)}, Event{Kind: Mailed, On: october(13)})
		}, "1", "c#0"},
		{"nothing where nobody was told", "H1", func(k *Case) { k.Events = k.Events[:2] }, "", ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			k := toldCase()
			if c.change != nil {
				c.change(&k)
			}
			letter, meeting := k.TakenBack(c.household)
			var gotLetter, gotMeeting string
			if letter != nil {
				gotLetter = letter.ID
			}
			if meeting != nil {
				gotMeeting = meeting.ID
			}
			if gotLetter != c.letter || gotMeeting != c.meeting {
				t.Errorf("letter %q and meeting %q, want %q and %q", gotLetter, gotMeeting, c.letter, c.meeting)
			}
		})
	}
}

// A letter that Saturday's night decided is dated Monday: what its own night gave
// back is no meeting that it calls to, what a later one did was one.
func TestALetterCallsToTheMeetingThatStoodOnItsNight(t *testing.T) {
	night := func(kind EventKind, day int) Event { return Event{Kind: kind, On: october(day), Actor: NightActor} }
	for _, c := range []struct {
		rule   string
		events []Event
		want   string
	}{
		{"given back the night after, before the letter's date", []Event{night(Scheduled, 3), night(Cancelled, 4)}, "c#0"},
		{"moved by the office on the day of the night", []Event{night(Scheduled, 3), {Kind: Postponed, On: october(3), Actor: "clerk"}}, "c#0"},
		{"moved by the office before the night", []Event{night(Scheduled, 1), {Kind: Postponed, On: october(3), Actor: "clerk"}}, ""},
		{"moved by its own night", []Event{night(Scheduled, 1), night(Cancelled, 3), night(Scheduled, 3)}, "c#1"},
		{"called off by its own night", []Event{night(Scheduled, 1), night(Cancelled, 3)}, ""},
	} {
		k := Case{Events: append([]Event{night(Identified, 1)}, c.events...), Past: []Meeting{{ID: "c#0"}, {ID: "c#1"}},
			Letters: []Letter{{Kind: Rescheduled, RunID: october(3).String(), IssuedOn: october(6)}}}
		got := ""
		if m := k.meetingOf(&k.Letters[0]); m != nil {
			got = m.ID
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.rule, got, c.want)
		}
	}
}

func TestTheMeetingThatStandsBesideIsTheFirstOfTheOtherCases(t *testing.T) {
	other := func(id string, day int, kinds ...EventKind) Case {
		c := Case{ID: id, Meeting: &Meeting{ID: id, Date: october(day)}}
		for i, kind := range append([]EventKind{Identified, Scheduled}, kinds...) {
			c.Events = append(c.Events, Event{Kind: kind, On: october(1 + i)})
		}
		return c
	}
	off := other("off", 20, Withdrawn)
	m, unsaid := Beside([]Case{off, other("held", 21, Held), other("early", 14, Mailed), other("later", 28, Mailed), other("first", 22, Mailed)}, october(15))
	if m == nil || m.ID != "first" || unsaid {
		t.Errorf("%+v, unsaid %v", m, unsaid)
	}
	if m, unsaid := Beside([]Case{off, other("in the office", 22), other("early", 14)}, october(15)); m != nil || !unsaid {
		t.Errorf("of one whose letter may be stopped: %+v, unsaid %v", m, unsaid)
	}
	if m, unsaid := Beside([]Case{off}, october(15)); m != nil || unsaid {
		t.Errorf("%+v, unsaid %v", m, unsaid)
	}
}

func TestAnInvitationTakesThePlaceOfOneCalledOffTheSameNight(t *testing.T) {
	cart := Case{ID: "cart", Kind: CART, Events: []Event{{Kind: Identified, On: october(6)}, {Kind: Scheduled, On: october(6)}}}
	for kind, want := range map[EventKind]bool{Withdrawn: true, Retracted: true, Left: false} {
		for _, day := range []int{5, 6} {
			sart := Case{ID: "sart", Kind: SART, Past: []Meeting{{Cancelled: true}}, Events: []Event{{Kind: Scheduled, On: october(1)}, {Kind: kind, On: october(day)}}}
			if got := cart.InPlaceOf(&sart) != nil; got != (want && day == 6) {
				t.Errorf("%s on %d October: %v", kind, day, got)
			}
		}
	}
}

func TestARetractionIsOwedOnceForWhatWasTold(t *testing.T) {
	invitation := func(day int) Letter { return Letter{Kind: SARTInvitation, Channel: ByMail, IssuedOn: october(day)} }
	for _, c := range []struct {
		rule    string
		events  []EventKind // a day each, from the first
		letters []Letter
		want    bool
	}{
		{"a family that was told", []EventKind{Identified, Scheduled, Mailed, Withdrawn}, nil, true},
		{"one that was not", []EventKind{Identified, Scheduled, Withdrawn}, nil, false},
		{"one whose letter turns out to have been mailed", []EventKind{Identified, Scheduled, Withdrawn, Mailed}, nil, true},
		{"one that had its retraction", []EventKind{Identified, Scheduled, Mailed, Withdrawn, Retracted}, nil, false},
		{"nor when that is mailed", []EventKind{Identified, Scheduled, Mailed, Withdrawn, Retracted, Mailed}, nil, false},
		{"opened again and called off without a place", []EventKind{Identified, Scheduled, Mailed, Withdrawn, Retracted, Identified, Waiting, Withdrawn}, nil, false},
		{"opened again, the new letter not gone out", []EventKind{Identified, Scheduled, Mailed, Withdrawn, Retracted, Mailed, Identified, Scheduled, Withdrawn}, []Letter{invitation(9)}, false},
		{"opened again and told", []EventKind{Identified, Scheduled, Mailed, Withdrawn, Retracted, Identified, Scheduled, Mailed, Withdrawn}, []Letter{invitation(8)}, true},
	} {
		t.Run(c.rule, func(t *testing.T) {
			k := Case{OpenedOn: october(1), Letters: append([]Letter{invitation(2)}, c.letters...)}
			for i, kind := range c.events {
				k.Events = append(k.Events, Event{Kind: kind, On: october(1 + i)})
			}
			if got := k.OwesRetraction(); got != c.want {
				t.Errorf("owed: %v, want %v", got, c.want)
			}
		})
	}
}

// A record that names its letters tells of those: the retraction of the last time
// is not the invitation of this one, whatever the days.
func TestARecordTellsOfTheLettersItNames(t *testing.T) {
	letter := func(id string, kind LetterKind, day int) Letter {
		return Letter{ID: id, Kind: kind, Channel: ByMail, IssuedOn: october(day)}
	}
	for _, c := range []struct {
		rule  string
		named string
		want  bool
	}{
		{"the retraction, mailed late", "R", false},
		{"the new invitation", "I2", true},
	} {
		k := Case{OpenedOn: october(1), Letters: []Letter{letter("I1", SARTInvitation, 2), letter("R", Retraction, 5), letter("I2", SARTInvitation, 8)}}
		for i, kind := range []EventKind{Identified, Scheduled, Mailed, Withdrawn, Retracted, Identified, Scheduled, Mailed} {
			k.Events = append(k.Events, Event{Kind: kind, On: october(1 + i + i/7)})
		}
		k.Events[2].Facts.Letters, k.Events[7].Facts.Letters = []string{"I1"}, []string{c.named}
		if got := k.Told(); got != c.want {
			t.Errorf("%s: told %v, want %v", c.rule, got, c.want)
		}
	}
}
