package intervention

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district/districttest"
)

func TestLettersNobodyRecordedAreCountedByNightAndChannel(t *testing.T) {
	day := districttest.Day
	letter := func(run, on string, channel Channel) Letter {
		return Letter{RunID: run, IssuedOn: day(on), Channel: channel}
	}
	gone := letter("2025-10-01", "2025-10-02", ByMail)
	withdrawn := letter("2025-10-06", "2025-10-07", ByMail)
	withdrawn.Withdrawn = true
	cases := []*Case{
		{SchoolID: "103", Letters: []Letter{
			letter("2025-10-06", "2025-10-07", ByMail), letter("2025-10-06", "2025-10-07", ByMail), letter("2025-10-06", "2025-10-07", WithStudent), withdrawn,
		}},
		// The copy went home; of the letter by mail nobody has said so since its date.
		{SchoolID: "103", Letters: []Letter{gone, letter("2025-10-03", "2025-10-06", ByMail), letter("2025-10-03", "2025-10-06", WithStudent)},
			Events: []Event{{Kind: Mailed, On: day("2025-10-02")}, {Kind: SentHome, On: day("2025-10-06")}}},
		{SchoolID: "103", Letters: []Letter{letter("2025-10-08", "2025-10-09", ByMail)}}, // its day has not come
		// The batch of its first letter is that of the school before.
		{ID: "moved", SchoolID: "103", Letters: []Letter{letter("2025-09-30", "2025-10-01", ByMail), {Kind: Retraction, RunID: "2025-10-06", IssuedOn: day("2025-10-07"), Channel: WithStudent}},
			Events: []Event{{Kind: Transferred, On: day("2025-10-06")}}},
		{SchoolID: "104", Letters: []Letter{letter("2025-10-06", "2025-10-07", ByMail)}},
	}
	want := []Unrecorded{
		{RunID: "2025-09-30", IssuedOn: day("2025-10-01"), Channel: ByMail, Letters: 1, InOffice: 1, Case: "moved"},
		{RunID: "2025-10-03", IssuedOn: day("2025-10-06"), Channel: ByMail, Letters: 1},
		{RunID: "2025-10-06", IssuedOn: day("2025-10-07"), Channel: ByMail, Letters: 2, InOffice: 2},
		{RunID: "2025-10-06", IssuedOn: day("2025-10-07"), Channel: WithStudent, Letters: 2, InOffice: 1},
	}
	if diff := cmp.Diff(want, UnrecordedLetters(cases, "103", day("2025-10-08"))); diff != "" {
		t.Error(diff)
	}
}
