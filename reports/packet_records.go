package reports

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

func (p *packet) attendanceNotes() {
	p.heading(1, "Attendance notes")
	notes := p.file.Student.Notes
	if len(notes) == 0 {
		p.nothing(district.AttendanceNotes)
		return
	}
	if shown := p.notesToShow(notes); len(shown) < len(notes) {
		p.text(count(len(notes)-len(shown), "note about an excused day is", "notes about excused days are")+" left out.", setting{ink: grey, face: italic})
		if notes = shown; len(notes) == 0 {
			return
		}
	}
	rows := make([][]cell, len(notes))
	for i, n := range notes {
		rows[i] = texts(shortDay(n.Date), n.Note, orNone(n.Author))
	}
	p.table(table{Rows: rows, Columns: []column{{Title: "Date", Width: 32}, {Title: "Note", Weight: 1}, {Title: "By", Width: 34}}})
}

// notesToShow leaves out of a referral what was written about excused days: why a
// child was ill or in mourning is not the board's.
func (p *packet) notesToShow(notes []district.Note) []district.Note {
	if p.referral == nil {
		return notes
	}
	return slices.DeleteFunc(slices.Clone(notes), func(n district.Note) bool {
		for _, days := range [][]attendance.Day{p.file.Standing.Absences, p.file.Standing.Uncounted} {
			if slices.ContainsFunc(days, func(d attendance.Day) bool { return d.Date == n.Date && d.Category == district.Excused }) {
				return true
			}
		}
		return false
	})
}

func (p *packet) grades() {
	p.heading(1, "Grades")
	grades := p.file.Student.Grades
	if len(grades) == 0 {
		p.nothing(district.GradesFile)
		return
	}
	rows := make([][]cell, len(grades))
	for i, g := range grades {
		percent := g.Percent
		if percent != "" {
			percent += " %"
		}
		rows[i] = texts(g.Term, g.Course, g.Mark, orNone(percent), orNone(g.Teacher), orNone(g.AsOf.Format("1/2/2006")))
		rows[i][2].Bold = true
	}
	p.table(table{Rows: rows, Zebra: true, Columns: []column{
		{Title: "Term", Width: 26}, {Title: "Course", Weight: 1.6}, {Title: "Mark", Width: 16}, {Title: "Percent", Width: 18, Align: flushRight}, {Title: "Teacher", Weight: 1}, {Title: "As of", Width: 22},
	}})
}

func (p *packet) missingAssignments() {
	p.heading(1, "Missing assignments")
	missing := p.file.Student.Missing
	if len(missing) == 0 {
		p.nothing(district.MissingAssignments)
		return
	}
	rows := make([][]cell, len(missing))
	for i, m := range missing {
		rows[i] = texts(m.Course, m.Title, orNone(m.DueDate.Format("1/2/2006")), orNone(m.Teacher), orNone(m.Points))
	}
	p.text(count(len(rows), "assignment is", "assignments are")+" missing.", setting{after: 1.2})
	p.table(table{Rows: rows, Zebra: true, Columns: []column{
		{Title: "Course", Weight: 1}, {Title: "Assignment", Weight: 1.6}, {Title: "Due", Width: 22}, {Title: "Teacher", Weight: 1}, {Title: "Points", Width: 16, Align: flushRight},
	}})
}

func (p *packet) behavior() {
	p.heading(1, "Behavior")
	incidents := p.file.Student.Behavior
	if len(incidents) == 0 {
		p.nothing(district.Behavior)
		return
	}
	rows := make([][]cell, len(incidents))
	for i, b := range incidents {
		rows[i] = texts(shortDay(b.Date), b.Incident, orNone(b.Location), orNone(b.Action))
	}
	p.table(table{Rows: rows, Columns: []column{{Title: "Date", Width: 32}, {Title: "Incident", Weight: 1.6}, {Title: "Where", Weight: 0.8}, {Title: "Action", Weight: 1}}})
}

// step is one line of what was done so far.
type step struct {
	on                district.Date
	what, detail, who string
}

// soFar is everything tried with the family, in order: the letters of other
// systems and of this one, what happened to the cases, and the interventions
// the SIS holds.
func (p *packet) soFar() {
	p.heading(1, "Interventions and letters so far")
	st := &p.file.Student
	var steps []step
	for _, l := range st.LettersSent {
		steps = append(steps, step{l.SentOn, "Letter " + l.Letter, joinParts(" ", "sent by another system", parenthesised(l.Channel)), ""})
	}
	for _, i := range st.Interventions {
		steps = append(steps, step{i.Date, i.Kind, i.Note, i.Author})
	}
	for i := range p.file.Cases {
		steps = append(steps, caseSteps(&p.file.Cases[i])...)
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.on, b.on) })
	if len(steps) > 0 {
		rows := make([][]cell, len(steps))
		for i, s := range steps {
			rows[i] = texts(orNone(shortDay(s.on)), s.what, orNone(s.detail), orNone(s.who))
		}
		p.table(table{Rows: rows, Zebra: true, Columns: []column{{Title: "Date", Width: 32}, {Title: "What", Weight: 1}, {Title: "Detail", Weight: 1.6}, {Title: "By", Width: 30}}})
	}
	for _, source := range []struct {
		words string
		file  district.File
		none  bool
	}{
		{"Letters of other systems, such as Letter #1: ", district.LettersSent, len(st.LettersSent) == 0},
		{"Interventions in the student information system: ", district.Interventions, len(st.Interventions) == 0},
	} {
		if source.none {
			p.para([]span{{text: source.words}}, setting{after: -1})
			p.nothing(source.file)
		}
	}
}

func parenthesised(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

// caseSteps are a case's letters and events.
func caseSteps(c *intervention.Case) []step {
	var steps []step
	for e, mistaken := range c.History() {
		on := e.On
		if on.IsZero() {
			on = district.DateIn(e.At, time.UTC)
		}
		detail := e.Words()
		if mistaken {
			detail = "entered by mistake" // and no more: it may be about another child
		}
		steps = append(steps, step{on, string(c.Kind) + " case: " + eventWords(e.Kind), detail, e.Who()})
	}
	for i := range c.Letters {
		l := &c.Letters[i]
		detail := "by mail"
		if l.Channel == intervention.WithStudent {
			detail = "copy with the student"
		}
		if !c.WentOut(l) {
			detail = "issued, not yet recorded as " + l.Channel.SaysSent().Words()
		}
		detail += fmt.Sprintf(", in %s, letter %s", letterLanguages(l.Language), l.ID)
		if l.Withdrawn {
			detail += ", withdrawn"
		}
		steps = append(steps, step{l.IssuedOn, letterWords(l.Kind), detail, ""})
	}
	return steps
}

// letterLanguages are what a letter to a household of a language is written in.
func letterLanguages(tag string) string {
	switch {
	case tag == "" || district.IsEnglish(tag):
		return "English"
	case district.IsSpanish(tag):
		return "English and Spanish"
	}
	return "English with the offer of an interpreter for " + templates.LanguageName(tag)
}

// eventWords say what happened to a case.
func eventWords(k intervention.EventKind) string {
	switch k {
	case intervention.Identified:
		return "opened"
	case intervention.Waiting:
		return "waiting for a meeting day"
	case intervention.Scheduled:
		return "meeting scheduled"
	case intervention.Cancelled:
		return "meeting cancelled"
	case intervention.Mailed:
		return "letter mailed"
	case intervention.SentHome:
		return "letter sent home with the student"
	case intervention.Held:
		return "meeting held"
	case intervention.NoShow:
		return "no show"
	case intervention.Attempt:
		return "call attempted"
	case intervention.Completed:
		return "contract agreed"
	case intervention.Documented:
		return "documented in the SIS"
	case intervention.Transferred:
		return "student changed schools"
	case intervention.BelowThreshold:
		return "below threshold, review"
	case intervention.Withdrawn:
		return "withdrawn"
	case intervention.Superseded:
		return "superseded by SART"
	case intervention.Left:
		return "student left the district"
	case intervention.Referred:
		return "referred to SARB"
	case intervention.Corrected:
		return "dates corrected"
	case intervention.HoldsAgain:
		return "the rule holds again"
	case intervention.Again:
		return "followed by another round"
	case intervention.Backfilled:
		return "taken over from before"
	case intervention.Retracted:
		return "letter of retraction"
	case intervention.Postponed:
		return "meeting to be moved"
	case intervention.Closed:
		return "closed"
	case intervention.Undone:
		return "entry struck out"
	}
	return string(k)
}
