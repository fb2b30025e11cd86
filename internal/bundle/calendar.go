package bundle

import (
	"context"
	"fmt"

	"rollcall/internal/district"
)

// schoolDays is one school's calendar file: the kinds of the days of the
// school year at hand, and which school years it covers at all.
type schoolDays struct {
	lines map[district.Date]int // every date with a row
	years map[district.SchoolYear]bool
	kinds [366]dayKind // from 1 July
}

type dayKind uint8

const (
	unlisted dayKind = iota
	notTaught
	taught
)

func (r *reader) readCalendar(ctx context.Context, t *table) error {
	school, date, instructional := t.col("school_id"), t.col("date"), t.col("instructional")
	r.days = make([]schoolDays, len(r.district.Schools))
	for i := range r.days {
		r.days[i] = schoolDays{lines: map[district.Date]int{}, years: map[district.SchoolYear]bool{}}
	}
	first, last := r.district.Year.First(), r.district.Year.Last()
	taughtDays := make([][]district.Date, len(r.district.Schools))
	schools := newLookup(&r.schoolIDs)
	for t.next(ctx) {
		at := schools.find(t, school)
		if at < 0 {
			t.reject(school, r.unknownSchool())
			continue
		}
		day, ok := t.day(date)
		if !ok {
			t.reject(date, t.notADate())
			continue
		}
		is, ok := truth(t.raw(instructional))
		if !ok {
			t.reject(instructional, notATruth)
			continue
		}
		days := &r.days[at]
		if line, again := days.lines[day]; again {
			t.reject(date, duplicate("school and date", line))
			continue
		}
		days.lines[day] = t.line()
		if day < first || last < day {
			days.years[district.YearOf(day)] = true
			continue
		}
		days.years[r.district.Year] = true
		days.kinds[day-first] = notTaught
		if is {
			days.kinds[day-first] = taught
			taughtDays[at] = append(taughtDays[at], day)
		}
	}
	r.district.Calendars = make(map[string]*district.Calendar, len(r.district.Schools))
	for i, s := range r.district.Schools {
		c, err := district.NewCalendar(taughtDays[i])
		if err != nil {
			return fmt.Errorf("%s: school %s: %w", t.name, s.ID, err)
		}
		r.district.Calendars[s.ID] = c
	}
	return nil
}
