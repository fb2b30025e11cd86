package reports

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSuppressHidesSmallCountsAndWhatGivesThemAway(t *testing.T) {
	row := func(n int) []sum {
		var s sum
		for i := range n {
			s = append(s, spot{0, i})
		}
		return []sum{s}
	}
	for _, c := range []struct {
		name   string
		counts []int
		want   []cover
	}{
		{"nothing small", []int{20, 30, 50}, []cover{shown, shown, shown}},
		{"zero is no student", []int{0, 30, 30}, []cover{shown, shown, shown}},
		{"ten is small, eleven is not", []int{10, 11, 9, 30}, []cover{small, shown, small, shown}},
		{"one alone takes the next smallest with it", []int{5, 90, 30, 125}, []cover{small, shown, withheld, shown}},
		{"two ones that sum to two", []int{1, 1, 40, 50, 92}, []cover{small, small, withheld, shown, shown}},
		{"two tens that sum to twenty", []int{10, 10, 40, 50, 110}, []cover{small, small, withheld, shown, shown}},
		{"next to zeros only the total is left", []int{11, 0, 5, 0, 16}, []cover{withheld, shown, small, shown, shown}},
		{"small total", []int{4, 0, 4}, []cover{small, shown, small}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, suppress([][]int{c.counts}, row(len(c.counts)))[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSuppressLeavesTwoValuesForEverySmallCount plays the reader who solves one
// sum: each covered small count must still have two values it could be.
func TestSuppressLeavesTwoValuesForEverySmallCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, columns := rapid.IntRange(1, 5).Draw(t, "rows"), rapid.IntRange(2, 4).Draw(t, "columns")
		counts := make([][]int, rows+1)
		for i := range counts {
			counts[i] = make([]int, columns+1)
		}
		for i := range rows {
			for j := range columns {
				n := rapid.OneOf(rapid.IntRange(0, 12), rapid.IntRange(0, 60)).Draw(t, "n")
				counts[i][j] = n
				counts[i][columns] += n
				counts[rows][j] += n
				counts[rows][columns] += n
			}
		}
		var sums []sum
		for i := range rows + 1 {
			var s sum
			for j := range columns + 1 {
				s = append(s, spot{i, j})
			}
			sums = append(sums, s)
		}
		for j := range columns + 1 {
			var s sum
			for i := range rows + 1 {
				s = append(s, spot{i, j})
			}
			sums = append(sums, s)
		}
		covers := suppress(counts, sums)
		for _, s := range sums {
			total := s[len(s)-1]
			if covers[total.row][total.column] != shown {
				continue
			}
			rest := 0
			var hidden []cover
			for _, c := range s[:len(s)-1] {
				if covers[c.row][c.column] != shown {
					rest += counts[c.row][c.column]
					hidden = append(hidden, covers[c.row][c.column])
				}
			}
			for i, h := range hidden {
				if h != small {
					continue
				}
				possible := 0
				for v := 1; v <= smallCell; v++ {
					if reachable(append(hidden[:i:i], hidden[i+1:]...), rest-v) {
						possible++
					}
				}
				if possible < 2 {
					t.Fatalf("%v covered as %v: a count of %v is known", counts, covers, s)
				}
			}
		}
	})
}

// reachable tells whether hidden counts can add up to n.
func reachable(hidden []cover, n int) bool {
	low, high := 0, 0
	for _, h := range hidden {
		if h == small {
			low, high = low+1, high+smallCell
		} else {
			low, high = low+smallCell+1, high+1_000_000
		}
	}
	return low <= n && n <= high
}
