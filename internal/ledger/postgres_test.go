package ledger_test

import (
	"os"
	"testing"

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
