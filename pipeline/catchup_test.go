package pipeline

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/reports"
)

// later takes the student of a night through the next one, with other contacts
// and with what a person recorded meanwhile.
func later(t *testing.T, before Scheduled, contacts []district.Contact, then ...intervention.EventKind) Scheduled {
	t.Helper()
	x := before.Extracted
	x.Run.AsOf++
	x.Run.ID = x.Run.AsOf.String()
	snapshot, students := *x.Snapshot, slices.Clone(x.Snapshot.Students)
	students[0].Contacts = contacts
	snapshot.Students = students
	x.Snapshot = &snapshot
	c := *before.Cases["100"][0]
	c.Events = slices.Clone(c.Events)
	for _, kind := range then {
		c.Events = append(c.Events, intervention.Event{Kind: kind, On: x.Run.AsOf, Actor: "Pat Ito"})
	}
	x.History.Cases, x.History.Booked = []intervention.Case{c}, nil
	if c.Meeting != nil {
		x.History.Booked = []intervention.Meeting{*c.Meeting}
	}
	return through(t, x)
}

func TestAHouseholdWhoseAddressIsMendedGetsTheInvitationOnce(t *testing.T) {
	at := func(id, household, street string) district.Contact { return adult(id, household, street, true) }
	silent := adult("2", "H2", "9 Elm St", false)
	for _, c := range []struct {
		rule          string
		before, after []district.Contact
		then          []intervention.EventKind
		want          map[string]int
	}{
		{"an address that was missing", []district.Contact{at("1", "H1", "")}, []district.Contact{at("1", "H1", "1 Oak St")}, nil, map[string]int{"mail H1": 1}},
		{"one without a household's number", []district.Contact{at("1", "", "")}, []district.Contact{at("1", "", "1 Oak St")}, nil, map[string]int{"mail 1 OAK ST||VALLE VERDE|CA|92599": 1}},
		{"the second of two", []district.Contact{at("1", "H1", "1 Oak St"), at("2", "H2", "")}, []district.Contact{at("1", "H1", "1 Oak St"), at("2", "H2", "9 Elm St")}, nil, map[string]int{"mail H2": 1}},
		{"also when the first letter is in the post", []district.Contact{at("1", "H1", "1 Oak St"), at("2", "H2", "")}, []district.Contact{at("1", "H1", "1 Oak St"), at("2", "H2", "9 Elm St")},
			[]intervention.EventKind{intervention.Mailed}, map[string]int{"mail H2": 1}},
		{"a contact that receives mail now", []district.Contact{at("1", "H1", "1 Oak St"), silent}, []district.Contact{at("1", "H1", "1 Oak St"), at("2", "H2", "9 Elm St")}, nil, map[string]int{"mail H2": 1}},
		{"nobody who was written to, at another door", []district.Contact{at("1", "", "1 Oak St")}, []district.Contact{at("1", "", "1 Oak Street")}, nil, map[string]int{}},
		{"nor under a number that the export has now", []district.Contact{at("1", "", "1 Oak St")}, []district.Contact{at("1", "H1", "1 Oak St")}, nil, map[string]int{}},
		{"not when the meeting was held", []district.Contact{at("1", "H1", "")}, []district.Contact{at("1", "H1", "1 Oak St")}, []intervention.EventKind{intervention.Held}, map[string]int{}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			first := planned(t, c.before, nil, sartDay("2025-11-04"))
			next := later(t, first, c.after, c.then...)
			if diff := cmp.Diff(c.want, issued(next)); diff != "" {
				t.Error(diff)
			}
			for _, l := range next.Due {
				if l.Letter.Kind != intervention.SARTInvitation || l.Meeting == nil || l.Meeting.ID != first.Due[0].Meeting.ID || l.Letter.IssuedOn.String() != "2025-10-17" || l.CorrectBy != first.Due[0].CorrectBy {
					t.Errorf("not the same invitation: %+v", l)
				}
				if slices.ContainsFunc(first.Due, func(b reports.LetterDue) bool { return b.Letter.ID == l.Letter.ID }) {
					t.Errorf("letter %s has been made before", l.Letter.ID)
				}
			}
			if again := later(t, first, c.after, c.then...); cmp.Diff(next.Plan, again.Plan) != "" {
				t.Error("the same night makes another plan")
			}
			if once := later(t, next, c.after); len(once.Plan.Letters) > 0 {
				t.Errorf("the night after writes again: %+v", once.Plan.Letters)
			}
		})
	}
}

func TestNobodyIsInvitedToAMeetingThatAPersonIsToReview(t *testing.T) {
	first := planned(t, []district.Contact{adult("1", "H1", "", true)}, nil, sartDay("2025-11-04"))
	child := &first.Snapshot.Students[0]
	child.Marks = child.Marks[:2] // the third was corrected after the copy had gone home
	next := later(t, first, []district.Contact{adult("1", "H1", "1 Oak St", true)}, intervention.SentHome)
	if c := next.Cases["100"][0]; !c.NeedsReview() || len(next.Plan.Letters) != 0 {
		t.Errorf("in review %v, letters %+v", c.NeedsReview(), next.Plan.Letters)
	}
}

func TestUnderReviewNoFirstInvitationIsMade(t *testing.T) {
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	first := planned(t, home, nil, sartDay("2025-11-04"))
	child := &first.Snapshot.Students[0]
	child.Marks = child.Marks[:2]
	// A mailing is on record that names no letter and is of before the date on the
	// invitation, which is in the tray still; and the student changes schools.
	c := first.Cases["100"][0]
	c.Events = append(c.Events, intervention.Event{Kind: intervention.Mailed, On: c.OpenedOn, Actor: "Pat Ito"})
	c.SchoolID = "B"
	next := later(t, first, home)
	moved := next.Cases["100"][0]
	invites := func(l intervention.Letter) bool { return l.Kind == intervention.SARTInvitation }
	if !moved.NeedsReview() || moved.State() != intervention.StateWaiting || moved.SchoolID == "B" || slices.ContainsFunc(next.Plan.Letters, invites) || len(next.Plan.Withdrawn) != 2 {
		t.Errorf("%s at %s, in review %v; letters %+v, withdrawn %v", moved.State(), moved.SchoolID, moved.NeedsReview(), next.Plan.Letters, next.Plan.Withdrawn)
	}
	if again := later(t, next, home); len(again.Plan.Letters) != 0 || again.Cases["100"][0].State() != intervention.StateWaiting {
		t.Errorf("the night after: %+v", again.Plan.Letters)
	}
}

func TestNobodyIsWrittenToAboutAStudentOnHold(t *testing.T) {
	first := planned(t, []district.Contact{adult("1", "H1", "", true)}, nil, sartDay("2025-11-04"))
	first.Holds = []intervention.Hold{{StudentID: "100", By: "Dana Ruiz", Why: "asked for by the family", From: first.Run.AsOf}}
	if next := later(t, first, []district.Contact{adult("1", "H1", "1 Oak St", true)}); len(next.Plan.Letters) != 0 {
		t.Errorf("letters %+v", next.Plan.Letters)
	}
}

func TestALetterThatCannotComeBeforeTheMeetingIsNotMade(t *testing.T) {
	s := planned(t, []district.Contact{adult("1", "H1", "", true)}, nil, sartDay("2025-11-04"))
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	for night, want := range map[string]int{"2025-10-30": 1, "2025-11-02": 1, "2025-11-03": 0} {
		on := s
		on.Run.AsOf, _ = district.ParseDate(night)
		on.Run.AsOf--
		if got := later(t, on, home); len(got.Plan.Letters) != want {
			t.Errorf("night of %s: %d letters, want %d", night, len(got.Plan.Letters), want)
		}
	}
}
