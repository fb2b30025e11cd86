package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/district"
)

// Exported is how many entries of each case of a year, by case ID, were given to the
// student information system. A case's entries are numbered in the order in which
// they entered, so that none can slip in among those.
func (l *Ledger) Exported(ctx context.Context, year district.SchoolYear) (map[string]int, error) {
	const farthest = `SELECT x.case_id, MAX(x.entries) AS entries FROM exports x JOIN cases c ON c.id = x.case_id
		WHERE c.school_year = ? GROUP BY x.case_id`
	var rows []struct {
		CaseID  string `db:"case_id"`
		Entries int    `db:"entries"`
	}
	if err := l.db.SelectContext(ctx, &rows, l.db.Rebind(farthest), int(year)); err != nil {
		return nil, fmt.Errorf("ledger: exports of %s: %w", year, err)
	}
	through := make(map[string]int, len(rows))
	for _, r := range rows {
		through[r.CaseID] = r.Entries
	}
	return through, nil
}

// RecordExport puts on record how far each case was given out. Recording the same
// again changes nothing.
func (l *Ledger) RecordExport(ctx context.Context, through map[string]int, at time.Time) error {
	var rows [][]any
	for id, entries := range through {
		rows = append(rows, []any{id, entries, instant(at)})
	}
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		_, err := insert(ctx, tx, `INSERT INTO exports (case_id, entries, at) VALUES %s ON CONFLICT (case_id, entries) DO NOTHING`, rows)
		return err
	})
	if err != nil {
		return fmt.Errorf("ledger: record export: %w", err)
	}
	return nil
}
