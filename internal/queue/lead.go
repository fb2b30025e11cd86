package queue

import (
	"context"
	"database/sql"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"rollcall/internal/database"
)

// River elects a leader among all who work on a queue, and the leader has the scheduled
// jobs made that it knows of. A worker knows of no schedule: it leads only where nobody
// serves one.

// scheduleLock is the number of the lock that all who serve a schedule share.
var scheduleLock = lockOf("schedule")

// follower is a driver whose client leads only while nobody serves a schedule.
type follower struct {
	riverdriver.Driver[*sql.Tx]
	db *sql.DB
}

// GetExecutor is what River asks for leadership.
func (f follower) GetExecutor() riverdriver.Executor {
	return followerExecutor{f.Driver.GetExecutor(), f.db}
}

type followerExecutor struct {
	riverdriver.Executor
	db *sql.DB
}

// Begin begins a transaction, in which River has itself elected.
func (f followerExecutor) Begin(ctx context.Context) (riverdriver.ExecutorTx, error) {
	tx, err := f.Executor.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return followerTx{tx, f}, nil
}

// LeaderAttemptReelect leads on, or is refused as where its term was over.
func (f followerExecutor) LeaderAttemptReelect(ctx context.Context, params *riverdriver.LeaderReelectParams) (*riverdriver.Leader, error) {
	if err := f.yield(ctx); err != nil {
		return nil, err
	}
	return f.Executor.LeaderAttemptReelect(ctx, params)
}

type followerTx struct {
	riverdriver.ExecutorTx
	of followerExecutor
}

// LeaderAttemptElect leads, or is refused as where another leads.
func (f followerTx) LeaderAttemptElect(ctx context.Context, params *riverdriver.LeaderElectParams) (*riverdriver.Leader, error) {
	if err := f.of.yield(ctx); err != nil {
		return nil, err
	}
	return f.ExecutorTx.LeaderAttemptElect(ctx, params)
}

// yield is ErrNotFound, River's word for no leadership, where somebody serves a schedule.
func (f followerExecutor) yield(ctx context.Context) error {
	served, err := database.Locked(ctx, f.db, scheduleLock)
	if err == nil && served {
		err = rivertype.ErrNotFound
	}
	return err
}
