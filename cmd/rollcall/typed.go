package main

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// signed is who does something by hand.
func signed(by string, s *surroundings) string {
	by = district.OneLine(by)
	if by == "" {
		by, _ = s.getenv("USER")
	}
	// The night's name is not a person's, whoever's account it runs in.
	if by != "" && by != intervention.NightActor {
		return by
	}
	return intervention.Somebody
}

// methods are the ways in which a family is reached or met: the checklist of a
// referral looks for the home visit among them.
var methods = []string{intervention.ByPhone, "text", "e-mail", "home visit", intervention.InPerson}

// method is one of the methods as it is kept, empty where none is said.
func method(text string) (string, error) {
	plain := func(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(strings.ToLower(s)) }
	i := slices.IndexFunc(methods, func(m string) bool { return plain(m) == plain(text) })
	switch {
	case text == "":
		return "", nil
	case i < 0:
		return "", fmt.Errorf("--method: there is no %q; it is one of %s", text, strings.Join(methods, ", "))
	}
	return methods[i], nil
}
