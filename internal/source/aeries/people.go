package aeries

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
)

func id(n int) string { return strconv.Itoa(n) }

// student is one of a school's records; somebody may have several, and those of who
// left come too.
type student struct {
	StudentID                  int
	SchoolCode                 int
	StateStudentID             text
	LastName                   string
	FirstName                  string
	MiddleName                 string
	FirstNameAlias             string
	Birthdate                  string
	HomeLanguageCode           text
	SchoolEnterDate            string
	InactiveStatusCode         text
	HomeRoomTeacherNumber      text
	FamilyKey                  int
	CorrespondenceLanguageCode text
}

// pageSize is how many students are asked for at once.
const pageSize = 500

// studentRecords asks for a school's once, page by page.
func (s *System) studentRecords(ctx context.Context, one school) (all []student, err error) {
	if known, ok := s.records[one.SchoolCode]; ok {
		return known, nil
	}
	defer func() {
		if err == nil {
			s.records[one.SchoolCode] = all
		}
	}()
	for first := 1; ; first += pageSize {
		var page []student
		query := url.Values{"StartingRecord": {strconv.Itoa(first)}, "EndingRecord": {strconv.Itoa(first + pageSize - 1)}}
		if err := s.get(ctx, one.path("students"), query, &page); err != nil {
			return nil, err
		}
		if len(all) > 0 && len(page) > 0 && page[0] == all[0] {
			return nil, fmt.Errorf("school %s: the server gives the first %d students again where the next were asked for", one.code(), len(page))
		}
		all = append(all, page...)
		// A server that does not know pages gives all at once.
		if len(page) != pageSize {
			return all, nil
		}
	}
}

// students are all that any school has a record of, each once: of several records the
// active one, then the one entered last.
func (s *System) students(ctx context.Context) (*bundle.Table, error) {
	records, err := s.bestRecords(ctx)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, r := range records {
		rows = append(rows, []string{id(r.StudentID), r.LastName, r.FirstName, r.MiddleName, r.FirstNameAlias, r.StateStudentID.trim(), date(r.Birthdate), language(r.HomeLanguageCode)})
	}
	return bundle.Memory("student_id last_name first_name middle_name preferred_name ssid birthdate home_language", rows), nil
}

func (s *System) bestRecords(ctx context.Context) ([]student, error) {
	records, err := each(ctx, s, s.studentRecords)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(records, func(a, b student) int {
		return cmp.Or(cmp.Compare(a.StudentID, b.StudentID), cmp.Compare(inactive(a), inactive(b)),
			-cmp.Compare(date(a.SchoolEnterDate), date(b.SchoolEnterDate)), cmp.Compare(a.SchoolCode, b.SchoolCode))
	})
	return slices.CompactFunc(records, func(a, b student) bool { return a.StudentID == b.StudentID }), nil
}

func inactive(s student) int {
	if s.InactiveStatusCode.trim() == "" {
		return 0
	}
	return 1
}

// language reads the two codes that every Aeries has; the others are for a Mapping to
// translate.
func language(code text) string {
	switch code.trim() {
	case "00":
		return "en"
	case "01":
		return "es"
	}
	return code.trim()
}

// enrollments are those of the school year, with the homeroom that the student's record
// at that school has.
func (s *System) enrollments(ctx context.Context) (*bundle.Table, error) {
	type enrollment struct {
		StudentID             int
		SchoolCode            int
		Grade                 int
		EnterDate             string
		LeaveDate             string
		ElementaryTeacherName string
	}
	left, never := 0, 0
	rows, err := each(ctx, s, func(ctx context.Context, one school) (rows [][]string, err error) {
		var answers []enrollment
		if err := s.get(ctx, one.path("enrollment/0/year/"+s.year), nil, &answers); err != nil {
			return nil, err
		}
		if answers == nil {
			return nil, one.saidNull()
		}
		records, err := s.studentRecords(ctx, one)
		if err != nil {
			return nil, err
		}
		homerooms := map[int]string{}
		for _, r := range records {
			if room := r.HomeRoomTeacherNumber.trim(); room != "0" {
				homerooms[r.StudentID] = room
			}
		}
		for _, e := range answers {
			grade, ok := gradeName(e.Grade)
			if !ok {
				left++
				continue
			}
			from, to := date(e.EnterDate), date(e.LeaveDate)
			if to != "" && to < from {
				never++ // enrolled in the summer, and not there on the first day
				continue
			}
			rows = append(rows, []string{id(e.StudentID), one.code(), grade, from, to, homerooms[e.StudentID], e.ElementaryTeacherName})
		}
		return rows, nil
	})
	if never > 0 {
		s.log.Info("enrollments that end before they begin left out: who never came", "rows", never)
	}
	if left > 0 {
		s.log.Info("enrollments outside of TK to 12 left out", "rows", left)
	}
	return bundle.Memory("student_id school_id grade entry_date exit_date homeroom homeroom_teacher", rows), err
}

// contacts are a student's, with the family's key for those who live with the student.
// Who has a red flag, such as a court's order, gets no mail.
func (s *System) contacts(ctx context.Context) (*bundle.Table, error) {
	type contact struct {
		StudentID                  int
		SequenceNumber             int
		ContactOrder               int
		MailingName                string
		FirstName                  string
		LastName                   string
		RelationshipToStudentCode  text
		Address                    string
		AddressCity                string
		AddressState               string
		AddressZipCode             text
		HomePhone                  string
		CellPhone                  string
		WorkPhone                  string
		EmailAddress               string
		CorrespondenceLanguageCode text
		LivesWithStudentIndicator  text
		MailTagCode                text
		RedFlag                    bool
	}
	records, err := s.bestRecords(ctx)
	if err != nil {
		return nil, err
	}
	known := map[int]student{}
	for _, r := range records {
		known[r.StudentID] = r
	}
	seen := map[[2]int]bool{}
	rows, err := each(ctx, s, func(ctx context.Context, one school) (rows [][]string, err error) {
		var answers []contact
		if err := s.get(ctx, one.path("contacts"), nil, &answers); err != nil {
			return nil, err
		}
		for _, c := range answers {
			// Contacts are the student's, and come with each school that has a record.
			if key := [2]int{c.StudentID, c.SequenceNumber}; seen[key] {
				continue
			} else {
				seen[key] = true
			}
			name := cmp.Or(strings.TrimSpace(c.MailingName), strings.TrimSpace(c.FirstName+" "+c.LastName))
			household := ""
			if key := known[c.StudentID].FamilyKey; key != 0 && yes(c.LivesWithStudentIndicator) {
				household = id(key)
			}
			mail := !c.RedFlag && (len(s.Settings.MailTags) == 0 || slices.Contains(s.Settings.MailTags, c.MailTagCode.trim()))
			order := ""
			if c.ContactOrder > 0 {
				order = strconv.Itoa(c.ContactOrder)
			}
			rows = append(rows, []string{
				id(c.StudentID), strconv.Itoa(c.SequenceNumber), name, c.RelationshipToStudentCode.trim(),
				language(cmp.Or(c.CorrespondenceLanguageCode, known[c.StudentID].CorrespondenceLanguageCode)),
				c.Address, c.AddressCity, c.AddressState, c.AddressZipCode.trim(),
				cmp.Or(strings.TrimSpace(c.HomePhone), strings.TrimSpace(c.CellPhone), strings.TrimSpace(c.WorkPhone)),
				c.EmailAddress, strconv.FormatBool(mail), household, order,
			})
		}
		return rows, nil
	})
	return bundle.Memory("student_id contact_id name relationship language street city state zip phone email receives_mail household_id priority", rows), err
}

func yes(indicator text) bool {
	switch strings.ToUpper(indicator.trim()) {
	case "Y", "1", "TRUE", "YES":
		return true
	}
	return false
}

// grades are the marks of the report cards; a marking period without a mark has none
// yet.
func (s *System) grades(ctx context.Context) (*bundle.Table, error) {
	type card struct {
		StudentID                int
		StudentReportCardCourses []struct {
			CourseTitle         string
			MarkingPeriodGrades []struct {
				MarkingPeriod text
				Mark          text
			}
		}
	}
	rows, err := each(ctx, s, func(ctx context.Context, one school) (rows [][]string, err error) {
		var cards []card
		if err := s.get(ctx, one.path("ReportCard"), nil, &cards); err != nil {
			return nil, err
		}
		for _, c := range cards {
			for _, course := range c.StudentReportCardCourses {
				for _, g := range course.MarkingPeriodGrades {
					if mark := g.Mark.trim(); mark != "" {
						rows = append(rows, []string{id(c.StudentID), g.MarkingPeriod.trim(), course.CourseTitle, mark})
					}
				}
			}
		}
		return rows, nil
	})
	return bundle.Memory("student_id term course mark", rows), err
}

// behavior is the year's discipline; the API gives out the student's whole history, at
// other schools too.
func (s *System) behavior(ctx context.Context) (*bundle.Table, error) {
	type record struct {
		StudentID            int
		AssertiveDisciplines []struct {
			SequenceNumber          int
			IncidentDate            string
			ViolationCode1          text
			Comment                 string
			LocationCode            text
			AdministrativeDecisions []struct{ DispositionCode text }
		}
	}
	seen := map[[2]int]bool{}
	rows, err := each(ctx, s, func(ctx context.Context, one school) (rows [][]string, err error) {
		var records []record
		if err := s.get(ctx, one.path("AssertiveDiscipline"), nil, &records); err != nil {
			return nil, err
		}
		for _, r := range records {
			for _, d := range r.AssertiveDisciplines {
				key, day := [2]int{r.StudentID, d.SequenceNumber}, date(d.IncidentDate)
				on, err := district.ParseDate(day)
				if seen[key] || err == nil && !district.YearOf(s.AsOf).Contains(on) {
					continue
				}
				seen[key] = true
				var actions []string
				for _, a := range d.AdministrativeDecisions {
					if code := a.DispositionCode.trim(); code != "" {
						actions = append(actions, code)
					}
				}
				rows = append(rows, []string{id(r.StudentID), day, cmp.Or(strings.TrimSpace(d.Comment), d.ViolationCode1.trim()), d.LocationCode.trim(), strings.Join(actions, ", ")})
			}
		}
		return rows, nil
	})
	return bundle.Memory("student_id date incident location action", rows), err
}
