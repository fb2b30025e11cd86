package reports

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

// Room is the set-up list for the meeting room: a page for each meeting day
// that can be hung on the door's inside and ticked.
func Room(s *SchoolNight, _ *templates.Set) (PDF, error) {
	p := newPaper("Meeting room set-up, "+s.School.Name, &s.Night, portrait)
	f := p.flow(flowOptions{
		Head: literal("Meeting room set-up · "+s.School.Name) + "\tConfidential: not for the waiting area",
		Foot: literal("School year "+s.Night.Year.String()+" · data through "+longDay(s.Night.AsOf)) + "\tPage {page} of {pages}",
	})
	f.held(s)
	days := s.dayPlans()
	if len(days) == 0 {
		f.heading(1, "Meeting room set-up")
		f.text("No meetings are booked from " + longDay(s.Night.AsOf) + " on: no room to set up.")
	}
	for i, d := range days {
		if i > 0 {
			f.newPage()
		}
		f.roomPage(s, d)
	}
	return p.finish()
}

func (f *flow) roomPage(s *SchoolNight, d dayPlan) {
	f.fewestPages(func() {
		f.heading(1, fmt.Sprintf("%s room set-up, %s", d.Kind, longDay(d.Date)))
		f.dayFacts(s, d)
		f.keep(func() {
			f.columns(8, func() { f.seating(s, d) }, func() { f.layOut(s, d) })
		})
		f.hours(s, d)
		f.filesInOrder(s, d)
	})
}

func (f *flow) seating(s *SchoolNight, d dayPlan) {
	f.heading(2, "Tables and chairs")
	rooms := max(1, len(d.Rooms))
	each := ""
	if rooms > 1 {
		each = fmt.Sprintf(" in each of the %d rooms", rooms)
	}
	items := [][]span{
		plain("A round or square table, so that nobody sits across a desk" + each),
		plain("Family: four chairs (adults, student, a brother or sister)"),
		plain(joinParts(": ", "Facilitator, one chair", strings.Join(d.Facilitators, ", "))),
	}
	if d.SpecialistRole != "" {
		items = append(items, plain(joinParts(": ", "Attendance Specialist, one chair", joinParts("; ", s.names(district.AttendanceSpecialist), "part of the day: "+d.SpecialistRole))))
	}
	if need := interpreters(s, d.meetings); need != "" {
		items = append(items, plain("Interpreter, one chair beside the family: "+need))
	}
	items = append(items,
		plain("Waiting area: "+fmt.Sprintf("%d chairs, out of hearing of the room", 4*rooms)),
		plain("Signs to the room from the front office"),
		plain("“Meeting in progress” on the door"))
	f.checks(items...)
}

func (f *flow) layOut(s *SchoolNight, d dayPlan) {
	f.heading(2, "On the table")
	spanish := 0
	for _, m := range d.meetings {
		if file := s.File(m.StudentID); file != nil && file.familyLanguage() == "Spanish" {
			spanish++
		}
	}
	contracts := "Contracts: two copies in each meeting file, one for the family"
	if spanish > 0 {
		contracts += fmt.Sprintf("; %d in Spanish and English", spanish)
	}
	f.checks(
		plain(fmt.Sprintf("%s in slot order, face down", count(len(d.meetings), "meeting file", "meeting files"))),
		plain(contracts),
		plain("Meeting notes forms, or the laptop for notes"),
		plain("Facilitator's guide"),
		plain("Sign-in sheet, earlier names covered"),
		plain("Pens, tissues, water"),
		plain("Phone with loudspeaker: interpreter line, calls to families who do not come"),
		plain("Clock; school calendar; supports and community resources to hand out"),
	)
}

// hours shows when the waiting area fills and which languages are needed when.
func (f *flow) hours(s *SchoolNight, d dayPlan) {
	f.heading(2, "Meetings by hour")
	var rows [][]cell
	meetings := d.meetings
	for len(meetings) > 0 {
		hour := meetings[0].Start / 60
		n := slices.IndexFunc(meetings, func(m intervention.Meeting) bool { return m.Start/60 != hour })
		if n < 0 {
			n = len(meetings)
		}
		rows = append(rows, texts(fmt.Sprintf("%s to %s", hour*60, hour*60+60), fmt.Sprint(n), orNone(interpreters(s, meetings[:n]))))
		meetings = meetings[n:]
	}
	f.table(table{Rows: rows, Columns: []column{{Title: "Hour", Width: 45}, {Title: "Meetings", Width: 25, Align: flushRight}, {Title: "Interpreter for", Weight: 1}}})
}

// filesInOrder lists the meeting files in two columns, down and then across.
func (f *flow) filesInOrder(s *SchoolNight, d dayPlan) {
	f.heading(2, "Meeting files in slot order")
	rows := make([][]cell, len(d.meetings))
	for i, m := range d.meetings {
		name := []span{{text: "ID " + m.StudentID}}
		if file := s.File(m.StudentID); file != nil {
			name = []span{{listName(&file.Student), bold}, {text: "  " + m.StudentID}}
		}
		rows[i] = []cell{{Text: "☐"}, {Text: fmt.Sprint(i + 1)}, {Text: m.Start.String()}, {Spans: name}, {Text: orNone(short(m.Room))}}
	}
	half := func(rows [][]cell) func() {
		return func() {
			f.table(table{Rows: rows, Size: f.size - 1.5, Columns: []column{
				{Title: "", Width: 6}, {Title: "No.", Width: 9, Align: flushRight}, {Title: "Time", Width: 18}, {Title: "Student", Weight: 2}, {Title: "Room", Weight: 1},
			}})
		}
	}
	const most = 60 // of two columns on one page
	for len(rows) > 0 {
		part := rows[:min(most, len(rows))]
		rows = rows[len(part):]
		middle := (len(part) + 1) / 2
		f.keep(func() { f.columns(6, half(part[:middle]), half(part[middle:])) })
	}
}
