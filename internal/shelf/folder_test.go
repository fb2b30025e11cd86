package shelf_test

import (
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/shelf"
	"rollcall/internal/shelf/shelftest"
)

const document = "2025-10-15/101-oak/letters-mail.pdf"

func open(t *testing.T) (*shelf.Folder, string) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "var", "out")
	f, err := shelf.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, root
}

func put(t *testing.T, f *shelf.Folder, path, contents string) {
	t.Helper()
	if _, _, err := f.Put(t.Context(), path, func(w io.Writer) error {
		_, err := io.WriteString(w, contents)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestFolderIsAShelf(t *testing.T) {
	shelftest.Run(t, func(t *testing.T) shelftest.Shelf {
		f, _ := open(t)
		return f
	})
}

func TestDocumentsAreTheirOwnersAloneWhateverTheUmask(t *testing.T) {
	for _, mask := range []int{0, 0o022, 0o077} {
		defer syscall.Umask(syscall.Umask(mask))
		f, root := open(t)
		put(t, f, document, "a letter")
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			want := fs.FileMode(0o600)
			if entry.IsDir() {
				want = 0o700 | fs.ModeDir
			}
			if info.Mode() != want {
				t.Errorf("umask %03o: %s has mode %v", mask, path, info.Mode())
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestSameContentsLeaveTheFileAlone(t *testing.T) {
	f, _ := open(t)
	put(t, f, document, "a letter")
	file := f.Location(document)
	before := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		contents string
		mode     fs.FileMode
		kept     bool
	}{
		"same contents":        {"a letter", 0o600, true},
		"same length":          {"a_letter", 0o600, false},
		"readable by everyone": {"a letter", 0o644, false},
	} {
		t.Run(name, func(t *testing.T) {
			put(t, f, document, "a letter")
			if err := os.Chmod(file, c.mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(file, before, before); err != nil {
				t.Fatal(err)
			}
			put(t, f, document, c.contents)
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if kept := info.ModTime().Equal(before); kept != c.kept || info.Mode() != 0o600 {
				t.Errorf("kept %t, mode %v", kept, info.Mode())
			}
		})
	}
}

func TestLinksInTheTreeLeadNowhereOutside(t *testing.T) {
	f, root := open(t)
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret.txt")
	if err := os.WriteFile(secret, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, f, "2025-10-15/summary.json", "{}")
	for link, target := range map[string]string{
		"2025-10-15/folder": outside,
		"2025-10-15/up":     "../../..",
		"2025-10-15/file":   secret,
	} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"2025-10-15/folder/secret.txt", "2025-10-15/up/secret.txt", "2025-10-15/file"} {
		if got, err := f.Read(t.Context(), path); err == nil {
			t.Errorf("read %s: %s", path, got)
		}
		if _, _, err := f.Digest(t.Context(), path); err == nil {
			t.Errorf("digest %s", path)
		}
	}
	for _, path := range []string{"2025-10-15/folder/new.txt", "2025-10-15/folder/deep/new.txt", "2025-10-15/up/new.txt"} {
		if _, _, err := f.Put(t.Context(), path, func(io.Writer) error { return nil }); err == nil {
			t.Errorf("put %s", path)
		}
	}
	if err := f.Remove(t.Context(), "2025-10-15/folder/secret.txt"); err == nil {
		t.Error("removed through a link")
	}
	paths, err := f.List(t.Context(), "")
	if d := cmp.Diff([]string{"2025-10-15/summary.json"}, paths); d != "" || err != nil {
		t.Error(d, err)
	}
	// A document takes the place of the link and does not follow it.
	put(t, f, "2025-10-15/file", "a letter")
	if got, err := os.ReadFile(secret); err != nil || string(got) != "mine" {
		t.Errorf("behind the link: %q, %v", got, err)
	}
	if entries, _ := os.ReadDir(outside); len(entries) != 1 {
		t.Errorf("%d files outside", len(entries))
	}
}

func TestDocumentAndFolderDoNotReplaceEachOther(t *testing.T) {
	f, _ := open(t)
	put(t, f, "a/b", "x")
	for _, path := range []string{"a", "a/b/c"} {
		if _, _, err := f.Put(t.Context(), path, func(io.Writer) error { return nil }); err == nil {
			t.Errorf("put %s", path)
		}
	}
	if err := f.Remove(t.Context(), "a"); err == nil {
		t.Error("removed a folder")
	}
	if got, err := f.Read(t.Context(), "a/b"); err != nil || string(got) != "x" {
		t.Errorf("%q, %v", got, err)
	}
}

// The test runs itself as a second program that is killed in the middle of a
// document.
func TestWhatAKilledRunLeavesIsSwept(t *testing.T) {
	if root := os.Getenv("SHELF_KILLED_IN"); root != "" {
		f, err := shelf.Open(root)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = f.Put(t.Context(), document, func(w io.Writer) error {
			if _, err := io.WriteString(w, "half a letter"); err != nil {
				return err
			}
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		})
		t.Fatalf("alive after the end: %v", err)
	}
	f, root := open(t)
	put(t, f, "2025-10-15/summary.json", "{}")
	program := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	program.Env = append(os.Environ(), "SHELF_KILLED_IN="+root)
	if err := program.Run(); err == nil {
		t.Fatal("the second program was not killed")
	}
	if _, err := f.Read(t.Context(), document); err == nil {
		t.Error("half a document is there")
	}
	// Files of others that a sweep must leave alone.
	for _, name := range []string{".gitkeep", "README", ".well-known"} {
		if err := os.WriteFile(filepath.Join(root, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := f.Sweep(t.Context(), time.Unix(0, 0)); n != 0 || err != nil {
		t.Errorf("swept %d that may still be written, %v", n, err)
	}
	future := time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, want := range []int{1, 0} {
		if n, err := f.Sweep(t.Context(), future); n != want || err != nil {
			t.Errorf("swept %d, want %d, %v", n, want, err)
		}
	}
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) != 4 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestASweepTakesNothingButItsOwn(t *testing.T) {
	f, root := open(t)
	outside := filepath.Join(t.TempDir(), ".summary.json1234567890123")
	const ours = ".letters-mail.pdf4611686018427387904"
	files := map[string]bool{ // and whether they stay
		outside:                                              true,
		filepath.Join(root, ours):                            false,
		filepath.Join(root, ".gitkeep"):                      true,
		filepath.Join(root, ".cache20251015"):                true,
		filepath.Join(root, ".nfs000000000a1b2c3d400000001"): true,
		filepath.Join(root, "..pdf1234567890"):               true,
		filepath.Join(root, "letters-mail.pdf123456789"):     true,
		filepath.Join(root, ".letters-mail.pdf"):             true,
		filepath.Join(root, ".letters-mail.pdf12"):           true,
		filepath.Join(root, "2025-10-15", ours):              true,
	}
	put(t, f, "2025-10-15/summary.json", "{}")
	for file := range files {
		if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link, folder := filepath.Join(root, ".summary.json1234567890123"), filepath.Join(root, ".brief.pdf1234567890123")
	if err := os.Symlink(outside, link); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	files[link], files[folder] = true, true
	if n, err := f.Sweep(t.Context(), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	for file, stays := range files {
		if _, err := os.Lstat(file); (err == nil) != stays {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestAllowedPathStaysInTheTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.StringOfN(rapid.SampledFrom([]rune("ab./\\:\x00\n ..//-é\u202e")), 0, 12, -1).Draw(t, "path")
		if shelf.CheckPath(path) == nil && (!filepath.IsLocal(path) || !fs.ValidPath(path)) {
			t.Fatalf("%q is allowed", path)
		}
	})
}

func FuzzCheckPath(f *testing.F) {
	for _, path := range append(shelftest.Hostile, document) {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if shelf.CheckPath(path) == nil && (!fs.ValidPath(path) || path == "." || filepath.Clean(path) != path) {
			t.Errorf("%q is allowed", path)
		}
	})
}
