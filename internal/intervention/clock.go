package intervention

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseClock reads a time of day as people in an office write it: 8:30, 13:00,
// 1:00 PM, 1 pm. A bare hour needs AM or PM, since 1 could be either.
func ParseClock(s string) (Clock, error) {
	fault := fmt.Errorf("%q is not a time like 8:30, 13:00 or 1:00 PM", s)
	text := strings.ToUpper(strings.Join(strings.Fields(s), ""))
	text = strings.NewReplacer("A.M.", "AM", "P.M.", "PM").Replace(text)
	half := ""
	if rest, ok := strings.CutSuffix(text, "M"); ok && rest != "" {
		text, half = rest[:len(rest)-1], rest[len(rest)-1:]
		if half != "A" && half != "P" {
			return 0, fault
		}
	}
	hours, minutes, colon := strings.Cut(text, ":")
	if !colon && half == "" {
		return 0, fault
	}
	h, ok := digits(hours, 1)
	if !ok {
		return 0, fault
	}
	m := 0
	if colon {
		if m, ok = digits(minutes, 2); !ok {
			return 0, fault
		}
	}
	if half != "" {
		if h < 1 || h > 12 {
			return 0, fault
		}
		h %= 12
		if half == "P" {
			h += 12
		}
	}
	if h > 23 || m > 59 {
		return 0, fault
	}
	return Clock(60*h + m), nil
}

// digits reads a number of at least least and at most two digits.
func digits(s string, least int) (int, bool) {
	if len(s) < least || len(s) > 2 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// MarshalText writes the form on a schedule, 8:30 AM.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what ParseClock reads; empty text is the zero Clock.
func (c *Clock) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*c = 0
		return nil
	}
	parsed, err := ParseClock(string(text))
	if err != nil {
		return err
	}
	*c = parsed
	return nil
}

// ISO is the form on record, 14:05.
func (c Clock) ISO() string { return fmt.Sprintf("%02d:%02d", c/60, c%60) }

// ParseTimeOfDay reads a time at which somebody at a school did something: as
// ParseClock, but 2:05 alone is asked about, since nobody there means the night.
func ParseTimeOfDay(s string) (Clock, error) {
	c, err := ParseClock(s)
	if err == nil && !strings.ContainsAny(s, "AaPp") {
		err = c.Awake()
	}
	return c, err
}

// Awake is an error where a time that was given without AM or PM may be twelve
// hours later.
func (c Clock) Awake() error {
	if h := c / 60; h < 1 || h >= 7 {
		return nil
	}
	return fmt.Errorf("%q could be the night; write %s or %s", c.ISO(), (c + 12*60).ISO(), c+12*60)
}
