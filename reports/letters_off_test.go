package reports

import (
	"strings"
	"testing"
	"time"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// A family that was told of a meeting which is off, and has no other day yet, is
// told just that.
func TestAMeetingCanBeCalledOffBeforeThereIsAnotherDay(t *testing.T) {
	for language, want := range map[string][]string{
		"en": {"has been moved", "There is no new day yet.", "You do not need to come on the day planned before."},
		"es": {"se ha aplazado", "Todavía no hay una nueva fecha.", "No tiene que venir el día previsto antes."},
	} {
		s, due := letterNight(intervention.Rescheduled, language)
		due.Meeting, due.CorrectBy = nil, 0
		text := oneParagraph(pdfText(t, printLetters(t, s, due).Bytes))
		for _, words := range want {
			if !strings.Contains(text, words) {
				t.Errorf("%s: the letter does not say %q: %s", language, words, text)
			}
		}
		if strings.Contains(text, "new day and time") || strings.Contains(text, "nueva fecha y hora") {
			t.Errorf("%s: the letter names a new day: %s", language, text)
		}
	}
}

// A family that gets a new day after a change of schools is not to wait at the
// door of the school before.
func TestALetterAfterATransferNamesBothSchools(t *testing.T) {
	for language, want := range map[string][]string{
		"en": {"Our meeting about Ana is now at Jacaranda Elementary", "which was planned for Tuesday, October 27, 2026 at Cottonwood K-8, has been moved, because Ana goes to Jacaranda Elementary now",
			"Please do not go to Cottonwood K-8 for it."},
		"es": {"Nuestra reunión sobre Ana es ahora en Jacaranda Elementary", "prevista para el martes 27 de octubre de 2026 en Cottonwood K-8, se ha cambiado, porque Ana asiste ahora a Jacaranda Elementary",
			"no vaya a Cottonwood K-8"},
	} {
		for _, here := range []bool{false, true} {
			s, due := letterNight(intervention.Rescheduled, language)
			s.School.Name = "Jacaranda Elementary"
			s.Night.SchoolNames = map[string]string{"020": "Cottonwood K-8"}
			c := &s.File("0001001").Cases[0]
			before := intervention.Meeting{SchoolID: "020", Date: district.NewDate(2026, time.October, 27), Cancelled: true}
			if here {
				before.SchoolID = s.School.ID
			}
			c.Past = []intervention.Meeting{before}
			text := oneParagraph(pdfText(t, printLetters(t, s, due).Bytes))
			for _, words := range want {
				if strings.Contains(text, words) == here {
					t.Errorf("%s, the same school %v: %q in %s", language, here, words, text)
				}
			}
			if here && strings.Contains(text, "Cottonwood") {
				t.Errorf("another school is named: %s", text)
			}
		}
	}
}

// Of two days given in turn, the letter names the one that the family has a letter
// of: the other was stopped in the office.
func TestALetterNamesTheDayThatTheFamilyWasTold(t *testing.T) {
	s, due := letterNight(intervention.Rescheduled, "en")
	f := s.File("0001001")
	c := &f.Cases[0]
	event := func(kind intervention.EventKind, day int) intervention.Event {
		return intervention.Event{Kind: kind, On: fixtureAsOf - 9 + district.Date(day), Actor: intervention.NightActor}
	}
	c.Past = []intervention.Meeting{{ID: "told", Cancelled: true}, {ID: "stopped", Cancelled: true}}
	c.Letters = []intervention.Letter{
		{ID: "1", Kind: intervention.SARTInvitation, Channel: intervention.ByMail, IssuedOn: fixtureAsOf - 8},
		{ID: "2", Kind: intervention.Rescheduled, Channel: intervention.ByMail, IssuedOn: fixtureAsOf - 4, Withdrawn: true},
	}
	c.Events = []intervention.Event{
		event(intervention.Identified, 0), event(intervention.Scheduled, 0), event(intervention.Mailed, 2),
		event(intervention.Cancelled, 4), event(intervention.Scheduled, 4), event(intervention.Cancelled, 9), event(intervention.Scheduled, 9),
	}
	if m := before(f, &due, c); m == nil || m.ID != "told" {
		t.Errorf("%+v", m)
	}
	c.Events[2].Kind = intervention.Attempt // nobody was told
	if m := before(f, &due, c); m == nil || m.ID != "stopped" {
		t.Errorf("of letters nobody recorded: %+v, want the last", m)
	}
}

// A SART family is told of truancies, and may have an excuse; of a CART family's
// days all count, and an excuse helps none.
func TestLettersAfterTheInvitationKeepToItsKind(t *testing.T) {
	const excuse = "or do you have an excuse for it"
	for _, c := range []struct {
		kind       intervention.LetterKind
		sart, cart []string
	}{
		{intervention.SecondInvitation, []string{"without a valid excuse this school year", excuse}, []string{"school days ("}},
		{intervention.Rescheduled, []string{"Please bring Ana with you", "School Attendance Review Board (SARB)", excuse}, []string{"Ana is welcome to come with you"}},
	} {
		for _, of := range []intervention.Kind{intervention.SART, intervention.CART} {
			s, due := letterNight(c.kind, "en")
			s.File("0001001").Cases[0].Kind = of
			has, lack := c.sart, c.cart
			if of == intervention.CART {
				has, lack = lack, has
			}
			says(t, oneParagraph(pdfText(t, printLetters(t, s, due).Bytes, "-f", "3", "-l", "3")), has, lack)
		}
	}
}
