// Package database opens the one database that the ledger and the queue share:
// a SQLite file for a district on one machine, or PostgreSQL for several. It
// holds the settings that keep either from losing a transaction or hanging on a
// dead network, and nothing about what is stored.
package database

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite", without cgo
)

// The two engines.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Place is where the database is.
type Place struct {
	Driver string // SQLite or Postgres
	Path   string // the SQLite file
	DSN    string // PostgreSQL: URL or key=value words
	// Conns is the most connections the handle may hold; 0 means 8.
	Conns int
	// Relaxed lets SQLite leave the last commits to the operating system. It
	// is for work that may be repeated without harm, never for a record of
	// what was sent.
	Relaxed bool
	// Patience is how long a connection waits for a PostgreSQL server that is restarted.
	Patience time.Duration
	// ReadOnly looks at a SQLite file that is there and leaves no trace of it.
	ReadOnly bool
}

// Open opens a handle. A SQLite file that does not exist is created, readable
// by its owner alone, and so are the folders above it, unless ReadOnly. Nothing is asked of the
// server yet: see sql.DB.PingContext.
func Open(p Place) (*sql.DB, error) {
	var db *sql.DB
	switch p.Driver {
	case SQLite:
		dsn, err := sqliteDSN(p)
		if err != nil {
			return nil, err
		}
		if db, err = sql.Open(SQLite, dsn); err != nil {
			return nil, err
		}
	case Postgres:
		connector, err := postgresConnector(p.DSN)
		if err != nil {
			return nil, err
		}
		db = sql.OpenDB(plainConnector{connector, p.Patience})
	default:
		return nil, fmt.Errorf("no database engine is called %q: use %s or %s", p.Driver, SQLite, Postgres)
	}
	conns := p.Conns
	if conns <= 0 {
		conns = 8
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

func sqliteDSN(p Place) (string, error) {
	if p.Path == "" {
		return "", errors.New("a SQLite database needs a path")
	}
	path, err := filepath.Abs(p.Path)
	if err != nil {
		return "", err
	}
	if p.ReadOnly {
		return lookDSN(path), nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	// SQLite gives -wal and -shm the mode of the file, so the file is made
	// first and by us. It is never opened where it exists: closing any
	// descriptor of it would drop the locks this process holds on it.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	switch {
	case err == nil:
		if err := f.Close(); err != nil {
			return "", err
		}
	case !errors.Is(err, fs.ErrExist):
		return "", err
	}
	synchronous := "synchronous(FULL)"
	if p.Relaxed {
		synchronous = "synchronous(NORMAL)"
	}
	query := url.Values{
		// Without immediate, a transaction that reads first and writes later is
		// refused when another process wrote between, whatever the timeout.
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "foreign_keys(1)", synchronous},
		// One written form for instants, or comparisons silently find nothing.
		"_time_format": {"sqlite"},
		"_timezone":    {"UTC"},
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String(), nil
}

// lookDSN reads a file without writing to it or beside it. A reader of a ledger
// that was closed would still leave an index of the write-ahead log behind,
// unless it is told that nobody writes; where there is a log, somebody may.
func lookDSN(path string) string {
	query := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)"}}
	if log, err := os.Stat(path + "-wal"); err != nil || log.Size() == 0 {
		query.Set("immutable", "1")
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}
