package reports

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/district"
	"rollcall/internal/night"
	"rollcall/templates"
)

// DistrictBrief is the district office's page of figures: the tiers, chronic
// absence, truancy, cases and letters of every school, the schools held, and
// what did not arrive. With SuppressSmall it covers the same counts as the
// district's roster, so that neither gives away what the other hides.
func DistrictBrief(d *DistrictNight, _ *templates.Set) (PDF, error) {
	p := newPaper("District attendance brief", &d.Night, portrait)
	f := p.flow(flowOptions{
		Head: literal("District attendance brief · "+d.Night.District.Name) + "\tConfidential",
		Foot: literal("School year "+d.Night.Year.String()+" · data through "+longDay(d.Night.AsOf)) + "\tPage {page} of {pages}",
		Size: 9.5,
	})
	f.heading(1, "District attendance brief, "+longDay(d.Night.AsOf))
	if len(d.Schools) == 0 {
		f.text("No school was assessed tonight.")
	} else {
		b := districtFigures{flow: f, summary: summarise(d), night: d}
		b.totals()
		b.heldSchools()
		b.charts()
		b.bySchool()
	}
	f.undelivered(d.Undelivered)
	f.exceptionsBySchool(d)
	f.rejects(d)
	return p.finish()
}

// districtFigures shows the counts of a summary as far as they may be shown.
type districtFigures struct {
	*flow
	*summary
	night *DistrictNight
}

// words are a count as it may be shown.
func (b *districtFigures) words(row, column int) string { return fmt.Sprint(b.count(row, column)) }

// open reports whether counts of a row may all be shown.
func (b *districtFigures) open(row int, columns ...int) bool {
	return !slices.ContainsFunc(columns, func(c int) bool { return b.covers[row][c] != shown })
}

// percent is the share of a count in the row's students, empty where either is
// covered: a rate is as good as a count.
func (b *districtFigures) percent(row, column int) string {
	if !b.open(row, column, countStudents) {
		return ""
	}
	return share(b.counts[row][column], b.counts[row][countStudents])
}

// The places of the cases' counts among countHeads, behind those known by grade.
const (
	countOpenCART = gradeCounts + iota
	countOpenSART
	countNewCART
	countNewSART
	countWaiting
	countWatchList
	countLettersMail
	countLettersStudent
	countMeetings
)

func (b *districtFigures) totals() {
	total := len(b.counts) - 1
	of := func(column int) string { return joinParts(" ", b.percent(total, column), "of students") }
	held := 0
	for _, line := range b.schools {
		if line.Held != "" {
			held++
		}
	}
	b.figures([]figure{
		{b.words(total, countStudents), "students assessed", count(len(b.schools), "school", "schools")},
		{b.words(total, countLabel), "chronically absent", of(countLabel)},
		{b.words(total, countTruant), "truant", of(countTruant)},
		{b.words(total, countOpenCART), "open CART cases", "new tonight: " + b.words(total, countNewCART)},
		{b.words(total, countOpenSART), "open SART cases", "new tonight: " + b.words(total, countNewSART)},
		{b.words(total, countLettersMail), "letters to mail", "with students: " + b.words(total, countLettersStudent)},
		{b.words(total, countMeetings), "meetings booked", "waiting: " + b.words(total, countWaiting)},
		{fmt.Sprint(held), "schools held", ""},
		{fmt.Sprint(len(b.night.Undelivered)), "messages not delivered", ""},
		{fmt.Sprint(len(b.night.Rejects)), "rejected rows", count(len(b.night.Exceptions), "exception", "exceptions")},
	})
}

func (b *districtFigures) heldSchools() {
	for _, line := range b.schools {
		if line.Held != "" {
			b.para([]span{
				{"Held: " + short(line.School.Name) + ". ", bold}, {text: sentence(line.Held) + " Nothing was issued. How it goes on: "},
				{sentence(line.Mend), bold},
			}, setting{ink: red})
		}
	}
}

func (b *districtFigures) charts() {
	tiers := stacks{Title: "Students by tier", Legend: tierLegend(), Inks: tierInks, Top: 100, Unit: "%", Wide: 52}
	chronic := stacks{Title: "Chronic absence rate", Inks: tierInks[2:3], Unit: "%", Wide: 52}
	truant := stacks{Title: "Truancy rate", Inks: tierInks[3:4], Unit: "%", Wide: 52}
	for i, line := range b.schools {
		name := short(line.School.Name)
		n := b.counts[i]
		const notShown = "small counts not shown"
		tier := stack{Label: name, Note: notShown}
		if b.open(i, countStudents, countSatisfactory, countAtRisk, countChronic, countSevere) {
			tier = tierRow(name, count(n[countStudents], "student", "students"), n[countStudents], n[countSatisfactory], n[countAtRisk], n[countChronic], n[countSevere])
		}
		tiers.Rows = append(tiers.Rows, tier)
		for _, c := range []struct {
			of     *stacks
			column int
		}{{&chronic, countLabel}, {&truant, countTruant}} {
			row := stack{Label: name, Note: notShown}
			if b.open(i, c.column, countStudents) {
				row.Parts = []float64{tenth(n[c.column], n[countStudents])}
				row.Note = fmt.Sprintf("%s (%d)", share(n[c.column], n[countStudents]), n[c.column])
			}
			c.of.Rows = append(c.of.Rows, row)
		}
	}
	b.stacks(tiers)
	b.stacks(chronic)
	b.stacks(truant)
}

func (b *districtFigures) bySchool() {
	b.keep(func() {
		b.heading(2, "Attendance by school")
		b.countTable([]int{countStudents, countSatisfactory, countAtRisk, countChronic, countSevere, countLabel, countTruant}, true)
	})
	b.keep(func() {
		b.heading(2, "Cases, letters and meetings by school")
		b.countTable([]int{countOpenCART, countOpenSART, countNewCART, countNewSART, countWaiting, countWatchList, countLettersMail, countLettersStudent, countMeetings}, false)
	})
	if b.night.SuppressSmall {
		b.text(fmt.Sprintf("≤%d: a count of 1 to %d students, not shown. withheld: a larger count from which a small one could be worked out.", smallCell, smallCell), setting{size: 8, ink: grey})
	}
}

// countTable is a line for each school and one for all, with the chronic rate
// where asked.
func (b *districtFigures) countTable(columns []int, rates bool) {
	const size = 8
	heads := []column{{Title: "School", Weight: 1}}
	for _, c := range columns {
		heads = append(heads, b.countColumn(countHeads[c], size, 14))
	}
	if rates {
		heads = append(heads, b.countColumn("Chronic rate", size, 14))
	}
	line := func(row int, name string, face bool) []cell {
		cells := []cell{{Text: name, Bold: face}}
		for _, c := range columns {
			cells = append(cells, cell{Text: b.words(row, c), Bold: face})
		}
		if rates {
			cells = append(cells, cell{Text: orNone(b.percent(row, countLabel)), Bold: face})
		}
		return cells
	}
	var rows [][]cell
	for i, l := range b.schools {
		name := short(l.School.Name)
		if l.Held != "" {
			name += " (held)"
		}
		rows = append(rows, line(i, name, false))
	}
	rows = append(rows, line(len(b.counts)-1, "All schools", true))
	b.table(table{Size: size, Rows: rows, Columns: heads})
}

// undelivered lists the messages that some address did not get.
func (f *flow) undelivered(messages []night.Delivery) {
	f.heading(2, "Mail that was not delivered")
	if len(messages) == 0 {
		f.text("Everything was delivered.")
		return
	}
	var rows [][]cell
	for _, m := range messages {
		for _, r := range m.Recipients {
			if r.Outcome != night.Sent {
				rows = append(rows, texts(orNone(m.SchoolID), m.Role.Label(), r.Address, strings.ReplaceAll(string(r.Outcome), "_", " "), orNone(r.Detail)))
			}
		}
	}
	f.table(table{Size: 8, Rows: rows, Columns: []column{
		{Title: "School", Width: 18}, {Title: "Role", Weight: 0.9}, {Title: "Address", Weight: 1.3}, {Title: "Outcome", Width: 20}, {Title: "The server's words", Weight: 1.5},
	}})
}

func (f *flow) exceptionsBySchool(d *DistrictNight) {
	f.heading(2, "Exceptions by school")
	if len(d.Exceptions) == 0 {
		f.text("None tonight.")
		return
	}
	counts := map[string]map[string]int{}
	var ids []string
	for _, e := range d.Exceptions {
		if counts[e.SchoolID] == nil {
			counts[e.SchoolID] = map[string]int{}
			ids = append(ids, e.SchoolID)
		}
		counts[e.SchoolID][short(e.Subject)]++
	}
	slices.Sort(ids)
	var rows [][]cell
	for _, id := range ids {
		n, words := 0, []string{}
		for _, t := range inOrderOfCount(counts[id]) {
			n += t.n
			words = append(words, fmt.Sprintf("%s %d", t.words, t.n))
		}
		rows = append(rows, texts(orNone(d.schoolName(id)), fmt.Sprint(n), strings.Join(words, ", ")))
	}
	f.table(table{Size: 8, Rows: rows, Columns: []column{{Title: "School", Weight: 1}, {Title: "Count", Width: 16, Align: flushRight}, {Title: "What about", Weight: 2}}})
}

func (d *DistrictNight) schoolName(id string) string {
	for _, line := range d.Schools {
		if line.School.ID == id {
			return short(line.School.Name)
		}
	}
	return id
}

// rejects counts the rejected rows by what is wrong with them.
func (f *flow) rejects(d *DistrictNight) {
	f.heading(2, "Rejected rows")
	if len(d.Rejects) == 0 {
		f.text("None: every row of the export was read.")
		return
	}
	type fault struct{ file, column, reason string }
	first := map[string]district.Reject{}
	counts := map[string]int{}
	for _, r := range d.Rejects {
		key := fmt.Sprint(fault{r.File, r.Column, r.Reason})
		if counts[key]++; counts[key] == 1 {
			first[key] = r
		}
	}
	kinds := inOrderOfCount(counts)
	var rows [][]cell
	for _, k := range kinds[:min(listed, len(kinds))] {
		r := first[k.words]
		rows = append(rows, texts(fmt.Sprint(k.n), short(r.File), short(r.Column), typefaces().oneLine(r.Reason, 300), lineOf(&r)))
	}
	f.table(table{Size: 8, Rows: rows, Columns: []column{
		{Title: "Rows", Width: 14, Align: flushRight}, {Title: "File", Weight: 1}, {Title: "Column", Weight: 0.8}, {Title: "What is wrong", Weight: 2.4}, {Title: "First line", Width: 18, Align: flushRight},
	}})
	if n := len(kinds) - len(rows); n > 0 {
		f.text(fmt.Sprintf("And %s more.", count(n, "kind", "kinds")), setting{ink: grey, face: italic})
	}
	f.text("Every rejected row is in rejects.csv.", setting{size: 8, ink: grey})
}
