package intervention

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district/districttest"
)

func TestOutlookSaysWhatWouldChangeIt(t *testing.T) {
	p, err := Compile(PolicyText{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rule               string
		asOf               string
		unexcused, excused []string
		want               []string
	}{
		{"one more unexcused day makes three, and two of any kind ten percent of twenty", "2025-09-05", []string{"2025-08-12"}, nil,
			[]string{"2 days absent without a valid excuse, from Mon Sep 8 on, would open a SART case (rule \"truancy\").",
				"2 days absent with an excuse, from Mon Sep 8 on, would open a CART case (rule \"chronic\")."}},
		{"corrections that leave no rule", "2025-08-22", []string{"2025-08-12", "2025-08-13", "2025-08-14"}, nil,
			[]string{"If 1 day of those counted were corrected to present (the latest: Thu Aug 14), no rule for a meeting would hold."}},
		{"corrections that leave CART", "2025-09-12", []string{"2025-08-12", "2025-08-13", "2025-08-14"}, []string{"2025-08-11"},
			[]string{"If 1 day of those counted were corrected to present (the latest: Thu Aug 14), a CART case would be opened instead.",
				"If 2 days of those counted were corrected to present (the latest: Thu Aug 14, Wed Aug 13), no rule for a meeting would hold."}},
		{"the end of the year leaves nothing to come", "2026-05-29", nil, nil, nil},
	} {
		t.Run(c.rule, func(t *testing.T) {
			d := districttest.District(c.asOf, districttest.School{ID: "A", From: "2025-08-11", To: "2026-05-29"})
			child := districttest.Child(d, "1").Born("2015-03-01").Enrol("A", "5", "2025-08-11", "").
				Absent("A", "U", c.unexcused...).Absent("A", "E", c.excused...)
			if diff := cmp.Diff(c.want, Outlook(p, &child.Student, d)); diff != "" {
				t.Error(diff)
			}
			if len(child.Marks) != len(c.unexcused)+len(c.excused) {
				t.Error("the student was changed")
			}
		})
	}
}
