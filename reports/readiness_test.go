package reports

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// referralNight is the fixture's night with Ada Okafor, whose SART process is on
// record from the first letter to the tag in the SIS, and three truancies since:
// due for referral, with nothing missing.
func referralNight() (*SchoolNight, Referral) {
	s := fixtureNight()
	s.Night.Policy.LetterOne = "A2A-1"
	s.Night.Provided[district.Behavior], s.Night.Provided[district.Interventions] = true, true
	f := &s.Files[0]
	st := &f.Student
	day := func(back int) district.Date { return fixtureAsOf - district.Date(back) }
	st.LettersSent = []district.LetterSent{{Letter: "A2A-1", SentOn: day(50), Channel: "mail"}, {Letter: "A2A-2", SentOn: day(20), Channel: "mail"}}
	st.Interventions = []district.PastIntervention{{Date: day(45), Kind: "Counseling", Note: "Group on Tuesdays.", Author: "Kim Doe"}}
	st.Grades = []district.Grade{{Term: "Q1", Course: "Mathematics", Mark: "B-", Teacher: "R. Vale", AsOf: day(1)}}
	c := &f.Cases[0]
	c.OpenedOn = day(48)
	c.Meeting = &intervention.Meeting{ID: c.ID + "#0", CaseID: c.ID, StudentID: st.ID, SchoolID: "010", Kind: intervention.SART, Date: day(30), Start: 8 * 60, End: 8*60 + 30, Room: "Room 12"}
	c.Letters = []intervention.Letter{
		{ID: "MAIL1-AAAAA", CaseID: c.ID, StudentID: st.ID, Kind: intervention.SARTInvitation, Channel: intervention.ByMail, Household: "h1", Language: "en", IssuedOn: day(47)},
		{ID: "CHILD-BBBBB", CaseID: c.ID, StudentID: st.ID, Kind: intervention.SARTInvitation, Channel: intervention.WithStudent, Language: "en", IssuedOn: day(47)},
	}
	event := func(kind intervention.EventKind, back int, actor string, facts intervention.Facts) intervention.Event {
		return intervention.Event{Kind: kind, On: day(back), Actor: actor, Facts: facts}
	}
	c.Events = []intervention.Event{
		event(intervention.Identified, 48, intervention.NightActor, intervention.Facts{}), event(intervention.Scheduled, 48, intervention.NightActor, intervention.Facts{}),
		event(intervention.Mailed, 46, "clerk", intervention.Facts{}), event(intervention.SentHome, 45, "clerk", intervention.Facts{}),
		event(intervention.Attempt, 44, "clerk", intervention.Facts{Time: "14:05", Method: "phone", Result: "left a message"}),
		event(intervention.Attempt, 41, "clerk", intervention.Facts{Time: "17:30", Method: "home visit", Result: "nobody at home"}),
		event(intervention.Held, 30, "Pat Ito", intervention.Facts{Attendees: []string{"Guardian of Ada", "Ada"}, Address: "verified", Summary: "mornings are hard"}),
		event(intervention.Completed, 30, "Pat Ito", intervention.Facts{Method: "in person", Agreed: true, Interventions: []string{"Bus pass"}}),
		event(intervention.Documented, 29, "clerk", intervention.Facts{Tag: "SART", Code: "12"}),
	}
	since := intervention.Since{Meeting: day(30), Days: 20, Events: 3, Absences: 3}
	return s, Referral{CaseID: c.ID, StudentID: st.ID, Since: since, Reason: intervention.Reason{
		Rule: "sarb", Expr: "events_since_meeting >= 3", Words: "sarb: 3 unexcused absences or truancies since the SART meeting", Dates: []district.Date{day(20), day(13), day(6)},
	}}
}

func checklist(s *SchoolNight) []ChecklistItem {
	return Readiness(&s.Night, &s.Files[0], &s.Files[0].Cases[0])
}

func TestACompleteRecordLacksNothing(t *testing.T) {
	s, _ := referralNight()
	want := []ChecklistItem{
		{Name: "Letter #1, notice of truancy (EC 48260.5)", Evidence: []string{"A2A-1 on Wed Aug 26, 2026 (mail)"}},
		{Name: "Further truancy letters (EC 48261)", Evidence: []string{"A2A-2 on Fri Sep 25, 2026 (mail)"}},
		{Name: "SART invitation mailed", Evidence: []string{"SART invitation of Sat Aug 29, 2026, mailed on Sun Aug 30, 2026 by clerk"}},
		{Name: "Copy sent home with the student", Evidence: []string{"SART invitation of Sat Aug 29, 2026, sent home on Mon Aug 31, 2026 by clerk"}},
		{Name: "Proof of mailing", Evidence: []string{
			"letter MAIL1-AAAAA of the night of 2026-08-28, recorded as mailed on Sun Aug 30, 2026 by clerk",
			"to put behind this page: the signed declaration, last page of letters-mail.pdf in that night's folder"}},
		{Name: "Contact attempts, at least 3", Evidence: []string{
			"Tue Sep 1, 2026, 2:05 PM: phone, left a message (clerk)", "Fri Sep 4, 2026, 5:30 PM: home visit, nobody at home (clerk)", "Tue Sep 15, 2026: met in person (Pat Ito)"}},
		{Name: "Home visit attempted", Evidence: []string{"Fri Sep 4, 2026, 5:30 PM: home visit, nobody at home (clerk)"}},
		{Name: "SART conference held or attempted (EC 48262)", Evidence: []string{"held on Tue Sep 15, 2026; attended by Guardian of Ada, Ada; mornings are hard"}},
		{Name: "SART contract offered and agreed", Evidence: []string{"Tue Sep 15, 2026, in person by Pat Ito: parent understands and agrees with the SART Contract"}},
		{Name: "Interventions chosen, with dates", Evidence: []string{"Bus pass, chosen on Tue Sep 15, 2026 (SART)", "Counseling on Mon Aug 31, 2026 (Kim Doe)"}},
		{Name: "Documented in the SIS, tagged and coded", Evidence: []string{"on Wed Sep 16, 2026 by clerk, tag SART, code 12"}},
		{Name: "Address verified", Evidence: []string{"verified on Tue Sep 15, 2026", "in the SIS: 100 Quail Run, Sage Valley, CA 92501-0001"}},
		{Name: "Home language and interpreter", Evidence: []string{"home language English", "no interpreter needed"}},
		{Name: "Attendance print-out", Evidence: []string{"enclosed: absent 5 of 48 days (10.4%), 4 unexcused absences or truancies, through Thu Oct 15, 2026"}},
		{Name: "Grades", Evidence: []string{"enclosed: 1 mark, as of Wed Oct 14, 2026"}},
		{Name: "Behavior", Evidence: []string{"no incident on record"}},
	}
	if diff := cmp.Diff(want, checklist(s)); diff != "" {
		t.Error(diff)
	}
}

func TestEachItemOfTheChecklistSaysWhatIsMissing(t *testing.T) {
	type file = StudentFile
	without := func(kinds ...intervention.EventKind) func(*Night, *file, *intervention.Case) {
		return func(_ *Night, _ *file, c *intervention.Case) {
			c.Events = slices.DeleteFunc(c.Events, func(e intervention.Event) bool { return slices.Contains(kinds, e.Kind) })
		}
	}
	facts := func(kind intervention.EventKind, change func(*intervention.Facts)) func(*Night, *file, *intervention.Case) {
		return func(_ *Night, _ *file, c *intervention.Case) {
			for i := range c.Events {
				if c.Events[i].Kind == kind {
					change(&c.Events[i].Facts)
				}
			}
		}
	}
	noLetters := func(_ *Night, f *file, _ *intervention.Case) { f.Student.LettersSent = nil }
	for _, c := range []struct {
		rule   string
		change func(*Night, *file, *intervention.Case)
		item   string
		toDo   string // empty: the item is complete
	}{
		{"no Letter #1 on record", noLetters, "Letter #1", "look whether the other system sent it"},
		{"no letters in the export", func(n *Night, f *file, c *intervention.Case) {
			noLetters(n, f, c)
			delete(n.Provided, district.LettersSent)
		}, "Letter #1", "the SIS export has no letters_sent"},
		{"our own Letter #1, mailed", func(n *Night, f *file, c *intervention.Case) {
			noLetters(n, f, c)
			c.Letters = append(c.Letters, intervention.Letter{ID: "L1", Kind: intervention.LetterOne, Channel: intervention.ByMail, IssuedOn: fixtureAsOf - 47})
		}, "Letter #1", ""},
		{"our own Letter #1, of days that were corrected since", func(n *Night, f *file, c *intervention.Case) {
			noLetters(n, f, c)
			c.Letters = append(c.Letters, intervention.Letter{ID: "L1", Kind: intervention.LetterOne, Channel: intervention.ByMail, IssuedOn: fixtureAsOf - 47,
				Named: []intervention.NamedDay{{Date: f.UnderLaw[0].Date}, {Date: f.UnderLaw[0].Date - 1}, {Date: f.UnderLaw[0].Date - 2}}})
		}, "Letter #1", "of the days it names 1 still count"},
		{"our own Letter #1, taken back", func(n *Night, f *file, c *intervention.Case) {
			noLetters(n, f, c)
			c.Letters = append(c.Letters, intervention.Letter{ID: "L1", Kind: intervention.LetterOne, Channel: intervention.ByMail, IssuedOn: fixtureAsOf - 47})
			c.Events[len(c.Events)-1].Facts.Notices = []string{"L1"}
		}, "Letter #1", "it has to go out before the referral"},
		{"grades that the district leaves out", func(n *Night, _ *file, _ *intervention.Case) { n.LeftOut = []Section{GradesSection} }, "Grades", "settings leave it out"},
		{"behavior that it leaves out", func(n *Night, _ *file, _ *intervention.Case) { n.LeftOut = []Section{BehaviorSection} }, "Behavior", "settings leave it out"},
		{"our own Letter #1, not yet mailed", func(n *Night, f *file, c *intervention.Case) {
			noLetters(n, f, c)
			c.Letters = append(c.Letters, intervention.Letter{ID: "L1", Kind: intervention.LetterOne, Channel: intervention.ByMail, IssuedOn: fixtureAsOf - 4})
		}, "Letter #1", "not recorded as mailed"},
		{"Letter #1 alone", func(_ *Night, f *file, _ *intervention.Case) { f.Student.LettersSent = f.Student.LettersSent[:1] }, "Further truancy letters", "no second or third letter"},
		{"an invitation nobody recorded as mailed", without(intervention.Mailed), "SART invitation mailed", "have the day it went out recorded"},
		{"its proof", without(intervention.Mailed), "Proof of mailing", "not recorded as mailed: letter MAIL1-AAAAA"},
		{"a second invitation not yet mailed", func(_ *Night, _ *file, c *intervention.Case) {
			c.Letters = append(c.Letters, intervention.Letter{ID: "LATER", Kind: intervention.SecondInvitation, Channel: intervention.ByMail, IssuedOn: fixtureAsOf - 3})
		}, "Proof of mailing", "not recorded as mailed: letter LATER"},
		{"a family without an address", func(_ *Night, _ *file, c *intervention.Case) { c.Letters = c.Letters[1:] }, "SART invitation mailed", "mend the address"},
		{"and so without proof", func(_ *Night, _ *file, c *intervention.Case) { c.Letters = c.Letters[1:] }, "Proof of mailing", "no letter was mailed"},
		{"a copy nobody recorded as sent home", without(intervention.SentHome), "Copy sent home", "have the day the student carried it home recorded"},
		{"two contacts", without(intervention.Held, intervention.Completed), "Contact attempts", "2 of 3 on record"},
		{"attempts without their time", facts(intervention.Attempt, func(f *intervention.Facts) { f.Time = "" }), "Contact attempts", "2 attempts have no time, method or result"},
		{"a contract agreed by phone is a contact", func(_ *Night, _ *file, c *intervention.Case) {
			c.Events[6] = intervention.Event{Kind: intervention.NoShow, On: fixtureAsOf - 30}
			c.Events[7].On, c.Events[7].Facts.Method, c.Events[7].Facts.Time = fixtureAsOf-29, "phone", "16:20"
		}, "Contact attempts", ""},
		{"no home visit", facts(intervention.Attempt, func(f *intervention.Facts) { f.Method = "phone" }), "Home visit", "or write here why none was made"},
		{"a home visit in the SIS", func(_ *Night, f *file, c *intervention.Case) {
			c.Events[5].Facts.Method = "phone"
			f.Student.Interventions[0].Kind = "Home Visit"
		}, "Home visit", ""},
		{"no conference", without(intervention.Held, intervention.Completed), "SART conference", "no meeting was held or attempted"},
		{"a conference of unnamed people", facts(intervention.Held, func(f *intervention.Facts) { f.Attendees = nil }), "SART conference", "write down who attended"},
		{"a no-show nobody called about", func(_ *Night, _ *file, c *intervention.Case) {
			c.Events = append(c.Events[:6], intervention.Event{Kind: intervention.NoShow, On: fixtureAsOf - 30})
		}, "SART conference", "call home to attempt a phone SART"},
		{"a no-show with an attempt since is an effort", func(_ *Night, _ *file, c *intervention.Case) {
			c.Events = append(c.Events[:6], intervention.Event{Kind: intervention.NoShow, On: fixtureAsOf - 30}, intervention.Event{Kind: intervention.Attempt, On: fixtureAsOf - 29})
		}, "SART conference", ""},
		{"a record taken over", func(_ *Night, _ *file, c *intervention.Case) {
			c.Events = append(c.Events[:1], intervention.Event{Kind: intervention.Backfilled, On: fixtureAsOf - 30})
		}, "SART conference", "put the record of that meeting behind this page"},
		{"a contract not agreed", facts(intervention.Completed, func(f *intervention.Facts) { f.Agreed = false }), "SART contract", "no agreement is on record"},
		{"no intervention", func(_ *Night, f *file, c *intervention.Case) {
			f.Student.Interventions, c.Events[7].Facts.Interventions = nil, nil
		}, "Interventions chosen", "none is on record"},
		{"not documented", without(intervention.Documented), "Documented", "with its tag and code"},
		{"an address nobody verified", facts(intervention.Held, func(f *intervention.Facts) { f.Address = "" }), "Address verified", "record that it was verified"},
		{"a language nobody asked for", func(_ *Night, f *file, _ *intervention.Case) {
			f.Student.HomeLanguage, f.Student.Contacts[0].Language = "", ""
		}, "Home language", "ask the family"},
		{"no grades", func(_ *Night, f *file, _ *intervention.Case) { f.Student.Grades = nil }, "Grades", "none in the SIS export: print the grades"},
		{"no file of behavior", func(n *Night, _ *file, _ *intervention.Case) { delete(n.Provided, district.Behavior) }, "Behavior", "did not provide it: print the behavior"},
		{"a student without an absence", func(_ *Night, f *file, _ *intervention.Case) { f.Standing = attendance.Standing{} }, "Attendance print-out", ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			s, _ := referralNight()
			c.change(&s.Night, &s.Files[0], &s.Files[0].Cases[0])
			items := checklist(s)
			i := slices.IndexFunc(items, func(i ChecklistItem) bool { return strings.HasPrefix(i.Name, c.item) })
			if i < 0 {
				t.Fatalf("no item %q", c.item)
			}
			if got := items[i].ToDo; c.toDo == "" && got != "" || !strings.Contains(got, c.toDo) {
				t.Errorf("%s: %q, want %q", items[i].Name, got, c.toDo)
			}
			if !items[i].Missing() && items[i].Evidence == nil {
				t.Errorf("%s is neither on record nor missing", items[i].Name)
			}
		})
	}
}

func TestInterpreterIsNamedInTheChecklist(t *testing.T) {
	s, _ := referralNight()
	s.Files[0].Student.HomeLanguage, s.Files[0].Student.Contacts[0].Language = "es", "es"
	i := slices.IndexFunc(checklist(s), func(i ChecklistItem) bool { return i.Name == "Home language and interpreter" })
	if diff := cmp.Diff([]string{"home language Spanish", "interpreter needed: Spanish"}, checklist(s)[i].Evidence); diff != "" {
		t.Error(diff)
	}
}
