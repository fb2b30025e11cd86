package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"rollcall/internal/database"
	"rollcall/internal/night"
	"rollcall/internal/queue"
)

type workerCommand struct{}

// Help shows an example.
func (workerCommand) Help() string {
	return `Works the jobs of nights that run elsewhere, documents and mail, until it is stopped; a job that is under way is then finished, or handed back. A worker that dies loses nothing: its jobs are taken back within half a minute.

It needs the ledger on a PostgreSQL server, the shelf in a bucket or a folder that all machines share, and the same version, configuration and words as the night; mail goes out from wherever its job is worked, so mail.transport is smtp.

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
	h, err := openRooms(ctx, cfg, cfg.AsOf(s.now()), s)
	if err != nil {
		return err
	}
	holdMemory()
	w := &work{house: h}
	fmt.Fprintln(s.stderr, "Working. Stop with Ctrl-C or SIGTERM.")
	err = w.run(ctx)
	if err == nil && ctx.Err() != nil {
		fmt.Fprintf(s.stderr, "Stopped after %d jobs; it is safe to start again.\n", w.done.Load())
	}
	return errors.Join(err, h.Close())
}

// work is a worker under way.
type work struct {
	*house
	done atomic.Int64 // jobs
	stop context.CancelCauseFunc
}

// run works jobs until ctx ends, or one comes that is not for this worker.
func (w *work) run(ctx context.Context) error {
	working, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w.stop = stop
	all := w.handlers()
	err := w.queue.Work(working, queue.Handlers{Render: w.ours(all.Render), Deliver: w.ours(all.Deliver), Close: w.ours(all.Close)})
	if cause := context.Cause(working); ctx.Err() == nil && cause != nil {
		err = errors.Join(err, cause)
	}
	return err
}

// ours has jobs done of nights that this version began. One of another version would make
// other papers than the rest of the night has: the job is handed back, and the worker
// ends.
func (w *work) ours(do queue.Handler) queue.Handler {
	return func(ctx context.Context, j night.Job) error {
		run, _, err := w.ledger.Run(ctx, j.RunID)
		if err != nil {
			return err
		}
		if run.Version != version {
			w.stop(fmt.Errorf("the night of %s is version %s's, and this worker is version %s: start the same version on all machines", run.ID, run.Version, version))
			<-ctx.Done() // handed back as it was
			return ctx.Err()
		}
		if err := do(ctx, j); err != nil {
			return err
		}
		w.done.Add(1)
		return nil
	}
}
