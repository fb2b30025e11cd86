package demo

import (
	"fmt"
	"time"

	"rollcall/internal/district"
)

// child is one student: who it is, and what the year will make of it.
type child struct {
	*family
	id, first, middle, preferred, ssid, homeLanguage string

	born  district.Date
	grade int // index in district.Grades

	rate    float64 // absences of a day, before colds that go round
	drift   float64 // how the rate changes over the year
	excuses float64 // the share of absences for which nobody brings an excuse
	late    float64 // late mornings of a day
	ability float64 // about normal
	trouble float64 // incidents a year
}

// byGrade is how the youngest and the oldest miss more days than those between.
var byGrade = [...]float64{1.35, 1.28, 1.08, .95, .90, .88, .90, .95, 1.02, 1.10}

// meanRate is the district's rate of absence but for colds and trips.
const meanRate = .064

// size is how many children of a family go to the district's schools.
func (f *family) size(t *town) int {
	return 1 + throw(t.seed, childDice, uint64(f.number)<<3|7).weighted(.54, .31, .12, .03)
}

// children makes the first n of a family. Brothers and sisters are in different
// grades, but for a few twins.
func (t *town) children(f *family, n int) []child {
	all := make([]child, n)
	twins := false
	for i := range all {
		d := throw(t.seed, childDice, uint64(f.number)<<3|uint64(i))
		c := &all[i]
		c.family = f
		for {
			c.grade = d.weighted(.55, 1, 1, 1, 1, 1, 1, 1, 1, 1)
			same := 0
			for _, other := range all[:i] {
				same += btoi(other.grade == c.grade)
			}
			if same == 0 || !twins && d.chance(.1) {
				twins = twins || same > 0
				break
			}
		}
		// A K-8 school has no transitional kindergarten.
		if c.grade == gradeTK && t.schools[t.at(f.zone, gradeTK)].first > gradeTK {
			c.grade = gradeK
		}
		c.name(d, all[:i])
		c.register(d)
		for _, twin := range all[:i] {
			if twin.grade == c.grade {
				c.born = twin.born
			}
		}
		c.fate(d)
	}
	return all
}

func (c *child) name(d dice, others []child) {
	first := c.people.girls
	if d.chance(.5) {
		first = c.people.boys
	}
	for taken := true; taken; {
		c.first, taken = pick(d, first), false
		for _, other := range others {
			taken = taken || other.first == c.first
		}
	}
	c.middle = pick(d, c.people.middle)
	switch {
	case d.chance(.003):
		c.first = pick(d, longFirst)
	case d.chance(.05):
		c.preferred = pick(d, []string{"Alex", "Bella", "Chuy", "DJ", "Gabi", "Junior", "Lupita", "Max", "Nico", "Sam", "TJ"})
	}
}

// register fills what the registration form asks: children are five by 1
// September of kindergarten.
func (c *child) register(d dice) {
	c.born = district.NewDate(2020, time.September, 1) - district.Date(d.IntN(365))
	held := btoi(c.grade >= grade1 && d.chance(.03))
	year, month, day := c.born.Time().Date()
	c.born = district.NewDate(year-(c.grade-gradeK)-held, month, day)
	if d.chance(.003) {
		c.born = 0
	}
	if !d.chance(.004) {
		c.ssid = fmt.Sprintf("%010d", 1_000_000_000+d.Int64N(9_000_000_000))
	}
	if c.homeLanguage = c.language; d.chance(.01) {
		c.homeLanguage = ""
	}
}

// fate draws the child's propensities. Half of the strain is the family's, so
// that brothers and sisters are alike; two squared normals make the long tail
// that rates of absence have.
func (c *child) fate(d dice) {
	c.rate = min(.32, meanRate*(.16+.42*(c.strain+z2(d)))*byGrade[c.grade])
	c.drift = .45 * d.NormFloat64()
	own := d.Float64()
	c.excuses = min(.95, .01+.13*c.lean*own+.03*c.lean+1.5*c.rate)
	c.late = min(.4, .028*(c.strain+z2(d))/2)
	c.ability = d.NormFloat64() - 3*c.rate
	switch {
	case c.grade < grade1:
	case c.grade >= grade6 && d.chance(.14):
		c.trouble = .6 + 2*d.Float64()
	case d.chance(.05):
		c.trouble = .4 + 1.2*d.Float64()
	}
}
