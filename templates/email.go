package templates

import (
	"errors"
	"fmt"
	htmltemplate "html/template"
	"path"
	"strings"
	"text/template"

	"rollcall/internal/district"
)

// Alarm is the role of those who hear that a night failed: whoever runs rollcall. No
// staff have it.
const Alarm district.Role = "alarm"

// loadEmail parses one part of one role's message together with the parts all
// roles share, and tries it.
func (s *Set) loadEmail(name string) error {
	isText := path.Ext(name) == ".txt"
	if name == textParts || name == htmlParts {
		// Tried with the messages that use it; alone it must at least parse.
		_, err := template.New(name).Funcs(functions).Parse(s.sources[name])
		return err
	}
	base := strings.TrimSuffix(strings.TrimSuffix(path.Base(name), path.Ext(name)), "."+English)
	role := district.Role(strings.ReplaceAll(base, "-", "_"))
	data := SampleEmail(role)
	if !isText {
		if _, err := s.checked(name, htmlParts, data); err != nil {
			return err
		}
		t, err := htmltemplate.New(name).Funcs(htmltemplate.FuncMap(functions)).Parse(s.sources[name])
		if err == nil {
			_, err = t.New(htmlParts).Parse(s.sources[htmlParts])
		}
		if err != nil {
			return err
		}
		s.htmls[role] = t
		for _, d := range []EmailData{data, {}} {
			if err := t.Execute(&printed{}, d); err != nil {
				return named(name, err)
			}
		}
		return nil
	}
	t, err := s.checked(name, textParts, data)
	if err != nil {
		return err
	}
	escapeAll(t, plainEscape)
	s.texts[role] = t
	for _, d := range []EmailData{data, {}} {
		if _, _, err := textOf(t, d); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (s *Set) checked(name, parts string, data EmailData) (*template.Template, error) {
	t, err := template.New(name).Funcs(functions).Parse(s.sources[name])
	if err == nil {
		_, err = t.New(parts).Parse(s.sources[parts])
	}
	if err != nil {
		return nil, err
	}
	return t, checkFields(t, data)
}

// textOf prints the text part; its first line is the subject.
func textOf(t *template.Template, d EmailData) (subject, body string, err error) {
	var out printed
	if err := t.Execute(&out, d); err != nil {
		return "", "", err
	}
	first, rest, _ := strings.Cut(out.String(), "\n")
	subject, ok := strings.CutPrefix(first, "Subject: ")
	if subject = strings.TrimSpace(subject); !ok || subject == "" {
		return "", "", errors.New("the first line must be the subject: Subject: …")
	}
	if r := []rune(subject); len(r) > longestSubject {
		subject = string(r[:longestSubject-1]) + "…"
	}
	return subject, tidy(rest), nil
}

// longestSubject is in characters: a line of a header that cannot be folded, as
// one of a school's name might be, is refused past 998 bytes, and the mail with it.
const longestSubject = 200

// tidy leaves at most one empty line between paragraphs, whatever the fields
// that were empty left behind.
func tidy(s string) string {
	var out []string
	for _, line := range strings.Split(s, "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, line)
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n"
}

// Email prints the message to a role: its subject, its text and its HTML. The
// subject is one line; no field of the data can name a student in it.
func (s *Set) Email(role district.Role, d EmailData) (subject, text, html string, err error) {
	if role == district.Facilitator {
		role = district.Admin
	}
	t, h := s.texts[role], s.htmls[role]
	if t == nil || h == nil {
		return "", "", "", fmt.Errorf("no message for the role %q", role)
	}
	if subject, text, err = textOf(t, d); err != nil {
		return "", "", "", err
	}
	var out printed
	if err := h.Execute(&out, d); err != nil {
		return "", "", "", err
	}
	return subject, text, out.String(), nil
}
