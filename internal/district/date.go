package district

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a civil day without a time zone: the count of days since
// 31 December of year 0, so that the zero value means "no date" and
// subtraction gives days. Text, JSON and SQL all use ISO 8601 (2026-10-15).
type Date int32

// unixEpoch is 1 January 1970 as a Date.
const unixEpoch = 719163

const secondsPerDay = 24 * 60 * 60

// NewDate returns the day of a year, month and day of month, normalised as
// time.Date does.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()/secondsPerDay + unixEpoch)
}

// DateIn returns the civil day that the instant t falls on in loc.
func DateIn(t time.Time, loc *time.Location) Date {
	year, month, day := t.In(loc).Date()
	return NewDate(year, month, day)
}

// ParseDate reads an ISO 8601 day. It accepts no other form: 10/15/2026 in an
// export means a setting is wrong, and guessing it would shift absences.
func ParseDate(s string) (Date, error) {
	if d, ok := parseISO(s); ok {
		return d, nil
	}
	return 0, fmt.Errorf("%q is not a date like 2026-10-15", s)
}

func parseISO(s string) (Date, bool) {
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	// Straight-line, for a year's attendance holds a million dates.
	y1, y2, y3, y4 := s[0]-'0', s[1]-'0', s[2]-'0', s[3]-'0'
	m1, m2, d1, d2 := s[5]-'0', s[6]-'0', s[8]-'0', s[9]-'0'
	if max(y1, y2, y3, y4, m1, m2, d1, d2) > 9 {
		return 0, false
	}
	year := int(y1)*1000 + int(y2)*100 + int(y3)*10 + int(y4)
	month := int(m1)*10 + int(m2)
	day := int(d1)*10 + int(d2)
	if year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	return civil(year, month, day), true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// civil counts days with the year beginning in March, so that the leap day
// falls at its end.
func civil(year, month, day int) Date {
	if month <= 2 {
		year--
		month += 12
	}
	return Date(365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 307 + 1)
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == 0 }

// Time is midnight UTC of d; the zero Date gives the zero Time.
func (d Date) Time() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Unix(int64(d-unixEpoch)*secondsPerDay, 0).UTC()
}

// At is the instant of a clock time on d in loc.
func (d Date) At(hour, minute int, loc *time.Location) time.Time {
	year, month, day := d.Time().Date()
	return time.Date(year, month, day, hour, minute, 0, 0, loc)
}

// Weekday is the day of the week of d.
func (d Date) Weekday() time.Weekday { return time.Weekday(d % 7) }

// IsWeekend reports Saturday and Sunday, which never count as school days
// (EC 60901 leaves them out).
func (d Date) IsWeekend() bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// Format is time.Format of d; the zero Date gives the empty string.
func (d Date) Format(layout string) string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(layout)
}

// String is the ISO 8601 form, empty for the zero Date.
func (d Date) String() string { return d.Format(time.DateOnly) }

// MarshalText writes the ISO 8601 form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO 8601 form; empty text is the zero Date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = 0
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Value stores d as ISO 8601 text, which orders alike on every engine; the
// zero Date is NULL.
func (d Date) Value() (driver.Value, error) {
	if d == 0 {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads text, or the timestamp some drivers make of a date column.
func (d *Date) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*d = 0
		return nil
	case time.Time:
		*d = DateIn(v, v.Location())
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("cannot read a date from %T", value)
}

// SchoolYear is named by the calendar year it begins in: 2026 is 1 July 2026
// to 30 June 2027, written 2026-27. Nothing carries over from one to the next.
type SchoolYear int

// YearOf is the school year d falls in.
func YearOf(d Date) SchoolYear {
	year, month, _ := d.Time().Date()
	if month < time.July {
		year--
	}
	return SchoolYear(year)
}

// First is 1 July.
func (y SchoolYear) First() Date { return NewDate(int(y), time.July, 1) }

// Last is 30 June.
func (y SchoolYear) Last() Date { return NewDate(int(y)+1, time.June, 30) }

// Contains reports whether d falls in the school year.
func (y SchoolYear) Contains(d Date) bool { return y.First() <= d && d <= y.Last() }

// String is the usual form, 2026-27.
func (y SchoolYear) String() string { return fmt.Sprintf("%d-%02d", int(y), (int(y)+1)%100) }
