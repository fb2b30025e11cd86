package pipeline

import (
	"context"
	"fmt"

	"rollcall/internal/intervention"
)

// Decided is what the policy asks for tonight at one school.
type Decided struct {
	Assessed
	Decision intervention.Decision
}

// decide compares standings with history. A held school's decision is made and
// shown, but nothing of it is issued.
func decide(_ context.Context, a Assessed) (Decided, error) {
	d := Decided{Assessed: a, Decision: intervention.Decide(a.Entries, intervention.Question{
		Policy: a.Policy, District: a.District, SchoolID: a.Snapshot.School.ID, Missing: a.Missing,
		OnHold: a.onHold(), Stale: a.Stale, Gaps: a.Gaps,
		Former: a.Former,
	})}
	opened, back, open := 0, 0, 0
	for _, action := range d.Decision.Actions {
		switch action.Kind {
		case intervention.Open:
			opened++
		case intervention.Withdraw, intervention.Flag:
			// That days without absence have passed takes back one case or many; that
			// counted days are gone from the export may be the export's fault.
			if len(action.Uncounted) > 0 {
				back++
			}
		}
	}
	for _, c := range a.History.Cases {
		if c.SchoolID == a.Snapshot.School.ID && c.AwaitsMeeting() {
			open++
		}
	}
	if !a.approved() && a.Settings.Safety.TooManyBack(back, open) {
		d.doubt(fmt.Sprintf("%d of %d open cases would be taken back in one night, more than the district lets through without a look: is the attendance whole?", back, open), stays)
	}
	if !a.approved() && !a.History.Issued.IsZero() && a.Settings.Safety.TooMany(opened, a.Enrolled) {
		d.doubt(fmt.Sprintf("%d new cases among %d students in one night are more than the district lets through without a look", opened, a.Enrolled), stays)
	}
	return d, nil
}
