package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"rollcall/internal/night"
)

// Handlers are what each kind of job does. A handler may be called again for a
// job it has already done.
type Handlers struct {
	Render, Deliver, Close func(ctx context.Context, j night.Job) error
}

// How often an idle queue is looked at, and the least time between two looks.
const (
	pollInterval  = 25 * time.Millisecond
	fetchCooldown = 5 * time.Millisecond
)

// kept is how long finished jobs that failed can be asked for.
const kept = 90 * 24 * time.Hour

func (q *Queue) config() *river.Config {
	return &river.Config{
		CancelledJobRetentionPeriod: kept,
		DiscardedJobRetentionPeriod: kept,
		ErrorHandler:                faults{q.options.Log},
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           pollInterval,
		JobTimeout:                  q.options.Timeout,
		Logger:                      quiet(q.options.Log),
		MaxAttempts:                 len(q.options.Backoff) + 1,
		PollOnly:                    true, // lib/pq has no listener here, and SQLite none at all
		RescueStuckJobsAfter:        q.options.Timeout + time.Minute,
		RetryPolicy:                 (*backoff)(q),
		SoftStopTimeout:             q.options.Grace,
	}
}

// Work works jobs until ctx ends; then what can be finished within the grace
// period is, and the rest is handed back untouched by the attempt. It returns an
// error only where it could not begin.
func (q *Queue) Work(ctx context.Context, h Handlers) error {
	if h.Render == nil || h.Deliver == nil || h.Close == nil {
		return errors.New("queue: work: every kind of job needs its handler")
	}
	config := q.config()
	config.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: q.options.Workers}}
	config.Workers = river.NewWorkers()
	river.AddWorker(config.Workers, river.WorkFunc(func(ctx context.Context, j *river.Job[renderArgs]) error {
		return q.do(ctx, h.Render, j.ID, j.Args.job(j.Kind))
	}))
	river.AddWorker(config.Workers, river.WorkFunc(func(ctx context.Context, j *river.Job[deliverArgs]) error {
		return q.do(ctx, h.Deliver, j.ID, j.Args.job(j.Kind))
	}))
	river.AddWorker(config.Workers, river.WorkFunc(func(ctx context.Context, j *river.Job[closeArgs]) error {
		return q.do(ctx, h.Close, j.ID, j.Args.job(j.Kind))
	}))
	client, err := river.NewClient(q.driver, config)
	if err != nil {
		return fmt.Errorf("queue: work: %w", err)
	}
	if err := client.Start(ctx); err != nil {
		return fmt.Errorf("queue: work: %w", err)
	}
	<-client.Stopped()
	return nil
}

// do has one job done and notes what its error asks for.
func (q *Queue) do(ctx context.Context, handle func(context.Context, night.Job) error, id int64, j night.Job) error {
	err := handle(ctx, j)
	if err == nil {
		return nil
	}
	// A job cut short by the end of Work has not failed, whatever it made of
	// that. (One that took too long has.)
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
		return errors.Join(err, cause)
	}
	if pause, ok := pauseOf(err); ok {
		q.mu.Lock()
		q.pauses[id] = pause
		q.mu.Unlock()
	}
	return err
}

// backoff is the queue as River's retry policy.
type backoff Queue

// NextRetry is asked right after a try has failed.
func (b *backoff) NextRetry(job *rivertype.JobRow) time.Time {
	b.mu.Lock()
	pause, asked := b.pauses[job.ID]
	delete(b.pauses, job.ID)
	b.mu.Unlock()
	if b.options.Now == nil {
		return (&river.DefaultClientRetryPolicy{}).NextRetry(job)
	}
	if !asked && len(b.options.Backoff) > 0 {
		pause = b.options.Backoff[min(max(job.Attempt, 1), len(b.options.Backoff))-1]
	}
	return b.options.Now().Add(pause)
}

// faults tells the log of tries that failed.
type faults struct{ log *slog.Logger }

// HandleError notes a try that failed, and gives the job up where no other can
// succeed.
func (f faults) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.log.WarnContext(ctx, "job failed", append(about(job), "error", err)...)
	return &river.ErrorHandlerResult{SetCancelled: isPermanent(err)}
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

// quiet is a logger for River itself: only what it warns of.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(warnings{log.Handler()}) }

type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }
