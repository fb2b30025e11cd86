package main

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"rollcall/internal/attendance"
	"rollcall/internal/bundle"
	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/reports"
)

type assessCommand struct {
	AsOf   district.Date `help:"The last day that counts. Default: the date twelve hours ago." placeholder:"2026-10-15"`
	Bundle string        `help:"Read this folder; no configuration is needed, and the policy is the default one unless --config names another." placeholder:"DIR" type:"path"`
	School []string      `help:"Only students of this school." placeholder:"ID"`
	Format string        `help:"${enum}." enum:"csv,json,table" default:"table"`
}

// collectFrom is the memory, in bytes, from which on garbage is collected.
const collectFrom = 2 << 30

// Help shows an example.
func (assessCommand) Help() string {
	return "One row a student enrolled on the day, by student ID. The case is what the policy alone would open for a student without history.\n\nExample:\n  rollcall assess --bundle export --as-of 2026-10-15 --format csv > standings.csv"
}

// Run prints the standings. Rejected rows are told on stderr and in the exit
// code; the standings of the good rows are printed all the same, because
// nothing is issued on them.
func (c *assessCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	// The bundle lives until the process ends, so that collecting would cost
	// time and free little; a district too large for that is collected all the
	// same.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(min(collectFrom, debug.SetMemoryLimit(-1)))
	policies, source := defaultPolicies(), config.Source{}
	if c.Bundle == "" || g.Config != "" {
		cfg, err := s.load(g)
		if err != nil {
			return err
		}
		policies, source = cfg.Policies, cfg.Source
		if c.AsOf.IsZero() {
			c.AsOf = cfg.AsOf(s.now())
		}
	}
	if c.Bundle != "" {
		source = source.In(c.Bundle)
	}
	if c.AsOf.IsZero() {
		c.AsOf = defaultAsOf(s.now())
	}
	policy, err := policies.On(c.AsOf)
	if err != nil {
		return usage(err)
	}
	data, err := openSource(ctx, source, c.AsOf, bundle.Standings, s.log)
	if err != nil {
		return err
	}
	for _, id := range c.School {
		if _, ok := data.District().School(id); !ok {
			return usage(fmt.Errorf("no school %q in the export; it has %s", id, strings.Join(schoolIDs(data.District()), ", ")))
		}
	}
	if err := c.print(s, c.standings(data, policy)); err != nil {
		return err
	}
	rejects := data.District().Rejects
	if len(rejects) == 0 {
		return nil
	}
	for _, r := range rejects[:min(len(rejects), 10)] {
		where := r.File
		if r.Line > 0 {
			where += fmt.Sprintf(": line %d", r.Line)
		}
		fmt.Fprintf(s.stderr, "%s: %s %q: %s\n", where, r.Column, r.Value, r.Reason)
	}
	fmt.Fprintf(s.stderr, "rollcall: %d bad rows are counted nowhere\n", len(rejects))
	if err := data.Excess(); err != nil {
		fmt.Fprintf(s.stderr, "rollcall: a night would stop here: %v\n", err)
	}
	return errNeedsPerson
}

// defaultPolicies are what decides where nobody has configured anything.
func defaultPolicies() *intervention.Policies {
	p, err := intervention.CompilePolicies([]intervention.PolicyText{{}})
	if err != nil {
		panic(err) // our own text
	}
	return p
}

// standings assesses the students asked for, one by one. Only JSON shows the
// evidence.
func (c *assessCommand) standings(data *bundle.Bundle, p *intervention.Policy) iter.Seq[reports.StandingRow] {
	assess := attendance.Tally
	if c.Format == "json" {
		assess = attendance.Assess
	}
	return func(yield func(reports.StandingRow) bool) {
		students := data.Students()
		for i := range students {
			standing, ok := assess(&students[i], data.District(), p.Rules)
			if !ok || len(c.School) > 0 && !slices.Contains(c.School, standing.SchoolID) {
				continue
			}
			kind, rule, _ := intervention.WouldOpen(p, &standing)
			if !yield(reports.StandingRow{Standing: standing, Case: kind, Reason: rule}) {
				return
			}
		}
	}
}

func (c *assessCommand) print(s *surroundings, rows iter.Seq[reports.StandingRow]) error {
	switch c.Format {
	case "csv":
		return reports.StandingsCSV(s.stdout, rows)
	case "json":
		return reports.StandingsJSON(s.stdout, slices.Collect(rows))
	}
	t := table.NewWriter()
	t.SetOutputMirror(s.stdout)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"student", "school", "grade", "enrolled", "absent", "unexcused", "truancy events", "rate", "tier", "case", "reason"})
	for r := range rows {
		st := r.Standing
		t.AppendRow(table.Row{st.StudentID, st.SchoolID, st.Grade, st.DaysEnrolled, st.DaysAbsent, st.DaysUnexcused, st.TruancyEvents,
			fmt.Sprintf("%.1f %%", 100*st.AbsenceRate()), st.Tier, r.Case, r.Reason})
	}
	t.Render()
	return nil
}

func schoolIDs(d *district.District) []string {
	ids := make([]string, len(d.Schools))
	for i, s := range d.Schools {
		ids[i] = s.ID
	}
	return ids
}
