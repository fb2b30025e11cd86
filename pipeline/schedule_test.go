package pipeline

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
	"rollcall/internal/intervention"
)

// planned takes one student with three unexcused days through a night on which
// there is one SART day with room.
func planned(t *testing.T, contacts []district.Contact, cases []intervention.Case, days ...intervention.MeetingDay) Scheduled {
	t.Helper()
	x := classroom(t, "2025-10-15", []string{"2025-09-02", "2025-09-03", "2025-09-04"}, nil, nil, nil, nil, nil, nil, nil, nil)
	x.Snapshot.Students[0].Contacts = contacts
	x.Settings.Meetings = intervention.MeetingRules{}.Filled()
	x.Settings.CorrectBy = 3
	x.History.Cases, x.History.Days = cases, days
	for _, c := range cases {
		if c.Meeting != nil {
			x.History.Booked = append(x.History.Booked, *c.Meeting)
		}
	}
	return through(t, x)
}

func through(t *testing.T, x Extracted) Scheduled {
	t.Helper()
	ctx := context.Background()
	a, err := assess(ctx, x)
	if err != nil {
		t.Fatal(err)
	}
	d, err := decide(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	s, err := schedule(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sartDay(on string) intervention.MeetingDay {
	return intervention.MeetingDay{
		SchoolID: "A", Kind: intervention.SART, Date: districttest.Day(on), Start: 8 * 60, End: 9 * 60, SlotMinutes: 30,
		Rooms: []string{"Room 4"}, Place: "School office", Facilitators: []string{"Dana Ortiz"}, Ordinal: 1, SpecialistRole: "Model",
	}
}

func adult(id, household, street string, mail bool) district.Contact {
	c := district.Contact{ID: id, Name: "Adult " + id, HouseholdID: household, Street: street, ReceivesMail: mail}
	if street != "" {
		c.City, c.State, c.Zip = "Valle Verde", "CA", "92599"
	}
	return c
}

// issued is what letters went to whom.
func issued(s Scheduled) map[string]int {
	n := map[string]int{}
	for _, l := range s.Plan.Letters {
		n[string(l.Channel)+" "+l.Household]++
	}
	return n
}

func TestASchoolWithoutASARTDayIsToldWhy(t *testing.T) {
	x := classroom(t, "2025-10-15", []string{"2025-09-02", "2025-09-03", "2025-09-04"}, nil, nil, nil, nil, nil, nil, nil, nil)
	x.Settings.Meetings = intervention.MeetingRules{}.Filled()
	x.Crowded = []string{"Elm School on Wed Nov 12"}
	const why = "meeting days: no SART day could be given before "
	if got := problems(through(t, x)); !strings.Contains(got, why) || !strings.Contains(got, "the Attendance Specialist is at Elm School on Wed Nov 12;") {
		t.Errorf("the roster says %s", got)
	}
	x = classroom(t, "2025-10-15", nil, nil, nil, nil, nil, nil, nil, nil)
	x.Crowded = []string{"Elm School on Wed Nov 12"}
	if got := problems(through(t, x)); strings.Contains(got, why) {
		t.Errorf("where nobody waits for one the roster says %s", got)
	}
}

// The ledger keeps a day as long as somebody is booked on it.
func TestADayThatIsNoSchoolDayAnyMoreTakesNoFamily(t *testing.T) {
	closed, open := sartDay("2025-11-04"), sartDay("2025-11-05")
	told := toldOf(closed)
	for _, c := range []struct {
		rule  string
		cases []intervention.Case
		kind  intervention.LetterKind
	}{
		{"the family booked there is given another day", []intervention.Case{told}, intervention.Rescheduled},
		{"nor is another put there", nil, intervention.SARTInvitation},
	} {
		t.Run(c.rule, func(t *testing.T) {
			s := through(t, closedOn(t, closed.Date, c.cases, closed, open))
			if len(s.Due) == 0 {
				t.Fatal("no letter")
			}
			for _, due := range s.Due {
				if due.Letter.Kind != c.kind || due.Meeting == nil || due.Meeting.Date != open.Date {
					t.Errorf("a %s names %+v", due.Letter.Kind, due.Meeting)
				}
			}
			if m := s.Material(); len(m.Days) != 1 || m.Days[0].Date != open.Date {
				t.Errorf("papers are made for %+v", m.Days)
			}
		})
	}
}

// closedOn is a school of which the ledger kept cases and meeting days, read on a
// night whose calendar has taken one of the days out.
func closedOn(t *testing.T, date district.Date, cases []intervention.Case, days ...intervention.MeetingDay) Extracted {
	t.Helper()
	x := classroom(t, "2025-10-15", []string{"2025-09-02", "2025-09-03", "2025-09-04"}, nil, nil, nil, nil, nil, nil, nil, nil)
	taught := slices.DeleteFunc(slices.Clone(x.District.Calendars["A"].All()), func(day district.Date) bool { return day == date })
	var err error
	if x.District.Calendars["A"], err = district.NewCalendar(taught); err != nil {
		t.Fatal(err)
	}
	x.Settings.Meetings = intervention.MeetingRules{}.Filled()
	x.History = intervention.History{Cases: cases, Days: days}
	for _, c := range cases {
		x.History.Booked = append(x.History.Booked, *c.Meeting)
	}
	if x, err = extract(oneClass{x}, oneClass{x}, x.Tonight)(context.Background(), "A"); err != nil {
		t.Fatal(err)
	}
	return x
}

// toldOf is a SART case whose family has the invitation to a day.
func toldOf(day intervention.MeetingDay) intervention.Case {
	return intervention.Case{
		ID: "c", StudentID: "100", SchoolID: "A", Kind: intervention.SART, Round: 1, Year: 2025,
		Events:  []intervention.Event{{Kind: intervention.Identified}, {Kind: intervention.Scheduled}, {Kind: intervention.Mailed}},
		Letters: []intervention.Letter{{ID: "OLD-1", Kind: intervention.SARTInvitation, Channel: intervention.ByMail}},
		Meeting: &intervention.Meeting{
			ID: "c#0", CaseID: "c", StudentID: "100", SchoolID: "A", Kind: intervention.SART,
			Date: day.Date, Start: day.Start, End: day.Start + 30, Room: day.Rooms[0], Place: day.Place,
		},
	}
}

func TestNoPaperCallsToAMeetingOnAClosedDay(t *testing.T) {
	closed, open := sartDay("2025-11-04"), sartDay("2025-11-05")
	x := closedOn(t, closed.Date, []intervention.Case{toldOf(closed)}, closed, open)
	x.Holds = []intervention.Hold{{StudentID: "100", By: "Dana Ruiz", Why: "asked for", From: x.Run.AsOf}}
	s := through(t, x)
	m := s.Material()
	if len(m.Days)+len(m.PacketDays)+len(m.Meetings)+len(m.Letters) != 0 {
		t.Errorf("days %v, packets %v, meetings %v, letters %v", m.Days, m.PacketDays, m.Meetings, m.Letters)
	}
	if got := problems(s); !strings.Contains(got, "on 2025-11-04 stands, but there is no school on that day any more: call the family") {
		t.Errorf("the roster says %s", got)
	}
	if len(s.Plan.Meetings)+len(s.Plan.Appended) != 0 {
		t.Errorf("the student is on hold, and the night changes %v %v", s.Plan.Meetings, s.Plan.Appended)
	}
}

func TestOneLetterForEachHouseholdAndACopyForTheStudent(t *testing.T) {
	for _, c := range []struct {
		rule     string
		contacts []district.Contact
		want     map[string]int
	}{
		{"two adults of one household get one", []district.Contact{adult("1", "H1", "1 Oak St", true), adult("2", "H1", "1 Oak St", true)},
			map[string]int{"mail H1": 1, "student ": 1}},
		{"two households get one each", []district.Contact{adult("1", "H1", "1 Oak St", true), adult("2", "H2", "9 Elm St", true)},
			map[string]int{"mail H1": 1, "mail H2": 1, "student ": 1}},
		{"who receives no mail gets none", []district.Contact{adult("1", "H1", "1 Oak St", true), adult("2", "H2", "9 Elm St", false)},
			map[string]int{"mail H1": 1, "student ": 1}},
		{"without a usable address only the copy is made", []district.Contact{adult("1", "H1", "", true)}, map[string]int{"student ": 1}},
		{"without any contact too", nil, map[string]int{"student ": 1}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			s := planned(t, c.contacts, nil, sartDay("2025-11-04"))
			if diff := cmp.Diff(c.want, issued(s)); diff != "" {
				t.Error(diff)
			}
			told := slices.ContainsFunc(s.exceptions(), func(x intervention.Exception) bool { return x.Subject == "address" })
			if unreachable := c.want["mail H1"] == 0; told != unreachable {
				t.Errorf("the roster tells of the address: %v, want %v", told, unreachable)
			}
		})
	}
}

func TestACaseWithoutASlotWaitsWithoutALetter(t *testing.T) {
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	// The letter is dated 16 October; ten instructional days later is the 30th.
	for _, day := range []string{"2025-10-29", "2025-12-05"} {
		s := planned(t, home, nil, sartDay(day))
		if len(s.Plan.Letters) != 0 || len(s.Plan.WaitingFor) != 1 {
			t.Errorf("a day on %s, outside lead and horizon: %d letters, %d waiting", day, len(s.Plan.Letters), len(s.Plan.WaitingFor))
		}
	}
	if s := planned(t, home, nil, sartDay("2025-10-30")); len(s.Plan.Letters) != 2 {
		t.Errorf("the first day after the lead: %d letters", len(s.Plan.Letters))
	}
}

func TestAMeetingHasItsLettersDatedTheNextSchoolDayAndADayToCorrect(t *testing.T) {
	s := planned(t, []district.Contact{adult("1", "H1", "1 Oak St", true)}, nil, sartDay("2025-11-04"))
	due := s.Due[0]
	if got := due.Letter.IssuedOn.String(); got != "2025-10-16" {
		t.Errorf("dated %s", got)
	}
	// Three instructional days before Tuesday 4 November.
	if got := due.CorrectBy.String(); got != "2025-10-30" {
		t.Errorf("corrections until %s", got)
	}
	if m := due.Meeting; m == nil || m.Date != districttest.Day("2025-11-04") || m.Facilitator != "Dana Ortiz" || m.SchoolID != "A" {
		t.Errorf("meeting %+v", m)
	}
}

func TestSARTTakesTheOpenCARTsPlaceAndWithdrawsItsLetters(t *testing.T) {
	open := intervention.Case{
		ID: intervention.CaseID(2025, intervention.CART, 1, "100"), StudentID: "100", SchoolID: "A", Kind: intervention.CART, Round: 1, Year: 2025,
		Events: []intervention.Event{{Kind: intervention.Identified}, {Kind: intervention.Scheduled}},
		Letters: []intervention.Letter{
			{ID: "OLD-1", Kind: intervention.CARTInvitation, Channel: intervention.ByMail, IssuedOn: 1},
			{ID: "OLD-2", Kind: intervention.CARTInvitation, Channel: intervention.WithStudent, IssuedOn: 1},
		},
		Meeting: &intervention.Meeting{ID: "m1", StudentID: "100", SchoolID: "A", Kind: intervention.CART, Date: districttest.Day("2025-11-06")},
	}
	s := planned(t, nil, []intervention.Case{open}, sartDay("2025-11-04"))
	if diff := cmp.Diff([]string{"OLD-1", "OLD-2"}, s.Plan.Withdrawn); diff != "" {
		t.Error(diff)
	}
	if len(s.Cancelled) != 1 || !s.Cancelled[0].Cancelled || s.Cancelled[0].Sequence != 1 {
		t.Errorf("cancelled %+v", s.Cancelled)
	}
	// A letter that was mailed is not denied.
	open.Events = append(open.Events, intervention.Event{Kind: intervention.Mailed, On: 1})
	if s := planned(t, nil, []intervention.Case{open}, sartDay("2025-11-04")); len(s.Plan.Withdrawn) != 0 {
		t.Errorf("withdrawn after mailing: %v", s.Plan.Withdrawn)
	}
}

func TestTheSameNightMakesTheSamePlan(t *testing.T) {
	home := []district.Contact{adult("1", "H1", "1 Oak St", true), adult("2", "H2", "9 Elm St", true)}
	a := planned(t, home, nil, sartDay("2025-11-04"))
	b := planned(t, home, nil, sartDay("2025-11-04"))
	if diff := cmp.Diff(a.Plan, b.Plan); diff != "" {
		t.Error(diff)
	}
	seen := map[string]bool{}
	for _, l := range a.Plan.Letters {
		if seen[l.ID] {
			t.Errorf("two letters with ID %s", l.ID)
		}
		seen[l.ID] = true
	}
}

func TestTheOldSchoolTellsOfAMeetingThatTheNewOnesNightGaveBack(t *testing.T) {
	x := classroom(t, "2025-10-15", nil, nil)
	x.Snapshot.Students[0].Enrollments[0].ExitDate = districttest.Day("2025-10-14")
	moved := intervention.Case{
		ID: "c", StudentID: "100", SchoolID: "B", Kind: intervention.CART,
		Events: []intervention.Event{{Kind: intervention.Identified}, {Kind: intervention.Scheduled}, {Kind: intervention.Transferred, On: x.Run.AsOf}},
	}
	back := intervention.Meeting{ID: "c#0", CaseID: "c", StudentID: "100", SchoolID: "A", Date: districttest.Day("2025-11-06"), Cancelled: true}
	x.History = intervention.History{Cases: []intervention.Case{moved}, CalledOff: []intervention.Meeting{back}}
	s := through(t, x)
	if diff := cmp.Diff([]intervention.Meeting{back}, s.Cancelled); diff != "" {
		t.Error(diff)
	}
	if len(s.Plan.Appended)+len(s.Plan.Meetings) != 0 {
		t.Errorf("it writes %v %v", s.Plan.Appended, s.Plan.Meetings)
	}
	// The night after it was told before, unless this school was held.
	x.Run.AsOf++
	if s := through(t, x); len(s.Cancelled) != 1 {
		t.Error("a school that was held does not tell of it after")
	}
	x.History.Issued = x.Run.AsOf - 1
	if s := through(t, x); len(s.Cancelled) != 0 {
		t.Errorf("told again: %v", s.Cancelled)
	}
}

// export is a source that knows only some students.
type export map[string]*district.Student

func (export) District() *district.District { return nil }

func (export) School(context.Context, string) (*district.Snapshot, error) { return nil, nil }

func (export) Tied(map[string][]string) [][]string { return nil }

func (e export) Find(_ context.Context, id string) (*district.Student, error) { return e[id], nil }

func TestOpenCasesOfStudentsWhoAreNoLongerAtTheSchoolAreFollowed(t *testing.T) {
	x := classroom(t, "2025-10-15", nil)
	open := func(id, student, school string) intervention.Case {
		return intervention.Case{ID: id, StudentID: student, SchoolID: school, Events: []intervention.Event{{Kind: intervention.Identified}}}
	}
	closed := open("5", "90", "A")
	closed.Events = append(closed.Events, intervention.Event{Kind: intervention.Withdrawn})
	x.History.Cases = []intervention.Case{
		open("1", "100", "A"), open("2", "50", "A"), open("3", "70", "A"), open("4", "70", "B"), closed, open("6", "70", "A"),
	}
	for student, booked := range map[string]string{"95": "A", "50": "B"} {
		c := closed
		c.ID, c.StudentID, c.SchoolID, c.Meeting = "closed "+student, student, booked, &intervention.Meeting{Date: x.Run.AsOf + 1, SchoolID: booked}
		x.History.Cases = append(x.History.Cases, c)
	}
	if err := x.follow(t.Context(), export{"50": {ID: "50"}, "90": {ID: "90"}}, []string{"100"}); err != nil {
		t.Fatal(err)
	}
	var students, missing []string
	for _, s := range x.Snapshot.Students {
		students = append(students, s.ID)
	}
	for _, c := range x.Missing {
		missing = append(missing, c.ID)
	}
	if diff := cmp.Diff([]string{"100", "50"}, students); diff != "" {
		t.Errorf("assessed: %s", diff)
	}
	if diff := cmp.Diff([]string{"3", "6", "closed 95"}, missing); diff != "" {
		t.Errorf("not in the export: %s", diff)
	}
	s := through(t, x)
	if n := s.Material().Counts; n.OpenCART != 3 {
		t.Errorf("the two of the student not in the export are counted with 100's: %+v", n)
	}
	if len(s.Cancelled) != 1 || s.Cancelled[0].Date != x.Run.AsOf+1 {
		t.Errorf("called off: %+v, want the meeting of the case that a person ended", s.Cancelled)
	}
}

func TestLetterOneOfOursIsMadeOnceAndWaitsForNoMeetingDay(t *testing.T) {
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	ours, err := intervention.Compile(intervention.PolicyText{LetterOne: intervention.LetterOneOurs})
	if err != nil {
		t.Fatal(err)
	}
	kinds := func(change func(*Extracted)) map[intervention.LetterKind]int {
		x := classroom(t, "2025-10-15", []string{"2025-09-02", "2025-09-03", "2025-09-04"}, nil, nil, nil, nil, nil, nil, nil, nil)
		x.Policy, x.Settings.Meetings = ours, intervention.MeetingRules{}.Filled()
		x.Snapshot.Students[0].Contacts = home
		change(&x)
		n := map[intervention.LetterKind]int{}
		for _, l := range through(t, x).Plan.Letters {
			n[l.Kind]++
		}
		return n
	}
	meetingDay := []intervention.MeetingDay{sartDay("2025-11-04")}
	waiting := intervention.Case{
		ID: intervention.CaseID(2025, intervention.SART, 1, "100"), StudentID: "100", SchoolID: "A", Kind: intervention.SART, Round: 1, Year: 2025,
		Events: []intervention.Event{{Kind: intervention.Identified}, {Kind: intervention.Waiting}},
	}
	notified := waiting
	notified.Letters = []intervention.Letter{{ID: "1", Kind: intervention.LetterOne, Channel: intervention.ByMail}}
	type made = map[intervention.LetterKind]int
	for _, c := range []struct {
		rule   string
		change func(*Extracted)
		want   made
	}{
		{"with the invitation", func(x *Extracted) { x.History.Days = meetingDay }, made{intervention.LetterOne: 2, intervention.SARTInvitation: 2}},
		{"without a meeting day", func(*Extracted) {}, made{intervention.LetterOne: 2}},
		{"once", func(x *Extracted) { x.History.Cases = []intervention.Case{notified} }, made{}},
		{"the invitation follows it alone", func(x *Extracted) { x.History.Cases, x.History.Days = []intervention.Case{notified}, meetingDay }, made{intervention.SARTInvitation: 2}},
		{"not for days before the sixth birthday", func(x *Extracted) {
			x.History.Days, x.Snapshot.Students[0].Birthdate = meetingDay, districttest.Day("2019-09-04")
		}, made{intervention.SARTInvitation: 2}},
		{"not while the student is on hold", func(x *Extracted) {
			x.History.Cases = []intervention.Case{waiting}
			x.Holds = []intervention.Hold{{StudentID: "100", By: "Dana Ruiz", Why: "asked for by the family", From: x.Run.AsOf}}
		}, made{}},
		{"not where another system sent it", func(x *Extracted) { x.Snapshot.Students[0].LettersSent = []district.LetterSent{{Letter: "A2A-1"}} }, made{}},
	} {
		if diff := cmp.Diff(c.want, kinds(c.change)); diff != "" {
			t.Errorf("%s: %s", c.rule, diff)
		}
	}
}

// withCART is a CART case of student 100 whose family was told of a meeting on 6
// November.
func withCART(events ...intervention.EventKind) intervention.Case {
	c := intervention.Case{
		ID: intervention.CaseID(2025, intervention.CART, 1, "100"), StudentID: "100", SchoolID: "A", Kind: intervention.CART, Round: 1, Year: 2025,
		Letters: []intervention.Letter{{ID: "OLD-1", Kind: intervention.CARTInvitation, Channel: intervention.ByMail, IssuedOn: districttest.Day("2025-10-01")}},
		Meeting: &intervention.Meeting{ID: "m1", StudentID: "100", SchoolID: "A", Kind: intervention.CART, Date: districttest.Day("2025-11-06")},
	}
	for _, kind := range append([]intervention.EventKind{intervention.Identified, intervention.Scheduled}, events...) {
		c.Events = append(c.Events, intervention.Event{Kind: kind, On: districttest.Day("2025-10-01"), Actor: intervention.NightActor})
	}
	return c
}

func TestAFamilyIsToldThatAMeetingIsOff(t *testing.T) {
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	kinds := func(s Scheduled) map[intervention.LetterKind]int {
		n := map[intervention.LetterKind]int{}
		for _, l := range s.Plan.Letters {
			n[l.Kind]++
		}
		return n
	}
	for _, c := range []struct {
		rule   string
		before intervention.Case
		days   []intervention.MeetingDay
		want   map[intervention.LetterKind]int
	}{
		{"by the SART invitation that replaces it", withCART(intervention.Mailed), []intervention.MeetingDay{sartDay("2025-11-04")}, map[intervention.LetterKind]int{intervention.SARTInvitation: 2}},
		{"by a letter of its own while SART has no place", withCART(intervention.Mailed), nil, map[intervention.LetterKind]int{intervention.Rescheduled: 2}},
		{"but not where nothing went out", withCART(), nil, map[intervention.LetterKind]int{}},
	} {
		if diff := cmp.Diff(c.want, kinds(planned(t, home, []intervention.Case{c.before}, c.days...))); diff != "" {
			t.Errorf("%s: %s", c.rule, diff)
		}
	}
}

func TestAnInvitationIsMadeAgainWithoutTheDatesThatWereCorrected(t *testing.T) {
	sart := withCART()
	sart.ID, sart.Kind = intervention.CaseID(2025, intervention.SART, 1, "100"), intervention.SART
	sart.Meeting.Kind, sart.Meeting.CaseID = intervention.SART, sart.ID
	sart.Letters = []intervention.Letter{
		{ID: "OLD-1", Kind: intervention.SARTInvitation, Channel: intervention.ByMail, Household: "H1", IssuedOn: districttest.Day("2025-10-01")},
		{ID: "OLD-2", Kind: intervention.SARTInvitation, Channel: intervention.WithStudent, IssuedOn: districttest.Day("2025-10-01")},
	}
	sart.Reason.Dates = []district.Date{districttest.Day("2025-09-01"), districttest.Day("2025-09-02"), districttest.Day("2025-09-03"), districttest.Day("2025-09-04")}
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	s := planned(t, home, []intervention.Case{sart})
	if diff := cmp.Diff([]string{"OLD-1", "OLD-2"}, s.Plan.Withdrawn); diff != "" {
		t.Errorf("withdrawn: %s", diff)
	}
	if len(s.Plan.Letters) != 2 || s.Plan.Letters[0].Kind != intervention.SARTInvitation || s.Plan.Letters[0].ID == "OLD-1" {
		t.Errorf("made again: %+v", s.Plan.Letters)
	}
	if len(s.Plan.Meetings) != 0 {
		t.Errorf("the meeting changed: %+v", s.Plan.Meetings)
	}
	// It is noticed once.
	after := *s.Cases["100"][0]
	if s := planned(t, home, []intervention.Case{after}); len(s.Plan.Letters)+len(s.Plan.Withdrawn) != 0 {
		t.Errorf("again: %+v %v", s.Plan.Letters, s.Plan.Withdrawn)
	}
	// A family that has the letter is told at the meeting.
	sart.Events = append(sart.Events, intervention.Event{Kind: intervention.Mailed, On: districttest.Day("2025-10-02")})
	s = planned(t, home, []intervention.Case{sart})
	told := slices.ContainsFunc(s.Decision.Exceptions, func(x intervention.Exception) bool { return x.Subject == "corrected" })
	if len(s.Plan.Letters)+len(s.Plan.Withdrawn) != 0 || !told {
		t.Errorf("after mailing: %+v %v, exception %v", s.Plan.Letters, s.Plan.Withdrawn, told)
	}
}
