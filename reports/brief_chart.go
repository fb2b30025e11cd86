package reports

import (
	"fmt"
	"strconv"

	"rollcall/internal/attendance"
)

// tierInks go from light to dark with the tiers, so that they stay apart on a
// black and white print.
var tierInks = []ink{{214, 226, 238}, {140, 170, 205}, {62, 104, 156}, {24, 36, 60}}

// tierLegend names the tiers in order.
func tierLegend() []string {
	names := make([]string, len(attendance.Tiers))
	for i, t := range attendance.Tiers {
		names[i] = tierWords(t)
	}
	return names
}

// stack is one bar that lies on its side: parts one after another, then a note.
type stack struct {
	Label string
	Parts []float64
	Words []string // in the parts, where they fit; nil for none
	Note  string
}

// stacks are bars under one another over one axis that begins at zero; there
// may be as many as there are schools.
type stacks struct {
	Title  string
	Legend []string // one for each part, nil for none
	Inks   []ink
	Rows   []stack
	Top    float64 // where the axis ends, 0 for a round number over the longest
	Unit   string
	Wide   float64 // mm for labels, 0 for 24
	Notes  float64 // mm for notes, 0 for 34
}

func (f *flow) stacks(c stacks) {
	const high, bar, size = 5.4, 3.8, 8.0
	if c.Wide == 0 {
		c.Wide = 24
	}
	if c.Notes == 0 {
		c.Notes = 34
	}
	if c.Top == 0 {
		for _, r := range c.Rows {
			long := 0.0
			for _, v := range r.Parts {
				long += v
			}
			c.Top = max(c.Top, long)
		}
		c.Top = axisTop(c.Top)
	}
	f.room(leading(f.size) + 8 + float64(min(len(c.Rows), 6))*high + 6)
	f.text(c.Title, setting{face: bold, after: 1})
	f.legend(c.Legend, c.Inks)
	x0, x1 := f.left+c.Wide, f.right-c.Notes
	scale := func(v float64) float64 { return max(0, min(v, c.Top)) / c.Top * (x1 - x0) }
	for _, r := range c.Rows {
		f.room(high + 5)
		s := f.sheet()
		base := f.y + high/2 + 1
		s.text(f.left, base, size, regular, black, f.fonts.fit(f.fonts.oneLine(r.Label, 80), regular, size, c.Wide-2))
		x := x0
		for i, v := range r.Parts {
			w := scale(v)
			color := c.Inks[i%len(c.Inks)]
			s.fill(x, f.y+(high-bar)/2, w, bar, color)
			if i < len(r.Words) {
				if tw := f.fonts.width(r.Words[i], regular, 7); tw+1 < w {
					on := black
					if int(color.r)+int(color.g)+int(color.b) < 380 {
						on = white
					}
					s.text(x+(w-tw)/2, base-0.2, 7, regular, on, r.Words[i])
				}
			}
			x += w
		}
		s.text(x1+2, base, size, regular, black, f.fonts.fit(f.fonts.oneLine(r.Note, 80), regular, size, c.Notes-2))
		f.y += high
	}
	s := f.sheet()
	s.line(x0, f.y, x1-x0, 0.3, black)
	for i := range 3 {
		v := c.Top * float64(i) / 2
		label := strconv.FormatFloat(v, 'f', -1, 64) + c.Unit
		s.down(x0+scale(v), f.y, 0.9, 0.2, black)
		s.text(x0+scale(v)-f.fonts.width(label, regular, 7)/2, f.y+3.6, 7, regular, grey, label)
	}
	f.y += 5
	f.space(3)
}

// legend explains inks.
func (f *flow) legend(words []string, inks []ink) {
	if len(words) == 0 {
		return
	}
	const size, high = 8.0, 4.0
	x := f.left
	for i, w := range words {
		f.sheet().fill(x, f.y, 4, 3, inks[i%len(inks)])
		f.sheet().text(x+5, f.y+2.7, size, regular, black, w)
		x += 5 + f.fonts.width(w, regular, size) + 6
	}
	f.y += high + 1
}

// figure is one number of a brief, large, with what it counts.
type figure struct{ Value, Label, Note string }

// figures sets numbers side by side, five a line.
func (f *flow) figures(all []figure) {
	const across, gap, high = 5, 3.0, 16.0
	w := (f.right - f.left - gap*(across-1)) / across
	for i, n := range all {
		if i%across == 0 {
			f.room(high + 2)
		}
		x := f.left + float64(i%across)*(w+gap)
		s := f.sheet()
		s.fill(x, f.y, w, high, pale)
		s.text(x+2.5, f.y+7.2, 15, bold, blue, f.fonts.fit(n.Value, bold, 15, w-4))
		s.text(x+2.5, f.y+11.2, 7.5, regular, black, f.fonts.fit(n.Label, regular, 7.5, w-4))
		s.text(x+2.5, f.y+14.4, 7, regular, grey, f.fonts.fit(n.Note, regular, 7, w-4))
		if i%across == across-1 || i == len(all)-1 {
			f.y += high + gap
		}
	}
	f.space(1)
}

// tierRow is the tiers of some students as shares of 100, with their counts.
func tierRow(label, note string, students int, tiers ...int) stack {
	row := stack{Label: label, Note: note}
	for _, n := range tiers {
		part := 0.0
		if students > 0 {
			part = 100 * float64(n) / float64(students)
		}
		row.Parts = append(row.Parts, part)
		row.Words = append(row.Words, fmt.Sprint(n))
	}
	return row
}
