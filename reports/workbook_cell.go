package reports

import (
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// Excel counts days from epoch, and rightly from firstSerial on: it believes
// that 1900 had a 29 February.
var (
	epoch       = district.NewDate(1899, time.December, 30)
	firstSerial = district.NewDate(1900, time.March, 1)
)

// cell turns a value into a cell of its type.
func (w *workbook) cell(v any, look cellLook) excelize.Cell {
	m := asGiven
	switch look {
	case asFact:
		look, m = asWrapped, setLeft
	case asTotal:
		look, m = asText, heavy
	}
	switch v := v.(type) {
	case string:
		return excelize.Cell{StyleID: w.styles[look][m], Value: cellText(v)}
	case int:
		return excelize.Cell{StyleID: w.styles[asCount][m], Value: v}
	case district.Date:
		switch {
		case v.IsZero():
			return excelize.Cell{StyleID: w.styles[asDate][m]}
		case v < firstSerial:
			return excelize.Cell{StyleID: w.styles[asText][m], Value: v.String()}
		}
		return excelize.Cell{StyleID: w.styles[asDate][m], Value: int(v - epoch)}
	case intervention.Clock:
		return excelize.Cell{StyleID: w.styles[asClock][m], Value: float64(v) / (24 * 60)}
	case rate:
		return excelize.Cell{StyleID: w.styles[asRate][m], Value: float64(v)}
	case tenths:
		return excelize.Cell{StyleID: w.styles[asTenths][m], Value: float64(v)}
	}
	return excelize.Cell{StyleID: w.styles[look][m]}
}

// cellLimit is how many UTF-16 units an Excel cell can hold.
const cellLimit = 32767

// cellText is data as a cell can hold it: valid UTF-8, with a mark in place of
// what was none (Jos� is seen to lack a letter, Jos is not), without the characters
// XML forbids, and cut with a mark where it is too long.
func cellText(s string) string {
	clean := true
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f {
			clean = false
			break
		}
	}
	if !clean {
		s = strings.Map(func(r rune) rune {
			switch {
			case r == '\r':
				return -1 // a line break in a cell is \n alone
			case r == '\n' || r == '\t':
				return r
			case r < ' ', r >= 0x7f && r <= 0x9f, r == 0xfffe, r == 0xffff:
				return -1
			}
			return r
		}, s)
	}
	if len(s) <= cellLimit {
		return s
	}
	units := 0
	for i, r := range s {
		if r > 0xffff {
			units++
		}
		if units++; units > cellLimit-1 {
			return s[:i] + "…"
		}
	}
	return s
}
