package pipeline

import (
	"cmp"
	"context"
	"slices"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
	"rollcall/reports"
)

// Committer writes a school's night, whole or not at all.
type Committer interface {
	Commit(ctx context.Context, c night.Commit) error
}

// commit writes what was decided, what the papers are made of and the job that
// makes them, in one transaction.
func commit(ledger Committer) func(context.Context, Scheduled) (night.School, error) {
	return func(ctx context.Context, s Scheduled) (night.School, error) {
		c, err := s.commit()
		if err != nil {
			return night.School{}, err
		}
		return c.School, ledger.Commit(ctx, c)
	}
}

// commit is the school's night as the ledger takes it.
func (s Scheduled) commit() (night.Commit, error) {
	material := s.Material()
	packed, err := pack(material)
	if err != nil {
		return night.Commit{}, err
	}
	school := night.School{
		RunID: s.Run.ID, SchoolID: s.Snapshot.School.ID, Status: night.Committed,
		Held: s.Held, Counts: material.Counts,
	}
	return night.Commit{
		School: school, Plan: s.Plan, Material: packed,
		Jobs: []night.Job{{Kind: night.Render, RunID: s.Run.ID, SchoolID: school.SchoolID}},
	}, nil
}

// Material gathers everything the school's documents are made of.
func (s Scheduled) Material() *reports.SchoolNight {
	school := s.Snapshot.School
	m := &reports.SchoolNight{
		Night: s.words(school.ID), School: school, Held: s.Held, Mend: s.Mend, Stale: s.Stale,
		Calendar: s.District.Calendars[school.ID].Days(s.District.Year.First(), s.District.Year.Last()),
		Letters:  s.Due, Meetings: s.Booked, Cancelled: s.Cancelled, Expected: s.Expected,
		Key: keyData(s.Entries, school.ID, s.District),
	}
	if s.approved() {
		m.Approved = s.Approval.Words()
	}
	for _, role := range district.Roles {
		m.Staff = append(m.Staff, s.District.StaffOf(school.ID, role)...)
	}
	for _, code := range s.District.Codes {
		m.Codes = append(m.Codes, *code)
	}
	slices.SortFunc(m.Codes, func(a, b district.Code) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(m.Meetings, byDay)
	m.Days, m.PacketDays = s.meetingDays()
	m.Exceptions = s.exceptions()
	m.Referrals = s.referrals()
	m.Rejects = s.rejects()
	m.Files = s.files(m)
	m.Counts = s.counts(m)
	return m
}

func byDay(a, b intervention.Meeting) int {
	return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Start, b.Start), cmp.Compare(a.Room, b.Room), cmp.Compare(a.ID, b.ID))
}

// packetsAhead is how many instructional days before a meeting day its files
// are printed again, with the figures of that night.
const packetsAhead = 2

// meetingDays are the days somebody is booked on, and those whose meeting files
// are printed tonight: where a meeting was booked or given back, and where the
// day is near.
func (s Scheduled) meetingDays() (days []intervention.MeetingDay, printed []reports.DayKey) {
	taken := map[reports.DayKey]bool{}
	for _, m := range s.Booked {
		taken[reports.DayKey{Kind: m.Kind, Date: m.Date}] = true
	}
	changed := map[reports.DayKey]bool{}
	for _, m := range s.Plan.Meetings {
		changed[reports.DayKey{Kind: m.Kind, Date: m.Date}] = true
	}
	near := s.District.Calendars[s.Snapshot.School.ID].After(s.Issued(s.Snapshot.School.ID), packetsAhead)
	for _, d := range s.History.Days {
		key := reports.DayKey{Kind: d.Kind, Date: d.Date}
		if !taken[key] {
			continue
		}
		days = append(days, d)
		if changed[key] || d.Date == near {
			printed = append(printed, key)
		}
	}
	return days, printed
}

// files are the students the documents name: those with a case here, on the
// watch list, with a meeting, a referral or an exception. A student who is not in the export
// has none; papers show the ID.
func (s Scheduled) files(m *reports.SchoolNight) []reports.StudentFile {
	watch := map[string]*intervention.Reason{}
	for i := range s.Decision.Watch {
		watch[s.Decision.Watch[i].StudentID] = &s.Decision.Watch[i].Reason
	}
	named := map[string]bool{}
	for _, x := range m.Exceptions {
		named[x.StudentID] = true
	}
	for _, r := range m.Referrals {
		named[r.StudentID] = true
	}
	for _, meetings := range [][]intervention.Meeting{m.Meetings, m.Cancelled} {
		for _, meeting := range meetings {
			named[meeting.StudentID] = true
		}
	}
	var files []reports.StudentFile
	for i := range s.Entries {
		e := &s.Entries[i]
		f := s.file(e)
		f.Watch = watch[e.Student.ID]
		here := slices.ContainsFunc(f.Cases, func(c intervention.Case) bool { return c.SchoolID == m.School.ID })
		if here || f.Watch != nil || named[e.Student.ID] {
			files = append(files, f)
		}
	}
	return files
}

// file is one student's, with the cases of the year as they stand after tonight.
func (s Scheduled) file(e *intervention.Entry) reports.StudentFile {
	f := reports.StudentFile{Student: *e.Student, Enrollment: e.Enrollment, Standing: e.Standing,
		UnderLaw: e.Standing.UnderLaw(e.Student, s.Policy.Rules)}
	for _, c := range s.Cases[e.Student.ID] {
		f.Cases = append(f.Cases, *c)
	}
	for _, c := range f.Cases {
		if day := c.MetOn(); !day.IsZero() && e.Standing.StudentID != "" {
			if f.Since == nil {
				f.Since = map[string]intervention.Since{}
			}
			f.Since[c.ID] = intervention.SinceMeeting(&e.Standing, e.Student, s.District, day)
		}
	}
	slices.SortStableFunc(f.Cases, func(a, b intervention.Case) int {
		return cmp.Or(cmp.Compare(a.OpenedOn, b.OpenedOn), cmp.Compare(a.ID, b.ID))
	})
	return f
}

func (s Scheduled) rejects() []district.Reject {
	known := map[string]bool{}
	for i := range s.Entries {
		known[s.Entries[i].Student.ID] = true
	}
	var mine []district.Reject
	for _, r := range s.District.Rejects {
		if r.SchoolID == s.Snapshot.School.ID || r.SchoolID == "" && known[r.StudentID] {
			mine = append(mine, r)
		}
	}
	return mine
}

func (s Scheduled) counts(m *reports.SchoolNight) night.Counts {
	n := night.Counts{Students: s.Enrolled, WatchList: len(s.Decision.Watch), Exceptions: len(m.Exceptions), Rejects: len(m.Rejects)}
	for i := range s.Entries {
		if e := &s.Entries[i]; e.Enrollment.SchoolID == m.School.ID {
			if e.Standing.Chronic {
				n.Chronic++
			}
			if e.Standing.Truant {
				n.Truant++
			}
		}
	}
	if s.Held == "" {
		for _, a := range s.Decision.Actions {
			switch {
			case a.Kind == intervention.Open && a.Case.Kind == intervention.SART:
				n.NewSART++
			case a.Kind == intervention.Open:
				n.NewCART++
			case a.Kind == intervention.Withdraw:
				n.Withdrawn++
			case a.Kind == intervention.Supersede:
				n.Superseded++
			case a.Kind == intervention.Flag:
				n.Flagged++
			}
		}
	}
	for _, cases := range s.Cases {
		for _, c := range cases {
			if c.SchoolID != m.School.ID || !c.IsOpen() {
				continue
			}
			if c.Kind == intervention.SART {
				n.OpenSART++
			} else {
				n.OpenCART++
			}
			if c.State() == intervention.StateWaiting {
				n.Waiting++
			}
		}
	}
	for _, l := range s.Due {
		if l.Copy {
			n.LettersStudent++
		} else {
			n.LettersMail++
		}
	}
	for _, meeting := range s.Plan.Meetings {
		if !meeting.Cancelled {
			n.Meetings++
		}
	}
	n.CalledOff = len(s.Cancelled)
	for _, r := range m.Referrals {
		if m.File(r.StudentID).Case(r.CaseID).State() == intervention.StateReferred {
			n.SARBReferred++
		} else {
			n.SARBDue++
		}
	}
	n.Changed = len(reports.Changes(m))
	return n
}

// keyData are the figures of the Admin meeting over all students assessed here.
func keyData(entries []intervention.Entry, school string, d *district.District) reports.KeyData {
	byGrade := map[string]*reports.GradeTally{}
	byMonth := newMonths(d)
	var key reports.KeyData
	for i := range entries {
		e := &entries[i]
		if e.Enrollment.SchoolID != school {
			continue
		}
		g := byGrade[e.Enrollment.Grade]
		if g == nil {
			g = &reports.GradeTally{Grade: e.Enrollment.Grade}
			byGrade[e.Enrollment.Grade] = g
		}
		g.Add(&e.Standing)
		for _, a := range e.Standing.Absences {
			byMonth.of(a.Date).DaysAbsent++
			if w := int(a.Date.Weekday()) - 1; w >= 0 && w < len(key.ByWeekday) {
				key.ByWeekday[w]++
			}
		}
		for _, en := range e.Student.Enrollments {
			last := d.AsOf
			if !en.ExitDate.IsZero() {
				last = min(last, en.ExitDate)
			}
			for _, day := range d.Calendars[en.SchoolID].Days(max(en.EntryDate, d.Year.First()), last) {
				byMonth.of(day).DaysEnrolled++
			}
		}
	}
	for _, grade := range district.Grades {
		if g := byGrade[grade]; g != nil {
			key.ByGrade = append(key.ByGrade, *g)
		}
	}
	for _, m := range byMonth.tallies {
		if m.DaysEnrolled > 0 || m.DaysAbsent > 0 {
			key.ByMonth = append(key.ByMonth, m)
		}
	}
	return key
}

// months are the calendar months of a school year, July first.
type months struct {
	first   district.Date // 1 July
	index   []int         // of the month, by day of the year
	tallies []reports.MonthTally
}

func newMonths(d *district.District) *months {
	m := &months{first: d.Year.First()}
	for day := m.first; day <= d.Year.Last(); day++ {
		name := day.Format("2006-01")
		if n := len(m.tallies); n == 0 || m.tallies[n-1].Month != name {
			m.tallies = append(m.tallies, reports.MonthTally{Month: name})
		}
		m.index = append(m.index, len(m.tallies)-1)
	}
	return m
}

// of is the tally of a day's month; the day must lie in the year.
func (m *months) of(day district.Date) *reports.MonthTally {
	return &m.tallies[m.index[day-m.first]]
}
