package csvdir

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// layouts are the columns of each file; a star marks those it must have and
// that no row may leave empty.
var layouts = map[district.File]string{
	district.Schools:            "school_id* name* cds_code grade_span street city state zip phone periods_per_day",
	district.StaffFile:          "school_id role* name* email* phone",
	district.CalendarFile:       "school_id* date* instructional*",
	district.Students:           "student_id* last_name* first_name* middle_name preferred_name ssid birthdate home_language",
	district.Enrollments:        "student_id* school_id* grade* entry_date* exit_date homeroom homeroom_teacher",
	district.Contacts:           "student_id* contact_id* name* relationship language street unit city state zip phone email receives_mail household_id priority",
	district.AbsenceCodes:       "code* category* description",
	district.Attendance:         "student_id* school_id* date* code* period minutes_missed",
	district.AttendanceNotes:    "student_id* date* note* author",
	district.GradesFile:         "student_id* term* course* mark* teacher percent as_of",
	district.MissingAssignments: "student_id* course* title* due_date teacher points",
	district.Behavior:           "student_id* date* incident* location action",
	district.LettersSent:        "student_id* letter* sent_on* channel",
	district.Interventions:      "student_id* date* kind* note author",
}

// col is the place of a column in the rows of one file, noColumn where the
// file has not got it.
type col int

const noColumn col = -1

// table is one file being read: its header understood, its rows yet to come.
type table struct {
	file    district.File
	scan    scanner
	names   []string // of the header, in the bundle's words
	musts   []col
	unknown []string // columns the bundle does not know

	reader              *reader
	studentID, schoolID col // to say whom a reject concerns
	rows, rejected      int
	replaced            int // fields that had control characters
	months              months
}

// openTable reads the header. The error lists every column that is missing or
// named twice, one line each.
func openTable(file district.File, text string) (*table, error) {
	t := &table{file: file, scan: newScanner(text)}
	if !t.scan.next() {
		return nil, fmt.Errorf("%s: is empty; it needs a header line with the columns %s", fileName(file), required(file))
	}
	if t.scan.broken {
		return nil, fmt.Errorf("%s: line %d: the quotes of the header do not match; close every quote that opens", fileName(file), t.scan.line)
	}
	for _, name := range t.scan.fields {
		name, _ = clean(name)
		t.names = append(t.names, strings.ToLower(name))
	}
	t.scan.width = len(t.names)
	t.scan.oneLine = file == district.CalendarFile || file == district.Enrollments || file == district.Attendance
	var faults []string
	known := map[string]bool{}
	for _, name := range strings.Fields(layouts[file]) {
		name, must := strings.CutSuffix(name, "*")
		known[name] = true
		at := t.col(name)
		switch {
		case at == noColumn && must:
			faults = append(faults, fmt.Sprintf("%s: column %s is missing; add it to the export%s", fileName(file), name, t.separatorHint()))
		case must:
			t.musts = append(t.musts, at)
		}
	}
	for i, name := range t.names {
		switch {
		case name == "":
		case slices.Index(t.names, name) != i:
			faults = append(faults, fmt.Sprintf("%s: column %s is there twice; leave one of them out of the export", fileName(file), shorten(name)))
		case !known[name]:
			t.unknown = append(t.unknown, shorten(name))
		}
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(faults, "\n"))
	}
	t.studentID, t.schoolID = t.col("student_id"), t.col("school_id")
	return t, nil
}

func required(file district.File) string {
	var names []string
	for _, name := range strings.Fields(layouts[file]) {
		if name, must := strings.CutSuffix(name, "*"); must {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// separatorHint explains a header that came as one field.
func (t *table) separatorHint() string {
	if len(t.names) == 1 && strings.ContainsAny(t.names[0], ";\t") {
		return " (its fields are not separated by commas: set the export to comma-separated)"
	}
	return ""
}

func (t *table) col(name string) col { return col(slices.Index(t.names, name)) }

// next advances to the next row with the right number of fields and nothing
// empty that must not be; it rejects the others.
func (t *table) next(ctx context.Context) bool {
	for t.scan.next() {
		if t.rows&0xffff == 0 && ctx.Err() != nil {
			return false
		}
		t.rows++
		if t.whole() {
			return true
		}
	}
	return false
}

func (t *table) whole() bool {
	if t.scan.broken {
		t.scan.fields = nil
		t.reject(noColumn, "the quotes in this row do not match; close every quote that opens, and double a quote inside a quoted value")
		return false
	}
	if got, want := len(t.scan.fields), t.scan.width; got != want {
		t.reject(noColumn, fmt.Sprintf("the row has %d fields, the header %d; put quotes around a value that has a comma in it", got, want))
		return false
	}
	for _, c := range t.musts {
		s := t.scan.fields[c]
		if s != "" && isPrintableASCII(s[0]) {
			continue
		}
		if s, _ = clean(s); s == "" {
			t.reject(c, "is empty; every row needs it")
			return false
		}
	}
	return true
}

// raw is the field without spaces around it, empty where there is no column.
func (t *table) raw(c col) string {
	if c == noColumn {
		return ""
	}
	return trim(t.scan.fields[c])
}

// text is the field cleaned.
func (t *table) text(c col) string {
	if c == noColumn {
		return ""
	}
	s, replaced := clean(t.scan.fields[c])
	if replaced {
		t.replaced++
	}
	return s
}

// day reads a date that may be empty; ok is false where it is something else.
func (t *table) day(c col) (d district.Date, ok bool) {
	s := t.raw(c)
	if s == "" {
		return 0, true
	}
	return t.months.parse(s)
}

// notADate and the like are reasons that several files share.
const (
	notADate       = "is not a date like 2026-10-15; set the export's date format to YYYY-MM-DD"
	unknownStudent = "no student with this student_id in students.csv; add the student there or mend the ID"
	unknownSchool  = "no school with this school_id in schools.csv; add the school there or mend the ID"
)

// reject puts the row at hand aside: c is the column at fault.
func (t *table) reject(c col, reason string) {
	rej := district.Reject{Line: t.scan.line, Reason: reason}
	if c != noColumn {
		rej.Column = t.names[c]
		value, _ := clean(t.scan.fields[c])
		rej.Value = shorten(value)
	}
	// A row cut too short may still say whose it is.
	if int(t.studentID) < len(t.scan.fields) {
		if i := t.reader.studentIDs.place(t.text(t.studentID)); i >= 0 {
			rej.StudentID = t.reader.students[i].ID
		}
	}
	if int(t.schoolID) < len(t.scan.fields) {
		if i := t.reader.schoolIDs.place(t.text(t.schoolID)); i >= 0 {
			rej.SchoolID = t.reader.district.Schools[i].ID
		}
	}
	t.add(rej)
}

// add counts a reject of this file.
func (t *table) add(rej district.Reject) {
	rej.File = fileName(t.file)
	t.rejected++
	t.reader.district.Rejects = append(t.reader.district.Rejects, rej)
}

// duplicate is the reason of a second row of a key.
func duplicate(key string, first int) string {
	return fmt.Sprintf("a second row of the same %s: the first, line %d, stands; remove the one that is wrong", key, first)
}
