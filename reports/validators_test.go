package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"rollcall/internal/intervention"
	"rollcall/internal/mail"
	"rollcall/internal/seal"
	"rollcall/templates"
)

// everyPDF is one document, at least, of every kind that the program prints, with
// the entries its outline has.
func everyPDF(t testing.TB) map[string]PDF {
	t.Helper()
	set := words(t)
	docs := map[string]PDF{}
	add := func(name string, pdf PDF, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		docs[name] = pdf
	}
	for _, logo := range []bool{false, true} {
		s := windowNight(t, logo, logo, false)
		name := "letters"
		if logo {
			name = "letters with a logo"
		}
		b, err := Letters(s, set, windowLetters(s, "es"), "letters-mail")
		add(name, b.PDF, err)
		preview, err := PreviewLetter(&s.Night, set, templates.Letters[0])
		add("preview of "+name, preview, err)
	}
	s := windowNight(t, true, false, true)
	for name := range templates.Forms {
		form, err := PreviewForm(&printNight, set, name)
		add("preview of "+name, form, err)
	}
	b, err := Letters(s, set, windowLetters(s, "vi")[:3], "letters-mail")
	add("letters of many pages", b.PDF, err)
	for i := range s.Letters {
		s.Letters[i].Copy = true
	}
	b, err = Letters(s, set, s.Letters, "letters-student")
	add("copies for students", b.PDF, err)
	for name, paper := range teamPapers(set) {
		pdf, err := paper(fullNight())
		add(name, pdf, err)
		pdf, err = paper(&SchoolNight{Night: printNight})
		add(name+" of an empty school", pdf, err)
	}
	one, err := Packets(fullNight(), set, []intervention.Meeting{fullNight().Meetings[1]})
	add("one packet", one, err)
	night, due := referralNight()
	add("referral packet", referralPacket(t, night, due), nil)
	sheet, err := AlignmentSheet(&night.Night)
	add("alignment sheet", sheet, err)
	return docs
}

// withoutConfigFolder keeps pdfcpu out of the home folder; tests that run side by
// side would write its variable twice.
var withoutConfigFolder = sync.OnceFunc(api.DisableConfigDir)

// readStrictly lets pdfcpu read a document by the letter of the standard.
func readStrictly(pdf []byte, password string) error {
	withoutConfigFolder()
	settings := model.NewDefaultConfiguration()
	settings.ValidationMode = model.ValidationStrict
	settings.Offline = true
	settings.UserPW = password
	return api.Validate(bytes.NewReader(pdf), settings)
}

func TestEveryDocumentIsValidByTwoOtherReaders(t *testing.T) {
	for name, pdf := range everyPDF(t) {
		t.Run(name, func(t *testing.T) {
			keepPDF(t, "valid-"+strings.ReplaceAll(name, " ", "-")+".pdf", pdf.Bytes)
			checkPDF(t, pdf.Bytes)
			if err := readStrictly(pdf.Bytes, ""); err != nil {
				t.Error("pdfcpu:", err)
			}
		})
	}
}

func TestASealedDocumentIsValidByTwoOtherReaders(t *testing.T) {
	const password = "Elm-Street-5550100"
	docs := everyPDF(t)
	roster := schoolRoster(t, fullNight())
	for _, name := range []string{"schedule", "packets"} {
		t.Run(name, func(t *testing.T) {
			closed, err := seal.PDF(docs[name].Bytes, []mail.Attachment{
				{Name: "brief.pdf", ContentType: "application/pdf", Bytes: docs["brief"].Bytes}, {Name: "roster.xlsx", Bytes: roster},
			}, password)
			if err != nil {
				t.Fatal(err)
			}
			runTool(t, closed, "qpdf", "--check", "--password="+password, "IN")
			if err := readStrictly(closed, password); err != nil {
				t.Error("pdfcpu:", err)
			}
			dir := t.TempDir()
			runTool(t, closed, "pdfdetach", "-upw", password, "-saveall", "-o", dir, "IN")
			inside, err := os.ReadFile(filepath.Join(dir, "brief.pdf"))
			if err != nil || !bytes.Equal(inside, docs["brief"].Bytes) {
				t.Errorf("the brief inside came out changed: %v", err)
			}
		})
	}
}
