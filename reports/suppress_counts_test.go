package reports

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestASmallCountOfASchoolIsNotShownNorGivenAway(t *testing.T) {
	counts := [][]int{{4, 30, 0}, {25, 12, 0}, {40, 50, 0}}
	for _, test := range []struct {
		suppress bool
		want     [][]string
	}{
		{false, [][]string{{"4", "30", "0"}, {"25", "12", "0"}, {"40", "50", "0"}, {"69", "92", "0"}}},
		{true, [][]string{{"≤10", "30", "0"}, {"withheld", "12", "0"}, {"40", "50", "0"}, {"69", "92", "0"}}},
	} {
		if diff := cmp.Diff(test.want, CoverCounts(counts, test.suppress)); diff != "" {
			t.Errorf("suppressed %v: %s", test.suppress, diff)
		}
	}
	if got := CoverCounts(nil, true); len(got) != 1 || len(got[0]) != 0 {
		t.Errorf("of no school: %v", got)
	}
}
