package demo

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"rollcall/internal/district"
)

// incident is one behavior entry; out is how many school days of suspension
// follow it.
type incident struct {
	day, out               int // the index of its school day
	what, location, action string
}

var (
	misdeeds  = []string{"Disruption in class", "Defiance", "Rough play", "Profanity", "Phone in use", "Pushing in line", "Property misuse", "Leaving class without permission"}
	places    = []string{"Classroom", "Playground", "Cafeteria", "Hallway", "Bus line", "Restroom", "Field"}
	responses = []string{"Warning", "Parent called", "Recess detention", "Counselor referral", "Restorative conversation", "Lunch detention"}
)

// misbehave draws the year's incidents, at most one a day, and in the upper
// grades some suspensions.
func (y *year) misbehave() {
	if y.child.trouble == 0 {
		return
	}
	d := y.dice
	seen := map[int]bool{}
	for range poisson(d, y.child.trouble) {
		n := incident{day: d.IntN(len(y.t.days) - 4), what: pick(d, misdeeds), location: pick(d, places), action: pick(d, responses)}
		if seen[n.day] || !y.openOn(y.t.days[n.day].Date) {
			continue
		}
		seen[n.day] = true
		if y.child.grade >= grade1+2 && d.chance(.22) {
			n.out = 1 + d.weighted(.6, .25, .15)
			n.what = pick(d, []string{"Fighting", "Threat to a student", "Vaping device"})
			n.action = fmt.Sprintf("Suspension, %d day(s)", n.out)
		}
		y.incidents = append(y.incidents, n)
	}
	slices.SortFunc(y.incidents, func(a, b incident) int { return a.day - b.day })
}

func (y *year) suspendedOn(i int) bool {
	for _, n := range y.incidents {
		if n.day < i && i <= n.day+n.out {
			return true
		}
	}
	return false
}

// writeRecords writes what the SIS holds beside attendance.
func (y *year) writeRecords(b *bundle) {
	for _, n := range y.incidents {
		b.behavior.row(y.child.id, y.t.days[n.day].text, n.what, n.location, n.action)
	}
	y.writeNotes(b)
	y.writeGrades(b)
	y.writeMissing(b)
	y.writeLetters(b)
	y.writeInterventions(b)
}

// writeNotes says who called, in the plain words a front office uses: nothing
// of a diagnosis belongs there.
func (y *year) writeNotes(b *bundle) {
	d, c := y.dice, y.child
	caller := c.adults[0].relationship
	for _, l := range y.days {
		note := ""
		switch l.code {
		case ill:
			note = pick(d, []string{caller + " called in sick", caller + " called, not feeling well", "Called in sick", "Note from home: sick"})
		case medical:
			note = pick(d, []string{"Appointment, slip on file", caller + " called: appointment", "Doctor's slip handed in"})
		case unexcused:
			note = pick(d, []string{"Auto-dialer, no answer", "Left message, no call back", caller + " reached: overslept", "No car today", "Voice mailbox full"})
		case vacation:
			note = "Family trip; " + caller + " told it cannot be excused"
		case unverified:
			note = "Auto-dialer, no answer"
		case otherReason:
			note = pick(d, []string{caller + " called: family reason", "Religious holiday", "Court date, paper shown"})
		}
		if note == "" || !d.chance(.55) {
			continue
		}
		if district.IsSpanish(c.language) && d.chance(.1) {
			note += " (llamada en español)"
		}
		b.notes.row(c.id, l.text, note, y.school(l.stay).clerk)
	}
}

// The terms and the day of their marks; the progress report is what a meeting
// in the fall can look at.
var terms = []struct {
	name string
	asOf district.Date
}{
	{"T1 progress", district.NewDate(2025, time.September, 26)},
	{"T1", district.NewDate(2025, time.November, 7)},
	{"T2", district.NewDate(2026, time.February, 27)},
	{"T3", district.NewDate(2026, time.May, 22)},
}

var (
	subjects = []string{"Reading", "Writing", "Mathematics", "Science", "Social Studies"}
	courses  = []string{"English", "Mathematics", "Science", "History", "Physical Education", "Elective: Art & Music"}
)

func (y *year) writeGrades(b *bundle) {
	c, d := y.child, y.dice
	for _, term := range terms {
		at := stayOn(y.stays, term.asOf)
		if at < 0 {
			continue
		}
		asOf := term.asOf.String()
		for i, course := range y.courses() {
			able := c.ability + .6*d.NormFloat64()
			if c.grade < grade6 {
				b.grades.row(c.id, term.name, course, strconv.Itoa(1+int(min(3, max(0, 1.9+.8*able)))), y.teaching(at, i), "", asOf)
				continue
			}
			percent := math.Round(10*min(100, max(31, 81+9*able))) / 10
			b.grades.row(c.id, term.name, course, letter(percent), y.teaching(at, i), fmt.Sprintf("%.1f", percent), asOf)
		}
	}
}

func (y *year) courses() []string {
	if y.child.grade < grade6 {
		return subjects
	}
	return courses
}

// teaching is the homeroom's teacher, and in the upper grades the course's.
func (y *year) teaching(stay, course int) string {
	s := y.stays[stay]
	if y.child.grade < grade6 {
		return y.t.teacher(s.school, y.child.grade, s.room)
	}
	return y.t.teacher(s.school, y.child.grade, 1000+10*course+s.room%3)
}

func letter(percent float64) string {
	switch {
	case percent >= 90:
		return "A"
	case percent >= 80:
		return "B"
	case percent >= 70:
		return "C"
	case percent >= 60:
		return "D"
	}
	return "F"
}

var tasks = []string{"Worksheet", "Reading log", "Quiz corrections", "Problem set", "Lab notes", "Paragraph draft", "Vocabulary", "Map project", "Chapter questions", "Exit ticket"}

// writeMissing writes work not handed in: who is absent misses more of it.
func (y *year) writeMissing(b *bundle) {
	c, d := y.child, y.dice
	if c.grade < grade1 {
		return
	}
	mean := .5 + .22*float64(y.absent)
	if c.grade >= grade6 {
		mean *= 1.8
	}
	all := y.courses()
	for n := range min(40, poisson(d, mean)) {
		day := y.t.days[d.IntN(len(y.t.days))]
		at := stayOn(y.stays, day.Date)
		if at < 0 {
			continue
		}
		course := d.IntN(len(all))
		b.missing.row(c.id, all[course], fmt.Sprintf("%s %d", pick(d, tasks), n+1), day.text, y.teaching(at, course), strconv.Itoa(5*d.between(1, 10)))
	}
}

// Letter #1 of the other system goes out some school days after the third
// event, for children of compulsory age (EC 48260.5); a twelfth of them never
// was sent, as happens when an export is late.
func (y *year) writeLetters(b *bundle) {
	c, d := y.child, y.dice
	events := 0
	for _, l := range y.days {
		if !l.truancy || !c.ofAge(l.Date) {
			continue
		}
		if events++; events%3 != 0 || events > 9 {
			continue
		}
		sent := y.after(l.Date, d.between(3, 5))
		lost := d.chance(.08)
		if sent == 0 || lost || !y.openOn(sent) {
			continue
		}
		channel := "mail"
		if d.chance(.2) {
			channel = "email"
		}
		b.letters.row(c.id, fmt.Sprintf("A2A-%d", events/3), sent.String(), channel)
	}
}

// ofAge is compulsory age: six years, and without a birthdate from grade 1 on.
func (c *child) ofAge(on district.Date) bool {
	if c.born == 0 {
		return c.grade >= grade1
	}
	s := district.Student{Birthdate: c.born}
	years, _ := s.AgeOn(on)
	return years >= 6
}

// after is the n-th school day after a date, zero where the year ends first.
func (y *year) after(date district.Date, n int) district.Date {
	for i, day := range y.t.days {
		if day.Date > date && i+n-1 < len(y.t.days) {
			return y.t.days[i+n-1].Date
		}
	}
	return 0
}

// writeInterventions writes what schools did before any meeting, for those who
// were absent most.
func (y *year) writeInterventions(b *bundle) {
	c, d := y.child, y.dice
	steps := []struct {
		absences     int
		p            float64
		kind, note   string
		districtWide bool
	}{
		{4, .30, "Phone call home", "Talked with " + c.adults[0].relationship + " about attendance", false},
		{9, .22, "Counselor check-in", "Weekly check-in agreed", false},
		{14, .15, "SST", "Student Study Team met; plan on file", false},
		{20, .18, "Home visit", "Nobody home; door hanger left", true},
	}
	absences := 0
	for _, l := range y.days {
		if !l.full {
			continue
		}
		absences++
		for _, s := range steps {
			if absences != s.absences || !d.chance(s.p) {
				continue
			}
			on := y.after(l.Date, d.between(1, 4))
			if on == 0 || !y.openOn(on) {
				continue
			}
			author := y.school(l.stay).clerk
			if s.districtWide {
				author = "Marisol Quintanar"
			}
			b.interventions.row(c.id, on.String(), s.kind, s.note, author)
		}
	}
}
