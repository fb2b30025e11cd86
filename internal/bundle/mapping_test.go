package bundle

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/district"
)

func TestMistakesOfAMappingAreNamed(t *testing.T) {
	m := Mapping{
		"pupils": {},
		district.Students: {
			File: "../students.csv", Encoding: "latin", Separator: "colon", Dates: "MM/DD/YY",
			Names: map[string]string{"surname": "LN", "first_name": "FN"}, Fixed: map[string]string{"first_name": "Ana"},
			Values:  map[string]map[string]string{"birthdate": {"never": "0000-00-00", "": ""}},
			Periods: map[string]string{"A1": "1"},
		},
		district.Enrollments:  {Values: map[string]map[string]string{"grade": {"13": "13", "": ""}}, Dates: "YYYY YYYY-MM-DD"},
		district.AbsenceCodes: {Values: map[string]map[string]string{"category": {"A": "absent"}}},
		district.StaffFile:    {Values: map[string]map[string]string{"role": {"P": "principal"}}, Skip: map[string][]string{"title": {"x"}}},
		district.CalendarFile: {Values: map[string]map[string]string{"instructional": {"#": "holiday"}}},
	}
	var got []string
	for _, f := range m.Validate() {
		problem, _, _ := strings.Cut(f.Problem, ";")
		got = append(got, strings.Join(f.Key, ".")+": "+problem)
	}
	if diff := cmp.Diff([]string{
		`absence_codes.values.category.A: "A" becomes "absent", which is no category`,
		`calendar.values.instructional.#: "#" becomes "holiday", which is neither true nor false`,
		`enrollments.dates: "YYYY YYYY-MM-DD" has YYYY twice`,
		`enrollments.values.grade.: "" becomes "", which is no grade`,
		`enrollments.values.grade.13: "13" becomes "13", which is no grade`,
		`pupils: is no table of the bundle`,
		`staff.skip.title: staff has no column "title"`,
		`staff.values.role.P: "P" becomes "principal", which is no role`,
		`students.file: "../students.csv" is no name of a file`,
		`students.encoding: "latin" is none of utf-8, utf-16, windows-1252`,
		`students.separator: "colon" is none of comma, pipe, semicolon, tab`,
		`students.dates: "MM/DD/YY" is no form of dates`,
		`students.names.surname: students has no column "surname"`,
		`students.periods: is for attendance, which may have a column for each period`,
		`students.fixed.first_name: has a name as well`,
		`students.values.birthdate.never: "never" becomes "0000-00-00", which is no date like 2026-10-15`,
	}, got); diff != "" {
		t.Error(diff)
	}
}

func TestDatesOfAnyFormAreReadOrLeftToBeRefused(t *testing.T) {
	for _, c := range []struct{ layout, date, want string }{
		{"MM/DD/YYYY", "10/15/2025", "2025-10-15"},
		{"MM/DD/YYYY", "9/5/2025 12:00:00 AM", "2025-09-05"},
		{"M/D/YYYY", "09/05/2025", "2025-09-05"},
		{"DD.MM.YYYY", "15.10.2025", "2025-10-15"},
		{"YYYYMMDD", "20251015", "2025-10-15"},
		{"YYYY/MM/DD", "2025/10/15T00:00:00.000Z", "2025-10-15"},
		{"MM/DD/YYYY", "13/40/2025", "2025-13-40"}, // no date, and refused as one
		{"MM/DD/YYYY", "10/15/25", "10/15/25"},
		{"MM/DD/YYYY", "2025-10-15", "2025-10-15"},
		{"MM/DD/YYYY", "10/15/2025x", "10/15/2025x"},
		{"MM/DD/YYYY", "10/15/20255", "10/15/20255"},
		{"MM/DD/YYYY", "", ""},
	} {
		f, err := newDateFormat(c.layout)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time from memory
			if got := f.iso(c.date); got != c.want {
				t.Errorf("%s as %s: %q, not %q", c.date, c.layout, got, c.want)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := district.NewDate(2024, 1, 1) + district.Date(rapid.IntRange(0, 1500).Draw(t, "day"))
		iso := d.String()
		f, _ := newDateFormat("DD.MM.YYYY")
		if got := f.iso(fmt.Sprintf("%s.%s.%s", iso[8:], iso[5:7], iso[:4])); got != iso {
			t.Errorf("%s became %s", iso, got)
		}
	})
}
