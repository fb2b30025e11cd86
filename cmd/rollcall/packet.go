package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"

	"rollcall/internal/bundle"
	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
	"rollcall/internal/shelf"
	"rollcall/pipeline"
	"rollcall/reports"
)

type packetCommand struct {
	Student string        `arg:"" help:"Student ID."`
	AsOf    district.Date `help:"The last day that counts. Default: the date twelve hours ago." placeholder:"2026-10-15"`
	Out     string        `help:"File to write. Default: packet-STUDENT.pdf in the working folder." type:"path" placeholder:"FILE"`
}

// Help shows an example.
func (packetCommand) Help() string {
	return "The face sheet, the attendance print-out, the records, the notes form and the contract of one student, by the export and the ledger as they stand. Nothing is decided or stored.\n\nExample:\n  rollcall packet 4021877 --as-of 2026-10-15 --out /tmp/file.pdf"
}

// Run makes the file.
func (c *packetCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	if c.AsOf.IsZero() {
		c.AsOf = cfg.AsOf(s.now())
	}
	if c.Out == "" {
		c.Out = "packet-" + district.FileName(c.Student) + ".pdf"
	}
	choices, err := settings(cfg)
	if err != nil {
		return err
	}
	words, err := loadWords(cfg)
	if err != nil {
		return err
	}
	policy, err := cfg.Policies.On(c.AsOf)
	if err != nil {
		return usage(err)
	}
	data, err := openSource(ctx, cfg.Source, c.AsOf, bundle.Everything, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	memory, err := openMemory(ctx, cfg)
	if err != nil {
		return err
	}
	t := pipeline.Tonight{
		Run: night.Run{ID: c.AsOf.String(), AsOf: c.AsOf}, District: data.District(), Policy: policy, Settings: choices,
	}
	m, meeting, err := pipeline.OneFile(ctx, data, memory, t, c.Student)
	err = errors.Join(err, memory.Close())
	if errors.Is(err, pipeline.ErrNoStudent) {
		return usage(err)
	}
	if err != nil {
		return err
	}
	made, err := reports.Packets(m, words, []intervention.Meeting{meeting})
	if err != nil {
		return err
	}
	return c.write(ctx, made, s)
}

// write puts the file in its place, whole or not at all, for its owner alone.
func (c *packetCommand) write(ctx context.Context, made reports.PDF, s *surroundings) error {
	out, err := shelf.Open(filepath.Dir(c.Out))
	if err != nil {
		return err
	}
	name := filepath.Base(c.Out)
	if _, _, err := out.Put(ctx, name, func(w io.Writer) error { _, err := w.Write(made.Bytes); return err }); err != nil {
		return errors.Join(err, out.Close())
	}
	fmt.Fprintf(s.stdout, "%s (%d pages)\n", out.Location(name), made.Pages)
	return out.Close()
}

// memory is what was done before.
type memory interface {
	pipeline.Rememberer
	Close() error
}

// openMemory opens the ledger; before the first night there is nothing to
// remember.
func openMemory(ctx context.Context, cfg *config.Config) (memory, error) {
	l, err := anyLedger(ctx, cfg)
	if err == nil && l == nil {
		return blank{}, nil
	}
	return l, err
}

// blank is the memory of a district that has had no night.
type blank struct{}

func (blank) History(context.Context, district.SchoolYear, string, district.Date, []string) (intervention.History, error) {
	return intervention.History{}, nil
}

func (blank) MeetingDays(context.Context, district.SchoolYear) (days, booked []intervention.MeetingDay, err error) {
	return nil, nil, nil
}

func (blank) MeetingsElsewhere(context.Context, string, district.Date, []string) ([]intervention.Meeting, error) {
	return nil, nil
}

func (blank) HoldsOn(context.Context, district.Date) ([]intervention.Hold, error) { return nil, nil }

func (blank) PolicyTexts(context.Context, []string) (map[string]string, error) { return nil, nil }

func (blank) Close() error { return nil }
