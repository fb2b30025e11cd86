package intervention

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
)

// night decides about students of school A on one day.
type night struct {
	t      *testing.T
	policy *Policy
	former map[string]Former
	asOf   district.Date
}

func newNight(t *testing.T, change func(*PolicyText)) *night {
	t.Helper()
	text := PolicyText{}
	if change != nil {
		change(&text)
	}
	p, err := Compile(text)
	if err != nil {
		t.Fatal(err)
	}
	return &night{t: t, policy: p, asOf: district.NewDate(2025, 10, 15)}
}

func (n *night) decide(entries ...Entry) Decision {
	return Decide(entries, Question{
		Policy: n.policy, Former: n.former, SchoolID: "A",
		District: &district.District{AsOf: n.asOf, Year: district.YearOf(n.asOf)},
	})
}

// pupil is a student of a school with so many days absent and truancy events.
func pupil(id, school string, absent, enrolled, truancies int, cases ...Case) Entry {
	e := Entry{
		Student: &district.Student{ID: id}, Enrollment: district.Enrollment{SchoolID: school, Grade: "5"}, Cases: cases,
		Standing: attendance.Standing{
			StudentID: id, SchoolID: school, Grade: "5", DaysAbsent: absent, DaysEnrolled: enrolled, MonthDays: 20,
			TruancyEvents: truancies, Truant: truancies >= 3, CompulsoryAge: true,
		},
	}
	for i := range truancies {
		e.Standing.Truancies = append(e.Standing.Truancies, attendance.Day{Date: district.NewDate(2025, 9, 1+i)})
	}
	return e
}

// gone has left the district.
func gone(id string, cases ...Case) Entry {
	return Entry{Student: &district.Student{ID: id}, Cases: cases}
}

// past is a case of school A with a history.
func past(kind Kind, id string, events ...EventKind) Case {
	c := Case{ID: CaseID(2025, kind, 1, id), StudentID: id, SchoolID: "A", Kind: kind, Round: 1, Year: 2025}
	for _, e := range events {
		c.Events = append(c.Events, Event{Kind: e, On: district.NewDate(2025, 9, 30), Actor: NightActor})
	}
	return c
}

// met is a case of school A whose meeting is so many days after the as-of date.
func met(kind Kind, id string, days int, events ...EventKind) Case {
	c := past(kind, id, append([]EventKind{Identified, Scheduled}, events...)...)
	c.Meeting = &Meeting{ID: "m-" + id, CaseID: c.ID, SchoolID: "A", Kind: kind, Date: district.NewDate(2025, 10, 15+days)}
	return c
}

func inGrade(grade string, e Entry) Entry {
	e.Enrollment.Grade, e.Standing.Grade = grade, grade
	return e
}

func actions(d Decision) []string {
	var out []string
	for _, a := range d.Actions {
		out = append(out, fmt.Sprintf("%s %s %s", a.Kind, a.Case.Kind, a.Case.StudentID))
	}
	return out
}

func TestDecide(t *testing.T) {
	n := newNight(t, nil)
	for _, c := range []struct {
		rule    string
		student Entry
		want    []string
	}{
		{"the third unexcused day opens SART", pupil("1", "A", 3, 45, 3), []string{"open SART 1"}},
		{"ten percent of twenty days opens CART", pupil("1", "A", 2, 20, 0), []string{"open CART 1"}},
		{"a student who meets both gets SART alone", pupil("1", "A", 10, 45, 5), []string{"open SART 1"}},
		{"below every rule nothing happens", pupil("1", "A", 1, 45, 2), nil},
		{"an open case is not opened again", pupil("1", "A", 3, 45, 3, past(SART, "1", Identified, Scheduled)), nil},
		{"a case without a slot is placed again", pupil("1", "A", 3, 45, 3, past(SART, "1", Identified, Waiting)), []string{"place SART 1"}},
		{"SART supersedes an open CART", pupil("1", "A", 10, 45, 3, past(CART, "1", Identified, Scheduled)), []string{"open SART 1", "supersede CART 1"}},
		{"a CART meeting that was held stands beside SART", pupil("1", "A", 10, 45, 3, past(CART, "1", Identified, Scheduled, Held)), []string{"open SART 1"}},
		{"while a SART case is on record CART is not opened", pupil("1", "A", 10, 45, 3, past(SART, "1", Identified, Scheduled, Held, Completed)), nil},
		{"before its letter is mailed a lapsed case is withdrawn", pupil("1", "A", 1, 45, 2, past(SART, "1", Identified, Scheduled)), []string{"withdraw SART 1"}},
		{"after mailing it is flagged, not withdrawn", pupil("1", "A", 1, 45, 2, past(SART, "1", Identified, Scheduled, Mailed)), []string{"flag SART 1"}},
		{"a copy sent home counts as told", pupil("1", "A", 1, 45, 2, past(SART, "1", Identified, Scheduled, SentHome)), []string{"flag SART 1"}},
		{"it is flagged once", pupil("1", "A", 1, 45, 2, past(SART, "1", Identified, Scheduled, Mailed, BelowThreshold)), nil},
		{"after the meeting a lapse changes nothing", pupil("1", "A", 1, 45, 0, past(SART, "1", Identified, Scheduled, Mailed, Held)), nil},
		{"a SART case that lapses makes room for CART", pupil("1", "A", 10, 45, 1, past(SART, "1", Identified, Scheduled)), []string{"withdraw SART 1", "open CART 1"}},
		{"a withdrawn case whose rule holds again is the same case", pupil("1", "A", 3, 45, 3, past(SART, "1", Identified, Scheduled, Withdrawn)), []string{"open SART 1"}},
		{"a student who left closes the case", gone("1", past(CART, "1", Identified, Scheduled)), []string{"close CART 1"}},
		{"a case that is completed is not closed again", gone("1", past(CART, "1", Identified, Scheduled, Held, Completed)), nil},
		{"one who returns finds the case again", pupil("1", "A", 9, 45, 0, past(CART, "1", Identified, Left)), []string{"open CART 1"}},
		{"a meeting whose outcome is due is not taken back", pupil("1", "A", 1, 45, 0, met(CART, "1", -1, Mailed)), nil},
		{"nor before its letter was recorded as mailed", pupil("1", "A", 1, 45, 0, met(CART, "1", 0)), nil},
		{"nor superseded", pupil("1", "A", 9, 45, 3, met(CART, "1", -1)), []string{"open SART 1"}},
		{"a meeting to come is", pupil("1", "A", 1, 45, 0, met(CART, "1", 1)), []string{"withdraw CART 1"}},
		{"a transfer gives the old school's meeting back", pupil("1", "B", 9, 45, 0, met(CART, "1", 1)), []string{"release CART 1"}},
		{"but not one that has been", pupil("1", "B", 9, 45, 0, met(CART, "1", -1)), nil},
	} {
		t.Run(c.rule, func(t *testing.T) { n.holds(t, c.student, c.want) })
	}
}

func TestACaseOfAGradeThePolicyLeavesOut(t *testing.T) {
	n := newNight(t, nil)
	for _, c := range []struct {
		rule    string
		student Entry
		want    []string
	}{
		{"is withdrawn before the family was told", inGrade("9", pupil("1", "A", 9, 45, 0, met(CART, "1", 1))), []string{"withdraw CART 1"}},
		{"is flagged after", inGrade("9", pupil("1", "A", 9, 45, 0, met(CART, "1", 1, Mailed))), []string{"flag CART 1"}},
		{"stands once the day has come", inGrade("9", pupil("1", "A", 9, 45, 0, met(CART, "1", 0))), nil},
	} {
		t.Run(c.rule, func(t *testing.T) { n.holds(t, c.student, c.want) })
	}
}

// holds wants these actions about one student, each with its reason.
func (n *night) holds(t *testing.T, student Entry, want []string) {
	t.Helper()
	got := n.decide(student)
	if diff := cmp.Diff(want, actions(got)); diff != "" {
		t.Error(diff)
	}
	for _, a := range got.Actions {
		if a.Why == "" {
			t.Errorf("%s %s without a reason", a.Kind, a.Case.ID)
		}
	}
}

func TestAMeetingWithoutAnOutcomeIsAskedAbout(t *testing.T) {
	n := newNight(t, nil)
	for _, school := range []string{"A", "B"} {
		got := n.decide(pupil("1", school, 9, 45, 0, met(CART, "1", -1)))
		if len(got.Exceptions) != 1 || got.Exceptions[0].Subject != "outcome" {
			t.Errorf("student now at school %s: %v", school, got.Exceptions)
		}
	}
	if got := n.decide(pupil("1", "A", 9, 45, 0, met(CART, "1", 1))); len(got.Exceptions) != 0 {
		t.Errorf("before its day: %v", got.Exceptions)
	}
}

func TestACaseWhoseStudentTheExportDoesNotNameStandsAndIsTold(t *testing.T) {
	n := newNight(t, nil)
	got := Decide(nil, Question{
		Policy: n.policy, SchoolID: "A", District: &district.District{AsOf: n.asOf, Year: district.YearOf(n.asOf)},
		Missing: []Case{met(SART, "1", 1)},
	})
	if len(got.Actions) != 0 || len(got.Exceptions) != 1 || !strings.Contains(got.Exceptions[0].Problem, "the meeting on 2025-10-16 stands") {
		t.Errorf("%v %v", actions(got), got.Exceptions)
	}
}

func TestTransferMovesTheCaseAndBothSchoolsAreTold(t *testing.T) {
	there := past(CART, "1", Identified, Scheduled)
	there.SchoolID = "B"
	n := newNight(t, nil)
	if diff := cmp.Diff([]string{"move CART 1"}, actions(n.decide(pupil("1", "A", 9, 45, 0, there)))); diff != "" {
		t.Errorf("the new school: %s", diff)
	}
	here := past(CART, "1", Identified, Scheduled)
	before := n.decide(pupil("1", "B", 9, 45, 0, here))
	moved := there
	moved.Events = append(moved.Events, Event{Kind: Transferred, On: n.asOf})
	after := n.decide(pupil("1", "B", 9, 45, 0, moved))
	if len(before.Actions)+len(after.Actions) != 0 {
		t.Errorf("the old school acts: %v %v", actions(before), actions(after))
	}
	if diff := cmp.Diff(before.Exceptions, after.Exceptions); diff != "" || len(before.Exceptions) != 1 {
		t.Errorf("the old school is told differently by the order of the two nights: %s", diff)
	}
}

func TestActionsComeSARTFirstThenByRateThenByID(t *testing.T) {
	got := newNight(t, nil).decide(
		pupil("4", "A", 9, 45, 0), pupil("3", "A", 18, 45, 0), pupil("2", "A", 3, 45, 3), pupil("1", "A", 9, 45, 0), pupil("5", "A", 4, 45, 4),
	)
	want := []string{"open SART 5", "open SART 2", "open CART 3", "open CART 1", "open CART 4"}
	if diff := cmp.Diff(want, actions(got)); diff != "" {
		t.Error(diff)
	}
}

func TestGradesOutsideThePolicyGetNoCase(t *testing.T) {
	e := pupil("1", "A", 20, 45, 9)
	e.Enrollment.Grade, e.Standing.Grade = "9", "9"
	if got := newNight(t, nil).decide(e); len(got.Actions)+len(got.Watch) != 0 {
		t.Errorf("%v %v", actions(got), got.Watch)
	}
}

func TestWatchListHoldsWhoHasNoOpenCase(t *testing.T) {
	got := newNight(t, nil).decide(pupil("1", "A", 3, 45, 2), pupil("2", "A", 3, 45, 3))
	if len(got.Watch) != 1 || got.Watch[0].StudentID != "1" {
		t.Errorf("watch list %v", got.Watch)
	}
}

func TestLetterOneIsLookedForBeforeASARTInvitation(t *testing.T) {
	for _, c := range []struct{ external, want string }{
		{ExternalWarn, "will go out all the same"}, {ExternalRequire, "no invitation will be made"},
	} {
		n := newNight(t, func(p *PolicyText) { p.External = c.external })
		got := n.decide(pupil("1", "A", 3, 45, 3))
		if len(got.Exceptions) != 1 || !strings.Contains(got.Exceptions[0].Problem, c.want) {
			t.Errorf("%s: %v", c.external, got.Exceptions)
		}
		sent := pupil("1", "A", 3, 45, 3)
		sent.Student.LettersSent = []district.LetterSent{{Letter: "A2A-1"}}
		if got := n.decide(sent); len(got.Exceptions) != 0 {
			t.Errorf("%s, on record: %v", c.external, got.Exceptions)
		}
		if AwaitsLetterOne(SART, sent.Student, n.policy) || AwaitsLetterOne(SART, &district.Student{}, n.policy) != (c.external == ExternalRequire) {
			t.Errorf("%s: who waits is wrong", c.external)
		}
	}
}

func TestStateIsReadFromEventsAlone(t *testing.T) {
	for _, c := range []struct {
		events []EventKind
		want   State
	}{
		{nil, ""}, {[]EventKind{Identified}, StateOpen}, {[]EventKind{Identified, Waiting, Scheduled}, StateInvited},
		{[]EventKind{Identified, Scheduled, Mailed, SentHome}, StateScheduled},
		{[]EventKind{Identified, Scheduled, Transferred}, StateWaiting}, {[]EventKind{Identified, Scheduled, Cancelled}, StateWaiting},
		{[]EventKind{Identified, Scheduled, NoShow, Attempt}, StateNoShow}, {[]EventKind{Identified, Scheduled, NoShow, Attempt, Completed, Documented}, StateMonitoring},
		{[]EventKind{Identified, Withdrawn, Identified}, StateOpen}, {[]EventKind{Identified, Scheduled, Identified}, StateInvited},
		{[]EventKind{Identified, Superseded}, StateSuperseded}, {[]EventKind{Identified, Left}, StateLeft},
	} {
		k := past(SART, "1", c.events...)
		if got := k.State(); got != c.want {
			t.Errorf("%v: %q, want %q", c.events, got, c.want)
		}
	}
}
