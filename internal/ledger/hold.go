package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

type holdRow struct {
	SchoolID    string        `db:"school_id"`
	StudentID   string        `db:"student_id"`
	Seq         int           `db:"seq"`
	Why         string        `db:"why"`
	By          string        `db:"held_by"`
	At          instant       `db:"at"`
	From        district.Date `db:"from_day"`
	Until       district.Date `db:"until_day"`
	ReleasedAt  instant       `db:"released_at"`
	ReleasedBy  string        `db:"released_by"`
	ReleasedWhy string        `db:"released_why"`
}

func (r holdRow) hold() intervention.Hold {
	return intervention.Hold{
		SchoolID: r.SchoolID, StudentID: r.StudentID, Why: r.Why, By: intervention.Named(r.By), At: time.Time(r.At), From: r.From, Until: r.Until,
		ReleasedAt: time.Time(r.ReleasedAt), ReleasedBy: intervention.Named(r.ReleasedBy), ReleasedWhy: r.ReleasedWhy,
	}
}

const (
	holdColumns = `SELECT school_id, student_id, seq, why, held_by, at, from_day, until_day, released_at, released_by,
		released_why FROM holds `
	holdsOfOne = holdColumns + `WHERE school_id = ? AND student_id = ? ORDER BY seq`
)

// Holds are all holds there ever were, by their first night, school and student.
func (l *Ledger) Holds(ctx context.Context) ([]intervention.Hold, error) {
	return l.holds(ctx, holdColumns+`ORDER BY from_day, school_id, student_id, seq`)
}

// HoldsOn are those that stand in a night as of a day, schools' and students',
// in the order of Holds.
func (l *Ledger) HoldsOn(ctx context.Context, asOf district.Date) ([]intervention.Hold, error) {
	const standing = holdColumns + `WHERE released_at IS NULL AND from_day <= ? AND (until_day IS NULL OR until_day >= ?)
		ORDER BY from_day, school_id, student_id, seq`
	return l.holds(ctx, standing, asOf, asOf)
}

func (l *Ledger) holds(ctx context.Context, query string, args ...any) ([]intervention.Hold, error) {
	var rows []holdRow
	if err := l.db.SelectContext(ctx, &rows, l.db.Rebind(query), args...); err != nil {
		return nil, fmt.Errorf("ledger: holds: %w", err)
	}
	var holds []intervention.Hold
	for _, r := range rows {
		holds = append(holds, r.hold())
	}
	return holds, nil
}

// Hold puts a school or a student on hold. Where one of theirs that shares a
// night with it stands already, that one is returned and nothing is stored.
func (l *Ledger) Hold(ctx context.Context, h intervention.Hold) (standing *intervention.Hold, err error) {
	const place = `INSERT INTO holds (school_id, student_id, seq, why, held_by, at, from_day, until_day, released_at, released_by,
		released_why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, '', '') ON CONFLICT DO NOTHING`
	err = l.write(ctx, func(tx *sqlx.Tx) error {
		if (h.SchoolID == "") == (h.StudentID == "") {
			return errors.New("a hold is of one school or one student")
		}
		rows, err := holdsOf(ctx, tx, h.SchoolID, h.StudentID)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if before := r.hold(); before.Meets(h) {
				standing = &before
				return nil
			}
		}
		// The number makes two who hold at the same moment take turns.
		placed, err := one(tx.ExecContext(ctx, tx.Rebind(place), h.SchoolID, h.StudentID, len(rows)+1, h.Why, h.By, instant(h.At), h.From, h.Until))
		if err == nil && !placed {
			err = errors.New("somebody else recorded a hold at the same moment; try again")
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: hold: %w", err)
	}
	return standing, nil
}

// Release is who ends a hold, when, and why.
type Release struct {
	At      time.Time
	By, Why string
}

// Release ends the holds of a school or a student that have not ended before the
// nights as of a day, those still to come included, and returns them as they
// were. The record of them stays.
func (l *Ledger) Release(ctx context.Context, schoolID, studentID string, from district.Date, r Release) ([]intervention.Hold, error) {
	const release = `UPDATE holds SET released_at = ?, released_by = ?, released_why = ?
		WHERE school_id = ? AND student_id = ? AND seq = ? AND released_at IS NULL`
	var released []intervention.Hold
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		released = nil
		rows, err := holdsOf(ctx, tx, schoolID, studentID)
		if err != nil {
			return err
		}
		for _, row := range rows {
			h := row.hold()
			if !h.ReleasedAt.IsZero() || h.EndedBefore(from) {
				continue
			}
			if _, err := tx.ExecContext(ctx, tx.Rebind(release), instant(r.At), r.By, r.Why, schoolID, studentID, row.Seq); err != nil {
				return err
			}
			released = append(released, h)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: release: %w", err)
	}
	return released, nil
}

func holdsOf(ctx context.Context, tx *sqlx.Tx, schoolID, studentID string) ([]holdRow, error) {
	var rows []holdRow
	err := tx.SelectContext(ctx, &rows, tx.Rebind(holdsOfOne), schoolID, studentID)
	return rows, err
}
