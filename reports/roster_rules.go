package reports

import (
	"cmp"
	"fmt"
	"slices"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
)

// exceptionRow is something a person must look at, from whatever source.
type exceptionRow struct {
	kind, schoolID, studentID, name, subject, problem string
	reject                                            *district.Reject
}

// ExceptionLines is how many lines the roster's Exceptions sheet has.
func ExceptionLines(s *SchoolNight) int { return len(exceptionsOf(s)) }

// exceptionsOf are the lines of a school's Exceptions sheet.
func exceptionsOf(s *SchoolNight) []exceptionRow {
	name := func(id string) string {
		if f := s.File(id); f != nil {
			return f.Student.SortName()
		}
		return ""
	}
	var rows []exceptionRow
	if s.Held != "" {
		rows = append(rows, exceptionRow{kind: "School held", subject: "nothing issued", problem: heldInWords(s.Held, s.Mend)})
	}
	rows = append(rows, exceptionRows(s.Exceptions, s.Rejects, name)...)
	return rows
}

func addExceptions(w *workbook, s *SchoolNight) error {
	rows := exceptionsOf(s)
	columns := slices.DeleteFunc(exceptionColumns(rows), func(c sheetColumn[exceptionRow]) bool { return c.head == "School ID" })
	return addSheet(w, worksheet[exceptionRow]{
		name: "Exceptions", empty: "No exceptions tonight.", columns: columns, tab: "C00000",
	}, slices.Values(rows), len(rows))
}

// heldInWords is why a school is held and how it goes on.
func heldInWords(held, mend string) string { return joinParts("; ", held, mend) }

// exceptionRows puts exceptions and rejected rows into one list; name finds a
// student's, empty where it is not at hand.
func exceptionRows(exceptions []intervention.Exception, rejects []district.Reject, name func(studentID string) string) []exceptionRow {
	rows := make([]exceptionRow, 0, len(exceptions)+len(rejects))
	for _, e := range exceptions {
		rows = append(rows, exceptionRow{
			kind: "Exception", schoolID: e.SchoolID, studentID: e.StudentID, name: name(e.StudentID), subject: e.Subject, problem: e.Problem,
		})
	}
	for i := range rejects {
		r := &rejects[i]
		rows = append(rows, exceptionRow{
			kind: "Rejected row", schoolID: r.SchoolID, studentID: r.StudentID, name: name(r.StudentID), subject: "data", problem: r.Reason, reject: r,
		})
	}
	return rows
}

// exceptionColumns are the columns of these rows: where a rejected row stands in
// the export only if there is one.
func exceptionColumns(rows []exceptionRow) []sheetColumn[exceptionRow] {
	ofReject := func(fact func(*district.Reject) any) func(exceptionRow) any {
		return func(r exceptionRow) any {
			if r.reject == nil {
				return nil
			}
			return fact(r.reject)
		}
	}
	columns := []sheetColumn[exceptionRow]{
		{head: "What", width: 22, value: func(r exceptionRow) any { return r.kind }},
		{head: "School ID", width: 11, value: func(r exceptionRow) any { return r.schoolID }},
		{head: "Student ID", width: 12, value: func(r exceptionRow) any { return r.studentID }},
		{head: "Name", width: 26, look: asWrapped, value: func(r exceptionRow) any { return r.name }},
		{head: "Subject", width: 18, look: asWrapped, value: func(r exceptionRow) any { return r.subject }},
		{head: "Problem and what to do", width: 70, look: asWrapped, value: func(r exceptionRow) any { return r.problem }},
	}
	if !slices.ContainsFunc(rows, func(r exceptionRow) bool { return r.reject != nil }) {
		return columns
	}
	return append(columns, []sheetColumn[exceptionRow]{
		{head: "File", width: 18, value: ofReject(func(r *district.Reject) any { return r.File })},
		{head: "Line", width: 8, value: ofReject(func(r *district.Reject) any {
			if r.Line == 0 {
				return nil
			}
			return r.Line
		})},
		{head: "Column", width: 14, value: ofReject(func(r *district.Reject) any { return r.Column })},
		{head: "Value", width: 24, look: asWrapped, value: ofReject(func(r *district.Reject) any { return r.Value })},
	}...)
}

// ruleRow is one line of the Rules sheet.
type ruleRow struct {
	section, item string
	value         any
}

func addRules(w *workbook, s *SchoolNight) error {
	rows := []ruleRow{
		{"This roster", "District", s.Night.District.Name},
		{"This roster", "School", s.School.ID + " " + s.School.Name},
	}
	rows = append(rows, nightRows(&s.Night)...)
	if s.Held != "" {
		rows = append(rows, ruleRow{"This roster", "Held: nothing was issued", heldInWords(s.Held, s.Mend)})
	}
	if s.Approved != "" {
		rows = append(rows, ruleRow{"This roster", "Approved", s.Approved})
	}
	if !s.Stale.IsZero() {
		rows = append(rows, ruleRow{"This roster", "Attendance through", s.Stale})
	}
	rows = append(rows, countRows(s.Counts)...)
	rows = append(rows, policyRows(&s.Night)...)
	for _, line := range [][2]string{
		{"Order", "Meetings by date, time and room. CART, SART and watch list by absence rate, highest first, then by student ID."},
		{"Absence rate", "Full days absent of every kind, excused and suspension included, divided by days enrolled in the district this school year."},
		{"Absences a month", "Days absent for each 20 days enrolled; 20 school days are a school month, or what the policy says."},
		{"Pending", "Unverified days still inside the time a family has to explain them. They are absences, but no truancy yet."},
		{"Truancy events", "Unexcused full days, and days with more than 30 minutes missed without excuse, at most one event a day."},
		{"Case", "Where the case stands. Cases withdrawn, superseded or of students who left are not listed here; tonight's are under Changes."},
		{"Flags", "Below threshold: the rule no longer holds, but the family was told; decide whether the meeting, or after it the contract or the calls, are still needed. On record: letters of another system that the export shows. Stale: the school's days since were not submitted, so the figures lack them; they are no presence."},
		{"Changes", "Cases that were called off, moved, taken back or fell below their threshold tonight, each with what to do about its letter. History stays: nothing that was mailed is denied."},
		{"Follow-up", followUpLead()},
	} {
		rows = append(rows, ruleRow{"How to read this", line[0], line[1]})
	}
	return addRuleSheet(w, rows)
}

func addRuleSheet(w *workbook, rows []ruleRow) error {
	return addSheet(w, worksheet[ruleRow]{
		name: "Rules", tab: "7F7F7F",
		columns: []sheetColumn[ruleRow]{
			{head: "Section", width: 20, value: func(r ruleRow) any { return r.section }},
			{head: "Item", width: 38, look: asWrapped, value: func(r ruleRow) any { return r.item }},
			{head: "Value", width: 90, look: asFact, value: func(r ruleRow) any { return r.value }},
		},
	}, slices.Values(rows), len(rows))
}

func nightRows(n *Night) []ruleRow {
	return []ruleRow{
		{"This roster", "School year", n.Year.String()},
		{"This roster", "As of (the last day that counts)", n.AsOf},
		{"This roster", "Letters dated", n.Issued},
		{"This roster", "Run", n.RunID},
		{"This roster", "Version", n.Version},
	}
}

// countRows are the night's counts, in words.
func countRows(c night.Counts) []ruleRow {
	counts := []struct {
		words string
		n     int
	}{
		{"Students assessed", c.Students}, {"Chronically absent", c.Chronic}, {"Truant", c.Truant},
		{"New CART cases", c.NewCART}, {"New SART cases", c.NewSART}, {"Cases withdrawn", c.Withdrawn},
		{"CART cases superseded by SART", c.Superseded}, {"Cases below threshold after mailing", c.Flagged},
		{"Open CART cases", c.OpenCART}, {"Open SART cases", c.OpenSART}, {"Cases without a slot", c.Waiting},
		{"Students on the watch list", c.WatchList}, {"Letters to mail", c.LettersMail}, {"Letters to send home", c.LettersStudent},
		{"Meetings booked or changed tonight", c.Meetings}, {"Cases changed tonight", c.Changed},
		{"Students due for referral to SARB", c.SARBDue}, {"Students referred to SARB", c.SARBReferred}, {"Exceptions", c.Exceptions}, {"Rejected rows", c.Rejects},
	}
	rows := make([]ruleRow, len(counts))
	for i, count := range counts {
		rows[i] = ruleRow{"Counts", count.words, count.n}
	}
	return rows
}

// policyRows are the policy's rules and numbers in words.
func policyRows(n *Night) []ruleRow {
	p := &n.Policy
	var from any = "the beginning"
	if !p.From.IsZero() {
		from = p.From
	}
	rows := []ruleRow{{"Policy", "Name", p.Name}, {"Policy", "In force from", from}, {"Policy", "Hash", p.Hash}}
	for _, r := range p.Rules {
		rows = append(rows, ruleRow{"Policy", r.Case + ": " + cmp.Or(r.Name, "rule"), joinParts("\n", r.Plain, r.When)})
	}
	r := p.Numbers
	for _, line := range [][2]string{
		{tierWords(attendance.Satisfactory), fmt.Sprintf("absent less than %d%% of days enrolled", r.AtRiskPercent)},
		{tierWords(attendance.AtRisk), fmt.Sprintf("from %d%%", r.AtRiskPercent)},
		{tierWords(attendance.Chronic), fmt.Sprintf("from %d%%", r.ChronicPercent)},
		{tierWords(attendance.Severe), fmt.Sprintf("from %d%%", r.SeverePercent)},
		{"Chronically absent", fmt.Sprintf("from %d%% and at least %d days enrolled; the state's published rate counts students with more than %d", r.ChronicPercent, r.ChronicMinDays, r.StateMinDays)},
		{"Truant (EC 48260)", fmt.Sprintf("from %d truancy events, at %d to %d years of age", r.TruantEvents, r.CompulsoryFrom, r.CompulsoryTo)},
		{"Late without excuse", fmt.Sprintf("more than %d minutes is a truancy event", r.LateMinutes)},
		{"Unverified absences", fmt.Sprintf("read as unexcused after %d instructional days", r.ClearWindow)},
		{"School month", fmt.Sprintf("%d days enrolled", r.MonthDays)},
	} {
		rows = append(rows, ruleRow{"Policy", line[0], line[1]})
	}
	return rows
}
