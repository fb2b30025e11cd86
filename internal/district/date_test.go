package district

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDateAgreesWithTimePackage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unix := rapid.Int64Range(-62135596800, 253402300799).Draw(t, "unix")
		want := time.Unix(unix, 0).UTC()
		d, err := ParseDate(want.Format(time.DateOnly))
		if err != nil {
			t.Fatal(err)
		}
		if got := d.String(); got != want.Format(time.DateOnly) {
			t.Fatalf("parsed and written again: %s, want %s", got, want.Format(time.DateOnly))
		}
		if d.Weekday() != want.Weekday() {
			t.Fatalf("%s: weekday %s, want %s", d, d.Weekday(), want.Weekday())
		}
		if got := DateIn(want, time.UTC); got != d {
			t.Fatalf("DateIn %s, want %s", got, d)
		}
	})
}

func TestParseDateRefusesWhatIsNoDay(t *testing.T) {
	for _, s := range []string{"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "10/15/2026", "2026-1-05", "0000-01-01", "2026-10-15 "} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q was read as %s", s, d)
		}
	}
}

func TestSchoolYearRunsFromJulyToJune(t *testing.T) {
	for _, c := range []struct{ day, year string }{
		{"2026-06-30", "2025-26"}, {"2026-07-01", "2026-27"}, {"2027-01-15", "2026-27"}, {"1999-08-01", "1999-00"},
	} {
		d, err := ParseDate(c.day)
		if err != nil {
			t.Fatal(err)
		}
		year := YearOf(d)
		if year.String() != c.year || !year.Contains(d) {
			t.Errorf("%s: school year %s, want %s", c.day, year, c.year)
		}
	}
}

func TestDateScansWhatDriversGive(t *testing.T) {
	want := NewDate(2026, time.October, 15)
	for _, v := range []any{"2026-10-15", []byte("2026-10-15"), time.Date(2026, 10, 15, 0, 0, 0, 0, time.UTC)} {
		var got Date
		if err := got.Scan(v); err != nil || got != want {
			t.Errorf("Scan(%T) = %s, %v", v, got, err)
		}
	}
	var none Date = 7
	if err := none.Scan(nil); err != nil || none != 0 {
		t.Errorf("Scan(nil) = %s, %v", none, err)
	}
}
