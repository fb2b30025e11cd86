package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MessageID derives the Message-ID of a run's message to one role of one school:
// the same three always give the same ID, different ones different IDs.
func MessageID(run, school, role, domain string) string {
	return "<" + slug(run, school, role) + "." + fingerprint(run, school, role) + "@" + word(domain, '-') + ">"
}

// Slug is the file name for the same message: run, school and role joined by
// hyphens. Where one of them holds what a file name should not, it is replaced;
// then, and where a hyphen inside or the case of a school's letters could make
// two names alike, a fingerprint keeps them apart.
func Slug(run, school, role string) string {
	s := slug(run, school, role)
	if s != run+"-"+school+"-"+role || strings.Contains(school+role, "-") || school != strings.ToUpper(school) || !SafeName(s) {
		s = "m-" + s + "-" + fingerprint(run, school, role)
	}
	return s
}

func slug(parts ...string) string {
	short := make([]string, len(parts))
	for i, p := range parts {
		short[i] = word(p, '_')
	}
	return strings.Join(short, "-")
}

// word keeps letters, digits, inner full stops, hyphens and underscores of ASCII, at most
// fifty of them, and puts instead in place of everything else.
func word(s string, instead rune) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '.' || r == '-' || r == '_', '0' <= r && r <= '9', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			return r
		}
		return instead
	}, s)
	s = doubleStop.ReplaceAllString(strings.Trim(s, "."), ".")
	return strings.Trim(s[:min(len(s), 50)], ".")
}

var doubleStop = regexp.MustCompile(`\.{2,}`)

// fingerprint tells apart what word made alike: twelve hexadecimal digits.
func fingerprint(parts ...string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", parts))
	return hex.EncodeToString(sum[:6])
}

var (
	safeName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$`)
	messageID = regexp.MustCompile(`^<[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*@[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*>$`)
)

// SafeName tells whether a message's Name can be a file's: ASCII letters,
// digits, full stops, hyphens and underscores, a letter or digit first.
func SafeName(name string) bool { return safeName.MatchString(name) }

// check refuses what cannot stand in a header before anything is written.
func (m Message) check() error {
	switch {
	case !messageID.MatchString(m.ID) || len(m.ID) > 250:
		return fmt.Errorf("message ID %q is not of the form <word@domain>", m.ID)
	case m.At.IsZero():
		return errors.New("the message has no date")
	case m.Text == "":
		return errors.New("the message has no text")
	case strings.TrimSpace(m.Subject) == "":
		return errors.New("the message has no subject")
	case hasControl(m.Subject):
		return fmt.Errorf("subject %q holds a control character", m.Subject)
	}
	return nil
}

func checkFileName(name string) error {
	switch {
	case name == "" || name == "." || name == "..":
		return fmt.Errorf("attachment %q has no file name", name)
	case hasControl(name) || !utf8.ValidString(name):
		return fmt.Errorf("attachment %q: the name holds a control character", name)
	case strings.ContainsAny(name, `/\`):
		return fmt.Errorf("attachment %q: the name is a path", name)
	case len(name) > 200:
		return fmt.Errorf("attachment %q: the name is longer than 200 bytes", name)
	}
	return nil
}

// hasControl finds control characters and the invisible ones that turn a line
// of text around.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	})
}

// clean makes text valid UTF-8, as the headers say it is.
func clean(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
