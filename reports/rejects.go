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
		rows = append(rows, []string{r.File, strconv.Itoa(r.Line), r.Column, r.Value, r.Reason})
	}
	out, err := csvBytes(rows)
	if err != nil {
		return nil, fmt.Errorf("rejects: %w", err)
	}
	return out, nil
}
