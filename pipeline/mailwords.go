package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/mail"
	"rollcall/reports"
	"rollcall/templates"
)

// longDay is a day as people write it.
const longDay = "Monday, January 2, 2006"

// schoolWords are what the mail to a role of a school says: counts and days,
// never a student's name.
func (d Delivery) schoolWords(s *reports.SchoolNight, role district.Role, files []mail.Attachment) templates.EmailData {
	n := s.Counts
	e := templates.EmailData{
		Role: role.Label(), School: s.School.Name, District: s.Night.District.Name,
		Date: s.Night.AsOf.Format(longDay), RunID: s.Night.RunID, Held: s.Held, Mend: s.Mend, Approved: s.Approved, Version: s.Night.Version,
		Counts: []templates.Count{
			{Label: "New SART cases", N: n.NewSART}, {Label: "New CART cases", N: n.NewCART},
			{Label: "Open cases", N: n.OpenSART + n.OpenCART}, {Label: "Waiting for a place on a meeting day", N: n.Waiting},
			{Label: "Cases changed last night", N: n.Changed}, {Label: "Meetings called off last night", N: n.CalledOff},
			{Label: "Letters to mail", N: n.LettersMail}, {Label: "Copies to send home", N: n.LettersStudent},
			{Label: "Watch list", N: n.WatchList}, {Label: "Exceptions", N: n.Exceptions}, {Label: "Bad rows of the export", N: n.Rejects},
		},
		Links: []templates.Link{d.link("The night's folder", Folder(s.Night.RunID, s.School))},
	}
	for _, day := range s.Days {
		e.Meetings = append(e.Meetings, templates.MeetingDayLine{
			Day: day.Date.Format(longDay), Kind: string(day.Kind), Times: day.Start.String() + " to " + day.End.String(),
			Place: day.Place, Meetings: len(s.MeetingsOn(day)), Specialist: s.SpecialistPart(day),
		})
	}
	for _, t := range d.toDo(s, role) {
		e.ToDo = append(e.ToDo, templates.ToDo{By: t.by.Format("Monday, January 2"), What: t.what})
	}
	if n.CalledOff > 0 {
		e.Problems = append(e.Problems, fmt.Sprintf("Called off last night: %s. The Changes sheet says for each family what to mail, and whom to call", counted(n.CalledOff, "meeting", "meetings")))
	}
	if n.Waiting > 0 && role == district.Admin {
		e.Problems = append(e.Problems, fmt.Sprintf("Waiting for a place: %s. Ask %s, for another meeting day, a room or longer hours", counted(n.Waiting, "case", "cases"), reports.Recorders))
	}
	if lines := exceptionLines(s); lines != "" && role != district.AttendanceSpecialist {
		e.Problems = append(e.Problems, "The roster's Exceptions sheet: "+lines)
	}
	for _, f := range files {
		e.Attachments = append(e.Attachments, f.Name)
	}
	if len(files) == 1 {
		e.Password = "The attachment opens with your school's password. The calendar, the brief and the roster are inside it."
	}
	return e
}

// exceptionLines says how long the roster's Exceptions sheet is; empty where
// nothing is on it.
func exceptionLines(s *reports.SchoolNight) string {
	all := reports.ExceptionLines(s)
	if all == 0 {
		return ""
	}
	lines := counted(all, "line", "lines")
	if n := len(s.Rejects); n > 0 {
		lines += fmt.Sprintf(", %d of them bad rows of the export, which count nowhere", n)
	}
	return lines
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// task is one thing to do by a day.
type task struct {
	by   district.Date
	what string
}

// toDo lists what is next for a role, in order of date and within a day in the
// order of the work.
func (d Delivery) toDo(s *reports.SchoolNight, role district.Role) []task {
	var list []task
	add := func(by district.Date, format string, args ...any) {
		list = append(list, task{by: by, what: fmt.Sprintf(format, args...)})
	}
	switch {
	case role == district.OfficeManager:
		outcomes(s, add)
		d.deskWork(s, add)
		contracts(s, add)
		documentation(s, add)
	case role == district.AttendanceClerk:
		outcomes(s, add)
		contracts(s, add)
	case role == district.Admin && s.Held != "":
		add(s.Night.Issued, "Look at the held night: %s. Nothing was issued; %s", s.Held, s.Mend)
	}
	twice, after := " (the contract is in each meeting file twice, for the family and for the school)", false
	for _, day := range s.Days {
		date := day.Date.Format("Monday, January 2")
		meetings := len(s.MeetingsOn(day))
		switch role {
		case district.OfficeManager:
			packets := fileNames(fmt.Sprintf("packets-%s-%s", day.Date, day.Kind), meetings, packetsPerFile)
			switch fresh := freshPackets(s, day.Date); {
			case fresh == s.Night.Issued:
				add(fresh, "Print %s, the meeting files for %s with last night's figures, on both sides%s, with schedule.pdf, room.pdf and guide.pdf", packets, date, twice)
				twice = ""
			case fresh > s.Night.Issued:
				add(fresh, "That morning's folder has %s, the meeting files for %s with fresh figures: print those on both sides%s, with schedule.pdf, room.pdf and guide.pdf", packets, date, twice)
				twice = ""
			case changedTonight(s, day):
				add(s.Night.Issued, "The meetings of %s changed after their files were to be printed: print %s again on both sides%s, with schedule.pdf, and throw the old ones away as confidential", date, packets, twice)
				twice = ""
			}
			if !after {
				add(day.Date, "After the meetings of this day, and of each one that follows, fill in the Follow-up sheet of the latest night's roster.xlsx (%s; then each call, and that it is in the SIS) and give it to %s, who reads it in (%s)",
					strings.Join(reports.FollowUpFields(), ", "), reports.Recorders, reports.FollowUpCommand)
			}
			after = true
		case district.Admin:
			add(day.Date, "Hold the %s meetings of %s: %s, %s; see brief.pdf and schedule.pdf", day.Kind, date, counted(meetings, "meeting", "meetings"), day.Place)
		case district.AttendanceSpecialist:
			if day.SpecialistRole != "" {
				add(day.Date, "Be at %s for SART day %d; your part: %s", s.School.Name, day.Ordinal, day.SpecialistRole)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b task) int { return cmp.Compare(a.by, b.by) })
	return list
}

// outcomes asks for what became of the meetings whose day has come.
func outcomes(s *reports.SchoolNight, add func(by district.Date, format string, args ...any)) {
	if n := len(subject(s, intervention.OutcomeSubject)); n > 0 {
		add(s.Night.Issued, "%s no outcome on record, and no case goes on without one: the roster's Exceptions sheet says under \"%s\" what to record for each, held or no-show",
			counted(n, "meeting has", "meetings have"), intervention.OutcomeSubject)
	}
}

// contracts asks for what has to follow a meeting that was held or missed.
func contracts(s *reports.SchoolNight, add func(by district.Date, format string, args ...any)) {
	if n := len(subject(s, contractSubject)); n > 0 {
		add(s.Night.Issued, "%s no contract on record after the meeting, and no case goes on without one: the roster's Exceptions sheet says under \"%s\" what to record for each (after a meeting that was held: completed; after a no-show: each call as an attempt, then completed)",
			counted(n, "case has", "cases have"), contractSubject)
	}
}

// documentation asks for what has to be entered in the SIS after a contract.
func documentation(s *reports.SchoolNight, add func(by district.Date, format string, args ...any)) {
	if n := len(subject(s, documentedSubject)); n > 0 {
		add(s.Night.Issued, "%s to be entered in the SIS, tagged and coded, and recorded as documented: the roster's Exceptions sheet says under \"%s\" how",
			counted(n, "contract has", "contracts have"), documentedSubject)
	}
}

// deskWork is what the office manager does with a night's papers that morning.
func (d Delivery) deskWork(s *reports.SchoolNight, add func(by district.Date, format string, args ...any)) {
	n := s.Counts
	if n.Changed > 0 {
		add(s.Night.Issued, "Before anything is mailed, go through the roster's Changes sheet (%s): it says which letter to pull from the tray, which to mail and whom to call", reports.CountChanges(reports.Changes(s)))
	}
	for _, x := range subject(s, mailingSubject) {
		add(s.Night.Issued, "%s", x.Problem)
	}
	if lines := exceptionLines(s); lines != "" {
		first := "Go"
		if len(s.Letters) > 0 {
			first = "Before letters go out, go"
		}
		add(s.Night.Issued, "%s through the roster's Exceptions sheet, addresses first: %s. An address that is mended in the SIS today has its letter tomorrow morning, not before", first, lines)
	}
	if n.LettersMail > 0 {
		add(s.Night.Issued, "Print %s on both sides, fold and mail %s, and sign the declaration on the last page. Then ask %s, to record it: %s",
			fileNames("letters-mail", n.LettersMail, d.Settings.Batch), counted(n.LettersMail, "letter", "letters"), reports.Recorders, s.RecordCommand("mailed"))
	}
	if n.LettersStudent > 0 {
		add(s.Night.Issued, "Print %s on both sides, send %s home with the students, and have that recorded too: %s",
			fileNames("letters-student", n.LettersStudent, d.Settings.Batch), counted(n.LettersStudent, "copy", "copies"), s.RecordCommand("sent-home"))
	}
	for _, day := range s.Days {
		if slices.Contains(s.PacketDays, reports.DayKey{Kind: day.Kind, Date: day.Date}) {
			need := "no interpreter"
			if languages := s.InterpretersOn(day); languages != "" {
				need = "interpreters for " + languages
			}
			add(s.Night.Issued, "See that these are booked for %s, %s meetings from %s to %s: %s; %s", day.Date.Format("Monday, January 2"), day.Kind,
				day.Start, day.End, cmp.Or(strings.Join(day.Rooms, ", "), day.Place), need)
		}
	}
}

// fileNames are the files that so many pieces are printed in, per at most in
// each.
func fileNames(name string, pieces, per int) string {
	names := []string{name + ".pdf"}
	for n := 1; per > 0 && n*per < pieces; n++ {
		names = append(names, numbered(name, n)+".pdf")
	}
	return templates.Names(templates.English, names)
}

// freshPackets is the morning on which a meeting day's files come with the
// figures of the night before it: packetsAhead school days ahead.
func freshPackets(s *reports.SchoolNight, day district.Date) district.Date {
	i, _ := slices.BinarySearch(s.Calendar, day)
	if i < packetsAhead {
		return s.Night.Issued
	}
	return s.Calendar[i-packetsAhead]
}

// changedTonight reports whether tonight booked a meeting on a day, or gave one back.
func changedTonight(s *reports.SchoolNight, day intervention.MeetingDay) bool {
	on := func(m *intervention.Meeting) bool { return m.Kind == day.Kind && m.Date == day.Date }
	if slices.ContainsFunc(s.Cancelled, func(m intervention.Meeting) bool { return on(&m) }) {
		return true
	}
	return slices.ContainsFunc(s.Files, func(f reports.StudentFile) bool {
		return slices.ContainsFunc(f.Cases, func(c intervention.Case) bool {
			return c.Meeting != nil && on(c.Meeting) && c.DayOf(intervention.Scheduled) == s.Night.AsOf
		})
	})
}

// link is where people find a place on the shelf: a web address as configured,
// else the path.
func (d Delivery) link(name, place string) templates.Link {
	at := strings.TrimSuffix(d.Settings.Mail.Link, "/") + "/" + place
	if scheme, _, _ := strings.Cut(strings.ToLower(at), "://"); scheme == "http" || scheme == "https" {
		return templates.Link{Name: name, URL: at}
	}
	return templates.Link{Name: name, Path: at}
}

// districtWords are what the mail to the district office says.
func (d Delivery) districtWords(n reports.Night, sum Summary) templates.EmailData {
	t := sum.Totals
	e := templates.EmailData{
		Role: district.DistrictOffice.Label(), District: n.District.Name,
		Date: n.AsOf.Format(longDay), RunID: n.RunID, Version: n.Version,
		Counts: []templates.Count{
			{Label: "Students assessed", N: t.Students}, {Label: "Chronically absent", N: t.Chronic}, {Label: "Truant", N: t.Truant},
			{Label: "New SART cases", N: t.NewSART}, {Label: "New CART cases", N: t.NewCART},
			{Label: "Open cases", N: t.OpenSART + t.OpenCART}, {Label: "Waiting for a place on a meeting day", N: t.Waiting},
			{Label: "Cases changed last night", N: t.Changed}, {Label: "Meetings called off last night", N: t.CalledOff},
			{Label: "Letters to mail", N: t.LettersMail}, {Label: "Meetings booked", N: t.Meetings},
			{Label: "Exceptions", N: t.Exceptions}, {Label: "Bad rows of the export", N: sum.Rejects},
		},
		Links: []templates.Link{
			d.link("The district's workbook", n.RunID+"/district/roster.xlsx"),
			d.link("The district's brief", n.RunID+"/district/brief.pdf"),
		},
	}
	if t.SARBDue > 0 {
		folder := n.RunID + "/" + reports.ReferralFolder
		e.Counts = append(e.Counts, templates.Count{Label: "Due for referral to SARB", N: t.SARBDue})
		e.Problems = append(e.Problems, fmt.Sprintf("Due for referral to SARB: %d. The packets are in the folder %s, the checklist first; the workbook's SARB referrals sheet counts what is missing. Record each referral, %s, or close the case, %s",
			t.SARBDue, folder, intervention.RecordCommand(intervention.Referred, "CASE-ID"), intervention.RecordCommand(intervention.Closed, "CASE-ID")))
		e.Links = append(e.Links, d.link("The SARB referral packets", folder))
	}
	if t.SARBReferred > 0 {
		e.Counts = append(e.Counts, templates.Count{Label: "Referred to SARB", N: t.SARBReferred})
	}
	counts := make([][]int, len(sum.Schools))
	for i, s := range sum.Schools {
		counts[i] = []int{s.Counts.NewCART, s.Counts.NewSART, s.Counts.LettersMail, s.Counts.Meetings}
	}
	words := reports.CoverCounts(counts, d.Settings.SuppressSmall)
	for i, s := range sum.Schools {
		e.Schools = append(e.Schools, templates.SchoolLine{
			Name: s.Name, CART: words[i][0], SART: words[i][1], Letters: words[i][2], Meetings: words[i][3],
			Exceptions: s.Counts.Exceptions, Held: s.Held, Approved: s.Approved,
		})
	}
	if total := words[len(words)-1]; len(total) > 0 {
		for i, label := range []string{"New CART cases", "New SART cases", "Letters to mail", "Meetings booked"} {
			at := slices.IndexFunc(e.Counts, func(c templates.Count) bool { return c.Label == label })
			e.Counts[at].Words = total[i]
		}
	}
	if sum.Rejects > 0 {
		e.Problems = append(e.Problems, fmt.Sprintf("%d bad rows in the export are counted nowhere: rejects.csv names each", sum.Rejects))
	}
	for _, u := range sum.Undelivered {
		of := ""
		if u.Run != "" {
			of = " about the night of " + u.Run
		}
		e.Problems = append(e.Problems, fmt.Sprintf("Mail to the %s of school %s%s was not delivered: %s", u.Role.Label(), cmp.Or(u.SchoolID, "-"), of, u.Detail))
	}
	for _, id := range sum.Incomplete {
		e.Problems = append(e.Problems, fmt.Sprintf("The night of %s is not complete: some of its papers do not exist. To see what to mend: rollcall nightly --as-of %s", id, id))
	}
	for _, name := range sum.RefusedFollowUps {
		e.Problems = append(e.Problems, fmt.Sprintf("The filled-in roster %s has cells to mend, and nothing of it is on record: its copy in the inbox's folder refused has them in red; mended, it goes into the inbox again", name))
	}
	return e
}
