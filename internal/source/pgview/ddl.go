package pgview

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lib/pq"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
)

// meanings are what a column holds, where its name does not say all of it.
var meanings = map[string]string{
	"periods_per_day": "NULL: attendance is taken once a day; a number: by period",
	"role":            "admin, office_manager, attendance_specialist, attendance_clerk, facilitator, district_office",
	"instructional":   "true where school is taught; Saturdays and Sundays never count",
	"home_language":   "BCP 47: en, es",
	"language":        "BCP 47: en, es",
	"grade":           "TK, K, 1 to 12",
	"exit_date":       "the last day enrolled, inclusive; NULL: still enrolled",
	"receives_mail":   "NULL: true, but for neighbors, friends and sitters",
	"household_id":    "the same for contacts who live together",
	"priority":        "1 is called first",
	"category":        "excused, unexcused, unverified, suspension, tardy, tardy_over_30, present, independent_study_incomplete",
	"code":            "one of absence_codes",
	"period":          "NULL: the whole day",
	"minutes_missed":  "a whole number",
	"letter":          "the name that another system gave it, such as A2A-1",
}

// notes are what a view holds, where its name does not say all of it.
var notes = map[district.File]string{
	district.StaffFile:     "Who gets the mail. school_id NULL: the whole district. One person may have many rows.",
	district.CalendarFile:  "One row for each school and date of the school year.",
	district.Enrollments:   "Several rows a student: transfers, re-entries.",
	district.Attendance:    "Exceptions only: no row is a day present.",
	district.Contacts:      "Parents and guardians.",
	district.LettersSent:   "Letters that another system sent.",
	district.Interventions: "What the SIS already holds.",
}

// DDL writes the views to fill in, as SQL with comments. Each is empty until its FROM
// is: the night then stops and says what is missing, or, of an optional view, goes on
// without.
func DDL(w io.Writer, schema string) error {
	_, err := fmt.Fprintf(w, `-- The bundle as views: what rollcall reads of the student information system.
-- Put your own tables behind the columns, run this as their owner, and let rollcall's
-- role read them:
--
--   GRANT USAGE ON SCHEMA %[1]s TO rollcall;
--   GRANT SELECT ON ALL TABLES IN SCHEMA %[1]s TO rollcall;
--
-- Columns marked * must have a value in every row. Others may be left out. Types are a
-- proposal: a date that is stored as text may stay text, and one that is no date is then
-- one bad row, where a cast would end the night. PostgreSQL does not replace a view by one
-- with other columns or types: DROP VIEW it first, and GRANT again.

CREATE SCHEMA IF NOT EXISTS %[1]s;
`, pq.QuoteIdentifier(schema))
	if err != nil {
		return err
	}
	for _, file := range bundle.Files {
		if _, err := io.WriteString(w, view(schema, file)); err != nil {
			return err
		}
	}
	return nil
}

func view(schema string, file district.File) string {
	var b strings.Builder
	must := "required"
	if slices.Contains(district.OptionalFiles, file) {
		must = "optional: leave the view out where there is nothing"
	}
	fmt.Fprintf(&b, "\n-- %s (%s)", file, must)
	if note := notes[file]; note != "" {
		fmt.Fprintf(&b, "\n-- %s", note)
	}
	fmt.Fprintf(&b, "\nCREATE OR REPLACE VIEW %s.%s AS\nSELECT\n", pq.QuoteIdentifier(schema), pq.QuoteIdentifier(string(file)))
	all, required := bundle.Columns(file)
	for i, name := range all {
		comma := ","
		if i == len(all)-1 {
			comma = ""
		}
		kind := "text"
		switch {
		case slices.Contains(bundle.Dates, name):
			kind = "date"
		case name == "instructional" || name == "receives_mail":
			kind = "boolean"
		case name == "periods_per_day" || name == "minutes_missed" || name == "priority":
			kind = "integer"
		}
		comment := ""
		if slices.Contains(required, name) {
			comment = " *"
		}
		if meaning := meanings[name]; meaning != "" {
			comment += " " + meaning
		}
		if comment != "" {
			comment = "  --" + comment
		}
		fmt.Fprintf(&b, "  NULL::%s AS %s%s%s\n", kind, name, comma, comment)
	}
	fmt.Fprintf(&b, "-- FROM your.table\nWHERE false;\n")
	return b.String()
}
