package bundle

import (
	"context"
	"maps"
	"slices"

	"rollcall/internal/district"
)

// Kin are the students who share a household with one of a school and are not
// enrolled there themselves this year, by ID.
func (b *Bundle) Kin(_ context.Context, schoolID string) ([]district.Student, error) {
	b.households.Do(b.indexHouseholds)
	at := slices.IndexFunc(b.district.Schools, func(s district.School) bool { return s.ID == schoolID })
	if at < 0 {
		return nil, nil
	}
	here, elsewhere := map[int32]bool{}, map[int32]bool{}
	for _, i := range b.bySchool[at] {
		here[i] = true
	}
	for i := range here {
		for _, key := range b.keys[i] {
			for _, other := range b.byHousehold[key] {
				if !here[other] {
					elsewhere[other] = true
				}
			}
		}
	}
	kin := make([]district.Student, 0, len(elsewhere))
	for _, i := range slices.Sorted(maps.Keys(elsewhere)) {
		kin = append(kin, b.students[i]) // students are by ID
	}
	return kin, nil
}

// indexHouseholds notes the households that have more than one student.
func (b *Bundle) indexHouseholds() {
	b.byHousehold, b.keys = map[string][]int32{}, make([][]string, len(b.students))
	for i := range b.students {
		for _, h := range b.students[i].Households() {
			if h.Key != "" {
				b.byHousehold[h.Key] = append(b.byHousehold[h.Key], int32(i))
			}
		}
	}
	for key, students := range b.byHousehold {
		if len(students) < 2 {
			delete(b.byHousehold, key)
			continue
		}
		for _, i := range students {
			b.keys[i] = append(b.keys[i], key)
		}
	}
}
