package main

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall/internal/district"
)

func TestANightWhoseSettingsCannotBeReadIsToldOfOnceAndWaits(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "town")
	s := &surroundings{stdout: io.Discard, stderr: io.Discard, now: time.Now, getenv: os.LookupEnv, log: slog.New(slog.DiscardHandler), pauses: []time.Duration{}}
	if code := run(t.Context(), []string{"demo", dir, "--students", "20", "--schools", "1"}, *s); code != exitDone {
		t.Fatal(code)
	}
	g := &commands{Config: filepath.Join(dir, "rollcall.yaml")}
	text, err := os.ReadFile(g.Config)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(g.Config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good := strings.Replace(string(text), "  # operations: [it@", "  operations: [it@", 1)
	write(good)
	cfg, err := s.load(g)
	if err != nil {
		t.Fatal(err)
	}
	served := &server{commands: g, surroundings: s, atStart: cfg, shared: true}
	write(good + "\nmax_sise: 3\n")
	asOf := district.NewDate(2025, 10, 15)
	for range 3 {
		if err := served.night(t.Context(), asOf); !errors.Is(err, errNotNow) {
			t.Errorf("error %v", err)
		}
	}
	if served.code != exitUsage {
		t.Errorf("exit code %d", served.code)
	}
	mails, err := filepath.Glob(filepath.Join(dir, "mail", "*alarm*.eml"))
	if err != nil || len(mails) != 1 {
		t.Fatalf("%d mails: %v", len(mails), err)
	}
	mail, err := os.ReadFile(mails[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"To: <it@example.org>", "max_sise", "the night begins by itself"} {
		if !strings.Contains(string(mail), want) {
			t.Errorf("the mail lacks %q", want)
		}
	}
}
