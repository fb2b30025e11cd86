package intervention

import (
	"strings"
	"testing"
	"time"

	"rollcall/internal/district"
)

func TestAHoldStandsFromItsFirstNightToItsLast(t *testing.T) {
	day := district.NewDate(2025, 10, 15)
	open := Hold{SchoolID: "A", By: "Dana Ruiz", Why: "new clerk", From: day}
	ended := open
	ended.Until = day + 1
	released := open
	released.ReleasedAt = time.Date(2025, 10, 20, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		rule string
		hold Hold
		asOf district.Date
		want bool
	}{
		{"not before its first night", open, day - 1, false},
		{"its first night", open, day, true},
		{"without an end", open, day + 200, true},
		{"its last night", ended, day + 1, true},
		{"not after its last", ended, day + 2, false},
		{"not once it is released", released, day + 1, false},
	} {
		if got := c.hold.On(c.asOf); got != c.want {
			t.Errorf("%s: %v", c.rule, got)
		}
	}
	if got := ended.Words(); got != "on hold by Dana Ruiz since 2025-10-15 (until 2025-10-16): new clerk" {
		t.Error(got)
	}
}

func TestTwoHoldsOfOneSchoolMeetOnASharedNightOnly(t *testing.T) {
	day := district.NewDate(2025, 10, 15)
	week := Hold{SchoolID: "A", From: day, Until: day + 6}
	for _, c := range []struct {
		rule        string
		from, until district.Date
		school      string
		want        bool
	}{
		{"the night after the last", day + 7, 0, "A", false},
		{"the last night", day + 6, day + 9, "A", true},
		{"all of it from earlier on", day - 9, 0, "A", true},
		{"ended the night before", day - 9, day - 1, "A", false},
		{"another school", day, day + 6, "B", false},
	} {
		if got := week.Meets(Hold{SchoolID: c.school, From: c.from, Until: c.until}); got != c.want {
			t.Errorf("%s: %v", c.rule, got)
		}
	}
}

// openedAt is a case at another school than A.
func openedAt(school string, c Case) Case {
	c.SchoolID = school
	return c
}

// held decides with one student on hold.
func (n *night) held(id, why string, entries ...Entry) Decision {
	return Decide(entries, Question{
		Policy: n.policy, SchoolID: "A", OnHold: map[string]string{id: why},
		District: &district.District{AsOf: n.asOf, Year: district.YearOf(n.asOf)},
	})
}

func TestNothingIsDecidedAboutAStudentOnHold(t *testing.T) {
	n := newNight(t, nil)
	const why = "on hold by Dana Ruiz since 2025-10-01: asked for by the family"
	for _, c := range []struct {
		rule    string
		student Entry
		says    string // in an exception, empty for none
	}{
		{"no case is opened", pupil("1", "A", 3, 45, 3), "until the hold is released or ends"},
		{"none is withdrawn", pupil("1", "A", 0, 45, 0, met(SART, "1", 20)), "the SART meeting on 2025-11-04 stands"},
		{"none is moved here", pupil("1", "A", 3, 45, 3, openedAt("B", past(SART, "1", Identified, Scheduled))), "on hold"},
		{"none is given back to another school", pupil("1", "B", 3, 45, 3, met(SART, "1", 20)), "the SART meeting on 2025-11-04 stands"},
		{"none is closed", gone("1", met(SART, "1", 20)), "on hold"},
		{"an outcome is asked for all the same", pupil("1", "A", 3, 45, 3, met(SART, "1", -1)), "its outcome is not recorded"},
		{"another school's student is not ours to tell of", pupil("1", "B", 3, 45, 3), ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			d := n.held("1", why, c.student, pupil("2", "A", 3, 45, 3))
			if got := actions(d); len(got) != 1 || got[0] != "open SART 2" {
				t.Errorf("actions %v: the others are decided about, and nobody else", got)
			}
			told := ""
			for _, x := range d.Exceptions {
				if x.StudentID == "1" {
					told += x.Problem + "\n"
				}
			}
			if (c.says == "") != (told == "") || !strings.Contains(told, c.says) {
				t.Errorf("the roster says %q, want %q", told, c.says)
			}
		})
	}
}

func TestAStudentOnHoldWhoseMeetingIsOnADayWithoutSchoolIsToldOf(t *testing.T) {
	n := newNight(t, nil)
	booked := met(SART, "1", 20)
	day := booked.Meeting.Date
	for _, c := range []struct {
		rule   string
		days   []district.Date
		closed bool
	}{
		{"a school day", []district.Date{day - 1, day, day + 1}, false},
		{"a day taken out of the calendar", []district.Date{day - 1, day + 1}, true},
		{"a day behind the calendar's last", []district.Date{day - 1}, false},
	} {
		t.Run(c.rule, func(t *testing.T) {
			calendar, err := district.NewCalendar(c.days)
			if err != nil {
				t.Fatal(err)
			}
			d := Decide([]Entry{pupil("1", "A", 3, 45, 3, booked)}, Question{
				Policy: n.policy, SchoolID: "A", OnHold: map[string]string{"1": "on hold by Dana Ruiz"},
				District: &district.District{AsOf: n.asOf, Year: district.YearOf(n.asOf), Calendars: map[string]*district.Calendar{"A": calendar}},
			})
			if len(d.Actions) != 0 || len(d.Exceptions) != 1 {
				t.Fatalf("%d actions, %d exceptions", len(d.Actions), len(d.Exceptions))
			}
			const words = "the SART meeting on 2025-11-04 stands, but there is no school on that day any more: call the family, who must not come to a closed door; releasing the hold moves the meeting"
			if said := d.Exceptions[0].Problem; strings.Contains(said, words) != c.closed {
				t.Errorf("the roster says %q", said)
			}
		})
	}
}

func TestDaysThatDidNotArriveTakeNothingBack(t *testing.T) {
	n := newNight(t, nil)
	lapsed := []Entry{
		pupil("1", "A", 1, 45, 2, past(SART, "1", Identified, Scheduled)),
		pupil("2", "A", 1, 45, 2, past(SART, "2", Identified, Scheduled, Mailed)),
		pupil("3", "A", 4, 45, 0, past(CART, "3", Identified, Waiting)),
	}
	if got := len(n.decide(lapsed...).Actions); got != 3 {
		t.Fatalf("with every day in, %d of 3 cases are taken back or flagged", got)
	}
	q := Question{
		Policy: n.policy, SchoolID: "A", Stale: n.asOf - 2,
		District: &district.District{AsOf: n.asOf, Year: district.YearOf(n.asOf)},
	}
	d := Decide(append(lapsed, pupil("4", "A", 3, 45, 3)), q)
	if got := actions(d); len(got) != 1 || got[0] != "open SART 4" {
		t.Errorf("actions %v: absences that did arrive count, missing days do not", got)
	}
	for _, s := range d.Silences {
		if !strings.Contains(s.Why, "no attendance has come since 2025-10-13") {
			t.Errorf("student %s: %s", s.StudentID, s.Why)
		}
	}
}

// A day without a row of the school is no correction of one that counted.
func TestADayThatNobodySubmittedTakesNothingBack(t *testing.T) {
	n := newNight(t, nil)
	named := func(c Case, day int) Case {
		c.Reason.Dates = []district.Date{district.NewDate(2025, 9, 1), district.NewDate(2025, 9, day)}
		return c
	}
	q := Question{
		Policy: n.policy, SchoolID: "A", Gaps: []district.Date{district.NewDate(2025, 9, 24)},
		District: &district.District{AsOf: n.asOf, Year: district.YearOf(n.asOf)},
	}
	for _, c := range []struct {
		rule  string
		entry Entry
		want  string // the action; empty for none
	}{
		{"it counted that day", pupil("1", "A", 1, 45, 2, named(past(SART, "1", Identified, Scheduled), 24)), ""},
		{"the family has the letter", pupil("2", "A", 1, 45, 2, named(past(SART, "2", Identified, Scheduled, Mailed), 24)), ""},
		{"it counted another, which did arrive", pupil("3", "A", 1, 45, 2, named(past(SART, "3", Identified, Scheduled), 23)), "withdraw SART 3"},
		{"the rule holds all the same", pupil("4", "A", 1, 45, 3, named(past(SART, "4", Identified, Scheduled), 24)), ""},
	} {
		d := Decide([]Entry{c.entry}, q)
		if got := strings.Join(actions(d), ", "); got != c.want {
			t.Errorf("%s: %q, want %q", c.rule, got, c.want)
		}
		if c.entry.Standing.TruancyEvents < 3 && c.want == "" && (len(d.Silences) != 1 || !strings.Contains(d.Silences[0].Why, "no attendance of the school is in the export for that day")) {
			t.Errorf("%s: said %v", c.rule, d.Silences)
		}
	}
}
