package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

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
	if run.FinishedAt.IsZero() {
		return n.unfinished(runID, planned, failed, until)
	}
	summary, err := n.summary(ctx, run)
	if err != nil {
		return err
	}
	n.table(summary)
	t := summary.Totals
	fmt.Fprintf(n.stdout, "Made %d documents of %d pages for %s and %s: %s to mail, %d to send home with students, %s booked.\n",
		summary.Documents, summary.Pages, counted(len(summary.Schools), "school"), counted(t.Students, "student"),
		counted(t.LettersMail, "letter"), t.LettersStudent, counted(t.Meetings, "meeting"))
	if run.RecordOnly {
		fmt.Fprintf(n.stdout, "%d cases are on record as run by other means; they are monitored from %s on, and nothing was issued.\n", t.NewSART+t.NewCART, run.AsOf)
	}
	if n.command.DryRun {
		if err := errors.Join(n.difference(ctx, summary), n.alike(ctx, runID)); err != nil {
			return err
		}
	}
	if err := n.openFirst(ctx, summary); err != nil {
		return err
	}
	n.givenUp(failed)
	if len(failed) > 0 || len(n.left) > 0 || n.troubled || summary.NeedsPerson() {
		n.attention(summary)
		return errNeedsPerson
	}
	return nil
}

// summary is what a finished run was summed up to, with what is left to be done
// as it stands now.
func (n *nightRun) summary(ctx context.Context, run night.Run) (pipeline.Summary, error) {
	sum, err := pipeline.SummaryOf(run)
	if err != nil {
		return sum, err
	}
	return sum, n.closing().Left(ctx, run, &sum)
}

// unfinished says why a night was not closed. Where that is as it was asked for,
// it is no error.
func (n *nightRun) unfinished(runID string, planned pipeline.Planned, failed []night.JobError, until pipeline.Name) error {
	for _, f := range planned.Failed {
		fmt.Fprintf(n.stderr, "rollcall: school %s has no night: %v\n", f.SchoolID, f.Err)
	}
	n.givenUp(failed)
	switch {
	case len(planned.Failed) > 0 || len(failed) > 0:
		return fmt.Errorf("the night of %s is not complete; mend what is said above and run it again: what is done stays done", runID)
	case n.command.Until != "":
		fmt.Fprintf(n.stdout, "Stopped after %s as asked; run the same night again to go on.\n", until)
	default:
		fmt.Fprintln(n.stdout, "These schools have their night; run the others to complete the district's.")
	}
	if len(n.left) > 0 || n.troubled {
		return errNeedsPerson
	}
	return nil
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

// openFirst names the files to look at first: the district's workbook, and the
// letters and meeting files of the first school that has both.
func (n *nightRun) openFirst(ctx context.Context, s pipeline.Summary) error {
	docs, err := n.ledger.Documents(ctx, s.Run)
	if err != nil {
		return err
	}
	with := ""
	for _, school := range s.Schools {
		if school.Counts.LettersMail > 0 && school.Counts.Meetings > 0 {
			with = school.SchoolID
			break
		}
	}
	fmt.Fprintln(n.stdout, "Open first:")
	for _, first := range []struct{ school, kind, what string }{
		{"", "roster", "the district's workbook"},
		{with, "letters-mail", "letters ready to fold into window envelopes"},
		{with, "packets", "the meeting files of one day"},
	} {
		i := slices.IndexFunc(docs, func(d night.Document) bool { return d.SchoolID == first.school && d.Kind == first.kind })
		if i >= 0 {
			fmt.Fprintf(n.stdout, "  %s  (%s)\n", n.shelf.Location(docs[i].Path), first.what)
		}
	}
	return nil
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
		of := ""
		if u.Run != "" {
			of = " about the night of " + u.Run
		}
		fmt.Fprintf(n.stderr, "Needs a person: mail to %s (%s %s)%s was not delivered: %s\n", u.Address, u.SchoolID, u.Role, of, u.Detail)
	}
	for _, id := range s.Incomplete {
		if !slices.Contains(n.left, id) { // those were named when they could not be completed
			fmt.Fprintf(n.stderr, "Needs a person: the night of %s is not complete; %s\n", id, completeIt(id))
		}
	}
	for _, name := range s.RefusedFollowUps {
		fmt.Fprintf(n.stderr, "Needs a person: the filled-in roster %s waits to be mended, in refused/ of the inbox; nothing of it is on record\n", name)
	}
}

// difference shows a dry run beside the last night on record.
func (n *nightRun) difference(ctx context.Context, s pipeline.Summary) error {
	last, found, err := n.ledger.LastRun(ctx, district.YearOf(s.AsOf), s.AsOf)
	if err != nil {
		return err
	}
	if !found {
		fmt.Fprintln(n.stdout, "There is no earlier night this year to compare with.")
		return nil
	}
	var before pipeline.Summary
	if err := json.Unmarshal([]byte(last.Summary), &before); err != nil {
		return fmt.Errorf("read the summary of run %s: %w", last.ID, err)
	}
	fmt.Fprintf(n.stdout, "Since the night of %s:\n", last.ID)
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
