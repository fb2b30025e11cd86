package csvdir

import (
	"fmt"
	"strings"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
)

// rows are the records of a file behind its header.
type rows struct{ scan scanner }

// readHeader begins a file. The header is the scanner's record at hand.
func readHeader(file district.File, name, text string, separator byte) (*rows, error) {
	r := &rows{newScanner(text, separator)}
	if !r.scan.next() {
		_, required := bundle.Columns(file)
		return nil, fmt.Errorf("%s: is empty; it needs a header line with the columns %s", name, strings.Join(required, ", "))
	}
	if r.scan.broken {
		return nil, fmt.Errorf("%s: line %d: the quotes of the header do not match; close every quote that opens", name, r.scan.line)
	}
	r.scan.width = len(r.scan.fields)
	r.scan.oneLine = file == district.CalendarFile || file == district.Enrollments || file == district.Attendance
	return r, nil
}

// separatorHint explains a header that came as one field.
func (r *rows) separatorHint() string {
	if len(r.scan.fields) == 1 && strings.ContainsAny(r.scan.fields[0], ",;\t|") {
		return " (its fields are not separated by " + separatorName(r.scan.separator) + "s: set the export to that, or source.separator to what it has)"
	}
	return ""
}

// Next fills in the next record.
func (r *rows) Next(row *bundle.Row) bool {
	if !r.scan.next() {
		return false
	}
	row.Line, row.Fields, row.Fault = r.scan.line, r.scan.fields, ""
	switch {
	case r.scan.broken:
		row.Fields = nil
		row.Fault = "the quotes in this row do not match; close every quote that opens, and double a quote inside a quoted value"
	case len(row.Fields) != r.scan.width:
		row.Fault = fmt.Sprintf("the row has %d fields, the header %d; put quotes around a value that has a %s in it",
			len(row.Fields), r.scan.width, separatorName(r.scan.separator))
	}
	return true
}

// Err is nil: a file was read whole before its first record.
func (r *rows) Err() error { return nil }

// separatorName is a separator in words.
func separatorName(separator byte) string {
	for name, c := range bundle.Separators {
		if c == separator {
			return name
		}
	}
	return "separator"
}
