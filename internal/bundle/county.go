package bundle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// Divided is a door whose rows can be asked for some students at a time.
type Divided interface {
	Door
	// Of is the door to the rows of some students alone, all of them as at one moment.
	Of(ctx context.Context, students []string) (ClosingDoor, error)
}

// ClosingDoor is a door that holds something until it is closed.
type ClosingDoor interface {
	Door
	Close() error
}

// County is a district too large to be held in memory at once. A survey judges all of
// its rows, student by student, and keeps who is at which school and who lives with
// whom; a school is then read when its turn comes. What comes of a school is what
// Bundle gives: the same students with the same rows.
type County struct {
	door     Divided
	options  Options
	survey   *reader
	bySchool [][]int32
	homesOf  map[int32][]uint64 // households of who shares one
	excess   error

	at   string  // the school read last
	read *Bundle // its students and their kin, whose own kin may be missing
}

// Survey judges all that is behind a door that is divided. Its error and what is left
// aside are as Open's.
func Survey(ctx context.Context, door Divided, o Options) (*County, error) {
	o.Need = survey
	o.MaxRejectRatio = cmp.Or(o.MaxRejectRatio, defaultMaxRejectRatio)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r, err := openTables(ctx, door, o)
	if err != nil {
		return nil, err
	}
	r.homes = map[uint64][]int32{}
	if err := r.readAll(ctx); err != nil {
		return nil, err
	}
	r.report(o.Log)
	c := &County{door: door, options: o, survey: r, bySchool: r.studentsBySchool(), homesOf: map[int32][]uint64{}, excess: r.excess(o.MaxRejectRatio)}
	for home, students := range r.homes {
		if len(students) < 2 {
			delete(r.homes, home)
			continue
		}
		for _, i := range students {
			c.homesOf[i] = append(c.homesOf[i], home)
		}
	}
	// Of the calendar's rows only their days are asked for from here on.
	for i := range r.days {
		r.days[i].lines = nil
	}
	r.tables, r.codes.uses = nil, nil
	return c, nil
}

// surveyHome notes the households of the student whose contacts these are, and
// forgets the contacts.
func (r *reader) surveyHome(t *table, contacts []owned[district.Contact]) {
	if len(contacts) == 0 {
		return
	}
	at := contacts[0].student
	r.handContacts(t, contacts)
	s := &r.students[at]
	seen := map[uint64]bool{}
	for _, h := range s.Households() {
		if h.Key == "" || strings.HasPrefix(h.Key, "student ") {
			continue
		}
		sum := fnv.New64a()
		sum.Write([]byte(h.Key))
		if home := sum.Sum64(); !seen[home] {
			seen[home] = true
			r.homes[home] = append(r.homes[home], at)
		}
	}
	s.Contacts = nil
}

// District is what is no student's own.
func (c *County) District() *district.District { return c.survey.district }

// Name is a table as the people who mend it know it.
func (c *County) Name(file district.File) string { return c.door.Name(file) }

// Excess is as Bundle's.
func (c *County) Excess() error { return c.excess }

// kin are the places of the students who share a household with one of a school's, and
// are not there themselves.
func (c *County) kin(school int) []int32 {
	here, elsewhere := map[int32]bool{}, map[int32]bool{}
	for _, i := range c.bySchool[school] {
		here[i] = true
	}
	for _, i := range c.bySchool[school] {
		for _, home := range c.homesOf[i] {
			for _, other := range c.survey.homes[home] {
				if !here[other] {
					elsewhere[other] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(elsewhere))
}

// open reads a school's students and their kin.
func (c *County) open(ctx context.Context, id string) (*Bundle, int, error) {
	school, ok := slices.BinarySearchFunc(c.survey.district.Schools, id, func(s district.School, id string) int { return strings.Compare(s.ID, id) })
	if !ok {
		return nil, 0, fmt.Errorf("no school %q in %s", id, c.Name(district.Schools))
	}
	if c.read != nil && c.at == id {
		return c.read, school, nil
	}
	var ids []string
	for _, i := range slices.Concat(c.bySchool[school], c.kin(school)) {
		ids = append(ids, c.survey.students[i].ID)
	}
	b, err := c.only(ctx, ids)
	if err != nil {
		return nil, 0, fmt.Errorf("school %s: %w", id, err)
	}
	c.at, c.read = id, b
	return b, school, nil
}

// only reads some students, by ID, with what the survey knows of schools, calendars and
// codes. Their bad rows were counted there.
func (c *County) only(ctx context.Context, ids []string) (_ *Bundle, err error) {
	door, err := c.door.Of(ctx, ids)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, door.Close()) }()
	known := *c.survey.district
	known.Rejects, known.Rows, known.Provided = nil, map[district.File]int{}, maps.Clone(known.Provided)
	o := c.options
	o.Need = Everything
	r, err := openSome(ctx, door, o, &known)
	if err != nil {
		return nil, err
	}
	r.schoolIDs, r.days = c.survey.schoolIDs, c.survey.days
	r.codes.register, r.codes.codes, r.codes.uses = c.survey.codes.register, c.survey.codes.codes, map[string]*codeUse{}
	if err := r.readAll(ctx); err != nil {
		return nil, err
	}
	return &Bundle{district: r.district, names: door.Name, students: r.students}, nil
}

// School is one school with every student enrolled there this year, by ID.
func (c *County) School(ctx context.Context, id string) (*district.Snapshot, error) {
	b, school, err := c.open(ctx, id)
	if err != nil {
		return nil, err
	}
	students := make([]district.Student, 0, len(c.bySchool[school]))
	for _, i := range c.bySchool[school] {
		// Who has left the export since the survey is at no school any more.
		if s, ok := b.Student(c.survey.students[i].ID); ok {
			students = append(students, *s)
		}
	}
	return &district.Snapshot{District: c.District(), School: c.District().Schools[school], Students: students}, nil
}

// Kin are the students who share a household with one of a school and are not enrolled
// there themselves this year, by ID.
func (c *County) Kin(ctx context.Context, id string) ([]district.Student, error) {
	b, school, err := c.open(ctx, id)
	if err != nil {
		return nil, err
	}
	kin := []district.Student{}
	for _, i := range c.kin(school) {
		if s, ok := b.Student(c.survey.students[i].ID); ok {
			kin = append(kin, *s)
		}
	}
	return kin, nil
}

// Find is a student by ID, nil where there is none.
func (c *County) Find(ctx context.Context, id string) (*district.Student, error) {
	place, known := slices.BinarySearchFunc(c.survey.students, id, func(s district.Student, id string) int { return strings.Compare(s.ID, id) })
	if !known {
		return nil, nil
	}
	// With the family: a student's brothers and sisters are the student's own facts.
	family := map[int32]bool{int32(place): true}
	for _, home := range c.homesOf[int32(place)] {
		for _, other := range c.survey.homes[home] {
			family[other] = true
		}
	}
	var ids []string
	for _, i := range slices.Sorted(maps.Keys(family)) {
		ids = append(ids, c.survey.students[i].ID)
	}
	b, err := c.only(ctx, ids)
	if err != nil {
		return nil, err
	}
	s, _ := b.Student(id)
	return s, nil
}
