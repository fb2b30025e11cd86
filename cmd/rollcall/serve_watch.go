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
	cfg    *config.Config
	daemon *daemon
	log    *slog.Logger

	mu     sync.Mutex
	broken error // why no night can come from the queue
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
		w.set(err)
		w.log.Error("no night can come from the queue", "error", err)
		select {
		case <-time.After(watchAgain):
		case <-ctx.Done():
		}
	}
}

func (w *watch) serve(ctx context.Context) (err error) {
	at := ledgerOf(w.cfg)
	q, err := queue.Open(ctx, queue.Options{Driver: at.Driver, DSN: at.DSN, Log: w.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, q.Close()) }()
	w.set(nil)
	return q.Serve(ctx, queue.Schedule{Next: w.next, Due: w.due}, w.do)
}

func (w *watch) set(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken = err
}

// sound asks whether nights can come from the queue.
func (w *watch) sound(ctx context.Context) error {
	w.mu.Lock()
	broken := w.broken
	w.mu.Unlock()
	if broken != nil {
		return broken
	}
	_, err := ledger.Look(ctx, ledgerOf(w.cfg))
	return err
}

// next is the schedule's next time, or the next at which it is looked for one that nobody
// saw.
func (w *watch) next(after time.Time) time.Time {
	look := after.Add(lookAgain)
	if at := w.daemon.schedule.Next(after.In(w.daemon.location)); !at.IsZero() && at.Before(look) {
		return at
	}
	return look
}

// due is the night that is due.
func (w *watch) due() (runID string, ok bool) {
	due, ok := w.daemon.due()
	if !ok {
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
	busy, err := w.busy(ctx)
	if err != nil || busy {
		w.log.Debug("a night waits", "as_of", j.RunID, "error", err)
		return queue.ErrNotHere
	}
	code, err := w.daemon.told(ctx, asOf)
	away := w.back(ctx)
	failed := code != exitDone && code != exitNeedsPerson
	switch {
	case err != nil:
		w.log.Error("a night waits", "as_of", j.RunID, "error", err)
		return queue.ErrNotHere
	case failed && away:
		return queue.ErrNotHere // it goes on where the server is there again
	case failed:
		return fmt.Errorf("'rollcall nightly' ended with exit code %d; its log and its mail say why", code)
	}
	return nil
}

// back waits until the server answers, and tells whether it did not: what came of a night
// can be noted nowhere else.
func (w *watch) back(ctx context.Context) (away bool) {
	for w.sound(ctx) != nil {
		away = true
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return true
		}
	}
	return away
}

func (w *watch) busy(ctx context.Context) (underWay bool, err error) {
	l, err := anyLedger(ctx, w.cfg)
	if err != nil || l == nil {
		return false, err
	}
	underWay, err = l.UnderWay(ctx)
	return underWay, errors.Join(err, l.Close())
}
