package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/ledger"
	"rollcall/internal/night"
	"rollcall/internal/queue"
	"rollcall/internal/seal"
	"rollcall/pipeline"
)

type nightlyCommand struct {
	AsOf   district.Date `help:"The last day that counts. Default: the date twelve hours ago in the district's time zone." placeholder:"2026-10-15"`
	School []string      `help:"Only these schools; the others can follow in a later run of the same night." placeholder:"ID"`
	DryRun bool          `help:"Store and send nothing: write what the night would make under --out."`
	Out    string        `help:"Folder of a dry run." default:"dry-run" type:"path" placeholder:"DIR"`
	Until  string        `help:"Stop after a stage: calendar, extract, assess, decide, schedule, commit, render, deliver or close." enum:",calendar,extract,assess,decide,schedule,commit,render,deliver,close" default:"" placeholder:"STAGE"`
}

// Help shows an example.
func (nightlyCommand) Help() string {
	return `Safe to repeat: a night that is done is left as it is, one that was interrupted goes on where it stopped.

Exit codes: 0 done; 1 failed, nothing issued; 2 wrong usage or configuration; 3 done, but something needs a person; 130 interrupted.

Example:
  rollcall nightly
  rollcall nightly --as-of 2026-10-15 --dry-run --out /tmp/look`
}

// Run is one night, from the export to the district office's mail.
func (c *nightlyCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	if c.AsOf.IsZero() {
		c.AsOf = cfg.AsOf(s.now())
	}
	if c.DryRun || c.Until != "" && !storing(pipeline.Name(c.Until)) {
		return c.scratch(ctx, cfg, g, s)
	}
	return c.in(ctx, cfg, g, s)
}

// storing reports whether a night that ends after a stage has stored anything.
func storing(last pipeline.Name) bool {
	return slices.Index(pipeline.Stages, last) >= slices.Index(pipeline.Stages, pipeline.CommitStage)
}

// scratch is the same night on a copy of the ledger, with shelf and mail in a
// folder of its own; the copy is thrown away.
func (c *nightlyCommand) scratch(ctx context.Context, cfg *config.Config, g *commands, s *surroundings) (err error) {
	scratch, err := os.MkdirTemp("", "rollcall-dry-run-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	try := *cfg
	try.Ledger.Path = filepath.Join(scratch, "rollcall.db")
	if _, err := os.Stat(cfg.Ledger.Path); err == nil {
		if err := ledger.CopyFile(ctx, cfg.Ledger.Path, try.Ledger.Path); err != nil {
			return err
		}
	}
	try.Shelf.Path = c.Out
	if !c.DryRun {
		// Nothing is written so early in the night.
		try.Shelf.Path = filepath.Join(scratch, "out")
	}
	try.Mail.Transport, try.Mail.Folder = "folder", filepath.Join(try.Shelf.Path, "mail")
	return c.in(ctx, &try, g, s)
}

// in runs the night in the places of a configuration.
func (c *nightlyCommand) in(ctx context.Context, cfg *config.Config, g *commands, s *surroundings) error {
	h, err := openHouse(ctx, cfg, s)
	if err != nil {
		return err
	}
	around := *s
	if g.Quiet {
		around.stdout, around.terminal = io.Discard, false
	}
	n := nightRun{house: h, surroundings: &around, command: c}
	return errors.Join(n.run(ctx), h.Close())
}

// nightRun is a night under way.
type nightRun struct {
	*house
	*surroundings
	command *nightlyCommand
}

func (n *nightRun) run(ctx context.Context) error {
	c, until := n.command, pipeline.Name(n.command.Until)
	run, found, err := n.ledger.Run(ctx, c.AsOf.String())
	if err != nil {
		return err
	}
	if found && !run.FinishedAt.IsZero() {
		return n.again(ctx, run)
	}
	policy, err := n.cfg.Policies.On(c.AsOf)
	if err != nil {
		return usage(err)
	}
	bundle, err := openSource(ctx, n.cfg, c.AsOf, n.house.log)
	if err != nil {
		return err
	}
	if err := bundle.Excess(); err != nil {
		return err
	}
	d := bundle.District()
	schools, err := chosen(d, c.School)
	if err != nil {
		return err
	}
	if run, err = pipeline.Begin(ctx, n.ledger, d, policy, version, n.house.now()); err != nil {
		return err
	}
	if run.InputDigest != d.Digest {
		n.house.log.Warn("the export has changed since this night began; schools already decided keep their decision", "run", run.ID)
	}
	t := pipeline.Tonight{Run: run, District: d, Policy: policy, Settings: n.settings}
	bars := newBars(n.surroundings)
	planned, err := pipeline.NewPlanning(t, bundle, n.ledger, n.house.log).Run(ctx, t, schools, until, bars.watch)
	if err != nil {
		bars.stop()
		return err
	}
	if len(planned.Schools) == 0 && len(planned.Failed) > 0 {
		bars.stop()
		return fmt.Errorf("no school has a night: %w", planned.Failed[0].Err)
	}
	if until == pipeline.CommitStage || until != "" && !storing(until) {
		bars.stop()
		fmt.Fprintf(n.stdout, "Stopped after %s as asked.\n", until)
		return nil
	}
	// The district is closed once every school of the export is in.
	if len(planned.Failed) > 0 || len(c.School) > 0 && !n.complete(ctx, run.ID, d) {
		until = earlier(until, pipeline.DeliverStage)
	}
	failed, err := n.work(ctx, run.ID, until, bars.watch)
	bars.stop()
	if err != nil {
		return err
	}
	return n.report(ctx, run.ID, planned, failed, until)
}

func chosen(d *district.District, only []string) ([]string, error) {
	all := schoolIDs(d)
	if len(only) == 0 {
		return all, nil
	}
	for _, id := range only {
		if !slices.Contains(all, id) {
			return nil, usage(fmt.Errorf("no school %q in the export; it has %s", id, strings.Join(all, ", ")))
		}
	}
	only = slices.Clone(only)
	slices.Sort(only)
	return slices.Compact(only), nil
}

func earlier(a, b pipeline.Name) pipeline.Name {
	if a != "" && slices.Index(pipeline.Stages, a) < slices.Index(pipeline.Stages, b) {
		return a
	}
	return b
}

// complete reports whether every school of the export has its night.
func (n *nightRun) complete(ctx context.Context, runID string, d *district.District) bool {
	schools, err := n.ledger.Schools(ctx, runID)
	if err != nil {
		return false
	}
	have := map[string]bool{}
	for _, s := range schools {
		have[s.SchoolID] = true
	}
	for _, s := range d.Schools {
		if !have[s.ID] {
			return false
		}
	}
	return true
}

// workers is how many jobs are worked side by side: a core each.
func workers() int { return runtime.GOMAXPROCS(0) }

// work runs the queue in this process until the night's jobs are done.
func (n *nightRun) work(ctx context.Context, runID string, until pipeline.Name, watch pipeline.Watch) ([]night.JobError, error) {
	// Jobs that an earlier start of this night gave up have another try.
	if _, err := n.queue.Retry(ctx, runID); err != nil {
		return nil, err
	}
	working, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	handlers := n.handlers()
	if until == pipeline.RenderStage {
		// A kind without a handler stays in the queue for the next start.
		handlers.Deliver = nil
	}
	go func() { ended <- n.queue.Work(working, handlers) }()
	finishing := pipeline.Finishing{Ledger: n.ledger, Queue: jobs{n.queue}, Log: n.house.log, Poll: 20 * time.Millisecond}
	failed, err := finishing.Run(ctx, runID, until, watch)
	stop()
	return failed, errors.Join(err, <-ended)
}

// handlers are the jobs of a night, each safe to repeat.
func (h *house) handlers() queue.Handlers {
	rendering := h.rendering()
	delivery := h.delivery()
	return queue.Handlers{
		Render:  rendering.Do,
		Deliver: delivery.Do,
		Close: func(ctx context.Context, j night.Job) error {
			summary, docs, err := h.closing().Do(ctx, j)
			if err != nil {
				return err
			}
			text, err := json.Marshal(summary)
			if err != nil {
				return err
			}
			if err := h.ledger.CloseRun(ctx, j.RunID, h.now().UTC(), string(text), docs); err != nil {
				return err
			}
			return h.ledger.TrimMaterial(ctx, nightsKept)
		},
	}
}

// nightsKept is how many nights can have their documents made again.
const nightsKept = 7

func (h *house) rendering() pipeline.Rendering {
	return pipeline.Rendering{Ledger: h.ledger, Shelf: h.shelf, Words: h.words, Batch: h.settings.Batch, Mail: !h.settings.Mail.Off}
}

func (h *house) delivery() pipeline.Delivery {
	return pipeline.Delivery{
		Ledger: h.ledger, Shelf: h.shelf, Sender: h.sender, Words: h.words, Settings: h.settings, Seal: seal.PDF, Now: h.now,
	}
}

func (h *house) closing() pipeline.Closing {
	return pipeline.Closing{Ledger: h.ledger, Shelf: h.shelf, Delivery: h.delivery()}
}

// again answers for a night that is done: it puts back what is missing from the
// shelf and changes nothing else.
func (n *nightRun) again(ctx context.Context, run night.Run) error {
	restored, err := pipeline.Restoring{
		Ledger: n.ledger, Shelf: n.shelf, Rendering: n.rendering(), Closing: n.closing(),
	}.Run(ctx, run.ID)
	if err != nil {
		return err
	}
	var summary pipeline.Summary
	if err := json.Unmarshal([]byte(run.Summary), &summary); err != nil {
		return fmt.Errorf("read the summary of run %s: %w", run.ID, err)
	}
	n.table(summary)
	if restored > 0 {
		fmt.Fprintf(n.stdout, "The night of %s was done before. %d documents were missing from the shelf and are back; nothing else changed.\n", run.ID, restored)
	} else {
		fmt.Fprintf(n.stdout, "The night of %s was done before. Nothing changed: no case, letter or message was made again.\n", run.ID)
	}
	n.openFirst(summary)
	if summary.NeedsPerson() {
		n.attention(summary)
		return errNeedsPerson
	}
	return nil
}
