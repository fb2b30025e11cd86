package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

// Brief is the key data for the Admin meeting: a page of figures with charts,
// then the students to discuss and what is still open.
func Brief(s *SchoolNight, _ *templates.Set) (PDF, error) {
	p := newPaper("Key attendance data, "+s.School.Name, &s.Night, portrait)
	f := p.flow(flowOptions{
		Head: literal("Key attendance data · "+s.School.Name) + "\tConfidential: for the Admin meeting",
		Foot: literal("School year "+s.Night.Year.String()+" · data through "+longDay(s.Night.AsOf)) + "\tPage {page} of {pages}",
		Size: 9.5,
	})
	f.heading(1, "Key attendance data, "+longDay(s.Night.AsOf))
	f.fewestPages(func() {
		f.held(s)
		f.keyFigures(s)
		f.keyCharts(s)
		f.gradeTable(s)
		f.daysToCome(s)
		f.toDiscuss(s)
		f.beforeAndAfter(s)
		f.followUps(s)
		f.waiting(s)
		f.exceptionCounts(s)
	})
	return p.finish()
}

func (f *flow) keyFigures(s *SchoolNight) {
	c := &s.Counts
	number := func(n int, label, note string) figure { return figure{fmt.Sprint(n), label, note} }
	f.figures([]figure{
		number(c.Students, "students assessed", ""),
		number(c.Chronic, "chronically absent", share(c.Chronic, c.Students)+" of students"),
		number(c.Truant, "truant", share(c.Truant, c.Students)+" of students"),
		number(c.OpenCART, "open CART cases", fmt.Sprintf("%d new tonight", c.NewCART)),
		number(c.OpenSART, "open SART cases", fmt.Sprintf("%d new tonight", c.NewSART)),
		number(c.WatchList, "on the watch list", ""),
		number(c.Waiting, "waiting for a meeting", ""),
		number(c.LettersMail, "letters to mail", fmt.Sprintf("%d copies with students", c.LettersStudent)),
		number(c.Exceptions, "exceptions", "see the roster"),
		number(c.Rejects, "rejected rows", "to be mended in the SIS"),
	})
}

func (f *flow) keyCharts(s *SchoolNight) {
	if len(s.Key.ByGrade) > 0 {
		c := stacks{Title: "Students by tier in each grade", Legend: tierLegend(), Inks: tierInks, Top: 100, Unit: "%", Wide: 20}
		rates := stacks{Title: "Chronic absence rate by grade", Inks: tierInks[2:3], Unit: "%", Wide: 20}
		for _, g := range s.Key.ByGrade {
			c.Rows = append(c.Rows, tierRow("Grade "+g.Grade, count(g.Students, "student", "students"), g.Students, g.Satisfactory, g.AtRisk, g.Chronic, g.Severe))
			rates.Rows = append(rates.Rows, stack{
				Label: "Grade " + g.Grade, Parts: []float64{tenth(g.ChronicLabel, g.Students)},
				Note: fmt.Sprintf("%s (%d of %d)", share(g.ChronicLabel, g.Students), g.ChronicLabel, g.Students),
			})
		}
		f.stacks(c)
		f.stacks(rates)
	}
	var week, months []bar
	for i, n := range s.Key.ByWeekday {
		week = append(week, bar{Label: []string{"Mon", "Tue", "Wed", "Thu", "Fri"}[i], Value: float64(n)})
	}
	for _, m := range s.Key.ByMonth {
		label := m.Month
		if d, err := district.ParseDate(m.Month + "-01"); err == nil {
			label = d.Format("Jan")
		}
		months = append(months, bar{Label: label, Value: tenth(m.DaysAbsent, m.DaysEnrolled)})
	}
	f.keep(func() {
		f.columns(8,
			func() { f.chart(chart{Title: "Full-day absences by weekday", Height: 34, Bars: week}) },
			func() {
				f.chart(chart{Title: "Absences in each month, of days enrolled", Height: 34, Bars: months, Unit: "%"})
			})
	})
}

func (f *flow) gradeTable(s *SchoolNight) {
	if len(s.Key.ByGrade) == 0 {
		return
	}
	f.heading(2, "By grade")
	var rows [][]cell
	all := GradeTally{Grade: "All"}
	line := func(g GradeTally) []cell {
		return texts(g.Grade, fmt.Sprint(g.Students), fmt.Sprint(g.Satisfactory), fmt.Sprint(g.AtRisk), fmt.Sprint(g.Chronic), fmt.Sprint(g.Severe),
			fmt.Sprint(g.ChronicLabel), share(g.ChronicLabel, g.Students), fmt.Sprint(g.Truant))
	}
	for _, g := range s.Key.ByGrade {
		rows = append(rows, line(g))
		all.Students, all.Satisfactory, all.AtRisk = all.Students+g.Students, all.Satisfactory+g.Satisfactory, all.AtRisk+g.AtRisk
		all.Chronic, all.Severe = all.Chronic+g.Chronic, all.Severe+g.Severe
		all.ChronicLabel, all.Truant = all.ChronicLabel+g.ChronicLabel, all.Truant+g.Truant
	}
	total := line(all)
	for i := range total {
		total[i].Bold = true
	}
	columns := []column{{Title: "Grade", Weight: 1}}
	for _, title := range []string{"Students", tierWords(attendance.Satisfactory), tierWords(attendance.AtRisk), tierWords(attendance.Chronic),
		tierWords(attendance.Severe), "Chronically absent", "Chronic rate", "Truant"} {
		columns = append(columns, f.countColumn(title, 8.5, 19))
	}
	f.table(table{Size: 8.5, Rows: append(rows, total), Columns: columns})
	n := s.Night.Policy.Numbers
	f.text(fmt.Sprintf("At risk from %d%%, chronic from %d%%, severe from %d%% of days enrolled. Chronically absent counts students with at least %d days enrolled.",
		n.AtRiskPercent, n.ChronicPercent, n.SeverePercent, n.ChronicMinDays), setting{size: 8, ink: grey})
}

func (f *flow) daysToCome(s *SchoolNight) {
	f.heading(2, "Meeting days ahead")
	days := s.dayPlans()
	if len(days) == 0 {
		f.text("None booked.")
		return
	}
	rows := make([][]cell, len(days))
	for i, d := range days {
		rows[i] = texts(string(d.Kind), shortDay(d.Date), fmt.Sprintf("%s to %s", d.Start, d.End), fmt.Sprint(len(d.meetings)), orNone(interpreters(s, d.meetings)), orNone(s.SpecialistPart(d.MeetingDay)))
	}
	f.asWideAsWords(8.5, rows, "Kind", "Day", "Time", "Meetings", "Interpreter", "Specialist's part")
}

// A brief names so many students of a kind; the roster has all of them.
const (
	discussed = 12
	listed    = 40
)

func (f *flow) toDiscuss(s *SchoolNight) {
	f.heading(2, "Students to discuss: new cases")
	var rows [][]cell
	left := 0
	for _, kind := range []intervention.Kind{intervention.SART, intervention.CART} {
		cases := caseRows(s, func(c *intervention.Case) bool {
			return c.Kind == kind && stands(c) && c.OpenedOn == s.Night.AsOf && c.SchoolID == s.School.ID
		})
		for _, c := range cases[:min(discussed, len(cases))] {
			st := &c.file.Standing
			meets := "not yet"
			if m := c.Meeting; m != nil && !m.Cancelled {
				meets = m.Date.Format("1/2") + ", " + m.Start.String()
			}
			rows = append(rows, texts(string(c.Kind), listName(&c.file.Student), c.StudentID, c.file.grade(), share(st.DaysAbsent, st.DaysEnrolled), c.Reason.Words, meets))
		}
		left += max(0, len(cases)-discussed)
	}
	if len(rows) == 0 {
		f.text("No new case tonight.")
		return
	}
	f.text("The highest rates of absence first.", setting{after: 1.2})
	f.asWideAsWords(8, rows, "Kind", "Student", "ID", "Grade", "Rate", "Why", "Meets")
	f.more(left)
}

// more says that a list was cut, and where the rest is.
func (f *flow) more(n int) {
	if n > 0 {
		f.text(fmt.Sprintf("And %d more, in the roster.", n), setting{ink: grey, face: italic})
	}
}

// followUps are the cases in which a person has something to do.
func (f *flow) followUps(s *SchoolNight) {
	f.heading(2, "Open follow-ups")
	var rows [][]cell
	due := 0
	for _, c := range caseRows(s, func(c *intervention.Case) bool { return s.followUp(c) != "" }) {
		if due++; due <= listed {
			rows = append(rows, texts(string(c.Kind), listName(&c.file.Student), c.StudentID, c.file.grade(), s.followUp(c.Case)))
		}
	}
	if due == 0 {
		f.text("None: every meeting that has passed has its outcome.")
		return
	}
	f.table(table{Size: 8.5, Rows: rows, Zebra: true, Columns: []column{
		{Title: "Kind", Width: 13}, {Title: "Student", Weight: 1}, {Title: "ID", Width: 22}, {Title: "Grade", Width: 13}, {Title: "To do", Weight: 1.8},
	}})
	f.more(due - len(rows))
}

// followUp says what a person still has to do in a case, empty for nothing.
func (s *SchoolNight) followUp(c *intervention.Case) string {
	switch state := c.State(); {
	case c.OutcomeDue(s.Night.AsOf):
		return "Record the outcome of the meeting of " + shortDay(c.Meeting.Date)
	case c.NeedsReview() && c.IsOpen():
		return "Below threshold since the family was told: decide whether " + c.StillNeeded()
	case state == intervention.StateNoShow:
		_, attempts := missedOn(c)
		return fmt.Sprintf("No show: call home for a phone %s (%s so far)", c.Kind, count(len(attempts), "attempt", "attempts"))
	case state == intervention.StateHeld:
		return "Meeting held: record the contract"
	case state == intervention.StateCompleted && !slices.ContainsFunc(c.Events, func(e intervention.Event) bool { return e.Kind == intervention.Documented }):
		return "Contract agreed: document it in the SIS"
	}
	return ""
}

func (f *flow) exceptionCounts(s *SchoolNight) {
	f.heading(2, "Exceptions")
	if len(s.Exceptions)+len(s.Rejects) == 0 {
		f.text("None tonight.")
		return
	}
	var words []span
	counts := subjects(s.Exceptions)
	if n := len(s.Rejects); n > 0 {
		counts = append(counts, tallied{"rejected rows of the export", n})
	}
	for i, n := range counts {
		if i > 0 {
			words = append(words, span{text: " · "})
		}
		words = append(words, span{fmt.Sprint(n.n), bold}, span{text: " " + n.words})
	}
	f.para(words)
	f.text("Each one, with the mend, is on the roster's Exceptions sheet.", setting{ink: grey, size: 8})
}

// countColumn is a column of numbers, at least wide mm, that does not break a
// word of its title.
func (f *flow) countColumn(title string, size, wide float64) column {
	for _, word := range strings.Fields(title) {
		wide = max(wide, f.fonts.width(word, bold, size)+2*cellPadX+0.4)
	}
	return column{Title: title, Width: wide, Align: flushRight}
}

// tallied is something with how often it occurs.
type tallied struct {
	words string
	n     int
}

// subjects counts exceptions by subject, the most frequent first.
func subjects(exceptions []intervention.Exception) []tallied {
	counts := map[string]int{}
	for _, e := range exceptions {
		counts[short(e.Subject)]++
	}
	return inOrderOfCount(counts)
}

func inOrderOfCount(counts map[string]int) []tallied {
	var all []tallied
	for words, n := range counts {
		all = append(all, tallied{words, n})
	}
	slices.SortFunc(all, func(a, b tallied) int { return cmp.Or(-cmp.Compare(a.n, b.n), cmp.Compare(a.words, b.words)) })
	return all
}
