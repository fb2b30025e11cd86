package reports

import (
	"strings"
	"testing"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

func TestWhatNobodySignedReadsWellEverywhere(t *testing.T) {
	unsigned := func(c *intervention.Case) {
		for i := range c.Events {
			if c.Events[i].Actor != intervention.NightActor {
				c.Events[i].Actor = "by hand" // as ledgers have it from before
			}
		}
	}
	s, r := referralNight()
	c := &s.Files[0].Cases[0]
	c.Events = append(c.Events, intervention.Event{Kind: intervention.Referred, On: fixtureAsOf, Actor: "by hand"})
	unsigned(c)
	texts := map[string]string{
		"the SARB packet": flat(pdfText(t, referralPacket(t, s, r).Bytes)),
		"Changes":         Changes(s)[0].what(),
	}
	missed := fixtureNight()
	c = missed.File("0001009").Case("2026-27/SART-1/0001009")
	c.Events = append(c.Events, intervention.Event{Kind: intervention.Attempt, On: fixtureAsOf, Actor: "by hand", Detail: "no answer"})
	texts["the calls"] = paperText(t, "calls", missed)
	for paper, text := range texts {
		if strings.Contains(text, "by hand.") || strings.Contains(strings.ReplaceAll(text, "To be added by hand", ""), "by hand") || !strings.Contains(text, "somebody") {
			t.Errorf("%s: %s", paper, text)
		}
	}
	for _, want := range []string{"mailed on Sun Aug 30, 2026 by somebody", "in person by somebody: parent understands"} {
		if !strings.Contains(texts["the SARB packet"], want) {
			t.Errorf("the SARB packet lacks %q", want)
		}
	}
	book := openWorkbook(t, districtRoster(t, &DistrictNight{Night: s.Night, Referrals: []ReferralLine{{Referral: r, Case: s.Files[0].Cases[0]}}, Schools: []SchoolLine{{School: district.School{ID: "010"}}}}))
	if got := sheetRows(t, book, "SARB referrals")[0]["Referred by"]; got != intervention.Somebody {
		t.Errorf("referred by %q", got)
	}
}
