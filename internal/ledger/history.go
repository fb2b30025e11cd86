package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// History is what bears on one school's night: the year's cases of the students
// named, wherever they stand, and of every student with a case at the school; the
// meetings, given back or not, and the meeting days of the school from a day on;
// and whether the school had a night this year in which it could issue. (A night on which it was held does not count: the first clean one after
// it is still the first of the year, when many cases at once are no surprise.)
func (l *Ledger) History(ctx context.Context, year district.SchoolYear, schoolID string, from district.Date, students []string) (intervention.History, error) {
	const (
		standing = `SELECT DISTINCT c.student_id FROM cases c WHERE c.school_id = ? AND c.school_year = ?`
		meetings = meetingColumns + ` FROM meetings m WHERE m.school_id = ? AND m.day >= ?
			ORDER BY m.day, m.starts, m.room, m.id`
		days   = dayColumns + `WHERE school_id = ? AND school_year = ? AND day >= ? ORDER BY day, kind`
		issued = `SELECT MAX(r.as_of) FROM school_nights n JOIN runs r ON r.id = n.run_id
			WHERE n.school_id = ? AND r.school_year = ? AND n.held = ''`
	)
	var h intervention.History
	err := l.read(ctx, func(tx *sqlx.Tx) (err error) {
		var with []string
		if err := tx.SelectContext(ctx, &with, tx.Rebind(standing), schoolID, int(year)); err != nil {
			return err
		}
		wanted := slices.Compact(slices.Sorted(slices.Values(slices.Concat(students, with))))
		if h.Cases, err = loadCases(ctx, tx, year, only(wanted)); err != nil {
			return err
		}
		var found []meetingRow
		if err := tx.SelectContext(ctx, &found, tx.Rebind(meetings), schoolID, from); err != nil {
			return err
		}
		for _, r := range found {
			if m := r.meeting(); m.Cancelled {
				h.CalledOff = append(h.CalledOff, m)
			} else {
				h.Booked = append(h.Booked, m)
			}
		}
		var rows []dayRow
		if err := tx.SelectContext(ctx, &rows, tx.Rebind(days), schoolID, int(year), from); err != nil {
			return err
		}
		for _, r := range rows {
			h.Days = append(h.Days, r.day())
		}
		return tx.GetContext(ctx, &h.Issued, tx.Rebind(issued), schoolID, int(year))
	})
	if err != nil {
		return intervention.History{}, fmt.Errorf("ledger: history of school %s: %w", schoolID, err)
	}
	return h, nil
}
