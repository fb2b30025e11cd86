package reports

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// ChecklistItem is one thing that a SARB asks for before it takes a referral.
type ChecklistItem struct {
	Name     string
	Evidence []string // what is on record, with its dates
	ToDo     string   // what is missing and how to come by it; empty where nothing is
}

// Missing reports whether the item still has to be done.
func (i ChecklistItem) Missing() bool { return i.ToDo != "" }

// Missing names the items of a checklist that are still to be done.
func Missing(items []ChecklistItem) []string {
	var names []string
	for _, i := range items {
		if i.Missing() {
			names = append(names, i.Name)
		}
	}
	return names
}

// Readiness is the checklist of a referral to the district's SARB, of what the
// export and the record of a student's SART case hold tonight. The board takes a
// student whom the school has reported, told and tried to meet (EC 48262,
// 48263); what districts' own lists ask for beside that is practice.
func Readiness(n *Night, f *StudentFile, c *intervention.Case) []ChecklistItem {
	r := readiness{night: n, StudentFile: f, about: c}
	return []ChecklistItem{
		r.letterOne(), r.furtherLetters(),
		r.mailed(), r.sentHome(), r.proof(),
		r.contacts(), r.homeVisit(), r.conference(), r.contract(), r.interventions(), r.documented(),
		r.address(), r.language(),
		r.printOut(), r.grades(), r.behavior(),
	}
}

type readiness struct {
	night *Night
	*StudentFile
	about *intervention.Case
}

// letterOne is the notice of truancy, whoever made it. Without it a student is no
// habitual or chronic truant in law. (EC 48260.5, 48263.6)
func (r *readiness) letterOne() ChecklistItem {
	item := ChecklistItem{Name: "Letter #1, notice of truancy (EC 48260.5)"}
	for _, l := range r.Student.LettersSent {
		if l.Letter == r.night.Policy.LetterOne {
			item.Evidence = append(item.Evidence, sentWords(l))
		}
	}
	var waiting bool
	holds := item.Evidence != nil
	wrong := -1 // days that still count of a notice that does not hold any more
	for i := range r.Cases {
		for _, l := range r.Cases[i].Letters {
			if l.Kind != intervention.LetterOne || l.Withdrawn || l.Channel != intervention.ByMail {
				continue
			}
			if e, ok := r.Cases[i].GoneOut(&l); ok {
				if r.Cases[i].NoticeTakenBack(&l) {
					item.Evidence = append(item.Evidence, fmt.Sprintf("letter %s of %s was taken back, its days did not count", l.ID, shortDay(l.IssuedOn)))
					continue
				}
				if n := r.stillCount(l.Named); len(l.Named) > 0 && n < attendance.LawTruant {
					wrong = n
				} else {
					holds = true
				}
				item.Evidence = append(item.Evidence, fmt.Sprintf("Letter #1 of %s, mailed on %s, letter %s", shortDay(l.IssuedOn), shortDay(e.On), l.ID))
			} else {
				waiting = true
			}
		}
	}
	switch {
	case holds:
	case wrong >= 0:
		item.ToDo = fmt.Sprintf("of the days it names %d still count, and truancy begins with %d: a notice with the right days has to go out before the referral.", wrong, attendance.LawTruant)
	case waiting:
		item.ToDo = "it was made and is not recorded as mailed: mail it and have it recorded."
	case !r.night.Provided[district.LettersSent]:
		item.ToDo = "the SIS export has no letters_sent: look in the other system, put a copy behind this page, and have the export give them."
	default:
		item.ToDo = "look whether the other system sent it; if not, it has to go out before the referral."
	}
	return item
}

// stillCount is how many days that a notice of truancy names the law still counts.
func (r *readiness) stillCount(named []intervention.NamedDay) int {
	n := 0
	for _, day := range r.UnderLaw {
		if slices.ContainsFunc(named, func(said intervention.NamedDay) bool { return said.Date == day.Date }) {
			n++
		}
	}
	return n
}

// furtherLetters are the reports after the first. (EC 48261)
func (r *readiness) furtherLetters() ChecklistItem {
	item := ChecklistItem{Name: "Further truancy letters (EC 48261)"}
	for _, l := range r.Student.LettersSent {
		if l.Letter != r.night.Policy.LetterOne {
			item.Evidence = append(item.Evidence, sentWords(l))
		}
	}
	if item.Evidence == nil {
		item.ToDo = "no second or third letter is on record: look in the other system and put copies behind this page."
	}
	return item
}

func sentWords(l district.LetterSent) string {
	return joinParts(" ", l.Letter, "on "+orNone(shortDay(l.SentOn)), parenthesised(l.Channel))
}

// invitations are the letters of the case that called the family to the meeting.
func (r *readiness) invitations(channel intervention.Channel) []intervention.Letter {
	var found []intervention.Letter
	for _, l := range r.about.Letters {
		switch l.Kind {
		case intervention.SARTInvitation, intervention.Rescheduled, intervention.SecondInvitation:
			if l.Channel == channel && !l.Withdrawn {
				found = append(found, l)
			}
		}
	}
	return found
}

// wentOut lists the invitations of a channel that are recorded as gone.
func (r *readiness) wentOut(channel intervention.Channel, how string) []string {
	var lines []string
	for _, l := range r.invitations(channel) {
		e, ok := r.about.GoneOut(&l)
		if !ok {
			continue
		}
		line := fmt.Sprintf("%s of %s, %s on %s%s", letterWords(l.Kind), shortDay(l.IssuedOn), how, shortDay(e.On), by(e))
		if !slices.Contains(lines, line) { // two households, one line
			lines = append(lines, line)
		}
	}
	return lines
}

func by(e intervention.Event) string {
	if who := e.Who(); who != "" {
		return " by " + who
	}
	return ""
}

func (r *readiness) mailed() ChecklistItem {
	item := ChecklistItem{Name: "SART invitation mailed", Evidence: r.wentOut(intervention.ByMail, "mailed")}
	switch {
	case item.Evidence != nil:
	case len(r.invitations(intervention.ByMail)) > 0:
		item.ToDo = "it was made and is not recorded as mailed: have the day it went out recorded."
	default:
		item.ToDo = "no letter could be mailed; mend the address, and invite the family again or say on this page how they were invited."
	}
	return item
}

func (r *readiness) sentHome() ChecklistItem {
	item := ChecklistItem{Name: "Copy sent home with the student", Evidence: r.wentOut(intervention.WithStudent, "sent home")}
	if item.Evidence == nil {
		item.ToDo = "not recorded: have the day the student carried it home recorded."
	}
	return item
}

// proof is what shows that each invitation was mailed: the declaration that the
// office signs, and the line of the mailing manifest.
func (r *readiness) proof() ChecklistItem {
	item := ChecklistItem{Name: "Proof of mailing"}
	letters := r.invitations(intervention.ByMail)
	var open []string
	for _, l := range letters {
		e, ok := r.about.GoneOut(&l)
		if !ok {
			open = append(open, l.ID)
			continue
		}
		item.Evidence = append(item.Evidence, fmt.Sprintf("letter %s of the night of %s, recorded as mailed on %s%s", l.ID, madeBy(r.about, l), shortDay(e.On), by(e)))
	}
	if item.Evidence != nil {
		item.Evidence = append(item.Evidence, "to put behind this page: the signed declaration, last page of letters-mail.pdf in that night's folder")
	}
	switch {
	case len(letters) == 0:
		item.ToDo = "no letter was mailed."
	case open != nil:
		item.ToDo = "not recorded as mailed: letter " + strings.Join(open, ", ") + "."
	}
	return item
}

// madeBy is the night that made a letter, which its folder is named for: the last
// that gave the case a place before the letter's date.
func madeBy(c *intervention.Case, l intervention.Letter) district.Date {
	run := c.OpenedLast()
	for _, e := range c.Events {
		if e.Kind == intervention.Scheduled && e.On < l.IssuedOn {
			run = e.On
		}
	}
	return run
}

func (r *readiness) printOut() ChecklistItem {
	st := &r.Standing
	return ChecklistItem{Name: "Attendance print-out", Evidence: []string{fmt.Sprintf("enclosed: absent %d of %s (%s), %s, through %s",
		st.DaysAbsent, count(st.DaysEnrolled, "day", "days"), share(st.DaysAbsent, st.DaysEnrolled),
		intervention.EventsInWords(st.TruancyEvents), shortDay(r.night.AsOf))}}
}

func (r *readiness) grades() ChecklistItem {
	item := ChecklistItem{Name: "Grades"}
	if r.night.leavesOut(GradesSection) {
		item.ToDo = notEnclosed
		return item
	}
	var latest district.Date
	for _, g := range r.Student.Grades {
		latest = max(latest, g.AsOf)
	}
	if n := len(r.Student.Grades); n > 0 {
		item.Evidence = []string{"enclosed: " + count(n, "mark", "marks") + asOf(latest)}
		return item
	}
	item.ToDo = r.missingFile(district.GradesFile, "grades")
	return item
}

func (r *readiness) behavior() ChecklistItem {
	item := ChecklistItem{Name: "Behavior"}
	if r.night.leavesOut(BehaviorSection) {
		item.ToDo = notEnclosed
		return item
	}
	incidents := r.Student.Behavior
	switch {
	case len(incidents) > 0:
		item.Evidence = []string{"enclosed: " + count(len(incidents), "incident", "incidents") + ", the last on " + shortDay(incidents[len(incidents)-1].Date)}
	case r.night.Provided[district.Behavior]:
		item.Evidence = []string{"no incident on record"}
	default:
		item.ToDo = r.missingFile(district.Behavior, "behavior")
	}
	return item
}

// notEnclosed is said of what the district leaves out of every packet.
const notEnclosed = "the district's settings leave it out of this packet; where the board asks for it, print it from the SIS and put it behind this page."

func asOf(d district.Date) string {
	if d.IsZero() {
		return ""
	}
	return ", as of " + shortDay(d)
}

// missingFile says what to do about something the export should hold.
func (r *readiness) missingFile(file district.File, what string) string {
	if r.night.Provided[file] {
		return "none in the SIS export: print the " + what + " from the SIS and put them behind this page."
	}
	return "the SIS export did not provide it: print the " + what + " from the SIS and put them behind this page."
}
