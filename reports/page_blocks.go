package reports

import "rollcall/templates"

// blocks sets what a template printed.
func (f *flow) blocks(blocks []templates.Block) {
	for _, b := range blocks {
		f.block(b)
	}
}

func (f *flow) block(b templates.Block) {
	switch b.Kind {
	case templates.Heading:
		f.heading(b.Level, blockWords(b.Spans))
	case templates.Paragraph:
		f.para(spansOf(b.Spans))
	case templates.Bullets:
		f.bullets(itemsOf(b.Items)...)
	case templates.Numbered:
		f.numbered(itemsOf(b.Items)...)
	case templates.Checks:
		f.checks(itemsOf(b.Items)...)
	case templates.Table:
		f.table(f.tableOf(b, f.size-0.5))
	case templates.Rule, templates.Slip:
		f.rule()
	case templates.PageBreak:
		if !f.fresh() {
			f.newPage()
		}
	case templates.Signatures:
		f.signatures(b.Labels...)
	case templates.Blanks:
		fields := make([]blank, len(b.Labels))
		for i, label := range b.Labels {
			fields[i].Label = label
		}
		f.blanks(fields...)
	}
}

func spansOf(in []templates.Span) []span {
	out := make([]span, len(in))
	for i, s := range in {
		out[i].text = s.Text
		if s.Bold {
			out[i].face |= bold
		}
		if s.Italic {
			out[i].face |= italic
		}
	}
	return out
}

func itemsOf(in [][]templates.Span) [][]span {
	out := make([][]span, len(in))
	for i, it := range in {
		out[i] = spansOf(it)
	}
	return out
}

func blockWords(in []templates.Span) string {
	s := ""
	for _, sp := range in {
		s += sp.Text
	}
	return s
}

// tableOf makes a table of a template's, with columns as wide as their words
// ask for.
func (f *flow) tableOf(b templates.Block, size float64) table {
	t := table{Size: size, Columns: make([]column, len(b.Head))}
	natural := make([]float64, len(b.Head))
	grow := func(i int, spans []span) {
		w := 2 * cellPadX
		for _, s := range spans {
			w += f.fonts.width(f.fonts.oneLine(s.text, 60), s.face, size)
		}
		natural[i] = max(natural[i], w)
	}
	for i, h := range b.Head {
		t.Columns[i].Title = blockWords(h)
		grow(i, []span{{t.Columns[i].Title, bold}})
	}
	for _, row := range b.Rows {
		cells := make([]cell, min(len(row), len(b.Head)))
		for i := range cells {
			cells[i].Spans = spansOf(row[i])
			grow(i, cells[i].Spans)
		}
		t.Rows = append(t.Rows, cells)
	}
	for i := range t.Columns {
		t.Columns[i].Weight = max(natural[i], 8)
	}
	return t
}
