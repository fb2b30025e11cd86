package reports

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/johnfercher/maroto/v2/pkg/consts/extension"
	"github.com/johnfercher/maroto/v2/pkg/core"
	"github.com/johnfercher/maroto/v2/pkg/core/entity"
	"github.com/johnfercher/maroto/v2/pkg/props"
)

// What the pages show is written here, and not through maroto's calls: one of
// those sets the typeface three times over and formats every number with fmt,
// which made seven tenths of the time a letter takes. maroto makes the document,
// its pages and its typefaces; a page of its own is drawn once, with all that
// any page needs, and then every page gets its own content.

// draft draws, on the first page, every character of every face in use, and the
// logo: so maroto puts them into the file. Face n is set in n+1 points, by which
// resourcesIn knows it.
func (p *paper) draft(provider core.Provider) {
	cell := entity.Cell{Width: math.MaxInt32, Height: p.h}
	for f, runes := range p.used {
		if runes != "" {
			provider.AddText(runes, &cell, &props.Text{Family: family, Style: faceStyles[f], Size: float64(f + 1)})
		}
	}
	if p.showsLogo() {
		provider.AddImageFromBytes(p.logo, &entity.Cell{Width: 1, Height: 1}, &props.Rect{Percent: 100}, extension.Jpg)
	}
}

// characters are those in use of each face, in order.
func (p *paper) characters() (used [faces]string) {
	var seen [faces][1 << 16]bool
	for _, s := range p.pages {
		for i := range s.marks {
			if m := &s.marks[i]; m.kind == markText {
				for _, r := range m.text {
					seen[m.face][r&0xffff] = true
				}
			}
		}
	}
	for f := range used {
		var text []byte
		for r, is := range seen[f] {
			if is {
				text = utf8.AppendRune(text, rune(r))
			}
		}
		used[f] = string(text)
	}
	return used
}

func (p *paper) showsLogo() bool {
	return slices.ContainsFunc(p.pages, func(s *sheet) bool {
		return slices.ContainsFunc(s.marks, func(m mark) bool { return m.kind == markLogo })
	})
}

// resources are the names under which a file's pages use its typefaces and its
// logo.
type resources struct {
	faces [faces]string
	logo  string
}

// resourcesIn reads them from the page that draft drew.
func (p *paper) resourcesIn(draft []byte) (r resources, err error) {
	for line := range bytes.Lines(draft) {
		for f := range r.faces {
			if name, ok := between(line, "BT /", fmt.Sprintf(" %d.00 Tf ET\n", f+1)); ok {
				r.faces[f] = name
			}
		}
		if _, name, ok := bytes.Cut(line, []byte(" cm /")); ok {
			r.logo, _ = between(name, "", " Do Q\n")
		}
	}
	for f, runes := range p.used {
		if runes != "" && r.faces[f] == "" {
			return r, fmt.Errorf("face %d is not on the first page", f)
		}
	}
	if r.logo == "" && p.showsLogo() {
		return r, errors.New("the logo is not on the first page")
	}
	return r, nil
}

// between is what stands on a line between its beginning and its end.
func between(line []byte, before, after string) (string, bool) {
	rest, begins := bytes.CutPrefix(line, []byte(before))
	rest, ends := bytes.CutSuffix(rest, []byte(after))
	return string(rest), begins && ends
}

const pointsPerMM = 72 / 25.4

// pen writes the content of pages: PDF's operators (ISO 32000-1, annex A), and
// of the settings only those that change.
type pen struct {
	resources
	height float64 // of the page, mm
	out    []byte

	face         face
	size         float64 // 0 before the first text
	fill, stroke ink
	width        float64
	dashed       bool
}

// page is a page's content, good until the next one is written.
func (p *pen) page(s *sheet) []byte {
	// The settings that every page begins with.
	*p = pen{resources: p.resources, height: s.paper.h, out: p.out[:0], width: 1 / pointsPerMM}
	for i := range s.marks {
		switch m := &s.marks[i]; m.kind {
		case markText:
			p.text(m)
		case markLine:
			p.line(m)
		case markLogo:
			p.op("q")
			p.numbers(m.size*pointsPerMM, 0, 0, m.size*pointsPerMM, m.x*pointsPerMM, p.up(m.y+m.size))
			p.op("cm /", p.logo, " Do Q")
		}
	}
	return p.out
}

func (p *pen) text(m *mark) {
	if m.ink != p.fill {
		p.fill = m.ink
		p.colour(m.ink, "rg")
	}
	p.out = append(p.out, "BT "...)
	if m.face != p.face || m.size != p.size {
		p.face, p.size = m.face, m.size
		p.out = append(append(append(p.out, '/'), p.faces[m.face]...), ' ')
		p.numbers(m.size)
		p.out = append(p.out, "Tf "...)
	}
	p.numbers(m.x*pointsPerMM, p.up(m.y))
	p.out = append(p.out, "Td ("...)
	for _, r := range m.text {
		p.char(byte(r >> 8))
		p.char(byte(r))
	}
	p.op(") Tj ET")
}

// char writes one byte of a string.
func (p *pen) char(b byte) {
	switch b {
	case '(', ')', '\\':
		p.out = append(p.out, '\\', b)
	case '\r':
		p.out = append(p.out, '\\', 'r')
	default:
		p.out = append(p.out, b)
	}
}

func (p *pen) line(m *mark) {
	if m.ink != p.stroke {
		p.stroke = m.ink
		p.colour(m.ink, "RG")
	}
	if m.size != p.width {
		p.width = m.size
		p.numbers(m.size * pointsPerMM)
		p.op("w")
	}
	if m.dashed != p.dashed {
		if p.dashed = m.dashed; m.dashed {
			p.op("[2.83 2.83] 0 d") // a millimetre each
		} else {
			p.op("[] 0 d")
		}
	}
	p.numbers(m.x*pointsPerMM, p.up(m.y))
	p.out = append(p.out, "m "...)
	p.numbers((m.x+m.dx)*pointsPerMM, p.up(m.y+m.dy))
	p.op("l S")
}

// up turns millimetres from the page's top into points from its bottom.
func (p *pen) up(y float64) float64 { return (p.height - y) * pointsPerMM }

func (p *pen) colour(c ink, operator string) {
	for _, part := range [...]uint8{c.r, c.g, c.b} {
		p.out = strconv.AppendFloat(p.out, math.Round(float64(part)/255*1000)/1000, 'f', -1, 64)
		p.out = append(p.out, ' ')
	}
	p.op(operator)
}

// numbers writes each with at most two decimals, a hundredth of a point, and a
// space behind it.
func (p *pen) numbers(values ...float64) {
	for _, v := range values {
		n := int64(math.Round(v * 100))
		if n < 0 {
			p.out = append(p.out, '-')
			n = -n
		}
		p.out = strconv.AppendInt(p.out, n/100, 10)
		if part := n % 100; part != 0 {
			p.out = append(p.out, '.', byte('0'+part/10))
			if part%10 != 0 {
				p.out = append(p.out, byte('0'+part%10))
			}
		}
		p.out = append(p.out, ' ')
	}
}

// op writes an operator and ends the line.
func (p *pen) op(words ...string) {
	for _, w := range words {
		p.out = append(p.out, w...)
	}
	p.out = append(p.out, '\n')
}
