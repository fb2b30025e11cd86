package district_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"rollcall/internal/district"
)

// TestCalendarCountsAsItsListOfDaysDoes asks every question of every day in and
// around random calendars, those of no day and of one included.
func TestCalendarCountsAsItsListOfDaysDoes(t *testing.T) {
	first := district.NewDate(2025, 8, 11)
	rapid.Check(t, func(t *rapid.T) {
		offsets := rapid.SliceOfN(rapid.IntRange(0, 60), 0, 30).Draw(t, "days")
		days := make([]district.Date, len(offsets))
		for i, n := range offsets {
			days[i] = first + district.Date(n)
		}
		c, err := district.NewCalendar(days)
		if err != nil {
			t.Fatal(err)
		}
		taught := slices.DeleteFunc(slices.Clone(days), district.Date.IsWeekend)
		slices.Sort(taught)
		taught = slices.Compact(taught)
		for d := first - 3; d <= first+63; d++ {
			var through int
			for _, day := range taught {
				if day <= d {
					through++
				}
			}
			is := slices.Contains(taught, d)
			nth, instructional := c.Nth(d)
			if c.Through(d) != through || nth != through || instructional != is || c.IsInstructional(d) != is {
				t.Fatalf("%s of %v: through %d, nth %d %v, instructional %v; want %d, %v",
					d, taught, c.Through(d), nth, instructional, c.IsInstructional(d), through, is)
			}
		}
	})
}
