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

// Referral is a student whom the policy would refer to the district's SARB, or
// whom a person has referred.
type Referral struct {
	CaseID, StudentID string              // the SART case
	Reason            intervention.Reason // the rule that holds; zero where a person referred without one
	Since             intervention.Since  // attendance since the SART meeting
}

// ReferralFolder is where the packets lie in a night's folder.
const ReferralFolder = "district/sarb-referrals"

// ReferralFile is a packet's place in a night's folder.
func ReferralFile(studentID string) string {
	return ReferralFolder + "/" + district.FileName(studentID) + ".pdf"
}

// referred is the event by which a person referred the student, false where the
// referral is due.
func referred(c *intervention.Case) (intervention.Event, bool) {
	if c.State() != intervention.StateReferred {
		return intervention.Event{}, false
	}
	for _, e := range slices.Backward(c.Events) {
		if e.Kind == intervention.Referred {
			return e, true
		}
	}
	return intervention.Event{}, false
}

// ReferralPacket is one student's packet for the district's SARB: the checklist
// first, with what is missing named, then the records that the meeting file has,
// without its forms.
func ReferralPacket(s *SchoolNight, set *templates.Set, r Referral) (PDF, error) {
	f := s.File(r.StudentID)
	var c *intervention.Case
	if f != nil {
		c = f.Case(r.CaseID)
	}
	if c == nil {
		return PDF{}, fmt.Errorf("referral packet of student %s: the night has no case %s", r.StudentID, r.CaseID)
	}
	paper := newPaper("SARB referral packet, student "+r.StudentID, &s.Night, portrait)
	p := &packet{school: s, set: set, file: f, about: c, referral: &r, meeting: intervention.Meeting{Kind: c.Kind, StudentID: r.StudentID}}
	p.flow = paper.flow(flowOptions{
		Head:     p.head(),
		Foot:     literal(fmt.Sprintf("SARB referral packet · school year %s · data through %s", s.Night.Year, longDay(s.Night.AsOf))) + "\tPage {page} of {pages}",
		Bookmark: "Checklist",
		Size:     9.5,
	})
	p.fewestPages(p.checklist)
	p.newPage()
	p.bookmark(0, "Face sheet")
	p.faceSheet()
	p.newPage()
	p.bookmark(0, "Attendance print-out")
	p.printOut()
	p.bookmark(0, "Records")
	p.fewestPages(p.records)
	return paper.finish()
}

// checklist is the first page: who, why, and each thing the board asks for with
// its evidence or what to do.
func (p *packet) checklist() {
	items := Readiness(&p.school.Night, p.file, p.about)
	missing := Missing(items)
	p.heading(1, "SARB referral packet")
	p.text(joinParts(" · ", p.file.Student.Name(), "ID "+p.file.Student.ID, "grade "+p.file.grade(), p.school.School.Name), setting{size: p.size + 2, face: bold, after: 1})
	p.thisReferral()
	p.heading(2, fmt.Sprintf("Checklist: %d of %d on record", len(items)-len(missing), len(items)))
	if len(missing) > 0 {
		p.para([]span{{fmt.Sprintf("%d missing: ", len(missing)), bold}, {text: strings.Join(missing, "; ") + "."}}, setting{ink: red})
	}
	rows := make([][]cell, len(items))
	for i, item := range items {
		rows[i] = item.row()
	}
	p.table(table{Size: max(8, p.size-1.5), Rows: rows, PadY: 0.6, Columns: []column{
		{Title: "", Width: 7, Align: centered}, {Title: "What the board asks for", Width: 62}, {Title: "On record, or what to do", Weight: 1},
	}})
	p.text("To be added by hand where the student has one: health, IEP, 504 or SST summary. They are not in the export, and rollcall does not keep them.", setting{ink: grey, size: p.size - 1})
	p.signatures("Prepared by", "Reviewed by (administrator)", "Date")
}

// row sets an item's evidence below each other, and what is missing in words,
// because schools print in black and white.
func (i ChecklistItem) row() []cell {
	mark := cell{Text: "✓", Bold: true, Ink: green}
	name := cell{Text: i.Name}
	words := []span{{text: strings.Join(i.Evidence, "\n")}}
	if i.Missing() {
		mark, name.Bold = cell{Text: "☐", Bold: true, Ink: red}, true
		gap := ""
		if len(i.Evidence) > 0 {
			gap = "\n"
		}
		words = append(words, span{gap + "MISSING: ", bold}, span{text: i.ToDo})
	}
	return []cell{mark, name, {Spans: words}}
}

// thisReferral says why the student is due, or who referred them.
func (p *packet) thisReferral() {
	r := p.referral
	status := "due by the policy; a person decides: record the referral, or close the case"
	if e, ok := referred(p.about); ok {
		status = joinParts(": ", "referred on "+longDay(e.On)+by(e), e.Detail)
	}
	why := cmp.Or(r.Reason.Words, "by tonight's records the policy's rule does not hold; what it stood on when the student was referred is above")
	if len(r.Reason.Dates) > 0 {
		why += "\nDates counted since the SART meeting: " + shortDates(r.Reason.Dates)
	}
	met := "not on record"
	if !r.Since.Meeting.IsZero() {
		met = fmt.Sprintf("%s; since then absent %d of %s, %s", longDay(r.Since.Meeting), r.Since.Absences, count(r.Since.Days, "school day", "school days"),
			intervention.EventsInWords(r.Since.Events))
	}
	opened := cmp.Or(p.about.Reason.Words, p.about.Reason.Rule)
	if dates := p.about.Reason.Dates; len(dates) > 0 {
		opened += "\nDates counted when the case was opened: " + shortDates(dates)
	}
	row := func(label, value string, heavy bool) []cell {
		return []cell{{Text: label, Ink: grey}, {Text: value, Bold: heavy}}
	}
	p.table(table{Columns: []column{{Width: 30}, {Weight: 1}}, NoHead: true, Bare: true, Rows: [][]cell{
		row("Referral", status, true), row("Why", why, false), row("SART meeting", met, false),
		row("SART case", "opened on "+longDay(p.about.OpenedLast())+": "+opened, false),
	}})
}
