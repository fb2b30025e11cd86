package reports

import (
	"fmt"
	"slices"
	"testing"

	"rollcall/internal/intervention"
)

func TestAMeetingLeadsToItsFile(t *testing.T) {
	s := fixtureNight()
	made, err := Packets(s, words(t), s.Meetings[:3])
	if err != nil {
		t.Fatal(err)
	}
	s.Packets = map[string]string{}
	for id, page := range made.Starts {
		s.Packets[id] = fmt.Sprintf("packets-2026-11-03-SART.pdf#page=%d", page)
		if text := pdfText(t, made.Bytes, "-f", fmt.Sprint(page), "-l", fmt.Sprint(page)); page%2 != 1 {
			t.Errorf("the file of %s begins on the back, page %d: %.60s", id, page, text)
		} else {
			i := slices.IndexFunc(s.Meetings, func(m intervention.Meeting) bool { return m.ID == id })
			mustSay(t, text, "ID "+s.Meetings[i].StudentID, "Page 1 of")
		}
	}
	if len(made.Starts) != 3 {
		t.Fatalf("%d files begin", len(made.Starts))
	}
	f := openWorkbook(t, schoolRoster(t, s))
	linked := 0
	for row, m := range sheetRows(t, f, "Meetings") {
		at := cellOf(t, f, "Meetings", "Meeting file", row+2)
		is, to, err := f.GetCellHyperLink("Meetings", at)
		if err != nil {
			t.Fatal(err)
		}
		if is {
			linked++
			i := slices.IndexFunc(s.Meetings, func(x intervention.Meeting) bool { return x.CaseID == m["Case ID"] })
			if to != s.Packets[s.Meetings[i].ID] {
				t.Errorf("%s leads to %s", at, to)
			}
		} else if m["Meeting file"] != "" {
			t.Errorf("%s says %s and leads nowhere", at, m["Meeting file"])
		}
	}
	if linked != 3 {
		t.Errorf("%d rows lead somewhere", linked)
	}
}

func TestEachListIsANamedTable(t *testing.T) {
	for name, book := range map[string][]byte{"school": schoolRoster(t, fixtureNight()), "district": districtRoster(t, fixtureDistrict())} {
		f := openWorkbook(t, book)
		seen := map[string]bool{}
		for _, sheet := range f.GetSheetList() {
			tables, err := f.GetTables(sheet)
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range tables {
				if table.Name != tableName(sheet) || seen[table.Name] {
					t.Errorf("%s: the table of %s is %q", name, sheet, table.Name)
				}
				seen[table.Name] = true
				rows, err := f.GetRows(sheet)
				if err != nil {
					t.Fatal(err)
				}
				if want := fmt.Sprintf("A1:%s", cellName(len(rows[0]), len(rows))); table.Range != want {
					t.Errorf("%s: %s is %s, want %s", name, table.Name, table.Range, want)
				}
			}
		}
		for _, want := range map[string][]string{"school": {"Meetings", "CART", "Watch_list"}, "district": {"All_cases", "Letters"}}[name] {
			if !seen[want] {
				t.Errorf("%s: no table %s in %v", name, want, seen)
			}
		}
	}
}
