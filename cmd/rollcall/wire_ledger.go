package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"rollcall/internal/config"
	"rollcall/internal/database"
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

// lockLedger keeps a second night out until it is unlocked, or the process ends.
func lockLedger(ctx context.Context, at ledger.Options) (unlock func(), err error) {
	if at.Driver == database.Postgres {
		return ledger.LockServer(ctx, at.DSN)
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
	if errors.Is(err, fs.ErrNotExist) || err == nil && schema.Has == 0 && c.Ledger.Driver == database.Postgres {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return ledger.Open(ctx, ledgerOf(c))
}
