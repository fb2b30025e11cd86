package bundle

import (
	"maps"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// families are who lives with whom, and who is at which school.
type families struct {
	schools  []district.School // by ID
	bySchool [][]int32         // students by the school's place
	homes    [][]int32         // the students of each household that has several
	homesOf  map[int32][]int32 // places in homes, by student
}

// of gathers the students of each household; where it has only one it is left out.
func (f *families) of(homes [][]int32) {
	f.homes = slices.DeleteFunc(homes, func(students []int32) bool { return len(students) < 2 })
	f.homesOf = map[int32][]int32{}
	for home, students := range f.homes {
		for _, i := range students {
			f.homesOf[i] = append(f.homesOf[i], int32(home))
		}
	}
}

// school is the place of a school by ID.
func (f *families) school(id string) (int, bool) {
	return slices.BinarySearchFunc(f.schools, id, func(s district.School, id string) int { return strings.Compare(s.ID, id) })
}

// with are a student and whoever shares a household, by place.
func (f *families) with(student int32) []int32 {
	all := []int32{student}
	for _, home := range f.homesOf[student] {
		all = append(all, f.homes[home]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// kin are those who share a household with one of a school's, and are not there
// themselves.
func (f *families) kin(school int) []int32 {
	here, elsewhere := map[int32]bool{}, map[int32]bool{}
	for _, i := range f.bySchool[school] {
		here[i] = true
	}
	for _, i := range f.bySchool[school] {
		for _, home := range f.homesOf[i] {
			for _, other := range f.homes[home] {
				if !here[other] {
					elsewhere[other] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(elsewhere))
}

// tied are groups of schools, each by ID, that have a student or a household in common;
// also are schools by student ID where a student is on record besides.
func (f *families) tied(students []district.Student, also map[string][]string) [][]string {
	at := make([][]string, len(students))
	for school, list := range f.bySchool {
		for _, i := range list {
			at[i] = append(at[i], f.schools[school].ID)
		}
	}
	left := maps.Clone(also)
	for i := range students {
		at[i] = append(at[i], also[students[i].ID]...)
		delete(left, students[i].ID)
	}
	groups := map[string][]string{}
	group := func(schools []string) {
		slices.Sort(schools)
		if schools = slices.Compact(schools); len(schools) > 1 {
			groups[strings.Join(schools, "\x00")] = schools
		}
	}
	for _, home := range f.homes {
		var schools []string
		for _, i := range home {
			schools = append(schools, at[i]...)
		}
		group(schools)
	}
	for i := range students {
		if len(f.homesOf[int32(i)]) == 0 {
			group(at[i])
		}
	}
	// Whoever has left the export has no household any more.
	for _, schools := range left {
		group(slices.Clone(schools))
	}
	return slices.SortedFunc(maps.Values(groups), slices.Compare)
}

// Tied are groups of schools, by ID, that have a student or a household in common; also
// are further schools, by student ID, where a student is on record.
func (b *Bundle) Tied(also map[string][]string) [][]string {
	return b.family().tied(b.students, also)
}

// family is who lives with whom, gathered when it is first asked for.
func (b *Bundle) family() *families {
	b.gather.Do(func() {
		homes := map[string][]int32{}
		for i := range b.students {
			for _, h := range b.students[i].Households() {
				if h.Key != "" {
					homes[h.Key] = append(homes[h.Key], int32(i))
				}
			}
		}
		b.families.of(slices.Collect(maps.Values(homes)))
	})
	return &b.families
}
