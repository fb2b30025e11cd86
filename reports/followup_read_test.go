package reports

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/xuri/excelize/v2"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// editable opens a workbook to fill it in, and gives its bytes afterwards.
func editable(t testing.TB, book []byte, edit func(*excelize.File)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	edit(f)
	out, err := f.WriteToBuffer()
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// fillIn types values into a row of the follow-up sheet, counted from its first.
func fillIn(t testing.TB, f *excelize.File, row int, values map[intervention.Column]any) {
	t.Helper()
	for column, value := range values {
		must(t, f.SetCellValue(followUpSheet, cellOf(t, f, followUpSheet, string(column), 2+row), value))
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// asLibreOfficeSaves is a workbook as LibreOffice saves it, after it was kept as one
// of the formats.
func asLibreOfficeSaves(t *testing.T, book []byte, formats ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "roster.xlsx")
	must(t, os.WriteFile(name, book, 0o600))
	for i, format := range formats {
		out := filepath.Join(dir, fmt.Sprint(i))
		words, err := exec.Command("soffice", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", format, "--outdir", out, name).CombinedOutput()
		if err != nil {
			t.Fatalf("LibreOffice: %v: %s", err, words)
		}
		ending, _, _ := strings.Cut(format, ":")
		name = filepath.Join(out, "roster."+ending)
	}
	saved, err := os.ReadFile(name)
	must(t, err)
	return saved
}

// sheetDay is a day as Excel keeps it.
func sheetDay(d district.Date) float64 { return float64(d - epoch) }

func filledNight(t testing.TB) (book []byte, want []intervention.FollowUp) {
	t.Helper()
	day := district.NewDate(2026, 11, 10)
	book = editable(t, schoolRoster(t, fixtureNight()), func(f *excelize.File) {
		fillIn(t, f, 1, map[intervention.Column]any{
			intervention.OutcomeColumn: "Held in person", intervention.OnColumn: sheetDay(day), intervention.AttendeesColumn: "Rosa Lima; Pat Ito",
			intervention.AddressColumn: "corrected", intervention.NewAddressColumn: "12 Elm St\nApt 4", intervention.AgreedColumn: "YES ",
			intervention.InterventionsColumn: "Bus pass\nHome visit", intervention.NextStepsColumn: "=1+1", intervention.DocumentedColumn: "Yes",
			intervention.NotesColumn: "Bus pass asked for",
		})
		fillIn(t, f, 3, map[intervention.Column]any{
			intervention.OutcomeColumn: "No show", intervention.OnColumn: "11/10/2026",
			"Attempt 1 date": "Nov 11, 2026", "Attempt 1 time": 14.0/24 + 5.0/1440, "Attempt 1 result": "No answer",
			"Attempt 2 date": "2026-11-12", "Attempt 2 time": "4:20 pm", "Attempt 2 result": "left a message",
		})
	})
	f := openWorkbook(t, book)
	rows := sheetRows(t, f, followUpSheet)
	key := func(i int) intervention.FollowUp {
		r := rows[i]
		return intervention.FollowUp{CaseID: r["Case ID"], StudentID: r["Student ID"], Meeting: meetingDayOf(t, r["Meeting date"])}
	}
	held, missed := key(0), key(2)
	held.Outcome, held.On, held.Attendees = intervention.HeldInPerson, day, []string{"Rosa Lima", "Pat Ito"}
	held.Address, held.NewAddress, held.Agreed = intervention.AddressCorrected, "12 Elm St Apt 4", intervention.Yes
	held.Interventions, held.NextSteps, held.Documented, held.Notes = []string{"Bus pass", "Home visit"}, "=1+1", true, "Bus pass asked for"
	missed.Outcome, missed.On = intervention.DidNotCome, day
	missed.Attempts = []intervention.Call{
		{Nth: 1, On: day + 1, Time: "14:05", Result: "No answer"}, {Nth: 2, On: day + 2, Time: "16:20", Result: "Left a message"},
	}
	return book, []intervention.FollowUp{held, missed}
}

func meetingDayOf(t testing.TB, serial string) district.Date {
	t.Helper()
	if serial == "" {
		return 0
	}
	var n int
	if _, err := fmt.Sscan(serial, &n); err != nil {
		t.Fatal(err)
	}
	return epoch + district.Date(n)
}

func wantRows(t testing.TB, book []byte, want []intervention.FollowUp) {
	t.Helper()
	got, err := ReadFilledIn(book)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got.Faults {
		t.Error(f.Words())
	}
	rows := make([]intervention.FollowUp, len(got.Rows))
	for i, r := range got.Rows {
		rows[i] = r.FollowUp
	}
	if diff := cmp.Diff(want, rows, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestAFilledInSheetIsReadHoweverItWasSaved(t *testing.T) {
	t.Parallel()
	book, want := filledNight(t)
	wantRows(t, book, want)
	for _, formats := range [][]string{{"xlsx:Calc MS Excel 2007 XML"}, {"ods", "xlsx:Calc MS Excel 2007 XML"}} {
		saved := asLibreOfficeSaves(t, book, formats...)
		wantRows(t, saved, want)
		filled, err := ReadFilledIn(saved)
		if err != nil || filled.Run != "2026-11-03" && filled.Run == "" || filled.SchoolID == "" {
			t.Errorf("the roster is not known again: %+v, %v", filled, err)
		}
	}
}

func TestColumnsMayStandInAnyOrderAndRowsMayBeHidden(t *testing.T) {
	t.Parallel()
	book, want := filledNight(t)
	// Copied by a person: the columns the other way round, the lead gone, one row
	// hidden by a filter, the heading broken over lines.
	moved := editable(t, book, func(f *excelize.File) {
		rows, err := f.GetRows(followUpSheet, excelize.Options{RawCellValue: true})
		must(t, err)
		must(t, f.DeleteSheet(followUpSheet))
		_, err = f.NewSheet("FOLLOW-UP ")
		must(t, err)
		for i, row := range rows[1:] {
			for j, value := range row {
				if i == 0 {
					value = strings.ReplaceAll(value, " ", "\n")
				}
				at := cellName(len(rows[1])-j, i+1)
				must(t, f.SetCellValue("FOLLOW-UP ", at, value))
			}
		}
		must(t, f.SetCellValue("FOLLOW-UP ", cellName(len(rows[1])+2, 1), "Our own remarks"))
		must(t, f.SetRowVisible("FOLLOW-UP ", 4, false))
		must(t, f.AutoFilter("FOLLOW-UP ", "A1:"+cellName(len(rows[1]), len(rows)-1), nil))
	})
	wantRows(t, moved, want)
	wantRows(t, asLibreOfficeSaves(t, moved, "xlsx:Calc MS Excel 2007 XML"), want)
}

func TestWhatCannotBeReadIsNamedByItsCell(t *testing.T) {
	t.Parallel()
	at := func(f *excelize.File, column intervention.Column, row int) string {
		return cellOf(t, f, followUpSheet, string(column), 2+row)
	}
	for _, test := range []struct {
		name   string
		values map[intervention.Column]any
		column intervention.Column
		want   string
	}{
		{"no answer of the list", map[intervention.Column]any{"Outcome": "Maybe"}, "Outcome", `"Maybe" is none of the answers: choose Held in person, `},
		{"no date", map[intervention.Column]any{"Outcome date": "13/45/2026"}, "Outcome date", "write it like 10/16/2025"},
		{"a date that is a number of something else", map[intervention.Column]any{"Outcome date": 1e9}, "Outcome date", "is no date"},
		{"no time", map[intervention.Column]any{"Attempt 1 time": "noon"}, "Attempt 1 time", "is not a time like"},
		{"a time of the night", map[intervention.Column]any{"Attempt 1 time": 2.0/24 + 5.0/1440}, "Attempt 1 time", `"02:05" could be the night; write 14:05 or 2:05 PM`},
		{"a failed formula", map[intervention.Column]any{"Notes": "#REF!"}, "Notes", "holds the error #REF!"},
		{"no case", map[intervention.Column]any{"Case ID": "", "Notes": "n"}, "Case ID", "there is no case ID"},
	} {
		var cell string
		book := editable(t, schoolRoster(t, fixtureNight()), func(f *excelize.File) {
			fillIn(t, f, 2, test.values)
			cell = at(f, test.column, 2)
		})
		got, err := ReadFilledIn(book)
		if err != nil || len(got.Faults) != 1 || got.Faults[0].Cell != cell || got.Faults[0].Column != test.column || !strings.Contains(got.Faults[0].Problem, test.want) {
			t.Errorf("%s: %+v, %v; want %s of %s", test.name, got, err, test.want, cell)
		}
	}
	twice := editable(t, schoolRoster(t, fixtureNight()), func(f *excelize.File) {
		id, err := f.GetCellValue(followUpSheet, "A3")
		must(t, err)
		fillIn(t, f, 1, map[intervention.Column]any{"Notes": "n"})
		fillIn(t, f, 2, map[intervention.Column]any{"Case ID": id, "Notes": "m"})
	})
	if got, err := ReadFilledIn(twice); err != nil || len(got.Faults) != 1 || got.Faults[0].Cell != "A4" || !strings.Contains(got.Faults[0].Problem, "in row 3 already") {
		t.Errorf("%+v, %v", got, err)
	}
	merged := editable(t, schoolRoster(t, fixtureNight()), func(f *excelize.File) {
		fillIn(t, f, 1, map[intervention.Column]any{"Outcome": "No show"})
		must(t, f.MergeCell(followUpSheet, at(f, "Outcome", 1), at(f, "Outcome", 2)))
	})
	for _, book := range [][]byte{merged, asLibreOfficeSaves(t, merged, "xlsx:Calc MS Excel 2007 XML")} {
		if got, err := ReadFilledIn(book); err != nil || len(got.Faults) != 1 || !strings.Contains(got.Faults[0].Problem, "merged over several cases") {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

func TestAFileThatIsNoRosterSaysWhy(t *testing.T) {
	other := editable(t, schoolRoster(t, fixtureNight()), func(f *excelize.File) { must(t, f.DeleteSheet(followUpSheet)) })
	newer := editable(t, schoolRoster(t, fixtureNight()), func(f *excelize.File) { must(t, f.SetCellValue(provenanceSheet, "B2", "9")) })
	headless := editable(t, schoolRoster(t, fixtureNight()), func(f *excelize.File) { must(t, f.SetCellValue(followUpSheet, "A2", "")) })
	doubled := editable(t, schoolRoster(t, fixtureNight()), func(f *excelize.File) { must(t, f.SetCellValue(followUpSheet, "C2", "Outcome")) })
	for name, test := range map[string]struct {
		book []byte
		want string
	}{
		"text": {[]byte("Case ID,Outcome"), "save it as an Excel workbook"}, "another workbook": {other, `no sheet "Follow-up"`},
		"a later format": {newer, `format "9"`}, "no headings": {headless, `no heading "Case ID"`}, "a heading twice": {doubled, `the column "Outcome" twice, at C2 and H2`},
	} {
		if _, err := ReadFilledIn(test.book); !errors.Is(err, ErrNotARoster) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAMarkedCopyShowsEachFaultAndIsReadOnceItIsMended(t *testing.T) {
	t.Parallel()
	book, want := filledNight(t)
	var date, outcome string
	wrong := editable(t, book, func(f *excelize.File) {
		date, outcome = cellOf(t, f, followUpSheet, "Attempt 2 date", 5), cellOf(t, f, followUpSheet, "Outcome", 5)
		must(t, f.SetCellValue(followUpSheet, date, "Thursday"))
		must(t, f.SetCellValue(followUpSheet, outcome, "=HYPERLINK(1)"))
	})
	read, err := ReadFilledIn(wrong)
	must(t, err)
	marked, err := MarkFollowUp(wrong, read.Faults)
	must(t, err)
	for i, book := range [][]byte{marked, asLibreOfficeSaves(t, marked, "xlsx:Calc MS Excel 2007 XML")} {
		f := openWorkbook(t, book)
		comments, err := f.GetComments(followUpSheet)
		must(t, err)
		if len(comments) != 2 {
			t.Fatalf("%d comments", len(comments))
		}
		for _, cell := range []string{date, outcome} {
			if i > 0 {
				break // of a file without a theme excelize reads no colours
			}
			id, err := f.GetCellStyle(followUpSheet, cell)
			must(t, err)
			style, err := f.GetStyle(id)
			must(t, err)
			if len(style.Fill.Color) == 0 || !strings.EqualFold(strings.TrimPrefix(style.Fill.Color[0], "FF"), wrongFill) || style.Protection.Locked {
				t.Errorf("%s: %+v", cell, style)
			}
		}
		rows, err := f.GetRows(toMendSheet)
		must(t, err)
		if len(rows) != 4 || f.GetSheetName(0) != toMendSheet || !strings.Contains(rows[2][2]+rows[3][2], `"Thursday" is no date`) {
			t.Errorf("%v", rows)
		}
	}
	mended := editable(t, marked, func(f *excelize.File) {
		must(t, f.SetCellValue(followUpSheet, date, "11/12/2026"))
		must(t, f.SetCellValue(followUpSheet, outcome, "No show"))
	})
	wantRows(t, mended, want)
	// Marked again for something else, the old marks are gone.
	again, err := MarkFollowUp(mended, []CellFault{{Sheet: followUpSheet, Cell: "H3", Problem: "x"}})
	must(t, err)
	comments, err := openWorkbook(t, again).GetComments(followUpSheet)
	if err != nil || len(comments) != 1 || comments[0].Cell != "H3" {
		t.Errorf("%+v, %v", comments, err)
	}
}

// FuzzFilledInCell puts any text into any cell to fill in: it is read, or there is a
// fault that names the cell, and nothing is lost in between.
func FuzzFilledInCell(f *testing.F) {
	book := schoolRoster(f, fixtureNight())
	columns := followUpColumns()
	for i, text := range []string{"Held in person", "10/16/2025", "2:05 pm", "45946", "0.5", "=1+1", "#N/A", "1e308", "-1", "NaN", "Inf", "\u202eoh", "a;b;;\n;", strings.Repeat("x", 40_000)} {
		f.Add(text, uint8(i))
	}
	f.Fuzz(func(t *testing.T, text string, at uint8) {
		column := columns[int(at)%len(columns)]
		filled := editable(t, book, func(f *excelize.File) {
			fillIn(t, f, 1, map[intervention.Column]any{column: cellText(text)})
		})
		got, err := ReadFilledIn(filled)
		if err != nil {
			t.Fatal(err)
		}
		locked := column == intervention.CaseColumn || column == intervention.StudentColumn || column == intervention.MeetingColumn
		if !locked && district.OneLine(cellText(text)) != "" && len(got.Rows)+len(got.Faults) == 0 {
			t.Errorf("%q in %s says nothing", text, column)
		}
	})
}
