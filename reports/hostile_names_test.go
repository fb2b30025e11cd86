package reports

import (
	"strings"
	"testing"

	"rollcall/internal/district/districttest"
)

// A title stands in the window's bar, and is written by the library below.
func TestAnyNameMakesATitle(t *testing.T) {
	for i, h := range districttest.Hostiles(4, 500) {
		pdf, err := newPaper("Meeting schedule, "+h.Text, &printNight, portrait).finish()
		if err != nil {
			t.Fatal(err)
		}
		if i >= 30 {
			continue // all are written, some are read
		}
		info := flat(runTool(t, pdf.Bytes, "pdfinfo", "IN"))
		if want := flat(typefaces().oneLine("Meeting schedule, "+h.Text, 2*longestName)); !strings.HasPrefix(info, "Title: "+want+" Creator:") {
			t.Errorf("the title of %q is %.300q, want %q", h.Text, info, want)
		}
	}
}

func TestASchoolsNameIsNoPageNumber(t *testing.T) {
	for _, name := range []string{"{page} of {pages}", "a\tb {pages}"} {
		for _, s := range []*SchoolNight{{Night: printNight}, fullNight()} {
			s.School.Name = name
			for paper, of := range teamPapers(words(t)) {
				made, err := of(s)
				if err != nil {
					t.Fatal(err)
				}
				if text := flat(pdfText(t, made.Bytes)); !strings.HasPrefix(paper, "district") && !strings.Contains(text, strings.ReplaceAll(name, "\t", " ")) {
					t.Errorf("%s does not name %q:\n%.300s", paper, name, text)
				}
			}
		}
	}
}
