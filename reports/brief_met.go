package reports

import (
	"cmp"
	"fmt"
	"slices"

	"rollcall/internal/intervention"
)

// enoughAfter is how many school days after a meeting attendance can be compared
// with that of before.
const enoughAfter = 10

// met is a student of whose case the meeting is behind the family, with the full-day
// absences and the days enrolled before it and since.
type met struct {
	caseRow
	absentBefore, daysBefore, absentAfter, daysAfter int
}

// change is by how much the absence rate has risen since the meeting.
func (m met) change() float64 {
	return float64(m.absentAfter)/float64(m.daysAfter) - float64(m.absentBefore)/float64(m.daysBefore)
}

// metEarlier are the school's students whose meeting is long enough ago, those first
// who are absent more than before.
func metEarlier(s *SchoolNight) []met {
	var all []met
	for _, c := range caseRows(s, func(c *intervention.Case) bool { return c.SchoolID == s.School.ID && stands(c) }) {
		since, ok := c.file.Since[c.ID]
		st := &c.file.Standing
		m := met{c, st.DaysAbsent - since.Absences, st.DaysEnrolled - since.Days, since.Absences, since.Days}
		if ok && m.daysAfter >= enoughAfter && m.daysBefore > 0 && m.absentBefore >= 0 {
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b met) int { return cmp.Compare(b.change(), a.change()) })
	return all
}

// beforeAndAfter shows whether the meetings helped.
func (f *flow) beforeAndAfter(s *SchoolNight) {
	all := metEarlier(s)
	const title = "Students met earlier: before and after"
	if len(all) == 0 {
		f.heading(2, title)
		f.text(fmt.Sprintf("Nobody yet whose meeting was %d school days ago or more.", enoughAfter))
		return
	}
	less := 0
	chart := stacks{Title: "Absence rate of those who were met", Inks: tierInks[2:3], Unit: "%", Wide: 30}
	for _, kind := range []intervention.Kind{intervention.SART, intervention.CART} {
		var n, absentBefore, daysBefore, absentAfter, daysAfter int
		for _, m := range all {
			if m.Kind != kind {
				continue
			}
			n++
			absentBefore, daysBefore = absentBefore+m.absentBefore, daysBefore+m.daysBefore
			absentAfter, daysAfter = absentAfter+m.absentAfter, daysAfter+m.daysAfter
		}
		if n == 0 {
			continue
		}
		chart.Rows = append(chart.Rows,
			stack{Label: string(kind) + ", before", Parts: []float64{tenth(absentBefore, daysBefore)}, Note: share(absentBefore, daysBefore) + " of " + count(daysBefore, "day", "days")},
			stack{Label: string(kind) + ", since", Parts: []float64{tenth(absentAfter, daysAfter)}, Note: share(absentAfter, daysAfter) + " of " + count(daysAfter, "day", "days")})
	}
	var rows [][]cell
	for _, m := range all {
		if m.change() < 0 {
			less++
		}
		if len(rows) < discussed {
			rows = append(rows, texts(string(m.Kind), listName(&m.file.Student), m.StudentID, m.file.grade(), shortDay(m.MetOn()),
				share(m.absentBefore, m.daysBefore), share(m.absentAfter, m.daysAfter), fmt.Sprintf("%d of %d days", m.absentAfter, m.daysAfter)))
		}
	}
	f.keep(func() {
		f.heading(2, title)
		f.text(fmt.Sprintf("%s met %d school days ago or more; %d of them absent less than before. Those who are absent more come first.",
			count(len(all), "student was", "students were"), enoughAfter, less), setting{after: 1.2})
		f.stacks(chart)
	})
	f.asWideAsWords(8, rows, "Kind", "Student", "ID", "Grade", "Met on", "Before", "Since", "Absent since")
	f.more(len(all) - len(rows))
}
