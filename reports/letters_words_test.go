package reports

import (
	"fmt"
	"strings"
	"testing"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

func TestLettersTellNothingOfHealthAndMeetingFilesDo(t *testing.T) {
	for _, kind := range letterKinds {
		s, due := letterNight(kind, "es")
		s.Codes = []district.Code{
			{Code: "M", Category: district.Excused, Description: "Mental or behavioral health"},
			{Code: "B", Category: district.Unexcused, Description: "Bereavement, not documented"},
			{Code: "P", Category: district.Unverified, Description: "Hospital, to be verified"},
		}
		f := s.File("0001001")
		for i, c := range s.Codes {
			day := attendance.Day{Date: s.Calendar[i], Code: c.Code, Category: c.Category, Kind: attendance.FullDayAbsence}
			f.Standing.Absences, f.Standing.Truancies = append(f.Standing.Absences, day), append(f.Standing.Truancies, day)
		}
		f.UnderLaw = f.Standing.Truancies
		text := oneParagraph(pdfText(t, printLetters(t, s, due).Bytes))
		for _, c := range s.Codes {
			if first, _, _ := strings.Cut(c.Description, " "); strings.Contains(text, first) {
				t.Errorf("%s says %q:\n%s", kind, c.Description, text)
			}
		}
		for _, want := range []string{"Excused", "Not excused", "Not yet verified", "Justificada", "Injustificada", "Aún sin verificar"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", kind, want)
			}
		}
	}
	s, due := letterNight(intervention.CARTInvitation, "en")
	s.Codes[0].Description = "Mental or behavioral health"
	mustSay(t, flat(pdfText(t, packets(t, s, *due.Meeting).Bytes)), "Mental or behavioral health")
}

func TestPapersCallAStudentByOneFirstName(t *testing.T) {
	called := func(s *SchoolNight, id string) {
		st := &s.File(id).Student
		st.FirstName, st.PreferredName, st.LastName = "Angel", "Chuy", "Reyes"
		st.Contacts[0].Name = "Maria Reyes"
	}
	for _, kind := range letterKinds {
		s, due := letterNight(kind, "es")
		called(s, due.Letter.StudentID)
		text := oneParagraph(pdfText(t, printLetters(t, s, due).Bytes))
		if strings.Contains(text, "Angel") || !strings.Contains(text, "Chuy Reyes") {
			t.Errorf("%s has another name beside Chuy:\n%s", kind, text)
		}
	}
	s, due := letterNight(intervention.SARTInvitation, "es")
	called(s, due.Letter.StudentID)
	file := flat(pdfText(t, packets(t, s, *due.Meeting).Bytes))
	if n := strings.Count(file, "Angel"); n != 1 || !strings.Contains(file, "Legal name Angel Reyes") {
		t.Errorf("the meeting file has the legal name %d times, not once where the face sheet asks for it:\n%s", n, file)
	}
	s = fixtureNight()
	called(s, "0001009") // did not come
	calls := paperText(t, "calls", s)
	if strings.Contains(calls, "Angel") || !strings.Contains(calls, "Reyes, Chuy") {
		t.Errorf("the script has another name beside Chuy:\n%s", calls)
	}
}

func TestEveryFormHasAPreviewInEachLanguage(t *testing.T) {
	n := fixtureNight().Night
	n.Supports = []Support{{English: "Walking school bus", Spanish: "Autobús a pie"}}
	for name, languages := range templates.Forms {
		made, err := PreviewForm(&n, loadWords(t), name)
		if err != nil {
			t.Fatal(err)
		}
		keepPDF(t, "preview-"+name+".pdf", made.Bytes)
		if made.Pages != len(languages) {
			t.Errorf("%s: %d pages, want one for each of %v", name, made.Pages, languages)
		}
		text := flat(pdfText(t, made.Bytes))
		if strings.HasPrefix(name, "contract-") {
			mustSay(t, text, "Walking school bus", "Autobús a pie", strings.ToUpper(strings.TrimPrefix(name, "contract-"))+" attendance contract")
		}
		if strings.Contains(text, templates.Sample(templates.English).District.Name) {
			t.Errorf("%s names the fictitious district", name)
		}
	}
}

func TestPreviewIsUnderTheDistrictsOwnLetterhead(t *testing.T) {
	n := fixtureNight().Night
	for _, kind := range templates.Letters {
		made, err := PreviewLetter(&n, loadWords(t), kind)
		if err != nil {
			t.Fatal(err)
		}
		text := flat(pdfText(t, made.Bytes))
		mustSay(t, text, "Jacaranda Elementary School Sage Valley Unified School District 1 Sage Street Sage Valley CA 92500", "www.example.org")
		if strings.Contains(text, templates.Sample(templates.English).District.Name) {
			t.Errorf("%s names the fictitious district", kind)
		}
	}
}

// A child who turned six during the year has days that the school counts and the
// law does not. (EC 48200)
func TestNoLetterSpeaksOfTruancyBeforeCompulsoryAge(t *testing.T) {
	for _, spoken := range []string{"en", "es"} {
		s, due := letterNight(intervention.SARTInvitation, spoken)
		text := func() string {
			sides, err := letterSides(s, loadWords(t), &due)
			if err != nil {
				t.Fatal(err)
			}
			var words strings.Builder
			for _, side := range sides {
				fmt.Fprintln(&words, side.blocks)
			}
			return words.String()
		}
		f := s.File("0001001")
		all := len(f.UnderLaw)
		if n := strings.Count(text(), "48260"); n == 0 {
			t.Error("the invitation of a truant does not name the law")
		}
		f.UnderLaw = f.UnderLaw[:attendance.LawTruant-1]
		if n := strings.Count(text(), "48260"); n != 0 {
			t.Errorf("%s: the invitation of a child under six names the law %d times", spoken, n)
		}
		f.UnderLaw = f.Standing.Truancies[all-attendance.LawTruant:]
		due.Letter.Kind = intervention.LetterOne
		sides, err := letterSides(s, loadWords(t), &due)
		if err != nil {
			t.Fatal(err)
		}
		for _, side := range sides {
			if side.words.TruancyEvents != attendance.LawTruant || len(side.words.Dates) != attendance.LawTruant {
				t.Errorf("%s: the notice counts %d and lists %d of %d days", side.lang, side.words.TruancyEvents, len(side.words.Dates), all)
			}
		}
	}
}
