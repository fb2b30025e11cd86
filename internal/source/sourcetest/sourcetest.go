// Package sourcetest holds the doors to the student information systems equal: one
// fictitious district, which each door is shown in the shapes of its own system, and
// what must come out of it.
package sourcetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
	"rollcall/internal/source/csvdir"
)

// AsOf is a Wednesday of the district's school year.
var AsOf = district.NewDate(2025, time.October, 15)

//go:embed district/*.csv
var files embed.FS

// Record is a row by the names of its columns.
type Record map[string]string

// Table is one table of the district, as the bundle has it, for a test to write in the
// shape of another system.
func Table(t testing.TB, file district.File) []Record {
	t.Helper()
	f, err := files.Open("district/" + string(file) + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	records := make([]Record, len(rows)-1)
	for i, row := range rows[1:] {
		records[i] = Record{}
		for j, name := range rows[0] {
			records[i][name] = row[j]
		}
	}
	return records
}

// Reach is how much of the district a system can say.
type Reach struct {
	Without []district.File // tables it has not got
	// Change makes of a row what is left of it; nil for all of it.
	Change func(district.File, Record)
}

// Folder is the district as a folder of CSV files, as far as a system reaches.
func Folder(t testing.TB, reach Reach) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range bundle.Files {
		if slices.Contains(reach.Without, file) {
			continue
		}
		all, _ := bundle.Columns(file)
		rows := [][]string{all}
		for _, r := range Table(t, file) {
			if reach.Change != nil {
				reach.Change(file, r)
			}
			row := make([]string, len(all))
			for i, name := range all {
				row[i] = r[name]
			}
			rows = append(rows, row)
		}
		var text bytes.Buffer
		if err := csv.NewWriter(&text).WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, string(file)+".csv"), text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Open reads what is behind a door, and fails the test where a row is rejected.
func Open(t testing.TB, door bundle.Door, m bundle.Mapping) *bundle.Bundle {
	t.Helper()
	b, err := bundle.Open(context.Background(), door, bundle.Options{AsOf: AsOf, Need: bundle.Everything, Mapping: m})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range b.District().Rejects {
		t.Errorf("%s: line %d, column %s, %q: %s", r.File, r.Line, r.Column, r.Value, r.Reason)
	}
	return b
}

// Read is a district that was read, at once or a school at a time.
type Read interface {
	District() *district.District
	School(ctx context.Context, id string) (*district.Snapshot, error)
	Tied(also map[string][]string) [][]string
}

// Check compares what came through a door with the district: what is no student's own,
// and each school's Snapshot, by digest. Where one differs it says how.
func Check(t testing.TB, got Read, reach Reach) {
	t.Helper()
	folder, err := csvdir.Open(Folder(t, reach), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	want := Open(t, folder, nil)
	same(t, "district", facts(want.District()), facts(got.District()))
	for _, school := range want.District().Schools {
		a, b := snapshot(t, want, school.ID), snapshot(t, got, school.ID)
		same(t, "school "+school.ID, unplaced(a.Students), unplaced(b.Students))
		same(t, "kin of school "+school.ID, kin(a), kin(b))
	}
	same(t, "schools that are tied", want.Tied(nil), got.Tied(nil))
}

// same compares digests first, so that what is compared is all of it.
func same(t testing.TB, what string, want, got any) {
	t.Helper()
	a, b := Digest(t, want), Digest(t, got)
	if a == b {
		t.Logf("%s: %.12s", what, a)
		return
	}
	t.Errorf("%s: digest %.12s, not %.12s\n%s", what, b, a,
		cmp.Diff(want, got, cmpopts.IgnoreFields(district.Mark{}, "Line"), cmpopts.EquateEmpty()))
}

// Digest tells two values apart by what they say.
func Digest(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))
}

// knowledge is a District as far as it does not depend on how its rows were numbered.
type knowledge struct {
	AsOf     district.Date
	Schools  []district.School
	Staff    []district.Staff
	Taught   map[string][]district.Date
	Codes    map[string]*district.Code
	Provided map[district.File]bool
}

func facts(d *district.District) knowledge {
	k := knowledge{AsOf: d.AsOf, Schools: d.Schools, Staff: slices.Clone(d.Staff), Taught: map[string][]district.Date{}, Codes: d.Codes, Provided: d.Provided}
	for id, calendar := range d.Calendars {
		k.Taught[id] = calendar.All()
	}
	slices.SortFunc(k.Staff, func(a, b district.Staff) int {
		return slices.Compare([]string{a.SchoolID, a.Email}, []string{b.SchoolID, b.Email})
	})
	return k
}

func snapshot(t testing.TB, b Read, school string) *district.Snapshot {
	t.Helper()
	s, err := b.School(context.Background(), school)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// kin are whom a family at a school has elsewhere; who their own kin are is not asked.
func kin(s *district.Snapshot) []district.Student {
	students := unplaced(s.Kin)
	for i := range students {
		students[i].Siblings = nil
	}
	return students
}

// unplaced are students without the places of their rows in a file.
func unplaced(students []district.Student) []district.Student {
	students = slices.Clone(students)
	for i := range students {
		students[i].Marks = slices.Clone(students[i].Marks)
		for j := range students[i].Marks {
			students[i].Marks[j].Line = 0
		}
	}
	return students
}
