package demo

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// family is the adults of some children and where they live. It is made from
// its number alone.
type family struct {
	number   int
	zone     int
	people   *people
	last     string
	language string // what is spoken at home, as the registration form says
	adults   []adult
	story    story
	// storyDay is the index of the school day on which the story turns.
	storyDay int

	// strain is the family's share of its children's absences, lean how much
	// of them stays without excuse; both 1 on the average.
	strain, lean float64
	outings      []outing
}

// adult is one contact of the children.
type adult struct {
	id, name, relationship, language string
	home                             home
	household                        string
	phone, email                     string
	mail                             bool
}

// home is an address as the office typed it.
type home struct{ street, unit, city, state, zip string }

// outing is what keeps the children of a family home together: a cold that goes
// round, a trip before the holidays.
type outing struct {
	from, days int // the index of its first school day, and how many
	trip       bool
	contract   bool // independent study was agreed on
}

func (t *town) family(number int) *family {
	d := throw(t.seed, familyDice, uint64(number))
	f := &family{number: number, zone: pick(d, t.tickets), people: &peoples[d.weighted(peopleShare...)]}
	z := d.NormFloat64()
	f.strain = z * z
	f.lean = z2(d)
	f.last = f.surname(d)
	f.language = f.people.language
	if f.language == "es" && d.chance(.03) {
		f.language = "es-MX"
	}
	f.settle(d)
	f.story, f.storyDay = t.tell(d)
	f.outings = t.outings(d)
	return f
}

func (f *family) surname(d dice) string {
	last := pick(d, f.people.last)
	switch {
	case d.chance(.004):
		return pick(d, longLast)
	case f.people.language == "es" && d.chance(.38):
		return last + " " + pick(d, f.people.last)
	case f.people.language == "en" && d.chance(.06):
		return last + "-" + pick(d, f.people.last)
	}
	return last
}

// settle gives the family its adults: two of them at one address, one alone,
// two households, grandparents or guardians; and often somebody to call who
// gets no mail.
func (f *family) settle(d dice) {
	first := newHome(d)
	one := fmt.Sprintf("H%06d", 2*f.number+100001)
	other := fmt.Sprintf("H%06d", 2*f.number+100002)
	if d.chance(.08) {
		one, other = "", ""
	}
	mother := func(h home, id string) { f.add(d, pick(d, f.people.women), "Mother", h, id) }
	father := func(h home, id string) { f.add(d, pick(d, f.people.men), "Father", h, id) }
	switch d.weighted(.49, .21, .05, .12, .05, .05, .03) {
	case 0:
		mother(first, one)
		father(first, one)
		if one == "" {
			f.adults[1].home.street = strings.ToUpper(f.adults[1].home.street)
		}
	case 1:
		mother(first, one)
	case 2:
		father(first, one)
	case 3:
		mother(first, one)
		if d.chance(.25) {
			f.add(d, pick(d, f.people.men), "Stepfather", first, one)
		}
		father(newHome(d), other)
		if d.chance(.15) {
			f.adults[len(f.adults)-1].language = "en"
		}
	case 4:
		f.add(d, pick(d, f.people.women), "Grandmother", first, one)
		if d.chance(.4) {
			f.add(d, pick(d, f.people.men), "Grandfather", first, one)
		}
	case 5:
		mother(first, one)
		f.add(d, pick(d, f.people.men), "Stepfather", first, one)
	case 6:
		f.add(d, pick(d, f.people.women), pick(d, []string{"Guardian", "Aunt", "Foster parent"}), first, one)
	}
	switch {
	case d.chance(.002):
		for i := range f.adults {
			f.adults[i].mail = false
		}
	case len(f.adults) > 1 && d.chance(.02):
		f.adults[len(f.adults)-1].mail = false
	}
	if d.chance(.30) {
		f.add(d, pick(d, f.people.women), pick(d, []string{"Aunt", "Grandmother", "Neighbor", "Family friend"}), home{}, "")
		f.adults[len(f.adults)-1].mail = false
	}
}

func (f *family) add(d dice, first, relationship string, h home, household string) {
	a := adult{
		id:           fmt.Sprintf("C%07d", 8*f.number+len(f.adults)+1_000_001),
		name:         first + " " + f.last,
		relationship: relationship, language: f.language, home: h, household: household,
		phone: phone(d), mail: true,
	}
	if relationship == "Mother" && d.chance(.4) || relationship != "Mother" && relationship != "Father" && d.chance(.6) {
		a.name = first + " " + pick(d, f.people.last)
	}
	if d.chance(.05) {
		a.language = ""
	}
	if d.chance(.72) {
		a.email = mailbox(first, strconv.Itoa(8*f.number+len(f.adults)+1))
	}
	if d.chance(.03) {
		a.phone = ""
	}
	f.adults = append(f.adults, a)
}

func newHome(d dice) home {
	h := home{
		street: fmt.Sprintf("%d %s", d.between(101, 48999), pick(d, streetNames)),
		city:   city, state: "CA", zip: pick(d, zips),
	}
	switch d.weighted(.81, .13, .02, .015, .007, .003, .015) {
	case 1:
		h.unit = pick(d, []string{"Apt ", "#", "Unit ", "Spc "}) + strconv.Itoa(d.between(1, 240))
		if d.chance(.3) {
			h.unit += pick(d, []string{"A", "B", "C"})
		}
	case 2:
		h.street = fmt.Sprintf("PO Box %d", d.between(10, 2999))
	case 3:
		h.street = fmt.Sprintf("RR %d Box %d", d.between(1, 4), d.between(2, 480))
		h.city, h.zip = ruralCity, ruralZip
	case 4:
		h = home{}
	case 5:
		h.zip = ""
	case 6:
		h.zip = fmt.Sprintf("%s-%04d", h.zip, d.between(1001, 9799))
	}
	return h
}

// outings are what befalls the whole family in the year. Trips lie before or
// after a week without school.
func (t *town) outings(d dice) []outing {
	var all []outing
	colds := poisson(d, .5+.25*min(4, z2(d)))
	for range colds {
		day := d.IntN(len(t.days))
		if d.chance(t.days[day].pull / 2) {
			all = append(all, outing{from: day, days: 1 + d.weighted(.45, .35, .20)})
		}
	}
	if d.chance(.09) {
		o := outing{days: d.between(1, 5), trip: true, contract: d.chance(.3)}
		o.from = pick(d, t.breaks) + 1
		if d.chance(.5) {
			o.from = max(0, o.from-o.days)
		}
		all = append(all, o)
	}
	return all
}

func z2(d dice) float64 { z := d.NormFloat64(); return z * z }

// poisson counts what happens at random mean times.
func poisson(d dice, mean float64) int {
	n, p := 0, math.Exp(-mean)
	for at := d.Float64(); at > p; n++ {
		at *= d.Float64()
	}
	return n
}
