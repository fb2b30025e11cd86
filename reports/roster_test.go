package reports

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"rollcall/internal/intervention"
)

// openWorkbook reads a workbook back as the raw values of its cells.
func openWorkbook(t testing.TB, book []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// tableRows are a sheet's rows from its heads on.
func tableRows(t testing.TB, f *excelize.File, name string) [][]string {
	t.Helper()
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	if name == followUpSheet {
		return rows[1:] // under what to do with it
	}
	return rows
}

// sheetRows reads a sheet as one map a row, by the heads of its first row.
func sheetRows(t testing.TB, f *excelize.File, name string) []map[string]string {
	t.Helper()
	rows := tableRows(t, f, name)
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, v := range row {
			m[rows[0][i]] = v
		}
		out = append(out, m)
	}
	return out
}

// parts unzips a workbook.
func parts(t testing.TB, book []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

func schoolRoster(t testing.TB, s *SchoolNight) []byte {
	t.Helper()
	book, err := SchoolRoster(s)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func valuesUnder(rows []map[string]string, head string) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r[head]
	}
	return out
}

func TestRosterHasItsSheetsInOrder(t *testing.T) {
	f := openWorkbook(t, schoolRoster(t, fixtureNight()))
	want := []string{"Meetings", "CART", "SART", "Watch list", "Follow-up", "Changes", "Exceptions", "Rules", "_rollcall"}
	if diff := cmp.Diff(want, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	if visible, err := f.GetSheetVisible("_rollcall"); err != nil || visible {
		t.Errorf("the provenance sheet is visible: %v, %v", visible, err)
	}
}

func TestRosterListsCasesThatStandByRateThenID(t *testing.T) {
	f := openWorkbook(t, schoolRoster(t, fixtureNight()))
	for _, c := range []struct {
		sheet string
		want  []string
	}{
		{"CART", []string{"0001006", "0001004", "0001002", "0001007"}},
		{"SART", []string{"0001003", "0001005", "0001001", "0001008", "0001009"}},
		{"Watch list", []string{"0001011", "0001012"}},
	} {
		if diff := cmp.Diff(c.want, valuesUnder(sheetRows(t, f, c.sheet), "Student ID")); diff != "" {
			t.Errorf("%s: %s", c.sheet, diff)
		}
	}
}

func TestRosterSaysInWordsWhatIsOddAboutACase(t *testing.T) {
	f := openWorkbook(t, schoolRoster(t, fixtureNight()))
	sart := sheetRows(t, f, "SART")
	for _, c := range []struct{ id, head, want string }{
		{"0001001", "Flags", "Letter #1 missing"},
		{"0001009", "Flags", "below threshold, review\non record: A2A-1 9/25/2026"},
		{"0001009", "Case", "no show, call home"},
		{"0001001", "Name", "Okafor, Ada"},
		{"0001001", "Letters", "SART invitation 10/16/2026 (1 issued, not yet recorded as mailed; 1 copy, not yet recorded as sent home)"},
		{"0001001", "Reason", "truancy: 4 truancy events"},
		{"0001001", "Dates counted", "8/17, 8/19, 8/21, 8/25"},
	} {
		for _, row := range sart {
			if row["Student ID"] == c.id && row[c.head] != c.want {
				t.Errorf("%s of %s: %q, want %q", c.head, c.id, row[c.head], c.want)
			}
		}
	}
	waiting := sheetRows(t, f, "CART")[3]
	if waiting["Case"] != "waiting for a meeting day" || waiting["Meeting date"] != "" {
		t.Errorf("a case that waits reads %q, meeting %q", waiting["Case"], waiting["Meeting date"])
	}
}

func TestFiguresThatLackTheLatestDaysAreMarkedStale(t *testing.T) {
	s := fixtureNight()
	s.Stale = s.Night.AsOf - 1
	s.Files[slices.IndexFunc(s.Files, func(f StudentFile) bool { return f.Student.ID == "0001001" })].Enrollment.SchoolID = "elsewhere"
	f := openWorkbook(t, schoolRoster(t, s))
	for _, sheet := range []string{"CART", "SART", "Watch list"} {
		for _, row := range sheetRows(t, f, sheet) {
			marked := strings.Contains(row["Flags"], "stale: no attendance since 10/14/2026")
			if here := row["Student ID"] != "0001001"; marked != here {
				t.Errorf("%s, student %s: %q", sheet, row["Student ID"], row["Flags"])
			}
		}
	}
	if rules := sheetRows(t, f, "Rules"); !slices.Contains(valuesUnder(rules, "Item"), "Attendance through") {
		t.Errorf("the rules do not say through which day: %v", valuesUnder(rules, "Item"))
	}
}

func TestRosterCellsAreTyped(t *testing.T) {
	f := openWorkbook(t, schoolRoster(t, fixtureNight()))
	for _, c := range []struct {
		sheet, head string
		typ         excelize.CellType
		raw, format string
	}{
		{"SART", "Student ID", excelize.CellTypeInlineString, "0001003", "@"},
		{"SART", "Opened on", excelize.CellTypeUnset, "46310", "m/d/yyyy"},
		{"SART", "Meeting date", excelize.CellTypeUnset, "46329", "m/d/yyyy"},
		{"SART", "Meeting time", excelize.CellTypeUnset, "0.354166666666666", "h:mm AM/PM"},
		{"SART", "Absence rate", excelize.CellTypeUnset, "0.208333333333333", "0.0%"},
		{"SART", "Absences a month", excelize.CellTypeUnset, "4.16666666666666", "0.0"},
		{"SART", "Days absent", excelize.CellTypeUnset, "10", "0"},
		{"Meetings", "Date", excelize.CellTypeUnset, "46329", "m/d/yyyy"},
		{"Meetings", "Start", excelize.CellTypeUnset, "0.333333333333333", "h:mm AM/PM"},
	} {
		cell := cellOf(t, f, c.sheet, c.head, 2)
		typ, err := f.GetCellType(c.sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := f.GetCellValue(c.sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		id, err := f.GetCellStyle(c.sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		format := ""
		if style.CustomNumFmt != nil {
			format = *style.CustomNumFmt
		}
		if typ != c.typ || raw != c.raw || format != c.format {
			t.Errorf("%s %s: type %d, %q as %q; want %d, %q as %q", c.sheet, c.head, typ, raw, format, c.typ, c.raw, c.format)
		}
	}
}

// cellOf is the name of the cell under a head.
func cellOf(t testing.TB, f *excelize.File, sheet, head string, row int) string {
	t.Helper()
	for i, h := range tableRows(t, f, sheet)[0] {
		if h == head {
			cell, err := excelize.CoordinatesToCellName(i+1, row)
			if err != nil {
				t.Fatal(err)
			}
			return cell
		}
	}
	t.Fatalf("sheet %s has no column %q", sheet, head)
	return ""
}

func TestRosterHoldsNoFormulaWhateverTheDataSay(t *testing.T) {
	book := schoolRoster(t, fixtureNight())
	for name, part := range parts(t, book) {
		if strings.HasPrefix(name, "xl/worksheets/") && (strings.Contains(part, "<f>") || strings.Contains(part, "<f ")) {
			t.Errorf("%s holds a formula", name)
		}
	}
	f := openWorkbook(t, book)
	rows := sheetRows(t, f, "SART")
	if got, want := rows[0]["Name"], hostile[0]+", "+hostile[1]; got != want {
		t.Errorf("name %q, want %q", got, want)
	}
	if got := rows[1]["Name"]; got != hostile[8]+", bellnull\ufffd" {
		t.Errorf("control characters: %q", got)
	}
	if got := rows[3]["Name"]; got != "Lindqvist, _x0041_" {
		t.Errorf("the workbook's own escape was not escaped: %q", got)
	}
}

func TestRosterNamesNobodyOutsideItsCells(t *testing.T) {
	for name, part := range parts(t, schoolRoster(t, fixtureNight())) {
		if strings.HasPrefix(name, "xl/worksheets/") {
			continue
		}
		for _, who := range []string{"Okafor", "Reyes", "Moss", "0001001"} {
			if strings.Contains(part, who) {
				t.Errorf("%s names %s", name, who)
			}
		}
	}
}

func TestFollowUpTakesAnswersAndNothingElse(t *testing.T) {
	f := openWorkbook(t, schoolRoster(t, fixtureNight()))
	protection, err := f.GetSheetProtection(followUpSheet)
	if err != nil {
		t.Fatal(err)
	}
	if !protection.SelectUnlockedCells || protection.InsertRows || protection.DeleteRows {
		t.Errorf("protection is %+v", protection)
	}
	validations, err := f.GetDataValidations(followUpSheet)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*excelize.DataValidation{}
	for _, v := range validations {
		found[v.Sqref] = v
	}
	for _, a := range followUpAnswers() {
		cell := cellOf(t, f, followUpSheet, string(a.head), 3)
		id, err := f.GetCellStyle(followUpSheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if style.Protection == nil || style.Protection.Locked {
			t.Errorf("%s cannot be filled in", a.head)
		}
		last := strings.TrimRight(cell, "0123456789") + "11"
		v := found[cell+":"+last]
		switch {
		case a.list != nil && (v == nil || v.Type != "list" || strings.Trim(v.Formula1, `"`) != strings.Join(a.list, ",") || !v.ShowErrorMessage):
			t.Errorf("%s: %+v", a.head, v)
		case a.look == asDate && (v == nil || v.Type != "date" || v.Formula1 != "46204" || v.Formula2 != "46568"):
			t.Errorf("%s: %+v", a.head, v)
		case a.look == asClock && (v == nil || v.Type != "time"):
			t.Errorf("%s: %+v", a.head, v)
		case a.fromMenu && (v == nil || v.Formula1 != "'_rollcall'!$D$2:$D$5" || v.ShowErrorMessage):
			t.Errorf("%s: %+v", a.head, v)
		}
	}
	id, err := f.GetCellStyle(followUpSheet, "A3")
	if err != nil {
		t.Fatal(err)
	}
	if style, err := f.GetStyle(id); err != nil || style.Protection == nil || !style.Protection.Locked {
		t.Errorf("the case ID is not locked: %v", err)
	}
	if got := len(sheetRows(t, f, followUpSheet)); got != 9 {
		t.Errorf("%d rows, want one for each of 9 open cases", got)
	}
}

func TestAnswersFitADropDown(t *testing.T) {
	for _, a := range followUpAnswers() {
		for _, word := range a.list {
			if strings.Contains(word, ",") {
				t.Errorf("%q would be split", word)
			}
		}
	}
}

func TestRosterKnowsItsRunAgain(t *testing.T) {
	f := openWorkbook(t, schoolRoster(t, fixtureNight()))
	got := map[string]string{}
	for _, row := range sheetRows(t, f, provenanceSheet) {
		got[row["Key"]] = row["Value"]
	}
	delete(got, "policy")
	want := map[string]string{"format": "1", "run": "2026-10-15", "as_of": "2026-10-15", "school_id": "010", "version": "1.0.0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEmptySheetSaysSo(t *testing.T) {
	s := fixtureNight()
	s.Files, s.Meetings, s.Exceptions, s.Rejects, s.Night.Supports = nil, nil, nil, nil, nil
	f := openWorkbook(t, schoolRoster(t, s))
	for name, want := range map[string]string{
		"Meetings": "No meetings are booked from tonight on.", "CART": "No CART cases tonight.", "SART": "No SART cases tonight.",
		"Watch list": "Nobody is on the watch list tonight.", "Follow-up": "No case waits for a follow-up.", "Exceptions": "No exceptions tonight.",
	} {
		under := "A2"
		if name == followUpSheet {
			under = "A3"
		}
		if got, err := f.GetCellValue(name, under); err != nil || got != want {
			t.Errorf("%s says %q, %v", name, got, err)
		}
	}
}

func TestExceptionsListWhatNeedsAPerson(t *testing.T) {
	s := fixtureNight()
	s.Held = "no attendance rows for 15 October"
	got := valuesUnder(sheetRows(t, openWorkbook(t, schoolRoster(t, s)), "Exceptions"), "What")
	want := []string{"School held", "Exception", "Exception", "Exception", "Rejected row", "Rejected row"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestExceptionsShowAPlaceInTheExportOnlyForRejects(t *testing.T) {
	for _, c := range []struct {
		name    string
		rejects bool
		want    int
	}{{"with a rejected row", true, 9}, {"without one", false, 5}} {
		t.Run(c.name, func(t *testing.T) {
			s := fixtureNight()
			if !c.rejects {
				s.Rejects = nil
			}
			rows, err := openWorkbook(t, schoolRoster(t, s)).GetRows("Exceptions")
			if err != nil || len(rows) == 0 || len(rows[0]) != c.want {
				t.Errorf("heads %q, want %d: %v", rows[0], c.want, err)
			}
		})
	}
}

func TestReasonBeginsWithItsRuleOnce(t *testing.T) {
	for _, c := range []struct {
		name   string
		reason intervention.Reason
		want   string
	}{
		{"with words", intervention.Reason{Rule: "chronic", Expr: "chronic", Words: "chronic: absent 6 of 45 school days, 13.3%"}, "chronic: absent 6 of 45 school days, 13.3%"},
		{"of an older night without words", intervention.Reason{Rule: "mine", Expr: "days_absent > 3"}, "mine: days_absent > 3"},
		{"without a name", intervention.Reason{Expr: "days_absent > 3"}, "days_absent > 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := reasonInWords(c.reason); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestRosterPrintsOnLandscapePagesWithItsHeader(t *testing.T) {
	all := parts(t, schoolRoster(t, fixtureNight()))
	sheet := all["xl/worksheets/sheet2.xml"]
	for _, want := range []string{
		`fitToPage="true"`, `orientation="landscape"`, `fitToHeight="0"`, `state="frozen"`, `<tablePart `, "<conditionalFormatting",
		"Juniper &amp;&amp; Sage Elementary, as of 10/15/2026", "Page &amp;P of &amp;N", "Confidential",
	} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the CART sheet lacks %s", want)
		}
	}
	if !strings.Contains(all["xl/workbook.xml"], "&#39;Watch list&#39;!$1:$1") {
		t.Error("the header row is not repeated in print")
	}
	if core := all["docProps/core.xml"]; !strings.Contains(core, "2026-10-15T00:00:00Z") || strings.Count(core, "T00:00:00Z") != 2 {
		t.Errorf("document dates: %s", core)
	}
}

func TestRosterTwiceIsEqual(t *testing.T) {
	if !bytes.Equal(schoolRoster(t, fixtureNight()), schoolRoster(t, fixtureNight())) {
		t.Error("the same night gave different bytes")
	}
}

func FuzzCellText(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Add(strings.Repeat("🎈", 20000))
	f.Fuzz(func(t *testing.T, s string) {
		got := cellText(s)
		if again := cellText(got); again != got {
			t.Fatalf("cleaned twice differs: %q, %q", got, again)
		}
		units := 0
		for _, r := range got {
			if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
				t.Fatalf("%q holds %q", got, r)
			}
			if units++; r > 0xffff {
				units++
			}
		}
		if units > cellLimit {
			t.Fatalf("%d UTF-16 units", units)
		}
	})
}
