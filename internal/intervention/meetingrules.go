package intervention

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"rollcall/internal/district"
)

// MeetingRules are the meetings section of the configuration: on which days
// the teams meet families, and how soon. The zero value of a field means the
// default, but the days have none: a district must say when its teams meet.
type MeetingRules struct {
	// Lead is how many instructional days after the letter a meeting may come
	// at the earliest (default 10), Horizon at the latest (default 30).
	Lead    int `yaml:"lead"`
	Horizon int `yaml:"horizon"`
	// TravelMinutes is the time an Attendance Specialist needs from one school to
	// another, where they may serve two on one day; 0 means one school a day.
	TravelMinutes int     `yaml:"travel_minutes"`
	CART          DayRule `yaml:"cart"`
	SART          DayRule `yaml:"sart"`
	// Schools change the rules for one school, by school ID, field by field.
	Schools map[string]SchoolDays `yaml:"schools"`
}

// SchoolDays are one school's own rules. What a rule leaves out is the
// district's; naming a rule or dates replaces the district's rule, dates and
// exceptions together.
type SchoolDays struct {
	CART DayRule `yaml:"cart"`
	SART DayRule `yaml:"sart"`
}

// DayRule says on which days a team meets families and how such a day is cut.
type DayRule struct {
	// Rule is an RFC 5545 recurrence, FREQ=MONTHLY;BYDAY=2TU, counted from 1
	// July. Dates are days beside it, or instead of it.
	Rule  string          `yaml:"rule"`
	Dates []district.Date `yaml:"dates"`
	// Except are days on which no meetings are held, whatever the rule says.
	Except []district.Date `yaml:"except"`
	// Start and End bound the meetings: default 8:30 AM to 12:00 PM.
	Start Clock `yaml:"start"`
	End   Clock `yaml:"end"`
	// SlotMinutes is the length of one meeting; default 30.
	SlotMinutes int `yaml:"slot_minutes"`
	// Rooms work side by side; default one, "Conference room".
	Rooms []string `yaml:"rooms"`
	// Place is what the letter says; default "Main office".
	Place string `yaml:"place"`
}

// Filled is the rules with every default filled in.
func (m MeetingRules) Filled() MeetingRules {
	m.Lead = cmp.Or(m.Lead, 10)
	m.Horizon = cmp.Or(m.Horizon, 30)
	usual := DayRule{Start: 8*60 + 30, End: 12 * 60, SlotMinutes: 30, Rooms: []string{"Conference room"}, Place: "Main office"}
	m.CART = m.CART.over(usual)
	m.SART = m.SART.over(usual)
	return m
}

// For is the rule of a kind at a school, every field filled in.
func (m MeetingRules) For(schoolID string, kind Kind) DayRule {
	m = m.Filled()
	if kind == SART {
		return m.Schools[schoolID].SART.over(m.SART)
	}
	return m.Schools[schoolID].CART.over(m.CART)
}

// over lays what r says over base.
func (r DayRule) over(base DayRule) DayRule {
	if strings.TrimSpace(r.Rule) != "" || len(r.Dates) > 0 {
		base.Rule, base.Dates, base.Except = r.Rule, r.Dates, nil
	}
	if len(r.Except) > 0 {
		base.Except = r.Except
	}
	base.Start = cmp.Or(r.Start, base.Start)
	base.End = cmp.Or(r.End, base.End)
	base.SlotMinutes = cmp.Or(r.SlotMinutes, base.SlotMinutes)
	base.Place = cmp.Or(strings.TrimSpace(r.Place), base.Place)
	if len(r.Rooms) > 0 {
		base.Rooms = r.Rooms
	}
	return base
}

// Validate lists every fault, each led by its place in the section:
// "schools.101.sart.end: …".
func (m MeetingRules) Validate() []error {
	var faults []error
	filled := m.Filled()
	if m.TravelMinutes < 0 || m.TravelMinutes > 240 {
		faults = append(faults, fmt.Errorf("travel_minutes: %d is not between 0 and 240; 0 means one school a day", m.TravelMinutes))
	}
	switch {
	case filled.Lead < 0:
		faults = append(faults, fmt.Errorf("lead: %d is negative", filled.Lead))
	case filled.Horizon < filled.Lead:
		faults = append(faults, fmt.Errorf("horizon: %d is less than lead, %d: no day could ever be given", filled.Horizon, filled.Lead))
	}
	check := func(place string, r DayRule) {
		for _, f := range r.faults() {
			faults = append(faults, fmt.Errorf("%s.%w", place, f))
		}
	}
	check("cart", filled.CART)
	check("sart", filled.SART)
	ids := make([]string, 0, len(m.Schools))
	for id := range m.Schools {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if own := m.Schools[id].CART; !own.isZero() {
			check(fmt.Sprintf("schools.%s.cart", id), own.over(filled.CART))
		}
		if own := m.Schools[id].SART; !own.isZero() {
			check(fmt.Sprintf("schools.%s.sart", id), own.over(filled.SART))
		}
	}
	return faults
}

func (r DayRule) isZero() bool {
	return r.Rule == "" && len(r.Dates) == 0 && len(r.Except) == 0 && r.Start == 0 && r.End == 0 &&
		r.SlotMinutes == 0 && len(r.Rooms) == 0 && r.Place == ""
}

// Meetings before six or after ten in the evening are a time written without
// its PM.
const earliestStart, latestEnd = Clock(6 * 60), Clock(22 * 60)

func (r DayRule) faults() (faults []error) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if strings.TrimSpace(r.Rule) == "" && len(r.Dates) == 0 {
		fault("rule: say when the team meets, by a rule such as FREQ=MONTHLY;BYDAY=2TU or by dates")
	}
	if strings.TrimSpace(r.Rule) != "" {
		if _, err := parseRecurrence(r.Rule); err != nil {
			fault("rule: %q: %w", r.Rule, err)
		}
	}
	for _, d := range append(slices.Clone(r.Dates), r.Except...) {
		if d.IsZero() {
			fault("dates: one of them is empty")
		}
	}
	switch {
	case r.Start < earliestStart || r.End > latestEnd:
		fault("start: %s to %s is no time to meet a family; write 1:00 PM or 13:00 for one in the afternoon", r.Start, r.End)
	case r.End <= r.Start:
		fault("end: %s is not after start, %s", r.End, r.Start)
	case r.SlotMinutes < 5 || r.SlotMinutes > 240:
		fault("slot_minutes: %d is not between 5 and 240", r.SlotMinutes)
	case Clock(r.SlotMinutes) > r.End-r.Start:
		fault("slot_minutes: not one meeting of %d minutes fits between %s and %s", r.SlotMinutes, r.Start, r.End)
	}
	seen := map[string]bool{}
	for _, room := range r.Rooms {
		switch name := strings.TrimSpace(room); {
		case name == "":
			fault("rooms: one of them has no name")
		case seen[name]:
			fault("rooms: %q stands twice", name)
		default:
			seen[name] = true
		}
	}
	return faults
}

// parseRecurrence reads an RFC 5545 recurrence of whole days, and refuses what
// would mean something else than its writer thinks.
func parseRecurrence(text string) (*rrule.ROption, error) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if strings.ContainsAny(text, "\r\n") {
		return nil, errors.New("one line, please")
	}
	opt, err := rrule.StrToROption(strings.TrimSuffix(text, ";"))
	if err != nil {
		return nil, err
	}
	switch {
	case opt.Freq > rrule.DAILY || len(opt.Byhour)+len(opt.Byminute)+len(opt.Bysecond) > 0:
		return nil, errors.New("a rule names days; the time of day is start and end")
	case !opt.Dtstart.IsZero():
		return nil, errors.New("DTSTART is always 1 July")
	case len(opt.Byeaster) > 0:
		return nil, errors.New("BYEASTER is no part of RFC 5545")
	case strings.Contains(text, "INTERVAL=") && (opt.Interval < 1 || opt.Interval > 366):
		return nil, fmt.Errorf("INTERVAL=%d is not between 1 and 366", opt.Interval)
	case strings.Contains(text, "COUNT=") && opt.Count < 1:
		return nil, fmt.Errorf("COUNT=%d is not at least 1", opt.Count)
	}
	for _, day := range opt.Byweekday {
		if day.N() != 0 && opt.Freq != rrule.MONTHLY && opt.Freq != rrule.YEARLY {
			return nil, fmt.Errorf("BYDAY=%s counts days of a month: it needs FREQ=MONTHLY", day)
		}
		// The library looks past the end of its tables for the eighth Tuesday.
		if ofMonth := opt.Freq == rrule.MONTHLY || len(opt.Bymonth) > 0; ofMonth && max(day.N(), -day.N()) > 5 {
			return nil, fmt.Errorf("BYDAY=%s: a month has five of a weekday at most", day)
		}
	}
	sample := *opt
	sample.Until, sample.Count = time.Time{}, 0
	if days, err := occurrences(sample, 2024, 2027); err != nil {
		return nil, err
	} else if len(days) == 0 {
		return nil, errors.New("no day ever matches")
	}
	return opt, nil
}

// occurrences are the days of the school years first to last, counted from 1
// July of the first.
func occurrences(opt rrule.ROption, first, last district.SchoolYear) ([]district.Date, error) {
	opt.Dtstart = first.First().Time()
	end := last.Last().Time()
	if opt.Until.IsZero() || opt.Until.After(end) {
		opt.Until = end
	}
	rule, err := rrule.NewRRule(opt)
	if err != nil {
		return nil, err
	}
	var days []district.Date
	for _, at := range rule.All() {
		days = append(days, district.DateIn(at, time.UTC))
	}
	return days, nil
}
