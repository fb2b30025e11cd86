package demo

import (
	"fmt"

	"rollcall/internal/district"
)

// Options are the size of the district and the seed that decides everything
// else. Zero values mean 7,400 students, 10 schools, seed 1.
type Options struct {
	Students, Schools int
	Seed              uint64
}

// The sizes the IDs have room for.
const (
	maxStudents = 1_000_000
	maxSchools  = 1_500
)

// Summary counts what Write wrote.
type Summary struct {
	Students, Schools, Families int
	// Rows are the data rows of each file, headers not counted.
	Rows map[district.File]int
	// Flawed are the rows that are wrong on purpose; each belongs in the rejects.
	Flawed int
	// FirstDay and LastDay are the first and last day of school.
	FirstDay, LastDay district.Date
}

// Write makes the bundle's fourteen CSV files in dir, which is created 0700
// where it is missing; the files are 0600, each whole or not there, and replace
// what an earlier run left.
func Write(dir string, o Options) (Summary, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Summary{}, err
	}
	t := newTown(o)
	roll := t.callRoll(o.Students)
	b, err := create(dir)
	if err != nil {
		return Summary{}, err
	}
	defer b.discard()
	t.writeSchools(b)
	t.writeStudents(b, roll)
	rows, err := b.commit()
	if err != nil {
		return Summary{}, err
	}
	return Summary{
		Students: len(roll.children), Schools: len(t.schools), Families: roll.families,
		Rows: rows, Flawed: b.flawed, FirstDay: firstDay, LastDay: lastDay,
	}, nil
}

func (o Options) withDefaults() (Options, error) {
	if o.Students == 0 {
		o.Students = 7400
	}
	if o.Schools == 0 {
		o.Schools = 10
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.Students < 0 || o.Students > maxStudents {
		return o, fmt.Errorf("%d students: choose 1 to %d", o.Students, maxStudents)
	}
	if o.Schools < 0 || o.Schools > maxSchools {
		return o, fmt.Errorf("%d schools: choose 1 to %d", o.Schools, maxSchools)
	}
	return o, nil
}
