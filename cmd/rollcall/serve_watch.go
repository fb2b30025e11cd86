package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/ledger"
	"rollcall/internal/night"
	"rollcall/internal/queue"
)

// watch is a daemon's part in the queue of a PostgreSQL ledger, which has each night of the
// schedule begun by one of those that serve the district.
type watch struct {
	cfg     *config.Config
	daemon  *daemon
	givenUp func(ctx context.Context, asOf district.Date, times int)
	log     *slog.Logger
	waits   string // the night that was handed back last, and why; one comes at a time

	mu    sync.Mutex
	queue *queue.Queue // nil until it could be opened
}

// watchAgain is how long a watch that cannot begin waits.
const watchAgain = 30 * time.Second

// run takes nights from the queue until ctx ends, and returns when none is under way.
func (w *watch) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := w.serve(ctx)
		if ctx.Err() != nil {
			return
		}
		w.log.Error("no night can come from the queue", "error", err)
		select {
		case <-time.After(watchAgain):
		case <-ctx.Done():
		}
	}
}

func (w *watch) serve(ctx context.Context) (err error) {
	w.mu.Lock()
	q, err := w.opened(ctx)
	w.mu.Unlock()
	if err != nil {
		return err
	}
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.queue = nil
		err = errors.Join(err, q.Close())
	}()
	due := func() (string, bool) { return w.due(ctx) }
	return q.Serve(ctx, queue.Nights{Next: w.next, Due: due, Do: w.do, GivenUp: func(ctx context.Context, j night.Job, times int) {
		if asOf, err := district.ParseDate(j.RunID); err == nil {
			w.givenUp(ctx, asOf, times)
		}
	}})
}

// opened is the queue, opened where it is not; mu is held.
func (w *watch) opened(ctx context.Context) (_ *queue.Queue, err error) {
	if w.queue == nil {
		at := ledgerOf(w.cfg)
		w.queue, err = queue.Open(ctx, queue.Options{Driver: at.Driver, DSN: at.DSN, Log: w.log})
	}
	return w.queue, err
}

// offer has the night of a day come to one of those that serve.
func (w *watch) offer(ctx context.Context, asOf district.Date) (open bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock() // it is not closed meanwhile
	q, err := w.opened(ctx)
	if err != nil {
		return false, err
	}
	return q.Offer(ctx, asOf.String())
}

// next is the schedule's next time.
func (w *watch) next(after time.Time) time.Time {
	return w.daemon.schedule.Next(after.In(w.daemon.location))
}

// due is the night that is due and not done.
func (w *watch) due(ctx context.Context) (runID string, ok bool) {
	due, ok := w.daemon.due()
	if !ok || !w.daemon.wanted(ctx, due) {
		return "", false
	}
	return w.daemon.asOf(due).String(), true
}

// do is a night that has come to this process. It waits while another is under way, which
// somebody may have begun by hand.
func (w *watch) do(ctx context.Context, j night.Job) error {
	asOf, err := district.ParseDate(j.RunID)
	if err != nil {
		return err
	}
	busy, err := ledger.UnderWay(ctx, w.cfg.Ledger.DSN)
	switch {
	case err != nil:
		err = fmt.Errorf("%w: %w", errNotNow, err)
	case busy:
		err = fmt.Errorf("%w: %w", errNotNow, ledger.ErrAtWork)
	default:
		err = w.daemon.told(ctx, asOf)
	}
	away := w.back(ctx)
	switch {
	case err == nil, errors.Is(err, errNeedsPerson):
		return nil
	case errors.Is(err, errNotNow), errors.Is(err, errLedgerAway), away:
		// It goes on where nobody else is at work, and the server is there again.
		if why := fmt.Sprint(j.RunID, err); why != w.waits {
			w.waits = why // it comes again in a second
			w.log.Info("a night waits", "as_of", j.RunID, "error", err)
		}
		return queue.ErrNotHere
	}
	return fmt.Errorf("'rollcall nightly' ended with exit code %d; its log and its mail say why", codeOf(err))
}

// back waits until the ledger's server answers, and tells whether it did not: what came of a
// night can be noted nowhere else.
func (w *watch) back(ctx context.Context) (away bool) {
	for {
		if _, err := ledger.UnderWay(ctx, w.cfg.Ledger.DSN); err == nil {
			return away
		}
		away = true
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return true
		}
	}
}
