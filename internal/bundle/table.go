package bundle

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// col is the place of a column in the rows of one table, noColumn where the
// table has not got it.
type col int

const noColumn col = -1

// table is one table being read: its header understood, its rows yet to come.
type table struct {
	reader  *reader
	file    district.File
	name    string // as people know it
	source  *Table
	musts   []col
	unknown []string // columns the bundle does not know

	row                 Row // at hand
	studentID, schoolID col // to say whom a reject concerns
	rows, rejected      int
	replaced            int // fields that had control characters
	months              months
}

// newTable judges the header. The error lists every column that is missing or
// named twice, one line each.
func newTable(r *reader, file district.File, source *Table) (*table, error) {
	t := &table{reader: r, file: file, name: r.door.Name(file), source: source}
	var faults []string
	all, required := Columns(file)
	for _, name := range all {
		at, must := t.col(name), slices.Contains(required, name)
		switch {
		case at == noColumn && must:
			faults = append(faults, fmt.Sprintf("%s: column %s is missing; %s", t.name, name, source.AddColumn))
		case must:
			t.musts = append(t.musts, at)
		}
	}
	for i, c := range source.Columns {
		switch {
		case c.Name == "":
		case int(t.col(c.Name)) != i:
			faults = append(faults, fmt.Sprintf("%s: column %s is there twice; leave one of them out of the export", t.name, shorten(c.label())))
		case !slices.Contains(all, c.Name):
			t.unknown = append(t.unknown, shorten(c.label()))
		}
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(faults, "\n"))
	}
	t.studentID, t.schoolID = t.col("student_id"), t.col("school_id")
	return t, nil
}

func (t *table) col(name string) col {
	return col(slices.IndexFunc(t.source.Columns, func(c Column) bool { return c.Name == name }))
}

// next advances to the next row that can be read and has nothing empty that must
// not be; it rejects the others.
func (t *table) next(ctx context.Context) bool {
	for t.source.Rows.Next(&t.row) {
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
	if t.row.Fault != "" {
		t.reject(noColumn, t.row.Fault)
		return false
	}
	for _, c := range t.musts {
		s := t.row.Fields[c]
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
	return trim(t.row.Fields[c])
}

// text is the field cleaned.
func (t *table) text(c col) string {
	if c == noColumn {
		return ""
	}
	s, replaced := clean(t.row.Fields[c])
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

// notADate and the like are reasons that several tables share.
func (t *table) notADate() string {
	if t.source.dates != "" {
		return "is not a date of the form " + t.source.dates + ", which the configuration names; mend the date, or the form"
	}
	return "is not a date like 2026-10-15; set the export's date format to YYYY-MM-DD"
}

func (r *reader) unknownStudent() string {
	return "no student with this student_id in " + r.door.Name(district.Students) + "; add the student there or mend the ID"
}

func (r *reader) unknownSchool() string {
	return "no school with this school_id in " + r.door.Name(district.Schools) + "; add the school there or mend the ID"
}

// line is where people find the row at hand, 0 where they cannot.
func (t *table) line() int { return t.placed(t.row.Line) }

// placed is the line of a row as people may be told it.
func (t *table) placed(line int) int {
	if t.source.Unplaced {
		return 0
	}
	return line
}

// reject puts the row at hand aside: c is the column at fault.
func (t *table) reject(c col, reason string) {
	rej := district.Reject{Line: t.line(), Reason: reason}
	if c != noColumn {
		rej.Column = t.source.Columns[c].label()
		given := t.row.Fields
		if t.row.Given != nil {
			given = t.row.Given
		}
		rej.Value = shorten(Clean(given[c]))
	}
	// A row cut too short may still say whose it is.
	if int(t.studentID) < len(t.row.Fields) {
		if i := t.reader.studentIDs.place(t.text(t.studentID)); i >= 0 {
			rej.StudentID = t.reader.students[i].ID
		}
	}
	if int(t.schoolID) < len(t.row.Fields) {
		if i := t.reader.schoolIDs.place(t.text(t.schoolID)); i >= 0 {
			rej.SchoolID = t.reader.district.Schools[i].ID
		}
	}
	t.add(rej)
}

// add counts a reject of this table.
func (t *table) add(rej district.Reject) {
	rej.File = t.name
	t.rejected++
	t.reader.district.Rejects = append(t.reader.district.Rejects, rej)
}

// duplicate is the reason of a second row of a key.
func duplicate(key string, first int) string {
	if first == 0 {
		return fmt.Sprintf("a second row of the same %s: one of them stands; remove the one that is wrong", key)
	}
	return fmt.Sprintf("a second row of the same %s: the first, line %d, stands; remove the one that is wrong", key, first)
}
