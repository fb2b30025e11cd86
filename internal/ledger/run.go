package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/district"
	"rollcall/internal/night"
)

type runRow struct {
	ID          string        `db:"id"`
	AsOf        district.Date `db:"as_of"`
	PolicyHash  string        `db:"policy_hash"`
	PolicyText  string        `db:"policy_text"`
	InputDigest string        `db:"input_digest"`
	Settings    string        `db:"settings"`
	Version     string        `db:"version"`
	RecordOnly  bool          `db:"record_only"`
	StartedAt   instant       `db:"started_at"`
	FinishedAt  instant       `db:"finished_at"`
	Summary     string        `db:"summary"`
}

func (r runRow) run() night.Run {
	return night.Run{
		ID: r.ID, AsOf: r.AsOf, PolicyHash: r.PolicyHash, PolicyText: r.PolicyText, InputDigest: r.InputDigest, Settings: r.Settings,
		Version: r.Version, RecordOnly: r.RecordOnly, StartedAt: time.Time(r.StartedAt), FinishedAt: time.Time(r.FinishedAt), Summary: r.Summary,
	}
}

const (
	runColumns = `SELECT r.id, r.as_of, r.policy_hash, p.text AS policy_text, r.input_digest, r.settings, r.version, r.record_only,
		r.started_at, r.finished_at, r.summary FROM runs r JOIN policies p ON p.hash = r.policy_hash `
	runByID = runColumns + `WHERE r.id = ?`
)

// BeginRun stores a run and the text of its policy, or returns the one that is
// already there under its ID as it was stored: a night that is started again is
// the same night.
func (l *Ledger) BeginRun(ctx context.Context, r night.Run) (night.Run, error) {
	const insertRun = `INSERT INTO runs
		(id, as_of, school_year, policy_hash, input_digest, settings, version, record_only, started_at, finished_at, summary)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, '') ON CONFLICT (id) DO NOTHING`
	var stored runRow
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &stored, tx.Rebind(runByID), r.ID)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := keepPolicy(ctx, tx, r.PolicyHash, r.PolicyText); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, tx.Rebind(insertRun), r.ID, r.AsOf, int(district.YearOf(r.AsOf)),
			r.PolicyHash, r.InputDigest, r.Settings, r.Version, r.RecordOnly, instant(r.StartedAt)); err != nil {
			return err
		}
		return tx.GetContext(ctx, &stored, tx.Rebind(runByID), r.ID)
	})
	if err != nil {
		return night.Run{}, fmt.Errorf("ledger: begin run %s: %w", r.ID, err)
	}
	return stored.run(), nil
}

// SetSettings notes by which settings a run is worked from now on.
func (l *Ledger) SetSettings(ctx context.Context, runID, digest string) error {
	const note = `UPDATE runs SET settings = ? WHERE id = ? AND settings <> ?`
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, tx.Rebind(note), digest, runID, digest)
		return err
	})
	if err != nil {
		return fmt.Errorf("ledger: settings of run %s: %w", runID, err)
	}
	return nil
}

// Run is the run of an ID; false where there is none.
func (l *Ledger) Run(ctx context.Context, id string) (night.Run, bool, error) {
	return l.oneRun(ctx, runByID, id)
}

// LastRun is the year's latest finished run with an as-of date before a day;
// false where there is none.
func (l *Ledger) LastRun(ctx context.Context, year district.SchoolYear, before district.Date) (night.Run, bool, error) {
	const last = runColumns + `WHERE r.school_year = ? AND r.as_of < ? AND r.finished_at IS NOT NULL ORDER BY r.as_of DESC, r.id DESC LIMIT 1`
	return l.oneRun(ctx, last, int(year), before)
}

func (l *Ledger) oneRun(ctx context.Context, query string, args ...any) (night.Run, bool, error) {
	var row runRow
	err := l.db.GetContext(ctx, &row, l.db.Rebind(query), args...)
	if errors.Is(err, sql.ErrNoRows) {
		return night.Run{}, false, nil
	}
	if err != nil {
		return night.Run{}, false, fmt.Errorf("ledger: run: %w", err)
	}
	return row.run(), true, nil
}

// LatestAsOf is the latest as-of date of the year for which a school's night was
// committed, zero where none was. A night before it would decide without what
// was done since.
func (l *Ledger) LatestAsOf(ctx context.Context, year district.SchoolYear) (district.Date, error) {
	const latest = `SELECT max(r.as_of) FROM runs r JOIN school_nights n ON n.run_id = r.id WHERE r.school_year = ?`
	var day district.Date
	if err := l.db.GetContext(ctx, &day, l.db.Rebind(latest), int(year)); err != nil {
		return 0, fmt.Errorf("ledger: latest as-of date: %w", err)
	}
	return day, nil
}

// OpenRuns are the year's runs before a day that have a school's night and are
// not finished, the oldest first.
func (l *Ledger) OpenRuns(ctx context.Context, year district.SchoolYear, before district.Date) ([]night.Run, error) {
	const open = runColumns + `WHERE r.school_year = ? AND r.as_of < ? AND r.finished_at IS NULL
		AND EXISTS (SELECT 1 FROM school_nights n WHERE n.run_id = r.id AND n.school_id <> '') ORDER BY r.as_of`
	var rows []runRow
	if err := l.db.SelectContext(ctx, &rows, l.db.Rebind(open), int(year), before); err != nil {
		return nil, fmt.Errorf("ledger: open runs: %w", err)
	}
	var runs []night.Run
	for _, r := range rows {
		runs = append(runs, r.run())
	}
	return runs, nil
}

// Unfinished are the IDs of all runs that have a school's night and are not finished,
// the oldest first.
func (l *Ledger) Unfinished(ctx context.Context) ([]string, error) {
	const open = `SELECT r.id FROM runs r WHERE r.finished_at IS NULL
		AND EXISTS (SELECT 1 FROM school_nights n WHERE n.run_id = r.id AND n.school_id <> '') ORDER BY r.as_of`
	var ids []string
	if err := l.db.SelectContext(ctx, &ids, open); err != nil {
		return nil, fmt.Errorf("ledger: unfinished runs: %w", err)
	}
	return ids, nil
}

// Extent is how much a ledger knows.
type Extent struct {
	Nights []string // IDs of the runs, the earliest first
	Cases  int      // of all years
}

// Extent counts.
func (l *Ledger) Extent(ctx context.Context) (e Extent, err error) {
	err = l.read(ctx, func(tx *sqlx.Tx) error {
		if err := tx.SelectContext(ctx, &e.Nights, `SELECT id FROM runs ORDER BY as_of, id`); err != nil {
			return err
		}
		return tx.GetContext(ctx, &e.Cases, `SELECT count(*) FROM cases`)
	})
	if err != nil {
		return Extent{}, fmt.Errorf("ledger: extent: %w", err)
	}
	return e, nil
}

// CloseRun finishes a run, with its summary (JSON) and the district's own
// documents, and hands over the jobs that follow. A run that is finished already
// stays as it is, and nothing is handed over.
func (l *Ledger) CloseRun(ctx context.Context, runID string, at time.Time, summary string, docs []night.Document, jobs []night.Job) error {
	const (
		finish = `UPDATE runs SET finished_at = ?, summary = ? WHERE id = ? AND finished_at IS NULL`
		known  = `SELECT count(*) FROM runs WHERE id = ?`
	)
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		open, err := one(tx.ExecContext(ctx, tx.Rebind(finish), instant(at), summary, runID))
		if err != nil {
			return err
		}
		if open {
			return errors.Join(replaceDocuments(ctx, tx, runID, "", docs), l.jobs(ctx, tx, jobs))
		}
		var n int
		if err := tx.GetContext(ctx, &n, tx.Rebind(known), runID); err != nil {
			return err
		}
		if n == 0 {
			return errors.New("there is no such run")
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("ledger: close run %s: %w", runID, err)
	}
	return nil
}

// TrimMaterial forgets what the documents of old nights were made of: those
// finished before the newest keep of them. One that is still open needs what its
// jobs work from. The record of cases and letters stays.
func (l *Ledger) TrimMaterial(ctx context.Context, keep int) error {
	const (
		oldest = `SELECT as_of FROM runs WHERE finished_at IS NOT NULL ORDER BY as_of DESC LIMIT 1 OFFSET ?`
		forget = `UPDATE school_nights SET material = NULL
			WHERE material IS NOT NULL AND run_id IN (SELECT id FROM runs WHERE as_of < ? AND finished_at IS NOT NULL)`
	)
	if keep < 1 {
		return fmt.Errorf("ledger: trim material: keep at least one night, not %d", keep)
	}
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		var day district.Date
		err := tx.GetContext(ctx, &day, tx.Rebind(oldest), keep-1)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, tx.Rebind(forget), day)
		return err
	})
	if err != nil {
		return fmt.Errorf("ledger: trim material: %w", err)
	}
	return nil
}
