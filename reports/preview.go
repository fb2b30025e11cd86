package reports

import (
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

// PreviewLetter is a letter as the fictitious family would get it under the
// district's own letterhead, in each of templates.Languages, for the people who
// edit the words.
func PreviewLetter(n *Night, set *templates.Set, kind string) (PDF, error) {
	p := newPaper("Preview: "+kind, n, portrait)
	p.logo = opaqueLogo(n.District.Logo)
	for i, lang := range templates.Languages {
		words := templates.Sample(lang)
		words.District = n.office()
		switch intervention.LetterKind(kind) {
		case intervention.CARTInvitation:
			words.Kind, words.Team = string(intervention.CART), templates.TeamName(lang, string(intervention.CART))
		case intervention.LetterOne:
			words.Meeting = templates.MeetingWords{}
		case intervention.SARBNotice:
			words.Meeting, words.CorrectBy = templates.MeetingWords{}, ""
		case intervention.Retraction:
			words.Meeting, words.CorrectBy = templates.MeetingWords{}, ""
			words.Dates = words.Dates[:2] // the others were corrected
		}
		blocks, err := set.Letter(kind, lang, words)
		if err != nil {
			return PDF{}, err
		}
		who, where := p.fonts.recipient(sampleHousehold, words.Student.Name)
		p.letter(letterSide{lang: lang, blocks: blocks, words: words,
			returnTo: p.fonts.returnLines(&SchoolNight{Night: *n, School: district.School{Name: words.School.Name}}),
			who:      who, where: where}, i == 0)
	}
	return p.finish()
}

// PreviewForm is a form as it would be for the fictitious family, in each
// language it is written in.
func PreviewForm(n *Night, set *templates.Set, name string) (PDF, error) {
	p := newPaper("Preview: "+name, n, portrait)
	for _, lang := range templates.Forms[name] {
		blocks, err := set.SampleForm(name, lang, n.office(), n.supports(lang))
		if err != nil {
			return PDF{}, err
		}
		f := p.flow(flowOptions{
			Head: "Preview: " + name, Foot: templates.LanguageName(lang) + "\tPage {page} of {pages}",
			Bookmark: templates.LanguageName(lang), Size: 9.5,
		})
		f.fewestPages(func() { f.form(blocks) })
	}
	return p.finish()
}

var sampleHousehold = district.Household{
	Adults:  []district.Contact{{Name: "Maria Flores"}, {Name: "José Flores"}},
	Address: district.Address{Street: "12 Oak Street", Unit: "Apt 4", City: "San Jacinto", State: "CA", Zip: "925830004"},
}

// AlignmentSheet shows where the windows of the envelope must be: print it, fold
// it, put it into an envelope, and see whether both frames are whole.
func AlignmentSheet(n *Night) (PDF, error) {
	p := newPaper("Envelope alignment", n, portrait)
	f := p.flow(flowOptions{Left: 0.5 * inch, Right: 0.6 * inch, Top: letterTop + 0.6})
	s := f.sheet()
	for _, b := range []struct {
		window
		words string
	}{{returnWindow, "Return address: this frame must be visible whole"}, {recipientWindow, "Recipient: this frame must be visible whole"}} {
		s.frame(b.x, b.y, b.w, b.h, 0.3, black)
		s.text(b.x+2, b.y+b.h/2+1.5, 10, regular, black, b.words)
	}
	for _, fold := range []float64{p.h / 3, 2 * p.h / 3} {
		s.dashes(0, fold, p.w, 0.2, grey)
		s.text(p.w-20, fold-1, 7, regular, grey, "fold")
	}
	f.heading(1, "Envelope alignment")
	f.numbered(
		plain("Print this page at 100 percent: no scaling, no fitting to the page. The return address frame begins 0.5 inches from the left and the top."),
		plain("Fold at the two dashed lines with the frames outside, and put the sheet into a #10 envelope with two windows."),
		plain("Tap the envelope on each of its four edges. Both frames must stay visible whole, and no word of this text may appear in a window."))
	return p.finish()
}
