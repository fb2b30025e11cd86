package reports

import (
	"fmt"
	"slices"
)

// smallCell is the largest count of students that a cross-school summary does
// not show; California's published figures hide the same ones.
const smallCell = 10

// cover says how a count is shown.
type cover uint8

const (
	shown    cover = iota
	small          // 1 to 10, and shown as no more than that
	withheld       // larger, but a small one could be worked out from it
)

// spot is a cell of a table of counts, by row and column.
type spot struct{ row, column int }

// sum is cells that add up to their last.
type sum []spot

// suppress covers every count of 1 to 10 and then, as the state's publications
// do, as many further cells as it takes so that no sum gives a covered one
// away: the next smallest of the same sum, and its total last.
func suppress(counts [][]int, sums []sum) [][]cover {
	covers := make([][]cover, len(counts))
	for i, row := range counts {
		covers[i] = make([]cover, len(row))
		for j, n := range row {
			if 1 <= n && n <= smallCell {
				covers[i][j] = small
			}
		}
	}
	for again := true; again; {
		again = false
		for _, s := range sums {
			for gives(counts, covers, s) && withholdOne(counts, covers, s) {
				again = true
			}
		}
	}
	return covers
}

// gives reports whether the sum gives a covered cell away: one alone is the
// difference of the others, and of several each is known where their bounds
// leave a single value.
func gives(counts [][]int, covers [][]cover, s sum) bool {
	var covered []spot
	for _, c := range s {
		if covers[c.row][c.column] != shown {
			covered = append(covered, c)
		}
	}
	total := s[len(s)-1]
	if len(covered) < 2 || covers[total.row][total.column] != shown {
		return len(covered) == 1
	}
	rest := 0 // what is known of the covered cells: their sum
	low, high := 0, 0
	unbounded := 0
	for _, c := range covered {
		rest += counts[c.row][c.column]
		if covers[c.row][c.column] == small {
			low, high = low+1, high+smallCell
		} else {
			low, unbounded = low+smallCell+1, unbounded+1
		}
	}
	for _, c := range covered {
		if covers[c.row][c.column] != small {
			continue
		}
		least, most := 1, min(smallCell, rest-(low-1))
		if unbounded == 0 {
			least = max(least, rest-(high-smallCell))
		}
		if least >= most {
			return true
		}
	}
	return false
}

// withholdOne covers one more cell of the sum, false where none is left that
// would help: a zero tells as much covered as shown.
func withholdOne(counts [][]int, covers [][]cover, s sum) bool {
	total := s[len(s)-1]
	best, found := total, covers[total.row][total.column] == shown && counts[total.row][total.column] > 0
	for _, c := range s[:len(s)-1] {
		n := counts[c.row][c.column]
		if covers[c.row][c.column] == shown && n > 0 && (!found || best == total || n < counts[best.row][best.column]) {
			best, found = c, true
		}
	}
	if found {
		covers[best.row][best.column] = withheld
	}
	return found
}

// CoverCounts shows counts of students by school as a cross-school summary may: a row
// a school, and behind them their sums.
func CoverCounts(schools [][]int, suppressSmall bool) [][]string {
	columns := 0
	for _, row := range schools {
		columns = max(columns, len(row))
	}
	total := make([]int, columns)
	for _, row := range schools {
		for j, n := range row {
			total[j] += n
		}
	}
	counts := append(slices.Clone(schools), total)
	var sums []sum
	for j := range total {
		var column sum
		for i := range counts {
			column = append(column, spot{i, j})
		}
		sums = append(sums, column)
	}
	words := make([][]string, len(counts))
	var covers [][]cover
	if suppressSmall {
		covers = suppress(counts, sums)
	}
	for i, row := range counts {
		for j, n := range row {
			c := shown
			if suppressSmall {
				c = covers[i][j]
			}
			words[i] = append(words[i], c.words(n))
		}
	}
	return words
}

// words are a count as it is shown.
func (c cover) words(n int) string {
	switch c {
	case small:
		return fmt.Sprintf("≤%d", smallCell)
	case withheld:
		return "withheld"
	}
	return fmt.Sprint(n)
}
