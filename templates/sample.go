package templates

import (
	"strings"
	"time"

	"rollcall/internal/district"
)

// Sample is a letter's data for the fictitious family, in one of Languages: the
// people on whom every change of words is tried first.
func Sample(lang string) LetterData {
	on := func(month time.Month, day int) district.Date { return district.NewDate(2025, month, day) }
	dates := []CountedDate{
		{BriefDay(lang, on(time.August, 21)), Reason(lang, district.Unexcused), Say(lang, FullDay)},
		{BriefDay(lang, on(time.September, 4)), Reason(lang, district.Tardy), Say(lang, Over30)},
		{BriefDay(lang, on(time.September, 19)), Reason(lang, district.Unexcused), Say(lang, FullDay)},
		{BriefDay(lang, on(time.October, 9)), Say(lang, NoReasonGiven), Say(lang, FullDay)},
	}
	return LetterData{
		FamilyData: FamilyData{
			Student: StudentWords{Name: "Ana Flores", FirstName: "Ana", Grade: Grade(lang, "3"), ID: "100001", Homeroom: "12"},
			Adults:  Names(lang, []string{"Maria Flores", "José Flores"}),
			School: PlaceWords{Name: "Jacaranda Elementary School", Address: "100 Jacaranda Way, San Jacinto, CA 92583",
				Phone: "(951) 555-0110", Website: "jacaranda.example.org"},
			District: PlaceWords{Name: "San Jacinto Unified School District", Address: "2045 Sample Avenue, San Jacinto, CA 92583",
				Phone: "(951) 555-0100", Website: "district.example.org"},
			Date: Day(lang, on(time.October, 15)), Year: district.YearOf(on(time.October, 15)).String(),
			Kind: "SART", Team: TeamName(lang, "SART"),
			DaysAbsent: 5, DaysEnrolled: 45, Percent: Percent(lang, 5, 45), DaysUnexcused: 3, PartialDays: 1, TruancyEvents: 4, Truant: true,
			Dates: dates,
			Meeting: MeetingWords{Day: Day(lang, on(time.November, 18)), Time: TimeOfDay(lang, 8*60+30), AtTime: AtTime(lang, 8*60+30),
				Place: "Main office conference room", Facilitator: "Dolores Reed"},
			Contact: PersonWords{Name: "Pat Morales", Title: Say(lang, Clerk), Phone: "(951) 555-0111"},
			Signer:  PersonWords{Name: "Chris Okafor", Title: Say(lang, Administrator), Phone: "(951) 555-0110"},
		},
		ID: "L-7F3K2", CorrectBy: Day(lang, on(time.October, 29)), Before: Day(lang, on(time.November, 4)),
		Wrote: Day(lang, on(time.October, 2)), Corrected: true,
	}
}

// SampleContract is a contract's data for the fictitious family.
func SampleContract(lang string) ContractData {
	return ContractData{FamilyData: Sample(lang).FamilyData, Address: "12 Oak Street, Apt 4, San Jacinto, CA 92583", Phone: "(951) 555-0142",
		Supports: []string{"Check-in / Check-out", "Counseling", "Attendance incentive", "Transportation help", "Tutoring or homework club"}}
}

// SampleMailing is a declaration's data for a small batch.
func SampleMailing() MailingData {
	d := Sample(English)
	return MailingData{School: d.School, District: d.District, Batch: "2025-10-15 JAC letters-mail", Date: d.Date,
		Letters: 3, Sheets: 3, Kinds: []KindCount{{"SART invitation", 2}, {"CART invitation", 1}},
		Recorders: "the district office, or whoever runs rollcall", Record: "rollcall case record mailed --school JAC --run 2025-10-15"}
}

// SampleEmail is a message's data for a role.
func SampleEmail(role district.Role) EmailData {
	d := Sample(English)
	e := EmailData{
		Role: role.Label(), School: d.School.Name, District: d.District.Name, Date: "Tuesday, October 14, 2025", RunID: "2025-10-14",
		Counts: []Count{{Label: "New SART cases", N: 4}, {Label: "New CART cases", N: 2}, {Label: "Letters to mail", N: 6}, {Label: "Exceptions", N: 1}},
		ToDo: []ToDo{{"Thursday, October 16", "Mail 6 letters and sign the declaration of mailing"},
			{"Friday, October 17", "Send 6 letters home with the students"}},
		Meetings: []MeetingDayLine{{Day: "Tuesday, November 18, 2025", Kind: "SART", Times: "8:30 AM to 11:00 AM",
			Place: "Main office conference room", Meetings: 4, Specialist: "Model (Kim Doe)"}},
		Problems:    []string{"1 letter has no usable address"},
		Attachments: []string{"schedule.pdf", "schedule.ics"},
		Links:       []Link{{Name: "The night's folder", URL: "https://rollcall.example.org/2025-10-14/JAC"}},
		Password:    "The attachments open with your school's password.",
		Version:     "1.0",
	}
	if role == district.DistrictOffice {
		e.School = ""
		e.Schools = []SchoolLine{{Name: d.School.Name, CART: "2", SART: "4", Letters: "6", Meetings: "6", Exceptions: 1},
			{Name: "Vista Middle School", CART: "0", SART: "0", Letters: "0", Meetings: "0", Held: "no attendance rows for the latest school day"},
			{Name: "Cedar Elementary School", CART: "1", SART: "0", Letters: "1", Meetings: "1", Approved: "approved by Lee Park"}}
	}
	if role == Alarm {
		e.School, e.Counts, e.Meetings, e.Attachments, e.Links, e.Password = "", nil, nil, nil, nil, ""
		e.Held = "The night of 2025-10-14 failed."
		e.Problems = []string{`attendance.csv: line 14: unknown code "Q"`}
		e.Mend, e.ToDo = "Mend this and run 'rollcall nightly --as-of 2025-10-14' again: what is done stays done.", nil
	}
	return e
}

// samples are the data a file is tried on: everything given, everything that may
// be empty left empty, and of letters those after a change of schools and those
// beside another meeting.
func samples(folder, base, lang string) []any {
	full, bare := Sample(lang), Sample(lang)
	bare.Adults = Say(lang, ParentOf)
	bare.Dates, bare.Meeting, bare.CorrectBy, bare.Before = nil, MeetingWords{}, "", ""
	bare.Wrote, bare.Corrected, bare.Truant = "", false, false
	bare.School.Address, bare.School.Phone, bare.School.Website = "", "", ""
	bare.District.Address, bare.District.Phone, bare.District.Website = "", "", ""
	bare.Contact, bare.Signer = PersonWords{Title: Say(lang, OfficeWord)}, PersonWords{Title: Say(lang, AtSchool)}
	full.Interpreter = "Interpreter: (951) 555-0111"
	moved, off := full, bare
	moved.FromSchool, moved.Stands = "Vista Middle School", full.Meeting
	off.Stands = full.Meeting
	off.Another, off.NoticeStands = true, full.Wrote
	board := full
	board.Referral, board.Dates = full.Wrote, full.Dates
	full.GoneOn, full.Notice = true, full.Wrote
	switch {
	case folder == "letters":
		return []any{full, bare, moved, off, board}
	case base == "declaration":
		return []any{SampleMailing(), MailingData{}}
	case base == "interpreter":
		return []any{struct{}{}}
	}
	contract := SampleContract(lang)
	if strings.HasSuffix(base, "-cart") {
		contract.Kind, contract.Team = "CART", TeamName(lang, "CART")
	}
	return []any{contract, ContractData{FamilyData: bare.FamilyData}}
}
