package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// caseRow is one case of a school's roster.
type caseRow struct {
	night *SchoolNight
	file  *StudentFile
	*intervention.Case
}

// caseRows are the school's cases that pass keep, highest rate first, then by
// student.
func caseRows(s *SchoolNight, keep func(*intervention.Case) bool) []caseRow {
	var rows []caseRow
	for i := range s.Files {
		f := &s.Files[i]
		for j := range f.Cases {
			if keep(&f.Cases[j]) {
				rows = append(rows, caseRow{night: s, file: f, Case: &f.Cases[j]})
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b caseRow) int {
		return cmp.Or(byRate(&a.file.Standing, &b.file.Standing), cmp.Compare(a.file.Student.ID, b.file.Student.ID), cmp.Compare(a.ID, b.ID))
	})
	return rows
}

// words say where the case stands, with its round from the second on.
func (r caseRow) words() string {
	if r.Round > 1 {
		return fmt.Sprintf("%s (round %d)", r.State().Words(), r.Round)
	}
	return r.State().Words()
}

// stands reports a case that was not called off: cases withdrawn, superseded or
// of students who left are the district's record, not the school's work.
func stands(c *intervention.Case) bool {
	switch c.State() {
	case intervention.StateWithdrawn, intervention.StateSuperseded, intervention.StateLeft:
		return false
	}
	return true
}

func addCases(w *workbook, s *SchoolNight, kind intervention.Kind, tab string) error {
	rows := caseRows(s, func(c *intervention.Case) bool { return c.Kind == kind && stands(c) })
	columns := slices.Concat(
		studentColumns(func(r caseRow) *StudentFile { return r.file }),
		standingColumns(func(r caseRow) *attendance.Standing { return &r.file.Standing }),
		[]sheetColumn[caseRow]{
			{head: "Case", width: 15, look: asWrapped, value: func(r caseRow) any { return r.words() }},
			{head: "Opened on", width: 10.5, value: func(r caseRow) any { return r.OpenedOn }},
			{head: "Reason", width: 24, look: asWrapped, value: func(r caseRow) any { return reasonInWords(r.Reason) }},
			{head: "Dates counted", width: 22, look: asWrapped, value: func(r caseRow) any { return shortDates(r.Reason.Dates) }},
			{head: "Meeting date", width: 10.5, value: func(r caseRow) any { return onMeeting(r.Case, func(m *intervention.Meeting) any { return m.Date }) }},
			{head: "Meeting time", width: 9.5, value: func(r caseRow) any { return onMeeting(r.Case, func(m *intervention.Meeting) any { return m.Start }) }},
			{head: "Letters", width: 34, look: asWrapped, value: func(r caseRow) any { return lettersInWords(r.Case) }},
			{head: "Flags", width: 22, look: asWrapped, value: func(r caseRow) any { return r.flags() }},
		})
	return addSheet(w, worksheet[caseRow]{
		name: string(kind), empty: fmt.Sprintf("No %s cases tonight.", kind), columns: columns, frozen: 2, tab: tab,
	}, slices.Values(rows), len(rows))
}

func addWatchList(w *workbook, s *SchoolNight) error {
	var rows []*StudentFile
	for i := range s.Files {
		if s.Files[i].Watch != nil {
			rows = append(rows, &s.Files[i])
		}
	}
	slices.SortStableFunc(rows, func(a, b *StudentFile) int {
		return cmp.Or(byRate(&a.Standing, &b.Standing), cmp.Compare(a.Student.ID, b.Student.ID))
	})
	columns := slices.Concat(
		studentColumns(func(f *StudentFile) *StudentFile { return f }),
		standingColumns(func(f *StudentFile) *attendance.Standing { return &f.Standing }),
		[]sheetColumn[*StudentFile]{
			{head: "Reason", width: 42, look: asWrapped, value: func(f *StudentFile) any { return reasonInWords(*f.Watch) }},
			{head: "Dates counted", width: 24, look: asWrapped, value: func(f *StudentFile) any { return shortDates(f.Watch.Dates) }},
			{head: "Flags", width: 22, look: asWrapped, value: func(f *StudentFile) any { return s.StaleWords(f) }},
		})
	return addSheet(w, worksheet[*StudentFile]{
		name: "Watch list", empty: "Nobody is on the watch list tonight.", columns: columns, frozen: 2, tab: "BF9000",
	}, slices.Values(rows), len(rows))
}

// studentColumns say who the row is about.
func studentColumns[T any](of func(T) *StudentFile) []sheetColumn[T] {
	return []sheetColumn[T]{
		{head: "Student ID", width: 11, value: func(r T) any { return of(r).Student.ID }},
		{head: "Name", width: 20, look: asWrapped, value: func(r T) any { return of(r).Student.SortName() }},
		{head: "Grade", width: 5, value: func(r T) any { return of(r).grade() }},
		{head: "Homeroom", width: 10.5, value: func(r T) any { return of(r).Enrollment.Homeroom }},
		{head: "Teacher", width: 14, look: asWrapped, value: func(r T) any { return of(r).Enrollment.HomeroomTeacher }},
		{head: "Family language", width: 11, value: func(r T) any { return of(r).familyLanguage() }},
	}
}

// standingColumns are the figures of a standing; of a student who has left there
// are none tonight.
func standingColumns[T any](of func(T) *attendance.Standing) []sheetColumn[T] {
	column := func(head string, width float64, value func(*attendance.Standing) any) sheetColumn[T] {
		return sheetColumn[T]{head: head, width: width, value: func(r T) any {
			if s := of(r); s.StudentID != "" {
				return value(s)
			}
			return nil
		}}
	}
	return []sheetColumn[T]{
		column("Days enrolled", 5, func(s *attendance.Standing) any { return s.DaysEnrolled }),
		column("Days absent", 5, func(s *attendance.Standing) any { return s.DaysAbsent }),
		column("Excused", 5, func(s *attendance.Standing) any { return s.DaysExcused }),
		column("Unexcused", 5, func(s *attendance.Standing) any { return s.DaysUnexcused }),
		column("Pending", 5, func(s *attendance.Standing) any { return s.DaysPending }),
		column("Suspended", 5, func(s *attendance.Standing) any { return s.DaysSuspended }),
		column("Independent study incomplete", 6, func(s *attendance.Standing) any { return s.DaysIndependentStudyIncomplete }),
		column("Truancy events", 5, func(s *attendance.Standing) any { return s.TruancyEvents }),
		column(rateHead, 8, func(s *attendance.Standing) any { return rate(s.AbsenceRate()) }),
		column("Absences a month", 6, func(s *attendance.Standing) any { return tenths(s.AbsencesPerMonth()) }),
		column(tierHead, 11, func(s *attendance.Standing) any { return tierWords(s.Tier) }),
	}
}

// onMeeting is a fact of the meeting booked now; nothing where none is.
func onMeeting(c *intervention.Case, fact func(*intervention.Meeting) any) any {
	if c.Meeting == nil || c.Meeting.Cancelled {
		return nil
	}
	return fact(c.Meeting)
}

// reasonInWords is the rule with its numbers, which begins with the rule's name.
func reasonInWords(r intervention.Reason) string {
	return cmp.Or(r.Words, strings.TrimPrefix(r.Rule+": "+r.Expr, ": "))
}

// lettersInWords lists the letters that stand, one line a kind and day: "SART
// invitation 10/16/2026 (2 mailed 10/17/2026; 1 copy, not yet recorded as sent
// home)". What nobody recorded is not said to be on its way.
func lettersInWords(c *intervention.Case) string {
	type issue struct {
		kind intervention.LetterKind
		on   district.Date
	}
	var order []issue
	count := map[issue][2]int{}
	sent := map[issue][2]district.Date{}
	for i := range c.Letters {
		l := &c.Letters[i]
		if l.Withdrawn {
			continue
		}
		key, way := issue{l.Kind, l.IssuedOn}, 0
		if l.Channel == intervention.WithStudent {
			way = 1
		}
		n, seen := count[key]
		if !seen {
			order = append(order, key)
		}
		n[way]++
		on := sent[key]
		on[way] = c.SentOn(l)
		count[key], sent[key] = n, on
	}
	lines := make([]string, len(order))
	for i, key := range order {
		n, on := count[key], sent[key]
		mailed, carried := "", ""
		switch {
		case n[0] > 0 && on[0].IsZero():
			mailed = fmt.Sprintf("%d issued, not yet recorded as mailed", n[0])
		case n[0] > 0:
			mailed = fmt.Sprintf("%d mailed %s", n[0], on[0].Format("1/2/2006"))
		}
		switch {
		case n[1] > 0 && on[1].IsZero():
			carried = fmt.Sprintf("%d copy, not yet recorded as sent home", n[1])
		case n[1] > 0:
			carried = fmt.Sprintf("%d copy sent home %s", n[1], on[1].Format("1/2/2006"))
		}
		lines[i] = fmt.Sprintf("%s %s (%s)", letterWords(key.kind), key.on.Format("1/2/2006"), joinParts("; ", mailed, carried))
	}
	return strings.Join(lines, "\n")
}

// letterWords is a kind of letter as people call it.
func letterWords(k intervention.LetterKind) string {
	switch k {
	case intervention.CARTInvitation:
		return "CART invitation"
	case intervention.SARTInvitation:
		return "SART invitation"
	case intervention.Rescheduled:
		return "Rescheduled meeting"
	case intervention.SecondInvitation:
		return "Second invitation"
	case intervention.LetterOne:
		return "Letter #1"
	case intervention.SARBNotice:
		return "SARB referral notice"
	case intervention.Retraction:
		return "Letter of retraction"
	}
	return string(k)
}

// letterOneSubject is what decide calls an exception about the notice of truancy.
const letterOneSubject = "Letter #1"

// flags say what a person should look at before the meeting.
func (r caseRow) flags() string {
	var flags []string
	other := false
	missing := r.Kind == intervention.SART && len(r.file.Student.LettersSent) == 0 &&
		!slices.ContainsFunc(r.Letters, func(l intervention.Letter) bool { return l.Kind == intervention.LetterOne && !l.Withdrawn })
	for _, e := range r.night.Exceptions {
		switch {
		case e.StudentID != r.file.Student.ID:
		case e.Subject == letterOneSubject:
			missing = true
		default:
			other = true
		}
	}
	if stale := r.night.StaleWords(r.file); stale != "" {
		flags = append(flags, stale)
	}
	if r.NeedsReview() {
		flags = append(flags, "below threshold, review")
	}
	if expects := r.night.canExpect(r.Case); expects != "" {
		flags = append(flags, "waits for a place; can expect: "+expects)
	}
	if missing {
		flags = append(flags, "Letter #1 missing")
	}
	for _, l := range r.file.Student.LettersSent {
		flags = append(flags, strings.TrimSpace("on record: "+l.Letter+" "+l.SentOn.Format("1/2/2006")))
	}
	if other {
		flags = append(flags, "see Exceptions")
	}
	return strings.Join(flags, "\n")
}
