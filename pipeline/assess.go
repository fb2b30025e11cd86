package pipeline

import (
	"context"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// Assessed is every student of a school with their standing, and whether the
// school's data can be believed tonight.
type Assessed struct {
	Extracted
	Entries []intervention.Entry // by student ID
	// Enrolled counts the students assessed here.
	Enrolled int
	// Held says why nothing may be issued tonight, empty where it may; Mend says
	// how the school goes on then.
	Held, Mend string
	// Stale is the last day whose attendance arrived, zero where all of it did.
	Stale district.Date
	// Gaps are earlier school days for which no attendance row of the school is in
	// the export although later ones have some, ascending.
	Gaps []district.Date
}

// assess adds up each student's days.
func assess(_ context.Context, x Extracted) (Assessed, error) {
	a := Assessed{Extracted: x}
	cases := map[string][]intervention.Case{}
	for _, c := range x.History.Cases {
		cases[c.StudentID] = append(cases[c.StudentID], c)
	}
	for i := range x.Snapshot.Students {
		s := &x.Snapshot.Students[i]
		e := intervention.Entry{Student: s, Cases: cases[s.ID]}
		e.Enrollment, _ = s.EnrollmentOn(x.Run.AsOf)
		if standing, ok := attendance.Assess(s, x.District, x.Policy.Rules); ok {
			e.Standing = standing
		}
		if e.Enrollment.SchoolID == x.Snapshot.School.ID {
			a.Enrolled++
		}
		a.Entries = append(a.Entries, e)
	}
	a.gate()
	return a, nil
}
