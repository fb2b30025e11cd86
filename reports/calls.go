package reports

import (
	"fmt"
	"time"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

// Calls is the Attendance Clerk's list: the families who did not come, with
// their numbers in order, what to say, and lines to document each attempt.
func Calls(s *SchoolNight, set *templates.Set) (PDF, error) {
	p := newPaper("Calls after a no-show, "+s.School.Name, &s.Night, portrait)
	f := p.flow(flowOptions{
		Head: literal("Calls after a no-show · "+s.School.Name) + "\tConfidential student records",
		Foot: literal("School year "+s.Night.Year.String()+" · data through "+longDay(s.Night.AsOf)) + "\tPage {page} of {pages}",
		Size: 9.5,
	})
	f.heading(1, "Families to call after a no-show")
	f.held(s)
	cases := caseRows(s, func(c *intervention.Case) bool {
		return c.State() == intervention.StateNoShow && c.SchoolID == s.School.ID
	})
	if len(cases) == 0 {
		f.text(fmt.Sprintf("There is nobody to call. No family is recorded as a no-show as of %s.", longDay(s.Night.AsOf)))
		f.text("After a meeting day, note who did not come on the roster's Follow-up sheet.", setting{ink: grey})
		return p.finish()
	}
	f.text(fmt.Sprintf("%s: call home to attempt a phone CART or SART. Document in Interventions every attempt with date and time.",
		count(len(cases), "case", "cases")))
	for i, c := range cases {
		var failed error
		f.keep(func() {
			if i > 0 {
				f.rule()
			}
			failed = f.callSheet(s, set, c)
		})
		if failed != nil {
			return PDF{}, fmt.Errorf("call to the family of student %s: %w", c.StudentID, failed)
		}
	}
	return p.finish()
}

func (f *flow) callSheet(s *SchoolNight, set *templates.Set, c caseRow) error {
	st := &c.file.Student
	f.heading(2, fmt.Sprintf("%s (%s), grade %s: phone %s", listName(st), st.ID, c.file.grade(), c.Kind))
	missed, attempts := missedOn(c.Case)
	lang := c.file.familyLanguage()
	need := lang
	if lang != "English" {
		need += ", with an interpreter"
	}
	f.para([]span{
		{"Missed: ", bold}, {text: orNone(longDay(missed)) + "   "}, {"Language: ", bold}, {text: need + "   "},
		{"Why invited: ", bold}, {text: orNone(c.Reason.Words)},
	}, setting{after: 1.2})
	f.phones(st)
	if len(attempts) > 0 {
		f.text("Attempts on record", setting{face: bold, after: 0.6})
		rows := make([][]cell, len(attempts))
		for i, a := range attempts {
			rows[i] = texts(shortDay(a.on), a.detail, a.who)
		}
		f.table(table{Size: 8.5, Rows: rows, NoHead: true, Columns: []column{{Width: 32}, {Weight: 1}, {Width: 34}}})
	}
	if err := f.script(s, set, c); err != nil {
		return err
	}
	f.text("Attempts", setting{face: bold, after: 0.6})
	blankRow := []cell{{Text: "\n\u00a0"}}
	f.table(table{Size: 8.5, Rows: [][]cell{blankRow, blankRow, blankRow}, Columns: []column{
		{Title: "Date", Width: 22}, {Title: "Time", Width: 20}, {Title: "Number", Weight: 1}, {Title: "Spoke with", Weight: 1}, {Title: "Result", Weight: 1.4}, {Title: "Initials", Width: 17},
	}})
	done := fmt.Sprintf("%s held by phone: “Parent understands and agrees with the %s Contract”", c.Kind, c.Kind)
	documented := "Documented in Interventions"
	if c.Kind == intervention.SART {
		documented += ", tagged and coded"
	}
	f.checkRow(done, documented)
	return nil
}

// phones lists whom to call, in order: the family, then who may know where they are.
func (f *flow) phones(st *district.Student) {
	var rows, outsiders [][]cell
	for _, c := range st.Contacts {
		if c.Phone == "" {
			continue
		}
		lang := ""
		if c.Language != "" {
			lang = templates.LanguageName(c.Language)
		}
		row := []cell{{Text: "–"}, {Text: short(c.Phone), Bold: true}, {Text: short(c.Name)}, {Text: orNone(short(c.Relationship))}, {Text: orNone(lang)}}
		if !c.IsFamily() {
			outsiders = append(outsiders, row)
			continue
		}
		row[0].Text = fmt.Sprint(len(rows) + 1)
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		f.text("No telephone of the family on file: try the e-mail address, then a home visit, and ask the student for a number.", setting{ink: red})
	}
	if rows = append(rows, outsiders...); len(rows) == 0 {
		return
	}
	f.table(table{Size: 9, Rows: rows, Columns: []column{
		{Title: "Call", Width: 11}, {Title: "Number", Width: 38}, {Title: "Name", Weight: 1.4}, {Title: "Relation", Weight: 0.8}, {Title: "Language", Width: 28},
	}})
	if len(outsiders) > 0 {
		f.text("Marked –: not the family. Only where nobody else answers, and only to ask that the family call the school: say nothing of attendance or of a meeting.", setting{size: 8.5})
	}
}

// script is what to say, in the family's language where it is written in it.
func (f *flow) script(s *SchoolNight, set *templates.Set, c caseRow) error {
	p := packet{flow: f, school: s, set: set, file: c.file, about: c.Case, meeting: intervention.Meeting{Kind: c.Kind}}
	lang := templates.English
	if district.IsSpanish(p.familyTag()) {
		lang = templates.Spanish
	}
	missed, _ := missedOn(c.Case)
	d := p.contractData(lang)
	d.Meeting.Day = templates.Day(lang, missed)
	blocks, err := set.PhoneCall(lang, d)
	if err != nil {
		return err
	}
	f.text("What to say", setting{face: bold, after: 0.6})
	size := f.size
	f.size = 9
	f.form(blocks)
	f.size = size
	return nil
}

// missedOn is the day of the meeting a family did not come to, and the calls
// made since.
func missedOn(c *intervention.Case) (district.Date, []step) {
	var missed district.Date
	var attempts []step
	for _, e := range c.Events {
		switch e.Kind {
		case intervention.NoShow:
			missed, attempts = e.On, nil
		case intervention.Attempt:
			on := e.On
			if on.IsZero() {
				on = district.DateIn(e.At, time.UTC)
			}
			attempts = append(attempts, step{on: on, detail: e.Words(), who: e.Who()})
		}
	}
	return missed, attempts
}
