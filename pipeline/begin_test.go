package pipeline

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"rollcall/internal/district/districttest"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
)

func TestANightGoesOnWithThePolicyItBeganWith(t *testing.T) {
	l, err := ledger.Open(t.Context(), ledger.Options{Path: filepath.Join(t.TempDir(), "ledger.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	d := districttest.District("2025-10-15", districttest.School{ID: "A", From: "2025-08-11"})
	autumn, err := intervention.Compile(intervention.PolicyText{Name: "autumn"})
	if err != nil {
		t.Fatal(err)
	}
	spring, err := intervention.Compile(intervention.PolicyText{Name: "spring"})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2025, 10, 16, 11, 0, 0, 0, time.UTC)
	first, err := Begin(t.Context(), l, d, autumn, Settings{Version: "1.0"}, now)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Begin(t.Context(), l, d, autumn, Settings{Version: "1.0"}, now.Add(time.Hour)); err != nil || again != first {
		t.Errorf("begun again: %v %v", again, err)
	}
	if _, err := Begin(t.Context(), l, d, spring, Settings{Version: "1.0"}, now.Add(time.Hour)); !errors.Is(err, ErrPolicy) {
		t.Errorf("with another policy: %v", err)
	}
	restored, err := intervention.Restore(first.PolicyHash, first.PolicyText)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Begin(t.Context(), l, d, restored, Settings{Version: "1.0"}, now.Add(time.Hour)); err != nil {
		t.Errorf("with its own, restored: %v", err)
	}
}
