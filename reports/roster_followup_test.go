package reports

import (
	"strings"
	"testing"
)

func TestFollowUpSaysWhatToDoWithIt(t *testing.T) {
	f := openWorkbook(t, schoolRoster(t, fixtureNight()))
	lead, err := f.GetCellValue(followUpSheet, "A1")
	if err != nil {
		t.Fatal(err)
	}
	mustSay(t, lead, "the latest night's roster", "Outcome, Outcome date, Address verified, Contract agreed", "the district office, or whoever runs rollcall", "rollcall case record held CASE-ID --attendee \"NAME\" --address verified --summary \"WORDS\" --next-steps",
		"rollcall case record completed CASE-ID --method \"in person\" --agrees,")
	if strings.Contains(lead, "import") {
		t.Errorf("it promises a command that is not there: %s", lead)
	}
	panes, err := f.GetPanes(followUpSheet)
	if err != nil || panes.YSplit != 2 {
		t.Errorf("%d rows stay in view, want the lead and the heads: %v", panes.YSplit, err)
	}
}
