package database_test

import (
	"os"
	"path/filepath"
	"testing"

	"rollcall/internal/database"
)

func open(t *testing.T, p database.Place) {
	t.Helper()
	db, err := database.Open(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE IF NOT EXISTS a (b TEXT)`); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, name := range []string{"journal_mode", "foreign_keys", "synchronous", "busy_timeout"} {
		var value string
		if err := db.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&value); err != nil {
			t.Fatal(err)
		}
		got[name] = value
	}
	sync := map[bool]string{false: "2", true: "1"}[p.Relaxed]
	for name, want := range map[string]string{"journal_mode": "wal", "foreign_keys": "1", "synchronous": sync, "busy_timeout": "5000"} {
		if got[name] != want {
			t.Errorf("%s is %s, want %s", name, got[name], want)
		}
	}
}

func TestNewFileIsReadableByItsOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a folder?with#odd%20signs")
	path := filepath.Join(dir, "ledger.db")
	open(t, database.Place{Driver: database.SQLite, Path: path})
	open(t, database.Place{Driver: database.SQLite, Path: path, Relaxed: true})
	for name, want := range map[string]os.FileMode{dir: 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", filepath.Base(name), got, want)
		}
	}
}

func TestALookLeavesNoTrace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ledger.db")
	look := func(t *testing.T, want int) {
		t.Helper()
		db, err := database.Open(database.Place{Driver: database.SQLite, Path: path, ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		var n int
		if err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM a`).Scan(&n); err != nil || n != want {
			t.Errorf("%d rows, %v; want %d", n, err, want)
		}
		if _, err := db.ExecContext(t.Context(), `INSERT INTO a VALUES ('x')`); err == nil {
			t.Error("written")
		}
	}
	writer, err := database.Open(database.Place{Driver: database.SQLite, Path: path})
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{`CREATE TABLE a (b TEXT)`, `INSERT INTO a VALUES ('kept in the log')`} {
		if _, err := writer.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("while another writes", func(t *testing.T) { look(t, 1) })
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	t.Run("after it closed", func(t *testing.T) { look(t, 1) })
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("beside the file: %v, %v", entries, err)
	}
	missing := filepath.Join(dir, "none", "ledger.db")
	db, err := database.Open(database.Place{Driver: database.SQLite, Path: missing, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.PingContext(t.Context()); err == nil {
		t.Error("a file that is not there was opened")
	}
	_ = db.Close()
	if _, err := os.Stat(filepath.Dir(missing)); err == nil {
		t.Error("a folder was made")
	}
}

func TestPlacesThatCannotBeAreRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]database.Place{
		"no driver":           {Path: "x"},
		"unknown driver":      {Driver: "oracle", Path: "x"},
		"no path":             {Driver: database.SQLite},
		"a file for a folder": {Driver: database.SQLite, Path: filepath.Join(file, "ledger.db")},
		"a DSN that is none":  {Driver: database.Postgres, DSN: "postgres://%zz"},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := database.Open(p)
			if err == nil {
				_ = db.Close()
				t.Error("opened")
			}
		})
	}
}
