// Package queue works the jobs of a night on River, which keeps them in the
// ledger's own database: plan, render, deliver and close, each of which may be
// repeated without harm; and, where several machines serve a district, has each night
// itself come to one of them (Serve).
//
// What follows from a decision enters within the transaction that decides
// (InsertTx), so a commit that fails leaves none. A job that fails is tried again after
// a pause, a few times; one that panics is not. Either way what is left of a night can be
// asked for (Unfinished), and set going again once the cause is mended (Retry). A process
// that is stopped hands its jobs back; of one that was killed, the next takes them back
// (Reclaim).
//
// No other package names River.
package queue

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"rollcall/internal/database"
	"rollcall/internal/night"
)

// Options say where the queue is and how it works.
type Options struct {
	Driver  string // "sqlite" (also where empty) or "postgres"
	Path    string // the SQLite file, the ledger's own
	DSN     string // PostgreSQL
	Workers int    // jobs at a time; 0 means one for each processor
	// Backoff are the pauses before a failed job is tried again, and so the
	// number of tries; nil means 1 s, 5 s, 30 s and 2 min.
	Backoff []time.Duration
	// Now is the clock that the pauses are reckoned from. Without one they are
	// River's own: 1 s, 16 s, 81 s and so on.
	Now func() time.Time
	// Timeout ends one try of a job; 0 means 10 minutes.
	Timeout time.Duration
	// Grace is how long a job may go on once Work is to end, before it is cut
	// short and handed back; 0 means 5 seconds.
	Grace time.Duration
	// Settle is how long after a PostgreSQL server's start no worker is taken for dead: it
	// may not have told a new server yet that it is alive. 0 means 15 seconds.
	Settle time.Duration
	// Rescue is how often a worker on a PostgreSQL server looks for jobs that nobody works; 0
	// means 20 seconds.
	Rescue time.Duration
	Log    *slog.Logger // nil is silent
}

// Queue is an open queue. It may be used from many goroutines.
type Queue struct {
	options Options
	db      *sql.DB
	driver  riverdriver.Driver[*sql.Tx]
	insert  *river.Client[*sql.Tx]
}

// Open opens the queue and brings River's tables up to date.
func Open(ctx context.Context, o Options) (*Queue, error) {
	o.Driver = cmp.Or(o.Driver, database.SQLite)
	o.Workers = cmp.Or(o.Workers, runtime.GOMAXPROCS(0))
	o.Timeout = cmp.Or(o.Timeout, 10*time.Minute)
	o.Grace = cmp.Or(o.Grace, 5*time.Second)
	o.Settle = cmp.Or(o.Settle, attendEvery+5*time.Second)
	o.Rescue = cmp.Or(o.Rescue, 20*time.Second)
	if o.Backoff == nil {
		o.Backoff = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	place := database.Place{Driver: o.Driver, Path: o.Path, DSN: o.DSN}
	if o.Driver == database.SQLite {
		// River does many things at a time and SQLite one: with one connection
		// they wait for each other here, not on the file's locks. What a crash
		// of the machine loses is worked again.
		place.Conns, place.Relaxed = 1, true
	}
	db, err := database.Open(place)
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	q := &Queue{options: o, db: db}
	if o.Driver == database.SQLite {
		q.driver = riversqlite.New(db)
	} else {
		q.driver = riverdatabasesql.New(db)
	}
	if err := q.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("queue: %w", err), db.Close())
	}
	if q.insert, err = river.NewClient(q.driver, q.config()); err != nil {
		return nil, errors.Join(fmt.Errorf("queue: %w", err), db.Close())
	}
	return q, nil
}

// Close closes the handle. Work must have ended.
func (q *Queue) Close() error { return q.db.Close() }

func (q *Queue) migrate(ctx context.Context) error {
	migrator, err := rivermigrate.New(q.driver, &rivermigrate.Config{Logger: quiet(q.options.Log)})
	if err != nil {
		return err
	}
	// Two processes that find an empty database both begin; the slower one is
	// refused and looks again.
	for attempt := 1; ; attempt++ {
		_, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
		if err == nil || attempt == 5 || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(time.Duration(attempt) * 100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// InsertTx puts jobs into the queue within a transaction of the same database:
// they are there once it commits.
func (q *Queue) InsertTx(ctx context.Context, tx *sql.Tx, jobs []night.Job) error {
	params, err := paramsOf(jobs)
	if err != nil || len(params) == 0 {
		return err
	}
	if _, err := q.insert.InsertManyFastTx(ctx, tx, params); err != nil {
		return fmt.Errorf("queue: insert %d jobs: %w", len(jobs), err)
	}
	return nil
}

// Insert puts jobs into the queue, all or none.
func (q *Queue) Insert(ctx context.Context, jobs []night.Job) error {
	params, err := paramsOf(jobs)
	if err != nil || len(params) == 0 {
		return err
	}
	if _, err := q.insert.InsertManyFast(ctx, params); err != nil {
		return fmt.Errorf("queue: insert %d jobs: %w", len(jobs), err)
	}
	return nil
}
