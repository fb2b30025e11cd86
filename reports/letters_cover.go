package reports

import (
	"cmp"
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

// Recorders are whom the office asks to put on record what went out and what
// became of a meeting.
const Recorders = "the district office, or whoever runs rollcall"

// RecordCommand is what they run for a batch of tonight's letters; event is
// mailed or sent-home.
func (s *SchoolNight) RecordCommand(event string) string {
	return RecordCommand(event, s.School.ID, s.Night.RunID)
}

// RecordCommand is the same for the batch of any night.
func RecordCommand(event, school, run string) string {
	return fmt.Sprintf("rollcall case record %s --school %s --run %s", event, school, run)
}

// batchCount is what the cover and the declaration say of a batch.
type batchCount struct {
	mail                             bool
	sheets, english, spanish, others int
	kinds                            []templates.KindCount
}

func countBatch(letters []LetterDue, printed []PrintedLetter) batchCount {
	n := batchCount{mail: slices.ContainsFunc(letters, func(l LetterDue) bool { return !l.Copy })}
	counts := map[intervention.LetterKind]int{}
	for i := range letters {
		n.sheets += (printed[i].Pages + 1) / 2
		counts[letters[i].Letter.Kind]++
		switch language := cmp.Or(letters[i].Letter.Language, letters[i].Household.Language); {
		case district.IsSpanish(language):
			n.spanish++
		case language != "" && !district.IsEnglish(language):
			n.others++
		default:
			n.english++
		}
	}
	for _, name := range letterNames {
		if counts[name.kind] > 0 {
			n.kinds = append(n.kinds, templates.KindCount{Kind: name.name, Letters: counts[name.kind]})
		}
	}
	return n
}

// batchSheets draws the cover on the first page, and for letters by mail the
// declaration on a sheet of its own at the end.
func batchSheets(p *paper, s *SchoolNight, set *templates.Set, letters []LetterDue, printed []PrintedLetter, batch string) error {
	n := countBatch(letters, printed)
	data := templates.MailingData{
		School:   templates.PlaceWords{Name: p.fonts.oneLine(s.School.Name, longestName), Phone: p.fonts.oneLine(s.School.Phone, longestName)},
		District: templates.PlaceWords{Name: p.fonts.oneLine(s.Night.District.Name, longestName)},
		Batch:    batch, Date: templates.Day(templates.English, s.Night.Issued), Letters: len(letters), Sheets: n.sheets, Kinds: n.kinds,
		Recorders: Recorders, Record: s.RecordCommand("mailed"),
	}
	p.close()
	letterPages := p.pages
	p.pages = nil
	cover := p.flow(flowOptions{Bottom: 18})
	cover.fewestPages(func() { cover.batchCover(s, letters, n, data) })
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
	if !n.mail {
		return nil
	}
	blocks, err := set.Declaration(data)
	if err != nil {
		return err
	}
	p.flow(flowOptions{Front: true, Size: 10.5}).blocks(blocks)
	return nil
}

// batchCover says what is in a batch and what to do with it.
func (f *flow) batchCover(s *SchoolNight, letters []LetterDue, n batchCount, data templates.MailingData) {
	title, besides, event, done := "Letters to mail", "without this cover and the declaration", "mailed", "Mail the letters and sign the declaration on the last sheet."
	if !n.mail {
		title, besides, event, done = "Letters to send home with students", "without this cover", "sent-home", "Hand the letters to the homerooms below, in this order, folded or in an envelope."
	}
	f.heading(1, title)
	f.text(data.School.Name+" · "+data.District.Name, setting{face: bold, size: 11})
	f.text(fmt.Sprintf("Batch %s · letters dated %s", data.Batch, data.Date), setting{ink: grey})
	f.text("These letters are confidential student records (FERPA). Take this sheet off before the letters go out.", setting{ink: grey, size: 8.5})
	var rows [][]cell
	for _, k := range n.kinds {
		rows = append(rows, texts(k.Kind, fmt.Sprint(k.Letters)))
	}
	rows = append(rows, []cell{{Text: "Letters together", Bold: true}, {Text: fmt.Sprint(len(letters)), Bold: true}},
		texts("of them in English only", fmt.Sprint(n.english)),
		texts("in English and Spanish, both on one sheet", fmt.Sprint(n.spanish)),
		texts("in English, with the offer of an interpreter", fmt.Sprint(n.others)),
		texts("sheets of paper, "+besides, fmt.Sprint(n.sheets)))
	f.table(table{Columns: []column{{Title: "What is in this batch", Weight: 4}, {Title: "Letters", Weight: 1, Align: flushRight}}, Rows: rows})
	f.heading(2, "What to do")
	steps := [][]span{plain("Print on both sides, flip on the long edge. Every letter begins on the front of a sheet.")}
	if n.mail {
		steps = append(steps,
			plain("Keep the order: it is sorted by ZIP code and street."),
			plain("Fold in three with the addresses outside and put each into a #10 envelope with two windows. Only the two addresses may show."))
	}
	f.numbered(append(steps, plain(done), []span{
		{text: "Have it recorded: until then a corrected date still withdraws a letter. Ask " + Recorders + ", to run "},
		{s.RecordCommand(event), bold},
		{text: ", with --on and the date where that was not today, and --except with the case or student of each letter that did not go out."},
	})...)
	if !n.mail {
		f.homerooms(letters)
	}
}

// homerooms counts letters for each homeroom, in the order they lie, down and
// then across. A page never has the last lines of the list alone.
func (f *flow) homerooms(letters []LetterDue) {
	rows := byHomeroom(letters)
	across := 1 + min(2, len(rows)/12)
	const least = 3 // rows of a column
	size := f.size - 1
	high := leading(size) + 2*cellPadY
	number := f.countColumn("Letters", size, 14)
	for len(rows) > 0 {
		f.room((1 + 2*least) * high)
		n := min(len(rows), across*(int((f.bottom-f.y)/high)-1))
		if left := len(rows) - n; left > 0 {
			n -= max(0, across*least-left)
		}
		part, each := rows[:n], (n+across-1)/across
		rows = rows[n:]
		columns := make([]func(), across)
		for i := range columns {
			columns[i] = func() {
				shown := part[min(i*each, n):min((i+1)*each, n)]
				for _, row := range shown {
					row[0].Text = f.fonts.fit(f.fonts.oneLine(row[0].Text, longestName), regular, size, f.right-f.left-number.Width-2*cellPadX)
				}
				f.table(table{Size: size, Columns: []column{{Title: "Homeroom", Weight: 1}, number}, Rows: shown})
			}
		}
		f.columns(5, columns...)
	}
}

// byHomeroom counts letters for each homeroom, in the order they lie.
func byHomeroom(letters []LetterDue) [][]cell {
	var rows [][]cell
	count, last := 0, ""
	flush := func() {
		if count > 0 {
			rows = append(rows, texts(cmp.Or(last, "(no homeroom on file)"), fmt.Sprint(count)))
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
