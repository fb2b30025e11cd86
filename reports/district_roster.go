package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/attendance"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

// DistrictRoster is district/roster.xlsx: the schools and grades side by side,
// every case, referral and letter, what needs a person, and the months. Cases
// and letters are streamed, so that a district of a hundred thousand students
// needs seconds.
func DistrictRoster(d *DistrictNight) ([]byte, error) {
	w, err := newWorkbook(&d.Night, d.Night.District.Name, "District attendance roster, "+d.Night.Year.String())
	if err != nil {
		return nil, fmt.Errorf("district roster: %w", err)
	}
	for _, add := range []func(*workbook, *DistrictNight) error{
		addSummary, addAllCases, addReferrals, addLetters, addDistrictExceptions, addTrends, addDistrictRules,
	} {
		if err := add(w, d); err != nil {
			return nil, fmt.Errorf("district roster: %w", err)
		}
	}
	out, err := w.bytes()
	if err != nil {
		return nil, fmt.Errorf("district roster: %w", err)
	}
	return out, nil
}

// schoolNames finds a school's name by ID.
func schoolNames(d *DistrictNight) map[string]string {
	names := make(map[string]string, len(d.Schools))
	for _, s := range d.Schools {
		names[s.School.ID] = s.School.Name
	}
	return names
}

func caseLineColumns(d *DistrictNight) []sheetColumn[*CaseLine] {
	names := schoolNames(d)
	return slices.Concat(
		[]sheetColumn[*CaseLine]{
			{head: "School ID", width: 9, value: func(c *CaseLine) any { return c.SchoolID }},
			{head: "School", width: 30, look: asWrapped, value: func(c *CaseLine) any { return names[c.SchoolID] }},
			{head: "Student ID", width: 11, value: func(c *CaseLine) any { return c.StudentID }},
			{head: "Name", width: 22, look: asWrapped, value: func(c *CaseLine) any { return c.Name }},
			{head: "Grade", width: 5, value: func(c *CaseLine) any { return c.Grade }},
			{head: "Kind", width: 7.5, value: func(c *CaseLine) any { return string(c.Case.Kind) }},
			{head: "Case", width: 17, look: asWrapped, value: func(c *CaseLine) any { return c.Case.State().Words() }},
			{head: "Round", width: 5, value: func(c *CaseLine) any { return c.Case.Round }},
			{head: "Opened on", width: 10.5, value: func(c *CaseLine) any { return c.Case.OpenedOn }},
		},
		standingColumns(func(c *CaseLine) *attendance.Standing { return &c.Standing }),
		[]sheetColumn[*CaseLine]{
			{head: "Reason", width: 24, look: asWrapped, value: func(c *CaseLine) any { return reasonInWords(c.Case.Reason) }},
			{head: "Meeting date", width: 10.5, value: func(c *CaseLine) any { return onMeeting(&c.Case, func(m *intervention.Meeting) any { return m.Date }) }},
			{head: "Meeting time", width: 9.5, value: func(c *CaseLine) any { return onMeeting(&c.Case, func(m *intervention.Meeting) any { return m.Start }) }},
			{head: "Flags", width: 20, look: asWrapped, value: func(c *CaseLine) any {
				review := ""
				if c.Case.NeedsReview() {
					review = "below threshold, review"
				}
				return joinParts("\n", c.Stale, review)
			}},
			{head: "Case ID", width: 22, value: func(c *CaseLine) any { return c.Case.ID }},
		})
}

func addAllCases(w *workbook, d *DistrictNight) error {
	return addSheet(w, worksheet[*CaseLine]{
		name: "All cases", empty: "No cases tonight.", columns: caseLineColumns(d), frozen: 4, tab: "C55A11",
	}, func(yield func(*CaseLine) bool) {
		for i := range d.Cases {
			if !yield(&d.Cases[i]) {
				return
			}
		}
	}, len(d.Cases))
}

// studentNames finds the names of students with a case.
func studentNames(d *DistrictNight) map[string]string {
	names := make(map[string]string, len(d.Cases))
	for i := range d.Cases {
		names[d.Cases[i].StudentID] = d.Cases[i].Name
	}
	return names
}

// householdInWords reads well also where a household goes by its address, whose
// parts the key sets apart by bars.
func householdInWords(key string) string {
	return strings.Join(strings.FieldsFunc(key, func(r rune) bool { return r == '|' }), ", ")
}

// lettersInOrder are the night's letters by school, student and kind, those by
// mail before the one the student carries.
func lettersInOrder(d *DistrictNight) []*LetterLine {
	lines := make([]*LetterLine, len(d.Letters))
	for i := range d.Letters {
		lines[i] = &d.Letters[i]
	}
	slices.SortStableFunc(lines, func(a, b *LetterLine) int {
		return cmp.Or(cmp.Compare(a.SchoolID, b.SchoolID), cmp.Compare(a.Letter.StudentID, b.Letter.StudentID),
			cmp.Compare(a.Letter.Kind, b.Letter.Kind), cmp.Compare(a.Letter.Channel, b.Letter.Channel),
			cmp.Compare(a.Letter.Household, b.Letter.Household), cmp.Compare(a.Letter.ID, b.Letter.ID))
	})
	return lines
}

func addLetters(w *workbook, d *DistrictNight) error {
	names, students := schoolNames(d), studentNames(d)
	languages := map[string]string{} // by tag: there are few, and parsing each letter's takes a tenth of the time
	for i := range d.Letters {
		if tag := d.Letters[i].Letter.Language; languages[tag] == "" {
			languages[tag] = templates.LanguageName(tag)
		}
	}
	return addSheet(w, worksheet[*LetterLine]{
		name: "Letters", empty: "No letters tonight.", frozen: 3, tab: "BF9000",
		columns: []sheetColumn[*LetterLine]{
			{head: "School ID", width: 9, value: func(l *LetterLine) any { return l.SchoolID }},
			{head: "School", width: 35, value: func(l *LetterLine) any { return names[l.SchoolID] }},
			{head: "Student ID", width: 11, value: func(l *LetterLine) any { return l.Letter.StudentID }},
			{head: "Name", width: 22, look: asWrapped, value: func(l *LetterLine) any { return students[l.Letter.StudentID] }},
			{head: "Letter", width: 20, value: func(l *LetterLine) any { return letterWords(l.Letter.Kind) }},
			{head: "Goes", width: 16, value: func(l *LetterLine) any {
				if l.Letter.Channel == intervention.ByMail {
					return "by mail"
				}
				return "with the student"
			}},
			{head: "Household", width: 22, look: asWrapped, value: func(l *LetterLine) any { return householdInWords(l.Letter.Household) }},
			{head: "Language", width: 12, value: func(l *LetterLine) any { return languages[l.Letter.Language] }},
			{head: "Dated", width: 10.5, value: func(l *LetterLine) any { return l.Letter.IssuedOn }},
			{head: "Withdrawn", width: 10.5, value: func(l *LetterLine) any {
				if l.Letter.Withdrawn {
					return "withdrawn"
				}
				return ""
			}},
			{head: "Batch", width: 20, value: func(l *LetterLine) any { return l.Batch }},
			{head: "Letter ID", width: 14, value: func(l *LetterLine) any { return l.Letter.ID }},
			{head: "Case ID", width: 24, value: func(l *LetterLine) any { return l.Letter.CaseID }},
			{head: "Digest (SHA-256)", width: 68, value: func(l *LetterLine) any { return l.Digest }},
		},
	}, slices.Values(lettersInOrder(d)), len(d.Letters))
}

func addDistrictExceptions(w *workbook, d *DistrictNight) error {
	names := studentNames(d)
	var rows []exceptionRow
	for _, s := range d.Schools {
		if s.Held != "" {
			rows = append(rows, exceptionRow{kind: "School held", schoolID: s.School.ID, subject: "nothing issued", problem: heldInWords(s.Held, s.Mend)})
		}
	}
	for _, m := range d.Undelivered {
		for _, r := range m.Recipients {
			if r.Outcome != "sent" {
				rows = append(rows, exceptionRow{
					kind: "Undelivered mail", schoolID: m.SchoolID, subject: m.Role.Label(),
					problem: strings.TrimSuffix(fmt.Sprintf("%s: %s: %s", r.Address, r.Outcome, r.Detail), ": "),
				})
			}
		}
	}
	rows = append(rows, exceptionRows(d.Exceptions, d.Rejects, func(id string) string { return names[id] })...)
	return addSheet(w, worksheet[exceptionRow]{
		name: "Exceptions", empty: "No exceptions tonight.", columns: exceptionColumns(rows), tab: "C00000",
	}, slices.Values(rows), len(rows))
}

func addDistrictRules(w *workbook, d *DistrictNight) error {
	rows := append([]ruleRow{{"This roster", "District", d.Night.District.Name}}, nightRows(&d.Night)...)
	rows = append(rows, policyRows(&d.Night)...)
	rows = append(rows,
		ruleRow{"How to read this", "Chronic rate", "Students chronically absent, with the minimum of days enrolled, divided by students assessed."},
		ruleRow{"How to read this", "Trends by month", "Full days absent divided by days enrolled in each calendar month, over all students."},
		ruleRow{"How to read this", "All cases", "Every case of the school year, those withdrawn, superseded and left included."},
		ruleRow{"How to read this", "SARB referrals", "Due: the policy's rule for a referral holds after a completed SART; a person records the referral or closes the case. Each has a packet, with the checklist first, in the folder " + ReferralFolder + "."})
	if d.SuppressSmall {
		rows = append(rows,
			ruleRow{"Small counts", fmt.Sprintf("≤%d", smallCell), fmt.Sprintf("A count of 1 to %d students is not shown in the summary, and neither is a rate made of it.", smallCell)},
			ruleRow{"Small counts", "withheld", "A larger count that is left out because a small one could be worked out from it: the next smallest of the same sum, and a total only where nothing else helps."})
	}
	return addRuleSheet(w, rows)
}
