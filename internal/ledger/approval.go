package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
)

// Approve issues what a held school's night has now decided, in one transaction:
// the approval, the night in place of the held one, its plan and its jobs; and
// the run is open again, to be closed with them. A school that was approved in
// that run already is left as it is, so that an approval can be started again.
// A school that is not held, and a run that a later night has followed, are
// errors. Where a person has recorded something about a case since the plan was
// made, the error wraps night.ErrChanged.
func (l *Ledger) Approve(ctx context.Context, a night.Approval, c night.Commit) error {
	const (
		ofRun  = `SELECT school_year, as_of FROM runs WHERE id = ?`
		record = `INSERT INTO approvals (run_id, school_id, held, approved_by, why, at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (run_id, school_id) DO NOTHING`
		replace = `UPDATE school_nights SET status = 'committed', held = '', counts = ?, material = ?
			WHERE run_id = ? AND school_id = ? AND held <> ''`
		reopen = `UPDATE runs SET finished_at = NULL, summary = '' WHERE id = ?`
	)
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		var run struct {
			Year int           `db:"school_year"`
			AsOf district.Date `db:"as_of"`
		}
		err := tx.GetContext(ctx, &run, tx.Rebind(ofRun), a.RunID)
		if errors.Is(err, sql.ErrNoRows) {
			return errors.New("there is no such run")
		}
		if err != nil {
			return err
		}
		var latest district.Date
		if err := tx.GetContext(ctx, &latest, latestNight); err != nil {
			return err
		}
		if latest > run.AsOf {
			return fmt.Errorf("a later night, of %s, is on record", latest)
		}
		fresh, err := one(tx.ExecContext(ctx, tx.Rebind(record), a.RunID, a.SchoolID, a.Held, a.By, a.Why, instant(a.At)))
		if err != nil || !fresh {
			return err
		}
		replaced, err := one(tx.ExecContext(ctx, tx.Rebind(replace), asJSON[night.Counts]{c.School.Counts}, c.Material, a.RunID, a.SchoolID))
		if err != nil {
			return err
		}
		if !replaced {
			return errors.New("it is not held in that run")
		}
		if err := writePlan(ctx, tx, a.RunID, district.SchoolYear(run.Year), c.Plan); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, tx.Rebind(reopen), a.RunID); err != nil {
			return err
		}
		return l.jobs(ctx, tx, c.Jobs)
	})
	if err != nil {
		return fmt.Errorf("ledger: approve run %s, school %s: %w", a.RunID, a.SchoolID, err)
	}
	return nil
}

// Approvals are a run's, by school.
func (l *Ledger) Approvals(ctx context.Context, runID string) ([]night.Approval, error) {
	const ofRun = `SELECT run_id, school_id, held, approved_by, why, at FROM approvals WHERE run_id = ? ORDER BY school_id`
	var rows []struct {
		RunID    string  `db:"run_id"`
		SchoolID string  `db:"school_id"`
		Held     string  `db:"held"`
		By       string  `db:"approved_by"`
		Why      string  `db:"why"`
		At       instant `db:"at"`
	}
	if err := l.db.SelectContext(ctx, &rows, l.db.Rebind(ofRun), runID); err != nil {
		return nil, fmt.Errorf("ledger: approvals of run %s: %w", runID, err)
	}
	var approvals []night.Approval
	for _, r := range rows {
		approvals = append(approvals, night.Approval{RunID: r.RunID, SchoolID: r.SchoolID, Held: r.Held, By: intervention.Named(r.By), Why: r.Why, At: time.Time(r.At)})
	}
	return approvals, nil
}

const latestNight = `SELECT max(r.as_of) FROM runs r JOIN school_nights n ON n.run_id = r.id`

// LatestNight is the latest as-of date for which a school's night was committed,
// in any year; zero where none was.
func (l *Ledger) LatestNight(ctx context.Context) (district.Date, error) {
	var day district.Date
	if err := l.db.GetContext(ctx, &day, latestNight); err != nil {
		return 0, fmt.Errorf("ledger: latest night: %w", err)
	}
	return day, nil
}
