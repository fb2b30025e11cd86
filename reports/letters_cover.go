package reports

import (
	"fmt"
	"slices"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

// letterNames are the kinds as the office calls them, in the order lists have.
var letterNames = []struct {
	kind intervention.LetterKind
	name string
}{
	{intervention.SARTInvitation, "SART invitation"},
	{intervention.CARTInvitation, "CART invitation"},
	{intervention.SecondInvitation, "Second invitation"},
	{intervention.Rescheduled, "Rescheduled meeting"},
	{intervention.LetterOne, "Letter #1 (EC 48260.5)"},
	{intervention.SARBNotice, "SARB referral notice"},
	{intervention.Retraction, "Letter of retraction"},
}

// batchSheets draws the cover on the first page, and for letters by mail the
// declaration on a sheet of its own at the end.
func batchSheets(p *paper, s *SchoolNight, set *templates.Set, letters []LetterDue, printed []PrintedLetter, batch string) error {
	fonts := p.fonts
	mail := slices.ContainsFunc(letters, func(l LetterDue) bool { return !l.Copy })
	sheets, spanish, other := 0, 0, 0
	counts := map[intervention.LetterKind]int{}
	for i := range letters {
		sheets += (printed[i].Pages + 1) / 2
		counts[letters[i].Letter.Kind]++
		language := letters[i].Letter.Language
		if language == "" {
			language = letters[i].Household.Language
		}
		switch {
		case district.IsSpanish(language):
			spanish++
		case language != "" && !district.IsEnglish(language):
			other++
		}
	}
	data := templates.MailingData{
		School:   templates.PlaceWords{Name: fonts.oneLine(s.School.Name, longestName), Phone: fonts.oneLine(s.School.Phone, longestName)},
		District: templates.PlaceWords{Name: fonts.oneLine(s.Night.District.Name, longestName)},
		Batch:    batch, Date: templates.Day(templates.English, s.Night.Issued), Letters: len(letters), Sheets: sheets,
	}
	for _, n := range letterNames {
		if counts[n.kind] > 0 {
			data.Kinds = append(data.Kinds, templates.KindCount{Kind: n.name, Letters: counts[n.kind]})
		}
	}

	p.close()
	letterPages := p.pages
	p.pages = nil
	cover := p.flow(flowOptions{Bottom: 18})
	title := "Letters to mail"
	if !mail {
		title = "Letters to send home with students"
	}
	cover.heading(1, title)
	cover.text(data.School.Name+" · "+data.District.Name, setting{face: bold, size: 11})
	cover.text(fmt.Sprintf("Batch %s · letters dated %s", batch, data.Date), setting{ink: grey})
	rows := [][]cell{}
	for _, k := range data.Kinds {
		rows = append(rows, texts(k.Kind, fmt.Sprint(k.Letters)))
	}
	rows = append(rows, []cell{{Text: "Letters together", Bold: true}, {Text: fmt.Sprint(len(letters)), Bold: true}},
		texts("in English and Spanish, both on one sheet", fmt.Sprint(spanish)),
		texts("in English, with the offer of an interpreter", fmt.Sprint(other)),
		texts("sheets of paper, without this cover and the declaration", fmt.Sprint(sheets)))
	if !mail {
		rows[len(rows)-1] = texts("sheets of paper, without this cover", fmt.Sprint(sheets))
	}
	cover.table(table{Columns: []column{{Title: "What is in this batch", Weight: 4}, {Title: "Letters", Weight: 1, Align: flushRight}}, Rows: rows})
	if mail {
		cover.heading(2, "What to do")
		cover.numbered(
			plain("Print on both sides, flip on the long edge. Every letter begins on the front of a sheet."),
			plain("Keep the order: it is sorted by ZIP code and street."),
			plain("Fold in three with the addresses outside and put each into a #10 envelope with two windows. Only the two addresses may show."),
			plain("Mail the letters, sign the declaration on the last sheet, and have the batch recorded as mailed: until then a corrected date still withdraws a letter."))
	} else {
		cover.heading(2, "What to do")
		cover.numbered(
			plain("Print on both sides, flip on the long edge. Every letter begins on the front of a sheet."),
			plain("Hand the letters to the homerooms below, in this order, folded or in an envelope."),
			plain("Have the batch recorded as sent home."))
		cover.table(table{Columns: []column{{Title: "Homeroom", Weight: 4}, {Title: "Letters", Weight: 1, Align: flushRight}}, Rows: byHomeroom(letters)})
	}
	cover.text("These letters are confidential student records (FERPA). Take this sheet off before the letters go out.", setting{ink: grey, size: 8.5})
	p.close()
	// A cover of many homerooms runs on; the letters behind it must still begin
	// on the front of a sheet.
	extra := len(p.pages) + len(p.pages)%2 - 2
	for i := range printed {
		printed[i].Page += extra
	}
	for len(p.pages)%2 != 0 {
		p.pages = append(p.pages, &sheet{paper: p})
	}
	p.pages = append(p.pages, letterPages[2:]...)
	if !mail {
		return nil
	}
	blocks, err := set.Declaration(data)
	if err != nil {
		return err
	}
	p.flow(flowOptions{Front: true, Size: 10.5}).blocks(blocks)
	return nil
}

// byHomeroom counts letters for each homeroom, in the order they lie.
func byHomeroom(letters []LetterDue) [][]cell {
	var rows [][]cell
	count, last := 0, ""
	flush := func() {
		if count > 0 {
			name := last
			if name == "" {
				name = "(no homeroom on file)"
			}
			rows = append(rows, texts(name, fmt.Sprint(count)))
		}
	}
	for i := range letters {
		if letters[i].Homeroom != last {
			flush()
			count, last = 0, letters[i].Homeroom
		}
		count++
	}
	flush()
	return rows
}
