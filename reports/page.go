package reports

import (
	"fmt"
	"strings"
)

// The page layer. Every printed document is made the same way:
//
//	p := newPaper(title, &s.Night, portrait)      // the document
//	f := p.flow(flowOptions{Foot: "Page {page} of {pages}", Bookmark: "Ana Flores"})
//	f.heading(1, "Face sheet")                    // blocks, top to bottom
//	f.text("Born 3 May 2015")
//	f.table(table{Columns: …, Rows: …})
//	pdf, err := p.finish()                        // PDF{Bytes, Pages}
//
// A flow is a run of pages of its own with a running head and foot that count
// its own pages: one flow a student in a packet, one flow a letter. It starts
// on a new page, with Front on a right-hand page. Blocks break over pages by
// themselves; keep(func) holds blocks on one page; newPage breaks.
//
//	words      heading text para bullets numbered checks
//	tables     table
//	forms      signatures blanks checkRow rule space
//	drawings   drawBars drawTrend, and the marks themselves: put line fill
//	places     columns (side by side, on one page), inset
//
// Lengths are millimetres from the page's top left, type sizes are points.
// Strings need no preparation: whatever the data hold is drawn as text, and
// what the typeface lacks shows as a replacement mark (MissingGlyphs).
// Layout is done here, in full, before maroto sees a page: to it a page is one
// component of ours.

// PDF is a finished document.
type PDF struct {
	Bytes []byte
	Pages int
	// Starts are the first page of each meeting's file, from 1, by meeting ID: of
	// Packets alone.
	Starts map[string]int
}

// format is a size of paper in mm.
type format struct{ w, h float64 }

// US Letter, both ways.
var (
	portrait  = format{215.9, 279.4}
	landscape = format{279.4, 215.9}
)

const inch = 25.4

// ink is a colour.
type ink struct{ r, g, b uint8 }

// The inks of every document. Meaning never hangs on colour alone: schools
// print in black and white.
var (
	black  = ink{}
	grey   = ink{90, 96, 104}
	silver = ink{176, 181, 188}
	pale   = ink{240, 242, 245}
	blue   = ink{28, 63, 110}
	red    = ink{160, 40, 30}
	amber  = ink{196, 128, 24}
	green  = ink{46, 112, 76}
)

// paper is one document being laid out.
type paper struct {
	format
	title, lang, creator string
	night                *Night
	fonts                *typeset
	pages                []*sheet
	outline              []bookmark
	open                 *flow
	logo                 []byte        // JPEG
	used                 [faces]string // characters of each face, once all is laid out
	wrapped              map[string][]textLine
	key                  []byte // of wrapped, kept for its room
}

type bookmark struct {
	text  string
	level int
	page  int // from 0
	y     float64
}

// newPaper begins a document. The night gives its date and the version that
// made it.
func newPaper(title string, n *Night, size format) *paper {
	// What writes the title reads past the end of broken UTF-8, and knows the
	// first plane alone.
	fonts := typefaces()
	return &paper{format: size, title: fonts.oneLine(title, 2*longestName), lang: "en-US", night: n,
		creator: strings.TrimSpace("rollcall " + n.Version), fonts: fonts, wrapped: map[string][]textLine{}}
}

// flowOptions are the pages of a flow. In Head and Foot {page} and {pages}
// count the flow's own pages; "\t" sets what follows it to the right margin.
type flowOptions struct {
	Head, Foot               string
	Bookmark                 string  // top-level entry of the outline, at the first page
	Left, Right, Top, Bottom float64 // margins, 0 for the usual ones
	Size                     float64 // of running text, 0 for 10
	Tight                    float64 // share taken off the space between blocks, 0 to 1
	Front                    bool    // begin on a right-hand page, for two-sided printing
}

// flow is a run of pages that blocks are added to.
type flow struct {
	*paper
	opts                     flowOptions
	first                    int // index of its first page
	left, right, top, bottom float64
	y                        float64 // where the next block begins
	size                     float64
	airy                     float64 // mm of space that Tight may take from
}

// flow closes the last flow and begins a new one on a new page.
func (p *paper) flow(o flowOptions) *flow {
	p.close()
	if o.Front && len(p.pages)%2 == 1 {
		p.pages = append(p.pages, &sheet{paper: p})
	}
	usual := func(v, d float64) float64 {
		if v == 0 {
			return d
		}
		return v
	}
	f := &flow{paper: p, opts: o, first: len(p.pages), size: usual(o.Size, 10),
		left: usual(o.Left, 18), right: p.w - usual(o.Right, 18), top: usual(o.Top, 16), bottom: p.h - usual(o.Bottom, 18)}
	if o.Head != "" && o.Top == 0 {
		f.top += 6
	}
	p.open = f
	f.newPage()
	if o.Bookmark != "" {
		f.bookmark(0, o.Bookmark)
	}
	return f
}

// close gives the open flow's pages their running heads and feet.
func (p *paper) close() {
	f := p.open
	if f == nil {
		return
	}
	p.open = nil
	n := len(p.pages) - f.first
	for i, s := range p.pages[f.first:] {
		words := strings.NewReplacer("{page}", fmt.Sprint(i+1), "{pages}", fmt.Sprint(n))
		f.running(s, words.Replace(f.opts.Head), f.top-7.5, true)
		f.running(s, words.Replace(f.opts.Foot), p.h-10, false)
	}
}

func (f *flow) running(s *sheet, text string, baseline float64, above bool) {
	if text == "" {
		return
	}
	const size = 8
	l, r, _ := strings.Cut(text, "\t")
	r = f.fonts.oneLine(r, 200)
	rw := f.fonts.width(r, regular, size)
	l = f.fonts.fit(f.fonts.oneLine(l, 200), regular, size, f.right-f.left-rw-4)
	s.text(f.left, baseline, size, regular, grey, l)
	s.text(f.right-rw, baseline, size, regular, grey, r)
	if above {
		s.line(f.left, baseline+1.6, f.right-f.left, 0.15, silver)
	} else {
		s.line(f.left, baseline-3.6, f.right-f.left, 0.15, silver)
	}
}

// newPage turns to a fresh page.
func (f *flow) newPage() {
	f.pages = append(f.pages, &sheet{paper: f.paper})
	f.y = f.top
}

// fresh reports whether nothing was put on the page yet.
func (f *flow) fresh() bool { return f.y <= f.top }

// sheet is the page being filled.
func (f *flow) sheet() *sheet { return f.pages[len(f.pages)-1] }

// pageCount is how many pages the flow has so far.
func (f *flow) pageCount() int { return len(f.pages) - f.first }

// room turns the page unless h mm are left on it.
func (f *flow) room(h float64) {
	if f.y+h > f.bottom && !f.fresh() {
		f.newPage()
	}
}

// space leaves h mm free, but not at the top of a page.
func (f *flow) space(h float64) {
	if !f.fresh() {
		f.y += h
	}
}

// between leaves the usual h mm between blocks, less where the flow is tight.
func (f *flow) between(h float64) { f.space(f.less(h)) }

// less is what a tight flow leaves of a space, and keeps account of it.
func (f *flow) less(h float64) float64 {
	f.airy += h
	return h * (1 - f.opts.Tight)
}

// bookmark adds an entry to the document's outline, here.
func (f *flow) bookmark(level int, text string) {
	f.outline = append(f.outline, bookmark{f.fonts.oneLine(text, 120), level, len(f.pages) - 1, max(0, f.y-5)})
}

// keep holds what blocks adds on one page, as far as one page can hold it.
// blocks may run twice.
func (f *flow) keep(blocks func()) {
	pages, marks, y, outline := len(f.pages), len(f.sheet().marks), f.y, len(f.outline)
	blocks()
	if len(f.pages) == pages || y <= f.top {
		return
	}
	f.pages = f.pages[:pages]
	f.sheet().marks = f.sheet().marks[:marks]
	f.outline = f.outline[:outline]
	f.newPage()
	blocks()
}

// inset runs blocks between narrower margins.
func (f *flow) inset(left, right float64, blocks func()) {
	l, r := f.left, f.right
	f.left, f.right = l+left, r-right
	blocks()
	f.left, f.right = l, r
}

// columns sets blocks side by side in columns of equal width, gap mm apart. The
// columns must fit on what is left of the page: put them in a keep.
func (f *flow) columns(gap float64, columns ...func()) {
	if len(columns) == 0 {
		return
	}
	l, r, y := f.left, f.right, f.y
	w := (r - l - gap*float64(len(columns)-1)) / float64(len(columns))
	lowest := y
	for i, blocks := range columns {
		f.left = l + float64(i)*(w+gap)
		f.right = f.left + w
		f.y = y
		blocks()
		lowest = max(lowest, f.y)
	}
	f.left, f.right, f.y = l, r, lowest
}
