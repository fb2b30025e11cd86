package pipeline

import (
	"context"
	"fmt"
	"slices"

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
	// Held says why nothing may be issued tonight, empty where it may.
	Held string
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
	a.Held = a.doubt()
	return a, nil
}

// doubt looks for a day that did not arrive, or that cannot be true: the school
// is held, because the absence of data is not presence. (data.md, last point)
func (a *Assessed) doubt() string {
	school := a.Snapshot.School.ID
	cal := a.District.Calendars[school]
	if len(cal.All()) == 0 {
		return fmt.Sprintf("the export's calendar has no instructional day in %s: no day can be counted", a.District.Year)
	}
	latest := cal.OnOrBefore(a.Run.AsOf)
	if latest.IsZero() {
		return "" // before the first day of school
	}
	const before = 20
	days := cal.Days(a.District.Year.First(), latest)
	rows := make(map[district.Date]int, len(days))
	for i := range a.Snapshot.Students {
		for _, m := range a.Snapshot.Students[i].Marks {
			if m.SchoolID == school {
				rows[m.Date]++
			}
		}
	}
	earlier := days[max(0, len(days)-1-before) : len(days)-1]
	if rows[latest] == 0 && len(earlier) == before {
		counts := make([]int, len(earlier))
		for i, d := range earlier {
			counts[i] = rows[d]
		}
		slices.Sort(counts)
		// The lower of the two middle ones plus the upper, halved: the median.
		if median := float64(counts[before/2-1]+counts[before/2]) / 2; median >= float64(a.Settings.Safety.QuietDayMedian) {
			return fmt.Sprintf("no attendance rows for %s, although %g a day are usual: the day was not submitted", latest, median)
		}
	}
	absent := 0
	for i := range a.Entries {
		e := &a.Entries[i]
		if e.Enrollment.SchoolID != school {
			continue
		}
		if days := e.Standing.Absences; len(days) > 0 && slices.ContainsFunc(days, func(d attendance.Day) bool { return d.Date == latest }) {
			absent++
		}
	}
	if a.Enrolled > 0 && float64(100*absent) > a.Settings.Safety.AbsentShare*float64(a.Enrolled) {
		return fmt.Sprintf("%d of %d students absent on %s: more than %g %% on one day is not believed without a look", absent, a.Enrolled, latest, a.Settings.Safety.AbsentShare)
	}
	return ""
}
