package reports

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"rollcall/internal/intervention"
)

func districtRoster(t testing.TB, d *DistrictNight) []byte {
	t.Helper()
	book, err := DistrictRoster(d)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestDistrictRosterHasItsSheetsInOrder(t *testing.T) {
	f := openWorkbook(t, districtRoster(t, fixtureDistrict()))
	want := []string{"Summary", "All cases", "SARB referrals", "Letters", "Exceptions", "Trends by month", "Rules"}
	if diff := cmp.Diff(want, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
}

func TestDistrictSummaryAddsUp(t *testing.T) {
	f := openWorkbook(t, districtRoster(t, fixtureDistrict()))
	rows, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"School ID", "School", "Students", "Satisfactory", "At risk", "Chronic", "Severe", "Chronically absent", "Chronic rate", "Truant", "Truancy rate", "Open CART", "Open SART"},
		{"010", "Juniper & Sage Elementary", "400", "235", "60", "50", "55", "105", "0.2625", "45", "0.1125", "5", "5"},
		{"020", "Cottonwood K-8", "430", "265", "60", "50", "55", "105", "0.244186046511627", "45", "0.104651162790697", "5", "13"},
		{"030", "=SUM(A1:A9)", "460", "295", "60", "50", "55", "105", "0.228260869565217", "45", "0.0978260869565217", "5", "21"},
		{"", "All schools", "1290", "795", "180", "150", "165", "315", "0.244186046511627", "135", "0.104651162790697", "15", "39"},
	}
	for i := range want {
		if diff := cmp.Diff(want[i], rows[i][:len(want[i])]); diff != "" {
			t.Errorf("row %d: %s", i+1, diff)
		}
	}
	if held := rows[2][len(rows[0])-1]; held != "no attendance rows for 15 October" {
		t.Errorf("held: %q", held)
	}
	if diff := cmp.Diff([]string{"TK", "", "129", "93", "18", "15", "3", "18"}, rows[7][:8]); diff != "" {
		t.Error(diff)
	}
	if last := rows[len(rows)-1]; last[1] != "All grades" || last[2] != "1290" {
		t.Errorf("last row %q", last)
	}
}

func TestDistrictSummaryHidesSmallCounts(t *testing.T) {
	d := fixtureDistrict()
	d.SuppressSmall = true
	f := openWorkbook(t, districtRoster(t, d))
	rows, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows[1:] {
		for j, v := range row {
			n, err := strconv.Atoi(v)
			isCount := j >= 2 && !slices.Contains([]string{"Exceptions", "Rejected rows"}, rows[0][j])
			if isCount && err == nil && 1 <= n && n <= 10 {
				t.Errorf("row %d, %s: %d is shown", i+2, rows[0][j], n)
			}
		}
	}
	// Grade TK: 3 severe is small, so the next smallest tier that is no zero
	// goes with it. Grade K: 3 truant is small, and so its rate.
	if diff := cmp.Diff([]string{"TK", "", "129", "93", "18", "withheld", "≤10"}, rows[7][:7]); diff != "" {
		t.Error(diff)
	}
	if k := rows[8]; k[9] != "≤10" || len(k) > 10 && k[10] != "" {
		t.Errorf("grade K: %q", k)
	}
	rules := fmt.Sprint(sheetRows(t, f, "Rules"))
	if !strings.Contains(rules, "withheld") {
		t.Error("the Rules sheet does not explain what is withheld")
	}
}

func TestDistrictTrendsAreRatesByMonth(t *testing.T) {
	d := fixtureDistrict()
	d.Schools[2].Key.ByMonth = []MonthTally{{"2026-10", 7, 4400}}
	rows := sheetRows(t, openWorkbook(t, districtRoster(t, d)), "Trends by month")
	if rows[0]["Sep 2026"] != "0.0309523809523809" || rows[2]["Sep 2026"] != "" || rows[3]["School"] != "All schools" {
		t.Errorf("%v", rows)
	}
	d.SuppressSmall = true
	rows = sheetRows(t, openWorkbook(t, districtRoster(t, d)), "Trends by month")
	if rows[2]["Oct 2026"] != "" || rows[3]["Oct 2026"] != "" || rows[3]["Sep 2026"] == "" {
		t.Errorf("a small month, or the total that gives it away, is shown: %v", rows)
	}
}

func TestDistrictMarksACaseWhoseFiguresAreStale(t *testing.T) {
	d := fixtureDistrict()
	d.Cases[0].Stale = "stale: no attendance since 10/14/2026"
	for i, row := range sheetRows(t, openWorkbook(t, districtRoster(t, d)), "All cases") {
		if marked := strings.HasPrefix(row["Flags"], "stale: no attendance since"); marked != (row["Case ID"] == d.Cases[0].Case.ID) {
			t.Errorf("row %d, case %s: flags %q", i, row["Case ID"], row["Flags"])
		}
	}
}

func TestDistrictExceptionsListHeldSchoolsAndUndeliveredMail(t *testing.T) {
	d := fixtureDistrict()
	d.Schools[1].Mend = "to end it: rollcall release 020"
	rows := sheetRows(t, openWorkbook(t, districtRoster(t, d)), "Exceptions")
	if got := rows[0]["Problem and what to do"]; got != d.Schools[1].Held+"; to end it: rollcall release 020" {
		t.Errorf("held: %q", got)
	}
	want := []string{"School held", "Undelivered mail", "Exception", "Exception", "Exception", "Rejected row", "Rejected row"}
	if diff := cmp.Diff(want, valuesUnder(rows, "What")); diff != "" {
		t.Error(diff)
	}
	if got := rows[1]["Problem and what to do"]; got != "pat.ito@example.org: refused: 550 no such user" {
		t.Errorf("undelivered: %q", got)
	}
}

func TestDistrictRosterListsEveryCaseAndLetter(t *testing.T) {
	d := fixtureDistrict()
	f := openWorkbook(t, districtRoster(t, d))
	if got := len(sheetRows(t, f, "All cases")); got != len(d.Cases) {
		t.Errorf("%d rows for %d cases", got, len(d.Cases))
	}
	if got := len(sheetRows(t, f, "Letters")); got != len(d.Letters) {
		t.Errorf("%d rows for %d letters", got, len(d.Letters))
	}
}

func TestDistrictLettersStandByStudentWithNameAndHousehold(t *testing.T) {
	d := fixtureDistrict()
	names := map[string]string{}
	for i := range d.Cases {
		names[d.Cases[i].StudentID] = d.Cases[i].Name
	}
	mailed := slices.IndexFunc(d.Letters, func(l LetterLine) bool { return l.Letter.Channel == intervention.ByMail })
	d.Letters[mailed].Letter.Household = "12 ELM ST||VALLE VERDE|CA|92599"
	slices.Reverse(d.Letters)
	rows := sheetRows(t, openWorkbook(t, districtRoster(t, d)), "Letters")
	if ids := valuesUnder(rows, "Student ID"); !slices.IsSorted(ids) {
		t.Errorf("out of order: %q", ids)
	}
	for _, row := range rows {
		if row["Name"] == "" || row["Name"] != cellText(names[row["Student ID"]]) {
			t.Errorf("student %s is called %q", row["Student ID"], row["Name"])
		}
	}
	if !slices.Contains(valuesUnder(rows, "Household"), "12 ELM ST, VALLE VERDE, CA, 92599") {
		t.Errorf("households: %q", valuesUnder(rows, "Household"))
	}
}

func TestDistrictRosterHoldsNoFormulaAndItsCharts(t *testing.T) {
	all := parts(t, districtRoster(t, fixtureDistrict()))
	charts := 0
	for name, part := range all {
		if strings.HasPrefix(name, "xl/worksheets/") && (strings.Contains(part, "<f>") || strings.Contains(part, "<f ")) {
			t.Errorf("%s holds a formula", name)
		}
		if strings.HasPrefix(name, "xl/charts/chart") {
			charts++
		}
	}
	if charts != 3 {
		t.Errorf("%d charts, want three", charts)
	}
	if !strings.Contains(all["xl/worksheets/sheet1.xml"], "<drawing") {
		t.Error("the summary lost its charts")
	}
}

func TestDistrictRosterOfNoSchoolsIsWhole(t *testing.T) {
	f := openWorkbook(t, districtRoster(t, &DistrictNight{Night: fixtureNight().Night, SuppressSmall: true}))
	if got, err := f.GetCellValue("All cases", "A2"); err != nil || got != "No cases tonight." {
		t.Errorf("%q, %v", got, err)
	}
}

func TestDistrictRosterTwiceIsEqual(t *testing.T) {
	if !bytes.Equal(districtRoster(t, fixtureDistrict()), districtRoster(t, fixtureDistrict())) {
		t.Error("the same night gave different bytes")
	}
}

// manyCases is a district night of so many cases and letters.
func manyCases(n int) *DistrictNight {
	d := fixtureDistrict()
	// The two names of ten thousand characters would be most of the file.
	var cases []CaseLine
	for _, c := range d.Cases {
		if len(c.Name) < 100 {
			cases = append(cases, c)
		}
	}
	letters := d.Letters
	d.Cases, d.Letters = make([]CaseLine, 0, n), make([]LetterLine, 0, n)
	for i := range n {
		c := cases[i%len(cases)]
		c.StudentID = fmt.Sprintf("%07d", i)
		d.Cases = append(d.Cases, c)
		d.Letters = append(d.Letters, letters[i%len(letters)])
	}
	return d
}

func BenchmarkDistrictRoster(b *testing.B) {
	// Of a district of 100,000 students: three in ten have a case.
	const rows = 30_000
	d := manyCases(rows)
	b.Run("streamed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			districtRoster(b, d)
		}
	})
	// The cases alone, cell by cell through SetCellValue, for comparison.
	b.Run("cells", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f := excelize.NewFile()
			if err := cellByCell(f, d); err != nil {
				b.Fatal(err)
			}
			if _, err := f.WriteToBuffer(); err != nil {
				b.Fatal(err)
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func cellByCell(f *excelize.File, d *DistrictNight) error {
	w := &workbook{file: f, night: &d.Night}
	if err := w.makeStyles(); err != nil {
		return err
	}
	columns := caseLineColumns(d)
	if _, err := f.NewSheet("All cases"); err != nil {
		return err
	}
	for i := range d.Cases {
		for j, c := range columns {
			at, err := excelize.CoordinatesToCellName(j+1, i+2)
			if err != nil {
				return err
			}
			cell := w.cell(c.value(&d.Cases[i]), c.look)
			if err := f.SetCellValue("All cases", at, cell.Value); err != nil {
				return err
			}
			if err := f.SetCellStyle("All cases", at, at, cell.StyleID); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestDatesBefore1900StayText(t *testing.T) {
	w, err := newWorkbook(&Night{AsOf: fixtureAsOf}, "x", "x")
	if err != nil {
		t.Fatal(err)
	}
	if got := w.cell(firstSerial-1, asText).Value; got != "1900-02-28" {
		t.Errorf("%v", got)
	}
	if got := w.cell(firstSerial, asText).Value; got != 61 {
		t.Errorf("%v", got)
	}
	if firstSerial.Time().Month() != time.March {
		t.Error("the first serial is not in March")
	}
}
