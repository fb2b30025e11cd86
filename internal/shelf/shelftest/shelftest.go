// Package shelftest holds a shelf to its rules, whatever it is made of: a
// document whole or not at all, the same digest on the way in and out, hostile
// paths refused, and everything repeatable without harm.
package shelftest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Shelf is what every shelf can do.
type Shelf interface {
	Put(ctx context.Context, path string, write func(io.Writer) error) (bytes int64, sum string, err error)
	Read(ctx context.Context, path string) ([]byte, error)
	Digest(ctx context.Context, path string) (bytes int64, sum string, err error)
	Remove(ctx context.Context, path string) error
	List(ctx context.Context, folder string) ([]string, error)
	Folders(ctx context.Context) ([]string, error)
	Location(path string) string
}

// Hostile are paths that no shelf may take.
var Hostile = []string{
	"", "/", "/etc/passwd", "..", "../x", "a/../b", "a/..", "a/../../x", ".", "./a", "a/./b", "a//b", "a/", "/a",
	`a\b`, `..\x`, `C:\x`, "C:x", "a\x00b", "a\nb", "a\r\nb", "a\x7fb", "a\u202eb", "a\u200bb", "a\u2028b", "\xff",
	".hidden", "a/.b", "a.", "a /b", "a./b", "...", strings.Repeat("x", 201), strings.Repeat("x/", 600) + "x",
}

// Run holds a shelf to the rules. open gives an empty one each time.
func Run(t *testing.T, open func(t *testing.T) Shelf) {
	t.Run("what is put can be read", func(t *testing.T) { putAndRead(t, open(t)) })
	t.Run("a failed write leaves what was there", func(t *testing.T) { wholeOrNotAtAll(t, open(t)) })
	t.Run("a document that is missing", func(t *testing.T) { missing(t, open(t)) })
	t.Run("removed is gone, and twice is no error", func(t *testing.T) { remove(t, open(t)) })
	t.Run("listed by folder in byte order", func(t *testing.T) { list(t, open(t)) })
	t.Run("hostile paths are refused by every method", func(t *testing.T) { hostile(t, open(t)) })
	t.Run("two writers of one document", func(t *testing.T) { writers(t, open(t)) })
	t.Run("nothing happens after the end", func(t *testing.T) { cancelled(t, open(t)) })
}

const document = "2025-10-15/101-oak/letters-mail.pdf"

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func put(t *testing.T, s Shelf, path, contents string) (int64, string) {
	t.Helper()
	n, sum, err := s.Put(t.Context(), path, text(contents))
	if err != nil {
		t.Fatal(err)
	}
	return n, sum
}

func holds(t *testing.T, s Shelf, path, want string) {
	t.Helper()
	got, err := s.Read(t.Context(), path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", path, got, err, want)
	}
}

func putAndRead(t *testing.T, s Shelf) {
	for _, contents := range []string{"first", "", "second, longer than the first", "third\x00\xff"} {
		want := sha256.Sum256([]byte(contents))
		// Twice: a repeated job changes nothing and is told the same.
		for range 2 {
			n, sum := put(t, s, document, contents)
			if n != int64(len(contents)) || sum != hex.EncodeToString(want[:]) {
				t.Errorf("put %q: %d bytes, %s", contents, n, sum)
			}
			holds(t, s, document, contents)
			m, again, err := s.Digest(t.Context(), document)
			if err != nil || m != n || again != sum {
				t.Errorf("digest of %q: %d bytes, %s, %v", contents, m, again, err)
			}
		}
	}
	for _, path := range []string{"summary.json", "2025-10-15/district/sarb-referrals/S 1001.pdf", "2025-10-15/102-peñón/schedule.ics", "a..b/c", strings.Repeat("y", 200)} {
		put(t, s, path, path)
		holds(t, s, path, path)
		if !strings.Contains(s.Location(path), path) {
			t.Errorf("location %q does not tell the path %q", s.Location(path), path)
		}
	}
}

func wholeOrNotAtAll(t *testing.T, s Shelf) {
	torn := errors.New("the printer ran out of ink")
	write := func(w io.Writer) error {
		if err := text("half a letter")(w); err != nil {
			return err
		}
		return torn
	}
	if _, _, err := s.Put(t.Context(), document, write); !errors.Is(err, torn) {
		t.Errorf("error %v", err)
	}
	if _, err := s.Read(t.Context(), document); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half a document is there: %v", err)
	}
	put(t, s, document, "a whole letter")
	if _, _, err := s.Put(t.Context(), document, write); !errors.Is(err, torn) {
		t.Errorf("error %v", err)
	}
	holds(t, s, document, "a whole letter")
	paths, err := s.List(t.Context(), "")
	if d := cmp.Diff([]string{document}, paths); d != "" || err != nil {
		t.Error(d, err)
	}
}

func missing(t *testing.T, s Shelf) {
	if _, err := s.Read(t.Context(), document); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("read: %v", err)
	}
	if _, _, err := s.Digest(t.Context(), document); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("digest: %v", err)
	}
	if paths, err := s.List(t.Context(), "2025-10-15"); err != nil || len(paths) != 0 {
		t.Errorf("list: %v, %v", paths, err)
	}
}

func remove(t *testing.T, s Shelf) {
	put(t, s, document, "a letter")
	put(t, s, "2025-10-15/101-oak/schedule.pdf", "a schedule")
	for range 2 {
		if err := s.Remove(t.Context(), document); err != nil {
			t.Fatal(err)
		}
	}
	paths, err := s.List(t.Context(), "")
	if d := cmp.Diff([]string{"2025-10-15/101-oak/schedule.pdf"}, paths); d != "" || err != nil {
		t.Error(d, err)
	}
}

func list(t *testing.T, s Shelf) {
	for _, path := range []string{"b/2", "b/10", "b/1", "b-c/1", "b/d/e/1", "bc", "a"} {
		put(t, s, path, path)
	}
	for folder, want := range map[string][]string{
		"":        {"a", "b-c/1", "b/1", "b/10", "b/2", "b/d/e/1", "bc"},
		"b":       {"b/1", "b/10", "b/2", "b/d/e/1"},
		"b/d":     {"b/d/e/1"},
		"nowhere": nil,
	} {
		got, err := s.List(t.Context(), folder)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("folder %q: %s%v", folder, d, err)
		}
	}
	// One that held something once is none.
	put(t, s, "empty/1", "x")
	if err := s.Remove(t.Context(), "empty/1"); err != nil {
		t.Fatal(err)
	}
	got, err := s.Folders(t.Context())
	if d := cmp.Diff([]string{"b", "b-c"}, got); d != "" || err != nil {
		t.Error("folders", d, err)
	}
}

func hostile(t *testing.T, s Shelf) {
	for _, path := range Hostile {
		if _, _, err := s.Put(t.Context(), path, text("x")); err == nil {
			t.Errorf("put %q", path)
		}
		if _, err := s.Read(t.Context(), path); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("read %q: %v", path, err)
		}
		if _, _, err := s.Digest(t.Context(), path); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("digest %q: %v", path, err)
		}
		if err := s.Remove(t.Context(), path); err == nil {
			t.Errorf("remove %q", path)
		}
		if _, err := s.List(t.Context(), path); err == nil && path != "" {
			t.Errorf("list %q", path)
		}
		if at := s.Location(path); at != "" {
			t.Errorf("location of %q: %s", path, at)
		}
	}
	if paths, err := s.List(t.Context(), ""); err != nil || len(paths) != 0 {
		t.Errorf("left behind: %v, %v", paths, err)
	}
}

func writers(t *testing.T, s Shelf) {
	var wg sync.WaitGroup
	whole := map[string]bool{}
	for i := range 8 {
		contents := strings.Repeat(fmt.Sprintf("letter %d\n", i), 20_000)
		whole[contents] = true
		wg.Go(func() {
			for range 5 {
				if _, _, err := s.Put(t.Context(), document, func(w io.Writer) error {
					_, err := io.Copy(w, bytes.NewReader([]byte(contents)))
					return err
				}); err != nil {
					t.Error(err)
				}
				// Whoever wrote last: never a mixture.
				if got, err := s.Read(t.Context(), document); err != nil || len(got) != len(contents) {
					t.Errorf("read %d bytes, %v", len(got), err)
				}
			}
		})
	}
	wg.Wait()
	got, err := s.Read(t.Context(), document)
	if err != nil || !whole[string(got)] {
		t.Errorf("%d bytes that nobody wrote, %v", len(got), err)
	}
	paths, err := s.List(t.Context(), "")
	if d := cmp.Diff([]string{document}, paths); d != "" || err != nil {
		t.Error(d, err)
	}
}

func cancelled(t *testing.T, s Shelf) {
	put(t, s, document, "a letter")
	ctx, cancel := context.WithCancel(t.Context())
	if _, _, err := s.Put(ctx, document, func(w io.Writer) error {
		cancel()
		return text("another letter")(w)
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("put ended while writing: %v", err)
	}
	if _, _, err := s.Put(ctx, document, text("another letter")); !errors.Is(err, context.Canceled) {
		t.Errorf("put after the end: %v", err)
	}
	if err := s.Remove(ctx, document); !errors.Is(err, context.Canceled) {
		t.Errorf("remove after the end: %v", err)
	}
	holds(t, s, document, "a letter")
}
