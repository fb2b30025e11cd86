package demo

import (
	"math"
	"strconv"

	"rollcall/internal/district"
)

// year is what one child's school year came to.
type year struct {
	t     *town
	child *child
	dice  dice
	stays []stay
	// enrolled counts the days enrolled, absent the full-day absences.
	enrolled, absent int
	days             []lived // those with anything to tell, by date
	incidents        []incident
}

// lived is one day that was not an ordinary day present.
type lived struct {
	schoolDay
	stay   int
	full   bool // absent the whole day
	code   string
	reason reason
	// truancy is a truancy event: a whole day without excuse, or more than 30
	// minutes of one.
	truancy bool
	marks   []mark
}

// mark is the rest of an attendance row.
type mark struct{ code, period, minutes string }

// reason is why a child stayed home, whether or not somebody said so.
type reason int

const (
	noReason reason = iota
	sick
	appointment
	errand
	trip
)

// spell is a run of absences with one reason.
type spell struct {
	left   int
	reason reason
	code   string
}

// The lengths of spells, in days from one, by weight.
var (
	sickDays   = []float64{.48, .28, .15, .06, .03}
	errandDays = []float64{.80, .20}
)

// spellDays is the mean length of a spell.
const spellDays = 1.5

// clearDays is how long an office has to verify an absence.
const clearDays = 3

// live goes through the days of a child's enrollments.
func (t *town) live(c *child, number uint64) *year {
	y := &year{t: t, child: c, dice: throw(t.seed, yearDice, number)}
	y.stays = t.stays(c, y.dice)
	y.misbehave()
	var s spell
	for i, day := range t.days {
		at := stayOn(y.stays, day.Date)
		if at < 0 || t.schools[y.stays[at].school].closedOn == day.Date {
			s.left = 0
			continue
		}
		y.enrolled++
		l := lived{schoolDay: day, stay: at}
		switch {
		case y.suspendedOn(i):
			l.full, l.code = true, suspended
			s.left = 0
		default:
			if s.left == 0 {
				s = y.fall(i)
			}
			if s.left > 0 {
				s.left--
				y.miss(&l, i, s)
			}
		}
		switch {
		case l.full:
			y.absent++
			y.markWholeDay(&l)
		case l.reason == noReason:
			y.markPartOfDay(&l)
		}
		if len(l.marks) > 0 {
			y.days = append(y.days, l)
		}
	}
	return y
}

// fall decides whether a spell begins on the i-th school day.
func (y *year) fall(i int) spell {
	c, d := y.child, y.dice
	for _, o := range c.outings {
		if i < o.from || i >= o.from+o.days || !d.chance(.7) {
			continue
		}
		switch {
		case o.trip && o.contract:
			return spell{left: o.from + o.days - i, reason: trip, code: studyGap}
		case o.trip:
			return spell{left: o.from + o.days - i, reason: trip, code: vacation}
		}
		return y.excuse(spell{left: o.from + o.days - i, reason: sick})
	}
	through := float64(i)/float64(len(y.t.days)) - .5
	if !d.chance(c.rate * y.t.days[i].pull * math.Exp(c.drift*2*through) / spellDays) {
		return spell{}
	}
	switch d.weighted(.55, .10, .35) {
	case 0:
		return y.excuse(spell{left: 1 + d.weighted(sickDays...), reason: sick})
	case 1:
		return y.excuse(spell{left: 1, reason: appointment})
	}
	return y.excuse(spell{left: 1 + d.weighted(errandDays...), reason: errand})
}

// excuse settles what the office will know of a spell.
func (y *year) excuse(s spell) spell {
	d := y.dice
	without := y.child.excuses * [...]float64{sick: .72, appointment: .2, errand: 1.5}[s.reason]
	switch {
	case d.chance(without):
		s.code = unexcused
	case s.reason == appointment || s.reason == sick && d.chance(.12):
		s.code = medical
	case s.reason == sick:
		s.code = ill
	default:
		s.code = pick(d, []string{otherReason, otherReason, wellness, bereaved, otherReason})
	}
	return s
}

// miss makes the i-th school day an absence. Some are never verified, and those
// of the last days not yet. A day of independent study is one only where its
// work is not complete.
func (y *year) miss(l *lived, i int, s spell) {
	d := y.dice
	l.reason = s.reason
	l.full, l.code = true, s.code
	unknown := .035
	if i >= len(y.t.days)-clearDays {
		unknown = .6
	}
	switch {
	case s.code == studyGap:
		l.full = d.chance(.4)
	case d.chance(unknown):
		l.code = unverified
	}
	switch l.code {
	case unexcused, vacation:
		l.truancy = true
	case unverified:
		l.truancy = i < len(y.t.days)-clearDays
	}
}

// markWholeDay writes a full day as the school does: one row, or one a period,
// where now and then a single teacher's row says unexcused.
func (y *year) markWholeDay(l *lived) {
	periods := y.periods(l)
	if periods == 0 {
		l.marks = append(l.marks, mark{code: l.code})
		return
	}
	odd := 0
	if (l.code == ill || l.code == otherReason) && y.dice.chance(.012) {
		odd, l.truancy = y.dice.between(1, periods), true
	}
	for p := 1; p <= periods; p++ {
		code := l.code
		if p == odd {
			code = unexcused
		}
		l.marks = append(l.marks, mark{code: code, period: strconv.Itoa(p)})
	}
}

// markPartOfDay writes late mornings, early leaving and periods cut.
func (y *year) markPartOfDay(l *lived) {
	c, d := y.child, y.dice
	periods := y.periods(l)
	first := ""
	if periods > 0 {
		first = "1"
	}
	switch {
	case d.chance(c.late * l.pull):
		y.markLate(l, first)
	case d.chance(.0006):
		l.marks = append(l.marks, mark{code: present, period: first})
	case periods == 0 && d.chance(.004):
		// Left early: the afternoon is a period of its own.
		m := mark{code: medical, period: "PM", minutes: strconv.Itoa(5 * d.between(6, 36))}
		if d.chance(c.excuses * .7) {
			m.code = unexcused
			l.truancy = m.minutes != "30"
		}
		l.marks = append(l.marks, m)
	case periods > 0 && d.chance(.007):
		from, n := d.between(1, periods), d.between(1, 3)
		for p := from; p <= min(periods, from+n-1); p++ {
			l.marks = append(l.marks, mark{code: medical, period: strconv.Itoa(p)})
		}
	case periods > 0 && d.chance(.014*c.excuses):
		m := mark{code: unexcused, period: strconv.Itoa(d.between(1, periods))}
		if d.chance(.12) {
			m.code = unverified
		}
		l.truancy = true
		l.marks = append(l.marks, m)
	}
	if len(l.marks) > 0 {
		l.code = l.marks[0].code
	}
}

// markLate writes a late morning. Not every office types the minutes.
func (y *year) markLate(l *lived, period string) {
	d := y.dice
	if period == "" && d.chance(.1) {
		period = "1"
	}
	minutes := 1 + int(d.ExpFloat64()*13)
	m := mark{code: tardy, period: period, minutes: strconv.Itoa(minutes)}
	switch {
	case d.chance(.08):
		m.code = lateExcused
	case minutes > 30 && d.chance(.85):
		m.code, l.truancy = tardyOver30, true
		if d.chance(.4) {
			m.minutes = ""
		}
	case minutes > 30:
		l.truancy = true
	case d.chance(.06):
		m.minutes = ""
	}
	l.marks = append(l.marks, m)
}

func (y *year) periods(l *lived) int { return y.school(l.stay).PeriodsPerDay }

func (y *year) school(stay int) *school { return &y.t.schools[y.stays[stay].school] }

func (y *year) writeMarks(b *bundle) {
	for _, l := range y.days {
		for _, m := range l.marks {
			b.attendance.row(y.child.id, y.school(l.stay).ID, l.text, m.code, m.period, m.minutes)
		}
	}
}

// openOn reports whether the child is enrolled on a day.
func (y *year) openOn(day district.Date) bool { return stayOn(y.stays, day) >= 0 }
