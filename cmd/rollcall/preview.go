package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"rollcall/internal/shelf"
	"rollcall/pipeline"
	"rollcall/reports"
	"rollcall/templates"
)

type previewCommand struct {
	Template string `arg:"" optional:"" help:"One letter, such as cart-invitation. Default: all, and the envelope alignment sheet."`
	Out      string `help:"Folder to write to." default:"preview" type:"path" placeholder:"DIR"`
}

// Help shows an example.
func (previewCommand) Help() string {
	return "Prints the letters as the fictitious family would get them, in each language, for the people who edit the words.\n\nExample:\n  rollcall preview cart-invitation\n  rollcall preview --out /tmp/words"
}

// Run writes a PDF a letter.
func (c *previewCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	set, err := loadWords(cfg)
	if err != nil {
		return err
	}
	choices, err := settings(cfg)
	if err != nil {
		return err
	}
	policy, err := cfg.Policies.On(cfg.AsOf(s.now()))
	if err != nil {
		return usage(err)
	}
	kinds := templates.Letters
	if c.Template != "" {
		if !slices.Contains(kinds, c.Template) {
			return usage(fmt.Errorf("no letter %q; the letters are %s", c.Template, strings.Join(kinds, ", ")))
		}
		kinds = []string{c.Template}
	}
	night := pipeline.PreviewNight(choices, policy, cfg.AsOf(s.now()))
	out, err := shelf.Open(c.Out)
	if err != nil {
		return err
	}
	write := func(name string, made reports.PDF, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if _, _, err := out.Put(ctx, name, func(w io.Writer) error { _, err := w.Write(made.Bytes); return err }); err != nil {
			return err
		}
		fmt.Fprintln(s.stdout, out.Location(name))
		return nil
	}
	for _, kind := range kinds {
		made, err := reports.PreviewLetter(&night, set, kind)
		if err := write(kind+".pdf", made, err); err != nil {
			return errors.Join(err, out.Close())
		}
	}
	if c.Template == "" {
		made, err := reports.AlignmentSheet(&night)
		if err := write("envelope-alignment.pdf", made, err); err != nil {
			return errors.Join(err, out.Close())
		}
	}
	return out.Close()
}
