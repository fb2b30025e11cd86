package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"

	"rollcall/internal/district/districttest"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
	"rollcall/internal/night"
)

func TestThePoliciesThatOpenedTheCasesAreReadFromTheLedger(t *testing.T) {
	l, err := ledger.Open(t.Context(), ledger.Options{Path: filepath.Join(t.TempDir(), "ledger.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	autumn, err := intervention.Compile(intervention.PolicyText{Name: "autumn"})
	if err != nil {
		t.Fatal(err)
	}
	const unknown = "quorum 3\n"
	sum := sha256.Sum256([]byte(unknown))
	foreign := hex.EncodeToString(sum[:])
	for day, p := range map[string]night.Run{
		"2025-10-14": {PolicyHash: autumn.Hash, PolicyText: autumn.Canonical},
		"2025-10-15": {PolicyHash: foreign, PolicyText: unknown},
	} {
		p.ID, p.AsOf, p.StartedAt = day, districttest.Day(day), districttest.Day(day).Time()
		if _, err := l.BeginRun(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	got, err := former(t.Context(), l, "tonight", []intervention.Case{
		{PolicyHash: autumn.Hash}, {PolicyHash: "tonight"}, {PolicyHash: "tonight", ReopenedBy: foreign}, {PolicyHash: autumn.Hash},
	})
	if err != nil || len(got) != 2 {
		t.Fatalf("%v %v", got, err)
	}
	if p := got[autumn.Hash]; p.Err != nil || p.Policy.Text.Name != "autumn" {
		t.Errorf("autumn: %+v", p)
	}
	if p := got[foreign]; p.Err == nil || !strings.Contains(p.Err.Error(), "quorum") {
		t.Errorf("of another version: %+v", p)
	}
}
