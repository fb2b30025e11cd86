package reports

import (
	"strings"

	"rollcall/templates"
)

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
		f.table(f.tableOf(b, f.size-0.5, f.right-f.left))
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

// tableOf makes a table of a template's, wide mm together, with columns as wide
// as their words ask for; a column is never narrower than its longest word while
// there is room.
func (f *flow) tableOf(b templates.Block, size, wide float64) table {
	t := table{Size: size, Columns: make([]column, len(b.Head))}
	natural, least := make([]float64, len(b.Head)), make([]float64, len(b.Head))
	grow := func(i int, spans []span) {
		whole := 2*cellPadX + 0.2
		for _, s := range spans {
			text := f.fonts.oneLine(s.text, 60)
			whole += f.fonts.width(text, s.face, size)
			word := ""
			for _, next := range strings.Split(text, " ") {
				if areaCode(word, next) {
					next = word + " " + next
				}
				word = next
				least[i] = max(least[i], 2*cellPadX+0.2+f.fonts.width(word, s.face, size))
			}
		}
		natural[i] = max(natural[i], whole)
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
	sum := func(of []float64) (total float64) {
		for _, w := range of {
			total += w
		}
		return total
	}
	whole, words := sum(natural), sum(least)
	for i := range t.Columns {
		switch {
		case whole <= wide:
			t.Columns[i].Width = natural[i] + (wide-whole)*natural[i]/whole
		case words < wide:
			t.Columns[i].Width = least[i] + (wide-words)*(natural[i]-least[i])/(whole-words)
		default:
			t.Columns[i].Width = wide / float64(len(t.Columns))
		}
	}
	return t
}
