package archtest

import (
	"bytes"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTopFoldersAreThoseOfTheDesign(t *testing.T) {
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	ignored := readIgnored(t, os.DirFS("../.."))
	var found []string
	for _, e := range entries {
		switch {
		case !e.IsDir() || ignored(e.Name()) || slices.Contains(hidden, e.Name()):
		case !slices.Contains(folders, e.Name()):
			t.Errorf("%s: the top folders are %s", e.Name(), strings.Join(folders, ", "))
		default:
			found = append(found, e.Name())
		}
	}
	for _, want := range folders {
		if !slices.Contains(found, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestNoFileHoldsTwoIdeas(t *testing.T) {
	eachFile(t, func(file string, text []byte) {
		if inTestdata(file) || path.Base(file) == "go.sum" {
			return
		}
		if n := bytes.Count(text, []byte("\n")); n > longestFile {
			t.Errorf("%s has %d lines; the longest may have %d", file, n, longestFile)
		}
	})
}

func TestNothingIsLeftUnfinished(t *testing.T) {
	forbid(t, `\b(`+strings.Join(unfinished, "|")+`)\b`, "is a mark of unfinished work")
}

func TestNothingPointsOutside(t *testing.T) {
	quoted := make([]string, len(outside))
	for i, word := range outside {
		quoted[i] = regexp.QuoteMeta(word)
	}
	// A name before the word makes it part of a longer path or host.
	forbid(t, `(^|[^A-Za-z0-9_.}-])(`+strings.Join(quoted, "|")+`)`, "points outside the project")
}

func forbid(t *testing.T, expression, why string) {
	t.Helper()
	words := regexp.MustCompile(`(?m)` + expression)
	eachFile(t, func(file string, text []byte) {
		if path.Base(file) == "go.sum" {
			return
		}
		for _, at := range words.FindAllIndex(text, -1) {
			line := 1 + bytes.Count(text[:at[0]], []byte("\n"))
			t.Errorf("%s:%d: %q %s", file, line, bytes.TrimSpace(text[at[0]:at[1]]), why)
		}
	})
}
