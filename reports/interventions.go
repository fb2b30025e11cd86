package reports

import (
	"cmp"
	"fmt"
	"slices"

	"rollcall/internal/intervention"
)

// Interventions is sis-interventions.csv: a row for each event that a person
// recorded, for the clerk or the import tool that enters it into the student
// information system, ordered by day and id. The id is the event's for good, so that
// a row that comes twice can be told; action is add, or remove for an event that was
// given out and struck out since.
func Interventions(news []intervention.Recorded, codings intervention.Codings) ([]byte, error) {
	rows := [][]string{{"id", "action", "student_id", "school_id", "date", "time", "kind", "event", "tag", "code", "note", "recorded_by"}}
	news = slices.Clone(news)
	slices.SortStableFunc(news, func(a, b intervention.Recorded) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Case.ID, b.Case.ID), cmp.Compare(a.Seq, b.Seq))
	})
	for _, e := range news {
		coding, ok := codings.Of(e.Case.Kind, e.Kind)
		if !ok {
			continue
		}
		action := "add"
		if e.Gone {
			action = "remove"
		}
		rows = append(rows, []string{
			fmt.Sprintf("%s#%d", e.Case.ID, e.Seq), action, e.Case.StudentID, e.Case.SchoolID, e.On.String(), e.Facts.Time,
			string(e.Case.Kind), e.Kind.Command(), coding.Tag, coding.Code, e.Words(), e.Actor,
		})
	}
	out, err := csvBytes(rows)
	if err != nil {
		return nil, fmt.Errorf("interventions: %w", err)
	}
	return out, nil
}

// recorded are the events of the district's cases that were recorded from the start
// of the night before on and before that of this one, and those of before that were
// struck out meanwhile.
func (d *DistrictNight) recorded() []intervention.Recorded {
	var news []intervention.Recorded
	for i := range d.Cases {
		news = append(news, d.Cases[i].Case.News(intervention.RecordedBefore(d.From), intervention.RecordedBefore(d.Until))...)
	}
	return news
}

// NightInterventions is Interventions of what was recorded since the night before.
func NightInterventions(d *DistrictNight) ([]byte, error) {
	return Interventions(d.recorded(), d.Codings)
}
