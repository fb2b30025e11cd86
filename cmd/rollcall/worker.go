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
	var done atomic.Int64
	fmt.Fprintln(s.stderr, "Working. Stop with Ctrl-C or SIGTERM.")
	err = h.queue.Work(ctx, counting(h.handlers(), &done))
	if err == nil && ctx.Err() != nil {
		fmt.Fprintf(s.stderr, "Stopped after %d jobs; it is safe to start again.\n", done.Load())
	}
	return errors.Join(err, h.Close())
}

// counting counts the jobs that were done.
func counting(h queue.Handlers, done *atomic.Int64) queue.Handlers {
	with := func(do queue.Handler) queue.Handler {
		return func(ctx context.Context, j night.Job) error {
			err := do(ctx, j)
			if err == nil {
				done.Add(1)
			}
			return err
		}
	}
	return queue.Handlers{Render: with(h.Render), Deliver: with(h.Deliver), Close: with(h.Close)}
}
