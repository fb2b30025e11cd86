package folder

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"rollcall/internal/mail"
)

func message() mail.Message {
	return mail.Message{
		ID:      mail.MessageID("2025-10-15", "101", "admin", "example.org"),
		Name:    mail.Slug("2025-10-15", "101", "admin"),
		From:    "attendance@example.org",
		To:      []string{"pat@example.org", "no address"},
		Subject: "Schedule",
		Text:    "Four meetings.\n",
		At:      time.Date(2025, 10, 16, 11, 0, 0, 0, time.UTC),
	}
}

func open(t *testing.T) (*Sender, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mail", "outbox")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, path
}

func TestMessageBecomesAFileOfItsOwner(t *testing.T) {
	s, path := open(t)
	r, err := s.Send(t.Context(), message())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(path, "2025-10-15-101-admin.eml")
	if d := r.With(mail.Sent); len(d) != 1 || d[0].To != "pat@example.org" || d[0].Words != file {
		t.Errorf("sent %+v", d)
	}
	if d := r.With(mail.Permanent); len(d) != 1 || d[0].To != "no address" {
		t.Errorf("refused %+v", d)
	}
	want, _ := message().Bytes()
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("file differs, %v", err)
	}
	for name, mode := range map[string]os.FileMode{file: 0o600, path: 0o700 | os.ModeDir} {
		if info, err := os.Stat(name); err != nil || info.Mode() != mode {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
	}
}

func TestSameMessageTwiceIsOneUntouchedFile(t *testing.T) {
	s, path := open(t)
	if _, err := s.Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(path, "2025-10-15-101-admin.eml")
	before := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(file, before, before); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := s.Send(t.Context(), message()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	info, err := os.Stat(file)
	if err != nil || !info.ModTime().Equal(before) {
		t.Errorf("rewritten: %v, %v", info.ModTime(), err)
	}
	// One that others can read is written again.
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	changed := message()
	changed.Text = "Five meetings.\n"
	if _, err := s.Send(t.Context(), changed); err != nil {
		t.Fatal(err)
	}
	want, _ := changed.Bytes()
	if got, _ := os.ReadFile(file); !bytes.Equal(got, want) {
		t.Error("the changed message was not written")
	}
	if files, _ := os.ReadDir(path); len(files) != 1 {
		t.Errorf("%d files", len(files))
	}
}

func TestFileStaysInTheFolder(t *testing.T) {
	s, path := open(t)
	for _, name := range []string{"", "..", "../x", "a/b", "a\\b", ".hidden", "a\nb", "/etc/x"} {
		m := message()
		m.Name = name
		if r, err := s.Send(t.Context(), m); err == nil || len(r.With(mail.Permanent)) != 2 {
			t.Errorf("name %q was used: %+v", name, r)
		}
	}
	// A link in the folder is replaced by the file and not followed.
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(path, "2025-10-15-101-admin.eml")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(outside); string(got) != "mine" {
		t.Errorf("the file behind the link now holds %q", got)
	}
}

func TestNothingIsWrittenAfterTheEnd(t *testing.T) {
	s, path := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := s.Send(ctx, message())
	if err == nil || len(r.With(mail.Temporary)) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if files, _ := os.ReadDir(path); len(files) != 0 {
		t.Errorf("%d files", len(files))
	}
}
