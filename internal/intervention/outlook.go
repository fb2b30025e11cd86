package intervention

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
)

const (
	// lookAhead is how many more days absent are tried.
	lookAhead = 10
	outlookOn = "Mon Jan 2"
)

// Outlook says in plain sentences what would change what the policy asks for: of
// a student who would get a case, which corrections would leave none; of one who
// would not, how many more days absent would open one. Each is found by counting
// the year again with those days changed. s must be assessed.
func Outlook(p *Policy, s *district.Student, d *district.District) []string {
	standing, ok := attendance.Assess(s, d, p.Rules)
	if !ok {
		return nil
	}
	if kind, _, holds := WouldOpen(p, &standing); holds {
		return corrected(p, s, d, &standing, kind)
	}
	var out []string
	for _, more := range []struct {
		words    string
		category district.Category
	}{{"without a valid excuse", district.Unexcused}, {"with an excuse", district.Excused}} {
		for n := 1; n <= lookAhead; n++ {
			kind, rule, from, opens := p.after(s, d, more.category, n)
			if opens {
				out = append(out, fmt.Sprintf("%s absent %s, from %s on, would open a %s case (rule %q).",
					dayCount(n), more.words, from.Format(outlookOn), kind, rule))
				break
			}
		}
	}
	return out
}

// after is the case that n school days in a row, absent from the first one after
// the as-of date, would open.
func (p *Policy) after(s *district.Student, d *district.District, category district.Category, n int) (kind Kind, rule string, from district.Date, opens bool) {
	school, _ := s.EnrollmentOn(d.AsOf)
	ahead := d.Calendars[school.SchoolID]
	from = ahead.After(d.AsOf, 1)
	later := *d
	if later.AsOf = ahead.After(d.AsOf, n); later.AsOf.IsZero() {
		return "", "", from, false
	}
	then := *s
	then.Marks = slices.Clone(s.Marks)
	entry := &district.Entry{SchoolID: school.SchoolID, Code: &district.Code{Category: category}}
	for _, day := range ahead.Days(from, later.AsOf) {
		then.Marks = append(then.Marks, district.Mark{Date: day, Minutes: district.NoMinutes, Entry: entry})
	}
	standing, ok := attendance.Tally(&then, &later, p.Rules)
	if !ok {
		return "", "", from, false
	}
	kind, rule, opens = WouldOpen(p, &standing)
	return kind, rule, from, opens
}

// corrected says how many of the counted days, the latest first, would have to be
// corrected before no rule held.
func corrected(p *Policy, s *district.Student, d *district.District, standing *attendance.Standing, kind Kind) []string {
	counted := map[district.Date]bool{}
	for _, list := range [][]attendance.Day{standing.Absences, standing.Truancies} {
		for _, day := range list {
			counted[day.Date] = true
		}
	}
	var dates []district.Date
	for day := range counted {
		dates = append(dates, day)
	}
	slices.Sort(dates)
	slices.Reverse(dates)
	var out []string
	for n := 1; n <= len(dates); n++ {
		then := *s
		then.Marks = nil
		for _, m := range s.Marks {
			if !slices.Contains(dates[:n], m.Date) {
				then.Marks = append(then.Marks, m)
			}
		}
		now, ok := attendance.Tally(&then, d, p.Rules)
		if !ok {
			break
		}
		other, _, holds := WouldOpen(p, &now)
		if holds && other == kind {
			continue
		}
		shown := make([]string, 0, n)
		for _, day := range dates[:n] {
			shown = append(shown, day.Format(outlookOn))
		}
		what := "no rule for a meeting would hold"
		if holds {
			what = fmt.Sprintf("a %s case would be opened instead", other)
		}
		out = append(out, fmt.Sprintf("If %s of those counted were corrected to present (the latest: %s), %s.", dayCount(n), strings.Join(shown, ", "), what))
		if !holds {
			break
		}
		kind = other
	}
	return out
}

func dayCount(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}
