package reports

import (
	"slices"
	"strings"
	"unicode"

	"rollcall/internal/district"
)

// window is a block of an address that shows through an envelope.
type window struct{ x, y, w, h float64 }

// A #10 envelope with two windows, the sheet folded in three: what lies in these
// boxes stays visible however the sheet slides inside, and nothing else may be
// printed above letterTop, where it could slide into a window.
var (
	returnWindow    = window{0.5 * inch, 0.5 * inch, 3.5 * inch, 0.792 * inch}
	recipientWindow = window{0.5 * inch, 2.042 * inch, 3.5 * inch, 0.875 * inch}
)

const letterTop = 3.375 * inch

// maxAddressLines is what a sorting machine reads.
const maxAddressLines = 5

// address sets lines into a window, smaller where they are too long or too many;
// what is too long even in 8 points is cut visibly.
func (s *sheet) address(w window, lines []string, largest float64, first face) {
	fonts := s.paper.fonts
	size := largest
	const smallest = 8
	fits := func() bool {
		if headroom(size)+addressLeading(size)*float64(len(lines)-1)+descent(size) > w.h {
			return false
		}
		for i, l := range lines {
			if fonts.width(l, faceOf(i, first), size) > w.w {
				return false
			}
		}
		return true
	}
	for size > smallest && !fits() {
		size -= 0.5
	}
	lines = lines[:min(len(lines), maxAddressLines)]
	for i, l := range lines {
		f := faceOf(i, first)
		s.text(w.x, w.y+headroom(size)+addressLeading(size)*float64(i), size, f, black, fonts.fit(l, f, size, w.w))
	}
}

func addressLeading(size float64) float64 { return size * 1.18 * mmPerPoint }

// headroom is how far a baseline lies below what must stay free above it: a
// capital with two marks, as in NGUYỄN THỊ ẨN, is taller than a line's ascent.
func headroom(size float64) float64 { return size * 1.14 * mmPerPoint }

// descent is what the tail of a letter or a mark below it needs.
func descent(size float64) float64 { return size * 0.26 * mmPerPoint }

func faceOf(i int, first face) face {
	if i == 0 {
		return first
	}
	return regular
}

// recipient is a household's address as the Postal Service wants it: capital
// letters, no punctuation, the unit on the delivery line, ZIP+4 kept, five lines
// at most. The adults at one address are named together.
func (t *typeset) recipient(h district.Household, student string) (who, where []string) {
	names := []string{}
	for _, a := range h.Adults {
		if n := t.postal(a.Name); n != "" && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		who = append(who, "TO THE PARENT OR GUARDIAN OF")
		names = append(names, t.postal(student))
	}
	street := strings.TrimSpace(t.postal(h.Address.Street) + " " + unit(t.postal(h.Address.Unit)))
	city := strings.TrimSpace(t.postal(h.Address.City) + " " + t.postal(h.Address.State) + "  " + t.zip(h.Address.Zip))
	free := maxAddressLines - len(who) - 1
	if city == "" {
		free++
	}
	streets := t.splitLine(street, min(2, free-1))
	who = append(who, t.splitLine(strings.Join(names, " AND "), free-len(streets))...)
	for _, l := range append(streets, strings.ReplaceAll(city, "  ", " ")) {
		if l != "" {
			where = append(where, l)
		}
	}
	return who, where
}

// splitLine breaks a line at spaces where it is too long for the window, into n
// lines at most; the last takes the rest.
func (t *typeset) splitLine(s string, n int) []string {
	if n <= 1 || t.width(s, regular, recipientSize) <= recipientWindow.w {
		return []string{s}
	}
	first := t.wrap([]span{{text: s}}, recipientSize, recipientWindow.w)
	if len(first) == 1 || len(first[0].runs) == 0 {
		return []string{s}
	}
	head := first[0].runs[0].text
	return append([]string{head}, t.splitLine(strings.TrimSpace(strings.TrimPrefix(s, head)), n-1)...)
}

const recipientSize = 10

// postal upper-cases and drops punctuation, but keeps what an address needs: the
// hyphen and the slash inside a number or name, and the number sign.
func (t *typeset) postal(s string) string {
	runes := []rune(t.oneLine(strings.ToUpper(s), 4*longestName))
	var b strings.Builder
	for i, r := range runes {
		inside := i > 0 && i+1 < len(runes) && isAlnum(runes[i-1]) && isAlnum(runes[i+1])
		switch {
		case r == '\'' || r == '’' || r == '.' || r == 'ʻ':
			// O'NEIL and P.O. close up: ONEIL, PO.
		case r == '#' || r == missing || (r == '-' || r == '/') && inside:
			b.WriteRune(r)
		case r == '&':
			b.WriteString(" AND ")
		case unicode.IsPunct(r) || unicode.IsSymbol(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func isAlnum(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// unit puts the number sign before a bare number, as for an unknown kind of
// unit.
func unit(s string) string {
	if s == "" || strings.ContainsAny(s, " #") || s[0] < '0' || s[0] > '9' {
		return strings.ReplaceAll(strings.ReplaceAll(s, "# ", "#"), "#", "# ")
	}
	return "# " + s
}

// zip keeps five digits and, where there are nine, the hyphen between.
func (t *typeset) zip(s string) string {
	var digits []byte
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			digits = append(digits, s[i])
		}
	}
	if len(digits) == 9 {
		return string(digits[:5]) + "-" + string(digits[5:])
	}
	return t.postal(s)
}

// returnLines is where a letter comes back to: the school, or its district
// where the school's row has no address.
func (t *typeset) returnLines(s *SchoolNight) []string {
	name, street, city, state, zip := s.School.Name, s.School.Street, s.School.City, s.School.State, s.School.Zip
	if strings.TrimSpace(street) == "" || strings.TrimSpace(zip) == "" {
		o := s.Night.District
		street, city, state, zip = o.Street, o.City, o.State, o.Zip
	}
	var lines []string
	for _, l := range []string{name, s.Night.District.Name, street, strings.TrimSpace(city + " " + state + " " + zip)} {
		if l = t.oneLine(l, longestName); l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}
