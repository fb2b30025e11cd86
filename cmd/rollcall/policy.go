package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
)

// policyCommand is the rules that decide, then and now.
type policyCommand struct {
	List policyListCommand `cmd:"" help:"List the policies of the configuration and of the nights that were."`
	Show policyShowCommand `cmd:"" help:"Print the text of a policy."`
	Diff policyDiffCommand `cmd:"" help:"Say which students would change between two policies."`
}

// policyDay is the day on which a policy is to be in force.
type policyDay struct {
	AsOf district.Date `help:"The policy in force on this day. Default: the date twelve hours ago." placeholder:"2026-10-15"`
}

func (d policyDay) day(cfg *config.Config, s *surroundings) district.Date {
	if d.AsOf.IsZero() {
		return cfg.AsOf(s.now())
	}
	return d.AsOf
}

// usedPolicies are those that nights have decided by; none where no night ran yet.
func usedPolicies(ctx context.Context, cfg *config.Config) (used []night.Policy, err error) {
	l, err := anyLedger(ctx, cfg)
	if err != nil || l == nil {
		return nil, err
	}
	used, err = l.Policies(ctx)
	return used, errors.Join(err, l.Close())
}

// beginsHash is enough of a policy's hash to look for it.
var beginsHash = regexp.MustCompile(`^[0-9a-f]{4,64}$`)

// policyByHash finds hash and text of the one policy whose hash begins so, among
// those of the configuration and of the nights that were.
func policyByHash(ctx context.Context, cfg *config.Config, begins string) (hash, text string, err error) {
	used, err := usedPolicies(ctx, cfg)
	if err != nil {
		return "", "", err
	}
	texts := map[string]string{}
	for _, p := range used {
		texts[p.Hash] = p.Text
	}
	for _, p := range cfg.Policies.All() {
		texts[p.Hash] = p.Canonical
	}
	var found []string
	for h := range texts {
		if strings.HasPrefix(h, begins) {
			found = append(found, h)
		}
	}
	slices.Sort(found)
	switch {
	case !beginsHash.MatchString(begins), len(found) == 0:
		return "", "", usage(fmt.Errorf("no policy %q; 'rollcall policy list' shows those that are known", begins))
	case len(found) > 1:
		return "", "", usage(fmt.Errorf("%d policies begin with %s: %s", len(found), begins, strings.Join(found, ", ")))
	}
	return found[0], texts[found[0]], nil
}

type policyListCommand struct{ policyDay }

// Help shows an example.
func (policyListCommand) Help() string {
	return "One line a policy: those that nights have decided by, then those of the configuration that are yet to come.\n\nExample:\n  rollcall policy list"
}

// Run prints a line a policy.
func (c *policyListCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	used, err := usedPolicies(ctx, cfg)
	if err != nil {
		return err
	}
	configured := map[string]*intervention.Policy{}
	for _, p := range cfg.Policies.All() {
		configured[p.Hash] = p
		if !slices.ContainsFunc(used, func(u night.Policy) bool { return u.Hash == p.Hash }) {
			used = append(used, night.Policy{Hash: p.Hash, Text: p.Canonical})
		}
	}
	today, _ := cfg.Policies.On(c.day(cfg, s))
	t := table.NewWriter()
	t.SetOutputMirror(s.stdout)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"Policy", "Name", "From", "Nights", "First", "Last", "Cases opened", ""})
	for _, u := range used {
		name, from, note := "cannot be read by this version", "", ""
		if p, err := intervention.Restore(u.Hash, u.Text); err == nil {
			name, from = p.Text.Name, p.Text.EffectiveFrom.String()
		}
		switch {
		case today != nil && today.Hash == u.Hash:
			note = "in force"
		case configured[u.Hash] != nil:
			note = "configured"
		}
		t.AppendRow(table.Row{intervention.ShortHash(u.Hash), name, from, u.Nights, u.First, u.Last, u.Cases, note})
	}
	t.Render()
	return nil
}

type policyShowCommand struct {
	policyDay
	Policy string `arg:"" help:"The hash, or how it begins, as 'policy list', 'case show' and the rosters have it; or current."`
}

// Help shows an example.
func (policyShowCommand) Help() string {
	return "The text is what the hash is of: every value that decides, with the defaults.\n\nExample:\n  rollcall policy show 3f9a1c20b7de"
}

// Run prints the text, and nothing else.
func (c *policyShowCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	if c.Policy == current {
		p, err := cfg.Policies.On(c.day(cfg, s))
		if err != nil {
			return usage(err)
		}
		_, err = fmt.Fprint(s.stdout, p.Canonical)
		return err
	}
	_, kept, err := policyByHash(ctx, cfg, c.Policy)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.stdout, kept)
	return err
}
