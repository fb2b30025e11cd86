package intervention

import (
	"strings"
	"testing"

	"rollcall/internal/district/districttest"
)

// twoLetters is a case with copies of 16 September and 1 October.
func twoLetters(events ...Event) *Case {
	c := history()
	c.Letters = []Letter{
		{ID: "A", Channel: WithStudent, IssuedOn: districttest.Day("2025-09-16")},
		{ID: "B", Channel: WithStudent, IssuedOn: districttest.Day("2025-10-01")},
		{ID: "M", Channel: ByMail, IssuedOn: districttest.Day("2025-10-01")},
	}
	c.Events = append(c.Events, events...)
	return c
}

func TestAnEventThatNamesItsLettersIsAboutNoOther(t *testing.T) {
	on := districttest.Day("2025-10-02")
	named := twoLetters(Event{Kind: SentHome, On: on, Facts: Facts{Letters: []string{"B"}}})
	if a, b := named.SentOn(&named.Letters[0]), named.SentOn(&named.Letters[1]); !a.IsZero() || b != on {
		t.Errorf("sent on %s and %s, want the second alone", a, b)
	}
	all := twoLetters(Event{Kind: SentHome, On: on})
	if a, b, m := all.SentOn(&all.Letters[0]), all.SentOn(&all.Letters[1]), all.SentOn(&all.Letters[2]); a != on || b != on || !m.IsZero() {
		t.Errorf("sent on %s and %s, mailed on %s", a, b, m)
	}
}

func TestALetterGoesOutNoEarlierThanItsDate(t *testing.T) {
	today := districttest.Day("2025-10-20")
	for _, c := range []struct {
		rule    string
		letters []string
		on      string
		refusal string
	}{
		{"the first on its day", []string{"A"}, "2025-09-16", ""},
		{"the second on the first's", []string{"B"}, "2025-09-16", "before the date on its letter, 2025-10-01"},
		{"another case's", []string{"X"}, "2025-10-02", "no letter that could be sent home"},
		{"one of the other channel", []string{"M"}, "2025-10-02", "no letter that could be sent home"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			err := twoLetters().Admit(Event{Kind: SentHome, On: districttest.Day(c.on), Facts: Facts{Letters: c.letters}}, today)
			if (c.refusal == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.refusal) {
				t.Errorf("refusal %v, want %q", err, c.refusal)
			}
		})
	}
}
