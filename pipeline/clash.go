package pipeline

import (
	"cmp"
	"fmt"
	"slices"

	"rollcall/internal/intervention"
	"rollcall/reports"
)

// clashSubject is the subject of exceptions about a family that is asked to be at
// two schools at once.
const clashSubject = "two meetings"

// place is a meeting to come and the households that are to be there.
type place struct {
	intervention.Meeting
	families []string
}

// places are a school's meetings after the night.
func places(s *reports.SchoolNight) []place {
	var all []place
	for _, m := range s.Meetings {
		if f := s.File(m.StudentID); f != nil && m.Date > s.Night.AsOf {
			all = append(all, place{m, families(&f.Student)})
		}
	}
	return all
}

// clashes finds the families who are asked to be at two schools at once. Within a
// school no slot is given twice to a family; of the other schools a school's night
// knows nothing, so the district office is asked.
func clashes(all []place) []intervention.Exception {
	slices.SortStableFunc(all, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Start, b.Start), cmp.Compare(a.SchoolID, b.SchoolID), cmp.Compare(a.CaseID, b.CaseID))
	})
	var found []intervention.Exception
	seen := map[string][]*place{} // by household, the places before
	for i := range all {
		p := &all[i]
		told := map[string]bool{} // the cases that p was held against already
		for _, key := range p.families {
			for _, o := range seen[key] {
				if o.Date != p.Date || o.SchoolID == p.SchoolID || p.Start >= o.End || told[o.CaseID] {
					continue
				}
				told[o.CaseID] = true
				found = append(found, intervention.Exception{
					StudentID: p.StudentID, SchoolID: p.SchoolID, Subject: clashSubject,
					Problem: fmt.Sprintf("the family is to be at the %s meeting here on %s at %s, and at the same time at the %s meeting of student %s at school %s, at %s: ask them which of the two is to move, and record it: %s, or %s",
						p.Kind, dayWords(p.Date), p.Start, o.Kind, o.StudentID, o.SchoolID, o.Start, intervention.RecordCommand(intervention.Postponed, p.CaseID), intervention.RecordCommand(intervention.Postponed, o.CaseID)),
				})
			}
			seen[key] = append(seen[key], p)
		}
	}
	return found
}
