package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"rollcall/internal/config"
	"rollcall/internal/shelf"
	"rollcall/pipeline"
	"rollcall/reports"
	"rollcall/templates"
)

type previewCommand struct {
	Template string `arg:"" optional:"" help:"One letter, form or message, such as cart-invitation, contract-sart or office-manager. Default: all, and the envelope alignment sheet."`
	Words    string `help:"A folder of words to edit: the files of what is shown are put there, those that are there already stay and are what is shown." type:"path" placeholder:"DIR"`
	Out      string `help:"Folder to write to." default:"preview" type:"path" placeholder:"DIR"`
}

// Help shows an example.
func (previewCommand) Help() string {
	return "Shows the letters, forms and messages as the fictitious family and its school would get them, in each language, for the people who edit the words.\n\nExample:\n  rollcall preview cart-invitation --words words\n  rollcall preview --out /tmp/words"
}

// Run writes a document a letter, form and message.
func (c *previewCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
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
	night := pipeline.PreviewNight(choices, policy, cfg.AsOf(s.now()))
	shown, err := c.shown(&night)
	if err != nil {
		return err
	}
	set, err := c.words(ctx, cfg, s)
	if err != nil {
		return err
	}
	out, err := shelf.Open(c.Out)
	if err != nil {
		return err
	}
	for _, p := range shown {
		contents, err := p.make(set)
		if err == nil {
			_, _, err = out.Put(ctx, p.file, func(w io.Writer) error { _, err := w.Write(contents); return err })
		}
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", p.file, err), out.Close())
		}
		fmt.Fprintln(s.stdout, out.Location(p.file))
	}
	if err := out.Close(); err != nil {
		return err
	}
	faults := templates.Lint(set, cfg.AsOf(s.now()))
	for _, f := range faults {
		fmt.Fprintln(s.stderr, "a night would refuse this:", f)
	}
	if len(faults) > 0 {
		return errNeedsPerson
	}
	return nil
}

// words are those a night would take, or those of the folder to edit, which gets
// the files it lacks.
func (c *previewCommand) words(ctx context.Context, cfg *config.Config, s *surroundings) (*templates.Set, error) {
	set, err := loadWords(cfg)
	if err != nil || c.Words == "" {
		return set, err
	}
	folder, err := shelf.Open(c.Words)
	if err != nil {
		return nil, err
	}
	added, err := fill(ctx, folder, set.Originals(c.Template))
	for _, name := range added {
		fmt.Fprintln(s.stderr, "to edit:", folder.Location(name))
	}
	if err := errors.Join(err, folder.Close()); err != nil {
		return nil, err
	}
	if set, err = templates.Load(os.DirFS(c.Words)); err != nil {
		return nil, usage(err)
	}
	return set, nil
}

// fill puts the files that a folder lacks into it and says which.
func fill(ctx context.Context, folder *shelf.Folder, files map[string]string) (added []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if _, _, err := folder.Digest(ctx, name); err == nil {
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return added, err
		}
		if _, _, err := folder.Put(ctx, name, func(w io.Writer) error { _, err := io.WriteString(w, files[name]); return err }); err != nil {
			return added, err
		}
		added = append(added, name)
	}
	return added, nil
}

// preview is one document to show.
type preview struct {
	name, file string
	make       func(*templates.Set) ([]byte, error)
}

// shown is what the command was asked for.
func (c *previewCommand) shown(n *reports.Night) ([]preview, error) {
	all := previews(n)
	if c.Template == "" {
		return append(all, preview{"envelope-alignment", "envelope-alignment.pdf", func(*templates.Set) ([]byte, error) {
			return bytesOf(reports.AlignmentSheet(n))
		}}), nil
	}
	var names []string
	var found []preview
	for _, p := range all {
		if p.name == c.Template {
			found = append(found, p)
		}
		names = append(names, p.name)
	}
	if len(found) == 0 {
		return nil, usage(fmt.Errorf("no letter, form or message %q; there are %s", c.Template, strings.Join(slices.Compact(names), ", ")))
	}
	return found, nil
}

// previews are the letters, the forms and the messages.
func previews(n *reports.Night) []preview {
	var all []preview
	for _, kind := range templates.Letters {
		all = append(all, preview{kind, kind + ".pdf", func(set *templates.Set) ([]byte, error) {
			return bytesOf(reports.PreviewLetter(n, set, kind))
		}})
	}
	for _, name := range slices.Sorted(maps.Keys(templates.Forms)) {
		all = append(all, preview{name, name + ".pdf", func(set *templates.Set) ([]byte, error) {
			return bytesOf(reports.PreviewForm(n, set, name))
		}})
	}
	for _, role := range templates.EmailRoles {
		name := templates.EmailName(role)
		part := func(ending string, choose func(subject, text, html string) string) {
			all = append(all, preview{name, name + ending, func(set *templates.Set) ([]byte, error) {
				subject, text, html, err := set.Email(role, templates.SampleEmail(role))
				return []byte(choose(subject, text, html)), err
			}})
		}
		part(".txt", func(subject, text, _ string) string { return "Subject: " + subject + "\n\n" + text })
		part(".html", func(_, _, html string) string { return html })
	}
	return all
}

func bytesOf(made reports.PDF, err error) ([]byte, error) { return made.Bytes, err }
