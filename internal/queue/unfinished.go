package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"rollcall/internal/database"
	"rollcall/internal/night"
)

// Unfinished is what is left of a night's jobs.
type Unfinished struct {
	// Open counts, by kind, the jobs that are to be worked, are being worked or
	// wait to be tried again.
	Open map[night.JobKind]int
	// Failed are the jobs given up, by kind, school and role.
	Failed []Failure
}

// Failure is a job that was given up.
type Failure struct {
	Job      night.Job
	Attempts int
	Err      string // of the last try
}

// Jobs is how many jobs are still open.
func (u Unfinished) Jobs() int {
	n := 0
	for _, count := range u.Open {
		n += count
	}
	return n
}

// Unfinished tells what is left of a run's jobs. It is cheap enough to be asked
// several times a second.
func (q *Queue) Unfinished(ctx context.Context, runID string) (Unfinished, error) {
	u, failed, err := q.open(ctx, runID)
	if err == nil && failed > 0 {
		var jobs []*rivertype.JobRow
		jobs, err = q.failed(ctx, runID)
		for _, job := range jobs {
			j, bad := jobOf(job.Kind, job.EncodedArgs)
			if bad != nil {
				err = errors.Join(err, bad)
			}
			f := Failure{Job: j, Attempts: job.Attempt}
			if n := len(job.Errors); n > 0 {
				f.Err = job.Errors[n-1].Error
			}
			u.Failed = append(u.Failed, f)
		}
		slices.SortStableFunc(u.Failed, func(a, b Failure) int {
			return slices.CompareFunc(a.order(), b.order(), strings.Compare)
		})
	}
	if err != nil {
		return Unfinished{}, fmt.Errorf("queue: unfinished jobs of run %s: %w", runID, err)
	}
	return u, nil
}

func (f Failure) order() []string {
	return []string{string(f.Job.Kind), f.Job.SchoolID, string(f.Job.Role)}
}

func (q *Queue) open(ctx context.Context, runID string) (u Unfinished, failed int, err error) {
	const states = `SELECT kind, state, count(*) FROM river_job WHERE args ->> 'run_id' = %s1
		AND state IN ('available', 'pending', 'retryable', 'running', 'scheduled', 'cancelled', 'discarded')
		GROUP BY kind, state`
	rows, err := q.db.QueryContext(ctx, fmt.Sprintf(states, q.driver.ArgPlaceholder()), runID)
	if err != nil {
		return u, 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	u.Open = map[night.JobKind]int{}
	for rows.Next() {
		var kind night.JobKind
		var state rivertype.JobState
		var n int
		if err := rows.Scan(&kind, &state, &n); err != nil {
			return u, 0, err
		}
		if state == rivertype.JobStateCancelled || state == rivertype.JobStateDiscarded {
			failed += n
		} else {
			u.Open[kind] += n
		}
	}
	return u, failed, rows.Err()
}

// maxListed is the most jobs River lists at once; a night has a few hundred.
const maxListed = 10_000

func (q *Queue) failed(ctx context.Context, runID string) ([]*rivertype.JobRow, error) {
	result, err := q.insert.JobList(ctx, river.NewJobListParams().First(maxListed).
		States(rivertype.JobStateCancelled, rivertype.JobStateDiscarded).
		Where(`args ->> 'run_id' = @run_id`, river.NamedArgs{"run_id": runID}))
	if err != nil {
		return nil, err
	}
	return result.Jobs, nil
}

// Retry sets a run's failed jobs going again, once what made them fail is
// mended, and tells how many there were. Each has one more try at least. What is to be
// decided is left to who plans the night.
func (q *Queue) Retry(ctx context.Context, runID string) (int, error) {
	jobs, err := q.failed(ctx, runID)
	if err != nil {
		return 0, fmt.Errorf("queue: retry run %s: %w", runID, err)
	}
	jobs = slices.DeleteFunc(jobs, func(job *rivertype.JobRow) bool { return job.Kind == string(night.Plan) })
	for i, job := range jobs {
		if _, err := q.insert.JobRetry(ctx, job.ID); err != nil {
			return i, fmt.Errorf("queue: retry run %s: %w", runID, err)
		}
	}
	return len(jobs), nil
}

// Clear takes the jobs of a kind out of the queue, of all nights, done or not, once
// nobody works on one any more.
func (q *Queue) Clear(ctx context.Context, kind night.JobKind) error {
	for {
		if _, err := q.Reclaim(ctx); err != nil {
			return err
		}
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
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Reclaim takes back at once the jobs that a killed process left running, and
// tells how many. On SQLite it is called under the ledger's lock (ledger.Lock),
// where no other process can be at work; on PostgreSQL at any time, and takes the
// jobs of workers that are gone. A job that has now been cut off on its last try is
// given up: it may be what killed the process.
func (q *Queue) Reclaim(ctx context.Context) (int, error) {
	// Everything that runs is older than this.
	never := time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)
	executor := q.driver.GetExecutor()
	running, err := executor.JobGetStuck(ctx, &riverdriver.JobGetStuckParams{Max: maxListed, StuckHorizon: never})
	if err != nil {
		return 0, fmt.Errorf("queue: reclaim: %w", err)
	}
	shared := q.options.Driver == database.Postgres
	if shared {
		if running, err = q.abandoned(ctx, running); err != nil {
			return 0, fmt.Errorf("queue: reclaim: %w", err)
		}
	}
	rescue := &riverdriver.JobRescueManyParams{StuckHorizon: never}
	for _, job := range running {
		began := job.CreatedAt
		if job.AttemptedAt != nil {
			began = *job.AttemptedAt
		}
		cutOff, err := json.Marshal(rivertype.AttemptError{At: began, Attempt: job.Attempt, Error: "the process ended while it worked on this"})
		if err != nil {
			return 0, fmt.Errorf("queue: reclaim: %w", err)
		}
		state, finished := rivertype.JobStateAvailable, (*time.Time)(nil)
		if job.Attempt >= job.MaxAttempts {
			state, finished = rivertype.JobStateDiscarded, &began
		}
		rescue.ID = append(rescue.ID, job.ID)
		rescue.Error = append(rescue.Error, cutOff)
		rescue.FinalizedAt = append(rescue.FinalizedAt, finished)
		rescue.ScheduledAt = append(rescue.ScheduledAt, job.ScheduledAt)
		rescue.State = append(rescue.State, string(state))
	}
	if len(running) > 0 {
		if _, err := executor.JobRescueMany(ctx, rescue); err != nil {
			return 0, fmt.Errorf("queue: reclaim: %w", err)
		}
	}
	if shared {
		return len(running), nil // a leader that is gone is followed by another within seconds
	}
	// The dead process may have been River's leader, who alone wakes jobs that
	// wait to be tried again; its term would have to run out first.
	if _, err := executor.LeaderDeleteExpired(ctx, &riverdriver.LeaderDeleteExpiredParams{Now: &never}); err != nil {
		return 0, fmt.Errorf("queue: reclaim: %w", err)
	}
	return len(running), nil
}
