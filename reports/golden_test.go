package reports

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/golden anew from what is printed now")

// TestPapersAreLaidOutAsBefore holds what a family and the team get to the last
// word and its place: a change of the layout, a template or a sentence is seen in
// the files under testdata/golden, where a person reads it before it is kept.
func TestPapersAreLaidOutAsBefore(t *testing.T) {
	papers := map[string][]byte{}
	for _, kind := range letterKinds {
		s, due := letterNight(kind, "es")
		papers[string(kind)] = printLetters(t, s, due).Bytes
	}
	s := fullNight()
	papers["packet"] = packets(t, s, s.Meetings[3]).Bytes
	referred, r := referralNight()
	papers["sarb-packet"] = referralPacket(t, referred, r).Bytes
	for name, pdf := range papers {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("testdata", "golden", name+".txt")
			got := linesOn(t, pdf)
			if *update {
				if err := os.WriteFile(file, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			kept, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Split(strings.TrimSuffix(string(kept), "\n"), "\n")
			for i := range max(len(got), len(want)) {
				is, was := lineAt(got, i), lineAt(want, i)
				if !sameLine(is, was) {
					t.Fatalf("line %d of %s\n is  %s\n was %s\nIf that is meant: go test ./reports -run %s -update, and read the difference.", i+1, file, is, was, "TestPapersAreLaidOutAsBefore")
				}
			}
		})
	}
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

// linesOn is each line of text of a document: its page, its left and top in mm, and
// its words. Words of one line that stand far apart are lines of their own.
func linesOn(t testing.TB, pdf []byte) []string {
	t.Helper()
	const mm = 72 / 25.4
	var lines []string
	for i, page := range wordsOn(t, pdf) {
		var last word
		for _, w := range page {
			if len(lines) > 0 && math.Abs(w.YMin-last.YMin) < 1 && w.XMin >= last.XMax-1 && w.XMin-last.XMax < 4*mm {
				lines[len(lines)-1] += " " + w.Text
			} else {
				lines = append(lines, fmt.Sprintf("%d %3.0f %3.0f\t%s", i+1, w.XMin/mm, w.YMin/mm, w.Text))
			}
			last = w
		}
	}
	return lines
}

// sameLine compares two lines, their place to a millimetre: where a word's box
// begins differs a little between versions of poppler.
func sameLine(a, b string) bool {
	placeA, wordsA, _ := strings.Cut(a, "\t")
	placeB, wordsB, _ := strings.Cut(b, "\t")
	var pa, xa, ya, pb, xb, yb int
	_, errA := fmt.Sscan(placeA, &pa, &xa, &ya)
	_, errB := fmt.Sscan(placeB, &pb, &xb, &yb)
	near := func(m, n int) bool { return -1 <= m-n && m-n <= 1 }
	return errA == nil && errB == nil && pa == pb && near(xa, xb) && near(ya, yb) && wordsA == wordsB
}
