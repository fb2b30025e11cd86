package reports

import (
	"strings"
	"testing"

	"rollcall/internal/intervention"
)

func TestALetterIsOnItsWayOnceItIsRecorded(t *testing.T) {
	s := fullNight()
	c := &s.Files[1].Cases[0]
	c.Events = append(c.Events, intervention.Event{Kind: intervention.Mailed, On: s.Night.Issued + 1})
	if got, want := lettersInWords(c), "CART invitation 10/16/2026 (1 mailed 10/17/2026; 1 copy, not yet recorded as sent home)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	later := c.Letters[0]
	later.ID, later.Household, later.IssuedOn = "L2", "h9", s.Night.Issued+3
	c.Letters = append(c.Letters, later)
	c.Events = append(c.Events, intervention.Event{Kind: intervention.SentHome, On: s.Night.Issued})
	if got, want := lettersInWords(c), "CART invitation 10/16/2026 (1 mailed 10/17/2026; 1 copy sent home 10/16/2026)\n"+
		"CART invitation 10/19/2026 (1 issued, not yet recorded as mailed)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	text := flat(pdfText(t, packets(t, s, s.Meetings[3]).Bytes))
	mustSay(t, text, "1 issued, not yet recorded as mailed", "by mail, in English and Spanish", "copy with the student, in English and Spanish")
	if strings.Contains(text, "1 by mail") {
		t.Error("a letter that nobody recorded is said to be in the mail")
	}
}

func TestRulesAreASentenceBesideTheirText(t *testing.T) {
	for _, row := range sheetRows(t, openWorkbook(t, schoolRoster(t, fixtureNight())), "Rules") {
		want, known := map[string]string{
			"CART: chronic": "Absent for any reason on at least 10% of the school days enrolled.\ndays_enrolled >= 20 && absence_rate >= 0.10",
			"SART: truancy": "truant",
		}[row["Item"]]
		if known && row["Value"] != want {
			t.Errorf("%s: %q, want %q", row["Item"], row["Value"], want)
		}
	}
}
