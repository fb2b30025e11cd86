package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"rollcall/internal/district"
	"rollcall/internal/night"
	"rollcall/pipeline"
)

type approveCommand struct {
	Night          string   `arg:"" name:"run" help:"The night: the date of its folder."`
	School         []string `arg:"" optional:"" help:"School IDs."`
	All            bool     `help:"Every school of the night that waits for an approval."`
	Why            string   `help:"The reason, in a sentence. It goes into the mail to the school's team: name no student in it." placeholder:"TEXT"`
	By             string   `help:"Who approves. Default: the user who runs this." placeholder:"NAME"`
	WithTodaysData bool     `help:"Decide on the export and the policy as they are now, where they have changed since the night."`
}

// Help shows an example.
func (approveCommand) Help() string {
	return `The night of a held school is decided again, as of the same day, and issued: documents, mail and the summary are made again. It must be the latest night. A school on hold has to be released first. Safe to repeat.

Exit codes are those of nightly.

Examples:
  rollcall approve 2026-10-15 101 --why "Everybody was on the field day"
  rollcall approve 2026-10-15 --all`
}

// Run issues what was held, and works it to the end.
func (c *approveCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	if c.All == (len(c.School) > 0) {
		return usage(errors.New("name the schools, or say --all"))
	}
	// A ledger that is not there is not made.
	l, err := openLedger(ctx, cfg)
	if err != nil {
		return err
	}
	if err := l.Close(); err != nil {
		return err
	}
	asOf, err := district.ParseDate(c.Night)
	if err != nil {
		return usage(fmt.Errorf("no night %q; it is the date of its folder, such as 2026-10-15", c.Night))
	}
	around := s.hushed(g)
	return inHouse(ctx, cfg, asOf, s, func(ctx context.Context, h *house) error {
		return c.approve(ctx, &nightRun{house: h, surroundings: around, command: &nightlyCommand{}})
	})
}

func (c *approveCommand) approve(ctx context.Context, n *nightRun) error {
	run, err := c.latest(ctx, n)
	if err != nil {
		return err
	}
	before, err := n.ledger.Approvals(ctx, run.ID)
	if err != nil {
		return err
	}
	held, err := c.held(ctx, n, before)
	if err != nil {
		return err
	}
	done := !run.FinishedAt.IsZero()
	if !done && len(before) == 0 {
		return usage(fmt.Errorf("the night of %s is not complete; run 'rollcall nightly --as-of %s' first", run.ID, run.ID))
	}
	if len(held) == 0 && done {
		fmt.Fprintln(n.stdout, "Nothing changed: all of it was approved and issued before.")
		return nil
	}
	bars := newBars(n.surroundings)
	refused := c.issue(ctx, n, run, held, bars.watch)
	if ctx.Err() != nil {
		bars.stop()
		return ctx.Err()
	}
	// What was approved before an error, now or by an earlier start, is worked
	// to its end.
	if run, _, err = n.ledger.Run(ctx, run.ID); err != nil || !run.FinishedAt.IsZero() {
		bars.stop()
		return errors.Join(refused, err)
	}
	failed, err := n.work(ctx, run.ID, "", bars.watch)
	bars.stop()
	if err != nil {
		return errors.Join(refused, err)
	}
	err = n.report(ctx, run.ID, pipeline.Planned{}, failed, "")
	if refused != nil {
		fmt.Fprintln(n.stderr, "rollcall:", words(refused))
		return cmp.Or(err, errNeedsPerson)
	}
	return err
}

// latest is the run meant, which no later night may have followed: what that one
// decided, it decided without what would be issued now.
func (c *approveCommand) latest(ctx context.Context, n *nightRun) (night.Run, error) {
	run, found, err := n.ledger.Run(ctx, c.Night)
	if err != nil {
		return run, err
	}
	if !found {
		return run, usage(fmt.Errorf("no night %q; it is the date of its folder, such as 2026-10-15", c.Night))
	}
	latest, err := n.ledger.LatestNight(ctx)
	if err == nil && latest > run.AsOf {
		err = usage(fmt.Errorf("the night of %s is not the latest: that of %s has decided since; look at it, and approve there what is held", run.ID, latest))
	}
	return run, err
}

// held are the schools to be approved, without those that were before.
func (c *approveCommand) held(ctx context.Context, n *nightRun, before []night.Approval) ([]night.School, error) {
	schools, err := n.ledger.Schools(ctx, c.Night)
	if err != nil {
		return nil, err
	}
	was := map[string]night.Approval{}
	for _, a := range before {
		was[a.SchoolID] = a
	}
	standing, err := n.onHold(ctx, c.Night)
	if err != nil {
		return nil, err
	}
	var held []night.School
	for _, s := range schools {
		switch {
		case s.SchoolID == "" || s.Held == "" || !c.All && !slices.Contains(c.School, s.SchoolID):
		case standing[s.SchoolID] == "":
			held = append(held, s)
		case c.All:
			fmt.Fprintf(n.stdout, "School %s is left as it is: %s.\n", s.SchoolID, standing[s.SchoolID])
		default:
			return nil, usage(fmt.Errorf("school %s is %s; 'rollcall release %s' first", s.SchoolID, standing[s.SchoolID], s.SchoolID))
		}
	}
	for _, id := range c.School {
		if slices.ContainsFunc(held, func(s night.School) bool { return s.SchoolID == id }) {
			continue
		}
		a, approved := was[id]
		switch {
		case approved:
			fmt.Fprintf(n.stdout, "School %s was approved before by %s.\n", id, a.By)
		case slices.ContainsFunc(schools, func(s night.School) bool { return s.SchoolID == id && id != "" }):
			return nil, usage(fmt.Errorf("school %s is not held in the night of %s: there is nothing to approve", id, c.Night))
		default:
			return nil, usage(fmt.Errorf("school %q has no night of %s", id, c.Night))
		}
	}
	if c.All && len(held)+len(before) == 0 {
		return nil, usage(fmt.Errorf("no school waits for an approval in the night of %s", c.Night))
	}
	return held, nil
}

// onHold are the schools that a person holds in a night, and the words of it.
func (h *house) onHold(ctx context.Context, runID string) (map[string]string, error) {
	run, _, err := h.ledger.Run(ctx, runID)
	if err != nil {
		return nil, err
	}
	holds, err := h.ledger.HoldsOn(ctx, run.AsOf)
	words := map[string]string{}
	for _, hold := range holds {
		if hold.SchoolID != "" {
			words[hold.SchoolID] = hold.Words()
		}
	}
	return words, err
}

// issue decides the held schools again, each whole or not at all.
func (c *approveCommand) issue(ctx context.Context, n *nightRun, run night.Run, held []night.School, watch pipeline.Watch) (err error) {
	if len(held) == 0 {
		return nil
	}
	data, shut, err := openForNight(ctx, n.cfg.Source, run.AsOf, n.house.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shut()) }()
	if err := data.Excess(); err != nil {
		return err
	}
	why, err := c.asSeen(run, data)
	if err != nil {
		return err
	}
	approvals := make([]night.Approval, len(held))
	for i, s := range held {
		approvals[i] = night.Approval{
			RunID: run.ID, SchoolID: s.SchoolID, Held: s.Held, By: signed(c.By, n.surroundings), Why: why, At: n.house.now().UTC(),
		}
	}
	policy, err := n.policy(run.AsOf, run, true)
	if err != nil {
		return err
	}
	t := pipeline.Tonight{Run: run, District: data.District(), Policy: policy, Settings: n.settings}
	done, err := pipeline.Approving{Ledger: n.ledger, Source: data, Shelf: n.shelf, Log: n.house.log}.Run(ctx, t, approvals, watch)
	for _, a := range approvals[:done] {
		fmt.Fprintf(n.stdout, "Approved: school %s, held before: %s.\n", a.SchoolID, a.Held)
	}
	return err
}

// asSeen refuses an export that nobody has looked at, unless told to take it: a
// person approves what they saw. It returns the reason on record. The policy is
// the one the night began with.
func (c *approveCommand) asSeen(run night.Run, data nightSource) (why string, err error) {
	why = district.OneLine(c.Why)
	switch {
	case data.District().Digest == run.InputDigest:
		return why, nil
	case !c.WithTodaysData:
		return "", fmt.Errorf("the export changed since the night of %s, so it would not decide what you saw: run the next night, or approve with --with-todays-data", run.ID)
	case why != "":
		why += "; "
	}
	return why + "on the export as changed since", nil
}
