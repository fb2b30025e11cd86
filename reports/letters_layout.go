package reports

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"

	"rollcall/templates"
)

// letterSide is one language of a letter, ready to be laid out.
type letterSide struct {
	lang       string
	blocks     []templates.Block
	words      templates.LetterData
	returnTo   []string
	who, where []string // it is for, and it goes to
}

// letterFits are the sizes of type a letter may have, the best first, each with
// the share of the usual space between blocks it may give up. Space goes before
// type, and no letter's type is smaller than 9 points.
var letterFits = []struct{ size, tight float64 }{{10.5, 0.6}, {10, 0.6}, {9.5, 0.7}, {9, 0.85}}

// letter lays out one side on pages of its own, beginning on a right-hand page
// where front is set: as comfortably as it can without costing a page more.
// Every page keeps the window zone free, also those behind the first: a sheet
// folded the wrong way round must not show more than an address either.
func (p *paper) letter(side letterSide, front bool) {
	if front && len(p.pages)%2 == 1 {
		p.pages = append(p.pages, &sheet{paper: p})
	}
	first := len(p.pages)
	var l letterPage
	pages := func(size, tight float64) int {
		p.pages = p.pages[:first]
		l = letterPage{flow: p.flow(flowOptions{Left: 0.5 * inch, Right: 0.6 * inch, Top: letterTop, Bottom: 13, Size: size, Tight: tight}), side: side}
		l.set()
		return l.pageCount()
	}
	best, last := letterFits[0], letterFits[len(letterFits)-1]
	n := pages(best.size, best.tight)
	if n > 1 {
		fewest := pages(last.size, last.tight)
		for i := 1; n > fewest; i++ {
			best = letterFits[i]
			n = pages(best.size, best.tight)
		}
	}
	// What a page has to spare goes back between the blocks; 1 mm is for rounding.
	tight := 0.0
	if n == 1 {
		tight = max(0, best.tight-(l.spare-1)/max(l.airy, 1))
	}
	if pages(best.size, tight) > n {
		pages(best.size, best.tight)
	}
	l.folio()
}

type letterPage struct {
	*flow
	side  letterSide
	spare float64 // mm left above the slip
}

func (l *letterPage) set() {
	s := l.sheet()
	s.address(returnWindow, l.side.returnTo, 9, bold)
	s.address(recipientWindow, slices.Concat(l.side.who, l.side.where), recipientSize, regular)
	l.letterhead()
	for i := 0; i < len(l.side.blocks); i++ {
		switch b := l.side.blocks[i]; {
		case b.Kind == templates.Slip:
			l.slip(l.side.blocks[i+1:])
			return
		case b.Kind == templates.Heading && b.Level == 1:
			l.text(blockWords(b.Spans), setting{size: l.size * 1.32, face: bold, after: 1.6})
		case b.Kind == templates.Heading:
			l.between(0.6)
			l.room(4 * leading(l.size))
			l.text(blockWords(b.Spans), setting{face: bold, ink: blue, after: 0.6})
		case b.Kind == templates.Table && len(b.Rows) == 1:
			l.notice(b)
		case b.Kind == templates.Table:
			l.dates(b)
		default:
			l.block(b)
		}
	}
}

// letterhead names school and district above the text: in the window zone it
// would show.
func (l *letterPage) letterhead() {
	w := &l.side.words
	x := l.left
	if l.logo != nil {
		l.sheet().image(l.left, l.y, 11)
		x += 13.5
	}
	date := l.fonts.clean(w.Date)
	dw := l.fonts.width(date, regular, l.size)
	l.sheet().text(l.right-dw, l.y+headroom(13), l.size, regular, black, date)
	l.sheet().text(x, l.y+headroom(13), 13, bold, blue, l.fonts.fit(l.fonts.clean(w.School.Name), bold, 13, l.right-dw-6-x))
	var parts []string
	for _, part := range []string{w.District.Name, w.School.Phone, w.District.Website} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	line := l.fonts.fit(l.fonts.clean(strings.Join(parts, "  ·  ")), regular, 8.5, l.right-x)
	l.sheet().text(x, l.y+leading(13)+ascent(8.5), 8.5, regular, grey, line)
	l.y += leading(13) + leading(8.5) + 1.4
	l.sheet().line(l.left, l.y, l.right-l.left, 0.4, blue)
	l.y += 3
}

// notice is a table of one row, set to be seen first: the meeting.
func (l *letterPage) notice(b templates.Block) {
	const bar = 1.2
	size := l.size + 0.5
	t := l.tableOf(b, size, l.right-l.left-bar)
	t.NoHead, t.Bare = true, true
	label := l.size - 2
	l.inset(bar, 0, func() {
		g := grid{flow: l.flow, table: t, widths: l.columnWidths(t.Columns)}
		lines, h := g.measure(t.Rows[0])
		high := leading(label) + h + 1
		l.room(high)
		s := l.sheet()
		s.fill(l.left, l.y, l.right-l.left, high, pale)
		s.fill(l.left-bar, l.y, bar, high, blue)
		x := l.left + cellPadX
		for i, c := range t.Columns {
			s.text(x, l.y+1+ascent(label), label, regular, grey, l.fonts.fit(l.fonts.clean(c.Title), regular, label, g.widths[i]-cellPadX))
			x += g.widths[i]
		}
		l.y += leading(label) + 0.6
		g.draw(t.Rows[0], lines, h)
		l.y += 0.4
	})
	l.between(leading(l.size) * 0.5)
}

// folio sets the letter's number, and the page where there is more than one.
func (l *letterPage) folio() {
	n := l.pageCount()
	for i, s := range l.pages[l.first:] {
		text := fmt.Sprintf(templates.Say(l.side.lang, templates.LetterNumber), l.side.words.ID)
		if n > 1 {
			text += "  ·  " + fmt.Sprintf(templates.Say(l.side.lang, templates.PageOf), i+1, n)
		}
		text = l.fonts.oneLine(text, longestName)
		s.text(l.right-l.fonts.width(text, regular, 7.5), l.h-8, 7.5, regular, grey, text)
	}
}

// digest is the SHA-256 over what is drawn on pages, in hex: the same letter has
// the same digest in whatever batch it is printed.
func digest(pages []*sheet) string {
	sum := sha256.New()
	var buf []byte
	put := func(v float64) { buf = binary.AppendVarint(buf, int64(math.Round(v*100))) }
	for _, s := range pages {
		buf = append(buf[:0], "page\n"...)
		for i := range s.marks {
			m := &s.marks[i]
			buf = append(buf, byte(m.kind), byte(m.face), m.ink.r, m.ink.g, m.ink.b)
			if m.dashed {
				buf = append(buf, '-')
			}
			put(m.x)
			put(m.y)
			put(m.size)
			put(m.dx)
			put(m.dy)
			buf = binary.AppendUvarint(buf, uint64(len(m.text)))
			buf = append(buf, m.text...)
			if m.kind == markLogo {
				logo := sha256.Sum256(s.paper.logo)
				buf = append(buf, logo[:]...)
			}
		}
		sum.Write(buf)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
