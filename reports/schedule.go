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

// Schedule is what goes to Admin, Office Manager and Attendance Specialist: a
// page for each meeting day from tonight on, and the families still waiting for
// a place.
func Schedule(s *SchoolNight, _ *templates.Set) (PDF, error) {
	p := newPaper("Meeting schedule, "+s.School.Name, &s.Night, landscape)
	options := flowOptions{
		Head: literal("Meeting schedule · "+s.School.Name) + "\tConfidential: for staff of the meeting team",
		Foot: literal("School year "+s.Night.Year.String()+" · data through "+longDay(s.Night.AsOf)) + "\tPage {page} of {pages}",
		Size: 9.5,
	}
	f := p.flow(options)
	f.held(s)
	days := s.dayPlans()
	if len(days) == 0 {
		f.heading(1, "Meeting schedule")
		f.text("No meetings are booked from " + longDay(s.Night.AsOf) + " on.")
	}
	for i, d := range days {
		if i > 0 {
			f.newPage()
		}
		f.dayPage(s, d)
	}
	f.waiting(s)
	f.cancelled(s)
	return p.finish()
}

// held is the notice on the papers of a school whose night stops for a person.
func (f *flow) held(s *SchoolNight) {
	if s.Held == "" {
		return
	}
	f.para([]span{
		{"This school is held: nothing was issued tonight. ", bold}, {text: sentence(s.Held) + " "},
		{"The papers show what stood before and what the night would decide. How it goes on: ", regular},
		{sentence(s.Mend), bold},
	}, setting{ink: red})
	f.rule()
}

// sentence ends with a full stop.
func sentence(s string) string {
	if s = strings.TrimSpace(s); s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

// dayPlan is a meeting day with its meetings in slot order.
type dayPlan struct {
	intervention.MeetingDay
	meetings []intervention.Meeting
}

// dayPlans are the days with meetings on them, by date; SART leads.
func (s *SchoolNight) dayPlans() []dayPlan {
	var plans []dayPlan
	for _, m := range s.Meetings {
		if m.Cancelled {
			continue
		}
		i := slices.IndexFunc(plans, func(d dayPlan) bool { return d.Kind == m.Kind && d.Date == m.Date })
		if i < 0 {
			d := intervention.MeetingDay{SchoolID: m.SchoolID, Kind: m.Kind, Date: m.Date, Start: m.Start, End: m.End, Place: m.Place}
			if known := s.day(&m); known != nil {
				d = *known
			}
			plans = append(plans, dayPlan{MeetingDay: d})
			i = len(plans) - 1
		}
		plans[i].meetings = append(plans[i].meetings, m)
	}
	for i := range plans {
		slices.SortStableFunc(plans[i].meetings, bySlot)
	}
	slices.SortStableFunc(plans, func(a, b dayPlan) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), -cmp.Compare(a.Kind, b.Kind))
	})
	return plans
}

// dayPage is a day at a glance: in type small enough for one page, where a page
// can hold it.
func (f *flow) dayPage(s *SchoolNight, d dayPlan) {
	f.fewestPages(func() {
		f.heading(1, fmt.Sprintf("%s meetings, %s", d.Kind, longDay(d.Date)))
		f.dayFacts(s, d)
		if d.Moved != "" {
			f.text("This day was " + sentence(d.Moved))
		}
		rows := make([][]cell, len(d.meetings))
		for i, m := range d.meetings {
			rows[i] = slotRow(s, &m)
		}
		f.asWideAsWords(f.size-0.5, rows, "Time", "Student", "Grade", "Homeroom", "Family's language", "Call first", "Room", "Facilitator", "Came")
	})
}

// asWideAsWords sets a table whose columns are as wide as their words, so that
// rows keep to one line as far as the page allows; where it does not, each
// column gives up a share of what its longest word leaves.
func (f *flow) asWideAsWords(size float64, rows [][]cell, titles ...string) {
	whole, least := make([]float64, len(titles)), make([]float64, len(titles))
	measure := func(i int, words string, style face) {
		words = f.fonts.oneLine(words, 80)
		whole[i] = max(whole[i], f.fonts.width(words, style, size))
		for _, w := range strings.Split(words, " ") {
			least[i] = max(least[i], min(f.fonts.width(w, style, size), 40))
		}
	}
	columns := make([]column, len(titles))
	for i, title := range titles {
		columns[i].Title = title
		measure(i, title, bold)
		for _, row := range rows {
			words, style := row[i].Text, regular
			for _, s := range row[i].Spans {
				words += s.text
				style |= s.face
			}
			if row[i].Bold {
				style = bold
			}
			measure(i, words, style)
		}
	}
	free, over := f.right-f.left, 0.0
	for i := range titles {
		free -= least[i] + 2*cellPadX + 0.2
		over += whole[i] - least[i]
	}
	for i := range columns {
		columns[i].Width = least[i] + 2*cellPadX + 0.2
		if over > 0 {
			columns[i].Width += free * (whole[i] - least[i]) / over
		}
	}
	f.table(table{Size: size, Rows: rows, Columns: columns, Zebra: true})
}

func slotRow(s *SchoolNight, m *intervention.Meeting) []cell {
	row := []cell{
		{Text: unbroken(m.Start.String()), Bold: true}, {Text: "ID " + m.StudentID}, {}, {}, {}, {}, {Text: orNone(short(m.Room))}, {Text: orNone(short(m.Facilitator))},
		{Text: unbroken("☐ yes  ☐ no")},
	}
	f := s.File(m.StudentID)
	if f == nil {
		return row
	}
	row[1] = cell{Spans: []span{{listName(&f.Student), bold}, {text: "  " + f.Student.ID}}}
	row[2].Text = f.grade()
	row[3].Text = short(cmp.Or(f.Enrollment.Homeroom, f.Enrollment.HomeroomTeacher))
	row[4].Text = f.familyLanguage()
	if row[4].Text != "English" {
		row[4] = cell{Spans: []span{{row[4].Text, bold}, {text: ", interpreter"}}}
	}
	row[5].Text = firstCall(&f.Student)
	return row
}

// unbroken is text that stays on one line.
func unbroken(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

// listName is a student in a list that is read at a glance: the meeting file
// has the whole of a name too long for it.
func listName(st *district.Student) string { return short(st.SortName()) }

// short is data on one line of a list, cut with an ellipsis.
func short(s string) string { return typefaces().oneLine(s, 70) }

// firstCall is whom to call first, with the number.
func firstCall(st *district.Student) string {
	for _, c := range st.Contacts {
		if c.Phone != "" {
			return joinParts(", ", short(c.Phone), short(c.Name))
		}
	}
	return "no phone on file"
}

// dayFacts are what everyone asks of a meeting day.
func (f *flow) dayFacts(s *SchoolNight, d dayPlan) {
	meetings := count(len(d.meetings), "meeting", "meetings")
	if places := d.Capacity(); places > len(d.meetings) {
		meetings += fmt.Sprintf(", %d of %d places free", places-len(d.meetings), places)
	}
	facts := [][2]string{
		{"Time", fmt.Sprintf("%s to %s", d.Start, d.End)},
		{"Place", orNone(joinParts(", ", d.Place, strings.Join(d.Rooms, ", ")))},
		{"Meetings", meetings},
		{"Facilitator", orNone(strings.Join(d.Facilitators, ", "))},
		{"Interpreter", cmp.Or(interpreters(s, d.meetings), "not needed")},
	}
	if part := s.SpecialistPart(d.MeetingDay); part != "" {
		facts = append(facts, [2]string{"Specialist's part", part})
	}
	var rows [][]cell
	for i := 0; i < len(facts); i += 2 {
		var row []cell
		for _, fact := range facts[i:min(i+2, len(facts))] {
			row = append(row, cell{Text: fact[0], Ink: grey}, cell{Text: fact[1], Bold: true})
		}
		rows = append(rows, row)
	}
	f.table(table{Columns: []column{{Width: 29}, {Weight: 1}, {Width: 29}, {Weight: 1}}, Rows: rows, NoHead: true, Bare: true})
}

// interpreters counts the meetings of a day in each language but English, in
// order: "Spanish (3), Vietnamese (1)".
func interpreters(s *SchoolNight, meetings []intervention.Meeting) string {
	counts := map[string]int{}
	var languages []string
	for _, m := range meetings {
		if f := s.File(m.StudentID); f != nil {
			if lang := f.familyLanguage(); lang != "English" {
				if counts[lang]++; counts[lang] == 1 {
					languages = append(languages, lang)
				}
			}
		}
	}
	slices.Sort(languages)
	for i, lang := range languages {
		languages[i] = fmt.Sprintf("%s (%d)", lang, counts[lang])
	}
	return strings.Join(languages, ", ")
}

// InterpretersOn are the languages of a meeting day's families that need an
// interpreter, with the number of meetings: "Hmong (1), Spanish (3)".
func (s *SchoolNight) InterpretersOn(day intervention.MeetingDay) string {
	return interpreters(s, s.MeetingsOn(day))
}

// MeetingsOn are the meetings that stand on a meeting day.
func (s *SchoolNight) MeetingsOn(day intervention.MeetingDay) []intervention.Meeting {
	var on []intervention.Meeting
	for _, m := range s.Meetings {
		if m.Kind == day.Kind && m.Date == day.Date && !m.Cancelled {
			on = append(on, m)
		}
	}
	return on
}

// SpecialistPart is the Attendance Specialist's part on a meeting day, with the
// name where it is known: "Model (Kim Doe)"; empty where there is none.
func (s *SchoolNight) SpecialistPart(day intervention.MeetingDay) string {
	if day.SpecialistRole == "" {
		return ""
	}
	return joinParts(" ", day.SpecialistRole, parenthesised(s.names(district.AttendanceSpecialist)))
}

// names are the people of a role.
func (s *SchoolNight) names(role district.Role) string {
	var names []string
	for _, p := range s.Staff {
		if p.Role == role && p.Name != "" && !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}

// waiting lists the cases that found no place within the horizon.
func (f *flow) waiting(s *SchoolNight) {
	cases := caseRows(s, func(c *intervention.Case) bool {
		state := c.State()
		return (state == intervention.StateWaiting || state == intervention.StateOpen) && c.SchoolID == s.School.ID
	})
	f.heading(2, "Waiting for a meeting day")
	if len(cases) == 0 {
		f.text("Nobody waits: every open case has a place.")
		return
	}
	rows := make([][]cell, len(cases))
	for i, c := range cases {
		rows[i] = texts(string(c.Kind), listName(&c.file.Student), c.file.Student.ID, c.file.grade(),
			share(c.file.Standing.DaysAbsent, c.file.Standing.DaysEnrolled), c.Reason.Words, c.OpenedOn.Format("1/2/2006"), s.canExpect(c.Case), knows(c.Case))
	}
	f.text("These families take the first places that open, and get the letter with their day then; more meeting days make more places. Can expect: the meeting day each would have if nobody else came.", setting{after: 1.2})
	f.asWideAsWords(9, rows, "Kind", "Student", "ID", "Grade", "Rate", "Why", "Since", "Can expect", "The family")
}

// canExpect is the meeting day that a case without a place can expect.
func (s *SchoolNight) canExpect(c *intervention.Case) string {
	day, placed := s.Expected[c.ID]
	switch {
	case !placed:
		return "" // it waits for something else
	case day.IsZero():
		return "no day left this year"
	}
	return shortDay(day)
}

// knows is what the family of a case that waits has heard and said so far.
func knows(c *intervention.Case) string {
	words := "no letter yet"
	switch {
	case c.Told():
		words = "has had a letter"
	case len(c.Letters) > 0:
		words = "no letter on record as gone out"
	}
	if !c.AsksAnotherDay() {
		return words
	}
	words += ", asks for another day"
	if first := c.AskedFor(); !first.IsZero() {
		words += ", from " + shortDay(first)
	}
	return words
}

// cancelled lists the places given back tonight: someone must tell these
// families.
func (f *flow) cancelled(s *SchoolNight) {
	if len(s.Cancelled) == 0 {
		return
	}
	f.heading(2, "Cancelled tonight")
	rows := make([][]cell, len(s.Cancelled))
	for i, m := range s.Cancelled {
		name, phone := "", ""
		if file := s.File(m.StudentID); file != nil {
			name, phone = listName(&file.Student), firstCall(&file.Student)
		}
		rows[i] = texts(string(m.Kind), shortDay(m.Date)+", "+m.Start.String(), orNone(name), m.StudentID, orNone(phone))
	}
	f.table(table{Size: 9, Rows: rows, Columns: []column{
		{Title: "Kind", Width: 14}, {Title: "Was", Width: 48}, {Title: "Student", Weight: 1}, {Title: "ID", Width: 24}, {Title: "Call first", Weight: 1},
	}})
}
