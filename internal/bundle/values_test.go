package bundle

import (
	"testing"

	"pgregory.net/rapid"

	"rollcall/internal/district"
)

func TestRememberedMonthsReadDatesAsDistrictDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var known months
		digits := rapid.StringMatching(`[0-9]{4}-[0-9]{2}-[0-9]{2}`)
		valid := rapid.Map(rapid.IntRange(0, 800), func(n int) string { return (district.NewDate(2024, 1, 1) + district.Date(n)).String() })
		slips := rapid.SampledFrom([]string{"2025-02-30", "2025-02-00", "2025-02-1x", "2025-02-+1", "2025-13-01", "2025-00-01", "2025-0211", "2025-02-011", ""})
		for range rapid.IntRange(1, 40).Draw(t, "dates") {
			s := rapid.OneOf(valid, valid, digits, slips).Draw(t, "date")
			want, err := district.ParseDate(s)
			if got, ok := known.parse(s); got != want || ok != (err == nil) {
				t.Fatalf("%q is %v, %v, not %v, %v", s, got, ok, want, err)
			}
		}
	})
}
