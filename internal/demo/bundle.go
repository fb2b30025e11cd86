package demo

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"rollcall/internal/district"
)

// bundle is the fourteen files on their way to the folder.
type bundle struct {
	schools, staff, calendar, students, enrollments, contacts, codes, attendance *table
	notes, grades, missing, behavior, letters, interventions                     *table

	all    []*table
	flawed int
}

// table is one file. Its writer keeps the first error, so that rows need not
// look at it: commit does.
type table struct {
	file district.File
	out  *renameio.PendingFile
	csv  *csv.Writer
	rows int
}

// create opens every file under a name of its own; none is in the folder under
// its final name before commit.
func create(dir string) (*bundle, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	b := &bundle{}
	for _, f := range []struct {
		table  **table
		file   district.File
		header []string
	}{
		{&b.schools, district.Schools, []string{"school_id", "name", "cds_code", "grade_span", "street", "city", "state", "zip", "phone", "periods_per_day"}},
		{&b.staff, district.StaffFile, []string{"school_id", "role", "name", "email", "phone"}},
		{&b.calendar, district.CalendarFile, []string{"school_id", "date", "instructional"}},
		{&b.students, district.Students, []string{"student_id", "last_name", "first_name", "middle_name", "preferred_name", "ssid", "birthdate", "home_language"}},
		{&b.enrollments, district.Enrollments, []string{"student_id", "school_id", "grade", "entry_date", "exit_date", "homeroom", "homeroom_teacher"}},
		{&b.contacts, district.Contacts, []string{"student_id", "contact_id", "name", "relationship", "language", "street", "unit", "city", "state", "zip", "phone", "email", "receives_mail", "household_id", "priority"}},
		{&b.codes, district.AbsenceCodes, []string{"code", "category", "description"}},
		{&b.attendance, district.Attendance, []string{"student_id", "school_id", "date", "code", "period", "minutes_missed"}},
		{&b.notes, district.AttendanceNotes, []string{"student_id", "date", "note", "author"}},
		{&b.grades, district.GradesFile, []string{"student_id", "term", "course", "mark", "teacher", "percent", "as_of"}},
		{&b.missing, district.MissingAssignments, []string{"student_id", "course", "title", "due_date", "teacher", "points"}},
		{&b.behavior, district.Behavior, []string{"student_id", "date", "incident", "location", "action"}},
		{&b.letters, district.LettersSent, []string{"student_id", "letter", "sent_on", "channel"}},
		{&b.interventions, district.Interventions, []string{"student_id", "date", "kind", "note", "author"}},
	} {
		out, err := renameio.NewPendingFile(filepath.Join(dir, string(f.file)+".csv"), renameio.WithTempDir(dir))
		if err != nil {
			b.discard()
			return nil, err
		}
		// The writer of package csv takes over a buffer that is large enough.
		t := &table{file: f.file, out: out, csv: csv.NewWriter(bufio.NewWriterSize(out, 64<<10))}
		*f.table = t
		b.all = append(b.all, t)
		t.row(f.header...)
		t.rows = 0
	}
	return b, nil
}

func (t *table) row(fields ...string) {
	_ = t.csv.Write(fields) // kept by the writer until commit asks
	t.rows++
}

// commit puts the files in place and returns their counts of rows.
func (b *bundle) commit() (map[district.File]int, error) {
	rows := map[district.File]int{}
	for _, t := range b.all {
		t.csv.Flush()
		if err := t.csv.Error(); err != nil {
			return nil, fmt.Errorf("write %s.csv: %w", t.file, err)
		}
		rows[t.file] = t.rows
	}
	for _, t := range b.all {
		if err := t.out.CloseAtomicallyReplace(); err != nil {
			return nil, fmt.Errorf("write %s.csv: %w", t.file, err)
		}
	}
	return rows, nil
}

// discard removes what commit has not put in place.
func (b *bundle) discard() {
	for _, t := range b.all {
		_ = t.out.Cleanup()
	}
}
