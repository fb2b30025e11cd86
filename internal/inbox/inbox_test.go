package inbox

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func put(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func open(t *testing.T, dir string) *Folder {
	t.Helper()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			found = append(found, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestOnlyWorkbooksWait(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "b.xlsx", "A.XLSX", "~$b.xlsx", ".b.xlsx", "notes.txt")
	if err := os.Symlink(filepath.Join(dir, "b.xlsx"), filepath.Join(dir, "link.xlsx")); err != nil {
		t.Fatal(err)
	}
	got, others, err := open(t, dir).Waiting()
	if err != nil || !slices.Equal(got, []string{"A.XLSX", "b.xlsx"}) || !slices.Equal(others, []string{"link.xlsx", "notes.txt"}) {
		t.Errorf("%v, %v, %v", got, others, err)
	}
}

func TestWhatIsMendedTakesWhatWasRefusedWithIt(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	put(t, dir, "b.xlsx")
	look, err := f.Refuse("b.xlsx", []byte("marked"), "2026-10-15")
	if err != nil || look != filepath.Join(dir, "refused/b-to-mend.xlsx") {
		t.Fatalf("%s, %v", look, err)
	}
	if info, err := os.Stat(look); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if got, err := f.Refused(); err != nil || !slices.Equal(got, []string{"b.xlsx"}) {
		t.Errorf("%v, %v", got, err)
	}
	put(t, dir, "b-to-mend.xlsx")
	if err := f.Done("b-to-mend.xlsx", "2026-10-16"); err != nil {
		t.Fatal(err)
	}
	want := []string{"read/2026-10-16/b-to-mend-2.xlsx", "read/2026-10-16/b-to-mend.xlsx", "read/2026-10-16/b.xlsx"}
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestWhatIsRefusedAgainTakesThePlaceOfTheFirst(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	put(t, dir, "b.xlsx")
	if _, err := f.Refuse("b.xlsx", []byte("marked"), "2026-10-15"); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "b.xlsx") // another school's
	if look, err := f.Refuse("b.xlsx", nil, "2026-10-15"); err != nil || look != filepath.Join(dir, "refused/b-2.xlsx") {
		t.Fatalf("%s, %v", look, err)
	}
	put(t, dir, "b-to-mend.xlsx")
	if look, err := f.Refuse("b-to-mend.xlsx", []byte("marked anew"), "2026-10-16"); err != nil || look != filepath.Join(dir, "refused/b-to-mend.xlsx") {
		t.Fatalf("%s, %v", look, err)
	}
	if got, err := f.Refused(); err != nil || !slices.Equal(got, []string{"b-2.xlsx", "b.xlsx"}) {
		t.Errorf("%v, %v", got, err)
	}
	want := []string{"read/2026-10-16/b-to-mend.xlsx", "read/2026-10-16/b.xlsx", "refused/b-2.xlsx", "refused/b-to-mend.xlsx", "refused/b.xlsx"}
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestASecondFileOfANameLosesNothing(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	for range 3 {
		put(t, dir, "b.xlsx")
		if err := f.Done("b.xlsx", "2026-10-16"); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(t, dir); len(got) != 3 {
		t.Errorf("%v", got)
	}
}

func TestAFileThatIsTooLargeIsNotRead(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "b.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(MostBytes + 1); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, dir).Read("b.xlsx"); err == nil {
		t.Error("it was read")
	}
}
