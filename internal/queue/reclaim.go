package queue

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"rollcall/internal/database"
	"rollcall/internal/night"
)

// Clear takes the jobs of a kind out of the queue, of all nights, done or not, once
// nobody works on one any more.
func (q *Queue) Clear(ctx context.Context, kind night.JobKind) error {
	for looks := 1; ; looks++ {
		// What is being worked is not deleted.
		if _, err := q.insert.JobDeleteMany(ctx, river.NewJobDeleteManyParams().First(maxListed).Kinds(string(kind))); err != nil {
			return fmt.Errorf("queue: clear: %w", err)
		}
		left, err := q.insert.JobList(ctx, river.NewJobListParams().First(1).Kinds(string(kind)))
		if err != nil {
			return fmt.Errorf("queue: clear: %w", err)
		}
		if len(left.Jobs) == 0 {
			return nil
		}
		if row := left.Jobs[0]; looks == 30 {
			q.options.Log.Warn("waiting for a job that another process is at", append(about(row), "by", strings.Join(row.AttemptedBy, ", "))...)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
		if _, err := q.Reclaim(ctx); err != nil { // who is at it may have died
			return err
		}
	}
}

// Forgive takes failed nights out of the queue, through one that was completed after all,
// by hand or within a later one.
func (q *Queue) Forgive(ctx context.Context, runID string) error {
	_, err := q.insert.JobDeleteMany(ctx, river.NewJobDeleteManyParams().First(maxListed).Kinds(string(night.Night)).
		States(rivertype.JobStateCancelled, rivertype.JobStateDiscarded).
		Where(`args ->> 'run_id' <= @run_id`, river.NamedArgs{"run_id": runID}))
	if err != nil {
		return fmt.Errorf("queue: failed nights through %s: %w", runID, err)
	}
	return nil
}

// Reclaim takes back at once the jobs that a killed process left running, and
// tells how many. On SQLite it is called under the ledger's lock (ledger.Lock),
// where no other process can be at work; on PostgreSQL at any time, and takes the
// jobs of workers that are gone. A job that has now been cut off on its last try is
// given up: it may be what killed the process.
func (q *Queue) Reclaim(ctx context.Context) (n int, err error) { return q.reclaim(ctx, nil) }

// reclaim is Reclaim by one who works, or nil.
func (q *Queue) reclaim(ctx context.Context, by *presence) (n int, err error) {
	if q.options.Driver == database.Postgres {
		err = q.alone(ctx, func(conn *sql.Conn) error {
			running, err := q.running(ctx)
			if err != nil || len(running) == 0 {
				return err
			}
			left, err := abandoned(ctx, conn, running)
			if err != nil {
				return err
			}
			if by != nil {
				left = append(left, by.taken.lost(by.worker, running)...)
			}
			n = len(left)
			return q.takeBack(ctx, left)
		})
	} else if running, listed := q.running(ctx); listed != nil {
		err = listed
	} else if n, err = len(running), q.takeBack(ctx, running); err == nil {
		// The dead process may have been River's leader, who alone wakes jobs that
		// wait to be tried again; its term would have to run out first. (On a server
		// another follows within seconds.)
		_, err = q.driver.GetExecutor().LeaderDeleteExpired(ctx, &riverdriver.LeaderDeleteExpiredParams{Now: &never})
	}
	if err != nil {
		return 0, fmt.Errorf("queue: reclaim: %w", err)
	}
	return n, nil
}

// never is later than anything that runs.
var never = time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)

func (q *Queue) running(ctx context.Context) ([]*rivertype.JobRow, error) {
	return q.driver.GetExecutor().JobGetStuck(ctx, &riverdriver.JobGetStuckParams{Max: maxListed, StuckHorizon: never})
}

// cutOff is what the record of a job says of a try that its process did not outlive.
const cutOff = "the process ended while it worked on this"

// takeBack sets jobs that run nowhere going again.
func (q *Queue) takeBack(ctx context.Context, jobs []*rivertype.JobRow) error {
	if len(jobs) == 0 {
		return nil
	}
	rescue := &riverdriver.JobRescueManyParams{StuckHorizon: never}
	for _, job := range jobs {
		began := job.CreatedAt
		if job.AttemptedAt != nil {
			began = *job.AttemptedAt
		}
		failed, err := json.Marshal(rivertype.AttemptError{At: began, Attempt: job.Attempt, Error: cutOff})
		if err != nil {
			return err
		}
		state, finished := rivertype.JobStateAvailable, (*time.Time)(nil)
		if job.Attempt >= job.MaxAttempts {
			state, finished = rivertype.JobStateDiscarded, &began
		}
		rescue.ID = append(rescue.ID, job.ID)
		rescue.Error = append(rescue.Error, failed)
		rescue.FinalizedAt = append(rescue.FinalizedAt, finished)
		rescue.ScheduledAt = append(rescue.ScheduledAt, job.ScheduledAt)
		rescue.State = append(rescue.State, string(state))
	}
	_, err := q.driver.GetExecutor().JobRescueMany(ctx, rescue)
	return err
}
