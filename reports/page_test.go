package reports

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/district"
)

var printNight = Night{AsOf: district.NewDate(2025, time.October, 14), Issued: district.NewDate(2025, time.October, 15), Version: "1.0"}

// pdfText is what a reader finds on the pages, or one page where first is not 0.
func pdfText(t testing.TB, pdf []byte, args ...string) string {
	t.Helper()
	return runTool(t, pdf, "pdftotext", append(args, "IN", "-")...)
}

// checkPDF lets qpdf read every object.
func checkPDF(t testing.TB, pdf []byte) {
	t.Helper()
	runTool(t, pdf, "qpdf", "--check", "IN")
}

func runTool(t testing.TB, pdf []byte, tool string, args ...string) string {
	t.Helper()
	in := filepath.Join(t.TempDir(), "in.pdf")
	if err := os.WriteFile(in, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		if args[i] == "IN" {
			args[i] = in
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var faults strings.Builder
	cmd := exec.CommandContext(ctx, tool, args...)
	cmd.Stderr = &faults
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", tool, err, out, faults.String())
	}
	return string(out)
}

// keepPDF leaves a document where a person can look at it.
func keepPDF(t testing.TB, name string, pdf []byte) {
	t.Helper()
	dir := os.Getenv("ROLLCALL_LOOK")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), pdf, 0o600); err != nil {
		t.Fatal(err)
	}
}

func sampler(t testing.TB) PDF {
	p := newPaper("Sampler", &printNight, portrait)
	f := p.flow(flowOptions{Head: "Estudillo Elementary\tAna Flores", Foot: "rollcall\tPage {page} of {pages}", Bookmark: "Ana Flores"})
	f.heading(1, "Face sheet")
	f.bookmark(1, "Face sheet")
	f.para([]span{{text: "Ana was absent "}, {"six days", bold}, {text: ", which is "}, {"a lot", italic}, {text: ". " + strings.Repeat("More words to wrap over the line. ", 8)}})
	f.bullets(plain("one point"), plain("another"))
	f.numbered(plain("first"), plain(strings.Repeat("second and long ", 12)))
	f.checks(plain("Welcome parent"), plain("Verify correct mailing address"))
	f.heading(2, "Absences")
	rows := make([][]cell, 60)
	for i := range rows {
		rows[i] = texts(fmt.Sprint(i+1), "Tuesday, October 7, 2025", "Illness – fièvre, ž, ő, ư, Ж, Ա ✓")
	}
	f.table(table{Columns: []column{{Title: "No.", Width: 12, Align: flushRight}, {Title: "Date", Weight: 1}, {Title: "Reason", Weight: 2}}, Rows: rows, Zebra: true})
	f.keep(func() {
		f.chart(chart{Title: "Absences by month", Bars: []bar{{Label: "Aug", Value: 2}, {Label: "Sep", Value: 5}, {Label: "Oct", Value: 3}}, Trend: []float64{2, 3.5, 3.3}, Mark: 4, MarkWords: "10 %"})
		f.columns(6, func() { f.text("left column") }, func() { f.text("right column") })
		f.checkRow("Health", "Transport", "Housing", "Bullying", "Child care", "Other")
		f.blanks(blank{Label: "Name"}, blank{Label: "Phone", Value: "(951) 555-0100"})
		f.signatures("Parent or guardian", "Student", "Date")
	})
	g := p.flow(flowOptions{Foot: "\tPage {page} of {pages}", Bookmark: "José Núñez", Front: true})
	g.text("second student")
	pdf, err := p.finish()
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

func TestDocumentIsValidAndTwiceTheSame(t *testing.T) {
	pdf := sampler(t)
	keepPDF(t, "sampler.pdf", pdf.Bytes)
	checkPDF(t, pdf.Bytes)
	for range 5 {
		if !bytes.Equal(pdf.Bytes, sampler(t).Bytes) {
			t.Fatal("the same document has different bytes")
		}
	}
	info := runTool(t, pdf.Bytes, "pdfinfo", "-isodates", "IN")
	for _, want := range []string{"Title:           Sampler", "Creator:         rollcall 1.0", "Pages:           5", "ModDate:         2025-10-15", "612 x 792 pts (letter)"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo does not say %q:\n%s", want, info)
		}
	}
	if pdf.Pages != 5 {
		t.Errorf("pages %d, want 5", pdf.Pages)
	}
}

func TestEachFlowCountsItsOwnPages(t *testing.T) {
	pdf := sampler(t)
	for page, want := range map[string]string{"1": "Page 1 of 3", "3": "Page 3 of 3", "5": "Page 1 of 1"} {
		if text := pdfText(t, pdf.Bytes, "-f", page, "-l", page); !strings.Contains(text, want) {
			t.Errorf("page %s lacks %q:\n%s", page, want, text)
		}
	}
}

func TestTableHeadIsRepeatedOnEachPage(t *testing.T) {
	pdf := sampler(t)
	for _, page := range []string{"1", "2"} {
		if text := pdfText(t, pdf.Bytes, "-f", page, "-l", page); !strings.Contains(text, "Reason") {
			t.Errorf("page %s has no table head:\n%s", page, text)
		}
	}
}

func TestOutlineNamesEachFlow(t *testing.T) {
	out := runTool(t, sampler(t).Bytes, "qpdf", "--json", "--json-key=outlines", "IN")
	for _, want := range []string{`"title": "Ana Flores"`, `"title": "Face sheet"`, `"destpageposfrom1": 5`, `José Núñez`} {
		if !strings.Contains(out, want) {
			t.Errorf("outline lacks %q:\n%s", want, out)
		}
	}
}

func TestMissingGlyphsAreNamedAndSeen(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []rune
	}{
		{"plain", "Ana Flores", nil},
		{"accents, composed or not", "José Nu\u0301n\u0303ez Žižek Nguyễn Thị Ánh Հակոբ Иван ʻōlelo", nil},
		{"emoji", "Ana 🎈", []rune{'🎈'}},
		{"Chinese", "王芳王", []rune{'王', '芳'}},
		{"Arabic would be reversed", "ليلى", []rune{'ل', 'ي', 'ى'}},
		{"controls and overrides have no glyph", "A\x00n\u202ea\ufe0f", nil},
		{"a mark in the data is a loss already", "A\ufffdna", []rune{missing}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, MissingGlyphs(c.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got, want := typefaces().clean("A 🎈\x00\u202e B"), "A \ufffd B"; got != want {
		t.Errorf("clean gave %q, want %q", got, want)
	}
}

func TestWrappedLinesAreNeverTooWideAndLoseNothing(t *testing.T) {
	fonts := typefaces()
	rapid.Check(t, func(t *rapid.T) {
		spans := []span{}
		for range rapid.IntRange(1, 4).Draw(t, "spans") {
			spans = append(spans, span{rapid.String().Draw(t, "text"), face(rapid.IntRange(0, 3).Draw(t, "face"))})
		}
		width := rapid.Float64Range(8, 120).Draw(t, "width")
		var got strings.Builder
		for _, l := range fonts.wrap(spans, 10, width) {
			if l.width > width+1e-6 {
				t.Fatalf("line of %.2f mm in %.2f mm: %v", l.width, width, l)
			}
			for _, r := range l.runs {
				got.WriteString(r.text)
			}
		}
		var want strings.Builder
		for _, s := range spans {
			want.WriteString(fonts.clean(s.text))
		}
		squeeze := func(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }
		if squeeze(got.String()) != squeeze(want.String()) {
			t.Fatalf("wrapped %q, want %q", got.String(), want.String())
		}
	})
}

func TestRowTallerThanAPageGoesOn(t *testing.T) {
	p := newPaper("Tall", &printNight, landscape)
	f := p.flow(flowOptions{})
	f.table(table{Columns: []column{{Title: "Note", Weight: 1}, {Title: "Who", Width: 30}}, Rows: [][]cell{texts(strings.Repeat("a long note ", 3000), "Clerk"), texts("END", "")}})
	pdf, err := p.finish()
	if err != nil {
		t.Fatal(err)
	}
	text := pdfText(t, pdf.Bytes)
	if n := strings.Count(text, "long"); n != 3000 || !strings.Contains(text, "END") {
		t.Errorf("%d of 3000 words on %d pages", n, pdf.Pages)
	}
}
