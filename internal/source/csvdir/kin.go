package csvdir

import "rollcall/internal/district"

// Kin are the students who share a household with one of a school and are not
// enrolled there themselves this year, by ID.
func (b *Bundle) Kin(schoolID string) []district.Student {
	b.households.Do(b.indexHouseholds)
	here := map[int32]bool{}
	for at, s := range b.district.Schools {
		if s.ID == schoolID {
			for _, i := range b.bySchool[at] {
				here[i] = true
			}
		}
	}
	var kin []district.Student
	for i := range b.students {
		if here[int32(i)] {
			continue
		}
		for _, key := range b.keys[i] {
			if b.anyOf(b.byHousehold[key], here) {
				kin = append(kin, b.students[i])
				break
			}
		}
	}
	return kin
}

func (b *Bundle) anyOf(students []int32, here map[int32]bool) bool {
	for _, i := range students {
		if here[i] {
			return true
		}
	}
	return false
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
