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

// The place for the photo, in mm.
const photoWidth, photoHeight = 30.0, 38.0

// faceSheet is who the student is, who the family is, where attendance stands
// and what the file is made for.
func (p *packet) faceSheet() {
	p.heading(1, "Face sheet")
	if p.unknown {
		p.text("Tonight's data hold nothing of this student: look them up in the student information system.", setting{ink: red, face: bold})
	}
	top, page := p.y, len(p.pages)
	p.sheet().frame(p.right-photoWidth, top, photoWidth, photoHeight, 0.2, silver)
	p.sheet().text(p.right-photoWidth/2-4, top+photoHeight/2, 8, regular, silver, "Photo")
	p.inset(0, photoWidth+5, p.identity)
	if len(p.pages) == page {
		p.y = max(p.y, top+photoHeight+3)
	}
	if p.referral != nil {
		p.heading(2, "This referral")
		p.thisReferral()
	} else {
		p.thisMeeting()
	}
	p.standing()
	p.contacts()
	if p.referral == nil && !p.school.Night.leavesOut(SiblingsSection) { // the board has no business with another child
		p.siblings()
	}
	p.inShort()
	p.leftOut()
}

func (p *packet) identity() {
	st, e := &p.file.Student, &p.file.Enrollment
	p.text(st.Name(), setting{size: 15, face: bold, after: 1})
	born := "not on file"
	if age, ok := st.AgeOn(p.school.Night.AsOf); ok {
		born = fmt.Sprintf("%s (age %d)", st.Birthdate.Format("January 2, 2006"), age)
	}
	need := "not needed"
	if lang := p.file.familyLanguage(); lang != "English" {
		need = "needed: " + lang
	}
	home := "not on file"
	if st.HomeLanguage != "" {
		home = templates.LanguageName(st.HomeLanguage)
	}
	pair := func(a, av, b, bv string) []cell {
		return []cell{{Text: a, Ink: grey}, {Text: orNone(av), Bold: true}, {Text: b, Ink: grey}, {Text: orNone(bv), Bold: true}}
	}
	p.table(table{
		Columns: []column{{Width: 25}, {Weight: 1.2}, {Width: 27}, {Weight: 1}}, NoHead: true, Bare: true,
		Rows: [][]cell{
			pair("Legal name", st.LegalName(), "Preferred name", st.PreferredName),
			pair("Student ID", st.ID, "SSID", st.SSID),
			pair("Born", born, "Grade", p.file.grade()),
			pair("Homeroom", e.Homeroom, "Teacher", e.HomeroomTeacher),
			pair("School", p.school.School.Name, "Enrolled since", e.EntryDate.Format("January 2, 2006")),
			pair("Home language", home, "Interpreter", need),
		},
	})
}

// thisMeeting says what the family was invited to, and why.
func (p *packet) thisMeeting() {
	m := &p.meeting
	p.heading(2, "This meeting")
	when := "not booked"
	if !m.Date.IsZero() {
		when = fmt.Sprintf("%s, %s to %s", longDay(m.Date), m.Start, m.End)
	}
	why := "no open case on file"
	if p.about != nil {
		why = cmp.Or(p.about.Reason.Words, p.about.Reason.Rule)
		if p.about.Round > 1 {
			why += fmt.Sprintf(" (round %d this year)", p.about.Round)
		}
		if dates := p.about.Reason.Dates; len(dates) > 0 {
			why += "\nDates counted when the case was opened: " + shortDates(dates)
		}
		if p.about.NeedsReview() {
			why += "\nThe rule no longer holds: review whether " + p.about.StillNeeded() + "."
		}
	}
	rows := [][]cell{
		{{Text: "Meeting", Ink: grey}, {Text: fmt.Sprintf("%s, %s", m.Kind, when), Bold: true}},
		{{Text: "Where", Ink: grey}, {Text: orNone(joinParts(", ", m.Place, m.Room))}},
		{{Text: "Facilitator", Ink: grey}, {Text: orNone(m.Facilitator)}},
		{{Text: "Why", Ink: grey}, {Text: why}},
	}
	if day := p.school.day(m); day != nil && day.SpecialistRole != "" {
		rows = slices.Insert(rows, 3, []cell{{Text: "Specialist's part", Ink: grey}, {Text: p.school.SpecialistPart(*day)}})
	}
	p.table(table{Columns: []column{{Width: 34}, {Weight: 1}}, Rows: rows, NoHead: true, Bare: true})
}

// day finds the meeting day a meeting is on; nil where the night has none.
func (s *SchoolNight) day(m *intervention.Meeting) *intervention.MeetingDay {
	for i := range s.Days {
		if d := &s.Days[i]; d.Kind == m.Kind && d.Date == m.Date {
			return d
		}
	}
	return nil
}

// standing is the year's figures in one row.
func (p *packet) standing() {
	st := &p.file.Standing
	through := p.school.Night.AsOf.Format("January 2, 2006")
	p.heading(2, "Attendance this school year, through "+joinParts("; ", through, p.school.StaleWords(p.file)))
	figure := func(n int) cell { return cell{Text: fmt.Sprint(n), Bold: true} }
	const size = 7
	var columns []column
	for _, title := range []string{
		"Days enrolled", "Days absent", "Excused", "Unexcused", "Pending", "Suspended", "Ind. study incomplete", "Partial-day truancies",
		"Truancy events", "Absence rate", "Absent a month",
	} {
		c := p.countColumn(title, size, 12)
		c.Align = centered
		columns = append(columns, c)
	}
	columns = append(columns, column{Title: "Tier", Weight: 1, Align: centered})
	p.table(table{Columns: columns, Size: size, Rows: [][]cell{{
		figure(st.DaysEnrolled), figure(st.DaysAbsent), figure(st.DaysExcused), figure(st.DaysUnexcused), figure(st.DaysPending), figure(st.DaysSuspended),
		figure(st.DaysIndependentStudyIncomplete), figure(st.PartialDayTruancies), figure(st.TruancyEvents),
		{Text: share(st.DaysAbsent, st.DaysEnrolled), Bold: true}, {Text: fmt.Sprintf("%.1f", st.AbsencesPerMonth()), Bold: true},
		{Text: tierWords(st.Tier), Bold: true},
	}}})
	lines := []string{fmt.Sprintf("At this school alone: absent %d of %s (%s).",
		st.SchoolDaysAbsent, count(st.SchoolDaysEnrolled, "day", "days"), share(st.SchoolDaysAbsent, st.SchoolDaysEnrolled))}
	if len(st.AbsencesByMonth) > 0 {
		months := make([]string, len(st.AbsencesByMonth))
		for i, n := range st.AbsencesByMonth {
			months[i] = fmt.Sprint(n)
		}
		lines = append(lines, fmt.Sprintf("Absences in each school month of %d days: %s.", st.MonthDays, strings.Join(months, ", ")))
	}
	p.text(strings.Join(lines, " "), setting{size: 8.5})
}

func (p *packet) contacts() {
	p.heading(2, "Contacts")
	if len(p.file.Student.Contacts) == 0 {
		p.text("None on record.", setting{ink: grey, face: italic})
		return
	}
	rows := make([][]cell, 0, len(p.file.Student.Contacts))
	for _, c := range p.file.Student.Contacts {
		lang := ""
		if c.Language != "" {
			lang = templates.LanguageName(c.Language)
		}
		rows = append(rows, texts(c.Name, c.Relationship, orNone(lang), orNone(c.Phone), orNone(c.Email), orNone(addressLine(c.Address())), yesNo(c.ReceivesMail)))
	}
	p.table(table{Size: 8, Rows: rows, Columns: []column{
		{Title: "Name", Weight: 1.4}, {Title: "Relation", Width: 21}, {Title: "Language", Width: 19}, {Title: "Phone", Width: 24},
		{Title: "E-mail", Weight: 1.9}, {Title: "Address", Weight: 1.9}, {Title: "Mail", Width: 10},
	}})
}

// addressLine is an address on one line.
func addressLine(a district.Address) string {
	return joinParts(", ", joinParts(" ", a.Street, a.Unit), joinParts(" ", joinParts(", ", a.City, a.State), a.Zip))
}

// joinParts joins the parts that are not empty.
func joinParts(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return strings.TrimSpace(s) == "" }), sep)
}

func (p *packet) siblings() {
	p.heading(2, "Brothers and sisters in the district")
	siblings := p.file.Student.Siblings
	if len(siblings) == 0 {
		p.text("None on record.", setting{ink: grey, face: italic})
		return
	}
	rows := make([][]cell, 0, len(siblings))
	for _, sib := range siblings {
		meets := ""
		for _, m := range p.school.Meetings {
			if m.StudentID == sib.StudentID && !m.Cancelled {
				meets = fmt.Sprintf("%s, %s, %s", m.Kind, shortDay(m.Date), m.Start)
			}
		}
		rows = append(rows, texts(sib.Name, sib.StudentID, p.school.Night.schoolName(sib.SchoolID), sib.Grade, meets))
	}
	p.table(table{Size: 8, Rows: rows, Columns: []column{
		{Title: "Name", Weight: 1.4}, {Title: "Student ID", Width: 22}, {Title: "School", Weight: 1.4}, {Title: "Grade", Width: 13}, {Title: "Meeting at this school", Weight: 1.3},
	}})
}

// inShort is what was tried so far, in two lines; the section of its own has
// the whole of it.
func (p *packet) inShort() {
	st := &p.file.Student
	var letters, tried []string
	for _, l := range st.LettersSent {
		letters = append(letters, joinParts(" ", l.Letter, l.SentOn.Format("1/2/2006")))
	}
	for i := range p.file.Cases {
		if words := lettersInWords(&p.file.Cases[i]); words != "" {
			letters = append(letters, strings.Split(words, "\n")...)
		}
	}
	for _, i := range st.Interventions {
		tried = append(tried, joinParts(" ", i.Kind, i.Date.Format("1/2/2006")))
	}
	p.heading(2, "Letters and interventions so far")
	for _, line := range []struct {
		label string
		items []string
		file  district.File
	}{{"Letters: ", letters, district.LettersSent}, {"Interventions: ", tried, district.Interventions}} {
		words := strings.Join(line.items, "; ")
		switch {
		case words != "":
			const most = 5
			if n := len(line.items); n > most {
				words = fmt.Sprintf("%s; the latest of %d, see below", strings.Join(line.items[n-most:], "; "), n)
			}
		case p.school.Night.Provided[line.file]:
			words = "none on record"
		default:
			words = "the SIS export did not provide them"
		}
		p.para([]span{{line.label, bold}, {text: words}}, setting{after: 0.8})
	}
}
