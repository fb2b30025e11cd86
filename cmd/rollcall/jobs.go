package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"rollcall/internal/night"
	"rollcall/internal/queue"
)

// jobsCommand is the queue by hand.
type jobsCommand struct {
	List   jobsListCommand   `cmd:"" default:"1" help:"List the jobs that run, wait or were given up."`
	Retry  jobsRetryCommand  `cmd:"" help:"Have jobs tried again at once."`
	Cancel jobsCancelCommand `cmd:"" help:"Give jobs up."`
}

// openQueue opens the queue beside the ledger that nights have written.
func openQueue(ctx context.Context, g *commands, s *surroundings) (*queue.Queue, error) {
	cfg, err := s.load(g)
	if err != nil {
		return nil, err
	}
	l, err := openLedger(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := l.Close(); err != nil {
		return nil, err
	}
	at := ledgerOf(cfg)
	return queue.Open(ctx, queue.Options{Driver: at.Driver, Path: at.Path, DSN: at.DSN, Now: s.now, Log: s.log})
}

type jobsListCommand struct{}

// Help shows an example.
func (jobsListCommand) Help() string {
	return "What is done is not listed. A job is one school's decisions, its papers, one message, the end of a night, or a night as a whole where several machines serve.\n\nExample:\n  rollcall jobs"
}

// Run prints a line a job.
func (jobsListCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	q, err := openQueue(ctx, g, s)
	if err != nil {
		return err
	}
	jobs, err := q.List(ctx)
	if err = errors.Join(err, q.Close()); err != nil {
		return err
	}
	if len(jobs) == 0 {
		fmt.Fprintln(s.stderr, "No job waits, is being worked or was given up.")
		return nil
	}
	t := table.NewWriter()
	t.SetOutputMirror(s.stdout)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"Job", "Night", "School", "What", "State", "Tries", "At", "Why"})
	for _, j := range jobs {
		what := string(j.Job.Kind)
		if j.Job.Role != "" {
			what += " to " + j.Job.Role.Label()
		}
		tries := fmt.Sprint(j.Attempt)
		if j.Attempts > 0 {
			tries += fmt.Sprintf(" of %d", j.Attempts)
		}
		t.AppendRow(table.Row{j.ID, j.Job.RunID, j.Job.SchoolID, what, jobState(j), tries,
			j.At.UTC().Format("2006-01-02 15:04:05") + " UTC", firstLine(j.Err)})
	}
	t.Render()
	return nil
}

// jobState says in plain words where a job stands.
func jobState(j queue.Listed) string {
	switch {
	case j.State == "running":
		return "running on " + j.Worker
	case j.Job.Kind == night.Night && j.GivenUp():
		return "failed"
	case j.Job.Kind == night.Night:
		return "waits for 'rollcall serve', or for another night's end"
	case j.State == "cancelled":
		return "given up by hand, or for a fault of the program"
	case j.GivenUp():
		return "given up"
	case j.Attempt > 0:
		return "waits to be tried again"
	}
	return "waits"
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

type jobsRetryCommand struct {
	ID []int64 `arg:"" name:"job" help:"Numbers of jobs, as 'rollcall jobs' shows them."`
}

// Help shows an example.
func (jobsRetryCommand) Help() string {
	return "A worker takes them at once; without one the next start of the night does. A night as a whole is for 'rollcall serve', unless a later one is due already, which knows all that it would have known. What is to be decided has its turn in 'rollcall nightly' alone.\n\nExample:\n  rollcall jobs retry 17"
}

// Run sets each job going.
func (c *jobsRetryCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	return each(ctx, g, s, c.ID, "will be tried again", (*queue.Queue).RetryJob)
}

type jobsCancelCommand struct {
	ID []int64 `arg:"" name:"job" help:"Numbers of jobs, as 'rollcall jobs' shows them."`
}

// Help shows an example.
func (jobsCancelCommand) Help() string {
	return "A job that is being worked is ended. Its night is not complete without it: the next start of that night tries it again.\n\nExample:\n  rollcall jobs cancel 17"
}

// Run gives each job up.
func (c *jobsCancelCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	return each(ctx, g, s, c.ID, "is given up", (*queue.Queue).CancelJob)
}

// each does something to jobs, one after another, and says so. A number that is none
// costs the others nothing.
func each(ctx context.Context, g *commands, s *surroundings, ids []int64, done string, do func(*queue.Queue, context.Context, int64) (queue.Listed, error)) error {
	q, err := openQueue(ctx, g, s)
	if err != nil {
		return err
	}
	var errs []error
	for _, id := range ids {
		j, err := do(q, ctx, id)
		if err != nil {
			errs = append(errs, usage(err))
			continue
		}
		what := string(j.Job.Kind) + " of the night"
		if j.Job.Kind == night.Night {
			what = "the night"
		}
		now := done
		if j.State == "running" {
			now = "is being worked; its worker has been asked to end it"
		}
		fmt.Fprintf(s.stdout, "Job %d, %s of %s, %s.\n", id, what, j.Job.RunID, now)
	}
	return errors.Join(append(errs, q.Close())...)
}
