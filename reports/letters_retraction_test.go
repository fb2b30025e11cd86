package reports

import (
	"strings"
	"testing"
	"time"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// retraction is a night with Ana's letter of retraction: she was invited on 16
// October to a meeting on 3 November, and the case was called off.
func retraction(language string, change func(*intervention.Case, *StudentFile, *LetterDue)) (*SchoolNight, LetterDue) {
	s, due := letterNight(intervention.Retraction, language)
	f := s.File("0001001")
	c := &f.Cases[0]
	for i := range c.Letters {
		if c.Letters[i].Channel == intervention.ByMail {
			c.Letters[i].Household = due.Letter.Household
		}
	}
	c.Past, c.Meeting = []intervention.Meeting{*c.Meeting}, nil
	for _, e := range []intervention.Event{
		{Kind: intervention.Mailed, On: fixtureAsOf + 1, Actor: "clerk"},
		{Kind: intervention.BelowThreshold, On: fixtureAsOf + 5, Actor: intervention.NightActor, Facts: intervention.Facts{Uncounted: []district.Date{fixtureAsOf - 9}}},
		{Kind: intervention.Withdrawn, On: fixtureAsOf + 6, Actor: "Pat Ito", Detail: "a private matter"},
		{Kind: intervention.Retracted, On: fixtureAsOf + 6, Actor: intervention.NightActor},
	} {
		c.Events = append(c.Events, e)
	}
	due.Letter.IssuedOn = fixtureAsOf + 7
	if change != nil {
		change(c, f, &due)
	}
	c.Letters = append(c.Letters, due.Letter)
	return s, due
}

// says holds a text to what it must have and must lack.
func says(t testing.TB, text string, has, lack []string) {
	t.Helper()
	for _, want := range has {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	for _, not := range lack {
		if strings.Contains(text, not) {
			t.Errorf("says %q:\n%s", not, text)
		}
	}
}

func TestRetractionSaysWhatIsTakenBack(t *testing.T) {
	for _, c := range []struct {
		rule      string
		change    func(*intervention.Case, *StudentFile, *LetterDue)
		has, lack []string
	}{
		{"the letter, its meeting and why", nil, []string{
			"Thursday, October 22, 2026", "You do not need to come to the meeting about Ana", "On Friday, October 16, 2026, we wrote to you",
			"asked you to meet with us on Tuesday, November 3, 2026", "Our records have now been corrected", "The meeting on Tuesday, November 3, 2026 is called off",
			"does not count any more", "We are sorry for the trouble", "The days we still count", "Sam Ruiz", "(555) 555-0112",
		}, []string{"a private matter", "no longer needed", "You will meet"}},
		{"what a person settled is not called a correction", func(k *intervention.Case, _ *StudentFile, _ *LetterDue) {
			k.Events = append(k.Events[:3:3], k.Events[4:]...)
		}, []string{"That meeting is no longer needed"}, []string{"corrected, and"}},
		{"days that have passed are no correction either", func(k *intervention.Case, _ *StudentFile, _ *LetterDue) {
			k.Events[3].Facts = intervention.Facts{}
		}, []string{"no longer calls for this meeting"}, []string{"corrected, and", "no longer needed"}},
		{"a meeting whose day has passed is not called off", func(k *intervention.Case, _ *StudentFile, _ *LetterDue) {
			k.Past[0].Date = fixtureAsOf + 6
		}, []string{"you do not need to answer it", "You do not need to come to a meeting"}, []string{"called off", "asked you to meet"}},
		{"no day counted, of those without an excuse", func(_ *intervention.Case, f *StudentFile, _ *LetterDue) {
			f.Standing.Truancies = nil
		}, []string{"we count no absence and no late arrival without a valid excuse", "I have a question about"}, []string{"The days we still count", "a date wrong", "Reason"}},
		{"no day counted at all", func(k *intervention.Case, f *StudentFile, _ *LetterDue) {
			k.Kind, f.Standing.Absences = intervention.CART, nil
		}, []string{"we count no absence for Ana"}, []string{"The days we still count"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			s, due := retraction("en", c.change)
			b := printLetters(t, s, due)
			checkPDF(t, b.Bytes)
			text := oneParagraph(pdfText(t, b.Bytes, "-f", "3", "-l", "3"))
			says(t, text, c.has, c.lack)
		})
	}
}

// A family that is called to another meeting as well is told that it stands: that
// they need not come is said of one day.
func TestRetractionLeavesTheOtherMeetingStanding(t *testing.T) {
	mailed := []intervention.EventKind{intervention.Mailed}
	for _, c := range []struct {
		rule      string
		day       int                      // of November, of the other meeting
		letter    []intervention.EventKind // what became of its letter
		change    func(*intervention.Case)
		has, lack []string
	}{
		{"on another day", 10, mailed, nil, []string{
			"You do not need to come on Tuesday, November 3, 2026", "The meeting on Tuesday, November 3, 2026 is called off. You do not need to come to it",
			"please come on Tuesday, November 10, 2026 at 9:15 AM", "Our letter about that meeting still counts",
			"No es necesario que venga el martes 3 de noviembre de 2026", "sigue en pie: por favor, venga el martes 10 de noviembre de 2026 a las 9:15 a. m.",
		}, []string{"to the meeting about Ana", "a la reunión sobre Ana", "we may write to you again"}},
		{"on the same day", 3, mailed, nil, []string{
			"You do not need to come on Tuesday, November 3, 2026 at 8:30 AM", "The meeting on Tuesday, November 3, 2026 at 8:30 AM is called off",
			"please come on Tuesday, November 3, 2026 at 9:15 AM", "La reunión del martes 3 de noviembre de 2026 a las 8:30 a. m. queda cancelada",
		}, nil},
		{"the one called off has passed", 10, mailed, func(k *intervention.Case) { k.Past[0].Date = fixtureAsOf + 6 }, []string{
			"please come on Tuesday, November 10, 2026", "That letter does not count any more",
		}, []string{"do not need to come", "called off", "No es necesario que venga a una"}},
		{"its letter may still be stopped", 10, nil, nil, []string{
			"You do not need to come on Tuesday, November 3, 2026", "is called off. You do not need to come to it", "please come on the day it names",
			"por favor, venga el día que indica",
		}, []string{"November 10", "10 de noviembre", "we may write to you again", "to the meeting about Ana"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			s, due := retraction("es", func(k *intervention.Case, _ *StudentFile, _ *LetterDue) {
				k.Past[0].Start = 8*60 + 30
				if c.change != nil {
					c.change(k)
				}
			})
			f := s.File("0001001")
			other := intervention.Case{
				ID: "other", StudentID: f.Student.ID, SchoolID: s.School.ID, Kind: intervention.CART,
				Meeting: &intervention.Meeting{Date: district.NewDate(2026, time.November, c.day), Start: 9*60 + 15, SchoolID: s.School.ID},
			}
			for _, kind := range append([]intervention.EventKind{intervention.Identified, intervention.Scheduled}, c.letter...) {
				other.Events = append(other.Events, intervention.Event{Kind: kind})
			}
			f.Cases = append(f.Cases, other)
			b := printLetters(t, s, due)
			keepPDF(t, "retraction-beside.pdf", b.Bytes)
			text := oneParagraph(pdfText(t, b.Bytes, "-f", "3", "-l", "4"))
			says(t, text, c.has, c.lack)
		})
	}
}

func TestRetractionIsInTheFamilysLanguageByMailAndWithTheStudent(t *testing.T) {
	s, due := retraction("es", nil)
	carried := due
	carried.Copy, carried.Letter.Channel, carried.Letter.Household = true, intervention.WithStudent, ""
	for name, l := range map[string]LetterDue{"mailed": due, "carried": carried} {
		b := printLetters(t, s, l)
		keepPDF(t, "retraction-"+name+".pdf", b.Bytes)
		if b.Letters[0].Pages != 2 {
			t.Errorf("%s: %d pages, want English and Spanish on one sheet", name, b.Letters[0].Pages)
		}
		back := oneParagraph(pdfText(t, b.Bytes, "-f", "4", "-l", "4"))
		for _, want := range []string{
			"Estimada familia de Ana Flores", "El viernes 16 de octubre de 2026 le escribimos", "Ya se corrigieron nuestros registros",
			"La reunión del martes 3 de noviembre de 2026 queda cancelada", "Esa carta queda sin efecto", "Lamentamos las molestias",
		} {
			if !strings.Contains(back, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, back)
			}
		}
	}
}

func TestRetractionIsCountedOnTheCover(t *testing.T) {
	s, due := retraction("en", nil)
	if cover := oneParagraph(pdfText(t, printLetters(t, s, due).Bytes, "-l", "1")); !strings.Contains(cover, "Letter of retraction 1") {
		t.Errorf("the cover does not count it:\n%s", cover)
	}
}

// The notice of a referral is of a case whose meeting is behind the family: it
// names no day to correct a date by, and no meeting at the school.
func TestSARBNoticeNamesTheBoardAndNoMeetingAtTheSchool(t *testing.T) {
	s, due := letterNight(intervention.SARBNotice, "en")
	c := &s.File("0001001").Cases[0]
	c.Meeting.Date = district.NewDate(2026, time.September, 30)
	text := oneParagraph(pdfText(t, printLetters(t, s, due).Bytes, "-f", "3", "-l", "3"))
	says(t, text, []string{"School Attendance Review Board", "1 Sage Street", "will write to you with the day, the time and the place", "Education Code 48263",
		"together with the person who makes this referral", "to consider what is to be done about it"},
		[]string{"September 30", "by Friday", "Room 12"})
}

// That absences have gone on is said only where some are counted after the meeting.
func TestSARBNoticeSaysThatAbsencesWentOnWhereTheyDid(t *testing.T) {
	for later, want := range map[int]bool{-3: false, 0: false, 3: true} {
		s, due := letterNight(intervention.SARBNotice, "es")
		f := s.File("0001001")
		held := f.Standing.Truancies[len(f.Standing.Truancies)-1].Date - district.Date(later)
		for i := range f.Standing.Truancies[:len(f.Standing.Truancies)-1] {
			f.Standing.Truancies[i].Date = held - 1
		}
		f.Cases[0].Events = append(f.Cases[0].Events, intervention.Event{Kind: intervention.Held, On: held})
		text := oneParagraph(pdfText(t, printLetters(t, s, due).Bytes))
		for _, words := range []string{"have gone on", "han continuado"} {
			if got := strings.Contains(text, words); got != want {
				t.Errorf("met %d days before the last: says %q %v, want %v", later, words, got, want)
			}
		}
	}
}

func TestRetractionSaysWhetherTheNoticeOfTruancyStands(t *testing.T) {
	notice := func(takenBack bool) func(*intervention.Case, *StudentFile, *LetterDue) {
		return func(c *intervention.Case, f *StudentFile, due *LetterDue) {
			c.Kind = intervention.SART
			c.Letters = append(c.Letters, intervention.Letter{ID: "NOTICE", Kind: intervention.LetterOne, Channel: intervention.ByMail,
				Household: due.Letter.Household, IssuedOn: fixtureAsOf + 1})
			if takenBack {
				c.Events[len(c.Events)-1].Facts.Notices = c.NoticesMade(intervention.LetterOne)
			}
		}
	}
	s, due := retraction("es", notice(true))
	says(t, oneParagraph(pdfText(t, printLetters(t, s, due).Bytes)), []string{
		"Our notice of Friday, October 16, 2026, that Ana is truant, is taken back too",
		"También queda sin efecto nuestro aviso del viernes 16 de octubre de 2026",
	}, []string{"stays as it is"})
	s, due = retraction("es", notice(false))
	says(t, oneParagraph(pdfText(t, printLetters(t, s, due).Bytes)), []string{
		"Our notice of Friday, October 16, 2026 about absences without a valid excuse is another letter, and it stays as it is",
		"es otra carta y sigue vigente",
	}, []string{"taken back too"})
}

func TestRetractionOfAReferral(t *testing.T) {
	s, due := retraction("es", func(c *intervention.Case, _ *StudentFile, due *LetterDue) {
		c.Kind, c.Meeting, c.Past = intervention.SART, &c.Past[0], nil
		c.Events = c.Events[:3]
		for _, kind := range []intervention.EventKind{intervention.Held, intervention.Completed, intervention.Referred, intervention.Mailed, intervention.Withdrawn, intervention.Retracted} {
			c.Events = append(c.Events, intervention.Event{Kind: kind, On: fixtureAsOf + 6, Actor: "Pat Ito"})
		}
		c.Letters = append(c.Letters, intervention.Letter{ID: "BOARD", Kind: intervention.SARBNotice, Channel: intervention.ByMail,
			Household: due.Letter.Household, IssuedOn: fixtureAsOf + 6})
	})
	says(t, oneParagraph(pdfText(t, printLetters(t, s, due).Bytes)), []string{
		"Ana is not referred to the School Attendance Review Board any more", "On Wednesday, October 21, 2026, we wrote to you",
		"You do not need to meet with the board", "Hemos retirado esa remisión",
	}, []string{"called off", "come to a meeting", "reason for that letter"})
}
