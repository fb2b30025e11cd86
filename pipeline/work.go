package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"rollcall/internal/night"
)

// Queue carries the jobs of a run.
type Queue interface {
	Insert(ctx context.Context, jobs []night.Job) error
	// Unfinished counts by kind the jobs of a run that still wait or run, and
	// lists those that were given up.
	Unfinished(ctx context.Context, runID string) (open map[night.JobKind]int, failed []night.JobError, err error)
}

// RunKeeper is what finishing a night needs of the ledger.
type RunKeeper interface {
	Schools(ctx context.Context, runID string) ([]night.School, error)
	Run(ctx context.Context, id string) (night.Run, bool, error)
	Deliveries(ctx context.Context, runID string) ([]night.Delivery, error)
}

// Finishing works a committed night to its end, wherever its jobs run.
type Finishing struct {
	Ledger RunKeeper
	Queue  Queue
	// MessageID is that of a deliver job's message.
	MessageID func(night.Job) string
	Log       *slog.Logger
	// Poll is how often the queue is asked.
	Poll time.Duration
}

// Run waits until the jobs of a run are done, then has the night closed where
// nothing is missing. It returns the jobs that were given up.
func (f Finishing) Run(ctx context.Context, runID string, until Name, watch Watch) ([]night.JobError, error) {
	schools, err := f.Ledger.Schools(ctx, runID)
	if err != nil {
		return nil, err
	}
	total := 0
	for _, s := range schools {
		if s.SchoolID != "" {
			total++
		}
	}
	p := &progress{schools: total, tell: func(s Step) { f.reached(watch, s) }}
	failed, err := f.drain(ctx, runID, until, p)
	if err != nil || !CloseStage.reaches(until) {
		return failed, err
	}
	run, _, err := f.Ledger.Run(ctx, runID)
	if err != nil {
		return failed, err
	}
	if run.FinishedAt.IsZero() {
		if ready, err := f.Ready(ctx, runID); err != nil || !ready {
			return failed, err
		}
		if err := f.Queue.Insert(ctx, []night.Job{{Kind: night.Close, RunID: runID}}); err != nil {
			return failed, fmt.Errorf("%s: %w", CloseStage, err)
		}
	}
	if failed, err = f.drain(ctx, runID, until, p); err != nil {
		return failed, err
	}
	if run, _, err = f.Ledger.Run(ctx, runID); err == nil && !run.FinishedAt.IsZero() {
		f.reached(watch, Step{Stage: CloseStage, Done: 1, Total: 1})
	}
	return failed, err
}

// Ready reports whether a run can be closed: its documents are made and its
// messages written. A message that no server would take yet does not keep a night
// open: it is on record for whom it is, and goes out when the night is run again.
func (f Finishing) Ready(ctx context.Context, runID string) (bool, error) {
	open, failed, err := f.Queue.Unfinished(ctx, runID)
	if err != nil || open[night.Render]+open[night.Deliver] > 0 {
		return false, err
	}
	schools, err := f.Ledger.Schools(ctx, runID)
	if err != nil {
		return false, err
	}
	for _, s := range schools {
		if s.Status == night.Committed {
			return false, nil
		}
	}
	deliveries, err := f.Ledger.Deliveries(ctx, runID)
	if err != nil {
		return false, err
	}
	written := map[string]bool{}
	for _, d := range deliveries {
		written[d.MessageID] = true
	}
	for _, j := range failed {
		if j.Job.Kind == night.Deliver && !written[f.MessageID(j.Job)] {
			return false, nil
		}
	}
	return true, nil
}

// drain waits until no job of the run is open.
func (f Finishing) drain(ctx context.Context, runID string, until Name, p *progress) ([]night.JobError, error) {
	tick := time.NewTicker(f.Poll)
	defer tick.Stop()
	for {
		open, failed, err := f.Queue.Unfinished(ctx, runID)
		if err != nil {
			return nil, err
		}
		failed = slices.DeleteFunc(failed, func(j night.JobError) bool { return j.Job.Kind == night.Plan }) // told by planning
		renders, messages := open[night.Render], open[night.Deliver]
		p.left(renders, messages)
		if renders+messages+open[night.Close] == 0 || until == RenderStage && renders == 0 {
			return failed, nil
		}
		select {
		case <-ctx.Done():
			return failed, ctx.Err()
		case <-tick.C:
		}
	}
}

// progress tells how many schools have their documents and their mail. It never
// goes back: messages join the queue as documents are done.
type progress struct {
	schools             int
	rendered, delivered int
	begun               bool
	tell                func(Step)
}

func (p *progress) left(renders, messages int) {
	if n := p.schools - renders; n > p.rendered || !p.begun {
		p.rendered = n
		p.tell(Step{Stage: RenderStage, Done: n, Total: p.schools})
	}
	// Messages to several roles of one school count as one school.
	waiting := renders + (messages+len(messengers)-1)/len(messengers)
	if n := max(0, p.schools-waiting); n > p.delivered || !p.begun {
		p.delivered = n
		p.tell(Step{Stage: DeliverStage, Done: n, Total: p.schools})
	}
	p.begun = true
}

func (f Finishing) reached(watch Watch, s Step) {
	f.Log.Info("stage", "stage", string(s.Stage), "done", s.Done, "of", s.Total)
	watch.tell(s)
}
