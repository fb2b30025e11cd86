package reports

import (
	"testing"
)

func TestFollowUpSaysWhatToDoWithIt(t *testing.T) {
	f := openWorkbook(t, schoolRoster(t, fixtureNight()))
	lead, err := f.GetCellValue(followUpSheet, "A1")
	if err != nil {
		t.Fatal(err)
	}
	mustSay(t, lead, "the latest night's roster", "Outcome, Attended by, Address verified, Contract agreed, Notes", "the district office, or whoever runs rollcall", "rollcall follow-up import FILE.xlsx")
	panes, err := f.GetPanes(followUpSheet)
	if err != nil || panes.YSplit != 2 {
		t.Errorf("%d rows stay in view, want the lead and the heads: %v", panes.YSplit, err)
	}
}
