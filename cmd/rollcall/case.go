package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
)

// caseCommand is the ledger by hand.
type caseCommand struct {
	List   caseListCommand   `cmd:"" help:"List the year's cases."`
	Show   caseShowCommand   `cmd:"" help:"Show what happened to one case."`
	Record caseRecordCommand `cmd:"" help:"Record that letters were mailed or sent home."`
}

// caseYear is which school year a case command means.
type caseYear struct {
	AsOf district.Date `help:"A day of the school year meant. Default: the date twelve hours ago." placeholder:"2026-10-15"`
}

// cases opens the ledger that is there and reads the year's cases.
func (y caseYear) cases(ctx context.Context, g *commands, s *surroundings) (*ledger.Ledger, []intervention.Case, error) {
	cfg, err := s.load(g)
	if err != nil {
		return nil, nil, err
	}
	l, err := openLedger(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	if y.AsOf.IsZero() {
		y.AsOf = cfg.AsOf(s.now())
	}
	cases, err := l.Cases(ctx, district.YearOf(y.AsOf), nil)
	if err != nil {
		return nil, nil, errors.Join(err, l.Close())
	}
	return l, cases, nil
}

func openLedger(ctx context.Context, cfg *config.Config) (*ledger.Ledger, error) {
	if _, err := os.Stat(cfg.Ledger.Path); errors.Is(err, fs.ErrNotExist) {
		return nil, usage(fmt.Errorf("no ledger at %s: no night has run yet", cfg.Ledger.Path))
	}
	return ledger.Open(ctx, ledger.Options{Driver: cfg.Ledger.Driver, Path: cfg.Ledger.Path})
}

type caseListCommand struct {
	caseYear
	School string `help:"Only this school's." placeholder:"ID"`
	Open   bool   `help:"Only those in which somebody still has something to do."`
}

// Help shows an example.
func (caseListCommand) Help() string {
	return "Example:\n  rollcall case list --school 101 --open"
}

// Run prints a line a case.
func (c *caseListCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	l, cases, err := c.cases(ctx, g, s)
	if err != nil {
		return err
	}
	t := table.NewWriter()
	t.SetOutputMirror(s.stdout)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"Case", "School", "Opened", "State", "Meeting", "Why"})
	for i := range cases {
		k := &cases[i]
		if c.School != "" && k.SchoolID != c.School || c.Open && !k.IsOpen() {
			continue
		}
		meeting := ""
		if k.Meeting != nil {
			meeting = k.Meeting.Date.String() + " " + k.Meeting.Start.String()
		}
		t.AppendRow(table.Row{k.ID, k.SchoolID, k.OpenedOn, k.State().Words(), meeting, k.Reason.Words})
	}
	t.Render()
	return l.Close()
}

type caseShowCommand struct {
	caseYear
	Case string `arg:"" help:"Case ID, as 'case list' shows it."`
}

// Help shows an example.
func (caseShowCommand) Help() string {
	return "Example:\n  rollcall case show 2026-27/SART-1/4021877 --as-of 2026-10-15"
}

// Run prints the case's reason, events and letters.
func (c *caseShowCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	l, cases, err := c.cases(ctx, g, s)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(cases, func(k intervention.Case) bool { return k.ID == c.Case })
	if i < 0 {
		return errors.Join(usage(noCase(c.Case)), l.Close())
	}
	e := explanation{w: s.stdout, cases: cases[i : i+1]}
	e.history()
	return l.Close()
}

func noCase(id string) error {
	return fmt.Errorf("no case %q this school year; see 'rollcall case list'", id)
}

type caseRecordCommand struct {
	caseYear
	Event  string        `arg:"" enum:"mailed,sent-home" help:"What happened: mailed or sent-home."`
	Case   []string      `arg:"" optional:"" help:"Case IDs. Default: every case with a letter of the batch named by --school and --run."`
	School string        `help:"The batch of this school." placeholder:"ID"`
	Night  string        `name:"run" help:"The night whose letters they are: the date of its folder." placeholder:"2026-10-15"`
	On     district.Date `help:"The day it was done. Default: today." placeholder:"2026-10-16"`
	By     string        `help:"Who says so. Default: the user who runs this." placeholder:"NAME"`
}

// Help shows an example.
func (caseRecordCommand) Help() string {
	return `Until its letter is recorded as mailed or sent home, a case whose rule no longer holds is withdrawn; after, a person reviews it. Recording twice changes nothing.

Example:
  rollcall case record mailed --school 101 --run 2026-10-15
  rollcall case record sent-home 2026-27/SART-1/4021877 --on 2026-10-16`
}

// Run adds the event to each case that does not have it yet.
func (c *caseRecordCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	today := district.DateIn(s.now(), cfg.District.Location)
	if c.On.IsZero() {
		c.On = today
	}
	if c.On > today {
		return usage(fmt.Errorf("--on %s is in the future", c.On))
	}
	if len(c.Case) == 0 && (c.School == "" || c.Night == "") {
		return usage(errors.New("name the cases, or the batch with --school and --run"))
	}
	if c.AsOf.IsZero() && c.Night != "" {
		if c.AsOf, err = district.ParseDate(c.Night); err != nil {
			return usage(fmt.Errorf("--run: %w", err))
		}
	}
	l, cases, err := c.cases(ctx, g, s)
	if err != nil {
		return err
	}
	return errors.Join(c.record(ctx, l, cases, s), l.Close())
}

func (c *caseRecordCommand) record(ctx context.Context, l *ledger.Ledger, cases []intervention.Case, s *surroundings) error {
	kind, channel := intervention.Mailed, intervention.ByMail
	if c.Event == "sent-home" {
		kind, channel = intervention.SentHome, intervention.WithStudent
	}
	chosen, err := c.chosen(ctx, l, cases, channel)
	if err != nil {
		return err
	}
	recorded, before := 0, 0
	for _, k := range chosen {
		switch letter := k.LastLetter(channel); {
		case letter == nil:
			return usage(fmt.Errorf("case %s has no letter that could be %s", k.ID, strings.ReplaceAll(c.Event, "-", " ")))
		case c.On < letter.IssuedOn:
			return usage(fmt.Errorf("case %s: its letter is dated %s; it cannot have gone out on %s", k.ID, letter.IssuedOn, c.On))
		case k.Has(kind, letter.IssuedOn):
			before++
			continue
		}
		err := l.RecordEvent(ctx, k.ID, intervention.Event{
			Kind: kind, At: s.now().UTC(), On: c.On, Actor: c.by(s), Detail: strings.TrimSpace("recorded by hand " + c.Night),
		})
		if err != nil {
			return err
		}
		recorded++
	}
	fmt.Fprintf(s.stdout, "Recorded %s for %d cases", c.Event, recorded)
	if before > 0 {
		fmt.Fprintf(s.stdout, "; %d had it already", before)
	}
	fmt.Fprintln(s.stdout, ".")
	return nil
}

// chosen are the cases named, or those of the batch.
func (c *caseRecordCommand) chosen(ctx context.Context, l *ledger.Ledger, cases []intervention.Case, channel intervention.Channel) ([]*intervention.Case, error) {
	byID := map[string]*intervention.Case{}
	for i := range cases {
		byID[cases[i].ID] = &cases[i]
	}
	ids := c.Case
	if len(ids) == 0 {
		letters, err := l.LettersOfRun(ctx, c.Night)
		if err != nil {
			return nil, err
		}
		for _, letter := range letters {
			k := byID[letter.CaseID]
			if k != nil && k.SchoolID == c.School && letter.Channel == channel && !letter.Withdrawn && !slices.Contains(ids, k.ID) {
				ids = append(ids, k.ID)
			}
		}
		if len(ids) == 0 {
			return nil, usage(fmt.Errorf("school %s has no such letters of the night of %s", c.School, c.Night))
		}
	}
	chosen := make([]*intervention.Case, 0, len(ids))
	for _, id := range ids {
		if byID[id] == nil {
			return nil, usage(noCase(id))
		}
		chosen = append(chosen, byID[id])
	}
	return chosen, nil
}

func (c *caseRecordCommand) by(s *surroundings) string {
	if c.By != "" {
		return c.By
	}
	if user, ok := s.getenv("USER"); ok && user != "" {
		return user
	}
	return "by hand"
}
