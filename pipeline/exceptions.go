package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/reports"
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
			add(a.Case.StudentID, "held", "would %s a %s case: %s", a.Kind, a.Case.Kind, a.Why)
		}
	}
	if office := s.Settings.Office; office.Street == "" && slices.ContainsFunc(s.Due, func(l reports.LetterDue) bool { return l.Letter.Kind == intervention.SARBNotice }) {
		add("", "address", "a SARB referral notice must give the board's address (EC 48263): fill in district.street in rollcall.yaml before it goes out")
	}
	for i := range s.Entries {
		e := &s.Entries[i]
		if !openHere(s.Cases[e.Student.ID], school) {
			continue
		}
		reach(e.Student, add)
	}
	out = append(out, s.Decision.Exceptions...)
	slices.SortStableFunc(out, func(a, b intervention.Exception) int { return cmp.Compare(a.StudentID, b.StudentID) })
	return out
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

func openHere(cases []*intervention.Case, school string) bool {
	return slices.ContainsFunc(cases, func(c *intervention.Case) bool { return c.SchoolID == school && c.IsOpen() })
}

// reach says what keeps a letter from a student's family.
func reach(s *district.Student, add func(student, subject, format string, args ...any)) {
	households := s.Households()
	usable := 0
	for _, h := range households {
		switch {
		case h.Address.Usable():
			usable++
		default:
			add(s.ID, "address", "no letter by mail for contact %s: %s missing; mend it in the SIS", h.Adults[0].ID, strings.Join(h.Address.Missing(), ", "))
		}
		if !district.IsEnglish(h.Language) && !district.IsSpanish(h.Language) {
			add(s.ID, "language", "household speaks %s: the letter is in English with the line about an interpreter; arrange one", h.Language)
		}
	}
	if len(households) == 0 {
		add(s.ID, "address", "no contact receives mail: only the student carries a letter home")
	}
	var unprintable []rune
	texts := []string{s.LastName, s.FirstName, s.MiddleName, s.PreferredName}
	for _, c := range s.Contacts {
		texts = append(texts, c.Name, c.Street, c.Unit, c.City)
	}
	for _, t := range texts {
		for _, r := range reports.MissingGlyphs(t) {
			if !slices.Contains(unprintable, r) {
				unprintable = append(unprintable, r)
			}
		}
	}
	if len(unprintable) > 0 {
		add(s.ID, "characters", "the font has no %q: write the name or address in Latin letters before the letter goes out", unprintable)
	}
}
