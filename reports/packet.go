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

// Packets are the meeting files of one meeting day in slot order, one bookmark
// a student: what the team has before it when the family comes in, in the order
// of the process, and the contract in two copies. It is made to be printed on
// both sides. A document grows in memory until it is written, so that a
// caller gives at most fifty meetings at once.
func Packets(s *SchoolNight, set *templates.Set, meetings []intervention.Meeting) (PDF, error) {
	ordered := slices.Clone(meetings)
	slices.SortStableFunc(ordered, bySlot)
	paper := newPaper("Meeting files, "+s.School.Name, &s.Night, portrait)
	starts := map[string]int{}
	for _, m := range ordered {
		if m.Cancelled {
			continue
		}
		file := newPacket(paper, s, set, m)
		starts[m.ID] = file.first + 1
		if err := file.add(); err != nil {
			return PDF{}, fmt.Errorf("meeting file of student %s: %w", m.StudentID, err)
		}
	}
	if len(paper.pages) == 0 {
		paper.flow(flowOptions{Head: literal(s.School.Name) + "\tMeeting files"}).text("There are no meetings on this day.")
	}
	made, err := paper.finish()
	made.Starts = starts
	return made, err
}

func bySlot(a, b intervention.Meeting) int {
	return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Start, b.Start), cmp.Compare(a.Room, b.Room), cmp.Compare(a.ID, b.ID))
}

// packet is one student's meeting file being laid out.
type packet struct {
	*flow
	school  *SchoolNight
	set     *templates.Set
	file    *StudentFile
	meeting intervention.Meeting
	about   *intervention.Case // nil where the meeting has none on file
	unknown bool               // the night holds nothing of the student
	// referral is why the packet is made for the SARB; nil in a meeting file.
	referral *Referral
}

func newPacket(paper *paper, s *SchoolNight, set *templates.Set, m intervention.Meeting) *packet {
	p := &packet{school: s, set: set, file: s.File(m.StudentID), meeting: m}
	if p.file == nil {
		// The family is coming all the same: the team gets the forms.
		p.file, p.unknown = &StudentFile{Student: district.Student{ID: m.StudentID}}, true
	}
	p.about = p.file.Case(m.CaseID)
	if p.about == nil {
		for i := range p.file.Cases {
			if c := &p.file.Cases[i]; c.Kind == m.Kind && stands(c) {
				p.about = c
			}
		}
	}
	st := &p.file.Student
	p.flow = paper.flow(flowOptions{
		Head:     p.head(),
		Foot:     literal(fmt.Sprintf("%s meeting file · school year %s · data through %s", m.Kind, s.Night.Year, longDay(s.Night.AsOf))) + "\tPage {page} of {pages}",
		Bookmark: fmt.Sprintf("%s %s (%s)", clockOrNone(m), st.SortName(), st.ID),
		Size:     9.5,
		Front:    true,
	})
	return p
}

// head is the running head: whose file it is.
func (p *packet) head() string { return p.whose() + "\tConfidential student record" }

// whose names the student at the head of a page.
func (p *packet) whose() string {
	st := &p.file.Student
	return literal(fmt.Sprintf("%s · ID %s · grade %s · %s", st.SortName(), st.ID, p.file.grade(), p.school.School.Name))
}

// add lays out the sections in the order of the process. Each begins with its
// heading and says so when it has nothing to show.
func (p *packet) add() error {
	p.fewestPages(p.faceSheet)
	p.newPage()
	p.printOut()
	p.fewestPages(p.records)
	if err := p.meetingNotes(); err != nil {
		return err
	}
	return p.contract()
}

// records are the sections that come from elsewhere, and what was tried so far.
func (p *packet) records() {
	for _, part := range []struct {
		name Section
		lay  func()
	}{
		{AttendanceNotesSection, p.attendanceNotes}, {GradesSection, p.grades},
		{MissingAssignmentsSection, p.missingAssignments}, {BehaviorSection, p.behavior},
	} {
		if !p.school.Night.leavesOut(part.name) {
			part.lay()
		}
	}
	p.soFar()
}

// nothing says why a section is empty: nothing happened, or nobody told us.
func (p *packet) nothing(file district.File) {
	if p.school.Night.Provided[file] {
		p.text("None on record.", setting{ink: grey, face: italic})
	} else {
		p.text("The SIS export did not provide it.", setting{ink: grey, face: italic})
	}
}

// literal makes data safe in a running head or foot, where a tab and the words
// {page} and {pages} mean something.
func literal(s string) string {
	// The word joiner has no glyph and is not drawn.
	return strings.NewReplacer("\t", " ", "{", "{\u2060").Replace(s)
}

func clockOrNone(m intervention.Meeting) string {
	if m.Date.IsZero() {
		return "no time"
	}
	return m.Start.String()
}

func longDay(d district.Date) string { return templates.Day(templates.English, d) }

func shortDay(d district.Date) string { return templates.ShortDay(templates.English, d) }

// orNone shows that a field is known to be empty.
func orNone(s string) string {
	if strings.TrimSpace(s) == "" {
		return "–"
	}
	return s
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// count is a number with its noun: "1 day", "3 days".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// share is n of d in percent with one decimal, as a person would round it.
func share(n, d int) string { return templates.Percent(templates.English, n, d) }
