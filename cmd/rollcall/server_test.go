package main

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lib/pq"
	"github.com/rogpeppe/go-internal/testscript"

	"rollcall/internal/config"
	"rollcall/internal/database"
	"rollcall/internal/database/databasetest"
)

// ledgersEnv names the server on which scripts keep their ledgers, where they do.
const ledgersEnv = "ROLLCALL_TEST_LEDGERS"

// aboutFiles are the scripts that are about the embedded file, or about both.
var aboutFiles = []string{"look", "postgres", "worker", "serve_two"}

// TestScriptOnPostgreSQL runs the scripts with their ledgers on a server.
func TestScriptOnPostgreSQL(t *testing.T) {
	cluster := startCluster(t)
	server, err := cluster.Create("scripts")
	if err != nil {
		t.Fatal(err)
	}
	all, err := filepath.Glob("testdata/script/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	runScripts(t, server, slices.DeleteFunc(all, func(path string) bool {
		return slices.Contains(aboutFiles, strings.TrimSuffix(filepath.Base(path), ".txt"))
	})...)
}

// startCluster starts a server that ends with the test.
func startCluster(t testing.TB) *databasetest.Cluster {
	t.Helper()
	cluster, err := databasetest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Stop(); err != nil {
			t.Error(err)
		}
	})
	return cluster
}

// note is what lies where a ledger's file would be, before the name of its database.
const note = "on the server: "

// onServer has a ledger that is configured as a file in a database of a server, which is
// new where there is no note of it.
func onServer(server string) func(*config.Ledger) error {
	return func(at *config.Ledger) error {
		if at.Driver != database.SQLite {
			return nil
		}
		name, err := databaseAt(at.Path)
		if err != nil {
			return err
		}
		at.Driver, at.DSN = database.Postgres, databaseOf(server, name)
		switch text, err := os.ReadFile(at.Path); {
		case err == nil && string(text) == note+name:
			return nil
		case err == nil:
			return fmt.Errorf("%s is no note of a database", at.Path)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		return newDatabase(server, at.Path, name, "template1")
	}
}

// databaseAt is the name of the database of a ledger's path.
func databaseAt(path string) (string, error) {
	path, err := filepath.Abs(path)
	return fmt.Sprintf("l%x", sha256.Sum256([]byte(path)))[:24], err
}

// newDatabase makes a database as another is, and the note of it.
func newDatabase(server, path, name, from string) error {
	db, err := sql.Open("postgres", server)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS " + pq.QuoteIdentifier(name) + " WITH (FORCE)",
		"CREATE DATABASE " + pq.QuoteIdentifier(name) + " TEMPLATE " + pq.QuoteIdentifier(from),
	} {
		if _, err := db.Exec(statement); err != nil {
			return errors.Join(err, db.Close())
		}
	}
	return errors.Join(db.Close(), os.WriteFile(path, []byte(note+name), 0o600))
}

// copyTown: copy FROM TO copies a folder or a file, and the ledgers in it.
func copyTown(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: copy FROM TO")
	}
	ts.Check(ts.Exec("cp", "-r", args[0], args[1]))
	server := ts.Getenv(ledgersEnv)
	if server == "" {
		return
	}
	ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".db" {
			return err
		}
		from, noted := strings.CutPrefix(ts.ReadFile(path), note)
		if !noted {
			return fmt.Errorf("%s is no note of a database", path)
		}
		name, err := databaseAt(path)
		if err != nil {
			return err
		}
		return newDatabase(server, path, name, from)
	}))
}

// noLedger: noledger FILE wants that there is none, or nothing in it.
func noLedger(ts *testscript.TestScript, neg bool, args []string) {
	if _, err := os.Stat(ts.MkAbs(args[0])); errors.Is(err, fs.ErrNotExist) {
		return
	}
	if driver, _ := placeOf(ts, args[0]); driver == database.SQLite {
		ts.Fatalf("%s was made", args[0])
	}
	const tables = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
	if found := rows(ts, args[0], tables); len(found) > 0 {
		ts.Fatalf("the ledger has tables: %s", strings.Join(found, ", "))
	}
}

// placeOf is where a script's ledger is.
func placeOf(ts *testscript.TestScript, file string) (driver, dsn string) {
	path := filepath.Clean(ts.MkAbs(file))
	if name, noted := strings.CutPrefix(ts.ReadFile(path), note); noted {
		return database.Postgres, databaseOf(ts.Getenv(ledgersEnv), name)
	}
	return database.SQLite, "file:" + path
}

// databaseOf is another database of a server.
func databaseOf(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}
