package ledger

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A table that is added later must be thought of, or an older night would be
// seen without it.
func TestEveryTableIsSeenAsItWasBeforeANight(t *testing.T) {
	l, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "ledger.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	var tables, seen []string
	const all = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%' ORDER BY name`
	if err := l.db.SelectContext(t.Context(), &tables, all); err != nil {
		t.Fatal(err)
	}
	for _, p := range pasts {
		seen = append(seen, p.table)
	}
	slices.Sort(seen)
	if diff := cmp.Diff(tables, seen); diff != "" {
		t.Errorf("tables of the ledger and those that CopyBefore fills: %s", diff)
	}
}
