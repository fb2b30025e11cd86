package pipeline

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
	"rollcall/internal/intervention"
)

// toldSART is a case of student 100 whose family was told of a meeting on 4
// November, and what happened then.
func toldSART(then ...intervention.EventKind) intervention.Case {
	on := districttest.Day
	c := intervention.Case{
		ID: intervention.CaseID(2025, intervention.SART, 1, "100"), StudentID: "100", SchoolID: "A", Kind: intervention.SART, Round: 1, Year: 2025,
		OpenedOn: on("2025-10-01"),
		Events: []intervention.Event{
			{Kind: intervention.Identified, On: on("2025-10-01"), Actor: intervention.NightActor},
			{Kind: intervention.Scheduled, On: on("2025-10-01"), Actor: intervention.NightActor},
			{Kind: intervention.Mailed, On: on("2025-10-03"), Actor: "clerk"},
		},
		Letters: []intervention.Letter{
			{ID: "OLD-1", Kind: intervention.SARTInvitation, Channel: intervention.ByMail, Household: "H1", IssuedOn: on("2025-10-02")},
			{ID: "OLD-2", Kind: intervention.SARTInvitation, Channel: intervention.WithStudent, IssuedOn: on("2025-10-02")},
		},
		Meeting: &intervention.Meeting{ID: "c#0", StudentID: "100", SchoolID: "A", Kind: intervention.SART, Date: on("2025-11-04")},
	}
	for _, kind := range then {
		c.Events = append(c.Events, intervention.Event{Kind: kind, On: on("2025-10-14"), Actor: "Pat Ito", Detail: "as agreed"})
	}
	return c
}

// kinds counts the night's letters by kind, and finds one that has a meeting or a
// day to correct a date by.
func kinds(s Scheduled) (n map[intervention.LetterKind]int, meets bool) {
	n = map[intervention.LetterKind]int{}
	for _, l := range s.Due {
		n[l.Letter.Kind]++
		meets = meets || l.Meeting != nil || !l.CorrectBy.IsZero()
	}
	return n, meets
}

func TestWhatAFamilyWasToldIsTakenBackByALetterOnce(t *testing.T) {
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	s := planned(t, home, []intervention.Case{toldSART(intervention.Withdrawn)})
	n, meets := kinds(s)
	if diff := cmp.Diff(map[intervention.LetterKind]int{intervention.Retraction: 2}, n); diff != "" || meets {
		t.Errorf("with a meeting: %v; letters %s", meets, diff)
	}
	if len(s.Cancelled) != 1 || len(s.Booked) != 0 {
		t.Errorf("the meeting is not called off: %+v %+v", s.Cancelled, s.Booked)
	}
	c := s.Cases["100"][0]
	if letter, meeting := c.TakenBack("H1"); letter == nil || letter.ID != "OLD-1" || meeting == nil || meeting.ID != "c#0" {
		t.Errorf("it takes back %+v and %+v", letter, meeting)
	}
	if next := planned(t, home, []intervention.Case{*c}); len(next.Due) != 0 {
		t.Errorf("the next night writes again: %+v", next.Due)
	}
}

// A family who is called to another meeting the same night still gets the letter
// that takes the first one back: the invitation may be stopped in the office.
func TestARetractionIsWrittenBesideAnInvitation(t *testing.T) {
	x := classroom(t, "2025-10-15", []string{"2025-09-02", "2025-09-03", "2025-09-04", "2025-09-05", "2025-09-08", "2025-09-09"}, nil, nil, nil, nil, nil, nil, nil, nil)
	x.Snapshot.Students[0].Contacts = []district.Contact{adult("1", "H1", "1 Oak St", true)}
	x.Settings.Meetings = intervention.MeetingRules{}.Filled()
	day := sartDay("2025-11-05")
	day.Kind = intervention.CART
	x.History.Cases, x.History.Days = []intervention.Case{toldSART(intervention.Withdrawn)}, []intervention.MeetingDay{day}
	n, _ := kinds(through(t, x))
	if diff := cmp.Diff(map[intervention.LetterKind]int{intervention.Retraction: 2, intervention.CARTInvitation: 2}, n); diff != "" {
		t.Error(diff)
	}
}

func TestAHouseholdThatGetsNoMailAnyMoreIsCalledAboutAMovedMeeting(t *testing.T) {
	s := planned(t, nil, []intervention.Case{toldSART(intervention.Postponed)})
	var problems []string
	for _, x := range s.Decision.Exceptions {
		if x.Subject == "called off" {
			problems = append(problems, x.Problem)
		}
	}
	if len(problems) != 1 || !strings.Contains(problems[0], "letter OLD-1") || !strings.Contains(problems[0], "call them, the SART meeting is") {
		t.Errorf("%q", problems)
	}
}

func TestTheNoticeOfAReferralGoesOutOnceAndNamesNoMeetingHere(t *testing.T) {
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	c := toldSART(intervention.Held, intervention.Completed, intervention.Documented, intervention.Referred)
	c.Meeting.Date = districttest.Day("2025-10-14")
	s := planned(t, home, []intervention.Case{c})
	n, meets := kinds(s)
	if diff := cmp.Diff(map[intervention.LetterKind]int{intervention.SARBNotice: 2}, n); diff != "" || meets {
		t.Errorf("with a meeting or a deadline: %v; letters %s", meets, diff)
	}
	if next := planned(t, home, []intervention.Case{*s.Cases["100"][0]}); len(next.Due) != 0 {
		t.Errorf("the next night writes again: %+v", next.Due)
	}
}

func TestACaseOpenedAgainTakesBackOnlyWhatIsStillInTheOffice(t *testing.T) {
	on := districttest.Day
	c := toldSART()
	for _, e := range []intervention.Event{
		{Kind: intervention.Withdrawn, On: on("2025-10-06"), Actor: "Pat Ito"}, {Kind: intervention.Retracted, On: on("2025-10-06"), Actor: intervention.NightActor},
		{Kind: intervention.Mailed, On: on("2025-10-08"), Actor: "clerk"},
		{Kind: intervention.Identified, On: on("2025-10-09"), Actor: intervention.NightActor}, {Kind: intervention.Scheduled, On: on("2025-10-09"), Actor: intervention.NightActor},
	} {
		c.Events = append(c.Events, e)
	}
	c.Letters = append(c.Letters,
		intervention.Letter{ID: "BACK", Kind: intervention.Retraction, Channel: intervention.ByMail, IssuedOn: on("2025-10-07")},
		intervention.Letter{ID: "NEW", Kind: intervention.SARTInvitation, Channel: intervention.ByMail, IssuedOn: on("2025-10-10")})
	x := classroom(t, "2025-10-15", []string{"2025-09-02"})
	x.Settings.Meetings = intervention.MeetingRules{}.Filled()
	x.History.Cases = []intervention.Case{c}
	s := through(t, x)
	if diff := cmp.Diff([]string{"NEW"}, s.Plan.Withdrawn); diff != "" || len(s.Due) != 0 {
		t.Errorf("letters %+v, withdrawn %s", s.Due, diff)
	}
}

func TestARetractionComesFromTheSchoolWhereTheStudentIsNow(t *testing.T) {
	c := toldSART(intervention.Withdrawn)
	c.SchoolID, c.Meeting.SchoolID = "B", "B"
	s := planned(t, []district.Contact{adult("1", "H1", "1 Oak St", true)}, []intervention.Case{c})
	if n, _ := kinds(s); n[intervention.Retraction] != 2 || s.Cases["100"][0].SchoolID != "A" || len(s.Plan.Moved) != 1 {
		t.Errorf("letters %v, case at %s", n, s.Cases["100"][0].SchoolID)
	}
	if len(s.Plan.Meetings) != 1 || !s.Plan.Meetings[0].Cancelled || len(s.Cancelled) != 0 {
		t.Errorf("the meeting at the other school: %+v; told here: %+v", s.Plan.Meetings, s.Cancelled)
	}
}

// A family told that their child is truant, by days that did not count, is told
// that this is taken back, and is told anew should it come true.
func TestAFalseNoticeOfTruancyIsTakenBackAndMayFollowAgain(t *testing.T) {
	on := districttest.Day
	ours, err := intervention.Compile(intervention.PolicyText{LetterOne: intervention.LetterOneOurs})
	if err != nil {
		t.Fatal(err)
	}
	night := func(asOf string, c intervention.Case, absences ...string) Scheduled {
		x := classroom(t, asOf, absences, nil, nil, nil, nil, nil, nil, nil, nil)
		x.Policy, x.Settings.Meetings = ours, intervention.MeetingRules{}.Filled()
		x.Snapshot.Students[0].Contacts = []district.Contact{adult("1", "H1", "1 Oak St", true)}
		x.History.Cases = []intervention.Case{c}
		return through(t, x)
	}
	told := toldSART(intervention.Withdrawn)
	told.Letters = append(told.Letters, intervention.Letter{ID: "NOTICE", Kind: intervention.LetterOne, Channel: intervention.ByMail, Household: "H1", IssuedOn: on("2025-10-02")})

	true3 := night("2025-10-15", told, "2025-09-02", "2025-09-03", "2025-09-04")
	if c := true3.Cases["100"][0]; c.NoticeTakenBack(&told.Letters[2]) || !c.TookBack() {
		t.Error("a meeting called off by hand takes back a notice that is true")
	}
	corrected := night("2025-10-15", told, "2025-09-02", "2025-09-03")
	c := corrected.Cases["100"][0]
	if n, _ := kinds(corrected); n[intervention.Retraction] != 2 || !c.NoticeTakenBack(&told.Letters[2]) {
		t.Errorf("letters %v; the notice stands", n)
	}
	again := night("2025-10-22", *c, "2025-09-02", "2025-09-03", "2025-10-20")
	if n, _ := kinds(again); n[intervention.LetterOne] != 2 {
		t.Errorf("truant after all, and the letters are %v", n)
	}
	if n, _ := kinds(night("2025-10-23", *again.Cases["100"][0], "2025-09-02", "2025-09-03", "2025-10-20")); n[intervention.LetterOne] != 0 {
		t.Errorf("the notice is made twice: %v", n)
	}
}

func TestAReferralThatIsTakenBackIsTakenBackByALetterOnceItsNoticeIsOut(t *testing.T) {
	on := districttest.Day
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	referred := toldSART(intervention.Held, intervention.Completed, intervention.Documented, intervention.Referred)
	referred.Meeting.Date = on("2025-10-14")
	noticed := *planned(t, home, []intervention.Case{referred}).Cases["100"][0]
	then := func(c intervention.Case, kind intervention.EventKind) intervention.Case {
		c.Events = append(c.Events[:len(c.Events):len(c.Events)], intervention.Event{Kind: kind, On: on("2025-10-16"), Actor: "Pat Ito", Detail: "a mistake"})
		return c
	}
	if s := planned(t, home, []intervention.Case{then(noticed, intervention.Withdrawn)}); len(s.Due) != 0 || len(s.Plan.Withdrawn) != 2 {
		t.Errorf("a notice that is in the tray: letters %+v, withdrawn %v", s.Due, s.Plan.Withdrawn)
	}
	out := then(then(noticed, intervention.Mailed), intervention.Withdrawn)
	s := planned(t, home, []intervention.Case{out})
	c := s.Cases["100"][0]
	if n, _ := kinds(s); n[intervention.Retraction] != 2 || c.State() != intervention.StateMonitoring || !c.ReferralTakenBack() {
		t.Errorf("letters %v, and the case is %s", n, c.State())
	}
	if next := planned(t, home, []intervention.Case{*c}); len(next.Due) != 0 {
		t.Errorf("the next night writes again: %+v", next.Due)
	}
	again := planned(t, home, []intervention.Case{then(*c, intervention.Referred)})
	if n, _ := kinds(again); n[intervention.SARBNotice] != 2 {
		t.Errorf("referred once more, and the letters are %v", n)
	}
	// Recorded this morning, before the night of yesterday ran.
	referred.Events[len(referred.Events)-1].On = on("2025-10-16")
	early := *planned(t, home, []intervention.Case{referred}).Cases["100"][0]
	if next := planned(t, home, []intervention.Case{early}); len(next.Due) != 0 {
		t.Errorf("the next night makes a second notice: %+v", next.Due)
	}
}

func TestTheNoticeOfAReferralFollowsCorrectionsOfTheDaysItNames(t *testing.T) {
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	c := toldSART(intervention.Held, intervention.Completed, intervention.Documented, intervention.Referred)
	c.Meeting.Date = districttest.Day("2025-10-14")
	noticed := *planned(t, home, []intervention.Case{c}).Cases["100"][0]
	for i := range noticed.Letters[2:] {
		l := &noticed.Letters[2+i]
		l.Named = append([]intervention.NamedDay{{Date: districttest.Day("2025-08-29"), Category: district.Unexcused}}, l.Named...)
	}
	tray := planned(t, home, []intervention.Case{noticed})
	if n, _ := kinds(tray); n[intervention.SARBNotice] != 2 || len(tray.Plan.Withdrawn) != 2 {
		t.Errorf("in the tray: letters %v, withdrawn %v", n, tray.Plan.Withdrawn)
	}
	if next := planned(t, home, []intervention.Case{*tray.Cases["100"][0]}); len(next.Due) != 0 {
		t.Errorf("the next night makes it again: %+v", next.Due)
	}
	noticed.Events = append(noticed.Events, intervention.Event{Kind: intervention.Mailed, On: districttest.Day("2025-10-16"), Actor: "clerk"})
	told := 0
	for _, x := range planned(t, home, []intervention.Case{noticed}).Decision.Exceptions {
		if x.Subject == "review" && strings.Contains(x.Problem, "2025-08-29") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the notice is out, and %d exceptions tell of the correction", told)
	}
}

// SART took a CART meeting's place, and only then was the CART letter recorded as
// mailed: a family who holds it, and no other, is told not to come.
func TestALetterRecordedAfterItsCaseWasSupersededIsAnsweredOnce(t *testing.T) {
	on := districttest.Day
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	cart := toldSART()
	cart.ID, cart.Kind = intervention.CaseID(2025, intervention.CART, 1, "100"), intervention.CART
	meeting := *cart.Meeting
	meeting.Cancelled, meeting.Kind, meeting.CaseID = true, intervention.CART, cart.ID
	cart.Meeting, cart.Past = nil, []intervention.Meeting{meeting}
	for i := range cart.Letters {
		cart.Letters[i].Kind, cart.Letters[i].CaseID = intervention.CARTInvitation, cart.ID
	}
	cart.Events = []intervention.Event{
		{Kind: intervention.Identified, On: on("2025-10-01"), Actor: intervention.NightActor}, {Kind: intervention.Scheduled, On: on("2025-10-01"), Actor: intervention.NightActor},
		{Kind: intervention.Superseded, On: on("2025-10-13"), Actor: intervention.NightActor}, {Kind: intervention.Mailed, On: on("2025-10-14"), Actor: "clerk"},
	}
	sart := toldSART()
	sart.Events, sart.Letters, sart.Meeting = []intervention.Event{{Kind: intervention.Identified, On: on("2025-10-13")}, {Kind: intervention.Waiting, On: on("2025-10-13")}}, nil, nil
	s := planned(t, home, []intervention.Case{cart, sart})
	if n, _ := kinds(s); n[intervention.Rescheduled] != 2 {
		t.Fatalf("letters %v", n)
	}
	var after []intervention.Case
	for _, c := range s.Cases["100"] {
		after = append(after, *c)
	}
	if n, _ := kinds(planned(t, home, after)); len(n) != 0 {
		t.Errorf("the next night writes again: %v", n)
	}
	if n, _ := kinds(planned(t, home, []intervention.Case{cart, sart}, sartDay("2025-11-05"))); n[intervention.Rescheduled] != 0 || n[intervention.SARTInvitation] != 2 {
		t.Errorf("beside the SART invitation, which says what it replaces: %v", n)
	}
}

// The household that could not be reached gets no notice of what is no truancy any
// more, and one in the tray is not made again.
func TestANoticeOfTruancyIsMadeAgainOnlyWhileItIsTrue(t *testing.T) {
	on := districttest.Day
	always, err := intervention.Compile(intervention.PolicyText{LetterOne: intervention.LetterOneOurs, SART: []intervention.RuleText{{Name: "any", When: "truancy_events >= 1"}}})
	if err != nil {
		t.Fatal(err)
	}
	night := func(out bool, absences ...string) map[intervention.LetterKind]int {
		c := toldSART()
		c.Letters = []intervention.Letter{
			{ID: "N1", Kind: intervention.LetterOne, Channel: intervention.ByMail, Household: "H1", IssuedOn: on("2025-10-02")},
			{ID: "N2", Kind: intervention.LetterOne, Channel: intervention.WithStudent, IssuedOn: on("2025-10-02")},
			{ID: "I1", Kind: intervention.SARTInvitation, Channel: intervention.ByMail, Household: "H1", IssuedOn: on("2025-10-02")},
			{ID: "I2", Kind: intervention.SARTInvitation, Channel: intervention.WithStudent, IssuedOn: on("2025-10-02")},
		}
		for i := range c.Letters {
			for _, day := range []string{"2025-09-02", "2025-09-03", "2025-09-04"} {
				c.Letters[i].Named = append(c.Letters[i].Named, intervention.NamedDay{Date: on(day), Category: district.Unexcused})
			}
		}
		if !out {
			c.Events = c.Events[:2]
		}
		x := classroom(t, "2025-10-15", absences, nil, nil, nil, nil, nil, nil, nil, nil)
		x.Policy, x.Settings.Meetings = always, intervention.MeetingRules{}.Filled()
		x.Snapshot.Students[0].Contacts = []district.Contact{adult("1", "H1", "1 Oak St", true), adult("2", "H2", "9 Elm St", true)}
		x.History.Cases, x.History.Booked = []intervention.Case{c}, []intervention.Meeting{*c.Meeting}
		n, _ := kinds(through(t, x))
		return n
	}
	if n := night(true, "2025-09-02", "2025-09-03", "2025-09-04"); n[intervention.LetterOne] != 1 {
		t.Errorf("the second household of a truant: %v", n)
	}
	for _, out := range []bool{true, false} {
		if n := night(out, "2025-09-02", "2025-09-03"); n[intervention.LetterOne] != 0 || n[intervention.SARTInvitation] == 0 {
			t.Errorf("a notice of two days, the first one out: %v: %v", out, n)
		}
	}
}
