package reports

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// span is a stretch of text in one style.
type span struct {
	text string
	face face
}

// plain is a paragraph in one style.
func plain(s string) []span { return []span{{text: s}} }

// flush is where a line sits in its width.
type flush uint8

const (
	flushLeft flush = iota
	flushRight
	centered
)

// run is a piece of a line that is drawn at once.
type run struct {
	x    float64 // from the line's left
	face face
	text string
}

// textLine is one line of a wrapped paragraph.
type textLine struct {
	runs  []run
	width float64
}

// wrap breaks spans into lines as typeset.wrap does, the same ones only once: a
// letter is laid out several times before it sits well, and much of it is the
// same for all families. The lines are shared: nobody may change them.
func (p *paper) wrap(spans []span, size, width float64) []textLine {
	key := binary.LittleEndian.AppendUint64(p.key[:0], math.Float64bits(size))
	key = binary.LittleEndian.AppendUint64(key, math.Float64bits(width))
	for _, s := range spans {
		key = append(key, byte(s.face))
		key = binary.AppendUvarint(key, uint64(len(s.text)))
		key = append(key, s.text...)
	}
	p.key = key
	lines, known := p.wrapped[string(key)]
	if !known {
		lines = p.fonts.wrap(spans, size, width)
		p.wrapped[string(key)] = lines
	}
	return lines
}

// wrap breaks spans into lines no wider than width. It breaks at spaces, at
// line breaks, and inside a word only where a word alone is wider than a line.
// There is always at least one line.
func (t *typeset) wrap(spans []span, size, width float64) []textLine {
	w := wrapper{t: t, size: size, width: width}
	for _, s := range spans {
		rest := t.clean(s.text)
		for rest != "" {
			switch rest[0] {
			case ' ':
				if n := len(w.word); n > 0 && areaCode(w.word[n-1].text, rest[1:]) {
					w.word[len(w.word)-1].text += " "
					rest = rest[1:]
					continue
				}
				w.endWord()
				w.gap = t.width(" ", s.face, size)
				rest = rest[1:]
			case '\n':
				w.endWord()
				w.endLine()
				rest = rest[1:]
			default:
				n := strings.IndexAny(rest, " \n")
				if n < 0 {
					n = len(rest)
				}
				w.word = append(w.word, run{face: s.face, text: rest[:n]})
				rest = rest[n:]
			}
		}
	}
	w.endWord()
	if len(w.line.runs) > 0 || len(w.lines) == 0 {
		w.endLine()
	}
	return w.lines
}

type wrapper struct {
	t           *typeset
	size, width float64
	lines       []textLine
	line        textLine
	word        []run   // pieces of the word being read, styles may change inside it
	gap         float64 // width of the space before it
}

// areaCode reports whether the space between two words is that of a telephone
// number, "(555) 555-0110": it is not broken there.
func areaCode(before, after string) bool {
	return strings.HasSuffix(before, ")") && after != "" && after[0] >= '0' && after[0] <= '9'
}

func (w *wrapper) endLine() {
	w.lines = append(w.lines, w.line)
	w.line, w.gap = textLine{}, 0
}

func (w *wrapper) endWord() {
	if len(w.word) == 0 {
		return
	}
	total := 0.0
	for i := range w.word {
		w.word[i].x = w.t.width(w.word[i].text, w.word[i].face, w.size)
		total += w.word[i].x
	}
	if len(w.line.runs) > 0 && w.line.width+w.gap+total > w.width {
		w.endLine()
	}
	for i, piece := range w.word {
		space := ""
		if i == 0 && len(w.line.runs) > 0 && w.gap > 0 {
			space = " "
		}
		if total > w.width {
			w.breakUp(piece)
			continue
		}
		w.add(space, piece.x, piece)
	}
	w.word, w.gap = w.word[:0], 0
}

// add puts a piece on the line, joined to the run before it where the style is
// the same.
func (w *wrapper) add(space string, width float64, piece run) {
	gap := 0.0
	if space != "" {
		gap = w.gap
	}
	if n := len(w.line.runs); n > 0 && w.line.runs[n-1].face == piece.face {
		w.line.runs[n-1].text += space + piece.text
	} else {
		w.line.runs = append(w.line.runs, run{x: w.line.width + gap, face: piece.face, text: piece.text})
	}
	w.line.width += gap + width
}

func (w *wrapper) breakUp(piece run) {
	from, used := 0, w.line.width
	for i, r := range piece.text {
		rw := w.t.width(string(r), piece.face, w.size)
		if used+rw > w.width && (i > from || len(w.line.runs) > 0) {
			if i > from {
				w.add("", used-w.line.width, run{face: piece.face, text: piece.text[from:i]})
			}
			w.endLine()
			from, used = i, 0
		}
		used += rw
	}
	w.add("", used-w.line.width, run{face: piece.face, text: piece.text[from:]})
}

// leading is the distance of baselines for a type size, in mm.
func leading(size float64) float64 { return size * 1.3 * mmPerPoint }

// ascent is how far the first baseline lies below a block's top.
func ascent(size float64) float64 { return size * 0.98 * mmPerPoint }

// drawLine sets one line with its top at y.
func (s *sheet) drawLine(l textLine, x, y, w, size float64, a flush, c ink) {
	switch a {
	case flushRight:
		x += w - l.width
	case centered:
		x += (w - l.width) / 2
	}
	for _, r := range l.runs {
		s.text(x+r.x, y+ascent(size), size, r.face, c, r.text)
	}
}

// setting says how a paragraph is set; the zero value is the flow's own size,
// flush left, black, with half a line after it.
type setting struct {
	size  float64
	align flush
	ink   ink
	face  face    // for text
	after float64 // mm below, negative for none
}

// para adds a paragraph.
func (f *flow) para(spans []span, s ...setting) {
	var o setting
	if len(s) > 0 {
		o = s[0]
	}
	if o.size == 0 {
		o.size = f.size
	}
	f.lines(f.wrap(spans, o.size, f.right-f.left), o)
	switch {
	case o.after == 0:
		f.between(leading(o.size) * 0.45)
	case o.after > 0:
		f.space(o.after)
	}
}

// lines sets wrapped lines. A page never begins with a paragraph's last line
// alone, nor ends with its first.
func (f *flow) lines(lines []textLine, o setting) {
	h := leading(o.size)
	for i, l := range lines {
		need := h
		if len(lines) > 2 && (i == 0 || i == len(lines)-2) {
			need = 2 * h
		}
		f.room(need)
		f.sheet().drawLine(l, f.left, f.y, f.right-f.left, o.size, o.align, o.ink)
		f.y += h
	}
}

// text adds a paragraph in one style.
func (f *flow) text(s string, o ...setting) {
	var fc face
	if len(o) > 0 {
		fc = o[0].face
	}
	f.para([]span{{s, fc}}, o...)
}

// heading adds a heading of level 1 (a section's title) to 3 and keeps it with
// what follows.
func (f *flow) heading(level int, s string) {
	size, before, after := f.size*1.7, 4.0, 2.2
	switch {
	case level == 2:
		size, before, after = f.size*1.25, 3.4, 1.4
	case level >= 3:
		size, before, after = f.size*1.05, 2.2, 0.8
	}
	f.space(before)
	lines := f.wrap([]span{{s, bold}}, size, f.right-f.left)
	f.room(float64(len(lines))*leading(size) + after + 3*leading(f.size))
	color := blue
	if level >= 3 {
		color = black
	}
	f.lines(lines, setting{size: size, ink: color})
	if level <= 1 {
		f.sheet().line(f.left, f.y+0.6, f.right-f.left, 0.4, blue)
		f.y += 1
	}
	f.y += after
}

// item is one entry of a list, with its mark drawn before it.
func (f *flow) item(mark string, box, ticked bool, spans []span) {
	size := f.size
	indent := size * 0.55
	lines := f.wrap(spans, size, f.right-f.left-indent)
	h := leading(size)
	for i, l := range lines {
		f.room(h)
		if i == 0 {
			switch {
			case box:
				f.box(f.left, f.y, size, ticked)
			default:
				f.sheet().text(f.left+indent-f.fonts.width(mark+" ", regular, size)-0.6, f.y+ascent(size), size, regular, blue, mark)
			}
		}
		f.sheet().drawLine(l, f.left+indent, f.y, 0, size, flushLeft, black)
		f.y += h
	}
	f.y += h * 0.15
}

// box draws a check box in the line whose top is y.
func (f *flow) box(x, y, size float64, ticked bool) {
	side := size * 0.28
	top := y + ascent(size) - side + 0.15
	f.sheet().frame(x, top, side, side, 0.22, black)
	if ticked {
		f.sheet().text(x+0.2, y+ascent(size)-0.1, size, bold, black, "✓")
	}
}

// bullets adds a list of points.
func (f *flow) bullets(items ...[]span) {
	for _, it := range items {
		f.item("•", false, false, it)
	}
	f.between(leading(f.size) * 0.3)
}

// numbered adds a list counted from 1.
func (f *flow) numbered(items ...[]span) {
	for i, it := range items {
		f.item(fmt.Sprintf("%d.", i+1), false, false, it)
	}
	f.between(leading(f.size) * 0.3)
}

// checks adds a list to tick on paper.
func (f *flow) checks(items ...[]span) {
	for _, it := range items {
		f.item("", true, false, it)
	}
	f.between(leading(f.size) * 0.3)
}
