package demo

import (
	"fmt"

	"rollcall/internal/district"
)

// story is what a family does in the year.
type story int

const (
	stays     story = iota
	arrives         // enters late
	leaves          // exits for good
	moves           // to another zone, and its schools
	comesBack       // exits and returns
)

// tell draws a family's story and the school day on which it turns.
func (t *town) tell(d dice) (story, int) {
	s := story(d.weighted(.932, .024, .022, .016, .006))
	switch s {
	case comesBack:
		return s, d.between(18, 90)
	case arrives:
		if d.chance(.4) {
			return s, d.between(2, 12)
		}
		return s, d.between(13, 150)
	}
	return s, d.between(14, 165)
}

// stay is one enrollment; to is zero while it lasts.
type stay struct {
	school, room int
	from, to     district.Date
}

// stays are the enrollments of a child, in order. Now and then an office closes
// the old one some days late, and both are open.
func (t *town) stays(c *child, d dice) []stay {
	home := t.at(c.zone, c.grade)
	turn := t.days[c.storyDay].Date
	before := t.days[max(0, c.storyDay-1)].Date
	first := stay{school: home, room: t.room(home, c.grade), from: firstDay}
	switch c.story {
	case arrives:
		first.from = turn
	case leaves:
		first.to = turn
	case moves:
		var others []int
		for _, s := range t.serving[c.grade] {
			if s != home {
				others = append(others, s)
			}
		}
		if len(others) == 0 {
			break
		}
		next := others[c.number%len(others)]
		first.to = before
		if d.chance(.08) {
			first.to = t.days[c.storyDay+2].Date
		}
		return []stay{first, {school: next, room: t.room(next, c.grade), from: turn}}
	case comesBack:
		first.to = turn
		again := first
		again.from, again.to = t.days[c.storyDay+12+c.number%30].Date, 0
		return []stay{first, again}
	}
	return []stay{first}
}

// room seats a child in the next of the grade's homerooms, so that they fill
// evenly.
func (t *town) room(school, grade int) int {
	s := &t.schools[school]
	s.seated[grade]++
	return s.seated[grade] % max(1, s.rooms[grade])
}

// stayOn is the enrollment that owns a day: the one entered later.
func stayOn(all []stay, day district.Date) int {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].from <= day && (all[i].to == 0 || day <= all[i].to) {
			return i
		}
	}
	return -1
}

func (t *town) writeStays(b *bundle, c *child, all []stay) {
	for _, s := range all {
		name := fmt.Sprintf("Room %d", 10*c.grade+s.room+1)
		if c.grade >= grade6 {
			name = fmt.Sprintf("Advisory %s-%02d", district.Grades[c.grade], s.room+1)
		}
		b.enrollments.row(c.id, t.schools[s.school].ID, district.Grades[c.grade],
			s.from.String(), s.to.String(), name, t.teacher(s.school, c.grade, s.room))
	}
}
