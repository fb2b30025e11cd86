package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"rollcall/internal/database"
	"rollcall/internal/ledger"
)

// ledgerCommand is the memory as a whole.
type ledgerCommand struct {
	Copy ledgerCopyCommand `cmd:"" help:"Copy a ledger whole, to a file or to a PostgreSQL server."`
}

type ledgerCopyCommand struct {
	From string `arg:"" help:"The ledger to copy: a file, or postgres://… of a server."`
	To   string `arg:"" help:"Where to: a file that does not exist, or postgres://… of an empty database."`
}

// Help shows an example.
func (ledgerCopyCommand) Help() string {
	return `Moves a district from the embedded file to a server, or back, or makes a backup. Every table is read again where it arrived, and must have the same rows by number and digest; where something fails, nothing is there. The ledger that is copied is only read.

Open jobs stay behind: complete every night first. No night may be at work meanwhile.

A password does not belong on a command line, where others can see it: leave it out and set PGPASSWORD, or use ~/.pgpass.

Example:
  rollcall ledger copy rollcall.db postgres://rollcall@db.example.org/rollcall`
}

// at is a place as it is named on the command line.
func (ledgerCopyCommand) at(name string) ledger.Options {
	if strings.HasPrefix(name, "postgres://") || strings.HasPrefix(name, "postgresql://") || strings.Contains(name, "dbname=") {
		return ledger.Options{Driver: database.Postgres, DSN: name}
	}
	return ledger.Options{Driver: database.SQLite, Path: name}
}

// Run copies, and prints what each table came to.
func (c *ledgerCopyCommand) Run(ctx context.Context, s *surroundings) (err error) {
	from, to := c.at(c.From), c.at(c.To)
	for _, at := range []ledger.Options{from, to} {
		if at.Driver == database.SQLite && strings.Contains(at.Path, "://") {
			return usage(fmt.Errorf("%s is no address of a server; one begins with postgres://", at.Path))
		}
	}
	if err := c.room(ctx, to); err != nil {
		return usage(err)
	}
	schema, err := ledger.Look(ctx, from)
	switch {
	case err != nil:
		return usage(err)
	case schema.Has == 0:
		return usage(errors.New("there is no ledger to copy: no night has run there"))
	case schema.Has != schema.Knows:
		return usage(fmt.Errorf("the ledger is of version %d and this program knows %d: run a night, which brings it up to date, or the version that wrote it", schema.Has, schema.Knows))
	}
	ctx, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	unlock, err := lockLedger(ctx, from, lost)
	if err != nil {
		return err
	}
	defer unlock()
	source, err := ledger.Open(ctx, from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	open, err := source.Unfinished(ctx)
	if err != nil {
		return err
	}
	if len(open) > 0 {
		return usage(fmt.Errorf("the night of %s is not complete, and its jobs would stay behind; complete it first: rollcall nightly --as-of %s", open[0], open[0]))
	}
	target, err := ledger.Open(ctx, to)
	if err != nil {
		return err
	}
	copied, err := source.CopyTo(ctx, target)
	if err = errors.Join(err, target.Close()); err != nil {
		if errors.Is(err, ledger.ErrNotEmpty) {
			err = usage(fmt.Errorf("%w: a copy goes into an empty database", err))
		}
		return err
	}
	t := table.NewWriter()
	t.SetOutputMirror(s.stdout)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"Table", "Rows", "Digest, alike on both sides"})
	for _, c := range copied {
		t.AppendRow(table.Row{c.Table, c.Rows, c.SHA256})
	}
	t.Render()
	if to.Driver == database.SQLite {
		fmt.Fprintln(s.stdout, "Copied. It is a backup; nights go on with the ledger that rollcall.yaml names.")
	} else {
		fmt.Fprintln(s.stdout, "Copied. To go on there, change ledger in rollcall.yaml, and run 'rollcall check'. See that no night runs with the old one any more, from a forgotten timer: families would be written to twice.")
	}
	return nil
}

// room refuses a place that is not free.
func (ledgerCopyCommand) room(ctx context.Context, to ledger.Options) error {
	if to.Driver == database.SQLite {
		if _, err := os.Lstat(to.Path); err == nil {
			return fmt.Errorf("%s is there already; name a file that is not", to.Path)
		}
		return nil
	}
	if err := ledger.MayMake(ctx, to); err != nil {
		return err
	}
	schema, err := ledger.Look(ctx, to)
	if err != nil || schema.Has > 0 { // its rows, if any, are looked at when they would be written
		return err
	}
	table, err := ledger.Foreign(ctx, to)
	if err == nil && table != "" {
		err = fmt.Errorf("the database has a table %q that is not rollcall's: a copy goes into an empty database (createdb)", table)
	}
	return err
}
