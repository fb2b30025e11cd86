package csvdir

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// reader is a folder while it is being read. Schools and students are known by
// their place in the sorted slices.
type reader struct {
	district *district.District
	tables   map[district.File]*table

	need       Need
	schoolIDs  register
	days       []schoolDays // by school
	students   []district.Student
	studentIDs register
	stays      []stay  // by student
	firstStay  []int32 // of each student, and the end
	codes      codeTable
}

// openTables reads the files and their headers, and lists what is wrong with
// any of them.
func openTables(ctx context.Context, o Options) (*reader, error) {
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("the bundle's folder cannot be read: %w", err)
	}
	defer root.Close()
	r := &reader{
		district: &district.District{
			AsOf: o.AsOf, Year: district.YearOf(o.AsOf),
			Provided: map[district.File]bool{}, Rows: map[district.File]int{},
		},
		tables: map[district.File]*table{},
		need:   o.Need,
	}
	digest := sha256.New()
	var faults []error
	for _, file := range slices.Concat(district.RequiredFiles, district.OptionalFiles) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		name := fileName(file)
		optional := slices.Contains(district.OptionalFiles, file)
		if optional && o.Need == Standings {
			info, err := root.Stat(name)
			r.district.Provided[file] = err == nil && info.Mode().IsRegular()
			continue
		}
		read := readFile
		if o.Need.headerOnly(file) {
			read = readHead
		}
		data, err := read(root, name)
		switch {
		case optional && errors.Is(err, errAbsent):
			r.district.Provided[file] = false
			continue
		case errors.Is(err, errAbsent):
			faults = append(faults, fmt.Errorf("%s: is missing; export it into %s with the columns %s", name, o.Dir, required(file)))
			continue
		case err != nil:
			faults = append(faults, fmt.Errorf("%s: cannot be read: %w", name, err))
			continue
		}
		if o.Need == Everything {
			fmt.Fprintf(digest, "%s %d %x\n", name, len(data), sha256.Sum256(data))
		}
		text, err := decode(name, textOf(data))
		if err != nil {
			faults = append(faults, err)
			continue
		}
		t, err := openTable(file, text)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		t.reader = r
		r.tables[file] = t
		if optional {
			r.district.Provided[file] = true
		}
	}
	if o.Need == Everything {
		r.district.Digest = hex.EncodeToString(digest.Sum(nil))
	}
	return r, errors.Join(faults...)
}

// readAll reads the rows in the order in which the files lean on each other.
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
		if t == nil || r.need.headerOnly(step.file) {
			continue
		}
		if err := step.read(ctx, t); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		r.district.Rows[step.file] = t.rows
		// The text lives on only in the values cut from it.
		t.scan = scanner{}
	}
	if r.need == Everything {
		district.LinkSiblings(r.students, r.district.AsOf)
	}
	order := map[string]int{}
	for i, file := range slices.Concat(district.RequiredFiles, district.OptionalFiles) {
		order[fileName(file)] = i
	}
	slices.SortStableFunc(r.district.Rejects, func(a, b district.Reject) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line))
	})
	return nil
}

// report names, once, what was left aside.
func (r *reader) report(log *slog.Logger) {
	for _, file := range slices.Concat(district.RequiredFiles, district.OptionalFiles) {
		t := r.tables[file]
		if t == nil {
			continue
		}
		if len(t.unknown) > 0 {
			log.Info("unknown columns ignored", "file", fileName(file), "columns", strings.Join(t.unknown, ", "))
		}
		if t.replaced > 0 {
			log.Warn("control characters replaced by spaces", "file", fileName(file), "fields", t.replaced)
		}
		if t.rejected > 0 {
			log.Warn("rows rejected", "file", fileName(file), "rejected", t.rejected, "rows", t.rows)
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
			fileName(file), t.rejected, t.rows, 100*float64(t.rejected)/float64(t.rows), 100*limit, r.firstReasons(fileName(file))))
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
		place := fmt.Sprintf("line %d", rej.Line)
		if rej.Column != "" {
			place += " " + rej.Column
		}
		reasons = append(reasons, place+" "+rej.Reason)
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
