package pipeline

import (
	"strings"
	"testing"

	"rollcall/internal/district/districttest"
	"rollcall/internal/intervention"
)

func TestAFamilyAskedToTwoSchoolsAtOnceIsToldOfOnce(t *testing.T) {
	at := func(school, day string, start int, homes ...string) place {
		return place{intervention.Meeting{
			CaseID: school + day, StudentID: "of " + school, SchoolID: school, Kind: intervention.CART, Date: districttest.Day(day),
			Start: intervention.Clock(start), End: intervention.Clock(start + 20),
		}, homes}
	}
	for _, c := range []struct {
		rule string
		all  []place
		want int
	}{
		{"the same minute", []place{at("A", "2025-11-06", 510, "H1"), at("B", "2025-11-06", 510, "H1")}, 1},
		{"half of it, by both of its households", []place{at("B", "2025-11-06", 520, "H2", "H1"), at("A", "2025-11-06", 510, "H1", "H2")}, 1},
		{"one after the other", []place{at("A", "2025-11-06", 510, "H1"), at("B", "2025-11-06", 530, "H1")}, 0},
		{"another day", []place{at("A", "2025-11-06", 510, "H1"), at("B", "2025-11-07", 510, "H1")}, 0},
		{"another family", []place{at("A", "2025-11-06", 510, "H1"), at("B", "2025-11-06", 510, "H2")}, 0},
		{"one school seats its families itself", []place{at("A", "2025-11-06", 510, "H1"), at("A", "2025-11-06", 510, "H1")}, 0},
	} {
		got := clashes(c.all)
		if len(got) != c.want {
			t.Errorf("%s: %+v", c.rule, got)
		}
		for _, x := range got {
			if x.SchoolID != "B" || !strings.Contains(x.Problem, "at school A, at 8:30 AM") ||
				!strings.HasSuffix(x.Problem, "rollcall case record rescheduled B2025-11-06 --not-before DAY, or rollcall case record rescheduled A2025-11-06 --not-before DAY") {
				t.Errorf("%s: %+v", c.rule, x)
			}
		}
	}
}
