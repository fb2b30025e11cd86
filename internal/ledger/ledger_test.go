package ledger_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
	"rollcall/internal/ledger/ledgertest"
)

func open(t *testing.T, path string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func TestLedgerOnSQLite(t *testing.T) {
	ledgertest.Exercise(t, func(t *testing.T) *ledger.Ledger { return open(t, filepath.Join(t.TempDir(), "ledger.db")) })
}

func TestAPastNightIsSeenAsItWasOnSQLite(t *testing.T) {
	ledgertest.PastIsExact(t, func(t *testing.T) *ledger.Ledger { return open(t, filepath.Join(t.TempDir(), "ledger.db")) })
}

// Two handles are what two processes are: each has its own connections, and
// they meet only in the file's locks.
func TestTwoHandlesLoseNoTransaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	const handles, each = 3, 60
	ledgers := make([]*ledger.Ledger, handles)
	errs := make([]error, handles)
	var opening sync.WaitGroup
	for i := range handles { // all find an empty file
		opening.Go(func() { ledgers[i], errs[i] = ledger.Open(t.Context(), ledger.Options{Path: path}) })
	}
	opening.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	ledgertest.Begin(t, ledgers[0], ledgertest.Night)
	commit := ledgertest.Commit("10", ledgertest.Case("1", "10"))
	commit.Jobs = nil
	if err := ledgers[0].Commit(t.Context(), commit); err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	for i, l := range ledgers {
		work.Go(func() {
			defer func() { errs[i] = errors.Join(errs[i], l.Close()) }()
			for range each {
				attempt := intervention.Event{Kind: intervention.Attempt, Actor: strconv.Itoa(i), At: ledgertest.Night.Time()}
				_, errs[i] = l.Record(t.Context(), []intervention.CaseEvent{{CaseID: commit.Plan.Opened[0].ID, Event: attempt}}, ledgertest.Always)
				if errs[i] != nil {
					return
				}
			}
		})
	}
	work.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	cases, err := open(t, path).Cases(t.Context(), ledgertest.Year, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(cases[0].Events), 2+handles*each; got != want {
		t.Errorf("%d events, want %d", got, want)
	}
}

func TestLedgerOfANewerVersionIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := open(t, path)
	if _, err := l.DB().ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`); err != nil {
		t.Fatal(err)
	}
	_, err := ledger.Open(t.Context(), ledger.Options{Path: path})
	if err == nil || !strings.Contains(err.Error(), "newer version of rollcall (schema 99") {
		t.Errorf("got %v", err)
	}
}

func TestFileThatIsNoLedgerIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("student_id,name\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if l, err := ledger.Open(t.Context(), ledger.Options{Path: path}); err == nil {
		t.Error(errors.Join(errors.New("opened"), l.Close()))
	}
}

func TestSecondNightOnTheSameLedgerIsRefusedInPlainWords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "ledger.db")
	unlock, err := ledger.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = ledger.Lock(path)
	if !errors.Is(err, ledger.ErrAtWork) || !strings.Contains(err.Error(), "process "+strconv.Itoa(os.Getpid())) {
		t.Errorf("got %v", err)
	}
	unlock()
	unlock, err = ledger.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
	info, err := os.Stat(path + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("the lock has mode %o", got)
	}
}
