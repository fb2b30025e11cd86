package intervention

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district"
)

// invited is a case whose family was told of the meeting of 21 October.
func invited(extra ...Event) *Case {
	c := &Case{
		ID: CaseID(2025, SART, 1, "7"), StudentID: "7", SchoolID: "A", Kind: SART, Round: 1, Year: 2025, OpenedOn: october(1),
		Meeting: &Meeting{Date: october(21), Start: 9 * 60}, Letters: []Letter{{ID: "l", Kind: SARTInvitation, IssuedOn: october(2)}},
		Events: []Event{
			{Kind: Identified, On: october(1), Actor: NightActor}, {Kind: Scheduled, On: october(1), Actor: NightActor},
			{Kind: Mailed, On: october(2), Facts: Facts{Letters: []string{"l"}}},
		},
	}
	c.Events = append(c.Events, extra...)
	return c
}

// said are events in short.
func said(events []Event) []string {
	var words []string
	for _, e := range events {
		words = append(words, strings.TrimSuffix(e.Kind.Words()+" "+e.On.String()+" "+e.Facts.Words(), " "))
	}
	return words
}

func call(nth int, on district.Date, at, result string) Call {
	return Call{Nth: nth, On: on, Time: at, Result: result}
}

func TestARowTellsTheEventsOfItsCase(t *testing.T) {
	held := FollowUp{
		Outcome: HeldInPerson, On: october(21), Attendees: []string{"Rosa Lima", "Pat Ito"}, Address: AddressVerified, Agreed: Yes,
		Interventions: []string{"Bus pass"}, NextSteps: "Call on Friday", Documented: true, Notes: "Bus pass asked for",
	}
	for _, test := range []struct {
		name string
		row  FollowUp
		of   *Case
		want []string
	}{
		{"held and agreed", held, invited(), []string{
			"held 2025-10-21 attended by Rosa Lima, Pat Ito; address verified; Bus pass asked for; interventions: Bus pass; next: Call on Friday",
			"completed 2025-10-21 in person; parent understands and agrees with the contract",
			"documented 2025-10-30",
		}},
		{"held by phone is agreed at the time of the meeting", FollowUp{Outcome: HeldByPhone, Attendees: []string{"Rosa Lima"}, Address: AddressCorrected, NewAddress: "12 Elm St", Agreed: Yes, Notes: "n"}, invited(), []string{
			"held 2025-10-21 phone; attended by Rosa Lima; address corrected; new address: 12 Elm St; n",
			"completed 2025-10-21 at 09:00; phone; parent understands and agrees with the contract",
		}},
		{"a contract that was not agreed is kept with the meeting", FollowUp{Outcome: HeldInPerson, On: october(21), Attendees: []string{"R"}, Address: AddressVerified, Agreed: No, Notes: "n"}, invited(), []string{
			"held 2025-10-21 the contract was not agreed; attended by R; address verified; n",
		}},
		{"the day of the meeting where none is given", FollowUp{Outcome: DidNotCome}, invited(), []string{"no-show 2025-10-21"}},
		{"refused to come", FollowUp{Outcome: RefusedToCome, Notes: "by phone"}, invited(), []string{"no-show 2025-10-21 refused to come; by phone"}},
		{"calls before and after, in the order of time", FollowUp{
			Outcome: DidNotCome, Agreed: Yes, NextSteps: "Check on Monday",
			Attempts: []Call{call(1, october(23), "16:20", CallAgreed), call(2, october(20), "10:00", "Left a message"), call(3, october(22), "14:05", "No answer")},
		}, invited(), []string{
			"attempt 2025-10-20 at 10:00; phone; Left a message",
			"no-show 2025-10-21 next: Check on Monday",
			"attempt 2025-10-22 at 14:05; phone; No answer",
			"attempt 2025-10-23 at 16:20; phone; Reached and agreed",
			"completed 2025-10-23 at 16:20; phone; parent understands and agrees with the contract",
		}},
		{"another day is asked for", FollowUp{Outcome: MovedMeeting, On: october(17), NotBefore: october(27), Notes: "Works mornings"}, invited(), []string{"rescheduled 2025-10-17 Works mornings; not before 2025-10-27"}},
		{"a contract after a meeting that is on record", FollowUp{On: october(24), Agreed: Yes}, invited(Event{Kind: Held, On: october(21)}), []string{
			"completed 2025-10-24 in person; parent understands and agrees with the contract",
		}},
		{"entered in the SIS, of a case that is completed", FollowUp{Documented: true}, invited(Event{Kind: Held, On: october(21)}, Event{Kind: Completed, On: october(21), Facts: Facts{Agreed: true}}), []string{"documented 2025-10-30"}},
		{"the family came on another day after all", FollowUp{Outcome: HeldInPerson, On: october(24), Attendees: []string{"R"}, Address: AddressVerified, Notes: "n"}, invited(Event{Kind: NoShow, On: october(21)}), []string{
			"held 2025-10-24 attended by R; address verified; n",
		}},
	} {
		test.row.CaseID, test.row.StudentID, test.row.Meeting = test.of.ID, "7", october(21)
		got, faults := test.row.Events(test.of, october(30))
		if diff := cmp.Diff(test.want, said(got)); diff != "" || len(faults) > 0 {
			t.Errorf("%s: %s%v", test.name, diff, faults)
			continue
		}
		// The same row read again, by whoever, says nothing new.
		test.of.Events = append(test.of.Events, got...)
		if again, faults := test.row.Events(test.of, october(31)); len(again)+len(faults) > 0 {
			t.Errorf("%s: read again: %v, %v", test.name, said(again), faults)
		}
	}
}

func TestWordsOfANoShowThatWasRecordedByHandGoWithTheCall(t *testing.T) {
	c := invited(Event{Kind: NoShow, On: october(21)})
	row := FollowUp{CaseID: c.ID, Outcome: DidNotCome, Notes: "New phone", Attempts: []Call{call(1, october(22), "14:05", "No answer")}}
	events, faults := row.Events(c, october(30))
	if diff := cmp.Diff([]string{"attempt 2025-10-22 at 14:05; phone; No answer; New phone"}, said(events)); diff != "" || len(faults) > 0 {
		t.Errorf("%s%v", diff, faults)
	}
	c.Events = append(c.Events, events...)
	if again, faults := row.Events(c, october(31)); len(again)+len(faults) > 0 {
		t.Errorf("read again: %v, %v", said(again), faults)
	}
	// With nothing new to go with they are asked about, not lost.
	row.Attempts, c = nil, invited(Event{Kind: NoShow, On: october(21)})
	if events, faults := row.Events(c, october(30)); len(events) > 0 || len(faults) != 1 || !strings.Contains(faults[0].Problem, `in the sheet "New phone"`) {
		t.Errorf("%v, %v", said(events), faults)
	}
}

func TestARowThatGrowsAddsOnlyWhatIsNew(t *testing.T) {
	c := invited()
	row := FollowUp{CaseID: c.ID, Outcome: DidNotCome, Notes: "Nobody answered the door"}
	for _, step := range []struct {
		fill func()
		want []string
	}{
		{func() {}, []string{"no-show 2025-10-21 Nobody answered the door"}},
		{func() { row.Attempts = []Call{call(1, october(22), "14:05", "No answer")} }, []string{"attempt 2025-10-22 at 14:05; phone; No answer"}},
		{func() {
			row.Agreed = Yes
			row.Attempts = append(row.Attempts, call(2, october(23), "16:20", CallAgreed))
		}, []string{"attempt 2025-10-23 at 16:20; phone; Reached and agreed", "completed 2025-10-23 at 16:20; phone; parent understands and agrees with the contract"}},
		{func() { row.Documented = true }, []string{"documented 2025-10-30"}},
	} {
		step.fill()
		got, faults := row.Events(c, october(30))
		if diff := cmp.Diff(step.want, said(got)); diff != "" || len(faults) > 0 {
			t.Fatalf("%s%v", diff, faults)
		}
		c.Events = append(c.Events, got...)
	}
}

func TestWhatARowLeavesOpenIsAskedOfItsCell(t *testing.T) {
	for _, test := range []struct {
		name string
		row  FollowUp
		of   *Case
		want map[Column]string
	}{
		{"held, and nothing else", FollowUp{Outcome: HeldInPerson}, invited(), map[Column]string{AttendeesColumn: "who was there", AddressColumn: "the address verified", NotesColumn: "what was discussed"}},
		{"rescheduled without the day", FollowUp{Outcome: MovedMeeting}, invited(), map[Column]string{OnColumn: "needs its day"}},
		{"half an attempt", FollowUp{Outcome: DidNotCome, Attempts: []Call{{Nth: 2, On: october(22)}}}, invited(), map[Column]string{"Attempt 2 time": "its day, its time and its result", "Attempt 2 result": "its day"}},
		{"agreed on the phone, and the contract not", FollowUp{Outcome: DidNotCome, Attempts: []Call{call(1, october(22), "10:00", CallAgreed)}}, invited(), map[Column]string{AgreedColumn: `choose "Yes" here as well`}},
		{"a contract with nobody", FollowUp{Outcome: DidNotCome, Agreed: Yes}, invited(), map[Column]string{AgreedColumn: "say how"}},
		{"a contract without a day", FollowUp{Agreed: Yes}, invited(Event{Kind: Held, On: october(21)}), map[Column]string{OnColumn: "the day on which the parent agreed"}},
		{"corrected to nothing", FollowUp{Outcome: DidNotCome, Address: AddressCorrected}, invited(), map[Column]string{NewAddressColumn: "go together"}},
		{"words without an event", FollowUp{NextSteps: "Call", Notes: "n"}, invited(), map[Column]string{NextStepsColumn: "the row tells of none", NotesColumn: "the row tells of none"}},
		{"a day asked for of a meeting that was held", FollowUp{Outcome: DidNotCome, NotBefore: october(28)}, invited(), map[Column]string{NotBeforeColumn: "for Rescheduled only"}},
		{"mixed-up rows", FollowUp{StudentID: "8", Outcome: DidNotCome}, invited(), map[Column]string{StudentColumn: "mixed up"}},
		{"the future", FollowUp{Outcome: MovedMeeting, On: october(31)}, invited(), map[Column]string{OutcomeColumn: "is in the future"}},
		{"a meeting that was moved since", FollowUp{Outcome: DidNotCome, On: october(14), Meeting: october(14)}, invited(), map[Column]string{OutcomeColumn: "the case's meeting is on 2025-10-21 now: fill in the latest roster"}},
		{"documented before a contract", FollowUp{Documented: true}, invited(), map[Column]string{DocumentedColumn: "record held or no-show first"}},
		// What an older copy of the sheet says against newer events.
		{"older: no-show of a meeting that was held", FollowUp{Outcome: DidNotCome}, invited(Event{Kind: Held, On: october(21)}), map[Column]string{OutcomeColumn: "does not fit a case that is"}},
		{"older: held of a no-show", FollowUp{Outcome: HeldInPerson, On: october(21), Attendees: []string{"R"}, Address: AddressVerified, Notes: "n"}, invited(Event{Kind: NoShow, On: october(21)}), map[Column]string{OutcomeColumn: "on record is no-show on 2025-10-21; the sheet says held"}},
		{"older: other words", FollowUp{Outcome: HeldInPerson, On: october(21), Attendees: []string{"R"}, Address: AddressVerified, Notes: "n"},
			invited(Event{Kind: Held, On: october(21), Facts: Facts{Attendees: []string{"R"}, Address: AddressVerified, Summary: "m"}}), map[Column]string{OutcomeColumn: `summary: on record "m", in the sheet "n"`}},
		{"older: no contract", FollowUp{Agreed: No}, invited(Event{Kind: Held, On: october(21)}, Event{Kind: Completed, On: october(22)}), map[Column]string{AgreedColumn: "on record is that the parent agreed, on 2025-10-22"}},
	} {
		row := test.row
		row.CaseID = test.of.ID
		events, faults := row.Events(test.of, october(30))
		if len(events) > 0 || len(faults) != len(test.want) {
			t.Errorf("%s: %v, %v", test.name, said(events), faults)
		}
		for _, f := range faults {
			if want, ok := test.want[f.Column]; !ok || !strings.Contains(f.Problem, want) {
				t.Errorf("%s: %s: %s", test.name, f.Column, f.Problem)
			}
		}
	}
}

func TestWhatWasStruckOutDoesNotComeBackWithTheSheet(t *testing.T) {
	c := invited()
	row := FollowUp{CaseID: c.ID, Outcome: DidNotCome}
	events, faults := row.Events(c, october(30))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	c.Events, c.Struck = Strike(slices.Concat(c.Events, events, []Event{{Kind: Undone, On: october(30), Actor: "clerk"}}))
	events, faults = row.Events(c, october(30))
	if len(events) > 0 || len(faults) != 1 || !strings.Contains(faults[0].Problem, "struck out as a mistake") {
		t.Errorf("%v, %v", said(events), faults)
	}
}
