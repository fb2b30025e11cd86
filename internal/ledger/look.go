package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/pressly/goose/v3"

	"rollcall/internal/database"
)

// Schema is how old a ledger is: Has is the version it was last brought to, 0
// where nothing is in it yet, and Knows is the one this program works with.
type Schema struct{ Has, Knows int64 }

var errServer = errors.New("the PostgreSQL server cannot be asked; see that it runs, and its address (the DSN)")

// ErrNone is why a ledger in a file cannot be looked at that is not there. (That of a server's
// socket, which has no file either, is another: the server is away.)
var ErrNone = errors.New("there is no ledger")

// Look tells the version of a ledger and changes nothing: neither is a missing
// one made (its error is ErrNone) nor an old one brought up to date. A
// file that is no ledger is an error.
func Look(ctx context.Context, o Options) (s Schema, err error) {
	if o.Driver == "" {
		o.Driver = database.SQLite
	}
	if o.Driver == database.SQLite {
		info, err := os.Stat(o.Path)
		if errors.Is(err, fs.ErrNotExist) {
			return s, fmt.Errorf("ledger: %w at %s", ErrNone, o.Path)
		}
		if err != nil {
			return s, fmt.Errorf("ledger: %w", err)
		}
		if !info.Mode().IsRegular() {
			return s, fmt.Errorf("ledger: %s is no file", o.Path)
		}
	}
	db, err := database.Open(database.Place{Driver: o.Driver, Path: o.Path, DSN: o.DSN, Conns: 1, ReadOnly: true})
	if err != nil {
		return s, fmt.Errorf("ledger: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := newProvider(db, o.Driver)
	if err != nil {
		return s, fmt.Errorf("ledger: %w", err)
	}
	for _, source := range provider.ListSources() {
		s.Knows = max(s.Knows, source.Version)
	}
	tables := `SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '` + goose.DefaultTablename + `'`
	if o.Driver == database.Postgres {
		tables = `SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = '` + goose.DefaultTablename + `'`
	}
	var has int
	if err := db.QueryRowContext(ctx, tables).Scan(&has); err != nil {
		if o.Driver == database.Postgres {
			return s, fmt.Errorf("ledger: %w: %w", errServer, err)
		}
		return s, fmt.Errorf("ledger: %s cannot be read as one: %w", o.Path, err)
	}
	if has == 0 {
		return s, nil
	}
	if err := db.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM `+goose.DefaultTablename).Scan(&s.Has); err != nil {
		return s, fmt.Errorf("ledger: schema version: %w", err)
	}
	return s, nil
}

// MayMake tells whether a PostgreSQL server lets us make the tables of a ledger and of its
// queue, where they are not there.
func MayMake(ctx context.Context, o Options) error {
	var may bool
	err := ask(ctx, o.DSN, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false)
			OR to_regclass('runs') IS NOT NULL AND to_regclass('river_job') IS NOT NULL`).Scan(&may)
	})
	if err == nil && !may {
		err = errors.New("the user of the DSN may not make tables in this database: make the user its owner (ALTER DATABASE … OWNER TO …), or GRANT CREATE ON SCHEMA public TO it")
	}
	return err
}

// Foreign names a table of a PostgreSQL server's database that is not ours, "" where there
// is none.
func Foreign(ctx context.Context, o Options) (table string, err error) {
	err = ask(ctx, o.DSN, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT COALESCE(min(tablename), '') FROM pg_tables
			WHERE schemaname = current_schema() AND tablename NOT LIKE 'river\_%'`).Scan(&table)
	})
	return table, err
}

// ask asks a PostgreSQL server something.
func ask(ctx context.Context, dsn string, question func(*sql.DB) error) (err error) {
	db, err := database.Open(database.Place{Driver: database.Postgres, DSN: dsn, Conns: 1})
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := question(db); err != nil {
		return fmt.Errorf("ledger: %w: %w", errServer, err)
	}
	return nil
}
