package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"rollcall/internal/district"
	"rollcall/internal/night"
	"rollcall/pipeline"
)

// again answers for a night that is done: it puts back what is missing from the
// shelf, tries again what no mail server took, and changes nothing else.
func (n *nightRun) again(ctx context.Context, run night.Run) error {
	restored, err := n.restore(ctx, run.ID)
	if err != nil {
		return err
	}
	before, err := n.summary(ctx, run)
	if err != nil {
		return err
	}
	failed, worked, err := n.leftover(ctx, run.ID)
	if err != nil {
		return err
	}
	after, err := n.summary(ctx, run)
	if err != nil {
		return err
	}
	n.table(after)
	switch sent := len(before.Undelivered) - len(after.Undelivered); {
	case restored.Back > 0:
		fmt.Fprintf(n.stdout, "The night of %s was done before. %d documents were missing from the shelf and are back; no case or letter was made again.\n", run.ID, restored.Back)
	case worked && sent > 0:
		fmt.Fprintf(n.stdout, "The night of %s was done before. Mail to %d that had not been delivered is on its way now; no case or letter was made again.\n", run.ID, sent)
	case worked:
		fmt.Fprintf(n.stdout, "The night of %s was done before. The mail that was left was tried again; no case or letter was made again.\n", run.ID)
	default:
		fmt.Fprintf(n.stdout, "The night of %s was done before. Nothing changed: no case, letter or message was made again.\n", run.ID)
	}
	if err := n.openFirst(ctx, after); err != nil {
		return err
	}
	n.givenUp(failed)
	for _, l := range restored.Lost {
		fmt.Fprintf(n.stderr, "Needs a person: %s\n", l.Words())
	}
	if after.NeedsPerson() || len(failed) > 0 || len(restored.Lost) > 0 {
		n.attention(after)
		return errNeedsPerson
	}
	return nil
}

// leftover works what is left of a finished run: its mail.
func (n *nightRun) leftover(ctx context.Context, runID string) (failed []night.JobError, worked bool, err error) {
	u, err := n.queue.Unfinished(ctx, runID)
	if err != nil || u.Jobs()+len(u.Failed) == 0 {
		return nil, false, err
	}
	bars := newBars(n.surroundings)
	failed, err = n.workJobs(ctx, runID, "", bars.watch)
	bars.stop()
	return failed, true, err
}

func (h *house) restore(ctx context.Context, runID string) (pipeline.Restored, error) {
	holdMemory()
	return pipeline.Restoring{
		Ledger: h.ledger, Shelf: h.shelf, Rendering: h.rendering(), Closing: h.closing(), Version: version,
	}.Run(ctx, runID)
}

// lost is the error of a night that goes on with no other papers than it had.
func lost(runID string, documents []pipeline.Lost) error {
	lines := []string{fmt.Sprintf("the night of %s is not complete; mend this and run it again:", runID)}
	for _, d := range documents {
		lines = append(lines, d.Words())
	}
	return errors.New(strings.Join(lines, "\n  "))
}

// finishEarlier completes the nights of the year before this one that were left
// open: their letters would never exist otherwise. What cannot be completed is
// said, and tonight goes on without it.
func (n *nightRun) finishEarlier(ctx context.Context) error {
	if n.command.DryRun {
		return nil
	}
	open, err := n.ledger.OpenRuns(ctx, district.YearOf(n.command.AsOf), n.command.AsOf)
	if err != nil {
		return err
	}
	for _, run := range open {
		failed, err := n.work(ctx, run.ID, "", nil)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n.givenUp(failed)
		now, _, lookErr := n.ledger.Run(ctx, run.ID)
		if err = errors.Join(err, lookErr); err == nil && !now.FinishedAt.IsZero() {
			fmt.Fprintf(n.stdout, "The night of %s had been left incomplete; it is complete now.\n", run.ID)
			continue
		}
		if err != nil {
			fmt.Fprintf(n.stderr, "rollcall: %s\n", words(err))
		}
		fmt.Fprintf(n.stderr, "Needs a person: the night of %s is still not complete; %s\n", run.ID, completeIt(run.ID))
		n.left = append(n.left, run.ID)
	}
	return nil
}

func completeIt(runID string) string {
	return fmt.Sprintf("mend what is in its way and run 'rollcall nightly --as-of %s', or the next night, which tries again", runID)
}

// decided reports whether an open night can only be completed: a later one is on
// record, which would know nothing of what this one decided now.
func (n *nightRun) decided(ctx context.Context, run night.Run) (bool, error) {
	if run.ID == "" {
		return false, nil
	}
	latest, err := n.ledger.LatestAsOf(ctx, district.YearOf(run.AsOf))
	if err != nil || latest <= run.AsOf {
		return false, err
	}
	schools, err := n.ledger.Schools(ctx, run.ID)
	for _, s := range schools {
		if s.SchoolID != "" {
			return true, err
		}
	}
	return false, err
}

// goOn works what is left of a night that later ones have followed.
func (n *nightRun) goOn(ctx context.Context, run night.Run) error {
	fmt.Fprintf(n.stdout, "A later night is on record: that of %s is completed with the schools it has, and nothing more is decided in it.\n", run.ID)
	bars := newBars(n.surroundings)
	until := pipeline.Name(n.command.Until)
	failed, err := n.work(ctx, run.ID, until, bars.watch)
	bars.stop()
	if err != nil {
		return err
	}
	return n.report(ctx, run.ID, pipeline.Planned{}, failed, until)
}
