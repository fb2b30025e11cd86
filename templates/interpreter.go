package templates

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// offer is the sentence that offers an interpreter in one language; in it
// phoneMark stands for the number.
type offer struct{ name, words string }

const phoneMark = "PHONE"

// readOffers reads forms/interpreter.en.md: a table of language tag, name and
// sentence.
func readOffers(blocks []Block) (map[string]offer, error) {
	found := map[string]offer{}
	for _, b := range blocks {
		for _, row := range b.Rows {
			if len(row) != 3 {
				return nil, errors.New("each line needs a language tag, its name and a sentence")
			}
			tag, name, words := cellText(row[0]), cellText(row[1]), cellText(row[2])
			if _, err := language.Parse(tag); err != nil {
				return nil, fmt.Errorf("%q is no language tag", tag)
			}
			if !strings.Contains(words, phoneMark) {
				return nil, fmt.Errorf("the sentence for %s lacks the word %s, where the number goes", tag, phoneMark)
			}
			found[tag] = offer{name, words}
		}
	}
	if _, ok := found[English]; !ok {
		return nil, errors.New("no line for en, which stands in for the languages without one")
	}
	return found, nil
}

func cellText(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return strings.TrimSpace(b.String())
}

// plainNames are languages whose tag the standard reads as a wider one.
var plainNames = map[string]string{"tl": "Tagalog", "mww": "Hmong"}

// LanguageName names a BCP 47 tag in English, "Spanish"; a tag nobody knows
// stands as it is, and none is English.
func LanguageName(tag string) string {
	if tag == "" {
		return "English"
	}
	first, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(tag), "_", "-"), "-")
	if name, ok := plainNames[first]; ok {
		return name
	}
	b, ok := baseOf(tag)
	if !ok {
		return tag
	}
	return cmp.Or(display.English.Languages().Name(b), tag)
}

// OwnName is what the speakers of a language call it, "中文"; empty where that is
// not known, or is the English name.
func OwnName(tag string) string {
	b, ok := baseOf(tag)
	if !ok {
		return ""
	}
	if own := display.Self.Name(language.Make(b.String())); own != LanguageName(tag) {
		return own
	}
	return ""
}

func baseOf(tag string) (language.Base, bool) {
	parsed, err := language.Parse(strings.ReplaceAll(tag, "_", "-"))
	b, _ := parsed.Base()
	return b, err == nil
}

// Interpreter is the offer of an interpreter to a family of the given language
// (BCP 47): in their own words where the forms have them, and in English with
// the language's name, for the case that the page cannot show the first. own is
// empty where there is none.
func (s *Set) Interpreter(lang, phone string) (own, english string) {
	name := lang
	if name != "" {
		name = LanguageName(lang)
	}
	b, known := baseOf(lang)
	if o, ok := s.offers[b.String()]; ok && known && b.String() != English {
		own = fill(o.words, phone)
	} else if self := OwnName(lang); self != "" {
		name += " (" + self + ")"
	}
	english = strings.ReplaceAll(fill(s.offers[English].words, phone), "LANGUAGE", name)
	return own, english
}

func fill(words, phone string) string { return strings.ReplaceAll(words, phoneMark, phone) }
