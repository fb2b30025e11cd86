package bundle

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean makes a text fit for comparing and printing: Unicode NFC, without spaces around
// it, and with a space for every control character.
func Clean(s string) string {
	s, _ = clean(s)
	return s
}

// clean is Clean, of values that end up in letters, mail and workbooks. replaced tells
// that there was a control character.
func clean(s string) (text string, replaced bool) {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			return cleanSlowly(s)
		}
	}
	return trim(s), false
}

func cleanSlowly(s string) (string, bool) {
	replaced := false
	s = strings.Map(func(r rune) rune {
		if r != '\t' && isControl(r) {
			replaced = true
			return ' '
		}
		return r
	}, norm.NFC.String(s))
	return strings.TrimSpace(s), replaced
}

// isControl reports C0, DEL and C1, the two line separators of Unicode, and the
// marks that reverse the direction of the text around them: all of them make a
// printed line show something else than the data say.
func isControl(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 ||
		r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// trim is strings.TrimSpace with a short way for the usual field.
func trim(s string) string {
	if n := len(s); n == 0 || isPrintableASCII(s[0]) && isPrintableASCII(s[n-1]) {
		return s
	}
	return strings.TrimSpace(s)
}

func isPrintableASCII(c byte) bool { return c > ' ' && c < 0x7f }

// shorten keeps a value quotable: a reject names it, but need not carry a page.
func shorten(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	end := most
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
