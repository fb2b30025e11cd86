package main

import (
	"strings"
	"unicode"

	"rollcall/internal/intervention"
)

// oneLine is a text as rosters, mail and terminals print it: without line breaks,
// nor anything else that steers them.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// signed is who does something by hand.
func signed(by string, s *surroundings) string {
	by = oneLine(by)
	if by == "" {
		by, _ = s.getenv("USER")
	}
	// The night's name is not a person's, whoever's account it runs in.
	if by != "" && by != intervention.NightActor {
		return by
	}
	return intervention.Somebody
}
