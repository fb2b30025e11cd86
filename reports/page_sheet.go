package reports

import (
	"github.com/johnfercher/go-tree/node"
	"github.com/johnfercher/maroto/v2"
	"github.com/johnfercher/maroto/v2/pkg/components/col"
	"github.com/johnfercher/maroto/v2/pkg/components/page"
	"github.com/johnfercher/maroto/v2/pkg/components/row"
	"github.com/johnfercher/maroto/v2/pkg/config"
	"github.com/johnfercher/maroto/v2/pkg/core"
	"github.com/johnfercher/maroto/v2/pkg/core/entity"
	"github.com/johnfercher/maroto/v2/pkg/props"

	"rollcall/internal/district"
)

// sheet is one laid-out page: a list of marks. To maroto it is a component as
// tall as the page, so that nothing is left to lay out.
type sheet struct {
	paper *paper
	marks []mark
}

type markKind uint8

const (
	markText markKind = iota
	markLine
	markLogo
)

// mark is one thing drawn. For text y is the baseline and size points; a line is
// size mm thick and ends dx to the right of where it begins and dy below.
type mark struct {
	kind   markKind
	face   face
	dashed bool
	ink    ink
	x, y   float64
	size   float64
	dx, dy float64
	text   string
}

// text draws a clean string with its baseline at y.
func (s *sheet) text(x, y, size float64, f face, c ink, text string) {
	if text != "" {
		s.marks = append(s.marks, mark{kind: markText, x: x, y: y, size: size, face: f, ink: c, text: text})
	}
}

// line draws w mm to the right.
func (s *sheet) line(x, y, w, thick float64, c ink) {
	s.marks = append(s.marks, mark{kind: markLine, x: x, y: y, dx: w, size: thick, ink: c})
}

func (s *sheet) dashes(x, y, w, thick float64, c ink) {
	s.marks = append(s.marks, mark{kind: markLine, x: x, y: y, dx: w, size: thick, ink: c, dashed: true})
}

// down draws h mm downwards.
func (s *sheet) down(x, y, h, thick float64, c ink) {
	s.marks = append(s.marks, mark{kind: markLine, x: x, y: y, dy: h, size: thick, ink: c})
}

// fill draws a filled rectangle: a line as thick as the rectangle is tall.
func (s *sheet) fill(x, y, w, h float64, c ink) {
	if w > 0 && h > 0 {
		s.marks = append(s.marks, mark{kind: markLine, x: x, y: y + h/2, dx: w, size: h, ink: c})
	}
}

// slope draws a line from one point to another.
func (s *sheet) slope(x0, y0, x1, y1, thick float64, c ink) {
	s.marks = append(s.marks, mark{kind: markLine, x: x0, y: y0, dx: x1 - x0, dy: y1 - y0, size: thick, ink: c})
}

// frame draws the outline of a rectangle.
func (s *sheet) frame(x, y, w, h, thick float64, c ink) {
	s.line(x-thick/2, y, w+thick, thick, c)
	s.line(x-thick/2, y+h, w+thick, thick, c)
	s.down(x, y, h, thick, c)
	s.down(x+w, y, h, thick, c)
}

// image draws the paper's logo into a box of size mm square.
func (s *sheet) image(x, y, size float64) {
	s.marks = append(s.marks, mark{kind: markLogo, x: x, y: y, size: size})
}

// Render draws what all pages need; what they show is written by the pen.
func (s *sheet) Render(provider core.Provider, _ *entity.Cell) {
	if s == s.paper.pages[0] {
		s.paper.draft(provider)
	}
}

// GetHeight is the page's.
func (s *sheet) GetHeight(core.Provider, *entity.Cell) float64 { return s.paper.h }

// SetConfig has nothing to set: a sheet is laid out before maroto is asked.
func (s *sheet) SetConfig(*entity.Config) {}

// GetStructure names the component in maroto's tree.
func (s *sheet) GetStructure() *node.Node[core.Structure] {
	return node.New(core.Structure{Type: "sheet"})
}

// finish draws the document.
func (p *paper) finish() (PDF, error) {
	p.close()
	if len(p.pages) == 0 {
		p.pages = append(p.pages, &sheet{paper: p})
	}
	stamp := p.night.Issued
	if stamp.IsZero() {
		stamp = max(p.night.AsOf, district.NewDate(2000, 1, 1))
	}
	p.used = p.characters()
	cfg := config.NewBuilder().
		WithDimensions(p.w, p.h).WithLeftMargin(0).WithTopMargin(0).WithRightMargin(0).WithBottomMargin(0).
		WithCustomFonts(p.fonts.customFonts(p.used)).
		WithDefaultFont(&props.Font{Family: family, Size: 10}).
		WithCompression(false). // complete compresses
		WithTitle(p.title, true).WithCreator(p.creator, true).WithCreationDate(stamp.Time()).
		Build()
	cfg.Margins = &entity.Margins{}
	doc := maroto.New(cfg)
	for _, s := range p.pages {
		doc.AddPages(page.New().Add(row.New(p.h).Add(col.New().Add(s))))
	}
	made, err := doc.Generate()
	if err != nil {
		return PDF{}, err
	}
	b, err := p.complete(made.GetBytes(), stamp)
	if err != nil {
		return PDF{}, err
	}
	return PDF{Bytes: b, Pages: len(p.pages)}, nil
}
