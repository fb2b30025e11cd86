package csvdir_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
)

func TestDeclaredEncodings(t *testing.T) {
	const students = "student_id,last_name,first_name\n1,Núñez,José\n2,Doe,Ben\n3,Roe,Cy\n"
	utf16 := func(order unicode.Endianness, mark unicode.BOMPolicy) string {
		s, err := unicode.UTF16(order, mark).NewEncoder().String(students)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	windows, err := charmap.Windows1252.NewEncoder().String(students)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, declared, text, fault string }{
		{"Windows-1252", "windows-1252", windows, ""},
		{"UTF-16, little end first, marked", "utf-16", utf16(unicode.LittleEndian, unicode.UseBOM), ""},
		{"UTF-16, big end first, marked", "utf-16", utf16(unicode.BigEndian, unicode.UseBOM), ""},
		{"UTF-16, little end first", "utf-16", utf16(unicode.LittleEndian, unicode.IgnoreBOM), ""},
		{"UTF-16, big end first", "utf-16", utf16(unicode.BigEndian, unicode.IgnoreBOM), ""},
		{"UTF-8", "utf-8", students, ""},
		{"UTF-8 declared Windows-1252", "windows-1252", students, "students.csv: is declared to be windows-1252 (encoding) and is UTF-8"},
		{"UTF-16 declared Windows-1252", "windows-1252", utf16(unicode.LittleEndian, unicode.UseBOM), "students.csv: is declared to be windows-1252 (encoding) and is UTF-16"},
		{"UTF-8 declared UTF-16", "utf-16", students, "students.csv: is declared to be utf-16 (encoding) and is not"},
		{"half a character", "utf-16", utf16(unicode.LittleEndian, unicode.UseBOM) + "a", "students.csv: line 5: a character is cut in two"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := openDir(write(t, with("students.csv", c.text)), bundle.Options{AsOf: asOf, Need: bundle.Everything, Mapping: bundle.Mapping{district.Students: {Encoding: c.declared}}})
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if s, _ := b.Student("1"); s.LastName != "Núñez" || s.FirstName != "José" {
				t.Errorf("%+v", s)
			}
		})
	}
}

// A reject speaks of the file as its makers know it: their column, their value.
func TestFaultsOfAForeignExportAreNamedInItsWords(t *testing.T) {
	files := smallBundle()
	delete(files, "attendance.csv")
	files["ATT.txt"] = "SN;DT;AL;A2;Note\n1;10/06/2025;U;;x\n3;10/07/2025;;T;\n1;2025/10/08;U;;\n1;10/16/2025;-;;\n1;10/10/2025;U\n"
	m := bundle.Mapping{district.Attendance: {
		File: "ATT.txt", Separator: "semicolon", Dates: "MM/DD/YYYY",
		Names: map[string]string{"student_id": "SN", "date": "DT"}, Periods: map[string]string{"AL": "", "A2": "2"},
		Values: map[string]map[string]string{"school_id": {}}, Fixed: map[string]string{"school_id": "10"}, Skip: map[string][]string{"code": {"-"}},
	}}
	b, err := openDir(write(t, files), bundle.Options{AsOf: asOf, Need: bundle.Everything, Mapping: m})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]district.Reject{
		{File: "ATT.txt", Line: 3, Column: "DT", Value: "10/07/2025", StudentID: "3", SchoolID: "10",
			Reason: "the student has no enrollment at this school in this school year; mend the school_id, or add it to enrollments.csv"},
		{File: "ATT.txt", Line: 4, Column: "DT", Value: "2025/10/08", StudentID: "1", SchoolID: "10",
			Reason: "is not a date of the form MM/DD/YYYY, which the configuration names; mend the date, or the form"},
		{File: "ATT.txt", Line: 6, Reason: "the row has 3 fields, the header 5; put quotes around a value that has a semicolon in it"},
	}, b.District().Rejects); diff != "" {
		t.Error(diff)
	}
	if s, _ := b.Student("1"); len(s.Marks) != 1 || s.Marks[0].Code.Code != "U" {
		t.Errorf("%+v", s.Marks)
	}
}

func TestColumnsThatTheExportLacksAreNamedInItsWords(t *testing.T) {
	m := bundle.Mapping{
		district.Students:   {Names: map[string]string{"student_id": "SN", "last_name": "LN + Suffix"}},
		district.Attendance: {Periods: map[string]string{"A1": "1"}},
	}
	_, err := openDir(write(t, smallBundle()), bundle.Options{AsOf: asOf, Mapping: m})
	want := "students.csv: column LN, which should hold last_name, is missing; add it to the export, or mend its name in the configuration\n" +
		"students.csv: column Suffix, which should hold last_name, is missing; add it to the export, or mend its name in the configuration\n" +
		"students.csv: column SN, which should hold student_id, is missing; add it to the export, or mend its name in the configuration\n" +
		"attendance.csv: column A1, which should hold the codes of a period, is missing; add it to the export, or mend its name in the configuration"
	if err == nil || err.Error() != want {
		t.Error(cmp.Diff(want, err.Error()))
	}
}
