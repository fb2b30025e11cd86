package ledger_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"rollcall/internal/ledger"
)

func TestALookNeitherMakesNorMigratesALedger(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "none", "ledger.db")
	if _, err := ledger.Look(t.Context(), ledger.Options{Path: path}); !errors.Is(err, ledger.ErrNone) {
		t.Errorf("of a ledger that is not there: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("made %v, %v", entries, err)
	}
	path = filepath.Join(dir, "ledger.db")
	l := open(t, path)
	fresh, err := ledger.Look(t.Context(), ledger.Options{Path: path})
	if err != nil || fresh.Has != fresh.Knows || fresh.Has == 0 {
		t.Errorf("of a new ledger: %+v, %v", fresh, err)
	}
	if _, err := l.DB().ExecContext(t.Context(), `UPDATE goose_db_version SET version_id = version_id + 40 WHERE version_id = ?`, fresh.Has); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	newer, err := ledger.Look(t.Context(), ledger.Options{Path: path})
	if err != nil || newer.Has != fresh.Has+40 || newer.Knows != fresh.Knows {
		t.Errorf("of a newer version's ledger: %+v, %v", newer, err)
	}
	empty := filepath.Join(dir, "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := ledger.Look(t.Context(), ledger.Options{Path: empty}); err != nil || s.Has != 0 || s.Knows != fresh.Knows {
		t.Errorf("of an empty file: %+v, %v", s, err)
	}
	other := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(other, []byte("no ledger, but a text that somebody wrote and would miss"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Look(t.Context(), ledger.Options{Path: other}); err == nil {
		t.Error("a text is a ledger")
	}
	if _, err := ledger.Look(t.Context(), ledger.Options{Path: dir}); err == nil {
		t.Error("a folder is a ledger")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 3 {
		t.Errorf("beside the files: %v, %v", entries, err)
	}
}
