package ledger

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// History is what bears on one school's night: the year's cases of the students
// named, wherever they were opened; the meetings and meeting days of the school
// from a day on; and whether the school had a night this year in which it could
// issue. (A night on which it was held does not count: the first clean one after
// it is still the first of the year, when many cases at once are no surprise.)
func (l *Ledger) History(ctx context.Context, year district.SchoolYear, schoolID string, from district.Date, students []string) (intervention.History, error) {
	const (
		booked = meetingColumns + ` FROM meetings m WHERE m.school_id = ? AND m.day >= ? AND NOT m.cancelled
			ORDER BY m.day, m.starts, m.room, m.id`
		days   = dayColumns + `WHERE school_id = ? AND school_year = ? AND day >= ? ORDER BY day, kind`
		hadRun = `SELECT EXISTS (SELECT 1 FROM school_nights n JOIN runs r ON r.id = n.run_id
			WHERE n.school_id = ? AND r.school_year = ? AND n.held = '')`
	)
	var h intervention.History
	err := l.read(ctx, func(tx *sqlx.Tx) (err error) {
		if h.Cases, err = loadCases(ctx, tx, year, only(students)); err != nil {
			return err
		}
		var meetings []meetingRow
		if err := tx.SelectContext(ctx, &meetings, tx.Rebind(booked), schoolID, from); err != nil {
			return err
		}
		for _, r := range meetings {
			h.Booked = append(h.Booked, r.meeting())
		}
		var rows []dayRow
		if err := tx.SelectContext(ctx, &rows, tx.Rebind(days), schoolID, int(year), from); err != nil {
			return err
		}
		for _, r := range rows {
			h.Days = append(h.Days, r.day())
		}
		return tx.GetContext(ctx, &h.HasRun, tx.Rebind(hadRun), schoolID, int(year))
	})
	if err != nil {
		return intervention.History{}, fmt.Errorf("ledger: history of school %s: %w", schoolID, err)
	}
	return h, nil
}
