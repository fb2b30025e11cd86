package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
	"rollcall/internal/night"
	"rollcall/internal/queue"
	"rollcall/internal/seal"
	"rollcall/pipeline"
)

type nightlyCommand struct {
	AsOf       district.Date `help:"The last day that counts. Default: the date twelve hours ago in the district's time zone." placeholder:"2026-10-15"`
	School     []string      `help:"Only these schools; the others can follow in a later run of the same night." placeholder:"ID" sep:"none"`
	DryRun     bool          `help:"Store and send nothing: write what the night would make under --out."`
	Out        string        `help:"Folder of a dry run." default:"dry-run" type:"path" placeholder:"DIR"`
	Bundle     string        `help:"Read the export from this folder; only in a dry run." type:"path" placeholder:"DIR"`
	RecordOnly bool          `help:"Take over a year that was run by other means: put on record who would have had a meeting, and issue nothing."`
	Until      string        `help:"Stop after a stage: calendar, extract, assess, decide, schedule, commit, render, deliver or close." enum:",calendar,extract,assess,decide,schedule,commit,render,deliver,close" default:"" placeholder:"STAGE"`

	// yields leaves the night to another that is at work on the ledger, and nobody need hear;
	// and to the queue where the ledger's server is away.
	yields bool
}

// Help shows an example.
func (nightlyCommand) Help() string {
	return `Safe to repeat: a night that is done is left as it is, one that was interrupted goes on where it stopped, with the policy it began with. Mail that no server took is tried again. An earlier night that is not complete is completed first.

A dry run of a past night is made as if neither it nor any later one had been, with the policy recorded with it. The same export and version give the same documents, byte for byte.

Exit codes: 0 done; 1 failed: nothing issued, or the night is not complete; 2 wrong usage or configuration; 3 done, but something needs a person; 130 interrupted.

Example:
  rollcall nightly
  rollcall nightly --as-of 2026-10-15 --dry-run --out /tmp/look
  rollcall nightly --as-of 2027-01-15 --record-only   # the first night in the middle of a year
  rollcall nightly --as-of 2026-09-30 --dry-run --bundle exports/2026-09-30`
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
	if today := district.DateIn(s.now(), cfg.District.Location); c.AsOf > today && !c.DryRun {
		fmt.Fprintf(s.stderr, "Please look: --as-of %s is in the future. Days that have not been count as days without absence, and no night before it can run any more; --dry-run looks at it without keeping it.\n", c.AsOf)
	}
	if c.Bundle != "" && !c.DryRun {
		return usage(errors.New("--bundle is for a dry run; a night reads the export of the configuration"))
	}
	if c.School != nil {
		// Taken apart here, so that an empty ID is not taken for no flag at all.
		c.School = strings.Split(strings.Join(c.School, ","), ",")
	}
	if slices.Contains(c.School, "") {
		return usage(errors.New("--school names no school; give its ID, or leave the flag out for all of them"))
	}
	if c.DryRun || c.Until != "" && !storing(pipeline.Name(c.Until)) {
		return c.scratch(ctx, cfg, g, s)
	}
	return c.attended(ctx, cfg, s, func(s *surroundings) error {
		err := overOutages(ctx, s, func() error {
			if err := sureOfLedger(ctx, cfg); err != nil {
				return err
			}
			return c.in(ctx, cfg, g, s, nil)
		})
		return ledgerAway(ctx, cfg, err)
	})
}

// yieldsTo reports whether a night's error is that another is at work, which it is left to.
func (c *nightlyCommand) yieldsTo(err error) bool {
	return c.yields && errors.Is(err, ledger.ErrAtWork)
}

// storing reports whether a night that ends after a stage has stored anything.
func storing(last pipeline.Name) bool {
	return slices.Index(pipeline.Stages, last) >= slices.Index(pipeline.Stages, pipeline.CommitStage)
}

// in runs the night in the places of a configuration. made are the documents of
// the same night when it was run before.
func (c *nightlyCommand) in(ctx context.Context, cfg *config.Config, g *commands, s *surroundings, made []night.Document) error {
	around := s.hushed(g)
	return inHouse(ctx, cfg, c.AsOf, s, func(ctx context.Context, h *house) error {
		h.settings.RecordOnly = c.RecordOnly
		n := nightRun{house: h, surroundings: around, command: c, made: made}
		return n.run(ctx)
	})
}

// nightRun is a night under way.
type nightRun struct {
	*house
	*surroundings
	command *nightlyCommand
	made    []night.Document
	left    []string // earlier nights that could not be completed
	// troubled is whether something beside the night itself needs a person.
	troubled bool
}

func (n *nightRun) run(ctx context.Context) (err error) {
	c, until := n.command, pipeline.Name(n.command.Until)
	run, found, err := n.ledger.Run(ctx, c.AsOf.String())
	if err != nil {
		return err
	}
	if found && !run.FinishedAt.IsZero() {
		return n.again(ctx, run)
	}
	if err := n.finishEarlier(ctx); err != nil {
		return err
	}
	over, err := n.decided(ctx, run)
	if err != nil {
		return err
	}
	if over {
		return n.goOn(ctx, run)
	}
	if err := n.readInbox(ctx); err != nil {
		return err
	}
	policy, err := n.policy(c.AsOf, run, found)
	if err != nil {
		return err
	}
	data, shut, err := openForNight(ctx, n.cfg.Source, c.AsOf, n.house.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shut()) }()
	if err := data.Excess(); err != nil {
		return err
	}
	d := data.District()
	schools, err := chosen(d, c.School)
	if err != nil {
		return err
	}
	if run, err = pipeline.Begin(ctx, n.ledger, d, policy, n.settings, n.house.now()); err != nil {
		return err
	}
	if run.InputDigest != d.Digest {
		n.house.log.Warn("the export has changed since this night began; schools already decided keep their decision", "run", run.ID)
	}
	t := pipeline.Tonight{Run: run, District: d, Policy: policy, Settings: n.settings}
	bars := newBars(n.surroundings)
	planned, err := n.plan(ctx, pipeline.NewPlanning(t, data, n.ledger, n.house.log), schools, until, bars.watch)
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
	complete, err := n.complete(ctx, run.ID, d)
	if err != nil {
		bars.stop()
		return err
	}
	if !complete {
		until = earlier(until, pipeline.DeliverStage)
	}
	failed, err := n.work(ctx, run.ID, until, bars.watch)
	bars.stop()
	if err != nil {
		return err
	}
	return n.report(ctx, run.ID, planned, failed, until)
}

// policy is the one that the night began with, else the rule set in force on its
// day. A night under way never changes its policy, whatever has become of the
// configuration since.
func (h *house) policy(asOf district.Date, run night.Run, begun bool) (*intervention.Policy, error) {
	now, err := h.cfg.Policies.On(asOf)
	switch {
	case !begun && err != nil:
		return nil, usage(err)
	case !begun || err == nil && now.Hash == run.PolicyHash:
		return now, nil
	}
	then, err := intervention.Restore(run.PolicyHash, run.PolicyText)
	if err != nil {
		return nil, fmt.Errorf("the night of %s goes on with no other policy than it began with, and that cannot be read any more: %w", run.ID, err)
	}
	h.log.Warn("the policy has changed since this night began; it goes on with the one it began with", "run", run.ID, "policy", intervention.ShortHash(run.PolicyHash))
	return then, nil
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
func (n *nightRun) complete(ctx context.Context, runID string, d *district.District) (bool, error) {
	have, err := n.ledger.Committed(ctx, runID)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(d.Schools, func(s district.School) bool { return !slices.Contains(have, s.ID) }), nil
}

// heldMemory is what the work of jobs is to keep to: what it needs at a time is a
// school's papers, or a district's rosters, and the rest is garbage not collected yet.
const heldMemory = 400 << 20

// holdMemory has garbage collected before a process grows beyond heldMemory, unless
// whoever runs it has said less.
func holdMemory() { debug.SetMemoryLimit(min(heldMemory, debug.SetMemoryLimit(-1))) }

// workers is how many jobs are worked side by side: a core each.
func workers() int { return runtime.GOMAXPROCS(0) }

// work puts back what is missing of the night's documents, and runs the queue in
// this process until its jobs are done.
func (n *nightRun) work(ctx context.Context, runID string, until pipeline.Name, watch pipeline.Watch) ([]night.JobError, error) {
	// What somebody took off the shelf since the last start is needed again.
	if restored, err := n.restore(ctx, runID); err != nil {
		return nil, err
	} else if len(restored.Lost) > 0 {
		return nil, lost(runID, restored.Lost)
	}
	return n.workJobs(ctx, runID, until, watch)
}

func (n *nightRun) workJobs(ctx context.Context, runID string, until pipeline.Name, watch pipeline.Watch) (failed []night.JobError, err error) {
	holdMemory()
	if err := n.ledger.SetSettings(ctx, runID, n.madeBy); err != nil {
		return nil, err
	}
	// Jobs that an earlier start of this night gave up have another try.
	if _, err := n.queue.Retry(ctx, runID); err != nil {
		return nil, err
	}
	handlers := n.handlers()
	if until == pipeline.RenderStage {
		// A kind without a handler stays in the queue for the next start.
		handlers.Deliver = nil
	}
	err = n.working(ctx, handlers, func(ctx context.Context) (err error) {
		failed, err = n.finishing().Run(ctx, runID, until, watch)
		return err
	})
	return failed, err
}

// plan decides the schools' nights: as jobs, where they are to be stored, so that other
// machines take part.
func (n *nightRun) plan(ctx context.Context, planning *pipeline.Planning, schools []string, until pipeline.Name, watch pipeline.Watch) (planned pipeline.Planned, err error) {
	if until != "" && !storing(until) {
		return planning.Run(ctx, schools, until, watch)
	}
	if err := n.ledger.SetSettings(ctx, n.command.AsOf.String(), n.madeBy); err != nil {
		return planned, err
	}
	err = n.working(ctx, queue.Handlers{Plan: planning.Do}, func(ctx context.Context) (err error) {
		planned, err = planning.RunJobs(ctx, n.jobs(), schools, watch)
		return err
	})
	return planned, err
}

// working works the queue in this process while do goes on, which ends when the queue
// cannot be worked.
func (n *nightRun) working(ctx context.Context, handlers queue.Handlers, do func(context.Context) error) (err error) {
	working, stop := context.WithCancel(ctx)
	doing, fail := context.WithCancelCause(ctx)
	ended := make(chan error, 1)
	go func() {
		err := n.queue.Work(working, handlers)
		if err != nil {
			fail(err)
		}
		ended <- err
	}()
	defer func() { // also where it panics
		stop()
		if broken := <-ended; broken != nil {
			err = broken // do was cut short by it
		}
		fail(nil)
	}()
	return do(doing)
}

// handlers are the jobs of a night, each safe to repeat.
func (h *house) handlers() queue.Handlers {
	rendering := h.rendering()
	return queue.Handlers{
		Render: rendering.Do,
		Deliver: func(ctx context.Context, j night.Job) error {
			if j.SchoolID == "" {
				return h.closing().Tell(ctx, j)
			}
			return h.delivery().Do(ctx, j)
		},
		Close: h.closeRun,
	}
}

// closeRun works a close job. One that an earlier start left behind does nothing to the night:
// the run may be finished, and the office at work in its papers, or it may not be
// ready, and is to be closed later.
func (h *house) closeRun(ctx context.Context, j night.Job) error {
	run, _, err := h.ledger.Run(ctx, j.RunID)
	if err != nil {
		return err
	}
	if !run.FinishedAt.IsZero() {
		return h.tidy(ctx, j.RunID) // which may be what failed the last time
	}
	if ready, err := h.finishing().Ready(ctx, j.RunID); err != nil || !ready {
		return err
	}
	closed, err := h.closing().Do(ctx, j)
	if err != nil {
		return err
	}
	text, err := json.Marshal(closed.Summary)
	if err != nil {
		return err
	}
	if err := h.ledger.CloseRun(ctx, j.RunID, h.now().UTC(), string(text), closed.Documents, closed.Jobs); err != nil {
		return err
	}
	return h.tidy(ctx, j.RunID)
}

// tidy lets go of what nobody needs any more once a night is complete.
func (h *house) tidy(ctx context.Context, runID string) error {
	return errors.Join(h.ledger.TrimMaterial(ctx, nightsKept), h.queue.Forgive(ctx, runID))
}

func (h *house) finishing() pipeline.Finishing {
	return pipeline.Finishing{
		Ledger: h.ledger, Queue: h.jobs(), MessageID: h.delivery().MessageID, Log: h.log, Poll: 20 * time.Millisecond,
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
	return pipeline.Closing{Ledger: h.ledger, Shelf: h.shelf, Delivery: h.delivery(), Refused: h.refused}
}
