package pipeline

import (
	"cmp"
	"fmt"
	"path"
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
			{Label: "Meetings called off tonight", N: n.CalledOff},
			{Label: "Letters to mail", N: n.LettersMail}, {Label: "Copies to send home", N: n.LettersStudent},
			{Label: "Watch list", N: n.WatchList}, {Label: "Exceptions", N: n.Exceptions},
		},
		Links: []templates.Link{{Name: "The night's folder", URL: d.link(Folder(s.Night.RunID, s.School))}},
	}
	for _, day := range s.Days {
		e.Meetings = append(e.Meetings, templates.MeetingDayLine{
			Day: day.Date.Format(longDay), Kind: string(day.Kind), Times: day.Start.String() + " to " + day.End.String(),
			Place: day.Place, Families: meetingsOn(s, day), Specialist: day.SpecialistRole,
		})
	}
	for _, t := range toDo(s, role) {
		e.ToDo = append(e.ToDo, templates.ToDo{By: t.by.Format("Monday, January 2"), What: t.what})
	}
	if n.CalledOff > 0 {
		e.Problems = append(e.Problems, fmt.Sprintf("%d meetings were called off tonight: the Exceptions sheet names the families; call those whose letter is in the post", n.CalledOff))
	}
	if n.Waiting > 0 && role == district.Admin {
		e.Problems = append(e.Problems, fmt.Sprintf("%d families wait for a place: add a meeting day, a room or longer hours under meetings in rollcall.yaml, or ask the district office to", n.Waiting))
	}
	if n.Exceptions > 0 && role != district.AttendanceSpecialist {
		e.Problems = append(e.Problems, fmt.Sprintf("%d lines on the roster's Exceptions sheet", n.Exceptions))
	}
	if n.Rejects > 0 && role != district.AttendanceSpecialist {
		e.Problems = append(e.Problems, fmt.Sprintf("%d bad rows of the export name this school; they are counted nowhere", n.Rejects))
	}
	for _, f := range files {
		e.Attachments = append(e.Attachments, f.Name)
	}
	if len(files) == 1 {
		e.Password = "The attachment opens with your school's password. The calendar, the brief and the roster are inside it."
	}
	return e
}

func meetingsOn(s *reports.SchoolNight, day intervention.MeetingDay) int {
	n := 0
	for _, m := range s.Meetings {
		if m.Kind == day.Kind && m.Date == day.Date {
			n++
		}
	}
	return n
}

// task is one thing to do by a day.
type task struct {
	by   district.Date
	what string
}

// toDo lists what is next for a role, in order of date.
func toDo(s *reports.SchoolNight, role district.Role) []task {
	var list []task
	add := func(by district.Date, format string, args ...any) {
		list = append(list, task{by: by, what: fmt.Sprintf(format, args...)})
	}
	n := s.Counts
	if s.Held != "" && role == district.Admin {
		add(s.Night.Issued, "Look at the held night: %s. Nothing was issued; %s", s.Held, s.Mend)
	}
	if role == district.OfficeManager {
		if n.CalledOff > 0 {
			add(s.Night.Issued, "Call the families of %d meetings that were called off tonight, where their letter is in the post already (Exceptions sheet)", n.CalledOff)
		}
		if n.LettersMail > 0 {
			add(s.Night.Issued, "Print letters-mail.pdf on both sides, fold and mail %d letters, sign the declaration on its last page, and have the batch recorded as mailed", n.LettersMail)
		}
		if n.LettersStudent > 0 {
			add(s.Night.Issued, "Print letters-student.pdf on both sides and send %d copies home with the students", n.LettersStudent)
		}
		if n.Exceptions > 0 {
			add(s.Night.Issued, "Go through the roster's Exceptions sheet: %d lines", n.Exceptions)
		}
	}
	for _, day := range s.Days {
		date := day.Date.Format("Monday, January 2")
		switch role {
		case district.OfficeManager:
			packets := fmt.Sprintf("packets-%s-%s.pdf", day.Date, day.Kind)
			switch fresh := freshPackets(s, day.Date); {
			case fresh == s.Night.Issued:
				add(fresh, "Print %s, the meeting files for %s with last night's figures, and set up the room (room.pdf)", packets, date)
			case fresh > s.Night.Issued:
				add(fresh, "That morning's folder has %s, the meeting files for %s with fresh figures: print those", packets, date)
			}
		case district.Admin:
			add(day.Date, "Hold the %s meetings of %s: %d families, %s; see brief.pdf and schedule.pdf", day.Kind, date, meetingsOn(s, day), day.Place)
		case district.AttendanceSpecialist:
			if day.SpecialistRole != "" {
				add(day.Date, "Be at %s for SART day %d: %s", s.School.Name, day.Ordinal, day.SpecialistRole)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b task) int { return cmp.Compare(a.by, b.by) })
	return list
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

// link is where people find a place on the shelf: a web address as configured,
// else the file's own.
func (d Delivery) link(place string) string {
	if strings.Contains(d.Settings.Mail.Link, "://") {
		return strings.TrimSuffix(d.Settings.Mail.Link, "/") + "/" + place
	}
	return "file://" + path.Join(d.Settings.Mail.Link, place)
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
			{Label: "Meetings called off tonight", N: t.CalledOff}, {Label: "Letters to mail", N: t.LettersMail}, {Label: "Meetings booked", N: t.Meetings}, {Label: "Exceptions", N: t.Exceptions},
		},
		Links: []templates.Link{
			{Name: "The district's workbook", URL: d.link(n.RunID + "/district/roster.xlsx")},
			{Name: "The district's brief", URL: d.link(n.RunID + "/district/brief.pdf")},
		},
	}
	for _, s := range sum.Schools {
		e.Schools = append(e.Schools, templates.SchoolLine{
			Name: s.Name, CART: s.Counts.NewCART, SART: s.Counts.NewSART, Letters: s.Counts.LettersMail,
			Meetings: s.Counts.Meetings, Exceptions: s.Counts.Exceptions, Held: s.Held, Approved: s.Approved,
		})
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
	return e
}
