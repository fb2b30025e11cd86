package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"rollcall/internal/district"
	"rollcall/internal/inbox"
	"rollcall/pipeline"
	"rollcall/reports"
)

// followUpCommand is what schools write after their meetings.
type followUpCommand struct {
	Import followUpImportCommand `cmd:"" help:"Put filled-in rosters on record."`
}

type followUpImportCommand struct {
	Files []string `arg:"" name:"file" help:"Rosters with a filled-in Follow-up sheet, as Excel, LibreOffice or Google Sheets saved them (.xlsx)." type:"path"`
	By    string   `help:"Who gives them. Default: the user who runs this." placeholder:"NAME"`
}

// Help shows an example.
func (followUpImportCommand) Help() string {
	return `Records what the yellow cells of a Follow-up sheet say: outcome, attempts, contract, interventions, addresses, entered in the SIS. An empty cell says nothing and takes nothing back; the same file twice changes nothing.

Each cell is checked. Where one cannot be right, nothing of its file is recorded: the faults are named by cell, and a copy with the faulty cells marked is put beside the file, NAME-to-mend.xlsx. A row that contradicts what is on record, as an older copy does, is such a fault and shows both.

A night reads the files of the folder source.inbox by itself.

Exit codes: 0 all of it is on record; 2 a file is no roster; 3 a file has cells to mend.

Example:
  rollcall follow-up import ~/Downloads/roster.xlsx`
}

// Run reads one file after another.
func (c *followUpImportCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	l, err := openLedger(ctx, cfg)
	if err != nil {
		return err
	}
	reading := pipeline.FollowingUp{Ledger: l, Now: s.now, Today: district.DateIn(s.now(), cfg.District.Location), Actor: signed(c.By, s)}
	var mend bool
	var errs []error
	for _, file := range c.Files {
		clean, err := c.read(ctx, reading, file, s)
		errs = append(errs, err)
		mend = mend || !clean
	}
	if err := errors.Join(append(errs, l.Close())...); err != nil {
		return err
	}
	if mend {
		return errNeedsPerson
	}
	return nil
}

// read puts one file on record; clean is false where it has cells to mend.
func (c *followUpImportCommand) read(ctx context.Context, reading pipeline.FollowingUp, file string, s *surroundings) (clean bool, err error) {
	info, err := os.Stat(file)
	if err != nil {
		return true, usage(err)
	}
	if info.Size() > inbox.MostBytes {
		return true, usage(fmt.Errorf("%s is larger than a filled-in roster can be (%d MiB)", file, inbox.MostBytes>>20))
	}
	contents, err := os.ReadFile(file)
	if err != nil {
		return true, usage(err)
	}
	read, err := reading.Read(ctx, contents)
	name := filepath.Base(file)
	switch {
	case errors.Is(err, reports.ErrNotARoster):
		return true, usage(fmt.Errorf("%s: %w", name, err))
	case err != nil:
		return true, fmt.Errorf("%s: %w", name, err)
	case len(read.Faults) == 0:
		fmt.Fprintln(s.stdout, name+": "+cameTo(read)+".")
		return true, nil
	}
	marked := filepath.Join(filepath.Dir(file), inbox.MarkedName(name))
	if err := renameio.WriteFile(marked, read.Marked, 0o600, renameio.WithStaticPermissions(0o600)); err != nil {
		return true, fmt.Errorf("%s: %w", name, err)
	}
	for _, f := range read.Faults {
		fmt.Fprintln(s.stderr, name+": "+f.Words())
	}
	fmt.Fprintf(s.stderr, "Nothing of %s was recorded. A copy with the faulty cells marked is at %s: mend it, save it, and read that in.\n", name, marked)
	return false, nil
}

// cameTo says what a file came to.
func cameTo(read pipeline.FollowedUp) string {
	switch {
	case read.Cases == 0:
		return "nothing is filled in"
	case read.Events == 0:
		return fmt.Sprintf("nothing new; what it says of %s is on record", counted(read.Cases, "case"))
	}
	return fmt.Sprintf("recorded %s; it writes about %s", counted(read.Events, "event"), counted(read.Cases, "case"))
}
