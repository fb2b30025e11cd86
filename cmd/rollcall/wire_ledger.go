package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rollcall/internal/config"
	"rollcall/internal/database"
	"rollcall/internal/district"
	"rollcall/internal/ledger"
)

// ledgerOf is where the configuration has the ledger.
func ledgerOf(c *config.Config) ledger.Options {
	return ledger.Options{Driver: c.Ledger.Driver, Path: c.Ledger.Path, DSN: c.Ledger.DSN}
}

// ledgerName is how a person is told where the ledger is: a server's DSN may hold a
// password.
func ledgerName(c *config.Config) string {
	if c.Ledger.Driver == database.Postgres {
		return "the PostgreSQL server of ledger.dsn"
	}
	return c.Ledger.Path
}

// makeRoom makes the folder of an embedded ledger.
func makeRoom(c *config.Config) error {
	if c.Ledger.Driver == database.Postgres {
		return nil
	}
	return os.MkdirAll(filepath.Dir(c.Ledger.Path), 0o700)
}

// lockLedger keeps a second night out until it is unlocked, or the process ends; lost is
// called where it does no longer.
func lockLedger(ctx context.Context, at ledger.Options, lost func(error)) (unlock func(), err error) {
	if at.Driver == database.Postgres {
		return ledger.LockServer(ctx, at.DSN, lost)
	}
	return ledger.Lock(at.Path)
}

// openLedger opens the ledger that nights have written.
func openLedger(ctx context.Context, c *config.Config) (*ledger.Ledger, error) {
	l, err := anyLedger(ctx, c)
	if err == nil && l == nil {
		err = usage(fmt.Errorf("no ledger at %s: no night has run yet", ledgerName(c)))
	}
	return l, err
}

// anyLedger opens the ledger, or is nil where no night ran yet: looking makes
// none.
func anyLedger(ctx context.Context, c *config.Config) (*ledger.Ledger, error) {
	schema, err := ledger.Look(ctx, ledgerOf(c))
	if errors.Is(err, ledger.ErrNone) || err == nil && schema.Has == 0 && c.Ledger.Driver == database.Postgres {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return ledger.Open(ctx, ledgerOf(c))
}

// sureOfLedger refuses to go on where the shelf has papers of nights that are not in the
// ledger.
func sureOfLedger(ctx context.Context, c *config.Config) error {
	folders, err := shelved(ctx, c) // first: a night is in the ledger before it has papers
	if err != nil {
		return err
	}
	l, err := anyLedger(ctx, c)
	if err != nil {
		return err
	}
	var known ledger.Extent
	if l != nil {
		known, err = l.Extent(ctx)
		err = errors.Join(err, l.Close())
	}
	return cmp.Or(err, forgotten(c, folders, known))
}

// forgotten is what is wrong with a ledger that was lost, or brought back from an older
// backup: it would have the letters of the nights since made and mailed a second time.
func forgotten(c *config.Config, shelved []string, known ledger.Extent) error {
	unknown := slices.DeleteFunc(slices.Clone(shelved), func(name string) bool {
		_, err := district.ParseDate(name)
		return err != nil || slices.Contains(known.Nights, name)
	})
	if len(unknown) == 0 {
		return nil
	}
	return usage(fmt.Errorf("the shelf (%s) has papers of nights that the ledger (%s) does not know, %s: it was lost, or is older than they are, and would have their letters made and mailed again. Bring back the one that knows them: a backup, or with 'rollcall ledger copy' from where it was. If it is gone, or they were a trial, first move their folders out of the shelf",
		c.Shelf.Where(), ledgerName(c), some(unknown)))
}

// shelved are the folders of the shelf; it is not made where there is none.
func shelved(ctx context.Context, c *config.Config) (folders []string, err error) {
	if c.Shelf.Bucket.Name == "" {
		if _, err := os.Stat(c.Shelf.Path); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	papers, err := openShelf(ctx, c)
	if err != nil {
		return nil, err
	}
	folders, err = papers.Folders(ctx)
	return folders, errors.Join(err, papers.Close())
}

// some lists the first few.
func some(names []string) string {
	const few = 5
	if more := len(names) - few; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), more)
	}
	return strings.Join(names, ", ")
}
