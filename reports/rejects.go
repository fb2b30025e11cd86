package reports

import (
	"fmt"
	"strconv"

	"rollcall/internal/district"
)

// Rejects is rejects.csv: the rows of the bundle that count nowhere, each with
// its place, so that someone can find and mend it.
func Rejects(rejects []district.Reject) ([]byte, error) {
	rows := make([][]string, 0, len(rejects)+1)
	rows = append(rows, []string{"file", "line", "column", "value", "reason"})
	for _, r := range rejects {
		rows = append(rows, []string{r.File, lineOf(&r), r.Column, r.Value, r.Reason})
	}
	out, err := csvBytes(rows)
	if err != nil {
		return nil, fmt.Errorf("rejects: %w", err)
	}
	return out, nil
}

// lineOf is the line of a bad row, empty where rows have no place.
func lineOf(r *district.Reject) string {
	if r.Line == 0 {
		return ""
	}
	return strconv.Itoa(r.Line)
}
