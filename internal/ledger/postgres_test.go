package ledger_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall/internal/database"
	"rollcall/internal/database/databasetest"
	"rollcall/internal/ledger"
	"rollcall/internal/ledger/ledgertest"
)

func TestMain(m *testing.M) { os.Exit(databasetest.Main(m)) }

func onPostgres(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Options{Driver: database.Postgres, DSN: databasetest.Postgres(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func TestLedgerOnPostgreSQL(t *testing.T) { ledgertest.Exercise(t, onPostgres) }

func TestAPastNightIsSeenAsItWasOnPostgreSQL(t *testing.T) { ledgertest.PastIsExact(t, onPostgres) }

func TestALedgerIsCopiedWholeWhateverTheEngines(t *testing.T) {
	onFile := func(t *testing.T) *ledger.Ledger { return open(t, filepath.Join(t.TempDir(), "ledger.db")) }
	for _, c := range []struct {
		name     string
		from, to func(*testing.T) *ledger.Ledger
	}{
		{"from a file to the server", onFile, onPostgres}, {"from the server to a file", onPostgres, onFile}, {"from file to file", onFile, onFile},
	} {
		t.Run(c.name, func(t *testing.T) { ledgertest.CopyIsWhole(t, c.from(t), c.to(t)) })
	}
}

func TestASecondNightIsRefusedOnTheServerToo(t *testing.T) {
	dsn := databasetest.Postgres(t)
	l, err := ledger.Open(t.Context(), ledger.Options{Driver: database.Postgres, DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	underWay := func(want bool) {
		t.Helper()
		if got, err := l.UnderWay(t.Context()); err != nil || got != want {
			t.Errorf("under way: %v, %v", got, err)
		}
	}
	underWay(false)
	unlock, err := ledger.LockServer(t.Context(), dsn, kept(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.LockServer(t.Context(), dsn, kept(t)); !errors.Is(err, ledger.ErrAtWork) {
		t.Errorf("a second night: %v", err)
	}
	underWay(true)
	other, err := ledger.LockServer(t.Context(), databasetest.Postgres(t), kept(t))
	if err != nil {
		t.Fatalf("another ledger is locked with it: %v", err)
	}
	other()
	unlock()
	underWay(false)
	again, err := ledger.LockServer(t.Context(), dsn, kept(t))
	if err != nil {
		t.Fatalf("after the first: %v", err)
	}
	again()
}

func TestAServerThatIsNotThereIsSaidToBe(t *testing.T) {
	for _, dsn := range []string{
		"postgres://rollcall:secret@127.0.0.1:1/rollcall",
		"postgres://rollcall:secret@/rollcall?host=" + t.TempDir(), // a socket has no file then
	} {
		_, looked := ledger.Look(t.Context(), ledger.Options{Driver: database.Postgres, DSN: dsn})
		_, locked := ledger.LockServer(t.Context(), dsn, kept(t))
		for _, err := range []error{looked, locked} {
			if err == nil || !strings.Contains(err.Error(), "the PostgreSQL server cannot be asked") || strings.Contains(err.Error(), "secret") ||
				errors.Is(err, ledger.ErrNone) || !database.Away(err) {
				t.Error(err)
			}
		}
	}
}

func TestAUserWhoMayMakeNoTablesIsToldSo(t *testing.T) {
	dsn := databasetest.Postgres(t)
	if err := ledger.MayMake(t.Context(), ledger.Options{DSN: dsn}); err != nil {
		t.Error(err)
	}
	db := handle(t, dsn)
	for _, statement := range []string{`CREATE ROLE guest LOGIN`, `REVOKE CREATE ON SCHEMA public FROM PUBLIC`} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	guest := ledger.Options{DSN: strings.Replace(dsn, "rollcall@", "guest@", 1)}
	if err := ledger.MayMake(t.Context(), guest); err == nil || !strings.Contains(err.Error(), "may not make tables in this database") {
		t.Error(err)
	}
}

func TestATableOfOthersIsNamed(t *testing.T) {
	dsn := databasetest.Postgres(t)
	db := handle(t, dsn)
	for _, step := range []struct{ make, want string }{{`CREATE TABLE river_job (id INT)`, ""}, {`CREATE TABLE payroll (id INT)`, "payroll"}} {
		if _, err := db.ExecContext(t.Context(), step.make); err != nil {
			t.Fatal(err)
		}
		if got, err := ledger.Foreign(t.Context(), ledger.Options{DSN: dsn}); got != step.want || err != nil {
			t.Errorf("%s: %q, %v", step.make, got, err)
		}
	}
}

// handle is a server's database, as its owner has it.
func handle(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := database.Open(database.Place{Driver: database.Postgres, DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// kept wants that a lock is not lost.
func kept(t *testing.T) func(error) { return func(err error) { t.Error(err) } }

// The server lets go of a lock with its connection, which a restart or a sleeping machine
// ends.
func TestALockThatTheServerLetGoOfIsTakenAgainOrIsLost(t *testing.T) {
	dsn := databasetest.Postgres(t)
	db := handle(t, dsn)
	holder := func() (pid int) {
		t.Helper()
		for until := time.Now().Add(30 * time.Second); pid == 0 && time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
			if err := db.QueryRowContext(t.Context(), `SELECT COALESCE(max(pid), 0) FROM pg_locks JOIN pg_database d ON d.oid = database
				AND d.datname = current_database() WHERE locktype = 'advisory' AND granted`).Scan(&pid); err != nil {
				t.Fatal(err)
			}
		}
		return pid
	}
	end := func(pid int) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), `SELECT pg_terminate_backend($1, 10000)`, pid); err != nil {
			t.Fatal(err)
		}
	}
	lost := make(chan error, 1)
	unlock, err := ledger.LockServer(t.Context(), dsn, func(err error) { lost <- err })
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	first := holder()
	end(first)
	second := holder()
	if second == first || second == 0 {
		t.Fatalf("held by %d, then by %d", first, second)
	}
	end(second)
	other, err := ledger.LockServer(t.Context(), dsn, kept(t))
	if err != nil {
		t.Fatalf("free, and not to be had: %v", err)
	}
	defer other()
	select {
	case err := <-lost:
		if !errors.Is(err, ledger.ErrAtWork) {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Error("not seen to be lost")
	}
}
