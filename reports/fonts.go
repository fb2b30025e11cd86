package reports

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"sync"
	"unicode"

	"github.com/go-fonts/dejavu/dejavusanscondensed"
	"github.com/go-fonts/dejavu/dejavusanscondensedbold"
	"github.com/go-fonts/dejavu/dejavusanscondensedboldoblique"
	"github.com/go-fonts/dejavu/dejavusanscondensedoblique"
	"github.com/johnfercher/maroto/v2/pkg/consts/fontstyle"
	"github.com/johnfercher/maroto/v2/pkg/core/entity"
	"github.com/phpdave11/gofpdf"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// face is a style of the one type family that every document is set in.
type face uint8

const (
	regular face = iota
	bold
	italic
	boldItalic
	faces
)

// family names the type inside a PDF.
const family = "dejavu"

var faceStyles = [faces]fontstyle.Type{fontstyle.Normal, fontstyle.Bold, fontstyle.Italic, fontstyle.BoldItalic}

// scripts are the runes documents are set in: what names and letters in
// California's schools use of the alphabets that need no joining or reordering.
// Arabic and Hebrew are in the typeface but would come out reversed, so they
// count as missing and are reported instead of printed wrongly.
var scripts = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0020, Hi: 0x007e, Stride: 1},
		{Lo: 0x00a0, Hi: 0x00ac, Stride: 1},
		{Lo: 0x00ae, Hi: 0x024f, Stride: 1}, // Latin, with Vietnamese and Hmong
		{Lo: 0x02b0, Hi: 0x03ff, Stride: 1}, // modifier letters, combining marks, Greek
		{Lo: 0x0400, Hi: 0x052f, Stride: 1}, // Cyrillic
		{Lo: 0x0531, Hi: 0x058a, Stride: 1}, // Armenian
		{Lo: 0x10d0, Hi: 0x10fc, Stride: 1}, // Georgian
		{Lo: 0x1e00, Hi: 0x1eff, Stride: 1},
		{Lo: 0x2010, Hi: 0x2027, Stride: 1}, // dashes, quotation marks, bullets
		{Lo: 0x2030, Hi: 0x205e, Stride: 1},
		{Lo: 0x20a0, Hi: 0x20b5, Stride: 1},
		{Lo: 0x2116, Hi: 0x2122, Stride: 6}, // № ™
		{Lo: 0x2190, Hi: 0x2193, Stride: 1}, // arrows
		{Lo: 0x2212, Hi: 0x2212, Stride: 1},
		{Lo: 0x2260, Hi: 0x2265, Stride: 1},
		{Lo: 0x25a0, Hi: 0x25cf, Stride: 1},
		{Lo: 0x2610, Hi: 0x2612, Stride: 1}, // ballot boxes
		{Lo: 0x2702, Hi: 0x2702, Stride: 1}, // scissors
		{Lo: 0x2713, Hi: 0x2718, Stride: 1}, // check marks
		{Lo: 0xfffd, Hi: 0xfffd, Stride: 1},
	},
	LatinOffset: 2,
}

// missing stands for a rune the typeface lacks, so that the gap is seen.
const missing = '\uFFFD'

// typeset is the type family cut down to scripts, with its widths. Cutting once
// keeps a document from parsing and hashing four faces of 700 KB each.
type typeset struct {
	files  [faces][]byte
	widths [faces][1 << 16]uint16 // 1/1000 of the type size; 0 where there is no glyph
	ready  [1 << 16]bool          // runes that clean would keep as they are, whatever stands beside them
}

var typefaces = sync.OnceValue(func() *typeset {
	var t typeset
	var set strings.Builder
	for r := rune(0); r < 1<<16; r++ {
		if unicode.Is(scripts, r) {
			set.WriteRune(r)
		}
	}
	for f, ttf := range [faces][]byte{
		dejavusanscondensed.TTF, dejavusanscondensedbold.TTF,
		dejavusanscondensedoblique.TTF, dejavusanscondensedboldoblique.TTF,
	} {
		// The typefaces are part of the binary: one that does not parse is a
		// broken build, which every test of this package shows.
		parsed, err := sfnt.Parse(ttf)
		if err != nil {
			panic(fmt.Errorf("typeface %d: %w", f, err))
		}
		measure(parsed, set.String(), &t.widths[f])
		t.files[f] = gofpdf.UTF8CutFont(bytes.Clone(ttf), set.String())
	}
	for _, r := range set.String() {
		composed := norm.NFC.IsNormalString(string(r)) && norm.NFC.PropertiesString(string(r)).BoundaryBefore()
		t.ready[r] = composed && t.has(r) && !invisible(r) && r != missing && (r == ' ' || r == '\u00a0' || !unicode.IsSpace(r))
	}
	t.ready['\n'] = true
	return &t
})

func measure(parsed *sfnt.Font, set string, widths *[1 << 16]uint16) {
	var buf sfnt.Buffer
	em := int(parsed.UnitsPerEm())
	for _, r := range set {
		glyph, err := parsed.GlyphIndex(&buf, r)
		if err != nil || glyph == 0 {
			continue
		}
		advance, err := parsed.GlyphAdvance(&buf, glyph, fixed.I(em), font.HintingNone)
		if err != nil {
			continue
		}
		// A combining mark advances nothing but has a glyph.
		widths[r] = uint16(max(1, math.Round(float64(advance.Round())*1000/float64(em))))
	}
}

// customFonts are those in use, and the regular one, which maroto asks for. They
// are clones, because writing a PDF writes into the slices it was given.
func (t *typeset) customFonts(used [faces]string) []*entity.CustomFont {
	var fonts []*entity.CustomFont
	for f := range t.files {
		if used[f] != "" || face(f) == regular {
			fonts = append(fonts, &entity.CustomFont{Family: family, Style: faceStyles[f], Bytes: bytes.Clone(t.files[f])})
		}
	}
	return fonts
}

// has reports whether every face can show r.
func (t *typeset) has(r rune) bool {
	if r < 0 || r >= 1<<16 {
		return false
	}
	for f := range t.widths {
		if t.widths[f][r] == 0 {
			return false
		}
	}
	return true
}

const mmPerPoint = 25.4 / 72

// width is the length in mm of a clean string.
func (t *typeset) width(s string, f face, size float64) float64 {
	sum := 0
	widths := &t.widths[f]
	for _, r := range s {
		sum += int(widths[r&0xffff])
	}
	return float64(sum) * size * mmPerPoint / 1000
}

// MissingGlyphs lists, each once and in order, the characters of s that the
// documents' typeface cannot show. They are printed as a replacement mark, so a
// person must put the name right by hand.
func MissingGlyphs(s string) []rune {
	if isPlain(s) {
		return nil
	}
	t := typefaces()
	var lost []rune
	seen := map[rune]bool{}
	for _, r := range norm.NFC.String(s) {
		if invisible(r) || unicode.IsSpace(r) || seen[r] || t.has(r) && r != missing {
			continue
		}
		seen[r] = true
		lost = append(lost, r)
	}
	return lost
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// invisible are controls and format characters: they have no glyph anywhere,
// and some of them (direction overrides) would make a line read falsely.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector)
}

// clean makes any string fit to be drawn: composed, every space a plain one
// (a no-break space stays), line breaks kept, invisible characters gone, and
// what the typeface lacks replaced by a mark.
func (t *typeset) clean(s string) string {
	if t.isReady(s) {
		return s
	}
	return t.mend(s)
}

// isReady reports that clean has nothing to do, as for nearly every string.
func (t *typeset) isReady(s string) bool {
	for _, r := range s {
		if r >= 1<<16 || !t.ready[r] {
			return false
		}
	}
	return true
}

func (t *typeset) mend(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFC.String(s) {
		switch {
		case r == '\n' || r == '\u00a0':
			b.WriteRune(r)
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case invisible(r):
		case t.has(r):
			b.WriteRune(r)
		default:
			b.WriteRune(missing)
		}
	}
	return b.String()
}

// oneLine is clean without line breaks and repeated spaces, cut with an
// ellipsis after n runes.
func (t *typeset) oneLine(s string, n int) string {
	s = t.clean(s)
	if strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") || strings.Contains(s, "  ") || strings.Contains(s, "\n") {
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' }), " ")
	}
	if len(s) <= n {
		return s
	}
	if runes := []rune(s); len(runes) > n {
		return strings.TrimRight(string(runes[:n-1]), " ") + "…"
	}
	return s
}

// fit cuts a clean line with an ellipsis until it is no wider than w mm.
func (t *typeset) fit(s string, f face, size, w float64) string {
	if t.width(s, f, size) <= w {
		return s
	}
	runes := []rune(s)
	for n := len(runes) - 1; n > 0; n-- {
		if cut := strings.TrimRight(string(runes[:n]), " ") + "…"; t.width(cut, f, size) <= w {
			return cut
		}
	}
	return ""
}
