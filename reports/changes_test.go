package reports

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/intervention"
)

// changedNight is the fixture's night with one student, whose case was opened
// the week before and had what is given happen to it.
func changedNight(told bool, change func(*SchoolNight, *intervention.Case)) *SchoolNight {
	s := fixtureNight()
	s.Files = s.Files[:1]
	c := &s.Files[0].Cases[0]
	c.OpenedOn = fixtureAsOf - 7
	for i := range c.Events {
		c.Events[i].On, c.Events[i].Actor = c.OpenedOn, intervention.NightActor
	}
	for i := range c.Letters {
		c.Letters[i].IssuedOn = c.OpenedOn + 1
	}
	s.Letters, s.Meetings, s.Cancelled = nil, nil, nil
	if told {
		c.Events = append(c.Events, intervention.Event{Kind: intervention.Mailed, On: fixtureAsOf - 5, Actor: "clerk"})
	}
	if change != nil {
		change(s, c)
	}
	return s
}

// tonight adds an event of the night.
func tonight(c *intervention.Case, kind intervention.EventKind, why string) {
	c.Events = append(c.Events, intervention.Event{Kind: kind, On: fixtureAsOf, Actor: intervention.NightActor, Detail: why})
}

// callOff gives the case's meeting back tonight.
func callOff(s *SchoolNight, c *intervention.Case) {
	m := *c.Meeting
	m.Cancelled = true
	c.Past, c.Meeting = append(c.Past, m), nil
	s.Cancelled = append(s.Cancelled, m)
}

// rebook moves the case's meeting to 9 November tonight.
func rebook(s *SchoolNight, c *intervention.Case) {
	callOff(s, c)
	c.Meeting = &intervention.Meeting{Date: fixtureAsOf + 25, Start: 9 * 60}
	tonight(c, intervention.Scheduled, "")
}

func TestChangesSayWhatHappenedWhyAndWhatToDo(t *testing.T) {
	for _, c := range []struct {
		rule            string
		told            bool
		change          func(*SchoolNight, *intervention.Case)
		what, why, toDo string
	}{
		{"a case withdrawn before its letter went out", false, func(s *SchoolNight, c *intervention.Case) {
			tonight(c, intervention.Withdrawn, "the rule no longer holds: absent 2 of 48 days")
			callOff(s, c)
		}, "withdrawn", "the rule no longer holds: absent 2 of 48 days", "Pull letters L10010 and L10011 from the tray if they have not gone out. If a letter has gone out, record it as mailed: the next night makes a letter of retraction."},
		{"one that a person withdrew", true, func(s *SchoolNight, c *intervention.Case) {
			c.Events = append(c.Events, intervention.Event{Kind: intervention.Withdrawn, On: fixtureAsOf, Actor: "Pat Ito", Detail: "moved in with an aunt"})
			tonight(c, intervention.Retracted, "the family was told of a meeting that was called off")
			callOff(s, c)
		}, "withdrawn by Pat Ito\ntaken back by a letter of retraction", "moved in with an aunt\nthe family was told of a meeting that was called off", "Mail the letter of retraction and send the copy home."},
		{"a referral taken back before its notice went out", true, func(_ *SchoolNight, c *intervention.Case) {
			referredAndBack(c)
		}, "withdrawn by Pat Ito", "the wrong child", "Tell the SARB office. Do not mail the notice of the referral."},
		{"and after", true, func(_ *SchoolNight, c *intervention.Case) {
			c.Letters = append(c.Letters, intervention.Letter{ID: "BOARD", Kind: intervention.SARBNotice, Channel: intervention.WithStudent, IssuedOn: fixtureAsOf - 1})
			c.Events = append(c.Events, intervention.Event{Kind: intervention.SentHome, On: fixtureAsOf - 1, Actor: "clerk"})
			referredAndBack(c)
			tonight(c, intervention.Retracted, "told")
		}, "withdrawn by Pat Ito\ntaken back by a letter of retraction", "the wrong child\ntold", "Mail the letter of retraction and send the copy home. Tell the SARB office."},
		{"one whose meeting is near", true, func(s *SchoolNight, c *intervention.Case) {
			tonight(c, intervention.Retracted, "told")
			c.Meeting.Date = fixtureAsOf + 4
			callOff(s, c)
		}, "taken back by a letter of retraction", "told", "Mail the letter of retraction and send the copy home. Call the family: the meeting on Mon Oct 19, 2026 is called off, the letter may come too late."},
		{"one withdrawn since, whose letter an approval of the night before has made", true, func(_ *SchoolNight, c *intervention.Case) {
			c.Events = append(c.Events, intervention.Event{Kind: intervention.Withdrawn, On: fixtureAsOf, Actor: "Pat Ito", Detail: "settled"},
				intervention.Event{Kind: intervention.Retracted, On: fixtureAsOf - 1, Actor: intervention.NightActor})
		}, "withdrawn by Pat Ito", "settled", "Nothing: the letter of retraction was made on a night before."},
		{"one withdrawn on a day before, whose meeting goes back tonight", false, func(s *SchoolNight, c *intervention.Case) {
			c.Events = append(c.Events, intervention.Event{Kind: intervention.Withdrawn, On: fixtureAsOf - 1, Actor: "Pat Ito", Detail: "settled"})
			callOff(s, c)
		}, "withdrawn by Pat Ito on 10/14/2026", "settled", "Pull letters L10010 and L10011 from the tray if they have not gone out. If a letter has gone out, record it as mailed: the next night makes a letter of retraction."},
		{"superseded before its letter went out", false, func(s *SchoolNight, c *intervention.Case) {
			tonight(c, intervention.Superseded, "SART reviews all absences")
		}, "superseded by SART", "SART reviews all absences", "Pull letters L10010 and L10011 from the tray if they have not gone out. The SART letter takes its place."},
		{"superseded after", true, func(s *SchoolNight, c *intervention.Case) {
			tonight(c, intervention.Superseded, "SART reviews all absences")
			callOff(s, c)
		}, "superseded by SART", "SART reviews all absences", "Call the family: the meeting on Tue Nov 3, 2026 is called off, the SART letter takes the place of the CART letter."},
		{"below threshold after mailing", true, func(s *SchoolNight, c *intervention.Case) {
			tonight(c, intervention.BelowThreshold, "after the family was told: the rule no longer holds")
		}, "below threshold (review)", "after the family was told: the rule no longer holds", "Decide whether the meeting is still needed: it stands until it is recorded as withdrawn, which calls it off and makes the letter of retraction: rollcall case record withdrawn 2026-27/SART-1/0001001 --why \"WORDS\""},
		{"below threshold after the meeting", true, func(s *SchoolNight, c *intervention.Case) {
			tonight(c, intervention.Held, "")
			tonight(c, intervention.BelowThreshold, "since the meeting was called: the rule no longer holds")
		}, "below threshold (review)", "since the meeting was called: the rule no longer holds", "Decide whether a contract is still needed: the Exceptions sheet says what to record."},
		{"holds again", true, func(s *SchoolNight, c *intervention.Case) {
			tonight(c, intervention.HoldsAgain, "holds again: truancy")
		}, "holds again", "holds again: truancy", "Nothing: the meeting is on Tue Nov 3, 2026 at 8:00 AM."},
		{"moved here", true, func(s *SchoolNight, c *intervention.Case) {
			tonight(c, intervention.Transferred, "from school 020 to school 010")
			tonight(c, intervention.Scheduled, "")
		}, "changed schools", "from school 020 to school 010", "Mail the new letter: the meeting is on Tue Nov 3, 2026 at 8:00 AM."},
		{"moved away", false, func(s *SchoolNight, c *intervention.Case) {
			s.Night.SchoolNames = map[string]string{"020": "Cottonwood K-8"}
			s.Files[0].Enrollment.SchoolID, c.SchoolID = "020", "020"
			tonight(c, intervention.Transferred, "from school 010 to school 020")
			callOff(s, c)
		}, "changed schools", "from school 010 to school 020", "Pull its letter from the tray if it has not gone out. Cottonwood K-8 writes to the family."},
		{"left the district", true, func(s *SchoolNight, c *intervention.Case) {
			tonight(c, intervention.Left, "no longer enrolled in the district")
			callOff(s, c)
		}, "left the district", "no longer enrolled in the district", "Call the family: the meeting on Tue Nov 3, 2026 is called off, the student is no longer enrolled. If the family is still here, mend the enrollment in the SIS."},
		{"its day is no school day any more, and there is no other yet", true, func(s *SchoolNight, c *intervention.Case) {
			tonight(c, intervention.Cancelled, "2026-11-03 is no school day any more")
			callOff(s, c)
		}, "meeting called off", "2026-11-03 is no school day any more", "Pull letter L10011 from the tray if it has not gone out. Call the family: the meeting on Tue Nov 3, 2026 is called off, there is no new day yet. The case waits for a meeting day."},
		{"moved to another day, its copy still in the tray", true, func(s *SchoolNight, c *intervention.Case) {
			tonight(c, intervention.Cancelled, "2026-11-03 is no school day any more")
			rebook(s, c)
		}, "meeting called off", "2026-11-03 is no school day any more", "Pull letter L10011 from the tray if it has not gone out. Mail the new letter: the meeting is on Mon Nov 9, 2026 at 9:00 AM."},
		{"moved from a day that is near", true, func(s *SchoolNight, c *intervention.Case) {
			tonight(c, intervention.Cancelled, "no school that day")
			c.Meeting.Date = fixtureAsOf + 4
			rebook(s, c)
		}, "meeting called off", "no school that day", "Pull letter L10011 from the tray if it has not gone out. Mail the new letter: the meeting is on Mon Nov 9, 2026 at 9:00 AM. Call the family: the meeting on Mon Oct 19, 2026 is called off, the new letter may come too late."},
		{"another day is asked for, and the school is held", true, func(_ *SchoolNight, c *intervention.Case) {
			c.Events = append(c.Events, intervention.Event{Kind: intervention.Postponed, On: fixtureAsOf, Actor: "Pat Ito", Detail: "works that day"})
		}, "another day asked for by Pat Ito", "works that day", "The next night gives it another day and makes the letter."},
		{"held early on the day that its meeting moved", true, func(_ *SchoolNight, c *intervention.Case) {
			tonight(c, intervention.Cancelled, "no school day any more")
			tonight(c, intervention.Scheduled, "")
			c.Events = append(c.Events, intervention.Event{Kind: intervention.Held, On: fixtureAsOf, Actor: "Pat Ito"})
			c.Meeting = nil
		}, "meeting called off", "no school day any more", "Nothing else: the case is meeting held."},
		{"closed by a person", true, func(s *SchoolNight, c *intervention.Case) {
			c.Events = append(c.Events, intervention.Event{Kind: intervention.Closed, On: fixtureAsOf, Actor: "Kim Doe", Detail: "attendance is well"})
		}, "closed by Kim Doe", "attendance is well", "Nothing."},
	} {
		t.Run(c.rule, func(t *testing.T) {
			s := changedNight(c.told, c.change)
			rows := sheetRows(t, openWorkbook(t, schoolRoster(t, s)), "Changes")
			if len(rows) != 1 {
				t.Fatalf("%d rows: %v", len(rows), rows)
			}
			got := map[string]string{"what": rows[0]["What happened"], "why": rows[0]["Why"], "to do": rows[0]["What to do"]}
			if diff := cmp.Diff(map[string]string{"what": c.what, "why": c.why, "to do": c.toDo}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatDidNotChangeTonightIsNoChange(t *testing.T) {
	for rule, change := range map[string]func(*SchoolNight, *intervention.Case){
		"a new case": func(s *SchoolNight, c *intervention.Case) { c.OpenedOn, c.Events[0].On = fixtureAsOf, fixtureAsOf },
		"an event of the night before": func(_ *SchoolNight, c *intervention.Case) {
			tonight(c, intervention.BelowThreshold, "")
			c.Events[len(c.Events)-1].On--
		},
		"a letter that was mailed":   func(_ *SchoolNight, c *intervention.Case) { tonight(c, intervention.Mailed, "") },
		"a case of another school's": func(_ *SchoolNight, c *intervention.Case) { c.SchoolID = "020"; tonight(c, intervention.Withdrawn, "") },
	} {
		if got := Changes(changedNight(false, change)); len(got) != 0 {
			t.Errorf("%s: %d changes", rule, len(got))
		}
	}
}

func TestChangesAreCountedWithoutNames(t *testing.T) {
	s := fixtureNight()
	for i := range s.Files[:4] {
		if c := &s.Files[i].Cases[0]; i < 3 {
			c.OpenedOn--
			tonight(c, intervention.Withdrawn, "")
		} else {
			tonight(c, intervention.BelowThreshold, "")
		}
	}
	got := CountChanges(Changes(s))
	if want := "2 below threshold (review), 4 withdrawn"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for i := range s.Files {
		if name := s.Files[i].Student.LastName; name != "" && strings.Contains(got, name) {
			t.Errorf("it names %s", name)
		}
	}
}

// referredAndBack is a meeting that was held, a referral, and tonight a person who
// takes it back.
func referredAndBack(c *intervention.Case) {
	for _, kind := range []intervention.EventKind{intervention.Held, intervention.Completed, intervention.Referred} {
		c.Events = append(c.Events, intervention.Event{Kind: kind, On: fixtureAsOf - 2, Actor: "Pat Ito"})
	}
	c.Events = append(c.Events, intervention.Event{Kind: intervention.Withdrawn, On: fixtureAsOf, Actor: "Pat Ito", Detail: "the wrong child"})
}
