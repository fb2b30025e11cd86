package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"rollcall/internal/intervention"
	"rollcall/reports"
)

// exportCommand gives out what other systems are to know.
type exportCommand struct {
	Interventions exportInterventionsCommand `cmd:"" help:"What a clerk or an import tool enters into the student information system."`
}

type exportInterventionsCommand struct {
	caseYear
	All bool   `help:"Everything of the year, not only what is new since the last export."`
	Out string `help:"File to write. Default: the terminal, or wherever stdout goes." type:"path" placeholder:"FILE.csv"`
}

// Help shows an example.
func (exportInterventionsCommand) Help() string {
	return `A CSV row for each letter sent, meeting, no-show, attempt, contract and referral that somebody recorded: id, action, student_id, school_id, date, time, kind, event, tag, code, note, recorded_by. Tags and codes are those of source.interventions.

Only what is new since the last export is written, and then it is on record as given out. The action is add; or remove, where an entry that was given out has been struck out since. An id stands for one entry for good: where an export is broken off before it is on record, the next one has the same ids again.

The nightly district/sis-interventions.csv has what was recorded since the night before, and leaves the exports as they are.

Example:
  rollcall export interventions --out interventions.csv`
}

// Run writes what is new, and then puts on record that it was given out.
func (c *exportInterventionsCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	b, err := c.open(ctx, g, s)
	if err != nil {
		return err
	}
	return errors.Join(c.export(ctx, b, cfg.Source.Interventions, s), b.Close())
}

func (c *exportInterventionsCommand) export(ctx context.Context, b *casebook, codings intervention.Codings, s *surroundings) error {
	given, err := b.Exported(ctx, b.year)
	if err != nil {
		return err
	}
	var news []intervention.Recorded
	through := map[string]int{}
	everything := func(int, intervention.Event) bool { return true }
	for i := range b.cases {
		k := &b.cases[i]
		before := given[k.ID]
		if n := k.Entries(); n > before {
			through[k.ID] = n
		}
		if c.All {
			before = 0
		}
		news = append(news, k.News(func(seq int, _ intervention.Event) bool { return seq <= before }, everything)...)
	}
	rows, err := reports.Interventions(news, codings)
	if err != nil {
		return err
	}
	if err := c.write(rows, s); err != nil {
		return fmt.Errorf("export: %w; nothing is on record as given out", err)
	}
	return b.RecordExport(ctx, through, s.now())
}

func (c *exportInterventionsCommand) write(rows []byte, s *surroundings) error {
	if c.Out == "" {
		_, err := s.stdout.Write(rows)
		return err
	}
	if info, err := os.Stat(c.Out); err == nil && info.IsDir() {
		return usage(fmt.Errorf("--out %s is a folder; name a file", c.Out))
	}
	if _, err := os.Stat(filepath.Dir(c.Out)); err != nil {
		return usage(fmt.Errorf("--out: %w", err))
	}
	return renameio.WriteFile(c.Out, rows, 0o600, renameio.WithStaticPermissions(0o600))
}
