package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"rollcall/internal/database"
	"rollcall/internal/night"
)

// Handlers are what each kind of job does. A handler may be called again for a
// job it has already done. A kind without a handler is left in the queue.
type Handlers struct {
	Plan, Render, Deliver, Close Handler
}

// Handler does one job. After an error it is tried again, a few times.
type Handler = func(ctx context.Context, j night.Job) error

// How often an idle queue is looked at, and the least time between two looks.
const (
	pollInterval  = 25 * time.Millisecond
	fetchCooldown = 5 * time.Millisecond
)

// kept is how long finished jobs that failed can be asked for.
const kept = 90 * 24 * time.Hour

// longStuck is when a leader throws away what is stuck of kinds that it does not know, and
// none knows all of them. Who shares the database takes that back first (Reclaim).
const longStuck = 24 * time.Hour

// config is what all clients have in common. Jobs of kinds that one does not know are for
// the others.
func (q *Queue) config() *river.Config {
	return &river.Config{
		CancelledJobRetentionPeriod: kept,
		DiscardedJobRetentionPeriod: kept,
		ErrorHandler:                faults{q.options.Log},
		FetchCooldown:               fetchCooldown,
		FetchOnlyKnownKinds:         true,
		FetchPollInterval:           pollInterval,
		JobTimeout:                  q.options.Timeout,
		Logger:                      quiet(q.options.Log),
		MaxAttempts:                 len(q.options.Backoff) + 1,
		PollOnly:                    true, // lib/pq has no listener here, and SQLite none at all
		RescueStuckJobsAfter:        longStuck,
		RetryPolicy:                 (*backoff)(q),
		SoftStopTimeout:             q.options.Grace,
	}
}

// Work works jobs until ctx ends; then what can be finished within the grace
// period is, and the rest is handed back untouched by the attempt. It returns an
// error only where it could not begin.
func (q *Queue) Work(ctx context.Context, h Handlers) error {
	config := q.config()
	config.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: q.options.Workers}}
	config.Workers = river.NewWorkers()
	handled := []bool{
		add[planArgs](config.Workers, h.Plan), add[renderArgs](config.Workers, h.Render),
		add[deliverArgs](config.Workers, h.Deliver), add[closeArgs](config.Workers, h.Close),
	}
	if !slices.Contains(handled, true) {
		return errors.New("queue: work: there is no handler")
	}
	return q.run(ctx, config, false)
}

// run has River work until ctx ends, seen by the others on a server to be alive, and to
// serve a schedule where it does.
func (q *Queue) run(ctx context.Context, config *river.Config, serves bool) (err error) {
	driver := q.driver
	if q.options.Driver == database.Postgres {
		if config.ID, err = workerName(); err != nil {
			return fmt.Errorf("queue: work: %w", err)
		}
		here, err := q.attend(ctx, config.ID, serves)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("queue: work: %w", err)
		}
		// It is there until the last job is handed back.
		attending, gone := context.WithCancel(context.WithoutCancel(ctx))
		var kept sync.WaitGroup
		kept.Go(func() { here.keep(attending) })
		defer kept.Wait()
		defer gone()
		config.Hooks = []rivertype.Hook{river.HookWorkBeginFunc(here.taken.Begin)}
		if !serves {
			driver = follower{q.driver, q.db}
		}
	}
	client, err := river.NewClient(driver, config)
	if err != nil {
		return fmt.Errorf("queue: work: %w", err)
	}
	if err := client.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // ended before it had begun: nothing was taken
		}
		return fmt.Errorf("queue: work: %w", err)
	}
	<-client.Stopped()
	return nil
}

// add has jobs of one kind worked by a handler; false where there is none.
func add[T storedJob](workers *river.Workers, handle Handler) bool {
	if handle == nil {
		return false
	}
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[T]) error {
		return do(ctx, handle, j.Args.job(j.Kind))
	}))
	return true
}

// handedBack is how long a job rests that is for another process.
const handedBack = time.Second

// ErrNotHere is what a handler returns of a job that is for another process: it is handed
// back as it was.
var ErrNotHere = errors.New("queue: not a job for this process")

// do has one job done.
func do(ctx context.Context, handle Handler, j night.Job) error {
	err := handle(ctx, j)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrNotHere):
		return river.JobSnooze(handedBack)
	}
	// A job cut short by the end of Work has not failed, whatever it made of
	// that. (One that took too long has.)
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
		return errors.Join(err, cause)
	}
	return err
}

// backoff is the queue as River's retry policy.
type backoff Queue

// NextRetry is asked right after a try has failed.
func (b *backoff) NextRetry(job *rivertype.JobRow) time.Time {
	if b.options.Now == nil {
		return (&river.DefaultClientRetryPolicy{}).NextRetry(job)
	}
	var pause time.Duration
	if len(b.options.Backoff) > 0 {
		pause = b.options.Backoff[min(max(job.Attempt, 1), len(b.options.Backoff))-1]
	}
	return b.options.Now().Add(pause)
}

// faults tells the log of tries that failed.
type faults struct{ log *slog.Logger }

// HandleError notes a try that failed.
func (f faults) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.log.WarnContext(ctx, "job failed", append(about(job), "error", err)...)
	return nil
}

// HandlePanic notes a panic. It is a fault of the program, which the next try
// would only meet again: the job is given up.
func (f faults) HandlePanic(ctx context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	f.log.ErrorContext(ctx, "job panicked", append(about(job), "panic", fmt.Sprint(value), "trace", trace)...)
	return &river.ErrorHandlerResult{SetCancelled: true}
}

func about(job *rivertype.JobRow) []any {
	j, err := jobOf(job.Kind, job.EncodedArgs)
	if err != nil {
		return []any{"job", job.Kind, "id", job.ID}
	}
	return []any{"job", job.Kind, "run", j.RunID, "school", j.SchoolID, "role", string(j.Role), "attempt", job.Attempt, "of", job.MaxAttempts}
}
