package district

import (
	"fmt"
	"slices"
)

// Calendar is the instructional days of one school: the days its calendar
// names, less Saturdays and Sundays. The zero value has none.
type Calendar struct {
	days []Date
	// upTo[i] is how many instructional days lie on or before days[0]+i, so
	// that counting a range is two look-ups, whatever its length.
	upTo []int32
}

// maxCalendarSpan bounds the dense table against a year typed wrongly.
const maxCalendarSpan = 20 * 366

// NewCalendar makes a calendar of instructional days in any order; weekends
// and repeats are dropped. Days more than twenty years apart are an error.
func NewCalendar(days []Date) (*Calendar, error) {
	kept := make([]Date, 0, len(days))
	for _, d := range days {
		if !d.IsWeekend() {
			kept = append(kept, d)
		}
	}
	slices.Sort(kept)
	kept = slices.Compact(kept)
	c := &Calendar{days: kept}
	if len(kept) == 0 {
		return c, nil
	}
	span := int(kept[len(kept)-1]-kept[0]) + 1
	if span > maxCalendarSpan {
		return nil, fmt.Errorf("calendar runs from %s to %s: one of them must be mistyped", kept[0], kept[len(kept)-1])
	}
	c.upTo = make([]int32, span)
	next := 0
	for i := range c.upTo {
		if kept[next] == kept[0]+Date(i) {
			next++
		}
		c.upTo[i] = int32(next)
	}
	return c, nil
}

// Through counts the instructional days on or before d.
func (c *Calendar) Through(d Date) int {
	switch {
	case c == nil || len(c.days) == 0 || d < c.days[0]:
		return 0
	case d >= c.days[len(c.days)-1]:
		return len(c.days)
	}
	return int(c.upTo[d-c.days[0]])
}

// Nth is Through, and whether d is itself an instructional day.
func (c *Calendar) Nth(d Date) (n int, instructional bool) {
	if c == nil || len(c.days) == 0 {
		return 0, false
	}
	i := int(d - c.days[0])
	if i <= 0 || i >= len(c.upTo) {
		return c.Through(d), i == 0
	}
	return int(c.upTo[i]), c.upTo[i] > c.upTo[i-1]
}

// Count is the number of instructional days from..to, both inclusive.
func (c *Calendar) Count(from, to Date) int {
	if to < from {
		return 0
	}
	return c.Through(to) - c.Through(from-1)
}

// IsInstructional reports whether school is taught on d.
func (c *Calendar) IsInstructional(d Date) bool {
	_, instructional := c.Nth(d)
	return instructional
}

// Closed reports whether school is known not to be taught on d: of days behind
// its last one a calendar says nothing.
func (c *Calendar) Closed(d Date) bool { return c.OnOrAfter(d) > d }

// Days lists the instructional days from..to, both inclusive. The slice is the
// calendar's own and must not be changed.
func (c *Calendar) Days(from, to Date) []Date {
	if c == nil || to < from {
		return nil
	}
	return c.days[c.Through(from-1):c.Through(to)]
}

// All lists every instructional day. The slice is the calendar's own.
func (c *Calendar) All() []Date {
	if c == nil {
		return nil
	}
	return c.days
}

// OnOrAfter is the first instructional day not before d, zero where the
// calendar ends.
func (c *Calendar) OnOrAfter(d Date) Date { return c.After(d-1, 1) }

// OnOrBefore is the last instructional day not after d, zero where the
// calendar has not begun.
func (c *Calendar) OnOrBefore(d Date) Date {
	if n := c.Through(d); n > 0 {
		return c.days[n-1]
	}
	return 0
}

// After is the n-th instructional day after d (n from 1), zero where the
// calendar ends before it.
func (c *Calendar) After(d Date, n int) Date {
	if c == nil {
		return 0
	}
	if i := c.Through(d) + n - 1; i < len(c.days) {
		return c.days[i]
	}
	return 0
}
