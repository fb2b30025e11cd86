package reports

import (
	"strings"

	"rollcall/templates"
)

const (
	// maxPanels is how many times a table of dates stands side by side: a date,
	// its reason and how it counted are narrow, and a year's dates are many.
	maxPanels = 3
	panelGap  = 4.0
	// leastPadY is the padding of a row of dates where the page is full.
	leastPadY = 0.35
)

// dates sets the table of counted dates in as many panels as make it lowest,
// read down and then across, and goes on over as many pages as it needs.
func (l *letterPage) dates(b templates.Block) {
	if len(b.Rows) < 3 || len(b.Head) > 3 {
		l.table(l.tableOf(b, max(9, l.size-1), l.right-l.left))
		return
	}
	best := l.panelsOf(b, 1)
	for n := 2; n <= maxPanels; n++ {
		if p := l.panelsOf(b, n); !p.splits() && p.high(p.each()) < best.high(best.each()) {
			best = p
		}
	}
	l.airy += 2 * (cellPadY - leastPadY) * float64(best.each()+1)
	l.inset(0, l.right-l.left-best.wide(), func() {
		for {
			l.room(best.headHigh + 2*best.heights[0])
			best.draw()
			if len(best.heights) == 0 {
				break
			}
			l.newPage()
		}
	})
	l.between(leading(l.size) * 0.6)
}

// panels are the rows of a table still to be drawn, side by side.
type panels struct {
	grid
	across   int
	lines    [][][]textLine
	heights  []float64
	headHigh float64
}

func (l *letterPage) panelsOf(b templates.Block, across int) panels {
	wide := (l.right - l.left - panelGap*float64(across-1)) / float64(across)
	t := l.tableOf(b, max(9, l.size-1), wide)
	t.PadY = leastPadY + (cellPadY-leastPadY)*(1-l.opts.Tight)
	p := panels{grid: grid{flow: l.flow, table: t, widths: l.columnWidths(t.Columns)}, across: across}
	titles := make([]cell, len(t.Columns))
	for i, c := range t.Columns {
		titles[i] = cell{Text: c.Title, Bold: true}
	}
	_, p.headHigh = p.measure(titles)
	for _, row := range t.Rows {
		lines, h := p.measure(row)
		p.lines, p.heights = append(p.lines, lines), append(p.heights, h)
	}
	return p
}

// splits reports whether a word is wider than its column: a date broken inside
// its number would be another date.
func (p *panels) splits() bool {
	for _, row := range p.Rows {
		for i, c := range row[:min(len(row), len(p.widths))] {
			text := c.Text
			for _, s := range c.Spans {
				text += " " + s.text
			}
			for _, word := range strings.Fields(text) {
				if p.paper.fonts.width(word, bold, p.Size) > p.widths[i]-2*cellPadX {
					return true
				}
			}
		}
	}
	return false
}

// each is how many rows a panel has where all of them have a page's room.
func (p *panels) each() int { return (len(p.heights) + p.across - 1) / p.across }

// level is the height of a row that goes through all panels of each rows.
func (p *panels) level(row, each int) float64 {
	tallest := 0.0
	for i := row; i < min(len(p.heights), each*p.across); i += each {
		tallest = max(tallest, p.heights[i])
	}
	return tallest
}

// high is the height of the panels with each rows.
func (p *panels) high(each int) float64 {
	h := p.headHigh
	for row := range each {
		h += p.level(row, each)
	}
	return h
}

// draw sets what fits on the page, one row of each panel at least.
func (p *panels) draw() {
	each := p.each()
	for each > 1 && p.y+p.high(each) > p.bottom {
		each--
	}
	left, top, foot := p.left, p.y, p.y+p.high(each)
	for panel := range p.across {
		p.left, p.y = left+float64(panel)*(p.wide()+panelGap), top
		if panel*each < len(p.heights) {
			p.head()
		}
		for row := range each {
			if i := panel*each + row; i < len(p.heights) {
				p.grid.draw(p.Rows[i], p.lines[i], p.level(row, each))
				p.sheet().line(p.left, p.y, p.wide(), 0.12, silver)
			}
		}
	}
	p.left, p.y = left, foot
	done := min(len(p.heights), each*p.across)
	p.Rows, p.lines, p.heights = p.Rows[done:], p.lines[done:], p.heights[done:]
}
