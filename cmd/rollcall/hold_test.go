package main

import (
	"strings"
	"testing"
)

func TestWhatAPersonTypesIsOneLineAndSteersNoTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"  ":                          "",
		"a new clerk":                 "a new clerk",
		"two\nlines\r\n":              "two lines",
		"\x1b[2J\x1b]0;title\x07gone": "[2J ]0;title gone",
		"Muñoz\u00a0Peña":             "Muñoz Peña",
	} {
		if got := oneLine(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestWhatTheExportSaysSteersNoTerminal(t *testing.T) {
	var out strings.Builder
	(&explanation{w: &out}).say("Student %s\nnext", "4\x1b[31m7\u009b2J")
	if got, want := out.String(), "Student 4[31m72J\nnext\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
