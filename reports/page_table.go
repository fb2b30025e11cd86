package reports

// column is one column of a table.
type column struct {
	Title  string
	Width  float64 // mm, where Weight is 0
	Weight float64 // share of what the fixed widths leave
	Align  flush
}

// cell is one field of a table: text, or spans for styles within it.
type cell struct {
	Text  string
	Spans []span
	Bold  bool
	Ink   ink
	Fill  ink // the zero value is none
}

// table is a grid whose head is repeated on each page. A row taller than a page
// goes on over it.
type table struct {
	Columns []column
	Rows    [][]cell
	Size    float64 // type size, 0 for one below the flow's
	Zebra   bool
	Bare    bool // no lines between rows, no shaded head
	NoHead  bool
	PadY    float64 // mm above and below a cell's text, 0 for the usual
}

// texts makes a row of plain cells.
func texts(fields ...string) []cell {
	row := make([]cell, len(fields))
	for i, s := range fields {
		row[i].Text = s
	}
	return row
}

const (
	cellPadX = 1.4
	cellPadY = 0.9
)

// table adds a table as wide as the flow.
func (f *flow) table(t table) {
	if t.Size == 0 {
		t.Size = f.size - 1
	}
	g := grid{flow: f, table: t, widths: f.columnWidths(t.Columns)}
	g.head()
	for i, row := range t.Rows {
		g.row(row, t.Zebra && i%2 == 1)
	}
	f.between(leading(f.size) * 0.6)
}

func (f *flow) columnWidths(columns []column) []float64 {
	fixed, weights := 0.0, 0.0
	for _, c := range columns {
		if c.Weight > 0 {
			weights += c.Weight
		} else {
			fixed += c.Width
		}
	}
	widths := make([]float64, len(columns))
	for i, c := range columns {
		widths[i] = c.Width
		if c.Weight > 0 {
			widths[i] = max(8, (f.right-f.left-fixed)*c.Weight/weights)
		}
	}
	return widths
}

type grid struct {
	*flow
	table
	widths []float64
}

func (g *grid) padY() float64 {
	if g.PadY > 0 {
		return g.PadY
	}
	return cellPadY
}

func (g *grid) wide() float64 {
	sum := 0.0
	for _, w := range g.widths {
		sum += w
	}
	return sum
}

func (g *grid) head() {
	if g.NoHead {
		return
	}
	cells := make([]cell, len(g.Columns))
	for i, c := range g.Columns {
		cells[i] = cell{Text: c.Title, Bold: true, Ink: blue}
	}
	lines, h := g.measure(cells)
	// A head alone at the foot of a page helps nobody.
	g.room(h + 2*(leading(g.Size)+2*g.padY()))
	if !g.Bare {
		g.sheet().fill(g.left, g.y, g.wide(), h, pale)
	}
	g.draw(cells, lines, h)
	g.sheet().line(g.left, g.y, g.wide(), 0.3, blue)
}

// measure wraps a row's cells and gives its height.
func (g *grid) measure(cells []cell) ([][]textLine, float64) {
	lines := make([][]textLine, len(g.widths))
	most := 1
	for i := range g.widths {
		if i >= len(cells) {
			continue
		}
		c := cells[i]
		spans := c.Spans
		if spans == nil {
			spans = []span{{text: c.Text}}
		}
		if c.Bold {
			bolder := make([]span, len(spans))
			for j, s := range spans {
				bolder[j] = span{s.text, s.face | bold}
			}
			spans = bolder
		}
		lines[i] = g.wrap(spans, g.Size, max(1, g.widths[i]-2*cellPadX))
		most = max(most, len(lines[i]))
	}
	return lines, float64(most)*leading(g.Size) + 2*g.padY()
}

func (g *grid) row(cells []cell, shaded bool) {
	lines, h := g.measure(cells)
	if g.y+h > g.bottom && !g.fresh() {
		g.newPage()
		g.head()
	}
	for g.y+h > g.bottom {
		fits := int((g.bottom - g.y - 2*g.padY()) / leading(g.Size))
		if fits < 1 {
			break
		}
		part := make([][]textLine, len(lines))
		most := 1
		for i, l := range lines {
			n := min(fits, len(l))
			part[i], lines[i] = l[:n], l[n:]
			most = max(most, len(lines[i]))
		}
		g.draw(cells, part, float64(fits)*leading(g.Size)+2*g.padY())
		h = float64(most)*leading(g.Size) + 2*g.padY()
		g.newPage()
		g.head()
	}
	if shaded {
		g.sheet().fill(g.left, g.y, g.wide(), h, pale)
	}
	g.draw(cells, lines, h)
	if !g.Bare {
		g.sheet().line(g.left, g.y, g.wide(), 0.12, silver)
	}
}

func (g *grid) draw(cells []cell, lines [][]textLine, h float64) {
	x := g.left
	s := g.sheet()
	for i, w := range g.widths {
		if i < len(cells) {
			if cells[i].Fill != (ink{}) {
				s.fill(x, g.y, w, h, cells[i].Fill)
			}
			y := g.y + g.padY()
			for _, l := range lines[i] {
				s.drawLine(l, x+cellPadX, y, w-2*cellPadX, g.Size, g.Columns[i].Align, cells[i].Ink)
				y += leading(g.Size)
			}
		}
		x += w
	}
	g.y += h
}
