package reports

import (
	"math"
	"strconv"
)

// bar is one bar of a chart.
type bar struct {
	Label string
	Value float64
	Note  string // over the bar, the value where it is empty
	Ink   ink    // the zero value is blue
}

// chart is a drawing whose axis begins at zero, so that a bar twice as tall is
// twice as much.
type chart struct {
	Title  string
	Height float64 // mm of the drawing, 0 for 40
	Bars   []bar
	// Trend is drawn as a line through the middle of each bar's place; shorter
	// than Bars it ends early.
	Trend []float64
	// Mark is a level drawn across with its words, none where MarkWords is empty.
	Mark      float64
	MarkWords string
	Unit      string // behind numbers: "%"
}

// chart draws bars, a trend line, or both, in one block that is not broken.
func (f *flow) chart(c chart) {
	const size, labels = 7.5, 5.0
	high := c.Height
	if high == 0 {
		high = 40
	}
	title := 0.0
	if c.Title != "" {
		title = leading(f.size) + 1
	}
	f.room(title + high + labels + 3)
	if c.Title != "" {
		f.text(c.Title, setting{face: bold, after: 1})
	}
	most := c.Mark
	for _, b := range c.Bars {
		most = max(most, b.Value)
	}
	for _, v := range c.Trend {
		most = max(most, v)
	}
	top := axisTop(most)
	s := f.sheet()
	x0, x1 := f.left+9, f.right
	floor := f.y + high
	scale := func(v float64) float64 { return floor - max(0, v)/top*(high-4) }
	for i := range 3 {
		v := top * float64(i) / 2
		label := strconv.FormatFloat(v, 'f', -1, 64) + c.Unit
		s.line(x0, scale(v), x1-x0, 0.12, silver)
		s.text(x0-1.5-f.fonts.width(label, regular, size), scale(v)+0.9, size, regular, grey, label)
	}
	n := max(len(c.Bars), len(c.Trend))
	if n == 0 {
		f.y = floor + labels
		return
	}
	step := (x1 - x0) / float64(n)
	for i, b := range c.Bars {
		w := min(step*0.62, 14)
		x := x0 + (float64(i)+0.5)*step
		color := b.Ink
		if color == (ink{}) {
			color = blue
		}
		s.fill(x-w/2, scale(b.Value), w, floor-scale(b.Value), color)
		note := b.Note
		if note == "" && len(c.Trend) == 0 {
			note = strconv.FormatFloat(b.Value, 'f', -1, 64) + c.Unit
		}
		note = f.fonts.fit(f.fonts.oneLine(note, 20), regular, size, step)
		s.text(x-f.fonts.width(note, regular, size)/2, scale(b.Value)-0.8, size, regular, black, note)
		label := f.fonts.fit(f.fonts.oneLine(b.Label, 40), regular, size, step-0.5)
		s.text(x-f.fonts.width(label, regular, size)/2, floor+3.2, size, regular, black, label)
	}
	for i := 1; i < len(c.Trend); i++ {
		s.slope(x0+(float64(i)-0.5)*step, scale(c.Trend[i-1]), x0+(float64(i)+0.5)*step, scale(c.Trend[i]), 0.6, red)
	}
	for i, v := range c.Trend {
		s.fill(x0+(float64(i)+0.5)*step-0.7, scale(v)-0.7, 1.4, 1.4, red)
	}
	if c.MarkWords != "" {
		s.dashes(x0, scale(c.Mark), x1-x0, 0.25, red)
		words := f.fonts.oneLine(c.MarkWords, 80)
		s.text(x1-f.fonts.width(words, regular, size), scale(c.Mark)-0.8, size, regular, red, words)
	}
	s.line(x0, floor, x1-x0, 0.3, black)
	f.y = floor + labels
	f.space(3)
}

// axisTop is the round number at or above v that an axis ends with.
func axisTop(v float64) float64 {
	if v <= 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 4, 5, 10} {
		if v <= m*unit {
			return m * unit
		}
	}
	return 10 * unit
}
