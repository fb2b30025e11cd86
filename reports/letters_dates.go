package reports

import "rollcall/templates"

// maxPanels is how many times a table of dates stands side by side: a date, its
// reason and how it counted are narrow, and a year's dates are many.
const maxPanels = 3

// dates sets the table of counted dates in as many panels as make it lowest,
// read down and then across, and goes on over as many pages as it needs.
func (l *letterPage) dates(b templates.Block) {
	const gap = 5
	size := max(9, l.size-1)
	whole := l.right - l.left
	if len(b.Rows) < 3 || len(b.Head) > 3 {
		l.table(l.tableOf(b, size, whole))
		return
	}
	var t table
	var lines [][][]textLine
	var wide, high, lowest float64
	panels := 0
	for n := 1; n <= maxPanels; n++ {
		w := (whole - gap*float64(n-1)) / float64(n)
		try := l.tableOf(b, size, w)
		try.PadY = 0.35 + (cellPadY-0.35)*(1-l.opts.Tight)
		g := grid{flow: l.flow, table: try, widths: l.columnWidths(try.Columns)}
		rows := make([][][]textLine, len(try.Rows))
		tallest := 0.0
		for i, row := range try.Rows {
			h := 0.0
			rows[i], h = g.measure(row)
			tallest = max(tallest, h)
		}
		each := (len(rows) + n - 1) / n
		if h := float64(each) * tallest; panels == 0 || h < lowest {
			panels, t, lines, wide, high, lowest = n, try, rows, w, tallest, h
		}
	}
	l.inset(0, whole-wide, func() {
		g := grid{flow: l.flow, table: t, widths: l.columnWidths(t.Columns)}
		rows := t.Rows
		for len(rows) > 0 {
			l.room(3 * high)
			fits := max(1, int((l.bottom-l.y)/high)-1)
			each := min((len(rows)+panels-1)/panels, fits)
			top, foot := l.y, l.y
			for panel := 0; panel < panels && len(rows) > 0; panel++ {
				n := min(each, len(rows))
				dx := float64(panel) * (wide + gap)
				l.left, l.right, l.y = l.left+dx, l.right+dx, top
				g.head()
				for i, row := range rows[:n] {
					g.draw(row, lines[i], high)
					l.sheet().line(l.left, l.y, wide, 0.12, silver)
				}
				l.left, l.right = l.left-dx, l.right-dx
				rows, lines = rows[n:], lines[n:]
				foot = max(foot, l.y)
			}
			l.y = foot
			if len(rows) > 0 {
				l.newPage()
			}
		}
	})
	l.between(leading(l.size) * 0.6)
}
