package reports

import (
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // a calendar says the same on a machine without time zone files

	ics "github.com/arran4/golang-ical"

	"rollcall/internal/district"
)

// observance is one span of a time zone: from an instant on, clocks are so many
// seconds east of Greenwich.
type observance struct {
	starts       time.Time // UTC
	before, then int       // seconds east of Greenwich
	name         string
	daylight     bool
}

// local is the wall clock at which the observance begins, as RFC 5545 wants it:
// by the clock that stops being right.
func (o observance) local() time.Time { return o.starts.Add(time.Duration(o.before) * time.Second) }

// addTimezone writes the zone's VTIMEZONE, good from one day to another. Where
// its clocks change by the same yearly rule around those days, the rule is
// written, which is what Outlook reads best; else each change.
func addTimezone(cal *ics.Calendar, zone *time.Location, from, to district.Date) {
	out := cal.AddTimezone(zone.String())
	changes := observances(zone, from.At(0, 0, zone).AddDate(-1, 0, 0), to.At(0, 0, zone).AddDate(1, 0, 0))
	if len(changes) == 0 {
		name, offset := from.At(12, 0, zone).Zone()
		addObservance(out, observance{starts: time.Unix(0, 0).UTC().Add(-time.Duration(offset) * time.Second), before: offset, then: offset, name: name}, "")
		return
	}
	standard, daylight := yearly(changes, false), yearly(changes, true)
	if standard == "" || daylight == "" {
		for _, o := range changes {
			addObservance(out, o, "")
		}
		return
	}
	for _, rule := range []struct {
		daylight bool
		text     string
	}{{true, daylight}, {false, standard}} {
		first := slices.IndexFunc(changes, func(o observance) bool { return o.daylight == rule.daylight })
		addObservance(out, changes[first], rule.text)
	}
}

// observances are the zone's changes between two instants, by time.
func observances(zone *time.Location, from, to time.Time) []observance {
	var list []observance
	for t := from; ; {
		_, end := t.In(zone).ZoneBounds()
		if end.IsZero() || !end.Before(to) {
			return list
		}
		_, before := end.Add(-time.Second).Zone()
		name, then := end.Zone()
		list = append(list, observance{starts: end.UTC(), before: before, then: then, name: name, daylight: end.IsDST()})
		t = end
	}
}

// yearly is the recurrence rule that all changes to (or from) daylight time
// follow, empty where they follow none.
func yearly(changes []observance, daylight bool) string {
	days := [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}
	rule, year := "", 0
	for _, o := range changes {
		if o.daylight != daylight {
			continue
		}
		at := o.local()
		// The n-th weekday of the month, or the last where there is no fifth.
		nth := (at.Day()-1)/7 + 1
		if at.AddDate(0, 0, 7).Month() != at.Month() {
			nth = -1
		}
		text := fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", at.Month(), nth, days[at.Weekday()])
		if rule != "" && (rule != text || at.Year() != year+1) {
			return ""
		}
		rule, year = text, at.Year()
	}
	return rule
}

func addObservance(to *ics.VTimezone, o observance, rule string) {
	var span *ics.ComponentBase
	if o.daylight {
		d := &ics.Daylight{}
		to.Components = append(to.Components, d)
		span = &d.ComponentBase
	} else {
		span = &to.AddStandard().ComponentBase
	}
	span.SetProperty(ics.ComponentPropertyDtStart, o.local().Format("20060102T150405"))
	span.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), utcOffset(o.before))
	span.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), utcOffset(o.then))
	span.SetProperty(ics.ComponentProperty(ics.PropertyTzname), o.name)
	if rule != "" {
		span.SetProperty(ics.ComponentPropertyRrule, rule)
	}
}

func utcOffset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
}
