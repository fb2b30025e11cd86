package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

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

// casebook is the ledger, opened at one school year.
type casebook struct {
	*ledger.Ledger
	year  district.SchoolYear
	cases []intervention.Case
}

// open opens the ledger that is there and reads the year's cases: of the year
// that one of the IDs names, else of the day meant.
func (y caseYear) open(ctx context.Context, g *commands, s *surroundings, ids ...string) (*casebook, error) {
	cfg, err := s.load(g)
	if err != nil {
		return nil, err
	}
	l, err := openLedger(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if y.AsOf.IsZero() {
		y.AsOf = cfg.AsOf(s.now())
	}
	b := &casebook{Ledger: l, year: district.YearOf(y.AsOf)}
	for _, id := range ids {
		if named, ok := intervention.CaseYear(id); ok {
			b.year = named
		}
	}
	if b.cases, err = l.Cases(ctx, b.year, nil); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return b, nil
}

// knows is an error that names the schools where the year's last night had none
// of the ID, and no case stands there.
func (b *casebook) knows(ctx context.Context, school string) error {
	last, ok, err := b.LastRun(ctx, b.year, b.year.Last()+1)
	if err != nil || !ok {
		return err
	}
	schools, err := b.Schools(ctx, last.ID)
	if err != nil {
		return err
	}
	var ids []string
	for _, s := range schools {
		if s.SchoolID != "" {
			ids = append(ids, s.SchoolID)
		}
	}
	if slices.Contains(ids, school) || slices.ContainsFunc(b.cases, func(k intervention.Case) bool { return k.SchoolID == school }) {
		return nil
	}
	return usage(fmt.Errorf("there is no school %q in %s; the schools are %s", school, b.year, strings.Join(ids, ", ")))
}

// missing is the error of a case that the year does not have.
func (b *casebook) missing(id string) error {
	return usage(fmt.Errorf("no case %q in %s; see 'rollcall case list'", id, b.year))
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
	b, err := c.open(ctx, g, s)
	if err != nil {
		return err
	}
	return errors.Join(c.list(ctx, b, s), b.Close())
}

func (c *caseListCommand) list(ctx context.Context, b *casebook, s *surroundings) error {
	t := table.NewWriter()
	t.SetOutputMirror(s.stdout)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"Case", "School", "Opened", "State", "Meeting", "Why"})
	for i := range b.cases {
		k := &b.cases[i]
		if c.School != "" && k.SchoolID != c.School || c.Open && !k.IsOpen() {
			continue
		}
		meeting := ""
		if k.Meeting != nil {
			meeting = k.Meeting.Date.String() + " " + k.Meeting.Start.String()
		}
		t.AppendRow(table.Row{k.ID, k.SchoolID, k.OpenedOn, k.State().Words(), meeting, k.Reason.Words})
	}
	if t.Length() > 0 {
		t.Render()
		return nil
	}
	if c.School != "" {
		if err := b.knows(ctx, c.School); err != nil {
			return err
		}
	}
	c.none(b, s)
	return nil
}

// none says plainly that there is nothing to list.
func (c *caseListCommand) none(b *casebook, s *surroundings) {
	what, where := "case", ""
	if c.Open {
		what = "open case"
	}
	if c.School != "" {
		where = " at school " + c.School
	}
	fmt.Fprintf(s.stderr, "There is no %s%s in %s. (--as-of names a day of another school year.)\n", what, where, b.year)
}

type caseShowCommand struct {
	caseYear
	Case string `arg:"" help:"Case ID, as 'case list' shows it."`
}

// Help shows an example.
func (caseShowCommand) Help() string {
	return "Example:\n  rollcall case show 2026-27/SART-1/4021877"
}

// Run prints the case's reason, events and letters.
func (c *caseShowCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	b, err := c.open(ctx, g, s, c.Case)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(b.cases, func(k intervention.Case) bool { return k.ID == c.Case })
	if i < 0 {
		return errors.Join(b.missing(c.Case), b.Close())
	}
	e := explanation{w: s.stdout, cases: b.cases[i : i+1]}
	e.history()
	return b.Close()
}
