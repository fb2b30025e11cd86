package bundle

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// reader is a bundle while it is being read. Schools and students are known by
// their place in the sorted slices.
type reader struct {
	district *district.District
	door     Door
	tables   map[district.File]*table

	need       Need
	schoolIDs  register
	days       []schoolDays // by school
	students   []district.Student
	studentIDs register
	stays      []stay  // by student
	firstStay  []int32 // of each student, and the end
	codes      codeTable
	homes      map[uint64][]int32 // students by household, in a survey
	had        []tally            // what a survey saw, by student
}

// tally counts rows of a student, or of several.
type tally struct{ marks, contacts int32 }

// openTables opens the tables, and lists what is wrong with any of them.
func openTables(ctx context.Context, door Door, o Options) (*reader, error) {
	return openSome(ctx, door, o, nil)
}

// ofStudents are the tables whose rows are some student's.
var ofStudents = slices.Concat([]district.File{district.Students, district.Enrollments, district.Contacts, district.Attendance}, district.OptionalFiles)

// openSome is openTables where the district is known and only its students are wanted.
func openSome(ctx context.Context, door Door, o Options, known *district.District) (*reader, error) {
	files := ofStudents
	if known == nil {
		files = Files
		known = &district.District{AsOf: o.AsOf, Year: district.YearOf(o.AsOf), Provided: map[district.File]bool{}, Rows: map[district.File]int{}}
	}
	r := &reader{district: known, door: door, tables: map[district.File]*table{}, need: o.Need}
	var faults []error
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if slices.Contains(district.OptionalFiles, file) {
			has, err := door.Has(ctx, file)
			if r.district.Provided[file] = has; err != nil {
				faults = append(faults, err)
			}
			if !has || o.Need == Standings {
				continue
			}
		}
		opened, err := door.Table(ctx, file, o.Need)
		var absent *Absent
		if errors.As(err, &absent) {
			_, required := Columns(file)
			err = fmt.Errorf("%s: is missing; %s with the columns %s", door.Name(file), absent.Mend, strings.Join(required, ", "))
		}
		if err == nil {
			opened, err = o.Mapping[file].translate(file, door.Name(file), opened)
		}
		if err != nil {
			// A door that is shut says the same of every table.
			if !slices.ContainsFunc(faults, func(f error) bool { return f.Error() == err.Error() }) {
				faults = append(faults, err)
			}
			continue
		}
		if r.tables[file], err = newTable(r, file, opened); err != nil {
			faults = append(faults, err)
		}
	}
	return r, errors.Join(faults...)
}

// readAll reads the rows in the order in which the tables lean on each other.
func (r *reader) readAll(ctx context.Context) error {
	steps := []struct {
		file district.File
		read func(context.Context, *table) error
	}{
		{district.Schools, r.readSchools},
		{district.CalendarFile, r.readCalendar},
		{district.Students, r.readStudents},
		{district.Enrollments, r.readEnrollments},
		{district.AbsenceCodes, r.readCodes},
		{district.Attendance, r.readAttendance},
		{district.StaffFile, r.readStaff},
		{district.Contacts, r.readContacts},
		{district.AttendanceNotes, r.readNotes},
		{district.GradesFile, r.readGrades},
		{district.MissingAssignments, r.readMissing},
		{district.Behavior, r.readBehavior},
		{district.LettersSent, r.readLetters},
		{district.Interventions, r.readInterventions},
	}
	for _, step := range steps {
		t := r.tables[step.file]
		if t == nil || r.need.HeaderOnly(step.file) {
			continue
		}
		if err := step.read(ctx, t); err != nil {
			return err
		}
		if err := cmp.Or(ctx.Err(), t.source.Rows.Err()); err != nil {
			return err
		}
		r.district.Rows[step.file] = t.rows
		// What was read lives on only in the values cut from it.
		t.source.Rows, t.row = nil, Row{}
	}
	if r.need != Standings {
		digest := sha256.New()
		for _, file := range Files {
			if t := r.tables[file]; t != nil {
				fmt.Fprintf(digest, "%s %s\n", t.name, t.source.Digest())
			}
		}
		r.district.Digest = hex.EncodeToString(digest.Sum(nil))
	}
	if r.need == Everything {
		district.LinkSiblings(r.students, r.district.AsOf)
	}
	order := map[string]int{}
	for i, file := range Files {
		order[r.door.Name(file)] = i
	}
	slices.SortStableFunc(r.district.Rejects, func(a, b district.Reject) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line),
			strings.Compare(a.StudentID, b.StudentID), strings.Compare(a.Column, b.Column), strings.Compare(a.Value, b.Value))
	})
	return nil
}

// report names, once, what was left aside.
func (r *reader) report(log *slog.Logger) {
	for _, file := range Files {
		t := r.tables[file]
		if t == nil {
			continue
		}
		if len(t.unknown) > 0 {
			log.Info("unknown columns ignored", "file", t.name, "columns", strings.Join(t.unknown, ", "))
		}
		if t.replaced > 0 {
			log.Warn("control characters replaced by spaces", "file", t.name, "fields", t.replaced)
		}
		if t.rejected > 0 {
			log.Warn("rows rejected", "file", t.name, "rejected", t.rejected, "rows", t.rows)
		}
	}
}

// excess compares a quotient of whole numbers, which is exact: one row in a
// hundred is not more than 0.01.
func (r *reader) excess(limit float64) error {
	var faults []error
	for _, file := range district.RequiredFiles {
		t := r.tables[file]
		if t == nil || t.rejected == 0 || float64(t.rejected)/float64(t.rows) <= limit {
			continue
		}
		faults = append(faults, fmt.Errorf("%s: %d of %d rows rejected (%.2f %%, at most %.2f %% may be): %s",
			t.name, t.rejected, t.rows, 100*float64(t.rejected)/float64(t.rows), 100*limit, r.firstReasons(t.name)))
	}
	return errors.Join(faults...)
}

// firstReasons gives places and reasons but no values: the message goes where
// names of children must not.
func (r *reader) firstReasons(name string) string {
	const most = 3
	var reasons []string
	for _, rej := range r.district.Rejects {
		if rej.File != name {
			continue
		}
		if len(reasons) == most {
			reasons = append(reasons, "…")
			break
		}
		var place []string
		if rej.Line > 0 {
			place = append(place, fmt.Sprintf("line %d", rej.Line))
		}
		if rej.Column != "" {
			place = append(place, rej.Column)
		}
		reasons = append(reasons, strings.Join(append(place, rej.Reason), " "))
	}
	return strings.Join(reasons, " | ")
}

func (r *reader) studentsBySchool() [][]int32 {
	bySchool := make([][]int32, len(r.district.Schools))
	for i := range r.students {
		for _, s := range r.stays[r.firstStay[i]:r.firstStay[i+1]] {
			if list := bySchool[s.school]; len(list) == 0 || list[len(list)-1] != int32(i) {
				bySchool[s.school] = append(list, int32(i))
			}
		}
	}
	return bySchool
}
