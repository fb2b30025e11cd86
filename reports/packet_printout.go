package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/templates"
)

// printOut is the year's attendance: the calendar grid, what the codes mean,
// the months, and every date with how it was counted.
func (p *packet) printOut() {
	p.heading(1, "Attendance print-out")
	g := p.yearGrid()
	p.calendar(&g)
	p.codes(&g)
	p.months(&g)
	p.evidence()
	p.uncounted()
	p.faults()
}

// codes explains the codes that occur, as the district describes them and as
// they count.
func (p *packet) codes(g *yearGrid) {
	var used []string
	for _, e := range g.evidence {
		used = append(used, e.Code)
	}
	slices.Sort(used)
	var rows [][]cell
	for _, code := range slices.Compact(used) {
		c := p.code(code)
		rows = append(rows, texts(code, cmp.Or(c.Description, "–"), p.counts(c.Category)))
	}
	if len(rows) > 0 {
		p.table(table{Size: 8, Rows: rows, Columns: []column{{Title: "Code", Width: 16}, {Title: "Meaning", Weight: 1}, {Title: "How it counts", Weight: 2}}})
	}
}

// code is a code as the packet tells of it. To the board an excused day is excused:
// the district's words for the code may tell of illness or grief.
func (p *packet) code(name string) district.Code {
	c := p.districtCode(name)
	if p.referral != nil && c.Category == district.Excused {
		c.Description = templates.Reason(templates.English, c.Category)
	}
	return c
}

// districtCode is the district's row for a code; the student's own rows know it
// where the school's table does not.
func (p *packet) districtCode(name string) district.Code {
	for _, c := range p.school.Codes {
		if c.Code == name {
			return c
		}
	}
	for _, m := range p.file.Student.Marks {
		if m.Code != nil && m.Code.Code == name {
			return *m.Code
		}
	}
	return district.Code{Code: name}
}

// counts says what the rules make of a category. (rules.md 2)
func (p *packet) counts(c district.Category) string {
	n := p.school.Night.Policy.Numbers
	switch c {
	case district.Excused:
		return "A full day is an absence. No truancy."
	case district.Unexcused:
		return fmt.Sprintf("A full day is an absence and a truancy event; more than %d minutes of a day are a truancy event.", n.LateMinutes)
	case district.Unverified:
		return fmt.Sprintf("Pending for %d school days, then read as unexcused.", n.ClearWindow)
	case district.Suspension, district.IndependentStudyIncomplete:
		return "An absence. No truancy."
	case district.Tardy:
		return fmt.Sprintf("A truancy event if more than %d minutes are recorded.", n.LateMinutes)
	case district.TardyOver30:
		return "The day is attended; a truancy event."
	case district.Present:
		return "Present."
	}
	return "–"
}

// months draws the absences of each calendar month and the rate so far.
func (p *packet) months(g *yearGrid) {
	st := &p.file.Standing
	var bars, labels []bar
	var rate []float64
	absent, enrolled := 0, 0
	for _, m := range g.months {
		taught := 0
		for d := m.first; d <= min(m.last, g.asOf); d++ {
			if k := g.kind(d); k == present || k == evident {
				taught++
			}
		}
		enrolled += taught
		if enrolled == 0 && m.last < g.asOf {
			continue // not yet here
		}
		label := m.first.Format("Jan")
		n, _ := g.counts(m)
		absent += n
		b := bar{Label: label, Value: float64(n), Ink: dark}
		if m.first > g.asOf {
			b.Note = " "
		} else if m.last >= g.asOf {
			// The last point is the standing's own figure, so that no other
			// school's calendar can bend it.
			rate = append(rate, tenth(st.DaysAbsent, st.DaysEnrolled))
		} else {
			rate = append(rate, tenth(absent, enrolled))
		}
		bars = append(bars, b)
		labels = append(labels, bar{Label: label})
	}
	if len(bars) == 0 {
		return
	}
	n := p.school.Night.Policy.Numbers
	trend := chart{Title: "Rate of absence so far: " + share(st.DaysAbsent, st.DaysEnrolled), Height: 32, Bars: labels, Trend: rate, Unit: "%"}
	if n.ChronicPercent > 0 {
		trend.Mark, trend.MarkWords = float64(n.ChronicPercent), fmt.Sprintf("chronic from %d%%", n.ChronicPercent)
	}
	p.space(1)
	p.keep(func() {
		p.columns(8,
			func() { p.chart(chart{Title: "Days absent in each month", Height: 32, Bars: bars}) },
			func() { p.chart(trend) })
	})
}

// tenth is n of d in percent, to one decimal.
func tenth(n, d int) float64 {
	if d <= 0 {
		return 0
	}
	return float64((2000*n+d)/(2*d)) / 10
}

// evidence is the table of counted dates.
func (p *packet) evidence() {
	p.heading(2, "Counted dates")
	st := &p.file.Standing
	days := slices.Clone(st.Absences)
	for _, d := range st.Truancies {
		if d.Kind == attendance.PartialDayTruancy {
			days = append(days, d)
		}
	}
	if len(days) == 0 {
		p.text("No absence and no truancy this school year.", setting{ink: grey, face: italic})
		return
	}
	slices.SortStableFunc(days, func(a, b attendance.Day) int { return cmp.Compare(a.Date, b.Date) })
	rows := make([][]cell, len(days))
	for i := range days {
		d := &days[i]
		rows[i] = texts(fmt.Sprint(i+1), shortDay(d.Date), d.Code, orNone(p.code(d.Code).Description), p.counted(d))
	}
	p.table(table{Size: 8, Rows: rows, Zebra: true, Columns: []column{
		{Title: "No.", Width: 9, Align: flushRight}, {Title: "Date", Width: 30}, {Title: "Code", Width: 16}, {Title: "What it is", Weight: 1}, {Title: "How it was counted", Weight: 1.6},
	}})
}

// counted says how one day entered the figures.
func (p *packet) counted(d *attendance.Day) string {
	var words string
	switch {
	case d.Kind == attendance.PartialDayTruancy && d.Minutes > 0:
		words = fmt.Sprintf("%d minutes missed without excuse: truancy event", d.Minutes)
	case d.Kind == attendance.PartialDayTruancy:
		words = fmt.Sprintf("more than %d minutes missed without excuse: truancy event", p.school.Night.Policy.Numbers.LateMinutes)
	case d.Matured:
		words = "full day absent, never explained: read as unexcused, truancy event"
	case d.Category == district.Unexcused:
		words = "full day absent, unexcused: truancy event"
	case d.Category == district.Unverified:
		words = "full day absent, pending: a note can still clear it"
	case d.Category == district.Excused:
		words = "full day absent, excused"
	case d.Category == district.Suspension:
		words = "full day absent, suspended"
	case d.Category == district.IndependentStudyIncomplete:
		words = "full day absent, independent study not completed"
	}
	if n := len(d.Periods); n > 3 {
		words += fmt.Sprintf(" (%d periods)", n)
	} else if n > 0 {
		words += fmt.Sprintf(" (period %s)", strings.Join(d.Periods, ", "))
	}
	if d.SchoolID != p.school.School.ID && d.SchoolID != "" {
		words += ", at " + p.school.Night.schoolName(d.SchoolID)
	}
	return words
}

func (p *packet) uncounted() {
	days := p.file.Standing.Uncounted
	if len(days) == 0 {
		return
	}
	p.heading(2, "Noted, but not counted")
	rows := make([][]cell, len(days))
	for i, d := range days {
		rows[i] = texts(shortDay(d.Date), d.Code, orNone(p.code(d.Code).Description), d.Why)
	}
	p.table(table{Size: 8, Rows: rows, Columns: []column{
		{Title: "Date", Width: 30}, {Title: "Code", Width: 16}, {Title: "What it is", Weight: 1}, {Title: "Why it does not count", Weight: 2},
	}})
}

func (p *packet) faults() {
	if len(p.file.Standing.Faults) == 0 {
		return
	}
	p.heading(2, "To be mended in the data")
	var items [][]span
	for _, f := range p.file.Standing.Faults {
		items = append(items, plain(joinParts(": ", shortDay(f.Date), f.Problem)))
	}
	p.bullets(items...)
}
