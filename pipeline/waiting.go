package pipeline

import (
	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// expect is the meeting day that each case without a place can expect, by case ID:
// the day it would have if nobody else came, on the school's meeting days after
// those that can be given tonight; zero where no day of the year is left for it. It
// is a forecast, and books nothing.
func (p *planner) expect(waiting []intervention.Want, kin map[string][]string) map[string]district.Date {
	if len(waiting) == 0 {
		return nil
	}
	here := p.Snapshot.School
	last := p.District.Year.Last()
	_, latest := p.horizon(here.ID)
	school := *p.District
	school.Schools = []district.School{here}
	var days []intervention.MeetingDay
	for _, day := range intervention.ExpandDays(p.Settings.Meetings, &school, latest+1, last, p.History.Days) {
		if latest < day.Date {
			days = append(days, day)
		}
	}
	for i := range waiting {
		waiting[i].Latest = last
	}
	forecast, _ := intervention.Schedule(days, nil, waiting, kin)
	expected := make(map[string]district.Date, len(waiting))
	for _, w := range waiting {
		expected[w.CaseID] = 0
	}
	for _, m := range forecast {
		expected[m.CaseID] = m.Date
	}
	return expected
}

// overdue is since when a case has been without a place, where that is longer than
// the horizon, else zero: it goes before those that need it more and came later, so
// that everybody's turn comes.
func (p *planner) overdue(c *intervention.Case) district.Date {
	since := c.WaitsSince()
	if since.IsZero() {
		return 0
	}
	limit := p.District.Calendars[p.Snapshot.School.ID].After(since, p.Settings.Meetings.Horizon)
	if limit.IsZero() || limit > p.Run.AsOf {
		return 0
	}
	return since
}
