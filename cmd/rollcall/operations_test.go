package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// hearPings: hear FILE CONFIG starts a health-check service on loopback that writes
// each address it is asked for into a file, and names it in a configuration.
func hearPings(ts *testscript.TestScript, neg bool, args []string) {
	heard := ts.MkAbs(args[0])
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/check") {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		f, err := os.OpenFile(heard, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err == nil {
			fmt.Fprintln(f, r.URL.Path)
			err = f.Close()
		}
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	ts.Defer(server.Close)
	editFile(ts, false, []string{args[1], "#   ping: https://hc-ping.com/the-check's-own-id", "  ping: " + server.URL + "/check"})
}

// await: await FILES TEXT waits for a file, named by a pattern, that has a text.
func await(ts *testscript.TestScript, neg bool, args []string) {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		files, err := filepath.Glob(ts.MkAbs(args[0]))
		ts.Check(err)
		for _, file := range files {
			if text, err := os.ReadFile(file); err == nil && strings.Contains(string(text), args[1]) {
				return
			}
		}
	}
	ts.Fatalf("no %s with %q", args[0], args[1])
}
