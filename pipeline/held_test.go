package pipeline

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
)

// silent is a school of twelve, six of whom are absent every day through the 10th
// of October: afterwards no attendance arrives any more.
func silent(t *testing.T, asOf string) Extracted {
	t.Helper()
	often := every("2025-09-01", "2025-10-10")
	x := classroom(t, asOf, often, often, often, often, often, often, nil, nil, nil, nil, nil, nil)
	x.Settings.Meetings = intervention.MeetingRules{}.Filled()
	x.History.Issued = x.Run.AsOf - 1
	return x
}

// lapsed are cases of students who are absent no more: one whose family knows
// nothing yet, one that waits, and one whose letter is in the post.
func lapsed() []intervention.Case {
	opened := func(id string, events ...intervention.EventKind) intervention.Case {
		c := intervention.Case{
			ID: "c" + id, StudentID: id, SchoolID: "A", Kind: intervention.CART, Round: 1, Year: 2025, OpenedOn: districttest.Day("2025-09-30"),
			Reason: intervention.Reason{Rule: "chronic", Dates: []district.Date{districttest.Day("2025-09-04")}},
		}
		for _, e := range events {
			c.Events = append(c.Events, intervention.Event{Kind: e, On: c.OpenedOn})
		}
		c.Letters = []intervention.Letter{{ID: "l" + id, CaseID: c.ID, StudentID: id, Kind: intervention.CARTInvitation, Channel: intervention.ByMail}}
		return c
	}
	cases := []intervention.Case{
		opened("106", intervention.Identified, intervention.Scheduled),
		opened("107", intervention.Identified, intervention.Waiting),
		opened("108", intervention.Identified, intervention.Scheduled, intervention.Mailed),
	}
	for _, i := range []int{0, 2} {
		c := &cases[i]
		c.Meeting = &intervention.Meeting{ID: "m" + c.StudentID, CaseID: c.ID, StudentID: c.StudentID, SchoolID: "A", Kind: c.Kind, Date: districttest.Day("2025-11-06")}
	}
	return cases
}

func remember(x *Extracted, cases []intervention.Case) {
	x.History.Cases, x.History.Booked = cases, nil
	for _, c := range cases {
		if c.Meeting != nil {
			x.History.Booked = append(x.History.Booked, *c.Meeting)
		}
	}
}

func TestADayThatDidNotArriveHoldsTheSchoolUntilOneDoes(t *testing.T) {
	// Monday the 13th is the first of the missing days.
	for _, c := range []struct{ asOf, says, through string }{
		{"2025-10-10", "", ""},
		{"2025-10-12", "", ""}, // a Sunday
		{"2025-10-13", "no attendance rows for 2025-10-13, although 6 a day are usual", "2025-10-10"},
		{"2025-10-14", "for the 2 school days from 2025-10-13 to 2025-10-14, although 6 a day are usual", "2025-10-10"},
		{"2025-11-21", "for the 30 school days from 2025-10-13 to 2025-11-21, although 6 a day are usual", "2025-10-10"},
	} {
		a, err := assess(t.Context(), silent(t, c.asOf))
		if err != nil {
			t.Fatal(err)
		}
		if (c.says == "") != (a.Held == "") || !strings.Contains(a.Held, c.says) || a.Stale.String() != c.through {
			t.Errorf("as of %s: held %q, attendance through %q", c.asOf, a.Held, a.Stale)
		}
	}
	x := silent(t, "2025-10-14")
	for i := range x.Snapshot.Students {
		x.Snapshot.Students[i].Marks = nil
	}
	remember(&x, lapsed())
	if s := through(t, x); !strings.Contains(s.Held, "no attendance rows at all in 2025-26, although 3 open cases counted some") || len(s.Plan.Appended) != 0 {
		t.Errorf("an export without any row of the school: held %q, %v", s.Held, s.Plan.Appended)
	}
}

func TestTheAbsenceOfDataIsNeverPresence(t *testing.T) {
	for _, asOf := range []string{"2025-10-13", "2025-10-14", "2025-10-15"} {
		x := silent(t, asOf)
		remember(&x, lapsed())
		s := through(t, x)
		if s.Held == "" || s.issues() {
			t.Errorf("as of %s: held %q, and yet %+v", asOf, s.Held, s.Plan)
		}
		if diff := cmp.Diff(lapsed(), slices.Concat(shown(s, "106"), shown(s, "107"), shown(s, "108"))); diff != "" {
			t.Errorf("as of %s the cases changed: %s", asOf, diff)
		}
		if m := s.Material(); len(m.Meetings) != 2 || m.Stale != districttest.Day("2025-10-10") {
			t.Errorf("as of %s: %d meetings stand, attendance through %s", asOf, len(m.Meetings), m.Stale)
		}
		if told := problems(s); !strings.Contains(told, "nothing was issued tonight, and the 2 meetings that are booked stand") {
			t.Errorf("as of %s the roster says %s", asOf, told)
		}
	}
	// A person who approves such a night does not make presence of it either.
	x := silent(t, "2025-10-14")
	remember(&x, lapsed())
	x.Approval = night.Approval{By: "Lee Park", Held: "no attendance rows"}
	s := through(t, x)
	if s.Held != "" || len(s.Plan.Opened) != 6 {
		t.Fatalf("approved: held %q, %d cases opened, want 6", s.Held, len(s.Plan.Opened))
	}
	if len(s.Plan.Withdrawn)+len(s.Plan.Meetings)+len(s.Cancelled) != 0 || len(s.Plan.Appended) != 6*2 {
		t.Errorf("approved: something was taken back: %+v", s.Plan)
	}
	if m := s.Material(); m.Stale.IsZero() || m.Approved != "approved by Lee Park (it was held: no attendance rows)" {
		t.Errorf("approved: through %q, %q", m.Stale, m.Approved)
	}
}

// shown are a student's cases after the night.
func shown(s Scheduled, student string) []intervention.Case {
	var cases []intervention.Case
	for _, c := range s.Cases[student] {
		cases = append(cases, *c)
	}
	return cases
}

// problems are the roster's exceptions, one a line.
func problems(s Scheduled) string {
	var lines []string
	for _, x := range s.exceptions() {
		lines = append(lines, x.StudentID+" "+x.Subject+": "+x.Problem)
	}
	return strings.Join(lines, "\n")
}

func TestASchoolOnHoldIssuesNothingAndSaysWhoseWordItIs(t *testing.T) {
	x := silent(t, "2025-10-10")
	x.History.Issued = 0
	open := through(t, x)
	if !open.issues() {
		t.Fatal("the night has nothing to issue")
	}
	x.Holds = []intervention.Hold{
		{SchoolID: "B", By: "Lee Park", Why: "another school", From: x.Run.AsOf},
		{SchoolID: "A", By: "Dana Ruiz", Why: "a new clerk", From: x.Run.AsOf, Until: x.Run.AsOf + 7},
	}
	held := through(t, x)
	if want := "on hold by Dana Ruiz since 2025-10-10 (until 2025-10-17): a new clerk"; held.Held != want || held.issues() {
		t.Errorf("held %q, want %q; plan %+v", held.Held, want, held.Plan)
	}
	if !strings.Contains(held.Mend, "rollcall release A") || !strings.Contains(problems(held), "100 held: would open a SART case") {
		t.Errorf("mend %q, roster %s", held.Mend, problems(held))
	}
	x.Approval = night.Approval{By: "Lee Park"}
	if s := through(t, x); s.Held == "" || s.issues() {
		t.Error("an approval overrules a person's hold")
	}
	x.Holds, x.Approval = nil, night.Approval{}
	if diff := cmp.Diff(open.Plan, through(t, x).Plan); diff != "" {
		t.Errorf("after the hold: %s", diff)
	}
}

// The school before has given the meeting back, and the one on hold writes nothing:
// the family is not to stand at a closed door.
func TestASchoolOnHoldAsksToCallAFamilyThatMovedHere(t *testing.T) {
	for _, told := range []bool{true, false} {
		c := toldSART()
		if !told {
			c.Events = c.Events[:2]
		}
		c.SchoolID, c.Meeting.SchoolID = "B", "B"
		x := classroom(t, "2025-10-15", []string{"2025-09-02", "2025-09-03", "2025-09-04"}, nil, nil, nil, nil, nil, nil, nil, nil)
		x.Settings.Meetings = intervention.MeetingRules{}.Filled()
		x.History.Cases = []intervention.Case{c}
		x.Holds = []intervention.Hold{{SchoolID: "A", Why: "codes are checked", From: x.Run.AsOf}}
		const call = "a letter of the meeting on Tue Nov 4 at school B: call them"
		if got := slices.ContainsFunc(through(t, x).exceptions(), func(x intervention.Exception) bool { return strings.Contains(x.Problem, call) }); got != told {
			t.Errorf("told %v: asked to call %v", told, got)
		}
	}
}

func TestAStudentOnHoldIsLeftAloneAndTheMeetingStands(t *testing.T) {
	x := silent(t, "2025-10-10")
	x.History.Issued = 0
	remember(&x, lapsed())
	x.Holds = []intervention.Hold{
		{StudentID: "100", By: "Dana Ruiz", Why: "in the hospital", From: x.Run.AsOf},
		{StudentID: "106", By: "Dana Ruiz", Why: "asked for by the family", From: x.Run.AsOf},
	}
	s := through(t, x)
	if s.Held != "" || len(shown(s, "100")) != 0 || len(shown(s, "101")) != 1 {
		t.Errorf("held %q; 100 has %v, 101 has %v", s.Held, shown(s, "100"), shown(s, "101"))
	}
	if diff := cmp.Diff(lapsed()[:1], shown(s, "106")); diff != "" {
		t.Errorf("the case of a student on hold changed: %s", diff)
	}
	for _, want := range []string{
		"100 on hold: on hold by Dana Ruiz since 2025-10-10: in the hospital; nothing is decided",
		"the CART meeting on 2025-11-06 stands",
	} {
		if !strings.Contains(problems(s), want) {
			t.Errorf("the roster does not say %q:\n%s", want, problems(s))
		}
	}
}

func TestManualReleaseWaitsForWhatWouldBeIssued(t *testing.T) {
	x := silent(t, "2025-10-10")
	x.Settings.Safety.Manual, x.History.Issued = true, 0
	remember(&x, lapsed())
	s := through(t, x)
	if !strings.Contains(s.Held, "waits for approval") || !strings.Contains(s.Mend, "rollcall approve 2025-10-10 A") || s.issues() {
		t.Errorf("held %q (%s), plan %+v", s.Held, s.Mend, s.Plan)
	}
	if diff := cmp.Diff(lapsed(), slices.Concat(shown(s, "106"), shown(s, "107"), shown(s, "108"))); diff != "" {
		t.Errorf("what waits shows already: %s", diff)
	}
	x.Approval = night.Approval{By: "Lee Park"}
	if s := through(t, x); s.Held != "" || len(s.Plan.Opened) != 6 {
		t.Errorf("approved: held %q, %d cases", s.Held, len(s.Plan.Opened))
	}
	idle := classroom(t, "2025-10-10", nil, nil)
	idle.Settings.Safety.Manual = true
	if s := through(t, idle); s.Held != "" {
		t.Errorf("a night with nothing to issue is held: %s", s.Held)
	}
}

func TestAnApprovalOverrulesEveryDoubtButNotACalendarWithoutDays(t *testing.T) {
	day := []string{"2025-10-15"}
	crowded := classroom(t, "2025-10-15", day, day, nil)
	crowded.Settings.Safety.TooMany = func(int, int) bool { return true }
	crowded.History.Issued = crowded.Run.AsOf - 1
	if s := through(t, crowded); !strings.Contains(s.Held, "2 of 3 students absent") || !strings.Contains(s.Held, "; 0 new cases among 3") {
		t.Errorf("held %q: every reason is said", s.Held)
	}
	crowded.Approval = night.Approval{By: "Lee Park"}
	if s := through(t, crowded); s.Held != "" {
		t.Errorf("approved, and held: %s", s.Held)
	}
	empty, err := district.NewCalendar(nil)
	if err != nil {
		t.Fatal(err)
	}
	crowded.District.Calendars["A"] = empty
	if s := through(t, crowded); s.Held == "" {
		t.Error("without a day to count an approval takes every case back")
	}
}
