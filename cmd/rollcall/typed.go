package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
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

// timeOfDay reads 14:05 or 2:05 pm and writes 14:05. Of 2:05 nobody at a school
// means the night.
func timeOfDay(text string) (string, error) {
	bare := strings.ToUpper(strings.NewReplacer(" ", "", ".", "").Replace(oneLine(text)))
	if t, err := time.Parse("3:04PM", bare); err == nil {
		return t.Format("15:04"), nil
	}
	t, err := time.Parse("15:04", bare)
	switch {
	case err != nil:
		return "", fmt.Errorf("--at: %q is no time of day; write 14:05 or 2:05 pm", text)
	case 1 <= t.Hour() && t.Hour() < 7:
		return "", fmt.Errorf("--at: %q could be the night; write %s or %s", text, t.Add(12*time.Hour).Format("15:04"), t.Format("3:04")+" pm")
	}
	return t.Format("15:04"), nil
}

// methods are the ways in which a family is reached or met: the checklist of a
// referral looks for the home visit among them.
var methods = []string{"phone", "text", "e-mail", "home visit", "in person"}

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
