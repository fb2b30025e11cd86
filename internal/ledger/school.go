package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/night"
)

var errNoNight = errors.New("the school has no night in that run")

// statuses are in the order a school's night goes through them.
var statuses = []night.SchoolStatus{night.Committed, night.Rendered, night.Delivered}

// Schools are a run's schools, ordered by ID.
func (l *Ledger) Schools(ctx context.Context, runID string) ([]night.School, error) {
	const ofRun = `SELECT run_id, school_id, status, held, counts FROM school_nights WHERE run_id = ? ORDER BY school_id`
	var rows []struct {
		RunID    string               `db:"run_id"`
		SchoolID string               `db:"school_id"`
		Status   night.SchoolStatus   `db:"status"`
		Held     string               `db:"held"`
		Counts   asJSON[night.Counts] `db:"counts"`
	}
	if err := l.db.SelectContext(ctx, &rows, l.db.Rebind(ofRun), runID); err != nil {
		return nil, fmt.Errorf("ledger: schools of run %s: %w", runID, err)
	}
	var schools []night.School
	for _, r := range rows {
		schools = append(schools, night.School{RunID: r.RunID, SchoolID: r.SchoolID, Status: r.Status, Held: r.Held, Counts: r.Counts.V})
	}
	return schools, nil
}

// Committed are the schools that have their part of a run, by ID; the empty ID is the
// district's own. It is cheap enough to be asked many times a second.
func (l *Ledger) Committed(ctx context.Context, runID string) (schools []string, err error) {
	const ofRun = `SELECT school_id FROM school_nights WHERE run_id = ? ORDER BY school_id`
	if err := l.db.SelectContext(ctx, &schools, l.db.Rebind(ofRun), runID); err != nil {
		return nil, fmt.Errorf("ledger: schools of run %s: %w", runID, err)
	}
	return schools, nil
}

// Material is what the documents of a school's night are made of. It is an
// error where the night has none, or it was trimmed.
func (l *Ledger) Material(ctx context.Context, runID, schoolID string) ([]byte, error) {
	const ofNight = `SELECT material FROM school_nights WHERE run_id = ? AND school_id = ?`
	var material []byte
	err := l.db.GetContext(ctx, &material, l.db.Rebind(ofNight), runID, schoolID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = errNoNight
	case err == nil && material == nil:
		err = night.ErrNotKept
	}
	if err != nil {
		return nil, fmt.Errorf("ledger: material of run %s, school %s: %w", runID, schoolID, err)
	}
	return material, nil
}

// Rendered records a school's documents, moves its night on to rendered and
// hands over the jobs that follow, in one transaction. Done again, it records
// the documents again and hands over nothing.
func (l *Ledger) Rendered(ctx context.Context, runID, schoolID string, docs []night.Document, jobs []night.Job) error {
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		moved, err := advance(ctx, tx, runID, schoolID, night.Rendered)
		if err != nil {
			return err
		}
		if err := replaceDocuments(ctx, tx, runID, schoolID, docs); err != nil {
			return err
		}
		if !moved {
			return nil
		}
		return l.jobs(ctx, tx, jobs)
	})
	if err != nil {
		return fmt.Errorf("ledger: rendered run %s, school %s: %w", runID, schoolID, err)
	}
	return nil
}

// SetStatus moves a school's night forward; a status it has already reached or
// passed changes nothing.
func (l *Ledger) SetStatus(ctx context.Context, runID, schoolID string, s night.SchoolStatus) error {
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		_, err := advance(ctx, tx, runID, schoolID, s)
		return err
	})
	if err != nil {
		return fmt.Errorf("ledger: status %s of run %s, school %s: %w", s, runID, schoolID, err)
	}
	return nil
}

func advance(ctx context.Context, tx *sqlx.Tx, runID, schoolID string, to night.SchoolStatus) (moved bool, err error) {
	const (
		// The night's own row is written even where nothing changes, so that on
		// every engine a second writer waits for the first.
		touch = `UPDATE school_nights SET status = status WHERE run_id = ? AND school_id = ? RETURNING status`
		set   = `UPDATE school_nights SET status = ? WHERE run_id = ? AND school_id = ?`
	)
	step := slices.Index(statuses, to)
	if step < 0 {
		return false, fmt.Errorf("no status is called %q", string(to))
	}
	var now night.SchoolStatus
	err = tx.GetContext(ctx, &now, tx.Rebind(touch), runID, schoolID)
	if errors.Is(err, sql.ErrNoRows) {
		return false, errNoNight
	}
	if err != nil || slices.Index(statuses, now) >= step {
		return false, err
	}
	return one(tx.ExecContext(ctx, tx.Rebind(set), string(to), runID, schoolID))
}

// Documents are a run's documents, ordered by path.
func (l *Ledger) Documents(ctx context.Context, runID string) ([]night.Document, error) {
	const ofRun = `SELECT school_id, path, kind, bytes, sha256, pages, students FROM documents WHERE run_id = ? ORDER BY path`
	var rows []struct {
		SchoolID string `db:"school_id"`
		Path     string `db:"path"`
		Kind     string `db:"kind"`
		Bytes    int64  `db:"bytes"`
		SHA256   string `db:"sha256"`
		Pages    int    `db:"pages"`
		Students int    `db:"students"`
	}
	if err := l.db.SelectContext(ctx, &rows, l.db.Rebind(ofRun), runID); err != nil {
		return nil, fmt.Errorf("ledger: documents of run %s: %w", runID, err)
	}
	var docs []night.Document
	for _, r := range rows {
		docs = append(docs, night.Document(r))
	}
	return docs, nil
}

// replaceDocuments puts a school's documents, or the district's where schoolID
// is empty, in place of those recorded before.
func replaceDocuments(ctx context.Context, tx *sqlx.Tx, runID, schoolID string, docs []night.Document) error {
	const (
		clearOld = `DELETE FROM documents WHERE run_id = ? AND school_id = ?`
		addNew   = `INSERT INTO documents (run_id, school_id, path, kind, bytes, sha256, pages, students) VALUES %s`
	)
	if _, err := tx.ExecContext(ctx, tx.Rebind(clearOld), runID, schoolID); err != nil {
		return err
	}
	rows := make([][]any, len(docs))
	for i, d := range docs {
		rows[i] = []any{runID, schoolID, d.Path, d.Kind, d.Bytes, d.SHA256, d.Pages, d.Students}
	}
	_, err := insert(ctx, tx, addNew, rows)
	return err
}
