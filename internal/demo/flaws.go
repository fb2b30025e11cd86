package demo

// flaws are the rows that are wrong on purpose, so that the rejects have
// something to show. A real export has them; a small district has fewer, never
// more than one row in a thousand of a file.
type flaws struct {
	witnesses []witness // children enrolled all year, of different schools
	late      witness   // one who came late
}

// witness is a child a flawed row can name; row is a good one of its own.
type witness struct {
	id, school string
	row        []string
}

// maxWitnesses is how many children share the flaws.
const maxWitnesses = 4

// collect looks for children the flaws can name.
func (f *flaws) collect(y *year) {
	s := y.stays[0]
	w := witness{id: y.child.id, school: y.t.schools[s.school].ID}
	switch {
	case len(y.stays) > 1:
		return
	case s.from > y.t.days[10].Date && f.late.id == "":
		f.late = w
		return
	case s.from != firstDay || s.to != 0 || len(y.days) == 0 || len(f.witnesses) == maxWitnesses:
		return
	}
	for _, other := range f.witnesses {
		if other.school == w.school {
			return
		}
	}
	l := y.days[0]
	m := l.marks[0]
	w.row = []string{w.id, w.school, l.text, m.code, m.period, m.minutes}
	f.witnesses = append(f.witnesses, w)
}

// write puts the flawed rows at the end of their files.
// noSchool is the ID of no school.
func noSchool(t *town) string {
	if len(t.schools) < 898 {
		return "999"
	}
	return "9999"
}

func (f *flaws) write(t *town, b *bundle) {
	if len(f.witnesses) == 0 {
		return
	}
	w := func(i int) witness { return f.witnesses[i%len(f.witnesses)] }
	wrong := [][]string{
		{w(0).id, w(0).school, "2025-09-13", unexcused, "", ""}, // a Saturday
		w(1).row, // a second time
		{"000000", w(2).school, "2025-09-10", ill, "", ""},
		{w(3).id, w(3).school, closed[0][0].String(), ill, "", ""},
		{w(1).id, w(1).school, "2025-02-30", unexcused, "", ""},
		{w(2).id, noSchool(t), "2025-09-10", unexcused, "", ""},
	}
	if f.late.id != "" {
		wrong = append(wrong, []string{f.late.id, f.late.school, t.days[0].text, unexcused, "", ""})
	}
	b.flaw(b.attendance, wrong...)
	if len(f.witnesses) > 1 {
		// A family that registered at one school and went to another.
		b.flaw(b.enrollments, []string{w(0).id, w(1).school, "1", firstDay.String(), "2025-08-08", "", ""})
	}
	b.flaw(b.contacts, []string{
		"000000", "C0000001", "Former Contact", "Guardian", "en", "", "", "", "", "", "(951) 555-0199", "", "true", "", "1",
	})
}

// flaw writes as many of the rows as one in a thousand allows.
func (b *bundle) flaw(t *table, rows ...[]string) {
	for _, row := range rows[:min(len(rows), t.rows/1000)] {
		t.row(row...)
		b.flawed++
	}
}
