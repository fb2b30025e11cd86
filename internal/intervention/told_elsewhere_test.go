package intervention

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAReferralIsClosedWhenTheBoardIsDone(t *testing.T) {
	k := past(SART, "1", Identified, Scheduled, Mailed, Held, Completed, Referred)
	k.Events[5].On = october(3)
	if err := k.Admit(Event{Kind: Closed, On: october(2)}, october(10)); err == nil {
		t.Error("closed before it was referred")
	}
	closed := Event{Kind: Closed, On: october(9)}
	if err := k.Admit(closed, october(10)); err != nil {
		t.Fatal(err)
	}
	k.Events = append(k.Events, closed)
	if k.State() != StateClosed {
		t.Errorf("it is %s", k.State().Words())
	}
}

func TestTheSchoolOfTheStudentWritesWhereverTheCaseWas(t *testing.T) {
	n := newNight(t, nil)
	at := func(school string, c Case) Case { c.SchoolID = school; return c }
	withdrawn := met(CART, "1", 6, Mailed, Withdrawn)
	for _, c := range []struct {
		rule    string
		student Entry
		want    []string
	}{
		{"a retraction, and the meeting is given back", pupil("1", "A", 1, 45, 0, withdrawn), []string{"release CART 1", "retract CART 1"}},
		{"the new school retracts", pupil("1", "A", 1, 45, 0, at("B", withdrawn)), []string{"retract CART 1"}},
		{"the old one gives the meeting back", pupil("1", "B", 1, 45, 0, withdrawn), []string{"release CART 1"}},
		{"also of a student who left", gone("1", withdrawn), []string{"retract CART 1"}},
		{"the notice of a referral", pupil("1", "A", 9, 45, 9, at("B", because(past(SART, "1", Identified, Scheduled, Mailed, Held, Completed, Referred)))), []string{"notify SART 1"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			if diff := cmp.Diff(c.want, actions(n.decide(c.student))); diff != "" {
				t.Error(diff)
			}
		})
	}
}
