package ledger_test

import (
	"testing"

	"rollcall/internal/database/databasetest"
	"rollcall/internal/ledger"
)

// Of two daemons one leads, until it is gone.
func TestOneLeads(t *testing.T) {
	dsn := databasetest.Postgres(t)
	claim := func() *ledger.Lead {
		l, err := ledger.NewLead(dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		return l
	}
	held := func(l *ledger.Lead, want bool) {
		t.Helper()
		for range 2 { // asked again, it is the same
			if got, err := l.Held(t.Context()); err != nil || got != want {
				t.Errorf("held %v, %v", got, err)
			}
		}
	}
	a, b := claim(), claim()
	held(a, true)
	held(b, false)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	held(b, true)
	held(claim(), false)
	// A night's own lock is another.
	unlock, err := ledger.LockServer(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
	if l, err := ledger.NewLead("postgres://127.0.0.1:1/x?sslmode=disable"); err != nil {
		t.Fatal(err)
	} else if got, err := l.Held(t.Context()); got || err == nil {
		t.Errorf("held %v of a server that is not there, %v", got, err)
	}
}
