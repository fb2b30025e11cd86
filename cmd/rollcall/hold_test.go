package main

import (
	"strings"
	"testing"
)

func TestWhatTheExportSaysSteersNoTerminal(t *testing.T) {
	var out strings.Builder
	(&explanation{w: &out}).say("Student %s\nnext", "4\x1b[31m7\u009b2J")
	if got, want := out.String(), "Student 4[31m72J\nnext\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
