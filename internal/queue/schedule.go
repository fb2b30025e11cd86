package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"rollcall/internal/database"
	"rollcall/internal/night"
)

// Schedule says when nights are due. It is asked by River's leader, which is the one of
// those that share the queue who has them made.
type Schedule struct {
	// Next is the time after another at which it is asked what is due.
	Next func(time.Time) time.Time
	// Due is the run of the night that is due now; false where none is. It may come again
	// once it was done.
	Due func() (runID string, ok bool)
}

// schedulePoll is how often a process that waits for nights looks for one.
const schedulePoll = time.Second

// Serve has the nights of a schedule come as jobs, and does those that come to this process,
// one at a time and for as long as each takes, until ctx ends. Of several that serve one
// queue, on a PostgreSQL server, each night comes to one; where that one dies it comes to
// another. The handler is to know what is done. A night whose error is not ErrNotHere is
// given up: it is not tried again by itself. Serve returns an error only where it could not
// begin.
func (q *Queue) Serve(ctx context.Context, s Schedule, do Handler) error {
	if q.options.Driver != database.Postgres {
		return errors.New("queue: serve: a schedule is served on a PostgreSQL server")
	}
	config := q.config()
	config.FetchPollInterval, config.FetchCooldown = schedulePoll, schedulePoll
	config.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 1}}
	config.Workers = river.NewWorkers()
	river.AddWorker(config.Workers, nightWorker{do: do})
	config.PeriodicJobs = []*river.PeriodicJob{river.NewPeriodicJob(times(s.Next), func() (river.JobArgs, *river.InsertOpts) {
		runID, due := s.Due()
		if !due {
			return nil, nil
		}
		return nightArgs{args{RunID: runID}}, &river.InsertOpts{Priority: priority(night.Night), UniqueOpts: once}
	}, &river.PeriodicJobOpts{RunOnStart: true})} // a leader that is new knows of no time before
	return q.run(ctx, config, true)
}

// once is one job for each night, also of one that failed. One that is done may come again
// while it is due: what is done stands in the ledger.
var once = river.UniqueOpts{ByArgs: true, ByState: slices.DeleteFunc(rivertype.JobStates(), func(s rivertype.JobState) bool {
	return s == rivertype.JobStateCompleted
})}

// times is a function as River's schedule.
type times func(time.Time) time.Time

func (t times) Next(after time.Time) time.Time { return t(after) }

// nightWorker does night jobs.
type nightWorker struct {
	river.WorkerDefaults[nightArgs]
	do Handler
}

// Timeout has a night take the time it takes.
func (nightWorker) Timeout(*river.Job[nightArgs]) time.Duration { return -1 }

// Work does one night.
func (w nightWorker) Work(ctx context.Context, j *river.Job[nightArgs]) error {
	err := do(ctx, w.do, j.Args.job(j.Kind))
	var later *river.JobSnoozeError
	if err == nil || ctx.Err() != nil || errors.As(err, &later) {
		return err
	}
	return river.JobCancel(fmt.Errorf("the night failed: %w", err))
}
