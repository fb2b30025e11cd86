package pipeline

import (
	"strings"
	"testing"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

func TestExceptionsSpeakOfNoLetterThatIsNotThere(t *testing.T) {
	lost := adult("1", "H1", "", true)
	lost.Language = "hmn"
	chinese := adult("2", "H2", "9 Elm St", true)
	chinese.Language = "zh"
	contacts := []district.Contact{lost, chinese}
	text := func(s Scheduled) string {
		var lines []string
		for _, x := range s.exceptions() {
			lines = append(lines, x.Subject+": "+x.Problem)
		}
		return strings.Join(lines, "\n")
	}
	waits := planned(t, contacts, nil)
	booked := planned(t, contacts, nil, sartDay("2025-11-04"))
	near := later(t, booked, contacts)
	near.Run.AsOf, _ = district.ParseDate("2025-11-02")
	for _, c := range []struct {
		rule, text string
		has, lack  []string
	}{
		{"a case that waits", text(waits), []string{
			"address: no letter by mail can be made for contact 1 until the SIS has what is missing: street, city, state, ZIP",
			"language: household speaks Hmong: the letter will be in English with the line about an interpreter; book an interpreter once the meeting has its day",
			"household speaks Chinese: the letter will be in English with the line about an interpreter, in English too (中文 cannot be printed)",
			"Letter #1: Letter #1 (A2A-1) is not in letters_sent; the invitation will go out all the same",
		}, []string{"letter is in English", "was made"}},
		{"a case with a meeting", text(booked), []string{
			"no letter by mail was made for contact 1: street, city, state, ZIP missing; mend it in the SIS, and the next night makes the letter",
			"household speaks Hmong: the letter is in English with the line about an interpreter; book an interpreter for 2025-11-04",
			"(中文 cannot be printed); book an interpreter for 2025-11-04",
		}, []string{"will be in English", "hmn"}},
		{"the night before", text(near), []string{"there is no time left for a letter: call the family"}, []string{"the next night makes"}},
		{"after the meeting", text(later(t, booked, contacts, intervention.Held)), []string{
			"contact 1: street, city, state, ZIP missing; mend it in the SIS before the next letter", "household speaks Hmong: have an interpreter for the calls and the contract",
		}, []string{"the letter"}},
		{"nobody to write to, waiting", text(planned(t, nil, nil)), []string{"no letter by mail can be made until the SIS names one; the student will carry a copy home"}, []string{"carries"}},
		{"nobody to write to, booked", text(planned(t, nil, nil, sartDay("2025-11-04"))), []string{"only the student carries a letter home; mend it in the SIS, and the next night makes the letter"}, nil},
	} {
		t.Run(c.rule, func(t *testing.T) {
			for _, want := range c.has {
				if !strings.Contains(c.text, want) {
					t.Errorf("lacks %q:\n%s", want, c.text)
				}
			}
			for _, not := range c.lack {
				if strings.Contains(c.text, not) {
					t.Errorf("says %q:\n%s", not, c.text)
				}
			}
		})
	}
}
