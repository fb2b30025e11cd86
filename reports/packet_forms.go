package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

// meetingNotes is the form the team fills in: the seven steps, what the family
// says, what was agreed, and the calls after a no-show.
func (p *packet) meetingNotes() error {
	blocks, err := p.set.MeetingNotes(p.contractData(templates.English))
	if err != nil {
		return err
	}
	p.newPage()
	p.fewestPages(func() { p.form(blocks) })
	return nil
}

// contract is the CART or SART contract in two copies: the family takes one
// home and the other stays in the file. Each is on sheets of its own, so that
// what the family takes has nothing of the meeting file on its back.
func (p *packet) contract() error {
	for _, whose := range []templates.Phrase{templates.FamilyCopy, templates.SchoolCopy} {
		if err := p.contractCopy(whose); err != nil {
			return err
		}
	}
	return nil
}

// contractCopy is first in the family's language where the contract is written
// in it, then in English. A family of another language finds the offer of an
// interpreter over the English one.
func (p *packet) contractCopy(whose templates.Phrase) error {
	lang := p.familyTag()
	head := templates.Say(templates.English, whose)
	if district.IsSpanish(lang) {
		head = templates.Say(templates.Spanish, whose) + " · " + head
	}
	p.flow = p.paper.flow(flowOptions{
		Head: p.whose() + "\t" + head,
		Foot: literal(fmt.Sprintf("%s contract · school year %s", p.kind(), p.school.Night.Year)) + "\tPage {page} of {pages}",
		Size: p.size, Front: true,
	})
	if district.IsSpanish(lang) {
		if err := p.contractIn(templates.Spanish, ""); err != nil {
			return err
		}
		p.newPage()
	}
	offer := ""
	if !district.IsSpanish(lang) && !district.IsEnglish(lang) {
		own, english := p.set.Interpreter(lang, cmp.Or(p.school.School.Phone, p.school.Night.District.Phone))
		offer = english
		if own != "" && len(MissingGlyphs(own)) == 0 {
			offer = own + "\n" + english
		}
	}
	return p.contractIn(templates.English, offer)
}

func (p *packet) contractIn(lang, offer string) error {
	blocks, err := p.set.Contract(string(p.kind()), lang, p.contractData(lang))
	if err != nil {
		return err
	}
	p.fewestPages(func() {
		if offer != "" {
			p.text(offer, setting{face: bold})
		}
		p.form(blocks)
	})
	return nil
}

// fewestPages sets blocks in the largest type that needs no more pages than
// the smallest would: a page of signatures is signed unread, and a page of two
// lines wastes a sheet for each student. blocks run more than once.
func (f *flow) fewestPages(blocks func()) {
	const smallest = 8
	pages, marks, y, outline, usual := len(f.pages), len(f.sheet().marks), f.y, len(f.outline), f.size
	set := func(size float64) int {
		f.pages = f.pages[:pages]
		f.sheet().marks, f.y, f.outline = f.sheet().marks[:marks], y, f.outline[:outline]
		f.size = size
		blocks()
		f.size = usual
		return len(f.pages)
	}
	most := set(usual)
	if most == pages {
		return
	}
	least := set(smallest)
	if least == most {
		set(usual)
		return
	}
	for size := usual - 0.5; size > smallest; size -= 0.5 {
		if set(size) == least {
			return
		}
	}
	set(smallest)
}

// kind is the meeting's; a meeting that does not say reviews all absences.
func (p *packet) kind() intervention.Kind {
	if p.meeting.Kind == intervention.CART {
		return intervention.CART
	}
	return intervention.SART
}

// familyTag is the BCP 47 tag of the household that meets: Spanish where one of
// several households reads it.
func (p *packet) familyTag() string {
	households := p.file.Student.Households()
	for _, h := range households {
		if district.IsSpanish(h.Language) {
			return h.Language
		}
	}
	if len(households) > 0 {
		return households[0].Language
	}
	return p.file.Student.HomeLanguageOrEnglish()
}

// contractData are the fields a form can name, in a language.
func (p *packet) contractData(lang string) templates.ContractData {
	var adults []string
	d := templates.ContractData{Supports: p.school.Night.supports(lang)}
	if households := p.file.Student.Households(); len(households) > 0 {
		for _, a := range households[0].Adults {
			adults = append(adults, a.Name)
			d.Phone = cmp.Or(d.Phone, a.Phone)
		}
		d.Address = addressLine(households[0].Address)
	}
	d.Phone = cmp.Or(d.Phone, firstPhone(&p.file.Student))
	var booked *intervention.Meeting
	if !p.meeting.Date.IsZero() {
		booked = &p.meeting
	}
	d.FamilyData = familyWords(p.school, p.file, p.kind(), booked, adults, lang)
	// A contract bears the day it is agreed on, not the night's.
	d.Date = templates.Day(lang, p.meeting.Date)
	return d
}

// firstPhone is the number to call first.
func firstPhone(st *district.Student) string {
	for _, c := range st.Contacts {
		if c.Phone != "" {
			return c.Phone
		}
	}
	return ""
}

// form sets the blocks of a form to fill in by hand.
func (f *flow) form(blocks []templates.Block) {
	for i, b := range blocks {
		switch b.Kind {
		case templates.Checks:
			f.formChecks(itemsOf(b.Items))
		case templates.Table:
			f.formTable(b)
		default:
			f.block(b)
		}
		if b.Kind == templates.Blanks && i+1 < len(blocks) && blocks[i+1].Kind != templates.Blanks {
			f.space(1.2)
		}
	}
}

// formChecks sets a list to tick. Short items stand in three columns or two, so
// that a menu of ten does not fill half a page.
func (f *flow) formChecks(items [][]span) {
	const gap = 4.0
	across := 3
	fits := func(it []span) bool {
		w := (f.right-f.left)/float64(across) - gap - f.size*0.55
		return len(it) == 1 && f.fonts.width(f.fonts.oneLine(it[0].text, 200), it[0].face, f.size) < w
	}
	for across > 1 && (len(items) <= across || slices.ContainsFunc(items, func(it []span) bool { return !fits(it) })) {
		across--
	}
	if across == 1 {
		f.checks(items...)
		return
	}
	rows := (len(items) + across - 1) / across
	f.keep(func() {
		columns := make([]func(), across)
		for i := range columns {
			columns[i] = func() {
				for _, it := range items[min(i*rows, len(items)):min((i+1)*rows, len(items))] {
					f.item("", true, false, it)
				}
			}
		}
		f.columns(gap, columns...)
	})
	f.space(leading(f.size) * 0.3)
}

// formTable sets a table; a row that is empty is high enough to write in.
func (f *flow) formTable(b templates.Block) {
	t := f.tableOf(b, f.size-0.5, f.right-f.left)
	for _, row := range t.Rows {
		empty := len(row) > 0
		for _, c := range row {
			for _, s := range c.Spans {
				empty = empty && strings.TrimSpace(s.text) == ""
			}
		}
		if empty {
			row[0].Spans = plain("\n\u00a0") // two lines
		}
	}
	f.table(t)
}
