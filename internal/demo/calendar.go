package demo

import (
	"time"

	"rollcall/internal/district"
)

// The first and the last day of school.
var (
	firstDay = district.NewDate(2025, time.August, 11)
	lastDay  = district.NewDate(2026, time.May, 29)
)

// closed are the weekdays without school, each range with both ends.
var closed = [][2]district.Date{
	{district.NewDate(2025, time.September, 1), district.NewDate(2025, time.September, 1)}, // Labor Day
	{district.NewDate(2025, time.October, 13), district.NewDate(2025, time.October, 13)},   // staff day
	{district.NewDate(2025, time.November, 11), district.NewDate(2025, time.November, 11)}, // Veterans Day
	{district.NewDate(2025, time.November, 24), district.NewDate(2025, time.November, 28)}, // Thanksgiving week
	{district.NewDate(2025, time.December, 22), district.NewDate(2026, time.January, 5)},   // winter break and a staff day
	{district.NewDate(2026, time.January, 19), district.NewDate(2026, time.January, 19)},   // Martin Luther King Day
	{district.NewDate(2026, time.February, 13), district.NewDate(2026, time.February, 13)}, // Lincoln Day
	{district.NewDate(2026, time.February, 16), district.NewDate(2026, time.February, 16)}, // Washington Day
	{district.NewDate(2026, time.March, 6), district.NewDate(2026, time.March, 6)},         // staff day
	{district.NewDate(2026, time.March, 30), district.NewDate(2026, time.April, 6)},        // spring break
	{district.NewDate(2026, time.May, 25), district.NewDate(2026, time.May, 25)},           // Memorial Day
}

// waterMain is the one day that one school alone stayed closed: calendars of
// one district do differ.
var waterMain = district.NewDate(2025, time.September, 18)

// schoolDay is one instructional day of the district. Pull is how strongly
// children stay home on it, 1 on the average.
type schoolDay struct {
	district.Date
	text string
	pull float64
	// gapBefore and gapAfter count the days without school next to it.
	gapBefore, gapAfter int
}

// byMonth and byWeekday are the usual shape of a year: a healthy August, colds
// in December and February, thin Mondays and Fridays.
var (
	byMonth = map[time.Month]float64{
		time.August: .74, time.September: .86, time.October: .93, time.November: 1.04, time.December: 1.30,
		time.January: 1.12, time.February: 1.26, time.March: 1.02, time.April: .98, time.May: 1.10,
	}
	byWeekday = [...]float64{time.Monday: 1.16, time.Tuesday: .92, time.Wednesday: .90, time.Thursday: .94, time.Friday: 1.18}
)

// yearDays lists the instructional days of the district.
func yearDays() []schoolDay {
	var days []schoolDay
	for d := firstDay; d <= lastDay; d++ {
		if !d.IsWeekend() && !isClosed(d) {
			days = append(days, schoolDay{Date: d, text: d.String()})
		}
	}
	sum := 0.0
	for i := range days {
		d := &days[i]
		if i > 0 {
			d.gapBefore = int(d.Date-days[i-1].Date) - 1
		}
		if i < len(days)-1 {
			d.gapAfter = int(days[i+1].Date-d.Date) - 1
		}
		d.pull = byMonth[d.Time().Month()] * byWeekday[d.Weekday()]
		if d.gapAfter >= 3 {
			d.pull *= 1.45
		}
		if d.gapBefore >= 3 {
			d.pull *= 1.30
		}
		sum += d.pull
	}
	for i := range days {
		days[i].pull *= float64(len(days)) / sum
	}
	return days
}

func isClosed(d district.Date) bool {
	for _, r := range closed {
		if r[0] <= d && d <= r[1] {
			return true
		}
	}
	return false
}

// writeCalendars writes every weekday of every school.
func (t *town) writeCalendars(b *bundle) {
	for _, s := range t.schools {
		for d := firstDay; d <= lastDay; d++ {
			if d.IsWeekend() {
				continue
			}
			b.calendar.row(s.ID, d.String(), yesNo(!isClosed(d) && d != s.closedOn))
		}
	}
}

func yesNo(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
