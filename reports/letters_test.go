package reports

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

func loadWords(t testing.TB) *templates.Set {
	t.Helper()
	set, err := templates.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// letterNight is a night with one plain family, whose letters are due in kind
// and language.
func letterNight(kind intervention.LetterKind, language string) (*SchoolNight, LetterDue) {
	s := fixtureNight()
	f := s.File("0001001")
	f.Student.FirstName, f.Student.LastName = "Ana", "Flores"
	f.Student.Contacts = []district.Contact{
		{ID: "1", Name: "Maria Flores", Language: language, Street: "12 Oak Street", Unit: "Apt. 4", City: "Sage Valley", State: "CA", Zip: "92501-0004", ReceivesMail: true},
		{ID: "2", Name: "José Flores", Language: language, Street: "12 Oak Street", Unit: "Apt. 4", City: "Sage Valley", State: "CA", Zip: "92501-0004", ReceivesMail: true},
	}
	var due LetterDue
	for _, l := range s.Letters {
		if l.Letter.StudentID == "0001001" && !l.Copy {
			due = l
		}
	}
	due.Household = f.Student.Households()[0]
	due.Letter.Kind, due.Letter.Language, due.Letter.Household = kind, language, due.Household.Key
	if kind == intervention.SARBNotice || kind == intervention.Retraction {
		due.Meeting, due.CorrectBy = nil, 0
	}
	return s, due
}

var letterKinds = []intervention.LetterKind{intervention.CARTInvitation, intervention.SARTInvitation, intervention.Rescheduled,
	intervention.SecondInvitation, intervention.LetterOne, intervention.SARBNotice, intervention.Retraction}

func printLetters(t testing.TB, s *SchoolNight, letters ...LetterDue) LetterBatch {
	t.Helper()
	b, err := Letters(s, loadWords(t), letters, "letters-mail")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// oneParagraph undoes the breaking into lines.
func oneParagraph(s string) string { return strings.Join(strings.Fields(s), " ") }

// word is one word on a page, in points from its top left.
type word struct {
	XMin float64 `xml:"xMin,attr"`
	YMin float64 `xml:"yMin,attr"`
	XMax float64 `xml:"xMax,attr"`
	YMax float64 `xml:"yMax,attr"`
	Text string  `xml:",chardata"`
}

func wordsOn(t testing.TB, pdf []byte) [][]word {
	t.Helper()
	var doc struct {
		Pages []struct {
			Words []word `xml:"word"`
		} `xml:"body>doc>page"`
	}
	d := xml.NewDecoder(strings.NewReader(pdfText(t, pdf, "-bbox")))
	d.Strict, d.Entity = false, xml.HTMLEntity
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	var pages [][]word
	for _, p := range doc.Pages {
		pages = append(pages, p.Words)
	}
	return pages
}

// checkWindows fails where anything but the two addresses is above the text.
func checkWindows(t testing.TB, page []word) {
	t.Helper()
	const pt = 72
	in := func(w word, left, top, width, height float64) bool {
		return w.XMin >= left*pt-0.1 && w.XMax <= (left+width)*pt+0.1 && w.YMin >= top*pt-0.1 && w.YMax <= (top+height)*pt+0.1
	}
	for _, w := range page {
		if w.YMin >= 3.375*pt-0.1 || in(w, 0.5, 0.5, 3.5, 0.792) || in(w, 0.5, 2.042, 3.5, 0.875) {
			continue
		}
		t.Errorf("%q at %.1f,%.1f..%.1f,%.1f pt is in the window zone", w.Text, w.XMin, w.YMin, w.XMax, w.YMax)
	}
}

func TestSpanishHouseholdGetsBothLanguagesOnOneSheet(t *testing.T) {
	for _, kind := range letterKinds {
		t.Run(string(kind), func(t *testing.T) {
			s, due := letterNight(kind, "es-MX")
			b := printLetters(t, s, due)
			checkPDF(t, b.Bytes)
			l := b.Letters[0]
			if l.Page != 3 || l.Pages != 2 {
				t.Fatalf("first page %d, %d pages; want the front and back of the second sheet", l.Page, l.Pages)
			}
			front, back := oneParagraph(pdfText(t, b.Bytes, "-f", "3", "-l", "3")), oneParagraph(pdfText(t, b.Bytes, "-f", "4", "-l", "4"))
			for _, c := range []struct{ text, want string }{
				{front, "Ana"}, {front, "Signature"}, {front, templates.Day("en", due.CorrectBy)},
				{back, "Estimada familia"}, {back, "Firma"}, {back, templates.Day("es", due.CorrectBy)}, {back, "Letter"},
			} {
				if c.want == "Letter" {
					c.want = "Carta " + due.Letter.ID
				}
				if !strings.Contains(c.text, c.want) {
					t.Errorf("lacks %q:\n%s", c.want, c.text)
				}
			}
			if strings.Contains(front, "Estimada") || strings.Contains(back, "Dear") {
				t.Error("the languages are mixed on one side")
			}
		})
	}
}

func TestLetterSaysWhatTheFamilyMustKnow(t *testing.T) {
	s, due := letterNight(intervention.SARTInvitation, "en")
	text := strings.Join(strings.Fields(pdfText(t, printLetters(t, s, due).Bytes, "-f", "3", "-l", "3", "-layout")), " ")
	for _, want := range []string{
		"Dear Maria Flores and José Flores", "Friday, October 16, 2026", "Tuesday, November 3, 2026", "8:00 AM", "Main office conference room",
		"Room 12", "Pat Ito", "Sam Ruiz", "(555) 555-0112", "by Friday, October 23, 2026", "Not excused", "full day", "more than 30 minutes",
		"4 absences or late arrivals", "Please also bring", "Cut or tear here", "Letter " + due.Letter.ID,
	} {
		if !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}

func TestOtherLanguagesGetTheOfferOfAnInterpreter(t *testing.T) {
	for language, want := range map[string]string{"vi": "Quý vị có cần thông dịch viên", "hmn": "Koj puas xav tau", "ru": "переводчик", "zh-Hant": "interpreter for Chinese?", "ar": "interpreter for Arabic?"} {
		s, due := letterNight(intervention.CARTInvitation, language)
		b := printLetters(t, s, due)
		text := pdfText(t, b.Bytes, "-f", "3", "-l", "3")
		if !strings.Contains(text, want) || b.Letters[0].Pages != 1 || strings.ContainsRune(text, missing) {
			t.Errorf("%s lacks %q:\n%s", language, want, text)
		}
	}
}

func TestManyDatesGoOnOverFurtherPages(t *testing.T) {
	for _, n := range []int{12, 40, 170} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			s, due := letterNight(intervention.CARTInvitation, "es")
			f := s.File("0001001")
			f.Standing.Absences = nil
			for i := range n {
				f.Standing.Absences = append(f.Standing.Absences, attendance.Day{Date: s.Calendar[i], Code: "E", Category: district.Excused, Kind: attendance.FullDayAbsence})
			}
			b := printLetters(t, s, due)
			keepPDF(t, fmt.Sprintf("dates-%d.pdf", n), b.Bytes)
			text := oneParagraph(pdfText(t, b.Bytes))
			for i := range n {
				for _, lang := range templates.Languages {
					if day := oneParagraph(templates.BriefDay(lang, s.Calendar[i])); !strings.Contains(text, day) {
						t.Fatalf("lacks %s", day)
					}
				}
			}
			for _, page := range wordsOn(t, b.Bytes)[2 : 2+b.Letters[0].Pages] {
				checkWindows(t, page)
			}
			if n == 12 && b.Letters[0].Pages != 2 {
				t.Errorf("%d dates take %d pages, want a front and a back", n, b.Letters[0].Pages)
			}
		})
	}
}

func TestTwelveDatesAndTheSlipFitOnePageInEachLanguage(t *testing.T) {
	usual := map[intervention.LetterKind][]attendance.Day{
		intervention.CARTInvitation: {
			{Code: "D", Category: district.Excused, Kind: attendance.FullDayAbsence}, {Code: "I", Category: district.Excused, Kind: attendance.FullDayAbsence},
			{Code: "A", Category: district.Unexcused, Kind: attendance.FullDayAbsence, Matured: true},
			{Code: "A", Category: district.Unverified, Kind: attendance.FullDayAbsence},
		},
		intervention.SARTInvitation: {
			{Code: "U", Category: district.Unexcused, Kind: attendance.FullDayAbsence}, {Code: "T", Category: district.TardyOver30, Minutes: 45},
			{Code: "V", Category: district.Unexcused, Kind: attendance.FullDayAbsence}, {Code: "T", Category: district.TardyOver30},
		},
	}
	for _, kind := range letterKinds {
		for _, language := range []string{"es", "vi"} {
			t.Run(string(kind)+" "+language, func(t *testing.T) {
				s, due := letterNight(kind, language)
				s.Night.District.Logo = logoPNG(t)
				s.Codes = append(s.Codes, district.Code{Code: "D", Description: "Medical or dental appointment"}, district.Code{Code: "I", Description: "Illness"},
					district.Code{Code: "T", Description: "Tardy more than 30 minutes"}, district.Code{Code: "V", Description: "Family trip, not excused"})
				f := s.File("0001001")
				fill := func(days []attendance.Day) (out []attendance.Day) {
					for i := range 12 {
						d := days[i%len(days)]
						d.Date = s.Calendar[i]
						out = append(out, d)
					}
					return out
				}
				f.Standing.Absences, f.Standing.Truancies = fill(usual[intervention.CARTInvitation]), fill(usual[intervention.SARTInvitation])
				f.UnderLaw = f.Standing.Truancies
				b := printLetters(t, s, due)
				keepPDF(t, "twelve-"+string(kind)+"-"+language+".pdf", b.Bytes)
				want := map[string]int{"es": 2, "vi": 1}[language]
				if got := b.Letters[0].Pages; got != want {
					t.Errorf("%d pages, want %d", got, want)
				}
			})
		}
	}
}

func TestLettersNameTheRoomAsConfigured(t *testing.T) {
	for _, room := range []string{"Library", "Conference room", "12"} {
		s, due := letterNight(intervention.CARTInvitation, "es")
		s.Night.InSpanish = map[string]string{"School office": "Oficina de la escuela", "Library": "Biblioteca"}
		m := *due.Meeting
		m.Place, m.Room = "School office", room
		due.Meeting = &m
		pdf := printLetters(t, s, due).Bytes
		mustSay(t, pdfText(t, pdf, "-f", "3", "-l", "3"), "School office, "+room)
		back := pdfText(t, pdf, "-f", "4", "-l", "4", "-layout")
		mustSay(t, back, append(strings.Fields(s.Night.spot(room, "es")), "Oficina de la escuela,")...)
	}
}

func TestEveryLetterBeginsOnAFrontPage(t *testing.T) {
	s := fixtureNight()
	letters := slices.Clone(s.Letters)
	SortForMail(letters)
	b := printLetters(t, s, letters...)
	checkPDF(t, b.Bytes)
	keepPDF(t, "batch.pdf", b.Bytes)
	pages := wordsOn(t, b.Bytes)
	if len(pages) != b.Pages || b.Pages%2 != 1 {
		t.Errorf("%d pages, the batch says %d; the declaration must be the last, on a front page", len(pages), b.Pages)
	}
	for i, l := range b.Letters {
		if l.ID != letters[i].Letter.ID || l.Page%2 != 1 || len(l.Digest) != 64 {
			t.Errorf("letter %d is %+v", i, l)
		}
		for _, page := range pages[l.Page-1 : l.Page-1+l.Pages] {
			checkWindows(t, page)
		}
		if text := pdfText(t, b.Bytes, "-f", fmt.Sprint(l.Page), "-l", fmt.Sprint(l.Page)); !strings.Contains(text, "Letter "+l.ID) {
			t.Errorf("page %d is not letter %s", l.Page, l.ID)
		}
	}
	last := pdfText(t, b.Bytes, "-f", fmt.Sprint(b.Pages))
	if !strings.Contains(last, "Declaration of mailing") || !strings.Contains(last, fmt.Sprint(len(letters))) {
		t.Errorf("the last page is no declaration:\n%s", last)
	}
	if cover := pdfText(t, b.Bytes, "-l", "1"); !strings.Contains(cover, "Letters to mail") {
		t.Errorf("the first page is no cover:\n%s", cover)
	}
}

func TestStudentCopiesCountHomeroomsAndHaveNoDeclaration(t *testing.T) {
	s := fixtureNight()
	var copies []LetterDue
	for _, l := range s.Letters {
		if l.Copy {
			copies = append(copies, l)
		}
	}
	for i := range 120 {
		l := copies[0]
		l.Letter.ID, l.Homeroom = fmt.Sprintf("C%03d", i), fmt.Sprintf("Q%03d", i)
		copies = append(copies, l)
	}
	SortForStudents(s, copies)
	b, err := Letters(s, loadWords(t), copies, "letters-student")
	if err != nil {
		t.Fatal(err)
	}
	keepPDF(t, "student.pdf", b.Bytes)
	text := pdfText(t, b.Bytes)
	if strings.Contains(text, "Declaration of mailing") || !strings.Contains(text, "TO THE FAMILY OF") || !strings.Contains(text, "Q119") {
		t.Error("not a batch of copies")
	}
	for _, l := range b.Letters {
		if got := pdfText(t, b.Bytes, "-f", fmt.Sprint(l.Page), "-l", fmt.Sprint(l.Page)); l.Page%2 != 1 || !strings.Contains(got, "Letter "+l.ID) {
			t.Fatalf("letter %s is not on page %d", l.ID, l.Page)
		}
	}
}

func TestLettersAreTwiceTheSameAndTheirDigestsTheirOwn(t *testing.T) {
	s := fixtureNight()
	s.Night.District.Logo = logoPNG(t)
	a, b := printLetters(t, s, s.Letters...), printLetters(t, s, s.Letters...)
	if !bytes.Equal(a.Bytes, b.Bytes) {
		t.Error("the same letters have different bytes")
	}
	checkPDF(t, a.Bytes)
	keepPDF(t, "logo.pdf", a.Bytes)
	alone := printLetters(t, s, s.Letters[3])
	if diff := cmp.Diff(a.Letters[3].Digest, alone.Letters[0].Digest); diff != "" {
		t.Errorf("a letter's digest depends on its batch:\n%s", diff)
	}
	seen := map[string]bool{}
	for _, l := range a.Letters {
		if seen[l.Digest] {
			t.Errorf("letter %s shares its digest", l.ID)
		}
		seen[l.Digest] = true
	}
}

func TestSortForMailIsByZIPThenStreet(t *testing.T) {
	due := func(id, zip, street, household string) LetterDue {
		return LetterDue{Letter: intervention.Letter{ID: id}, Household: district.Household{Key: household, Address: district.Address{Street: street, Zip: zip}}}
	}
	letters := []LetterDue{due("1", "92583", "Zoo St", "a"), due("2", "92501-0002", "Elm St", "b"), due("3", "92583", "ash st.", "c"),
		due("5", "92501", "Elm St", "d"), due("4", "92583", "Ash St", "b")}
	SortForMail(letters)
	var got []string
	for _, l := range letters {
		got = append(got, l.Letter.ID)
	}
	if diff := cmp.Diff([]string{"5", "2", "4", "3", "1"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRecipientIsInPostalForm(t *testing.T) {
	fonts := typefaces()
	adults := func(names ...string) (c []district.Contact) {
		for _, n := range names {
			c = append(c, district.Contact{Name: n})
		}
		return c
	}
	home := district.Address{Street: "12 Oak St.", Unit: "Apt. #4", City: "San Jacinto", State: "Ca", Zip: "925830004"}
	for _, c := range []struct {
		name string
		in   district.Household
		want []string
	}{
		{"two adults", district.Household{Adults: adults("Maria Flores", "José O'Neil-Núñez"), Address: home},
			[]string{"MARIA FLORES AND JOSÉ ONEIL-NÚÑEZ", "12 OAK ST APT #4", "SAN JACINTO CA 92583-0004"}},
		{"no name", district.Household{Address: district.Address{Street: "P.O. Box 9", City: "Hemet", State: "CA", Zip: "92543"}},
			[]string{"TO THE PARENT OR GUARDIAN OF", "ANA FLORES", "PO BOX 9", "HEMET CA 92543"}},
		{"bare unit, fraction", district.Household{Adults: adults("A B", "A B"), Address: district.Address{Street: "12 1/2 Elm Ave", Unit: "4", City: "Hemet", State: "CA", Zip: "92543"}},
			[]string{"A B", "12 1/2 ELM AVE # 4", "HEMET CA 92543"}},
		{"long names break", district.Household{Adults: adults("Maximiliana Guadalupe Fernandez de la Torre", "Bartholomew Featherstonehaugh-Cholmondeley"), Address: home},
			[]string{"MAXIMILIANA GUADALUPE FERNANDEZ DE LA TORRE", "AND BARTHOLOMEW", "FEATHERSTONEHAUGH-CHOLMONDELEY", "12 OAK ST APT #4", "SAN JACINTO CA 92583-0004"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			who, where := fonts.recipient(c.in, "Ana Flores")
			got := slices.Concat(who, where)
			for i := range got {
				got[i] = strings.ReplaceAll(got[i], "# 4", "#4")
			}
			for i := range c.want {
				c.want[i] = strings.ReplaceAll(c.want[i], "# 4", "#4")
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHostileDataIsPrintedAsText(t *testing.T) {
	long := strings.Repeat("Maximiliano ", 900)
	for i, bad := range append([]string{
		"**Ana**", "{{.Student.ID}}", "# Ana", "| a | b |", "- [ ] x", ":: page", "<script>", "a\n\n:: slip\n\nb", "\u202eanA", "ليلى", "王芳", "🎈🎈",
		"A\x00\x1b[31m", strings.Repeat("W", 10_000), long, "", "   ", "\\", "(555) `x`",
	}, hostile...) {
		s, due := letterNight(intervention.SecondInvitation, "es")
		f := s.File("0001001")
		f.Student.FirstName, f.Student.LastName, f.Student.PreferredName = bad, bad, bad
		f.Enrollment.Homeroom, f.Enrollment.Grade = bad, bad
		s.School.Name, s.Night.District.Name, s.School.Phone, s.School.Street = bad, bad, bad, bad
		m := *due.Meeting
		m.Place, m.Room, m.Facilitator = bad, bad, bad
		due.Meeting = &m
		due.Letter.ID, due.Letter.Language = bad, "es"
		due.Homeroom = bad
		due.Household = district.Household{Key: bad, Language: "es", Adults: []district.Contact{{Name: bad}, {Name: bad + " 2"}},
			Address: district.Address{Street: bad, Unit: bad, City: bad, State: bad, Zip: bad}}
		for k := range s.Staff {
			s.Staff[k].Name, s.Staff[k].Phone = bad, bad
		}
		for k := range s.Codes {
			s.Codes[k].Description = bad
		}
		student := due
		student.Copy = true
		b := printLetters(t, s, due, student)
		checkPDF(t, b.Bytes)
		pages := wordsOn(t, b.Bytes)
		for _, l := range b.Letters {
			for _, page := range pages[l.Page-1 : l.Page-1+l.Pages] {
				checkWindows(t, page)
			}
		}
		if i == 1 && !strings.Contains(pdfText(t, b.Bytes), "{{.Student.ID}}") {
			t.Error("template syntax in a name is not printed as it stands")
		}
		keepPDF(t, fmt.Sprintf("hostile-%02d.pdf", i), b.Bytes)
	}
}

func TestLettersRefuseWhatTheyCannotPrint(t *testing.T) {
	s, due := letterNight(intervention.SARTInvitation, "en")
	none := due
	none.Meeting = nil
	unknown := due
	unknown.Letter.StudentID = "9"
	for name, letters := range map[string][]LetterDue{"no meeting": {none}, "no file": {unknown}, "empty": nil, "too many": make([]LetterDue, MaxLetters+1)} {
		if _, err := Letters(s, loadWords(t), letters, "b"); err == nil {
			t.Errorf("%s: printed", name)
		}
	}
}

func TestPreviewAndAlignmentSheet(t *testing.T) {
	set := loadWords(t)
	n := fixtureNight().Night
	for _, kind := range templates.Letters {
		b, err := PreviewLetter(&n, set, kind)
		if err != nil {
			t.Fatal(err)
		}
		if b.Pages != 2 {
			t.Errorf("%s: %d pages, want one for each language", kind, b.Pages)
		}
		for _, page := range wordsOn(t, b.Bytes) {
			checkWindows(t, page)
		}
	}
	b, err := AlignmentSheet(&n)
	if err != nil {
		t.Fatal(err)
	}
	keepPDF(t, "alignment.pdf", b.Bytes)
	for _, page := range wordsOn(t, b.Bytes) {
		checkWindows(t, slices.DeleteFunc(page, func(w word) bool { return w.Text == "fold" }))
	}
}
