package templates

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"rollcall/internal/district"
)

// Fault is one thing wrong with the words of a file.
type Fault struct {
	File    string
	Line    int // 0 where something is missing
	Problem string
}

// String is the fault as a command prints it.
func (f Fault) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.Problem
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Problem)
}

// noticeChanged is the day the list of EC 48260.5 changed (SB 691 of 2024).
var noticeChanged = district.NewDate(2025, time.July, 1)

// noticeItem is one thing the notice of EC 48260.5 must tell a parent, with the
// words by which it is recognised: all patterns must be found, each somewhere in
// one sentence.
type noticeItem struct {
	says string
	old  bool // also in the list before noticeChanged
	find map[string][]string
}

var noticeItems = []noticeItem{
	{"the student is truant", true, map[string][]string{
		English: {`\btruant\b`}, Spanish: {`\btruant|ausente sin (una )?(justificación|excusa)|ausentismo injustificado`}}},
	{"the parent or guardian is obligated to compel attendance", true, map[string][]string{
		English: {`\b(obligated|obligation|required by law)\b[^.]*\battend`}, Spanish: {`\b(obligad|obligación)[^.]*\basist`}}},
	{"alternative educational programs are available in the district", true, map[string][]string{
		English: {`\balternative education(al)? programs?\b[^.]*\bdistrict`}, Spanish: {`\bprogramas educativos alternativos\b[^.]*\bdistrito`}}},
	{"the right to meet with school personnel to discuss solutions", true, map[string][]string{
		English: {`\bright to meet\b[^.]*\bsolution`}, Spanish: {`\bderecho a reunirse\b[^.]*\bsolucion`}}},
	{"mental health and supportive services may be available to the student and the family", false, map[string][]string{
		English: {`\bmental health\b[^.]*\bsupportive services\b[^.]*\bfamily`}, Spanish: {`\bsalud mental\b[^.]*\bservicios de apoyo\b[^.]*\bfamilia`}}},
	{"school personnel are available to develop strategies to support attendance", false, map[string][]string{
		English: {`\b(personnel|staff)\b[^.]*\bavailable\b[^.]*\bstrategies\b[^.]*\battendance`}, Spanish: {`\bpersonal\b[^.]*\bestrategias\b[^.]*\basistencia`}}},
	{"research: missing 10 percent of school for any reason can mean difficulty reading by third grade, achieving in middle school and graduating", false, map[string][]string{
		English: {`\b(10 percent|10%|ten percent)[^.]*\bany reason\b[^.]*\bread[^.]*\b(third grade|3rd grade|grade 3)\b[^.]*\bmiddle school\b[^.]*\bgraduat`},
		Spanish: {`\b(10 por ciento|10 ?%|diez por ciento)[^.]*\bcualquier (motivo|razón)\b[^.]*\bleer\b[^.]*\btercer grado\b[^.]*\bescuela (intermedia|secundaria)\b[^.]*\bgradu`}}},
}

// wording is what a letter must not say.
type wording struct {
	pattern *regexp.Regexp
	why     string
}

const goneFromNotice = "the law took this out of the notice on 1 July 2025"

var removed = map[string][]wording{
	English: {
		{regexp.MustCompile(`(?i)prosecut|guilty of an? (infraction|misdemeanor|crime)`), "prosecution: " + goneFromNotice},
		{regexp.MustCompile(`(?i)driver.?s? licen[sc]e|driving privilege|licen[sc]e to drive`), "the driving privilege: " + goneFromNotice},
		{regexp.MustCompile(`(?i)\b(accompany|sit (with|in)|attend)\b[^.]{0,80}\bclass(es|room)?\b[^.]{0,40}\b(one|1|a) day`), "sitting in class for a day: " + goneFromNotice},
	},
	Spanish: {
		{regexp.MustCompile(`(?i)procesad[oa] (judicial|penal)|proceso (judicial|penal)|enjuicia|culpable de una infracción|delito`), "prosecution: " + goneFromNotice},
		{regexp.MustCompile(`(?i)licencia (para|de) (conducir|manejar)|privilegio de (conducir|manejar)`), "the driving privilege: " + goneFromNotice},
		{regexp.MustCompile(`(?i)\b(acompañ|sent)[^.]{0,80}\b(clase|salón)[^.]{0,40}\bun día`), "sitting in class for a day: " + goneFromNotice},
	},
}

var repealed = wording{regexp.MustCompile(`(?i)\b(Penal Code|Código Penal|P\.? ?C\b\.?)[^.\n]{0,40}\b270\.1\b|\b270\.1\b[^.\n]{0,40}\b(Penal Code|Código Penal)\b`),
	"Penal Code 270.1 was repealed (AB 461 of 2025): no letter may cite it"}

// Lint checks the letters against the law as it stands on a day: the notice of
// EC 48260.5 (letter-1) must have every item of the list and nothing the law
// took out of it, in each language, and no letter may cite Penal Code 270.1. The
// words that must not appear are looked for in every branch of a file; the items
// in the letter as the fictitious family would get it.
func Lint(s *Set, effective district.Date) []Fault {
	var faults []Fault
	for _, kind := range Letters {
		for _, lang := range Languages {
			file := letterPath(kind, lang)
			faults = append(faults, forbid(file, s.sources[file], repealed)...)
			if kind != "letter-1" {
				continue
			}
			if effective >= noticeChanged {
				for _, w := range removed[lang] {
					faults = append(faults, forbid(file, s.sources[file], w)...)
				}
			}
			faults = append(faults, s.lintNotice(file, lang, effective)...)
		}
	}
	return faults
}

func forbid(file, source string, w wording) []Fault {
	var faults []Fault
	flat := flatten(source)
	for _, at := range w.pattern.FindAllStringIndex(flat, -1) {
		faults = append(faults, Fault{file, 1 + strings.Count(source[:at[0]], "\n"),
			fmt.Sprintf("%q: %s", flat[at[0]:at[1]], w.why)})
	}
	return faults
}

// flatten makes line breaks spaces and keeps every byte in its place.
func flatten(s string) string { return strings.ReplaceAll(s, "\n", " ") }

func (s *Set) lintNotice(file, lang string, effective district.Date) []Fault {
	blocks, err := s.page(file, Sample(lang))
	if err != nil {
		return []Fault{{File: file, Problem: err.Error()}}
	}
	var text strings.Builder
	for _, b := range blocks {
		text.WriteString(strings.ToLower(strings.ReplaceAll(b.Text(), "\u00a0", " ")) + ".\n")
	}
	var faults []Fault
	for _, item := range noticeItems {
		if effective < noticeChanged && !item.old {
			continue
		}
		for _, pattern := range item.find[lang] {
			if !regexp.MustCompile(`(?i)` + asciiEdges(pattern)).MatchString(text.String()) {
				faults = append(faults, Fault{File: file, Problem: "Education Code 48260.5 asks the notice to say: " + item.says})
				break
			}
		}
	}
	return faults
}

// asciiEdges drops \b, which knows only ASCII letters, behind accented ones.
func asciiEdges(pattern string) string { return strings.ReplaceAll(pattern, `ón)\b`, `ón)`) }
