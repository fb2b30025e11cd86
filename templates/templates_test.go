package templates

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/district"
)

var today = district.NewDate(2025, time.October, 15)

func load(t testing.TB, files ...string) *Set {
	t.Helper()
	s, err := Load(overlay(files...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// overlay makes a district's folder of name, text pairs.
func overlay(files ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		m[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return m
}

func allText(blocks []Block) string {
	var s []string
	for _, b := range blocks {
		s = append(s, b.Text())
	}
	return strings.Join(s, "\n")
}

func TestOwnWordsHoldTheLawInEachLanguage(t *testing.T) {
	s, err := Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range []district.Date{today, district.NewDate(2025, time.June, 30), district.NewDate(2025, time.July, 1)} {
		if faults := Lint(s, day); len(faults) > 0 {
			t.Errorf("as of %s: %v", day, faults)
		}
	}
}

func TestLintFindsWhatTheNoticeLacks(t *testing.T) {
	s := load(t)
	for _, lang := range Languages {
		file := letterPath("letter-1", lang)
		source := s.sources[file]
		for n := 1; n <= 7; n++ {
			var kept []string
			for _, line := range strings.Split(source, "\n") {
				if !strings.HasPrefix(line, fmt.Sprintf("%d. ", n)) {
					kept = append(kept, line)
				}
			}
			faults := Lint(load(t, file, strings.Join(kept, "\n")), today)
			if len(faults) != 1 || !strings.Contains(faults[0].String(), noticeItems[n-1].says) {
				t.Errorf("%s without item %d: %v", lang, n, faults)
			}
		}
	}
}

func TestLintRefusesWhatTheLawTookOut(t *testing.T) {
	s := load(t)
	for _, c := range []struct{ kind, lang, words string }{
		{"letter-1", English, "You may be guilty of an infraction."},
		{"letter-1", English, "You could be subject to prosecution."},
		{"letter-1", English, "A student may lose the\ndriving privilege."},
		{"letter-1", English, "It delays a driver's license."},
		{"letter-1", English, "We recommend that you accompany your child to school and attend classes for one day."},
		{"letter-1", Spanish, "Usted puede ser culpable de una infracción."},
		{"letter-1", Spanish, "Puede perder la licencia de manejar."},
		{"letter-1", Spanish, "Le pedimos acompañar a su hijo en el salón por un día."},
		{"cart-invitation", English, "See Penal Code section 270.1."},
		{"sarb-notice", Spanish, "Vea el Código Penal 270.1."},
		{"sart-invitation", English, "{{if gt .DaysAbsent 900}}Under P.C. 270.1 you may be fined.{{end}}"},
	} {
		file := letterPath(c.kind, c.lang)
		source := s.sources[file]
		line := strings.Count(source, "\n") + 2
		faults := Lint(load(t, file, source+"\n"+c.words+"\n"), today)
		if len(faults) != 1 || faults[0].File != file || faults[0].Line < line {
			t.Errorf("%q in %s: %v", c.words, file, faults)
		}
	}
}

func TestDistrictsFolderReplacesFileByFile(t *testing.T) {
	s := load(t, "letters/rescheduled.en.md", "\ufeffHello {{.Adults}}\r\n\r\n:: slip\r\n", "README.md", "our words", "letters/.DS_Store", "x")
	blocks, err := s.Letter("rescheduled", English, Sample(English))
	if err != nil {
		t.Fatal(err)
	}
	want := []Block{{Kind: Paragraph, Spans: []Span{{Text: "Hello Maria Flores and José Flores"}}}, {Kind: Slip}}
	if diff := cmp.Diff(want, blocks); diff != "" {
		t.Error(diff)
	}
	other, err := s.Letter("rescheduled", Spanish, Sample(Spanish))
	if err != nil || !strings.Contains(allText(other), "nueva fecha") {
		t.Errorf("the other language changed too: %v %s", err, allText(other))
	}
}

func TestFaultsAreSaidWithFileAndLine(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		want             []string
	}{
		{"unknown field", "letters/letter-1.en.md", "a\n\n{{.Studnet.Name}}", []string{"letters/letter-1.en.md:3", "Studnet", "Student"}},
		{"unknown field in a branch no family reaches", "letters/letter-1.en.md", "{{if gt .DaysAbsent 900}}\n{{.Nope}}{{end}}", []string{"letters/letter-1.en.md:2", "Nope"}},
		{"unknown field of a date", "letters/letter-1.es.md", "{{range .Dates}}{{.Day}}{{end}}", []string{"letters/letter-1.es.md:1", "Day", "Counted"}},
		{"unknown field of a variable", "letters/letter-1.es.md", "{{range .Dates}}{{$.Student.Nom}}{{end}}", []string{"letters/letter-1.es.md:1", "Nom"}},
		{"unknown function", "forms/contract-cart.en.md", "x\n{{readFile \"/etc/passwd\"}}", []string{"forms/contract-cart.en.md:2", "readFile"}},
		{"open action", "forms/contract-cart.en.md", "{{if .Date}}", []string{"forms/contract-cart.en.md:1"}},
		{"unknown instruction", "letters/letter-1.en.md", "a\n\n:: sing here", []string{"letters/letter-1.en.md:3", "sing"}},
		{"HTML", "letters/letter-1.en.md", "<b>bold</b>", []string{"letters/letter-1.en.md", "HTML"}},
		{"code", "letters/letter-1.en.md", "`x`", []string{"letters/letter-1.en.md", "code"}},
		{"image", "letters/letter-1.en.md", "![x](y)", []string{"image"}},
		{"wrong name", "letters/letter-one.en.md", "x", []string{"letters/letter-one.en.md", "letter-1.en.md"}},
		{"a language we do not print", "letters/letter-1.fr.md", "x", []string{"letters/letter-1.fr.md"}},
		{"mail without a subject", "email/admin.en.txt", "Hello", []string{"email/admin.en.txt", "Subject"}},
		{"unknown field in mail", "email/admin.en.html", "\n<p>{{.Student}}</p>", []string{"email/admin.en.html:2", "Student"}},
		{"endless text", "letters/letter-1.en.md", "{{range 99999999}}xxxxxxxxxxxxxxxxxxxxx{{end}}", []string{"letters/letter-1.en.md", "1 MB"}},
		{"interpreter without the number", "forms/interpreter.en.md", "|a|b|c|\n|-|-|-|\n|en|English|call us|", []string{"interpreter.en.md", "PHONE"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(overlay(c.file, c.text))
			if err == nil {
				t.Fatal("loaded")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%v\nlacks %q", err, w)
				}
			}
		})
	}
}

func TestEveryFaultOfAFolderIsSaidAtOnce(t *testing.T) {
	_, err := Load(overlay("letters/letter-1.en.md", "{{.A}}", "letters/letter-1.es.md", "{{.B}}"))
	for _, want := range []string{"letter-1.en.md:1", "letter-1.es.md:1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %s", err, want)
		}
	}
}

func TestDataNeverBecomesMarkup(t *testing.T) {
	s := load(t, "letters/rescheduled.en.md",
		"{{.Student.Name}} is here\n\n- [ ] **{{.Student.Name}}**{{.Adults}}\n\n| {{.Student.Name}} | b |\n|---|---|\n| {{.Adults}} | *{{.Student.Name}}* |\n\n:: sign {{.Student.Name}} | Date\n")
	check := func(t testing.TB, name string) {
		t.Helper()
		d := Sample(English)
		d.Student.Name, d.Adults = name, name
		blocks, err := s.Letter("rescheduled", English, d)
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		shown := oneLine(name)
		cell := strings.TrimSpace
		boldName := []Span{{Text: shown, Bold: true}, {Text: shown}}
		if shown == "" {
			boldName = nil
		}
		span := func(b, i bool) []Span {
			if shown == "" {
				return nil
			}
			return []Span{{cell(shown), b, i}}
		}
		want := []Block{
			{Kind: Paragraph, Spans: []Span{{Text: strings.TrimPrefix(shown+" is here", "")}}},
			{Kind: Checks, Items: [][]Span{boldName}},
			{Kind: Table, Head: [][]Span{span(false, false), {{Text: "b"}}}, Rows: [][][]Span{{span(false, false), span(false, true)}}},
			{Kind: Signatures, Labels: []string{cell(shown), "Date"}},
		}
		if diff := cmp.Diff(want, blocks); diff != "" {
			t.Errorf("%q:\n%s", name, diff)
		}
	}
	for _, name := range []string{
		"**bold** _it_ `code` [x](y) ![i](j)", "<script>alert(1)</script>", "{{.ID}}", "1. one", "# head", "- [ ] box", ":: page", "a | b \\| c",
		"a\n\n:: page\n\n# x", "&amp; &lt; &", "\\", "\\\\*", "***", "(Ana)", "’Okina", "José\u202e\u0000x", "    code", "a\tb", "http://example.org", "---", "🎈", "",
	} {
		check(t, name)
	}
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.String().Draw(rt, "name")
		if strings.TrimSpace(name) == "" {
			name = "x"
		}
		check(t, name)
	})
}

func FuzzParseBlocks(f *testing.F) {
	s := load(f)
	for _, source := range s.sources {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if blocks, err := parseBlocks([]byte(source)); err == nil {
			for _, b := range blocks {
				if b.Kind == 0 {
					t.Errorf("%q gave a block of no kind", source)
				}
			}
		}
	})
}

func TestMailSaysWhyASchoolIsHeldAndWhoApprovedIt(t *testing.T) {
	s := load(t)
	for _, role := range []district.Role{district.Admin, district.OfficeManager, district.AttendanceSpecialist} {
		d := SampleEmail(role)
		d.Held, d.Mend = "on hold by Dana Ruiz since 2025-10-15: a new clerk", "to end it: rollcall release 101"
		subject, text, html, err := s.Email(role, d)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{subject, text, html} {
			if strings.Contains(part, "night's letters") || strings.Contains(part, "letters and meeting") {
				t.Errorf("mail to %s speaks of letters that were not issued:\n%s", role, part)
			}
		}
		d.Held, d.Mend, d.Approved = "", "", "approved by Lee Park: a field day"
		_, later, laterHTML, err := s.Email(role, d)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ body, want string }{
			{text, "NOTHING WAS ISSUED LAST NIGHT: on hold by Dana Ruiz since 2025-10-15: a new clerk"},
			{text, "How it goes on: to end it: rollcall release 101."},
			{html, "on hold by Dana Ruiz since 2025-10-15: a new clerk"}, {html, "How it goes on: to end it: rollcall release 101."},
			{later, "THIS NIGHT HAD BEEN HELD AND WAS ISSUED LATER: approved by Lee Park: a field day."},
			{laterHTML, "approved by Lee Park: a field day."},
		} {
			if !strings.Contains(c.body, c.want) {
				t.Errorf("mail to %s does not say %q:\n%s", role, c.want, c.body)
			}
		}
		if strings.Contains(later, "NOTHING WAS ISSUED") {
			t.Errorf("an approved night reads as held:\n%s", later)
		}
	}
}

func TestMailSaysCountsAndHoldsItsSubjectToOneLine(t *testing.T) {
	s := load(t)
	for _, role := range EmailRoles {
		d := SampleEmail(role)
		d.School = "Jacaranda\r\nBcc: x@example.org <b>"
		d.Problems = []string{"1 & <2>"}
		subject, text, html, err := s.Email(role, d)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(subject, "\r\n") || strings.Contains(text, "\nBcc:") || strings.Contains(html, "<b>") {
			t.Errorf("%s: data became markup: %q", role, subject)
		}
		inText := []string{"New SART cases: 4", "1 & <2>", "Friday, October 17", "https://rollcall.example.org/2025-10-14/JAC"}
		inHTML := []string{"New SART cases", "1 &amp; &lt;2&gt;", "<!DOCTYPE html>", "</html>"}
		if role == Alarm {
			inText = []string{"The night of 2025-10-14 failed.", "1 & <2>", "run 'rollcall nightly --as-of 2025-10-14' again"}
			inHTML[0] = "<strong>The night of 2025-10-14 failed.</strong>"
		}
		for _, want := range inText {
			if !strings.Contains(text, want) {
				t.Errorf("%s: text lacks %q:\n%s", role, want, text)
			}
		}
		for _, want := range inHTML {
			if !strings.Contains(html, want) {
				t.Errorf("%s: HTML lacks %q:\n%s", role, want, html)
			}
		}
		if strings.Contains(text, "Ana") || strings.Contains(subject+html, "Flores") {
			t.Errorf("%s: a name travels in clear", role)
		}
	}
	d := SampleEmail(district.OfficeManager)
	d.Links = []Link{{Name: "The night's folder", Path: "/srv/rollcall/out/2025-10-14/JAC"}}
	if _, text, html, err := s.Email(district.OfficeManager, d); err != nil || strings.Contains(html, "href") ||
		!strings.Contains(html, "folder: /srv/rollcall/out/2025-10-14/JAC") || !strings.Contains(text, "folder: /srv/rollcall/out/2025-10-14/JAC") {
		t.Errorf("a path is not shown as it is: %v\n%s\n%s", err, text, html)
	}
	if _, _, _, err := s.Email("nobody", EmailData{}); err == nil {
		t.Error("a message for no role")
	}
}

func TestInterpreterIsOfferedInTheFamilysLanguage(t *testing.T) {
	s := load(t)
	for _, c := range []struct{ lang, own, english string }{
		{"vi", "Quý vị có cần thông dịch viên không? Dịch vụ này miễn phí. Xin gọi số 555.", "Vietnamese"},
		{"ru-RU", "Пожалуйста, позвоните: 555.", "Russian"},
		{"pa_IN", "", "Punjabi (ਪੰਜਾਬੀ)"},
		{"zh-Hant", "", "Chinese"},
		{"not a tag!", "", "not a tag!"},
		{"", "", "interpreter"},
	} {
		own, english := s.Interpreter(c.lang, "555")
		if !strings.Contains(own, c.own) || c.own == "" && own != "" || !strings.Contains(english, c.english) || !strings.Contains(english, "555") {
			t.Errorf("%s: %q / %q", c.lang, own, english)
		}
	}
}

func TestWordsAreInTheLettersLanguage(t *testing.T) {
	nov := district.NewDate(2025, time.November, 18)
	for _, c := range []struct{ got, want string }{
		{Day(English, nov), "Tuesday, November 18, 2025"},
		{Day(Spanish, nov), "martes 18 de noviembre de 2025"},
		{Day(Spanish, 0), ""},
		{ShortDay(English, nov), "Tue Nov 18, 2025"},
		{ShortDay(Spanish, district.NewDate(2025, time.October, 8)), "mié 8 oct 2025"},
		{TimeOfDay(English, 0), "12:00\u00a0AM"},
		{TimeOfDay(Spanish, 13*60+5), "1:05\u00a0p.\u00a0m."},
		{AtTime(Spanish, 13*60), "a la 1:00\u00a0p.\u00a0m."},
		{AtTime(Spanish, 9*60), "a las 9:00\u00a0a.\u00a0m."},
		{Grade(English, "TK"), "transitional kindergarten"},
		{Grade(Spanish, "3"), "3.er grado"},
		{Grade(Spanish, "7"), "7.º grado"},
		{Percent(English, 6, 45), "13.3%"},
		{Percent(English, 18, 180), "10%"},
		{Percent(Spanish, 1, 8), "12.5\u00a0%"},
		{Percent(English, 1, 0), "0%"},
		{Names(English, []string{"A", "B", "C"}), "A, B and C"},
		{Names(Spanish, []string{"José", "Inés"}), "José e Inés"},
		{Names(Spanish, []string{"José", "Hilda"}), "José e Hilda"},
		{Names(Spanish, []string{"José", "Iago"}), "José y Iago"},
		{Names(Spanish, []string{"José", "Hiedra"}), "José y Hiedra"},
		{Names(Spanish, []string{"José"}), "José"},
		{LanguageName("hmn"), "Hmong"},
		{LanguageName("tl"), "Tagalog"},
		{LanguageName("pa_IN"), "Punjabi"},
		{LanguageName("not a tag!"), "not a tag!"},
		{LanguageName(""), "English"},
		{OwnName("zh-Hant"), "中文"},
		{OwnName("hmn"), ""},
		{OwnName("en-US"), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
