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
	door    Divided
	options Options
	survey  *reader
	families
	excess error
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
	c := &County{door: door, options: o, survey: r, excess: r.excess(o.MaxRejectRatio)}
	c.schools, c.bySchool = r.district.Schools, r.studentsBySchool()
	c.of(slices.Collect(maps.Values(r.homes)))
	// Of the calendar's rows only their days are asked for from here on.
	for i := range r.days {
		r.days[i].lines = nil
	}
	r.tables, r.codes.uses, r.homes = nil, nil, nil
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
	r.had[at].contacts += int32(len(s.Contacts))
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

// only reads some students, by place, with what the survey knows of schools, calendars
// and codes. Their bad rows were counted there.
func (c *County) only(ctx context.Context, students []int32) (_ *Bundle, err error) {
	ids := make([]string, len(students))
	for i, at := range students {
		ids[i] = c.survey.students[at].ID
	}
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
	b := &Bundle{district: r.district, names: door.Name, students: r.students}
	return b, c.changed(b, students)
}

// few is how many rows may go between a survey and a school's turn, whatever their share.
const few = 5

// changed is an error where much of what the survey saw of some students is gone: somebody
// fills the source meanwhile, or the students are not found by their IDs.
func (c *County) changed(b *Bundle, places []int32) error {
	var was, is tally
	there := int32(0)
	for _, i := range places {
		was.marks += c.survey.had[i].marks
		was.contacts += c.survey.had[i].contacts
		if s, ok := b.Student(c.survey.students[i].ID); ok {
			there++
			is.marks += int32(len(s.Marks))
			is.contacts += int32(len(s.Contacts))
		}
	}
	for _, seen := range []struct {
		file    district.File
		was, is int32
	}{{district.Students, int32(len(places)), there}, {district.Attendance, was.marks, is.marks}, {district.Contacts, was.contacts, is.contacts}} {
		lost := seen.was - seen.is
		if lost > few && float64(lost) > c.options.MaxRejectRatio*float64(seen.was) || lost > 1 && seen.is == 0 {
			return fmt.Errorf("%s: of %d rows that were there when it was first read, %d are left: the source is being filled; run the night again when it is. Where it is so each time, the IDs have blanks about them: trim() them in the view",
				c.Name(seen.file), seen.was, seen.is)
		}
	}
	return nil
}

// School is one school with every student enrolled there this year, by ID, and their
// kin. Schools may be asked for side by side.
func (c *County) School(ctx context.Context, id string) (*district.Snapshot, error) {
	at, ok := c.school(id)
	if !ok {
		return nil, fmt.Errorf("no school %q in %s", id, c.Name(district.Schools))
	}
	here, kin := c.bySchool[at], c.kin(at)
	b, err := c.only(ctx, slices.Concat(here, kin))
	if err != nil {
		return nil, fmt.Errorf("school %s: %w", id, err)
	}
	return &district.Snapshot{District: c.District(), School: c.schools[at], Students: c.found(b, here), Kin: c.found(b, kin)}, nil
}

// found are the students who have not left the export since the survey.
func (c *County) found(b *Bundle, places []int32) []district.Student {
	students := make([]district.Student, 0, len(places))
	for _, i := range places {
		if s, ok := b.Student(c.survey.students[i].ID); ok {
			students = append(students, *s)
		}
	}
	return students
}

// Tied are groups of schools, by ID, that have a student or a household in common; also
// are further schools, by student ID, where a student is on record.
func (c *County) Tied(also map[string][]string) [][]string { return c.tied(c.survey.students, also) }

// Find is a student by ID, nil where there is none.
func (c *County) Find(ctx context.Context, id string) (*district.Student, error) {
	place, known := slices.BinarySearchFunc(c.survey.students, id, func(s district.Student, id string) int { return strings.Compare(s.ID, id) })
	if !known {
		return nil, nil
	}
	// With the family: a student's brothers and sisters are the student's own facts.
	b, err := c.only(ctx, c.with(int32(place)))
	if err != nil {
		return nil, err
	}
	s, _ := b.Student(id)
	return s, nil
}
