package bundle

import (
	"context"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// Door is where the tables of the bundle come from: a folder of files, the views of a
// database, the API of a student information system.
type Door interface {
	// Name is a table as the people who mend it know it, for example attendance.csv.
	Name(district.File) string
	// Has reports whether there is such a table, without reading it.
	Has(context.Context, district.File) (bool, error)
	// Table opens one for a need. The error is *Absent where there is none; of any
	// other, each line is a fault of the table with its mend.
	Table(context.Context, district.File, Need) (*Table, error)
}

// Absent is a table that is not there, and what makes it be.
type Absent struct{ Mend string }

func (a *Absent) Error() string { return "is missing; " + a.Mend }

// Table is one table of the bundle as a door has it.
type Table struct {
	Columns []Column
	Rows    Rows
	// Unplaced rows have no line where people could find them, as those of a view.
	Unplaced bool
	// Expect is about how many rows there are, better too many than too few.
	Expect int
	// AddColumn says how the table gets a column that it lacks.
	AddColumn string
	// Digest tells these rows from others, once they have been read. It is asked for
	// only where Everything is.
	Digest func() string

	dates string // the form of its dates, empty for the bundle's
}

// Column is one of a table's.
type Column struct {
	Name  string // in the bundle's words, or one that the bundle does not know
	Label string // as the source calls it; empty where that is its name
}

// label is the column as the people who mend it know it.
func (c Column) label() string {
	if c.Label != "" {
		return c.Label
	}
	return c.Name
}

// Rows hands out the rows of a table one by one.
type Rows interface {
	// Next fills in the next row, and is false behind the last.
	Next(*Row) bool
	// Err says why the rows ended early.
	Err() error
}

// Row is one row.
type Row struct {
	Fields []string // by column; the strings stay, the slice is the next row's too
	Given  []string // the same fields as the source has them, where they were translated
	Line   int      // where people find it, the header being 1
	// Fault says why it cannot be read as a row, and the mend. Then Fields are those
	// that could be, from the first.
	Fault string
}

// layouts are the columns of each table; a star marks those it must have and
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

// Columns are the names of a table's columns, those that it must have first as the
// bundle lists them.
func Columns(file district.File) (all, required []string) {
	for _, name := range strings.Fields(layouts[file]) {
		name, must := strings.CutSuffix(name, "*")
		all = append(all, name)
		if must {
			required = append(required, name)
		}
	}
	return all, required
}

// Dates are the columns of any table that hold a date.
var Dates = []string{"date", "birthdate", "entry_date", "exit_date", "as_of", "due_date", "sent_on"}

// Files are the tables in reading order.
var Files = slices.Concat(district.RequiredFiles, district.OptionalFiles)
