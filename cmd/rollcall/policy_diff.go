package main

import (
	"context"
	"fmt"
	"os"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"rollcall/internal/attendance"
	"rollcall/internal/bundle"
	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/reports"
)

type policyDiffCommand struct {
	policyDay
	A      string `arg:"" help:"A file with a policy (a whole rollcall.yaml, or what stands under its policy key), the hash of a policy, or current."`
	B      string `arg:"" help:"The policy to compare it with."`
	Bundle string `help:"Read this folder instead of the configured export." placeholder:"DIR" type:"path"`
	Format string `help:"${enum}." enum:"table,csv,json" default:"table"`
}

// current names the policy of the configuration that is in force.
const current = "current"

// Help shows an example.
func (policyDiffCommand) Help() string {
	return `Counts the cases that each of the two policies would open, by itself, for students without history, and lists the students for whom they differ: IDs and figures, no names. Of several rule sets in a file the one in force on the day is meant. With --format csv the counts go to stderr.

Nothing is stored, and where both policies are files and --bundle names the export, no configuration is needed.

Examples:
  rollcall policy diff current proposed.yaml
  rollcall policy diff 3f9a1c20b7de current --as-of 2026-10-15 --format csv > changes.csv`
}

// Run prints what would change.
func (c *policyDiffCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	var cfg *config.Config
	if c.Bundle == "" || g.Config != "" || !isFile(c.A) || !isFile(c.B) {
		var err error
		if cfg, err = s.load(g); err != nil {
			return err
		}
	}
	asOf, source := c.AsOf, config.Source{}
	switch {
	case !asOf.IsZero():
	case cfg != nil:
		asOf = cfg.AsOf(s.now())
	default:
		asOf = defaultAsOf(s.now())
	}
	if cfg != nil {
		source = cfg.Source
	}
	if c.Bundle != "" {
		source = source.In(c.Bundle)
	}
	a, err := policyOf(ctx, cfg, c.A, asOf, s)
	if err != nil {
		return err
	}
	b, err := policyOf(ctx, cfg, c.B, asOf, s)
	if err != nil {
		return err
	}
	data, err := openSource(ctx, source, asOf, bundle.Standings, s.log)
	if err != nil {
		return err
	}
	d := compare(data.Students(), data.District(), a, b)
	if n := len(data.District().Rejects); n > 0 {
		fmt.Fprintf(s.stderr, "rollcall: %d bad rows are counted nowhere\n", n)
	}
	return c.print(d, s)
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return name != current && err == nil && !info.IsDir()
}

// policyOf finds a policy by what a person calls it.
func policyOf(ctx context.Context, cfg *config.Config, name string, asOf district.Date, s *surroundings) (*intervention.Policy, error) {
	if name == current {
		p, err := cfg.Policies.On(asOf)
		if err != nil {
			return nil, usage(err)
		}
		return p, nil
	}
	if isFile(name) {
		policies, err := config.LoadPolicies(name, s.getenv)
		if err != nil {
			return nil, usage(err)
		}
		p, err := policies.On(asOf)
		if err != nil {
			return nil, usage(fmt.Errorf("%s: %w", name, err))
		}
		return p, nil
	}
	hash, kept, err := policyByHash(ctx, cfg, name)
	if err != nil {
		return nil, err
	}
	return intervention.Restore(hash, kept)
}

// compare asks two policies about the same students.
func compare(students []district.Student, d *district.District, a, b *intervention.Policy) reports.PolicyDiff {
	diff := reports.PolicyDiff{
		AsOf: d.AsOf, A: reports.PolicySide{Name: a.Text.Name, Hash: a.Hash}, B: reports.PolicySide{Name: b.Text.Name, Hash: b.Hash},
	}
	for i := range students {
		byA, ok := attendance.Tally(&students[i], d, a.Rules)
		if !ok {
			continue
		}
		byB, _ := attendance.Tally(&students[i], d, b.Rules)
		diff.Students++
		kindA, _, _ := intervention.WouldOpen(a, &byA)
		kindB, _, _ := intervention.WouldOpen(b, &byB)
		diff.A.Opened.Add(kindA)
		diff.B.Opened.Add(kindB)
		if kindA == kindB {
			diff.Both.Add(kindA)
			continue
		}
		diff.Changes = append(diff.Changes, reports.PolicyChange{
			StudentID: byA.StudentID, SchoolID: byA.SchoolID, Grade: byA.Grade,
			CaseA: kindA, ReasonA: why(a, kindA, &byA), CaseB: kindB, ReasonB: why(b, kindB, &byB),
		})
	}
	return diff
}

// why is the reason of a case in words; there is none for no case.
func why(p *intervention.Policy, kind intervention.Kind, s *attendance.Standing) string {
	list := intervention.CARTRules
	switch kind {
	case "":
		return ""
	case intervention.SART:
		list = intervention.SARTRules
	}
	reason, _ := p.Reason(list, s, intervention.Since{})
	return reason.Words
}

func (c *policyDiffCommand) print(d reports.PolicyDiff, s *surroundings) error {
	switch c.Format {
	case "json":
		return reports.PolicyDiffJSON(s.stdout, d)
	case "csv":
		fmt.Fprintf(s.stderr, "rollcall: A opens %d SART and %d CART cases, B %d and %d, both %d and %d; %d of %d students change\n",
			d.A.Opened.SART, d.A.Opened.CART, d.B.Opened.SART, d.B.Opened.CART, d.Both.SART, d.Both.CART, len(d.Changes), d.Students)
		return reports.PolicyDiffCSV(s.stdout, d)
	}
	fmt.Fprintf(s.stdout, "As of %s, %d students\n", d.AsOf, d.Students)
	counts := table.NewWriter()
	counts.SetOutputMirror(s.stdout)
	counts.SetStyle(table.StyleLight)
	counts.Style().Format.Header = text.FormatDefault
	counts.AppendHeader(table.Row{"Cases opened", "SART", "CART"})
	for _, side := range []struct {
		letter string
		reports.PolicySide
	}{{"A", d.A}, {"B", d.B}} {
		counts.AppendRow(table.Row{fmt.Sprintf("by %s: %s (%s)", side.letter, side.Name, intervention.ShortHash(side.Hash)), side.Opened.SART, side.Opened.CART})
	}
	counts.AppendRow(table.Row{"by both", d.Both.SART, d.Both.CART})
	counts.Render()
	if len(d.Changes) == 0 {
		fmt.Fprintln(s.stdout, "No student would change.")
		return nil
	}
	fmt.Fprintf(s.stdout, "%d would change:\n", len(d.Changes))
	t := table.NewWriter()
	t.SetOutputMirror(s.stdout)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"student", "school", "grade", "A", "because", "B", "because"})
	for _, x := range d.Changes {
		t.AppendRow(table.Row{x.StudentID, x.SchoolID, x.Grade, x.CaseA, x.ReasonA, x.CaseB, x.ReasonB})
	}
	t.Render()
	return nil
}
