package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

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

// Unfinished tells what is left of a run's jobs, but for the night as a whole. It is cheap enough to be asked
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
	const states = `SELECT kind, state, count(*) FROM river_job WHERE args ->> 'run_id' = %s1 AND ` + ofANight + `
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

// ofANight leaves out the job that is the night as a whole: the others are done within it.
const ofANight = `kind <> '` + string(night.Night) + `'`

// maxListed is the most jobs River lists at once; a night has a few hundred.
const maxListed = 10_000

func (q *Queue) failed(ctx context.Context, runID string) ([]*rivertype.JobRow, error) {
	result, err := q.insert.JobList(ctx, river.NewJobListParams().First(maxListed).
		States(rivertype.JobStateCancelled, rivertype.JobStateDiscarded).
		Where(`args ->> 'run_id' = @run_id AND `+ofANight, river.NamedArgs{"run_id": runID}))
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
