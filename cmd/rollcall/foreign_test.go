package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/source/sourcetest"
)

// noExtras are the tables that the README's exports do without.
var noExtras = district.OptionalFiles

// The README's configurations are read as they stand there, each against an export of
// the one district that has the other system's names and habits.
func TestTheReadmesForeignExportsAreTheSameDistrict(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for path, write := range map[string]func(*export){"/srv/exports/campus": writeCampus, "/srv/exports/aeries": writeAeries} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			e := &export{t: t, dir: t.TempDir()}
			write(e)
			source := sourceOf(t, blockWith(string(readme), path), path, e.dir)
			door, err := openDoor(t.Context(), source, sourcetest.AsOf, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer door.Close()
			sourcetest.Check(t, sourcetest.Open(t, door, source.Mapping()), sourcetest.Reach{Without: noExtras})
		})
	}
}

// blockWith is the indented block that has a line with the text.
func blockWith(readme, text string) string {
	for block := range strings.SplitSeq(strings.ReplaceAll(readme, "\n\n    source:", "\n\x00    source:"), "\x00") {
		if body, _, _ := strings.Cut(block, "\n\n"); strings.Contains(body, text) {
			return strings.ReplaceAll("\n"+body, "\n    ", "\n")
		}
	}
	return ""
}

// sourceOf reads a source section as part of a configuration.
func sourceOf(t *testing.T, section, path, dir string) config.Source {
	t.Helper()
	yaml := strings.Replace(section, path, dir, 1) + `
district: {name: Valle Verde Unified School District, phone: (951) 555-0100}
mail: {transport: none}
meetings:
  cart: {rule: FREQ=MONTHLY;BYDAY=1TH, start: "8:30", end: "12:30", slot_minutes: 20, rooms: [Library], place: School office}
  sart: {rule: FREQ=MONTHLY;BYDAY=2TU, start: "8:30", end: "12:30", slot_minutes: 30, rooms: [Library], place: School office}
`
	file := filepath.Join(t.TempDir(), "rollcall.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(file, os.LookupEnv)
	if err != nil {
		t.Fatalf("%v in\n%s", err, yaml)
	}
	return cfg.Source
}

// export writes the district as another system would.
type export struct {
	t      *testing.T
	dir    string
	comma  rune
	encode func([]byte) []byte
}

// table writes one file of it: header is theirs, row their values of one of our rows,
// more what they have besides.
func (e *export) table(name, header string, file district.File, row func(r sourcetest.Record) []string, more ...[]string) {
	e.t.Helper()
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if e.comma != 0 {
		w.Comma = e.comma
	}
	rows := [][]string{strings.Fields(header)}
	for _, r := range sourcetest.Table(e.t, file) {
		rows = append(rows, row(r))
	}
	if err := w.WriteAll(append(rows, more...)); err != nil {
		e.t.Fatal(err)
	}
	data := out.Bytes()
	if e.encode != nil {
		data = e.encode(data)
	}
	if err := os.WriteFile(filepath.Join(e.dir, name), data, 0o600); err != nil {
		e.t.Fatal(err)
	}
}

// american is 10/15/2025 of 2025-10-15.
func american(iso string) string {
	if iso == "" {
		return ""
	}
	return fmt.Sprintf("%s/%s/%s", iso[5:7], iso[8:], iso[:4])
}

func oneOf(key string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == key {
			return pairs[i+1]
		}
	}
	return key
}

func writeCampus(e *export) {
	language := func(s string) string { return oneOf(s, "en", "English", "es", "Spanish", "vi", "Vietnamese") }
	e.table("School.csv", "number name stateNumber grade_span address city state zip phone periodCount", district.Schools, func(r sourcetest.Record) []string {
		return []string{r["school_id"], r["name"], r["cds_code"], r["grade_span"], r["street"], r["city"], r["state"], r["zip"], r["phone"], r["periods_per_day"]}
	})
	e.table("staff.csv", "school_id role name email phone", district.StaffFile, func(r sourcetest.Record) []string {
		return []string{r["school_id"], r["role"], r["name"], r["email"], r["phone"]}
	})
	e.table("Day.csv", "schoolNumber date instruction", district.CalendarFile, func(r sourcetest.Record) []string {
		return []string{r["school_id"], american(r["date"]), oneOf(r["instructional"], "true", "1", "false", "0")}
	})
	e.table("Student.csv", "personID studentNumber lastName firstName middleName alias stateID birthdate homePrimaryLanguage", district.Students, func(r sourcetest.Record) []string {
		return []string{"7" + r["student_id"], r["student_id"], r["last_name"], r["first_name"], r["middle_name"], r["preferred_name"], r["ssid"], american(r["birthdate"]), language(r["home_language"])}
	})
	e.table("Enrollment.csv", "studentNumber schoolNumber grade startDate endDate homeroom teacher", district.Enrollments, func(r sourcetest.Record) []string {
		grade := oneOf(r["grade"], "K", "KN")
		if len(grade) == 1 {
			grade = "0" + grade
		}
		return []string{r["student_id"], r["school_id"], grade, american(r["entry_date"]), american(r["exit_date"]), r["homeroom"], r["homeroom_teacher"]}
	})
	e.table("Census.csv", "studentNumber seq firstName lastName name relationship language addressLine1 apt city state zip homePhone email mailing householdID", district.Contacts, func(r sourcetest.Record) []string {
		first, last, _ := strings.Cut(r["name"], " ")
		return []string{r["student_id"], r["contact_id"], first, last, "name of the record", r["relationship"], language(r["language"]), r["street"], r["unit"], r["city"], r["state"], r["zip"], r["phone"], r["email"], oneOf(r["receives_mail"], "true", "1", "false", "0"), r["household_id"]}
	})
	e.table("AttendanceCode.csv", "code description", district.AbsenceCodes, func(r sourcetest.Record) []string { return []string{r["code"], r["description"]} })
	e.table("Attendance.csv", "studentNumber schoolNumber date code period", district.Attendance, func(r sourcetest.Record) []string {
		return []string{r["student_id"], r["school_id"], american(r["date"]), r["code"], r["period"]}
	})
}

func writeAeries(e *export) {
	e.comma = '\t'
	e.encode = func(utf8 []byte) []byte {
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(utf8)
		if err != nil {
			e.t.Fatal(err)
		}
		return out
	}
	language := func(s string) string { return oneOf(s, "en", "00", "es", "01", "vi", "02") }
	midnight := func(iso string) string {
		if iso == "" {
			return ""
		}
		return strings.TrimPrefix(american(iso), "0") + " 12:00:00 AM"
	}
	e.table("LOC.txt", "CD NM CDS GS AD CY ST ZC TL PD", district.Schools, func(r sourcetest.Record) []string {
		return []string{r["school_id"], r["name"], r["cds_code"], r["grade_span"], r["street"], r["city"], r["state"], r["zip"], r["phone"], r["periods_per_day"]}
	})
	e.table("STF.txt", "SC TI FN LN EM TL", district.StaffFile, func(r sourcetest.Record) []string {
		first, last, _ := strings.Cut(r["name"], " ")
		title := oneOf(r["role"], "admin", "Principal", "office_manager", "Secretary", "attendance_specialist", "SARB", "district_office", "Superintendent")
		return []string{r["school_id"], title, first, last, r["email"], r["phone"]}
	})
	days := 0
	e.table("DAY.txt", "SC DT HO", district.CalendarFile, func(r sourcetest.Record) []string {
		days++
		holiday := []string{"", "%"}[days%2]
		if r["instructional"] == "false" {
			holiday = "#"
		}
		return []string{r["school_id"], midnight(r["date"]), holiday}
	})
	e.table("STU.txt", "ID LN FN MN FNA CID BD HL", district.Students, func(r sourcetest.Record) []string {
		return []string{r["student_id"], r["last_name"], r["first_name"], r["middle_name"], r["preferred_name"], r["ssid"], midnight(r["birthdate"]), language(r["home_language"])}
	})
	e.table("ENR.txt", "ID SC GR ED LD RM TN", district.Enrollments, func(r sourcetest.Record) []string {
		return []string{r["student_id"], r["school_id"], oneOf(r["grade"], "TK", "-1", "K", "0"), midnight(r["entry_date"]), midnight(r["exit_date"]), r["homeroom"], r["homeroom_teacher"]}
	}, []string{"9009", "103", "2", "8/11/2025 12:00:00 AM", "N", "", ""})
	e.table("CON.txt", "ID SQ NM RL LF AD AP CY ST ZC TL EM ML FK OR", district.Contacts, func(r sourcetest.Record) []string {
		return []string{r["student_id"], r["contact_id"], r["name"], r["relationship"], language(r["language"]), r["street"], r["unit"], r["city"], r["state"], r["zip"], r["phone"], r["email"], oneOf(r["receives_mail"], "true", "Y", "false", "N"), r["household_id"], r["priority"]}
	})
	e.table("ABS.txt", "CD TY TI", district.AbsenceCodes, func(r sourcetest.Record) []string {
		return []string{r["code"], oneOf(r["category"], "unverified", "1", "excused", "2", "unexcused", "3", "tardy", "5", "present", "6", "tardy_over_30", "9", "suspension", "S", "independent_study_incomplete", "I"), r["description"]}
	})
	// A line for each student and day that has a code in any column, and some without.
	type day struct{ student, school, date string }
	codes, order := map[day][]string{}, []day{}
	for _, r := range sourcetest.Table(e.t, district.Attendance) {
		d := day{r["student_id"], r["school_id"], r["date"]}
		if codes[d] == nil {
			codes[d] = make([]string, 7)
			order = append(order, d)
		}
		codes[d][len(r["period"])*int(("0" + r["period"])[len(r["period"])]-'0')] = r["code"]
	}
	lines := [][]string{{"ID", "SC", "DT", "AL", "A1", "A2", "A3", "A4", "A5", "A6"}, {"9001", "101", "8/12/2025 12:00:00 AM", "", "", "", "", "", "", ""}}
	for _, d := range order {
		lines = append(lines, append([]string{d.student, d.school, midnight(d.date)}, codes[d]...))
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma = '\t'
	if err := w.WriteAll(lines); err != nil {
		e.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(e.dir, "ATT.txt"), e.encode(out.Bytes()), 0o600); err != nil {
		e.t.Fatal(err)
	}
}
