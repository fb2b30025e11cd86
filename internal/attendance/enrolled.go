package attendance

import (
	"cmp"
	"slices"

	"rollcall/internal/district"
)

// stay is a run of days from..to in which one enrollment owns every
// instructional day of its school.
type stay struct {
	school   string
	calendar *district.Calendar
	periods  int           // a day at that school, 0 where attendance is daily
	entry    district.Date // of the enrollment, which may lie before from
	from, to district.Date // both inclusive
	before   int           // days enrolled in the stays before this one
	// Days the school taught before from, through to and through the as-of
	// date, kept because every row asks.
	taughtBefore, taughtThrough, taughtByAsOf int
}

// days is how many days the stay owns.
func (s *stay) days() int { return s.taughtThrough - s.taughtBefore }

// stays are disjoint and in date order: together they are the student's days
// enrolled in the district.
type stays []stay

// staysOf finds which enrollment owns which days of the school year through
// d.AsOf; room is empty space to build in.
func staysOf(room stays, enrollments []district.Enrollment, d *district.District) stays {
	first, last := d.Year.First(), min(d.AsOf, d.Year.Last())
	claims := room
	for i := range enrollments {
		e := &enrollments[i]
		from, to := max(e.EntryDate, first), last
		if !e.ExitDate.IsZero() {
			to = min(to, e.ExitDate)
		}
		school, ok := d.School(e.SchoolID)
		if to < from || !ok {
			continue
		}
		claims = append(claims, stay{
			school: e.SchoolID, calendar: d.Calendars[e.SchoolID], periods: school.PeriodsPerDay,
			entry: e.EntryDate, from: from, to: to,
		})
	}
	slices.SortFunc(claims, func(a, b stay) int {
		return cmp.Or(cmp.Compare(a.entry, b.entry), cmp.Compare(a.school, b.school), cmp.Compare(a.to, b.to))
	})
	if overlap(claims) {
		claims = dayByDay(claims)
	}
	before := 0
	for i := range claims {
		c := &claims[i]
		c.before, c.taughtByAsOf = before, c.calendar.Through(d.AsOf)
		c.taughtBefore, c.taughtThrough = c.calendar.Through(c.from-1), c.calendar.Through(c.to)
		before += c.days()
	}
	return claims
}

func overlap(claims stays) bool {
	for i := 1; i < len(claims); i++ {
		// Sorted by entry, so the first overlap is always with the neighbour.
		if claims[i].from <= claims[i-1].to {
			return true
		}
	}
	return false
}

// dayByDay shares out days that several enrollments claim: of those whose
// school is in session, the later entry date owns the day, on a tie the school
// ID that sorts last. claims come in that order, so the last claim wins.
func dayByDay(claims stays) stays {
	last := claims[0].to
	for _, c := range claims {
		last = max(last, c.to)
	}
	var owned stays
	owner := -1
	for day := claims[0].from; day <= last; day++ {
		claimant := -1
		for i, c := range claims {
			if c.from <= day && day <= c.to && c.calendar.IsInstructional(day) {
				claimant = i
			}
		}
		switch claimant {
		case -1: // a day without school belongs to nobody and parts nothing
		case owner:
			owned[len(owned)-1].to = day
		default:
			owner = claimant
			s := claims[owner]
			s.from, s.to = day, day
			owned = append(owned, s)
		}
	}
	return owned
}

// days is D: the days enrolled in the district.
func (e stays) days() int {
	if len(e) == 0 {
		return 0
	}
	last := &e[len(e)-1]
	return last.before + last.days()
}

// daysAt is the days that one school owns.
func (e stays) daysAt(school string) int {
	n := 0
	for i := range e {
		if e[i].school == school {
			n += e[i].days()
		}
	}
	return n
}

// on is the stay that owns day, nil where the student has no school that day,
// and how many days its school has taught by then, day included.
func (e stays) on(day district.Date) (owner *stay, taught int) {
	for i := range e {
		s := &e[i]
		if day < s.from || s.to < day {
			continue
		}
		if nth, instructional := s.calendar.Nth(day); instructional {
			return s, nth
		}
		return nil, 0
	}
	return nil, 0
}
