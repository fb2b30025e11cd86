package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"rollcall/internal/district"
	"rollcall/internal/night"
	"rollcall/pipeline"
)

// report ends a night: the table, what was made, what to open first, and what
// needs a person.
func (n *nightRun) report(ctx context.Context, runID string, planned pipeline.Planned, failed []night.JobError, until pipeline.Name) error {
	run, _, err := n.ledger.Run(ctx, runID)
	if err != nil {
		return err
	}
	person := len(failed) > 0 || len(planned.Failed) > 0
	if run.FinishedAt.IsZero() {
		n.unfinished(planned, failed, until)
		if person {
			return errNeedsPerson
		}
		return nil
	}
	var summary pipeline.Summary
	if err := json.Unmarshal([]byte(run.Summary), &summary); err != nil {
		return fmt.Errorf("read the summary of run %s: %w", runID, err)
	}
	n.table(summary)
	t := summary.Totals
	fmt.Fprintf(n.stdout, "Made %d documents of %d pages for %d schools and %d students: %d letters to mail, %d to send home with students, %d meetings booked.\n",
		summary.Documents, summary.Pages, len(summary.Schools), t.Students, t.LettersMail, t.LettersStudent, t.Meetings)
	if run.RecordOnly {
		fmt.Fprintf(n.stdout, "%d cases are on record as run by other means; they are monitored from %s on, and nothing was issued.\n", t.NewSART+t.NewCART, run.AsOf)
	}
	if n.command.DryRun {
		if err := errors.Join(n.difference(ctx, summary), n.alike(ctx, runID)); err != nil {
			return err
		}
	}
	n.openFirst(summary)
	n.givenUp(failed)
	if person || summary.NeedsPerson() {
		n.attention(summary)
		return errNeedsPerson
	}
	return nil
}

// unfinished says why a night was not closed.
func (n *nightRun) unfinished(planned pipeline.Planned, failed []night.JobError, until pipeline.Name) {
	for _, f := range planned.Failed {
		fmt.Fprintf(n.stderr, "rollcall: school %s has no night: %v\n", f.SchoolID, f.Err)
	}
	n.givenUp(failed)
	switch {
	case n.command.Until != "":
		fmt.Fprintf(n.stdout, "Stopped after %s as asked; run the same night again to go on.\n", until)
	case len(planned.Failed) > 0 || len(failed) > 0:
		fmt.Fprintln(n.stdout, "The night is not complete; mend what is said above and run it again: what is done stays done.")
	default:
		fmt.Fprintln(n.stdout, "These schools have their night; run the others to complete the district's.")
	}
}

func (n *nightRun) givenUp(failed []night.JobError) {
	for _, f := range failed {
		fmt.Fprintf(n.stderr, "rollcall: given up: %s %s %s: %s\n", f.Job.Kind, f.Job.SchoolID, f.Job.Role, f.Error)
	}
}

// table is one line a school.
func (n *nightRun) table(s pipeline.Summary) {
	t := table.NewWriter()
	t.SetOutputMirror(n.stdout)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.Style().Format.Footer = text.FormatDefault
	t.AppendHeader(table.Row{"School", "Students", "Chronic", "Truant", "New SART", "New CART", "Open", "Waiting", "Meetings", "Letters", "Exceptions", ""})
	for _, school := range s.Schools {
		c, note := school.Counts, ""
		if school.Held != "" {
			note = "HELD"
		}
		t.AppendRow(table.Row{school.SchoolID + " " + school.Name, c.Students, c.Chronic, c.Truant, c.NewSART, c.NewCART,
			c.OpenSART + c.OpenCART, c.Waiting, c.Meetings, c.LettersMail, c.Exceptions, note})
	}
	c := s.Totals
	t.AppendFooter(table.Row{"All schools", c.Students, c.Chronic, c.Truant, c.NewSART, c.NewCART,
		c.OpenSART + c.OpenCART, c.Waiting, c.Meetings, c.LettersMail, c.Exceptions, ""})
	columns := make([]table.ColumnConfig, 0, 10)
	for i := 2; i <= 11; i++ {
		columns = append(columns, table.ColumnConfig{Number: i, Align: text.AlignRight, AlignHeader: text.AlignRight, AlignFooter: text.AlignRight})
	}
	t.SetColumnConfigs(columns)
	fmt.Fprintf(n.stdout, "Night of %s\n", s.AsOf)
	t.Render()
}

// openFirst names the three files to look at first.
func (n *nightRun) openFirst(s pipeline.Summary) {
	files := []string{filepath.Join(s.Run, "district", "roster.xlsx")}
	for _, school := range s.Schools {
		if school.Counts.LettersMail > 0 && school.Counts.Meetings > 0 {
			for _, pattern := range []string{"letters-mail.pdf", "packets-*.pdf"} {
				found, _ := filepath.Glob(filepath.Join(n.shelf.Location(school.Folder), pattern))
				if len(found) > 0 {
					files = append(files, filepath.Join(school.Folder, filepath.Base(found[0])))
				}
			}
			break
		}
	}
	what := []string{"the district's workbook", "letters ready to fold into window envelopes", "the meeting files of one day"}
	fmt.Fprintln(n.stdout, "Open first:")
	for i, f := range files {
		fmt.Fprintf(n.stdout, "  %s  (%s)\n", n.shelf.Location(f), what[i])
	}
}

// attention says what needs a person, one line each.
func (n *nightRun) attention(s pipeline.Summary) {
	if s.Rejects > 0 {
		fmt.Fprintf(n.stderr, "Needs a person: %d bad rows in the export are counted nowhere; see %s\n", s.Rejects, n.shelf.Location(s.Run+"/rejects.csv"))
	}
	for _, school := range s.Schools {
		if school.Held != "" {
			fmt.Fprintf(n.stderr, "Needs a person: school %s is held: %s; %s\n", school.SchoolID, school.Held, school.Mend)
		}
	}
	for _, u := range s.Undelivered {
		fmt.Fprintf(n.stderr, "Needs a person: mail to %s (%s %s) was not delivered: %s\n", u.Address, u.SchoolID, u.Role, u.Detail)
	}
}

// difference shows a dry run beside the last night on record.
func (n *nightRun) difference(ctx context.Context, s pipeline.Summary) error {
	last, found, err := n.ledger.LastRun(ctx, district.YearOf(s.AsOf), s.AsOf)
	if err != nil {
		return err
	}
	if !found {
		fmt.Fprintln(n.stdout, "This is a dry run: nothing was stored or sent. There is no earlier night this year to compare with.")
		return nil
	}
	var before pipeline.Summary
	if err := json.Unmarshal([]byte(last.Summary), &before); err != nil {
		return fmt.Errorf("read the summary of run %s: %w", last.ID, err)
	}
	fmt.Fprintf(n.stdout, "This is a dry run: nothing was stored or sent. Since the night of %s:\n", last.ID)
	for _, line := range []struct {
		what string
		a, b int
	}{
		{"students", before.Totals.Students, s.Totals.Students}, {"chronic", before.Totals.Chronic, s.Totals.Chronic},
		{"truant", before.Totals.Truant, s.Totals.Truant}, {"open SART cases", before.Totals.OpenSART, s.Totals.OpenSART},
		{"open CART cases", before.Totals.OpenCART, s.Totals.OpenCART}, {"waiting", before.Totals.Waiting, s.Totals.Waiting},
		{"exceptions", before.Totals.Exceptions, s.Totals.Exceptions}, {"bad rows", before.Rejects, s.Rejects},
	} {
		fmt.Fprintf(n.stdout, "  %-16s %6d -> %6d  (%+d)\n", line.what, line.a, line.b, line.b-line.a)
	}
	if before.PolicyHash != s.PolicyHash {
		fmt.Fprintln(n.stdout, "  the policy has changed")
	}
	return nil
}
