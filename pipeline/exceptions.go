package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/reports"
	"rollcall/templates"
)

// exceptions are what a person must look at before the papers are right:
// decide's, and what stands in the way of a letter reaching a family. They are
// listed again each night until they are mended.
func (s Scheduled) exceptions() []intervention.Exception {
	school := s.Snapshot.School.ID
	var out []intervention.Exception
	add := func(student, subject, format string, args ...any) {
		out = append(out, intervention.Exception{StudentID: student, SchoolID: school, Subject: subject, Problem: fmt.Sprintf(format, args...)})
	}
	for _, role := range []district.Role{district.Admin, district.OfficeManager, district.AttendanceSpecialist} {
		if len(s.District.StaffOf(school, role)) == 0 {
			add("", "staff", "no %s in staff: nobody gets that mail; add a row for this school", strings.ToLower(role.Label()))
		}
	}
	if s.Held != "" {
		add("", "held", "%s; nothing was issued tonight%s", s.Held, s.standing())
		for _, a := range s.Decision.Actions {
			add(a.Case.StudentID, "held", "would %s a %s case: %s%s", a.Kind, a.Case.Kind, a.Why, s.oldDoor(a))
		}
	}
	if n := len(s.Gaps); n > 0 {
		days := make([]string, n)
		for i, day := range s.Gaps {
			days[i] = dayWords(day)
		}
		add("", "attendance", "no attendance rows of the school for %s, although later days have some: those days were not submitted, and nothing is taken back for want of them; have them entered and exported", strings.Join(days, ", "))
	}
	for _, f := range s.Settings.Refused {
		if f.SchoolID == school {
			add("", "follow-up", "nothing of the filled-in roster %s is on record: cells of it are to be mended; ask %s, for the copy in which they are red, mend it and give it back", f.Name, reports.Recorders)
		}
	}
	for _, words := range s.unrecorded() {
		add("", mailingSubject, "%s", words)
	}
	if office := s.Settings.Office; office.Street == "" && slices.ContainsFunc(s.Due, func(l reports.LetterDue) bool { return l.Letter.Kind == intervention.SARBNotice }) {
		add("", "address", "a SARB referral notice must give the board's address (EC 48263): ask %s, to put the street of the district office into its settings before it goes out", reports.Recorders)
	}
	if len(s.Crowded) > 0 && s.awaitsSART() {
		_, latest := s.horizon(school)
		add("", "meeting days", "no SART day could be given before %s: the Attendance Specialist is at %s; name another specialist in staff, or other days for this school",
			dayWords(latest), strings.Join(s.Crowded, ", "))
	}
	for i := range s.Entries {
		e := &s.Entries[i]
		if c := openHere(s.Cases[e.Student.ID], school); c != nil {
			s.reach(e.Student, c, add)
		}
		for _, c := range s.Cases[e.Student.ID] {
			if words := addressDue(c, e.Student); words != "" && e.Enrollment.SchoolID == school {
				add(e.Student.ID, "address", "%s", words)
				break
			}
		}
	}
	for _, c := range s.all() {
		if words := contractDue(c); words != "" && c.SchoolID == school {
			add(c.StudentID, contractSubject, "%s", words)
		}
		if words := documentationDue(c); words != "" && c.SchoolID == school {
			add(c.StudentID, documentedSubject, "%s", words)
		}
	}
	out = append(out, s.Decision.Exceptions...)
	slices.SortStableFunc(out, func(a, b intervention.Exception) int { return cmp.Compare(a.StudentID, b.StudentID) })
	return out
}

// oldDoor asks for a call where a held night cannot write to a family that has a
// letter of a meeting at the school before; empty elsewhere.
func (s Scheduled) oldDoor(a intervention.Action) string {
	if a.Kind != intervention.Move || !a.Case.Told() {
		return ""
	}
	m := a.Case.CalledOffUnsaid(s.Run.AsOf)
	if m == nil && a.Case.IsBooked() {
		m = a.Case.Meeting
	}
	if m == nil {
		return ""
	}
	return fmt.Sprintf("; the family has a letter of the meeting on %s at school %s: call them, it is not held there", dayWords(m.Date), m.SchoolID)
}

// awaitsSART reports whether a SART case of the school has no place yet, or would
// be opened were the school not held.
func (s Scheduled) awaitsSART() bool {
	for _, cases := range s.Cases {
		if slices.ContainsFunc(cases, func(c *intervention.Case) bool {
			return c.Kind == intervention.SART && c.SchoolID == s.Snapshot.School.ID && c.IsOpen() && !c.IsBooked() && c.AwaitsMeeting()
		}) {
			return true
		}
	}
	return s.Held != "" && slices.ContainsFunc(s.Decision.Actions, func(a intervention.Action) bool {
		return a.Kind == intervention.Open && a.Case.Kind == intervention.SART
	})
}

// standing says how many meetings a held night leaves as they are.
func (s Scheduled) standing() string {
	switch n := len(s.Booked); n {
	case 0:
		return ""
	case 1:
		return ", and the meeting that is booked stands"
	default:
		return fmt.Sprintf(", and the %d meetings that are booked stand", n)
	}
}

// openHere is the open case at a school that a letter is or will be about: one
// with a meeting before one that waits. It is nil where there is none.
func openHere(cases []*intervention.Case, school string) *intervention.Case {
	var open *intervention.Case
	for _, c := range cases {
		if c.SchoolID == school && c.IsOpen() && (open == nil || c.IsBooked()) {
			open = c
		}
	}
	return open
}

// reach says what keeps a letter of a case from a student's family. Of a case
// that waits there is no letter yet, and of one behind its meeting none to come.
func (s Scheduled) reach(st *district.Student, c *intervention.Case, add func(student, subject, format string, args ...any)) {
	waits := c.AwaitsMeeting() && !c.IsBooked()
	booked := c.IsBooked() && c.Meeting != nil && c.Meeting.Date > s.Run.AsOf
	households := st.Households()
	for _, h := range households {
		if lacks := strings.Join(h.Address.Missing(), ", "); lacks != "" {
			switch who := h.Adults[0].ID; {
			case waits:
				add(st.ID, "address", "no letter by mail can be made for contact %s until the SIS has what is missing: %s", who, lacks)
			case booked:
				add(st.ID, "address", "no letter by mail was made for contact %s: %s missing; %s", who, lacks, s.mend(c))
			default:
				add(st.ID, "address", "contact %s: %s missing; mend it in the SIS before the next letter", who, lacks)
			}
		}
		if !district.IsEnglish(h.Language) && !district.IsSpanish(h.Language) {
			add(st.ID, "language", "household speaks %s: %s", templates.LanguageName(h.Language), inEnglish(h.Language, c, waits, booked))
		}
	}
	switch {
	case len(households) > 0:
	case waits:
		add(st.ID, "address", "no contact receives mail: no letter by mail can be made until the SIS names one; the student will carry a copy home")
	case booked:
		add(st.ID, "address", "no contact receives mail: only the student carries a letter home; %s", s.mend(c))
	default:
		add(st.ID, "address", "no contact receives mail: name one in the SIS before the next letter")
	}
	if lost := unprintable(st); len(lost) > 0 {
		add(st.ID, "characters", "the font has no %q and prints a mark for each: write them into the papers by hand, and the name or address in Latin letters into the SIS", lost)
	}
}

// mend is what can still be done for a household that no letter could be made
// for.
func (s Scheduled) mend(c *intervention.Case) string {
	school := s.Snapshot.School.ID
	if next := s.District.Calendars[school].After(s.Issued(school), 1); next.IsZero() || c.Meeting.Date <= next {
		return "there is no time left for a letter: call the family"
	}
	return "mend it in the SIS, and the next night makes the letter"
}

// inEnglish says how a family whose language no letter is written in is told of
// a meeting.
func inEnglish(language string, c *intervention.Case, waits, booked bool) string {
	line := "the line about an interpreter"
	if own := templates.OwnName(language); len(reports.MissingGlyphs(own)) > 0 {
		line += fmt.Sprintf(", in English too (%s cannot be printed)", own)
	}
	switch {
	case waits:
		return "the letter will be in English with " + line + "; book an interpreter once the meeting has its day"
	case booked:
		return fmt.Sprintf("the letter is in English with %s; book an interpreter for %s", line, c.Meeting.Date)
	}
	return "have an interpreter for the calls and the contract"
}

// unprintable are the characters of a student's names and addresses that the
// typeface lacks, each once.
func unprintable(st *district.Student) []rune {
	var lost []rune
	texts := []string{st.LastName, st.FirstName, st.MiddleName, st.PreferredName}
	for _, c := range st.Contacts {
		texts = append(texts, c.Name, c.Street, c.Unit, c.City)
	}
	for _, t := range texts {
		for _, r := range reports.MissingGlyphs(t) {
			if !slices.Contains(lost, r) {
				lost = append(lost, r)
			}
		}
	}
	return lost
}
