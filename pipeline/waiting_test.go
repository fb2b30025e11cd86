package pipeline

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
	"rollcall/internal/intervention"
)

func TestAFamilyThatWaitsCanExpectADay(t *testing.T) {
	full := planned(t, []district.Contact{adult("1", "H1", "1 Oak St", true)}, nil)
	id := intervention.CaseID(2025, intervention.SART, 1, "100")
	// No rule, no day.
	if diff := cmp.Diff(map[string]district.Date{id: 0}, full.Expected); diff != "" {
		t.Error(diff)
	}
	x := full.Extracted
	x.Settings.Meetings.SART.Rule = "FREQ=MONTHLY;BYDAY=2TU"
	waits := through(t, x)
	_, latest := waits.horizon("A")
	day := waits.Expected[id]
	if day <= latest || day.Format("Mon") != "Tue" || day > latest+35 || len(waits.Plan.WaitingFor) != 1 || len(waits.Plan.Meetings) != 0 {
		t.Errorf("expects %s, the horizon ends on %s; %+v", day, latest, waits.Plan)
	}
	if got := waits.Material().Expected; cmp.Diff(waits.Expected, got) != "" {
		t.Errorf("the documents have %v", got)
	}
	// Who has a place expects none.
	if s := planned(t, nil, nil, sartDay("2025-11-04")); len(s.Expected) != 0 {
		t.Errorf("%v", s.Expected)
	}
}

func TestAFamilyThatHasWaitedTooLongIsOverdue(t *testing.T) {
	for opened, want := range map[string]string{"2025-08-20": "2025-08-20", "2025-10-13": ""} {
		c := intervention.Case{
			ID: intervention.CaseID(2025, intervention.SART, 1, "100"), StudentID: "100", SchoolID: "A", Kind: intervention.SART, Round: 1, Year: 2025,
			OpenedOn: districttest.Day(opened), Events: []intervention.Event{{Kind: intervention.Identified, On: districttest.Day(opened), Actor: intervention.NightActor},
				{Kind: intervention.Waiting, On: districttest.Day(opened), Actor: intervention.NightActor}},
		}
		s := planned(t, nil, []intervention.Case{c})
		p := planner{Scheduled: s}
		got := ""
		if since := p.overdue(&c); !since.IsZero() {
			got = since.String()
		}
		if got != want {
			t.Errorf("waiting since %s on 2025-10-15: overdue since %q", opened, got)
		}
	}
}

// TestNobodyStarves: however many families with more need come each week, and
// although there is one place a week, a family has one once it has waited too long
// and nobody has waited longer.
func TestNobodyStarves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const patience = 6 // weeks
		first := districttest.Day("2025-09-02")
		since := map[string]int{"low": 0}
		wants := []intervention.Want{{CaseID: "low", StudentID: "low", Kind: intervention.SART, Absent: 1, Enrolled: 100}}
		for week := 0; ; week++ {
			for i := range rapid.IntRange(0, 3).Draw(t, "come") {
				id := fmt.Sprintf("%03d-%d", week+1, i)
				since[id] = week + 1
				wants = append(wants, intervention.Want{CaseID: id, StudentID: id, Kind: intervention.SART, Absent: 50, Enrolled: 100})
			}
			day := sartDay("2025-09-02")
			day.Date = first + district.Date(7*week)
			day.End = day.Start + 30
			for i := range wants {
				w := &wants[i]
				w.Earliest, w.Latest = day.Date, day.Date
				if week-since[w.CaseID] > patience {
					w.Overdue = first + district.Date(7*since[w.CaseID])
				}
			}
			made, waiting := intervention.Schedule([]intervention.MeetingDay{day}, nil, wants, nil)
			wants = waiting
			if len(made) == 1 && made[0].CaseID == "low" {
				return
			}
			if week > patience+1 {
				t.Fatalf("in week %d the family that came first still waits", week)
			}
		}
	})
}
