package intervention

import (
	"rollcall/internal/attendance"
	"rollcall/internal/district"
)

// Since is a student's attendance after a completed meeting, through the
// standing's as-of date. The zero value is for students who had none.
type Since struct {
	Meeting  district.Date // its day, which itself does not count
	Days     int           // days enrolled in the district after it
	Events   int           // truancy events after it
	Absences int           // full-day absences after it
}

// Rate is Absences/Days, 0 where Days is 0.
func (s Since) Rate() float64 {
	if s.Days == 0 {
		return 0
	}
	return float64(s.Absences) / float64(s.Days)
}

// SinceMeeting counts what came after a meeting: student gives the enrollments,
// d the calendars, standing the evidence. (rules.md 4)
func SinceMeeting(standing *attendance.Standing, student *district.Student, d *district.District, meeting district.Date) Since {
	since := Since{Meeting: meeting, Days: enrolledAfter(student, d, meeting, standing.AsOf)}
	for _, day := range standing.Absences {
		if day.Date > meeting {
			since.Absences++
		}
	}
	for _, day := range standing.Truancies {
		if day.Date > meeting {
			since.Events++
		}
	}
	return since
}

// enrolledAfter counts the student's enrolled days after one date and through
// another; a day that two schools claim counts once.
func enrolledAfter(s *district.Student, d *district.District, after, through district.Date) int {
	first, last := max(after+1, d.Year.First()), min(through, d.Year.Last())
	n := 0
	counted := map[district.Date]bool{}
	for _, e := range s.Enrollments {
		from, to := max(first, e.EntryDate), last
		if !e.ExitDate.IsZero() {
			to = min(to, e.ExitDate)
		}
		for _, day := range d.Calendars[e.SchoolID].Days(from, to) {
			if !counted[day] {
				counted[day] = true
				n++
			}
		}
	}
	return n
}
