package bundle

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"rollcall/internal/district"
)

// Need is how much of the bundle a caller wants.
type Need int

// Standings wants what counts absences: of staff and contacts only presence,
// encoding and header are checked, optional tables are not read, students have
// no names, language or homeroom, and there is no District.Digest. Everything
// wants all of it.
const (
	Standings Need = iota
	Everything
	// survey judges every row and keeps hardly any: see County.
	survey
)

// ByStudent reports whether rows that belong to students are wanted in the order of the
// students.
func (n Need) ByStudent() bool { return n == survey }

// HeaderOnly reports the tables of which the rows are not wanted.
func (n Need) HeaderOnly(file district.File) bool {
	return n == Standings && (file == district.StaffFile || file == district.Contacts)
}

// defaultMaxRejectRatio is source.max_reject_ratio where nothing is configured.
const defaultMaxRejectRatio = 0.01

// Options say what is read, and as of which day.
type Options struct {
	AsOf           district.Date // the last day that counts; it names the school year
	MaxRejectRatio float64       // rejected rows of a required table, 0 = 0.01
	Log            *slog.Logger  // nil = silent
	Need           Need
	Mapping        Mapping
}

// Bundle is a district read into memory.
type Bundle struct {
	district *district.District
	names    func(district.File) string
	students []district.Student // by ID
	excess   error

	gather sync.Once // of who lives with whom
	families
}

// Open reads what is behind a door. Its error lists every fault that spoils a whole
// table, one line each; bad rows are in District().Rejects, and whether they are too
// many is Excess.
func Open(ctx context.Context, door Door, o Options) (*Bundle, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r, err := openTables(ctx, door, o)
	if err != nil {
		return nil, err
	}
	if err := r.readAll(ctx); err != nil {
		return nil, err
	}
	r.report(o.Log)
	limit := o.MaxRejectRatio
	if limit == 0 {
		limit = defaultMaxRejectRatio
	}
	b := &Bundle{district: r.district, names: door.Name, students: r.students, excess: r.excess(limit)}
	b.schools, b.bySchool = r.district.Schools, r.studentsBySchool()
	return b, nil
}

// District is what is no student's own.
func (b *Bundle) District() *district.District { return b.district }

// Name is a table as the people who mend it know it.
func (b *Bundle) Name(file district.File) string { return b.names(file) }

// School is one school with every student enrolled there this year, by ID, and their
// kin.
func (b *Bundle) School(ctx context.Context, id string) (*district.Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	at, ok := b.school(id)
	if !ok {
		return nil, fmt.Errorf("no school %q in %s", id, b.Name(district.Schools))
	}
	return &district.Snapshot{
		District: b.district, School: b.schools[at], Students: b.at(b.bySchool[at]), Kin: b.at(b.family().kin(at)),
	}, nil
}

// at are students by place.
func (b *Bundle) at(places []int32) []district.Student {
	students := make([]district.Student, 0, len(places))
	for _, i := range places {
		students = append(students, b.students[i])
	}
	return students
}

// Students is the whole district by ID, whoever has no enrollment this year
// included. The slice is the bundle's own.
func (b *Bundle) Students() []district.Student { return b.students }

// Student finds one by ID.
func (b *Bundle) Student(id string) (*district.Student, bool) {
	i, ok := slices.BinarySearchFunc(b.students, id, func(s district.Student, id string) int {
		return strings.Compare(s.ID, id)
	})
	if !ok {
		return nil, false
	}
	return &b.students[i], true
}

// Find is Student as a night asks for it: nil where there is none.
func (b *Bundle) Find(_ context.Context, id string) (*district.Student, error) {
	s, _ := b.Student(id)
	return s, nil
}

// Excess is nil unless a required table lost more of its rows than
// Options.MaxRejectRatio: then it names each such table with counts, ratio and
// its first reasons, one line each.
func (b *Bundle) Excess() error { return b.excess }
