package attendance

import "rollcall/internal/district"

// Assess adds up one student's year as of a date. ok is false where no
// enrollment is open on that date (entered, not exited): such a student is not
// assessed. Schools gives periods per day, calendars the instructional days.
// (rules.md 1-3)
func Assess(s *district.Student, d *district.District, rules Rules) (standing Standing, ok bool) {
	return Standing{}, false
}
