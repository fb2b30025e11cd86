package queue

import (
	"context"
	"errors"
	"fmt"
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
	Attempts int       // it may have
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
	l := Listed{ID: row.ID, Job: j, State: string(row.State), Attempt: row.Attempt, Attempts: row.MaxAttempts, At: row.ScheduledAt}
	if row.AttemptedAt != nil && row.State != rivertype.JobStateRetryable {
		l.At = *row.AttemptedAt
	}
	if n := len(row.AttemptedBy); n > 0 {
		l.Worker = row.AttemptedBy[n-1]
	}
	if n := len(row.Errors); n > 0 {
		l.Err = row.Errors[n-1].Error
	}
	return l, err
}

// RetryJob sets one job going again now, whether it was given up or waits; not one that
// plans a school, which has its turn among the others.
func (q *Queue) RetryJob(ctx context.Context, id int64) (Listed, error) {
	row, err := q.insert.JobGet(ctx, id)
	if err == nil && row.Kind == string(night.Plan) {
		l, err := listed(row)
		return l, errors.Join(err, fmt.Errorf("job %d decides school %s, which waits for others: run 'rollcall nightly --as-of %s' again", id, l.Job.SchoolID, l.Job.RunID))
	}
	if err == nil {
		row, err = q.insert.JobRetry(ctx, id)
	}
	if err != nil {
		return Listed{}, fmt.Errorf("queue: retry job %d: %w", id, err)
	}
	return listed(row)
}

// CancelJob gives one job up. One that is being worked is ended by its worker.
func (q *Queue) CancelJob(ctx context.Context, id int64) (Listed, error) {
	row, err := q.insert.JobCancel(ctx, id)
	if err != nil {
		return Listed{}, fmt.Errorf("queue: cancel job %d: %w", id, err)
	}
	return listed(row)
}
