package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"rollcall/internal/config"
	"rollcall/internal/database"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
	"rollcall/internal/night"
)

// scratch is the same night on a copy of the ledger, with shelf and mail in a
// folder of its own; the copy is thrown away.
func (c *nightlyCommand) scratch(ctx context.Context, cfg *config.Config, g *commands, s *surroundings) (err error) {
	if c.DryRun {
		if err := c.apart(cfg); err != nil {
			return err
		}
	}
	scratch, err := os.MkdirTemp("", "rollcall-dry-run-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	try := *cfg
	if c.Bundle != "" {
		try.Source = try.Source.In(c.Bundle)
	}
	try.Ledger = config.Ledger{Driver: database.SQLite, Path: filepath.Join(scratch, "rollcall.db")}
	was, err := copyLedger(ctx, cfg, try.Ledger.Path, c.AsOf)
	if err != nil {
		return err
	}
	try.Shelf = config.Shelf{Path: c.Out}
	if !c.DryRun {
		// Nothing is written so early in the night.
		try.Shelf.Path = filepath.Join(scratch, "out")
	}
	try.Mail.Folder = filepath.Join(try.Shelf.Path, "mail")
	try.Mail.Transport = "folder"
	if was.back && !g.Quiet {
		fmt.Fprintf(s.stderr, "rollcall: %s\n", was.words(cfg, c.AsOf))
	}
	err = c.in(ctx, &try, g, s, was.made)
	if c.DryRun && !g.Quiet {
		fmt.Fprintln(s.stdout, "This was a dry run: nothing was stored or sent.")
	}
	return err
}

// apart refuses a dry run whose papers or mail would lie among those of real
// nights, where somebody could take them for such.
func (c *nightlyCommand) apart(cfg *config.Config) error {
	out := resolved(c.Out)
	for _, place := range []struct{ key, path string }{
		{"shelf.path", cfg.Shelf.Path}, {"mail.folder", cfg.Mail.Folder},
	} {
		there := resolved(place.path)
		if within(out, there) || within(filepath.Join(out, "mail"), there) {
			return usage(fmt.Errorf("--out %s would put a dry run where the real nights are (%s: %s); name another folder", c.Out, place.key, place.path))
		}
	}
	return nil
}

// resolved is a path without links, as far as it exists.
func resolved(path string) string {
	if there, err := filepath.EvalSymlinks(path); err == nil {
		return there
	}
	if parent := filepath.Dir(path); parent != path {
		return filepath.Join(resolved(parent), filepath.Base(path))
	}
	return path
}

// within reports whether a path is a folder or lies in it.
func within(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

// past is what is known of a night that is made again.
type past struct {
	back bool      // the ledger was taken back to it
	run  night.Run // as it was begun, zero where that day had no night
	made []night.Document
	// approved are the schools whose night a person issued afterwards.
	approved []string
}

// copyLedger copies a ledger for a dry run: as it stands, or, where the night has
// been or a later one, as it stood before. The ledger itself is only read.
func copyLedger(ctx context.Context, cfg *config.Config, to string, asOf district.Date) (was past, err error) {
	whole := to + ".whole"
	l, err := wholeLedger(ctx, cfg, whole)
	if err != nil || l == nil {
		return was, err
	}
	first, found, err := l.FirstRun(ctx, asOf)
	if err != nil {
		return was, errors.Join(err, l.Close())
	}
	if !found {
		return was, errors.Join(l.Close(), os.Rename(whole, to))
	}
	was.back = true
	if first.AsOf == asOf {
		was.run = first
		approvals, err := l.Approvals(ctx, first.ID)
		if err != nil {
			return was, errors.Join(err, l.Close())
		}
		for _, a := range approvals {
			was.approved = append(was.approved, a.SchoolID)
		}
	}
	// A night that is still open has made only some of its documents.
	if first.AsOf == asOf && !first.FinishedAt.IsZero() {
		was.made, err = l.Documents(ctx, first.ID)
	}
	return was, errors.Join(err, goBack(ctx, l, to, asOf), l.Close())
}

// wholeLedger is a copy of the ledger in a file, as it stands; nil where no night has
// run yet. The ledger itself is not even brought up to date.
func wholeLedger(ctx context.Context, cfg *config.Config, to string) (*ledger.Ledger, error) {
	schema, err := ledger.Look(ctx, ledgerOf(cfg))
	server := cfg.Ledger.Driver == database.Postgres
	switch {
	case errors.Is(err, ledger.ErrNone), err == nil && server && schema.Has == 0:
		return nil, nil
	case err != nil:
		return nil, err
	case !server:
		if err := ledger.CopyFile(ctx, cfg.Ledger.Path, to); err != nil {
			return nil, err
		}
		return ledger.Open(ctx, ledger.Options{Path: to})
	case schema.Has != schema.Knows:
		return nil, fmt.Errorf("the ledger on the server is of version %d and this program knows %d: the next night brings it up to date, then it can be looked at", schema.Has, schema.Knows)
	}
	from, err := ledger.Open(ctx, ledgerOf(cfg))
	if err != nil {
		return nil, err
	}
	l, err := ledger.Open(ctx, ledger.Options{Path: to})
	if err != nil {
		return nil, errors.Join(err, from.Close())
	}
	_, err = from.CopyTo(ctx, l)
	if err = errors.Join(err, from.Close()); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func goBack(ctx context.Context, l *ledger.Ledger, to string, asOf district.Date) error {
	then, err := ledger.Open(ctx, ledger.Options{Path: to})
	if err != nil {
		return err
	}
	return errors.Join(l.CopyBefore(ctx, asOf, then), then.Close())
}

// words say from where the night is made again, and by which policy.
func (p past) words(c *config.Config, asOf district.Date) string {
	text := fmt.Sprintf("as of %s, from the ledger as it stood before that night", asOf)
	if p.run.ID == "" {
		if policy, err := c.Policies.On(asOf); err == nil {
			text += fmt.Sprintf("; by the policy in force on that day, %q (%s)", policy.Text.Name, intervention.ShortHash(policy.Hash))
		}
		return text + "; there was no night then"
	}
	text += "; by the policy recorded with it"
	if policy, err := intervention.Restore(p.run.PolicyHash, p.run.PolicyText); err == nil {
		text += fmt.Sprintf(", %q (%s)", policy.Text.Name, intervention.ShortHash(policy.Hash))
	}
	if p.run.Version != version {
		text += fmt.Sprintf("; version %s made it then, %s does now", p.run.Version, version)
	}
	if len(p.approved) > 0 {
		text += fmt.Sprintf("; without the approval that came after it, of school %s", strings.Join(p.approved, ", "))
	}
	return text
}

// alike says whether the documents are those that the night made when it was.
func (n *nightRun) alike(ctx context.Context, runID string) error {
	if len(n.made) == 0 {
		return nil
	}
	now, err := n.ledger.Documents(ctx, runID)
	if err != nil {
		return err
	}
	digests := map[string]string{}
	for _, d := range n.made {
		digests[d.Path] = d.SHA256
	}
	var other []string
	for _, d := range now {
		if digests[d.Path] != d.SHA256 {
			other = append(other, d.Path)
		}
		delete(digests, d.Path)
	}
	for _, d := range n.made {
		if _, left := digests[d.Path]; left {
			other = append(other, d.Path)
		}
	}
	if len(other) == 0 {
		fmt.Fprintf(n.stdout, "All %d documents are byte for byte those that the night of %s made.\n", len(now), runID)
		return nil
	}
	fmt.Fprintf(n.stdout, "%d documents are not those that the night of %s made:\n  %s\n", len(other), runID, strings.Join(other, "\n  "))
	return nil
}
