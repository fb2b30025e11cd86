package intervention

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
)

// monitored is a student of a school in session since 11 August who was met on 8
// September, with so many excused and unexcused days since.
func monitored(t *testing.T, kind Kind, asOf string, excused, unexcused int, events ...EventKind) (Entry, *district.District) {
	t.Helper()
	d := districttest.District(asOf, districttest.School{ID: "A", From: "2025-08-11", Closed: []string{"2025-11-11"}})
	child := districttest.Child(d, "1").Born("2015-03-01").Enrol("A", "5", "2025-08-11", "")
	// Before the meeting: enough for either rule, and counted no more after it.
	for day := districttest.Day("2025-08-25"); day < districttest.Day("2025-08-30"); day++ {
		child.Absent("A", "U", day.String())
	}
	on := districttest.Day("2025-09-09")
	for _, code := range append(repeat("E", excused), repeat("U", unexcused)...) {
		for on.IsWeekend() {
			on++
		}
		child.Absent("A", code, on.String())
		on++
	}
	standing, ok := attendance.Assess(&child.Student, d, attendance.DefaultRules())
	if !ok {
		t.Fatal("not assessed")
	}
	c := past(kind, "1", append([]EventKind{Identified, Scheduled, Mailed}, events...)...)
	for i := range c.Events {
		c.Events[i].On = districttest.Day("2025-09-08")
	}
	c.OpenedOn = districttest.Day("2025-08-28")
	return Entry{Student: &child.Student, Enrollment: child.Enrollments[0], Standing: standing, Cases: []Case{c}}, d
}

func repeat(code string, n int) []string {
	codes := make([]string, n)
	for i := range codes {
		codes[i] = code
	}
	return codes
}

func decideOn(t *testing.T, d *district.District, e Entry) Decision {
	t.Helper()
	p, err := Compile(PolicyText{SART: []RuleText{{Name: "truancy", When: "truancy_events >= 30"}}})
	if e.Cases[0].Kind == SART {
		p, err = Compile(PolicyText{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return Decide([]Entry{e}, Question{Policy: p, SchoolID: "A", District: d})
}

func TestCARTAgainCountsFromTheMeeting(t *testing.T) {
	for _, c := range []struct {
		rule    string
		asOf    string
		excused int
		want    []string
	}{
		// 9 September to 6 October are twenty school days.
		{"two of twenty days since the meeting open another round", "2025-10-06", 2, []string{"follow CART 1", "open CART 1"}},
		{"one does not", "2025-10-06", 1, nil},
		{"nor do two of nineteen", "2025-10-03", 2, nil},
		{"nor two of twenty-one", "2025-10-07", 2, nil},
	} {
		t.Run(c.rule, func(t *testing.T) {
			e, d := monitored(t, CART, c.asOf, c.excused, 0, Held, Completed)
			got := decideOn(t, d, e)
			if diff := cmp.Diff(c.want, actions(got)); diff != "" {
				t.Error(diff)
			}
			for _, a := range got.Actions {
				if a.Kind == Open && (a.Case.Round != 2 || a.Case.ID != CaseID(2025, CART, 2, "1")) {
					t.Errorf("round %d, %s", a.Case.Round, a.Case.ID)
				}
			}
		})
	}
}

func TestALaterRoundStandsByTheRuleThatOpenedIt(t *testing.T) {
	e, d := monitored(t, CART, "2025-10-06", 2, 0, Held, Completed, Again)
	second := past(CART, "1", Identified, Waiting)
	second.ID, second.Round, second.OpenedOn = CaseID(2025, CART, 2, "1"), 2, d.AsOf
	e.Cases = append(e.Cases, second)
	if diff := cmp.Diff([]string{"place CART 1"}, actions(decideOn(t, d, e))); diff != "" {
		t.Errorf("while the rule holds: %s", diff)
	}
	e, d = monitored(t, CART, "2025-10-07", 2, 0, Held, Completed, Again)
	e.Cases = append(e.Cases, second)
	if diff := cmp.Diff([]string{"withdraw CART 1"}, actions(decideOn(t, d, e))); diff != "" {
		t.Errorf("when it no longer does, whatever the year says: %s", diff)
	}
}

func TestReferralToSARBIsDueAfterThreeEventsSinceACompletedSART(t *testing.T) {
	for _, c := range []struct {
		rule      string
		unexcused int
		events    []EventKind
		due       bool
	}{
		{"three since", 3, []EventKind{Held, Completed}, true},
		{"and once it is documented", 3, []EventKind{Held, Completed, Documented}, true},
		{"two since", 2, []EventKind{Held, Completed}, false},
		{"the contract is not agreed", 3, []EventKind{Held}, false},
		{"it was referred", 3, []EventKind{Held, Completed, Referred}, false},
		{"a person closed it", 3, []EventKind{Held, Completed, Closed}, false},
		{"a contract by phone after a no-show", 3, []EventKind{NoShow, Attempt, Completed}, true},
	} {
		t.Run(c.rule, func(t *testing.T) {
			e, d := monitored(t, SART, "2025-10-06", 0, c.unexcused, c.events...)
			got := decideOn(t, d, e)
			if (len(got.Referrals) == 1) != c.due {
				t.Errorf("referrals %+v", got.Referrals)
			}
			for _, r := range got.Referrals {
				if r.Since.Events != 3 || len(r.Reason.Dates) != 3 {
					t.Errorf("since the meeting: %+v, dates %v", r.Since, r.Reason.Dates)
				}
			}
		})
	}
}

// because gives the last event a person's reason.
func because(c Case) Case {
	c.Events[len(c.Events)-1].Detail = "the plan was not kept"
	return c
}

func TestWhatAPersonRecordedAsksTheNight(t *testing.T) {
	told := func(c Case) Case {
		c.Events = append(c.Events, Event{Kind: Withdrawn, On: district.NewDate(2025, 9, 30), Actor: "clerk"})
		return c
	}
	n := newNight(t, nil)
	for _, c := range []struct {
		rule    string
		student Entry
		want    []string
	}{
		{"a case called off after the family was told owes a retraction", pupil("1", "A", 1, 45, 0, told(past(SART, "1", Identified, Scheduled, Mailed))), []string{"retract SART 1"}},
		{"once", pupil("1", "A", 1, 45, 0, past(SART, "1", Identified, Scheduled, Mailed, Withdrawn, Retracted)), nil},
		{"and none where nothing was mailed", pupil("1", "A", 1, 45, 0, told(past(SART, "1", Identified, Scheduled))), nil},
		{"mailing recorded after the night withdrew the case owes one too", pupil("1", "A", 1, 45, 0, past(SART, "1", Identified, Scheduled, Withdrawn, Mailed)), []string{"retract SART 1"}},
		{"a referral without grounds owes no notice", pupil("1", "A", 9, 45, 0, past(SART, "1", Identified, Scheduled, Mailed, Held, Completed, Referred)), nil},
		{"one that a person has given the reason of owes it", pupil("1", "A", 9, 45, 5, because(past(SART, "1", Identified, Scheduled, Mailed, Held, Completed, Referred))), []string{"notify SART 1"}},
		{"a slot that is not needed any more is given back", pupil("1", "A", 9, 45, 0, met(CART, "1", 5, Mailed, Held)), []string{"release CART 1"}},
		{"a rule that holds again settles the review", pupil("1", "A", 9, 45, 0, met(CART, "1", 5, Mailed, BelowThreshold)), []string{"confirm CART 1"}},
		{"a meeting moved by hand is given a new place", pupil("1", "A", 9, 45, 0, past(CART, "1", Identified, Scheduled, Mailed, Postponed)), []string{"place CART 1"}},
		{"so is one whose rule does not hold any more", pupil("1", "A", 1, 45, 0, past(CART, "1", Identified, Scheduled, Mailed, BelowThreshold, Postponed)), []string{"place CART 1"}},
		{"a SART meeting behind the family leaves the CART meeting they were called to since", pupil("1", "A", 9, 45, 3,
			past(SART, "1", Identified, Scheduled, Mailed, Held, Completed, Documented), past(CART, "1", Identified, Scheduled, Mailed)), nil},
	} {
		t.Run(c.rule, func(t *testing.T) { n.holds(t, c.student, c.want) })
	}
}

func TestWhatIsAskedForComesWithTheWholeCommand(t *testing.T) {
	n := newNight(t, nil)
	for _, c := range []struct {
		rule  string
		days  int // from the night to the meeting
		kinds []EventKind
		want  []string
	}{
		{"an outcome", -1, []EventKind{Mailed}, []string{`rollcall case record held 2025-26/CART-1/1 --attendee "NAME" --address verified --summary "WORDS"`, "rollcall case record no-show 2025-26/CART-1/1"}},
		{"a review", 5, []EventKind{Mailed, BelowThreshold}, []string{"the meeting is still needed; where it is not", `rollcall case record withdrawn 2025-26/CART-1/1 --why "WORDS"`}},
		{"a review after the meeting", -1, []EventKind{Mailed, Held, BelowThreshold}, []string{"a contract is still needed",
			`rollcall case record completed 2025-26/CART-1/1 --method "in person" --agrees`, `rollcall case record closed 2025-26/CART-1/1 --why "WORDS"`}},
	} {
		var said string
		for _, x := range n.decide(pupil("1", "A", 1, 45, 0, met(CART, "1", c.days, c.kinds...))).Exceptions {
			said += x.Problem + "\n"
		}
		for _, want := range c.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q lacks %q", c.rule, said, want)
			}
		}
	}
}

// What became of the meeting is asked first: only then is there something to review.
func TestAReviewWaitsForTheOutcome(t *testing.T) {
	n := newNight(t, nil)
	for days, want := range map[int][]string{-1: {OutcomeSubject}, 5: {"review"}} {
		var got []string
		for _, x := range n.decide(pupil("1", "A", 1, 45, 0, met(CART, "1", days, Mailed, BelowThreshold))).Exceptions {
			got = append(got, x.Subject)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the meeting %d days on: %s", days, diff)
		}
	}
}

func TestALetterRecordedAfterTheStudentLeftAsksForACall(t *testing.T) {
	n := newNight(t, nil)
	for _, c := range []struct {
		kinds []EventKind
		want  int
	}{
		{[]EventKind{Identified, Scheduled, Left, Mailed}, 1},
		{[]EventKind{Identified, Scheduled, Mailed, Left}, 0}, // told of on the night that closed it
	} {
		k := past(SART, "1", c.kinds...)
		k.Letters = []Letter{{Kind: SARTInvitation, Channel: ByMail, IssuedOn: k.Events[0].On, RunID: k.Events[0].On.String()}}
		k.Past = []Meeting{{ID: "off", Date: n.asOf + 9, Cancelled: true}}
		for i := 2; i < len(k.Events); i++ {
			k.Events[i].On++
		}
		got := 0
		for _, x := range n.decide(gone("1", k)).Exceptions {
			if x.Subject == "called off" {
				got++
			}
		}
		if got != c.want {
			t.Errorf("%v: %d calls, want %d", c.kinds, got, c.want)
		}
	}
}

func TestACaseCalledOffByHandStaysSoUntilSomethingNewIsCounted(t *testing.T) {
	n := newNight(t, nil)
	by := func(day int) Case {
		c := past(SART, "1", Identified, Scheduled)
		c.Events = append(c.Events, Event{Kind: Withdrawn, On: district.NewDate(2025, 9, day), Actor: "clerk"})
		return c
	}
	// The three truancies are 1, 2 and 3 September.
	n.holds(t, pupil("1", "A", 3, 45, 3, by(3)), nil)
	n.holds(t, pupil("1", "A", 3, 45, 3, by(2)), []string{"open SART 1"})
}

func TestAMeetingOnADayWithoutSchoolIsBookedAnew(t *testing.T) {
	e, d := monitored(t, CART, "2025-10-31", 9, 0)
	e.Cases[0].Meeting = &Meeting{SchoolID: "A", Date: districttest.Day("2025-11-11")}
	if diff := cmp.Diff([]string{"rebook CART 1"}, actions(decideOn(t, d, e))); diff != "" {
		t.Error(diff)
	}
	e.Cases[0].Meeting.Date = districttest.Day("2025-11-12")
	if got := decideOn(t, d, e); len(got.Actions) != 0 {
		t.Errorf("a day with school: %v", actions(got))
	}
}
