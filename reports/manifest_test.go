package reports

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
)

func TestRejectsShowTheValueAndRunNothing(t *testing.T) {
	got, err := Rejects([]district.Reject{
		{File: "attendance.csv", Line: 17, Column: "date", Value: "10/15/2026", Reason: "is not a date like 2026-10-15"},
		{File: "students.csv", Line: 3, Column: "last_name", Value: `=cmd|'/C calc'!A0`, Reason: "a quote \" and, a comma\nand a line"},
		{File: "students.csv", Line: 4, Column: "x", Value: "-1", Reason: "bell\x07"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "file,line,column,value,reason\r\n" +
		"attendance.csv,17,date,10/15/2026,is not a date like 2026-10-15\r\n" +
		"students.csv,3,last_name,'=cmd|'/C calc'!A0,\"a quote \"\" and, a comma\r\nand a line\"\r\n" +
		"students.csv,4,x,'-1,bell\r\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestRejectsOfACleanNightAreAHeaderAlone(t *testing.T) {
	if got, err := Rejects(nil); err != nil || string(got) != "file,line,column,value,reason\r\n" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestMailingManifestSaysWhichLetterWentToWhomAndWhere(t *testing.T) {
	s := fixtureNight()
	var due []LetterDue
	for _, l := range s.Letters {
		if !l.Copy {
			due = append(due, l)
		}
	}
	due[1].Household.Adults[0].Name = "=1+1 @Quail"
	made := printLetters(t, s, due...)
	var pieces []MailPiece
	for i, l := range due {
		printed := made.Letters[i]
		pieces = append(pieces, MailPiece{Batch: "letters-mail.pdf", Number: i + 1, Due: l, Digest: strings.Repeat("0f", 32),
			Recipient: printed.Recipient, Address: printed.Address})
	}
	pieces[2].Recipient, pieces[3].Address = "=HYPERLINK(1)", "@SUM(A1)"
	got, err := MailingManifest(pieces)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(got))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"batch", "piece", "household", "language", "digest", "letter", "student_id", "kind", "zip", "recipient", "address"},
		{"letters-mail.pdf", "1", due[0].Household.Key, "en", strings.Repeat("0f", 32), "L10010", "0001001", string(intervention.SARTInvitation), "92501-0001",
			"GUARDIAN OF ADA", "100 QUAIL RUN, SAGE VALLEY CA 92501-0001"},
	}
	if diff := cmp.Diff(want, rows[:2]); diff != "" {
		t.Error(diff)
	}
	if len(rows) != 7 {
		t.Errorf("%d rows, want a header and six pieces", len(rows))
	}
	if rows[2][9] != "1 1 QUAIL" || rows[3][9] != "'=HYPERLINK(1)" || rows[4][10] != "'@SUM(A1)" {
		t.Errorf("cells a spreadsheet could run: %q %q %q", rows[2][9], rows[3][9], rows[4][10])
	}
	// The window shows the same words.
	page := oneParagraph(pdfText(t, made.Bytes, "-f", "3", "-l", "3"))
	mustSay(t, page, "GUARDIAN OF ADA 100 QUAIL RUN SAGE VALLEY CA 92501-0001")
}

func TestManifestListsFilesByName(t *testing.T) {
	got, err := Manifest("2026-10-15", "010", []night.Document{
		{SchoolID: "010", Path: "2026-10-15/010-juniper/schedule.pdf", Kind: "schedule", Bytes: 12, SHA256: "ab", Pages: 1, Students: 6},
		{SchoolID: "010", Path: "2026-10-15/010-juniper/letters-mail.pdf", Kind: "letters-mail", Bytes: 34, SHA256: "cd", Pages: 8, Students: 6},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "run": "2026-10-15",
  "school": "010",
  "files": [
    {
      "name": "letters-mail.pdf",
      "kind": "letters-mail",
      "bytes": 34,
      "sha256": "cd",
      "pages": 8,
      "students": 6
    },
    {
      "name": "schedule.pdf",
      "kind": "schedule",
      "bytes": 12,
      "sha256": "ab",
      "pages": 1,
      "students": 6
    }
  ]
}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	empty, err := Manifest("2026-10-15", "", nil)
	if err != nil || !strings.Contains(string(empty), `"files": []`) {
		t.Errorf("no files: %s, %v", empty, err)
	}
}

func FuzzCSVField(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Add("\r=1+1")
	f.Add("  @x")
	f.Fuzz(func(t *testing.T, s string) {
		got := csvField(s)
		if strings.ContainsAny(got, "\x00\r") {
			t.Fatalf("%q", got)
		}
		if first := strings.TrimLeft(got, " \u00a0"); first != "" && strings.ContainsRune("=+-@\t\n", rune(first[0])) {
			t.Fatalf("%q would be run", got)
		}
	})
}
