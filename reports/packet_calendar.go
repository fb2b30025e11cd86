package reports

import (
	"fmt"
	"slices"
	"time"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
)

// yearGrid is the school year as a grid: a row a month, a column a day, in each
// cell the code that decided the day.
type yearGrid struct {
	months   []month
	evidence map[district.Date]*attendance.Day
	taught   map[district.Date]bool // nil where the school has no calendar
	stays    []district.Enrollment
	asOf     district.Date
}

// month is a calendar month by its first day.
type month struct{ first, last district.Date }

func monthOf(d district.Date) month {
	year, m, _ := d.Time().Date()
	return month{district.NewDate(year, m, 1), district.NewDate(year, m+1, 1) - 1}
}

func (m month) next() month { return monthOf(m.last + 1) }

func (p *packet) yearGrid() yearGrid {
	st := &p.file.Standing
	g := yearGrid{
		evidence: map[district.Date]*attendance.Day{}, stays: p.file.Student.Enrollments, asOf: p.school.Night.AsOf,
	}
	first, last := district.NewDate(int(p.school.Night.Year), time.August, 1), district.NewDate(int(p.school.Night.Year)+1, time.June, 1)
	if days := p.school.Calendar; len(days) > 0 {
		g.taught = make(map[district.Date]bool, len(days))
		for _, d := range days {
			g.taught[d] = true
		}
		first, last = days[0], days[len(days)-1]
	}
	for _, list := range [][]attendance.Day{st.Uncounted, st.Truancies, st.Absences} {
		for i := range list {
			g.evidence[list[i].Date] = &list[i]
			first, last = min(first, list[i].Date), max(last, list[i].Date)
		}
	}
	// A date mistyped into another year must not make a thousand rows.
	first, last = max(first, p.school.Night.Year.First()), min(last, p.school.Night.Year.Last())
	for m := monthOf(first); m.first <= last; m = m.next() {
		g.months = append(g.months, m)
	}
	return g
}

// cellKind is what a day of the grid shows.
type cellKind uint8

const (
	present cellKind = iota
	noSchool
	notEnrolled
	toCome
	evident // a day with a row
)

func (g *yearGrid) kind(d district.Date) cellKind {
	switch {
	case g.evidence[d] != nil:
		return evident
	case d.IsWeekend() || g.taught != nil && !g.taught[d]:
		return noSchool
	case d > g.asOf:
		return toCome
	case !slices.ContainsFunc(g.stays, func(e district.Enrollment) bool { return e.Includes(d) }):
		return notEnrolled
	}
	return present
}

var (
	white    = ink{255, 255, 255}
	weekend  = ink{222, 226, 231}
	shaded   = ink{190, 206, 226}
	dark     = ink{44, 52, 64}
	gridSize = 7.0 // of codes, in points
)

const (
	gridLabel = 13.0 // mm for the month's name
	gridCount = 10.0 // mm for each of the two counts
	gridRow   = 6.3
)

// calendar draws the grid with its key.
func (p *packet) calendar(g *yearGrid) {
	head := 5.0
	p.room(head + gridRow*float64(len(g.months)) + 12)
	w := (p.right - p.left - gridLabel - 2*gridCount) / 31
	x := func(day int) float64 { return p.left + gridLabel + float64(day-1)*w }
	s, top := p.sheet(), p.y
	centre := func(x, y, w, size float64, f face, c ink, text string) {
		s.text(x+(w-p.fonts.width(text, f, size))/2, y, size, f, c, text)
	}
	for day := 1; day <= 31; day++ {
		centre(x(day), top+3.6, w, 6.5, regular, grey, fmt.Sprint(day))
	}
	centre(x(32), top+3.6, gridCount, 6.5, bold, grey, "absent")
	centre(x(32)+gridCount, top+3.6, gridCount, 6.5, bold, grey, "truant")
	top += head
	for i, m := range g.months {
		y := top + float64(i)*gridRow
		s.text(p.left, y+4.2, 7.5, bold, black, m.first.Format("Jan 2006")[:3]+" ’"+m.first.Format("06"))
		p.monthRow(g, m, y, w, x)
		absent, truant := g.counts(m)
		if m.first <= g.asOf {
			centre(x(32), y+4.3, gridCount, 7.5, bold, black, fmt.Sprint(absent))
			centre(x(32)+gridCount, y+4.3, gridCount, 7.5, bold, black, fmt.Sprint(truant))
		}
	}
	rows := float64(len(g.months)) * gridRow
	for i := 0; i <= len(g.months); i++ {
		s.line(p.left+gridLabel, top+float64(i)*gridRow, 31*w, 0.12, silver)
	}
	for day := 1; day <= 32; day++ {
		s.down(x(day), top, rows, 0.12, silver)
	}
	p.y = top + rows + 2
	p.gridKey()
}

func (p *packet) monthRow(g *yearGrid, m month, y, w float64, x func(int) float64) {
	s := p.sheet()
	shade := func(from, to int, c ink) { s.fill(x(from), y, float64(to-from)*w, gridRow, c) }
	run, from := present, 1
	for day := 1; day <= 32; day++ {
		kind := noSchool
		if d := m.first + district.Date(day-1); d <= m.last {
			kind = g.kind(d)
		}
		// Neighbours of one shade are one mark.
		if day == 32 || kind != run {
			if run == noSchool {
				shade(from, day, weekend)
			}
			run, from = kind, day
		}
		if day == 32 {
			break
		}
		mid, d := x(day)+w/2, m.first+district.Date(day-1)
		switch kind {
		case present:
			s.fill(mid-0.3, y+gridRow/2-0.3, 0.6, 0.6, grey)
		case notEnrolled:
			s.line(mid-1, y+gridRow/2, 2, 0.2, grey)
		case evident:
			p.evident(g.evidence[d], x(day), y, w)
		}
	}
}

// evident draws a day with a row. Shades tell the kinds of day apart on a black
// and white print, and the code says the rest.
func (p *packet) evident(e *attendance.Day, x, y, w float64) {
	s, c, f := p.sheet(), grey, regular
	switch {
	case e.Kind == attendance.FullDayAbsence && (e.Category == district.Unexcused || e.Category == district.Unverified):
		s.fill(x, y, w, gridRow, dark)
		c, f = white, bold
	case e.Kind == attendance.FullDayAbsence:
		s.fill(x, y, w, gridRow, shaded)
		c, f = black, bold
	case e.Kind == attendance.PartialDayTruancy:
		s.frame(x+0.5, y+0.6, w-1, gridRow-1.2, 0.4, dark)
		c, f = black, bold
	}
	size := gridSize
	code := p.fonts.oneLine(e.Code, 40)
	for size > 5 && p.fonts.width(code, f, size) > w-0.6 {
		size -= 0.5
	}
	code = p.fonts.fit(code, f, size, w-0.3)
	s.text(x+(w-p.fonts.width(code, f, size))/2, y+gridRow/2+size*0.125, size, f, c, code)
}

// counts are the full-day absences and truancy events of a month.
func (g *yearGrid) counts(m month) (absent, truant int) {
	for d := m.first; d <= m.last; d++ {
		e := g.evidence[d]
		switch {
		case e == nil:
		case e.Kind == attendance.FullDayAbsence:
			absent++
			if e.Category == district.Unexcused {
				truant++
			}
		case e.Kind == attendance.PartialDayTruancy:
			truant++
		}
	}
	return absent, truant
}

// gridKey explains the shades.
func (p *packet) gridKey() {
	const size, high = 7.5, 4.0
	s, x := p.sheet(), p.left
	item := func(draw func(x, y float64), words string) {
		wide := 5.5 + p.fonts.width(words, regular, size) + 5
		if x+wide > p.right && x > p.left {
			x, p.y = p.left, p.y+high+1
		}
		draw(x, p.y)
		s.text(x+5.5, p.y+3, size, regular, black, words)
		x += wide
	}
	item(func(x, y float64) { s.fill(x, y, 4.5, high, dark) }, "full day, unexcused or not yet explained")
	item(func(x, y float64) { s.fill(x, y, 4.5, high, shaded) }, "full day, excused or other")
	item(func(x, y float64) { s.frame(x+0.3, y+0.3, 3.9, high-0.6, 0.4, dark) }, "part of the day: truancy event")
	item(func(x, y float64) { s.text(x+1, y+3, gridSize, regular, grey, "T") }, "noted, not counted")
	item(func(x, y float64) { s.fill(x+2, y+1.7, 0.6, 0.6, grey) }, "present")
	item(func(x, y float64) { s.line(x+1.2, y+2, 2, 0.2, grey) }, "not enrolled")
	item(func(x, y float64) { s.fill(x, y, 4.5, high, weekend) }, "no school")
	item(func(x, y float64) { s.frame(x+0.2, y+0.2, 4.1, high-0.4, 0.12, silver) }, "after "+p.school.Night.AsOf.Format("January 2")+": still to come")
	p.y += high + 3
}
