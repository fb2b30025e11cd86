package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"rollcall/internal/night"
)

// Listed is a job as a person looks at it.
type Listed struct {
	ID       int64
	Job      night.Job
	State    string    // running, available, retryable, scheduled, cancelled, discarded
	Attempt  int       // tries so far
	Attempts int       // it may have; 0 for a night as a whole, which is told of when it is given up
	At       time.Time // of the next try, or of the last one where none follows
	Worker   string    // who works it, or did last
	Err      string    // of the last try
}

// GivenUp reports whether the job is not tried again by itself.
func (l Listed) GivenUp() bool {
	return l.State == string(rivertype.JobStateCancelled) || l.State == string(rivertype.JobStateDiscarded)
}

// List is every job that is not done, by the order in which they came.
func (q *Queue) List(ctx context.Context) ([]Listed, error) {
	result, err := q.insert.JobList(ctx, river.NewJobListParams().First(maxListed).OrderBy(river.JobListOrderByID, river.SortOrderAsc).
		States(rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning,
			rivertype.JobStateScheduled, rivertype.JobStateCancelled, rivertype.JobStateDiscarded))
	if err != nil {
		return nil, fmt.Errorf("queue: list: %w", err)
	}
	jobs := make([]Listed, len(result.Jobs))
	for i, row := range result.Jobs {
		if jobs[i], err = listed(row); err != nil {
			return nil, fmt.Errorf("queue: list: %w", err)
		}
	}
	return jobs, nil
}

func listed(row *rivertype.JobRow) (Listed, error) {
	j, err := jobOf(row.Kind, row.EncodedArgs)
	l := Listed{ID: row.ID, Job: j, State: string(row.State), Worker: workerOf(row), Attempt: row.Attempt, Attempts: row.MaxAttempts, At: row.ScheduledAt}
	if j.Kind == night.Night {
		l.Attempts = 0
	}
	if row.AttemptedAt != nil && row.State != rivertype.JobStateRetryable {
		l.At = *row.AttemptedAt
	}
	if n := len(row.Errors); n > 0 {
		l.Err = strings.TrimPrefix(row.Errors[n-1].Error, "JobCancelError: ")
	}
	return l, err
}

// RetryJob sets one job going again now, whether it was given up or waits; not one that is
// done, nor one that plans a school, which has its turn among the others.
func (q *Queue) RetryJob(ctx context.Context, id int64) (Listed, error) {
	return q.change(ctx, id, "retry", func(row *rivertype.JobRow) (*rivertype.JobRow, error) {
		switch l, err := listed(row); {
		case err != nil:
			return nil, err
		case row.State == rivertype.JobStateRunning:
			return nil, fmt.Errorf("job %d is being worked, by %s", id, l.Worker)
		case l.Job.Kind == night.Plan:
			return nil, fmt.Errorf("job %d decides school %s, which waits for others: run 'rollcall nightly --as-of %s' again", id, l.Job.SchoolID, l.Job.RunID)
		}
		return q.insert.JobRetry(ctx, id)
	})
}

// CancelJob gives one job up that is not done. One that is being worked is ended by its
// worker.
func (q *Queue) CancelJob(ctx context.Context, id int64) (Listed, error) {
	return q.change(ctx, id, "cancel", func(*rivertype.JobRow) (*rivertype.JobRow, error) { return q.insert.JobCancel(ctx, id) })
}

// change does something to a job that is there and not done.
func (q *Queue) change(ctx context.Context, id int64, what string, do func(*rivertype.JobRow) (*rivertype.JobRow, error)) (Listed, error) {
	row, err := q.insert.JobGet(ctx, id)
	switch {
	case errors.Is(err, rivertype.ErrNotFound):
		return Listed{}, fmt.Errorf("there is no job %d; 'rollcall jobs' lists those that are not done", id)
	case err == nil && row.State == rivertype.JobStateCompleted:
		return Listed{}, fmt.Errorf("job %d is done; nothing is left to %s", id, what)
	case err == nil:
		row, err = do(row)
	}
	if err != nil {
		return Listed{}, fmt.Errorf("queue: %s job %d: %w", what, id, err)
	}
	return listed(row)
}
