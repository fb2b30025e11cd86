package demo

// flaws are the rows that are wrong on purpose, so that the rejects have
// something to show. A real export has them; a small district has fewer, never
// more than one row in a thousand of a file.
type flaws struct {
	known    string // a child enrolled all year, at school
	school   string
	repeated []string // a row that will stand twice
	late     string   // a child who came late, to lateTo
	lateTo   string
}

// collect looks for children the flaws can name.
func (f *flaws) collect(y *year) {
	s := y.stays[0]
	id := y.t.schools[s.school].ID
	if s.from > y.t.days[10].Date && f.late == "" {
		f.late, f.lateTo = y.child.id, id
	}
	if len(y.stays) > 1 || s.from != firstDay || s.to != 0 || len(y.days) == 0 || f.known != "" {
		return
	}
	f.known, f.school = y.child.id, id
	l := y.days[0]
	m := l.marks[0]
	f.repeated = []string{f.known, id, l.text, m.code, m.period, m.minutes}
}

// write puts the flawed rows at the end of their files.
func (f *flaws) write(t *town, b *bundle) {
	if f.known == "" {
		return
	}
	holiday := closed[0][0].String()
	wrong := [][]string{
		{f.known, f.school, "2025-09-13", unexcused, "", ""}, // a Saturday
		f.repeated,
		{"000000", f.school, "2025-09-10", ill, "", ""},
		{f.known, f.school, holiday, ill, "", ""},
		{f.known, f.school, "2025-02-30", unexcused, "", ""},
		{f.known, "999", "2025-09-10", unexcused, "", ""},
	}
	if f.late != "" {
		wrong = append(wrong, []string{f.late, f.lateTo, t.days[0].text, unexcused, "", ""})
	}
	b.flaw(b.attendance, wrong...)
	// A family that registered at one school and went to another.
	other := t.schools[len(t.schools)-1].ID
	if other == f.school {
		other = t.schools[0].ID
	}
	if other != f.school {
		b.flaw(b.enrollments, []string{f.known, other, "1", firstDay.String(), "2025-08-08", "", ""})
	}
	b.flaw(b.contacts, []string{
		"000000", "C0000001", "Former Contact", "Guardian", "en", "", "", "", "", "", phone(throw(t.seed, orderDice, 2)), "", "true", "", "1",
	})
}

// flaw writes as many of the rows as one in a thousand allows.
func (b *bundle) flaw(t *table, rows ...[]string) {
	for _, row := range rows[:min(len(rows), t.rows/1000)] {
		t.row(row...)
		b.flawed++
	}
}
