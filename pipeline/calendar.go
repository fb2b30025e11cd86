package pipeline

import (
	"context"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// DayKeeper remembers the district's meeting days.
type DayKeeper interface {
	// MeetingDays are all of the year's, past ones included; booked are those
	// of them that a meeting stands on or stood on.
	MeetingDays(ctx context.Context, year district.SchoolYear) (days, booked []intervention.MeetingDay, err error)
	// SaveMeetingDays replaces the days on or after from that nobody is booked on
	// by what a run made of them.
	SaveMeetingDays(ctx context.Context, runID string, year district.SchoolYear, from district.Date, days []intervention.MeetingDay) error
}

// calendar lays out the district's meeting days from tomorrow to the horizon.
// It settles before any school's night what ties the schools together: the
// Attendance Specialist cannot be in two places.
func calendar(keeper DayKeeper) func(context.Context, Tonight) ([]intervention.MeetingDay, error) {
	return func(ctx context.Context, t Tonight) ([]intervention.MeetingDay, error) {
		_, booked, err := keeper.MeetingDays(ctx, t.District.Year)
		if err != nil {
			return nil, err
		}
		// Days nobody can be invited to any more must not use up the
		// specialist's first three.
		earliest, latest := t.window()
		days := intervention.ExpandDays(t.Settings.Meetings, t.District, earliest, latest, booked)
		return days, keeper.SaveMeetingDays(ctx, t.Run.ID, t.District.Year, t.Run.AsOf+1, days)
	}
}

// window is from the first day any school could invite to tonight to the last.
func (t Tonight) window() (earliest, latest district.Date) {
	for _, s := range t.District.Schools {
		from, to := t.horizon(s.ID)
		if from.IsZero() {
			continue
		}
		if earliest.IsZero() || from < earliest {
			earliest = from
		}
		latest = max(latest, to)
	}
	return earliest, latest
}

// horizon is from the first day a school could invite to tonight to the last.
func (t Tonight) horizon(schoolID string) (earliest, latest district.Date) {
	return intervention.Horizon(t.District.Calendars[schoolID], t.Issued(schoolID), t.Settings.Meetings.Lead, t.Settings.Meetings.Horizon)
}
