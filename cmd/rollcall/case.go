package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

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
	Record caseRecordCommand `cmd:"" help:"Record what was done about a case."`
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
