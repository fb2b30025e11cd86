package district

import (
	"strings"
	"unicode"
)

// OneLine is a text as rosters, mail and terminals print it: without line breaks,
// nor anything else that steers them.
func OneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}
