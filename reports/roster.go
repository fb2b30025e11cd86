package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

// SchoolRoster is one school's roster.xlsx: who is met when, the CART and SART
// cases that stand, the watch list, the sheet to fill in after the meetings,
// what changed tonight, what needs a person, and the rules by which all of it
// came about.
func SchoolRoster(s *SchoolNight) ([]byte, error) {
	w, err := newWorkbook(&s.Night, s.School.Name, "Attendance roster, "+s.School.Name+", "+s.Night.Year.String())
	if err != nil {
		return nil, fmt.Errorf("roster of school %s: %w", s.School.ID, err)
	}
	for _, add := range []func(*workbook, *SchoolNight) error{
		addMeetings,
		func(w *workbook, s *SchoolNight) error { return addCases(w, s, intervention.CART, "C55A11") },
		func(w *workbook, s *SchoolNight) error { return addCases(w, s, intervention.SART, "A61C3C") },
		addWatchList,
		addFollowUp,
		addChanges,
		addExceptions,
		addRules,
		addProvenance,
	} {
		if err := add(w, s); err != nil {
			return nil, fmt.Errorf("roster of school %s: %w", s.School.ID, err)
		}
	}
	out, err := w.bytes()
	if err != nil {
		return nil, fmt.Errorf("roster of school %s: %w", s.School.ID, err)
	}
	return out, nil
}

// meetingRow is a meeting with the student it is about.
type meetingRow struct {
	intervention.Meeting
	file *StudentFile // nil where the night has none
	day  *intervention.MeetingDay
}

func addMeetings(w *workbook, s *SchoolNight) error {
	var rows []meetingRow
	for _, m := range s.Meetings {
		if m.Cancelled {
			continue
		}
		row := meetingRow{Meeting: m, file: s.File(m.StudentID)}
		for i := range s.Days {
			if d := &s.Days[i]; d.Kind == m.Kind && d.Date == m.Date {
				row.day = d
			}
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b meetingRow) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Start, b.Start), cmp.Compare(a.Room, b.Room), cmp.Compare(a.ID, b.ID))
	})
	ofFile := func(value func(*StudentFile) any) func(meetingRow) any {
		return func(r meetingRow) any {
			if r.file == nil {
				return nil
			}
			return value(r.file)
		}
	}
	return addSheet(w, worksheet[meetingRow]{
		name: "Meetings", empty: "No meetings are booked from tonight on.", frozen: 2, tab: "1F3A5F",
		columns: []sheetColumn[meetingRow]{
			{head: "Date", width: 10.5, value: func(r meetingRow) any { return r.Date }},
			{head: "Start", width: 9.5, value: func(r meetingRow) any { return r.Start }},
			{head: "End", width: 9.5, value: func(r meetingRow) any { return r.End }},
			{head: "Room", width: 17, look: asWrapped, value: func(r meetingRow) any { return r.Room }},
			{head: "Place", width: 18, look: asWrapped, value: func(r meetingRow) any { return r.Place }},
			{head: "Kind", width: 7.5, value: func(r meetingRow) any { return string(r.Kind) }},
			{head: "Student ID", width: 11, value: func(r meetingRow) any { return r.StudentID }},
			{head: "Name", width: 22, look: asWrapped, value: ofFile(func(f *StudentFile) any { return f.Student.SortName() })},
			{head: "Grade", width: 5, value: ofFile(func(f *StudentFile) any { return f.grade() })},
			{head: "Homeroom", width: 10.5, value: ofFile(func(f *StudentFile) any { return f.Enrollment.Homeroom })},
			{head: "Family language", width: 11, value: ofFile(func(f *StudentFile) any { return f.familyLanguage() })},
			{head: "Interpreter", width: 10, value: ofFile(func(f *StudentFile) any {
				if f.familyLanguage() == "English" {
					return nil
				}
				return "needed"
			})},
			{head: "Facilitator", width: 16, look: asWrapped, value: func(r meetingRow) any { return r.Facilitator }},
			{head: "Attendance Specialist's part", width: 18, look: asWrapped, value: func(r meetingRow) any {
				if r.day == nil {
					return nil
				}
				return r.day.SpecialistRole
			}},
			{head: rateHead, width: 8, value: ofFile(func(f *StudentFile) any { return rate(f.Standing.AbsenceRate()) })},
			{head: tierHead, width: 11, value: ofFile(func(f *StudentFile) any { return tierWords(f.Standing.Tier) })},
			{head: "Case ID", width: 22, value: func(r meetingRow) any { return r.CaseID }},
			{head: "Meeting file", width: 30, look: asLink, value: func(r meetingRow) any {
				return strings.Replace(s.Packets[r.ID], "#page=", ", page ", 1)
			}, link: func(r meetingRow) string { return s.Packets[r.ID] }},
		},
	}, slices.Values(rows), len(rows))
}

// grade is the grade of the enrollment open tonight.
func (f *StudentFile) grade() string { return cmp.Or(f.Enrollment.Grade, f.Standing.Grade) }

// familyLanguage is the language, in English, of the first household that gets
// mail, else of the home.
func (f *StudentFile) familyLanguage() string {
	tag := f.Student.HomeLanguage
	if households := f.Student.Households(); len(households) > 0 {
		tag = households[0].Language
	}
	return templates.LanguageName(tag)
}

// tierWords are the tiers as the roster shows them.
func tierWords(t attendance.Tier) string {
	switch t {
	case attendance.Satisfactory:
		return "Satisfactory"
	case attendance.AtRisk:
		return "At risk"
	case attendance.Chronic:
		return "Chronic"
	case attendance.Severe:
		return "Severe"
	}
	return string(t)
}

// byRate orders by the rate of absence, highest first, in whole numbers.
func byRate(a, b *attendance.Standing) int {
	return cmp.Compare(int64(b.DaysAbsent)*int64(max(a.DaysEnrolled, 1)), int64(a.DaysAbsent)*int64(max(b.DaysEnrolled, 1)))
}

// shortDates are days of one school year on one line: 9/3, 9/10.
func shortDates(days []district.Date) string {
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = d.Format("1/2")
	}
	return strings.Join(words, ", ")
}
