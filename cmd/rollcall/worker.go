package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"rollcall/internal/database"
	"rollcall/internal/night"
	"rollcall/internal/queue"
)

type workerCommand struct{}

// Help shows an example.
func (workerCommand) Help() string {
	return `Works the jobs of nights that run elsewhere, decisions, documents and mail, until it is stopped; a job that is under way is then finished, or handed back. A worker that dies loses nothing: its jobs are taken back within a minute.

It needs the ledger on a PostgreSQL server, the shelf in a bucket or a folder that all machines share, and the same version, configuration and words as the night, or it stops; mail goes out from wherever its job is worked, so mail.transport is smtp. It decides schools where the source is a database (pgview, edfi) in which it finds what the night found.

Example:
  rollcall worker --config /etc/rollcall/rollcall.yaml`
}

// Run works until ctx ends.
func (c *workerCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	if cfg.Ledger.Driver != database.Postgres {
		return usage(errors.New("a worker shares the ledger with the night, which needs ledger.driver: postgres; on one machine 'rollcall nightly' works all jobs itself"))
	}
	if err := overOutages(ctx, s, func() error { return sureOfLedger(ctx, cfg) }); err != nil {
		return err
	}
	h, err := openRooms(ctx, cfg, cfg.AsOf(s.now()), s)
	if err != nil {
		return err
	}
	holdMemory()
	w := &work{house: h, decider: decider{house: h}}
	extent, err := h.ledger.Extent(ctx)
	if err != nil {
		return errors.Join(err, h.Close())
	}
	known := "no night yet"
	if n := len(extent.Nights); n > 0 {
		known = fmt.Sprintf("%d nights, the last that of %s", n, extent.Nights[n-1])
	}
	fmt.Fprintf(s.news(g), "Working; the ledger has %s. Stop with Ctrl-C or SIGTERM.\n", known)
	if cfg.Mail.Transport == "folder" {
		fmt.Fprintf(s.stderr, "Please look: mail.transport is folder, and the mail of this worker's jobs goes to %s on this machine.\n", cfg.Mail.Folder)
	}
	err = w.run(ctx)
	w.decider.end()
	if err == nil && ctx.Err() != nil {
		fmt.Fprintf(s.news(g), "Stopped after %d jobs; it is safe to start again.\n", w.done.Load())
	}
	return errors.Join(err, h.Close())
}

// work is a worker under way.
type work struct {
	*house
	decider decider
	done    atomic.Int64 // jobs
}

// decideAgain is how long a worker that does not read what the night reads leaves
// deciding to the others.
const decideAgain = 10 * time.Minute

// errDecideAgain ends that while.
var errDecideAgain = errors.New("time to decide again")

// run works jobs until ctx ends, or one comes that is not for this worker.
func (w *work) run(ctx context.Context) error {
	shared := divisible(w.cfg.Source)
	decides := shared
	for {
		err := w.until(ctx, decides)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, errNotOurs):
			w.log.Warn("this machine only makes documents and mail for a while", "minutes", decideAgain.Minutes(), "error", err)
			decides = false
		case errors.Is(err, errDecideAgain):
			decides = shared
		default:
			return err
		}
	}
}

// until works jobs until ctx ends or it may not go on as it is.
func (w *work) until(ctx context.Context, decides bool) error {
	working, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ours := func(do queue.Handler) queue.Handler { return w.ours(do, stop) }
	all := w.handlers()
	// The night closes itself: it knows what waits in the inbox of its machine.
	handlers := queue.Handlers{Render: ours(all.Render), Deliver: ours(all.Deliver)}
	if decides {
		handlers.Plan = ours(w.decider.do)
	} else if divisible(w.cfg.Source) {
		defer time.AfterFunc(decideAgain, func() { stop(errDecideAgain) }).Stop()
	}
	return cmp.Or(w.queue.Work(working, handlers), context.Cause(working))
}

// ours has jobs done of nights that are made as this worker would. Another would make
// other papers than the rest of the night has: its job is handed back, and the worker
// stops.
func (w *work) ours(do queue.Handler, stop context.CancelCauseFunc) queue.Handler {
	return func(ctx context.Context, j night.Job) error {
		run, _, err := w.ledger.Run(ctx, j.RunID)
		if err != nil {
			return err
		}
		if run.Settings != w.madeBy {
			stop(fmt.Errorf("this worker would make other papers than the night of %s does; it differs in %s. Have the same version, configuration and words on all machines", run.ID, strings.Join(unlike(w.madeBy, run.Settings), ", ")))
			return queue.ErrNotHere
		}
		err = do(ctx, j)
		switch {
		case err == nil:
			w.done.Add(1)
		case errors.Is(err, errNotOurs):
			stop(err)
			return queue.ErrNotHere
		}
		return err
	}
}
