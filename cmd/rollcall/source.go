package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
	"rollcall/internal/source/edfi"
	"rollcall/internal/source/pgview"
)

type sourceCommand struct {
	Save    sourceSaveCommand    `cmd:"" help:"Keep what the student information system says now, as a folder of CSV files."`
	DDL     sourceDDLCommand     `cmd:"" name:"ddl" help:"Print the bundle as PostgreSQL views to fill in."`
	EdFiXML sourceEdFiXMLCommand `cmd:"" name:"edfi-xml" help:"Turn Ed-Fi bulk interchange files into a bundle."`
}

type sourceSaveCommand struct {
	Out  string        `arg:"" help:"Folder to make." placeholder:"DIR" type:"path"`
	AsOf district.Date `help:"The last day that is asked for, where the source is asked by days. Default: the night's." placeholder:"2026-10-15"`
}

// Help shows an example.
func (sourceSaveCommand) Help() string {
	return `Reads the source of the configuration, whatever its kind, and writes the bundle: a past night can be made again from it with 'nightly --dry-run --bundle DIR'.

Example:
  rollcall source save exports/2026-10-15`
}

// Run writes beside the folder first, so that a folder is whole or not there.
func (c *sourceSaveCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	if c.AsOf.IsZero() {
		c.AsOf = cfg.AsOf(s.now())
	}
	from, err := openDoor(ctx, cfg.Source, c.AsOf, s.log)
	if err != nil {
		return err
	}
	return errors.Join(saveBundle(ctx, from, cfg.Source.Mapping(), c.Out, s), from.Close())
}

// saveBundle writes a bundle beside the folder first, so that the folder is whole or not
// there.
func saveBundle(ctx context.Context, from bundle.Door, m bundle.Mapping, out string, s *surroundings) (err error) {
	if _, err := os.Lstat(out); err == nil {
		return usage(fmt.Errorf("%s is there already; name a folder that is not", out))
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o700); err != nil {
		return err
	}
	beside, err := os.MkdirTemp(filepath.Dir(out), "."+filepath.Base(out)+"-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(beside)) }()
	rows, err := bundle.Save(ctx, from, m, func(name string) (io.WriteCloser, error) {
		return os.OpenFile(filepath.Join(beside, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	})
	if err != nil {
		return err
	}
	if err := os.Rename(beside, out); err != nil {
		return err
	}
	for _, file := range bundle.Files {
		if n, ok := rows[file]; ok {
			fmt.Fprintf(s.stdout, "%8d  %s.csv\n", n, file)
		}
	}
	fmt.Fprintf(s.stdout, "The bundle is in %s, for its owner alone to read.\n", out)
	return nil
}

type sourceDDLCommand struct {
	Schema string `help:"Schema of the views." default:"bundle" placeholder:"NAME"`
}

// Help shows an example.
func (sourceDDLCommand) Help() string {
	return `For source.kind pgview: each view has the columns that rollcall reads, with what they mean, to put your own tables behind.

Example:
  rollcall source ddl > bundle.sql`
}

// Run prints the views.
func (c *sourceDDLCommand) Run(s *surroundings) error { return pgview.DDL(s.stdout, c.Schema) }

type sourceEdFiXMLCommand struct {
	Dir string `arg:"" help:"Folder of the XML files." placeholder:"DIR" type:"path"`
	Out string `help:"Folder of the bundle to make." required:"" placeholder:"DIR" type:"path"`
}

// Help shows an example.
func (sourceEdFiXMLCommand) Help() string {
	return `Data Standard 3.3 to 5. What the standard has not got (staff.csv, and letters and interventions of other systems) is to be written by hand. Attendance categories are the absence codes; those that a state or a district has added get their meaning in absence_codes.csv.

Example:
  rollcall source edfi-xml interchange --out bundle`
}

// Run reads all files and writes the bundle.
func (c *sourceEdFiXMLCommand) Run(ctx context.Context, s *surroundings) error {
	files, err := edfi.OpenInterchange(ctx, c.Dir)
	if err != nil {
		return usage(err)
	}
	if err := saveBundle(ctx, files, nil, c.Out, s); err != nil {
		return err
	}
	for _, file := range district.RequiredFiles {
		if has, err := files.Has(ctx, file); err != nil {
			return err
		} else if !has {
			fmt.Fprintf(s.stdout, "The files have no %s: write %[1]s.csv by hand.\n", file)
		}
	}
	return nil
}
