package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/reports"
)

// The subjects of exceptions about what nobody has put on record yet.
const (
	mailingSubject    = "mailing"
	contractSubject   = "contract"
	documentedSubject = "documented"
)

// mostNights is how many nights and channels are named one by one.
const mostNights = 5

// all are the school's cases after tonight, in the order of the students, those
// who are not in the export last.
func (s Scheduled) all() []*intervention.Case {
	var cases []*intervention.Case
	for i := range s.Entries {
		cases = append(cases, s.Cases[s.Entries[i].Student.ID]...)
	}
	for i := range s.Missing {
		cases = append(cases, &s.Missing[i])
	}
	return cases
}

// unrecorded says of which nights letters are not recorded as gone out, the oldest
// first, and how to mend it.
func (s Scheduled) unrecorded() []string {
	school := s.Snapshot.School.ID
	var lines []string
	rest := map[string]bool{}
	for _, u := range intervention.UnrecordedLetters(s.all(), school, s.Run.AsOf) {
		if len(lines) >= mostNights {
			rest[u.RunID] = true
			continue
		}
		what, gone := counted(u.Letters, "letter", "letters"), u.Channel.SaysSent()
		if u.Channel == intervention.WithStudent {
			what = counted(u.Letters, "student's copy", "students' copies")
		}
		are := "are"
		if u.Letters == 1 {
			are = "is"
		}
		command := reports.RecordCommand(gone.Command(), school, u.RunID)
		if u.Case != "" {
			command = intervention.RecordCommand(gone, u.Case, "--run "+u.RunID)
		}
		lines = append(lines, fmt.Sprintf("%s dated %s %s not recorded as %s%s. Ask %s, to record it, with --on and the day it was: %s",
			what, dayWords(u.IssuedOn), are, gone.Words(), atRisk(u), reports.Recorders, command))
	}
	if len(rest) > 0 {
		lines = append(lines, fmt.Sprintf("and %s of which letters are not recorded as gone out", counted(len(rest), "more night", "more nights")))
	}
	return lines
}

// atRisk says what may become of letters that nobody has recorded.
func atRisk(u intervention.Unrecorded) string {
	them := "them"
	switch {
	case u.InOffice == 0:
		return ""
	case u.InOffice < u.Letters:
		them = fmt.Sprintf("%d of them", u.InOffice)
	case u.Letters == 1:
		them = "it"
	}
	return fmt.Sprintf(", and until that is done the next night may withdraw %s, in the post or not", them)
}

// contractDue says what is to be recorded of a case whose meeting was held or
// missed, empty where nothing is: without it no case goes on.
func contractDue(c *intervention.Case) string {
	command := func(kind intervention.EventKind, flags ...string) string {
		return intervention.RecordCommand(kind, c.ID, flags...)
	}
	byPhone := command(intervention.Completed, "--method phone --at TIME --agrees")
	switch c.State() {
	case intervention.StateHeld:
		return fmt.Sprintf("the %s meeting was held on %s: record the contract, %s, or, where the family agreed later by phone, %s; without it the case does not go on, and no %s comes of it",
			c.Kind, dayWords(c.DayOf(intervention.Held)), command(intervention.Completed), byPhone, comesOf(c.Kind))
	case intervention.StateNoShow:
		calls := "no call is on record"
		if n := c.CallsSince(); n > 0 {
			calls = fmt.Sprintf("%s on record", counted(n, "call is", "calls are"))
		}
		return fmt.Sprintf("the family did not come to the %s meeting on %s: %s; call and record each, %s, then the contract agreed by phone, %s, or that another day is asked for, %s",
			c.Kind, dayWords(c.DayOf(intervention.NoShow)), calls, command(intervention.Attempt), byPhone, command(intervention.Postponed))
	}
	return ""
}

// documentationDue says that a contract has yet to be entered in the SIS, empty where
// none has: the seed's last step of a meeting.
func documentationDue(c *intervention.Case) string {
	if c.State() != intervention.StateCompleted {
		return ""
	}
	return fmt.Sprintf("the %s contract was agreed on %s and is not on record as entered in the SIS: enter the meeting in Interventions, then record that, %s",
		c.Kind, dayWords(c.DayOf(intervention.Completed)), intervention.RecordCommand(intervention.Documented, c.ID))
}

// addressDue says that a family has given another address than the SIS has, empty
// where none has or the export has changed since: letters go where the SIS says.
func addressDue(c *intervention.Case, st *district.Student) string {
	for _, e := range slices.Backward(c.Events) {
		switch given := e.Facts.NewAddress; {
		case e.Facts.Address == "":
			continue
		case given == "" || slices.ContainsFunc(st.Contacts, func(a district.Contact) bool { return livesAt(&a, given) }) || moved(c, st):
			return ""
		default:
			return fmt.Sprintf("on %s the family gave a new address, %s: enter it in the SIS; until the export shows it, letters go to the old one", dayWords(e.On), given)
		}
	}
	return ""
}

// moved reports whether no household of the export has an address any more that a
// letter of the case was mailed to.
func moved(c *intervention.Case, st *district.Student) bool {
	mailed := false
	for i := range c.Letters {
		l := &c.Letters[i]
		if l.Channel != intervention.ByMail {
			continue
		}
		mailed = true
		for _, h := range st.Households() {
			if h.Address.Usable() && strings.HasSuffix(l.SentTo, h.Address.Line()) {
				return false
			}
		}
	}
	return mailed
}

// livesAt reports whether a contact's house number, and a word of the street, are in
// an address that a person wrote down.
func livesAt(a *district.Contact, written string) bool {
	words := func(s string) []string {
		return strings.FieldsFunc(strings.ToUpper(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	number := func(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }
	street, in := words(a.Street), words(written)
	i := slices.IndexFunc(street, number)
	return i >= 0 && slices.Contains(in, street[i]) && slices.ContainsFunc(street, func(word string) bool {
		return len(word) > 2 && !number(word) && !slices.Contains(streetTypes, word) && slices.Contains(in, word)
	})
}

// streetTypes are words that two streets may share.
var streetTypes = []string{"STREET", "AVE", "AVENUE", "ROAD", "LANE", "DRIVE", "WAY", "COURT", "PLACE", "CIRCLE", "BLVD", "BOULEVARD", "TRAIL", "TERRACE"}

// dayWords name a day of this school year as people say it.
func dayWords(d district.Date) string { return d.Format("Mon Jan 2") }

// comesOf is what a case leads to where absences go on.
func comesOf(kind intervention.Kind) string {
	if kind == intervention.SART {
		return "referral to the SARB"
	}
	return "further meeting"
}

// subject are the night's exceptions of a subject.
func subject(s *reports.SchoolNight, name string) []intervention.Exception {
	var found []intervention.Exception
	for _, x := range s.Exceptions {
		if x.Subject == name {
			found = append(found, x)
		}
	}
	return found
}
