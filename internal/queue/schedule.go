package queue

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"rollcall/internal/database"
	"rollcall/internal/night"
)

// Nights are those of a schedule.
type Nights struct {
	// Next is the time of the schedule after another. It is asked by River's leader, which is
	// the one of those that share the queue who has nights made.
	Next func(time.Time) time.Time
	// Due is the run of the night that is due now; false where none is. It may come again
	// once it was done.
	Due func() (runID string, ok bool)
	// Do does a night, and knows what is done. A night whose error is not ErrNotHere is given
	// up: it is not tried again by itself.
	Do Handler
	// GivenUp is told of a night that is not done any more, since the process that did it ended
	// in the middle so many times.
	GivenUp func(ctx context.Context, j night.Job, times int)
}

// schedulePoll is how often a process that waits for nights looks for one.
const schedulePoll = time.Second

// Serve has the nights of a schedule come as jobs, and does those that come to this process,
// one at a time and for as long as each takes, until ctx ends. Of several that serve one
// queue, on a PostgreSQL server, each night comes to one; where that one dies it comes to
// another. Serve returns an error only where it could not begin.
func (q *Queue) Serve(ctx context.Context, n Nights) error {
	if q.options.Driver != database.Postgres {
		return errors.New("queue: serve: a schedule is served on a PostgreSQL server")
	}
	config := q.config()
	config.FetchPollInterval, config.FetchCooldown = schedulePoll, schedulePoll
	config.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 1}}
	config.Workers = river.NewWorkers()
	river.AddWorker(config.Workers, nightWorker{nights: n})
	config.PeriodicJobs = []*river.PeriodicJob{river.NewPeriodicJob(times(n.Next), func() (river.JobArgs, *river.InsertOpts) {
		runID, due := n.Due()
		if !due {
			return nil, nil
		}
		return nightArgs{args{RunID: runID}}, once
	}, &river.PeriodicJobOpts{RunOnStart: true})} // a leader that is new knows of no time before
	return q.run(ctx, config, true)
}

// Offer has a night come to one of those that serve the schedule, as the leader does at its
// time; nothing where it is in the queue, or has failed. So a night whose time nobody saw
// comes, and one that the leader should have made and did not. It tells whether the night is
// still to be done, or being done.
func (q *Queue) Offer(ctx context.Context, runID string) (open bool, err error) {
	made, err := q.insert.Insert(ctx, nightArgs{args{RunID: runID}}, once)
	if err != nil {
		return false, fmt.Errorf("queue: the night of %s: %w", runID, err)
	}
	return made.Job.State != rivertype.JobStateCancelled && made.Job.State != rivertype.JobStateDiscarded, nil
}

// once is one job for each night, also of one that failed. One that is done may come again
// while it is due: what is done stands in the ledger. Its tries are counted by nightWorker.
var once = &river.InsertOpts{
	MaxAttempts: math.MaxInt16, Priority: priority(night.Night),
	UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: slices.DeleteFunc(rivertype.JobStates(), func(s rivertype.JobState) bool {
		return s == rivertype.JobStateCompleted
	})},
}

// times is a function as River's schedule.
type times func(time.Time) time.Time

func (t times) Next(after time.Time) time.Time { return t(after) }

// deadly is how many times a process may end in the middle of a night before the night is
// taken for the cause.
const deadly = 5

// nightWorker does night jobs.
type nightWorker struct {
	river.WorkerDefaults[nightArgs]
	nights Nights
}

// Timeout has a night take the time it takes.
func (nightWorker) Timeout(*river.Job[nightArgs]) time.Duration { return -1 }

// Work does one night.
func (w nightWorker) Work(ctx context.Context, j *river.Job[nightArgs]) error {
	if n := cutOffs(j.Errors); n >= deadly {
		w.nights.GivenUp(ctx, j.Args.job(j.Kind), n)
		return river.JobCancel(fmt.Errorf("given up: %d times %s", n, cutOff))
	}
	err := do(ctx, w.nights.Do, j.Args.job(j.Kind))
	var later *river.JobSnoozeError
	if err == nil || ctx.Err() != nil || errors.As(err, &later) {
		return err
	}
	return river.JobCancel(fmt.Errorf("the night failed: %w", err))
}

// cutOffs counts how often a job was cut off since it last ended by itself.
func cutOffs(tries []rivertype.AttemptError) (n int) {
	for n < len(tries) && tries[len(tries)-1-n].Error == cutOff {
		n++
	}
	return n
}
