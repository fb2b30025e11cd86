// Package ledger is the memory of the process: which nights ran, which cases
// are open and everything that happened to them, which letters were issued,
// who meets when, what lies on the shelf and what was mailed.
//
// A school's night enters in one transaction together with the jobs that follow
// from it, or not at all (Commit). Case events are only ever added to. What must
// not happen twice is guarded by the keys of the tables themselves, so that a
// night may be started again at any time, on any machine. What a night overwrites
// is kept beside it, so that the ledger can be seen as it was before any night
// (CopyBefore).
//
// One schema and one SQL text serve SQLite and PostgreSQL. The ledger decides
// nothing and knows no clock: every day and instant comes in with what it is
// asked to store.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/database"
	"rollcall/internal/night"
)

// Enqueuer puts jobs into the queue within the ledger's transaction, so that
// there is no job without its row and no row without its job.
type Enqueuer interface {
	InsertTx(ctx context.Context, tx *sql.Tx, jobs []night.Job) error
}

// Options say where the ledger is.
type Options struct {
	Driver string // "sqlite" (also where empty) or "postgres"
	Path   string // the SQLite file; made where it does not exist
	DSN    string // PostgreSQL
	// Patience is how long a query waits for a PostgreSQL server that is restarted.
	Patience time.Duration
	Enqueue  Enqueuer
	Log      *slog.Logger // nil is silent
}

// Ledger is an open ledger. It may be used from many goroutines.
type Ledger struct {
	db      *sqlx.DB
	driver  string
	enqueue Enqueuer
	// turn is held by the one writer SQLite can have. Within the process this
	// queue is fair; the busy timeout that settles it between processes is not.
	turn chan struct{}
}

// Open opens the ledger and brings its schema up to date. A ledger written by a
// newer version is refused.
func Open(ctx context.Context, o Options) (*Ledger, error) {
	if o.Driver == "" {
		o.Driver = database.SQLite
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	db, err := database.Open(database.Place{Driver: o.Driver, Path: o.Path, DSN: o.DSN, Patience: o.Patience})
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	if err := migrate(ctx, db, o.Driver, o.Log); err != nil {
		return nil, errors.Join(fmt.Errorf("ledger: %w", err), db.Close())
	}
	sqlx.BindDriver(database.SQLite, sqlx.QUESTION)
	return &Ledger{db: sqlx.NewDb(db, o.Driver), driver: o.Driver, enqueue: o.Enqueue, turn: make(chan struct{}, 1)}, nil
}

// SetEnqueuer names the queue that Commit and Rendered put jobs into. It must be
// called before either.
func (l *Ledger) SetEnqueuer(e Enqueuer) { l.enqueue = e }

// DB is the handle itself, for what shares the ledger's transactions.
func (l *Ledger) DB() *sql.DB { return l.db.DB }

// Close closes the handle.
func (l *Ledger) Close() error { return l.db.Close() }

// errTrial takes back what Check writes.
var errTrial = errors.New("trial")

// Check tells whether the ledger can be reached and written.
func (l *Ledger) Check(ctx context.Context) error {
	const trial = `INSERT INTO meeting_days (school_id, kind, day, school_year, starts, ends, slot_minutes, rooms, place,
		facilitators, ordinal, specialist_role, due, moved) VALUES ('', 'trial', '', 0, 0, 0, 0, '[]', '', '[]', 0, '', '', '')`
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, trial); err != nil {
			return err
		}
		return errTrial
	})
	if !errors.Is(err, errTrial) {
		return fmt.Errorf("ledger: a trial write: %w", err)
	}
	return nil
}

// write does something in one transaction; an error takes all of it back.
func (l *Ledger) write(ctx context.Context, do func(*sqlx.Tx) error) error {
	if l.driver == database.SQLite {
		select {
		case l.turn <- struct{}{}:
			defer func() { <-l.turn }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	tx, err := l.db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		// A rollback after the context's end finds the work already undone.
		if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) {
			return errors.Join(err, undo)
		}
		return err
	}
	return tx.Commit()
}

// read does several queries on one unchanging view of the ledger.
func (l *Ledger) read(ctx context.Context, do func(*sqlx.Tx) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if l.driver == database.Postgres {
		options.Isolation = sql.LevelRepeatableRead // a SQLite reader has no less
	}
	tx, err := l.db.BeginTxx(ctx, options)
	if err != nil {
		return err
	}
	return errors.Join(do(tx), tx.Rollback())
}

// jobs hands jobs to the queue within tx.
func (l *Ledger) jobs(ctx context.Context, tx *sqlx.Tx, jobs []night.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	if l.enqueue == nil {
		return fmt.Errorf("%d jobs and no queue to put them into", len(jobs))
	}
	return l.enqueue.InsertTx(ctx, tx.Tx, jobs)
}
