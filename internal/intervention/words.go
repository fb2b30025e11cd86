package intervention

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
)

// words say the rule with its numbers. The default rules have sentences of
// their own; a district's rule gives the figures of the fields it names.
func (r *rule) words(list RuleList, s *attendance.Standing, since Since, f *fields) string {
	if r.builtIn {
		return r.name + ": " + defaultWords(r.name, list, s, since)
	}
	if len(r.names) == 0 {
		return r.name
	}
	figures := make([]string, len(r.names))
	for i, n := range r.names {
		figures[i] = n.name + " " + figure(n, f, s, since)
	}
	return r.name + ": " + strings.Join(figures, ", ")
}

func defaultWords(name string, list RuleList, s *attendance.Standing, since Since) string {
	switch {
	case list == SARTRules:
		return EventsInWords(s.TruancyEvents)
	case list == WatchRules:
		return fmt.Sprintf("%s absences a month of %d school days, %s",
			oneDecimal(s.MonthDays*s.DaysAbsent, s.DaysEnrolled), s.MonthDays, EventsInWords(s.TruancyEvents))
	case list == SARBRules:
		return EventsInWords(since.Events) + " since the SART meeting"
	case list == CARTAgainRules:
		return fmt.Sprintf("absent %d of %d school days since the CART meeting, %s",
			since.Absences, since.Days, percent(since.Absences, since.Days))
	case name == "early":
		return fmt.Sprintf("absent in every month of %d school days, %s days a month, %d of %d school days",
			s.MonthDays, oneDecimal(s.MonthDays*s.DaysAbsent, s.DaysEnrolled), s.DaysAbsent, s.DaysEnrolled)
	default:
		return fmt.Sprintf("absent %d of %d school days, %s", s.DaysAbsent, s.DaysEnrolled, percent(s.DaysAbsent, s.DaysEnrolled))
	}
}

// EventsInWords count truancy events.
func EventsInWords(n int) string {
	if n == 1 {
		return "1 unexcused absence or truancy"
	}
	return fmt.Sprintf("%d unexcused absences or truancies", n)
}

func figure(n field, f *fields, s *attendance.Standing, since Since) string {
	switch n.name {
	case "absence_rate":
		return percent(s.DaysAbsent, s.DaysEnrolled)
	case "unexcused_rate":
		return percent(s.DaysUnexcused, s.DaysEnrolled)
	case "rate_since_meeting":
		return percent(since.Absences, since.Days)
	case "absences_per_month":
		return oneDecimal(s.MonthDays*s.DaysAbsent, s.DaysEnrolled)
	}
	value := f.value(n)
	if value.Kind() == reflect.Bool {
		if value.Bool() {
			return "yes"
		}
		return "no"
	}
	return fmt.Sprint(value.Interface())
}

func percent(a, d int) string { return oneDecimal(100*a, d) + "%" }

// oneDecimal rounds a/d half up on whole numbers, as a person would.
func oneDecimal(a, d int) string {
	if d == 0 {
		return "0.0"
	}
	tenths := (20*a + d) / (2 * d)
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}

// dates are the evidence: the absences of a CART case, the truancies of a SART
// case, both where a watch-list rule looks at both; after a meeting only what
// came since.
func (r *rule) dates(list RuleList, s *attendance.Standing, since Since) []district.Date {
	absences, truancies := list == CARTRules || list == CARTAgainRules, list == SARTRules || list == SARBRules
	if list == WatchRules {
		for _, n := range r.names {
			absences = absences || n.absences
			truancies = truancies || n.truancy
		}
	}
	var dates []district.Date
	add := func(days []attendance.Day) {
		for _, day := range days {
			if !list.afterMeeting() || day.Date > since.Meeting {
				dates = append(dates, day.Date)
			}
		}
	}
	if absences {
		add(s.Absences)
	}
	if truancies {
		add(s.Truancies)
	}
	slices.Sort(dates)
	return slices.Compact(dates)
}
