package demo

import "strconv"

// roll is every child of the district in the order of the student IDs, which
// follows neither school nor family.
type roll struct {
	children []ref
	families int
	firstID  int
}

// ref finds a child: its family's number, and which of the children it is.
type ref struct{ family, of, nth int32 }

// homeroomSize is how many children a homeroom holds.
const homeroomSize = 26

// callRoll draws families until there are enough children, and gives the
// schools as many homerooms as they need.
func (t *town) callRoll(students int) roll {
	r := roll{children: make([]ref, 0, students), firstID: 204_117}
	if students > 150_000 {
		r.firstID = 2_004_117 // one width for all IDs
	}
	seats := make([][grade8 + 1]int, len(t.schools))
	for ; len(r.children) < students; r.families++ {
		f := t.family(r.families)
		n := min(f.size(t), students-len(r.children))
		for i, c := range t.children(f, n) {
			r.children = append(r.children, ref{int32(r.families), int32(n), int32(i)})
			seats[t.at(f.zone, c.grade)][c.grade]++
		}
	}
	for i := range t.schools {
		for g, n := range seats[i] {
			t.schools[i].rooms[g] = (n + homeroomSize - 1) / homeroomSize
		}
	}
	d := throw(t.seed, orderDice, 0)
	d.Shuffle(len(r.children), func(i, j int) { r.children[i], r.children[j] = r.children[j], r.children[i] })
	return r
}

// writeStudents writes everything that belongs to one child, child by child.
func (t *town) writeStudents(b *bundle, r roll) {
	d := throw(t.seed, orderDice, 1)
	id := r.firstID
	var flaws flaws
	for _, at := range r.children {
		id += d.between(1, 5)
		f := t.family(int(at.family))
		c := t.children(f, int(at.of))[at.nth]
		c.id = strconv.Itoa(id)
		b.students.row(c.id, c.last, c.first, c.middle, c.preferred, c.ssid, c.born.String(), c.homeLanguage)
		t.writeContacts(b, &c)
		y := t.live(&c, uint64(at.family)<<3|uint64(at.nth))
		t.writeStays(b, &c, y.stays)
		y.writeMarks(b)
		y.writeRecords(b)
		flaws.collect(y)
	}
	flaws.write(t, b)
}

func (t *town) writeContacts(b *bundle, c *child) {
	for i, a := range c.adults {
		h := a.home
		b.contacts.row(c.id, a.id, a.name, a.relationship, a.language, h.street, h.unit, h.city, h.state, h.zip,
			a.phone, a.email, yesNo(a.mail), a.household, strconv.Itoa(i+1))
	}
}
