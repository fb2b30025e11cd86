package reports

import (
	"fmt"
	"strings"
	"time"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
)

// fixtureAsOf is the night all fixtures are of.
var fixtureAsOf = district.NewDate(2026, time.October, 15)

// hostile are strings an export may hold and a document must survive: formulas,
// control characters, invalid UTF-8, an escape of the workbook format, markup,
// wide characters, and one far too long.
var hostile = []string{
	`=HYPERLINK("https://evil.example.org","click")`,
	"+1", "@x", "-2+3", "\t=1+1",
	"bell\x07null\x00\xff",
	"_x0041_", "<b>&amp;</b>\r\nBEGIN:VEVENT",
	"Zoë 🎈 Nguyễn Tshaj",
	strings.Repeat("long ", 2000),
}

// fixtureCalendar is every weekday from the first school day to June.
func fixtureCalendar() []district.Date {
	var days []district.Date
	for d := district.NewDate(2026, time.August, 10); d <= district.NewDate(2027, time.May, 28); d++ {
		if !d.IsWeekend() && d != district.NewDate(2026, time.September, 7) && d != district.NewDate(2026, time.November, 11) {
			days = append(days, d)
		}
	}
	return days
}

// fixturePupil is one line of the fixture: figures and the case they led to.
type fixturePupil struct {
	id, last, first, grade, language string
	excused, unexcused, partial      int
	kind                             intervention.Kind
	events                           []intervention.EventKind
}

var (
	booked  = []intervention.EventKind{intervention.Identified, intervention.Scheduled}
	waiting = []intervention.EventKind{intervention.Identified, intervention.Waiting}
)

// fixturePupils are twelve invented children: three SART meetings and three
// CART, one case waiting, one held, one no-show, one withdrawn, two watched.
func fixturePupils() []fixturePupil {
	return []fixturePupil{
		{"0001001", "Okafor", "Ada", "5", "en", 2, 3, 1, intervention.SART, booked},
		{"0001002", "Reyes", "Luz", "2", "es", 5, 0, 0, intervention.CART, booked},
		{"0001003", hostile[0], hostile[1], "8", "en", 0, 10, 0, intervention.SART, booked},
		{"0001004", hostile[2], hostile[3], "K", "hmn", 6, 0, 0, intervention.CART, booked},
		{"0001005", hostile[8], hostile[5], "TK", "vi", 8, 2, 0, intervention.SART, booked},
		{"0001006", hostile[9], "Iris", "1", "es", 9, 0, 0, intervention.CART, booked},
		{"0001007", "Barros", "Caio", "3", "pt", 5, 0, 0, intervention.CART, waiting},
		{"0001008", "Lindqvist", hostile[6], "4", "en", 1, 4, 0, intervention.SART, append(booked[:2:2], intervention.Mailed, intervention.Held)},
		{"0001009", "Moss", "Wren", "6", "en", 0, 2, 2, intervention.SART, append(booked[:2:2], intervention.Mailed, intervention.NoShow, intervention.BelowThreshold)},
		{"0001010", "Adeyemi", "Tola", "7", "en", 4, 0, 0, intervention.CART, append(booked[:2:2], intervention.Withdrawn)},
		{"0001011", hostile[7], "Juno", "5", "en", 3, 0, 0, "", nil},
		{"0001012", "Park", hostile[4], "5", "ko", 1, 1, 1, "", nil},
	}
}

// fixtureNight is one fictitious school on one night.
func fixtureNight() *SchoolNight {
	school := district.School{
		ID: "010", Name: "Juniper & Sage Elementary", CDSCode: "33000000000000", GradeSpan: "TK-8",
		Street: "100 Juniper Way", City: "Sage Valley", State: "CA", Zip: "92500", Phone: "(555) 555-0110",
	}
	days := fixtureCalendar()
	s := &SchoolNight{
		Night: Night{
			District: Office{
				Name: "Sage Valley Unified School District", Street: "1 Sage Street", City: "Sage Valley", State: "CA",
				Zip: "92500", Phone: "(555) 555-0100", Website: "www.example.org",
			},
			AsOf: fixtureAsOf, Issued: fixtureAsOf + 1, Year: district.YearOf(fixtureAsOf),
			RunID: "2026-10-15", Version: "1.0.0", TimeZone: "America/Los_Angeles",
			Policy: PolicyWords{
				Name: "Default policy", Hash: strings.Repeat("ab12", 16), Numbers: attendance.DefaultRules(),
				Rules: []RuleWords{
					{"CART", "chronic", "days_enrolled >= 20 && absence_rate >= 0.10", "Absent for any reason on at least 10% of the school days enrolled."},
					{"SART", "truancy", "truant", ""},
					{"watch list", "watch", "absences_per_month >= 1 || truancy_events >= 2", ""},
				},
			},
			Provided: map[district.File]bool{district.GradesFile: true, district.LettersSent: true, district.AttendanceNotes: true},
			Supports: []Support{{"Attendance contract", "Acuerdo de asistencia"}, {English: "Check-in with the counselor"}, {English: `=cmd|' /C calc'!A0`}, {English: "Bus pass, walking school bus"}},
		},
		School: school,
		Staff: []district.Staff{
			{SchoolID: "010", Role: district.Admin, Name: "Pat Ito", Email: "pat.ito@example.org", Phone: "(555) 555-0111"},
			{SchoolID: "010", Role: district.OfficeManager, Name: "Sam Ruiz", Email: "sam.ruiz@example.org", Phone: "(555) 555-0112"},
			{Role: district.AttendanceSpecialist, Name: "Kim Doe", Email: "kim.doe@example.org", Phone: "(555) 555-0113"},
		},
		Codes: []district.Code{
			{Code: "E", Category: district.Excused, Description: "Excused"},
			{Code: "T", Category: district.TardyOver30, Description: "Tardy over 30 minutes"},
			{Code: "U", Category: district.Unexcused, Description: "Unexcused"},
		},
		Calendar: days,
		Counts: night.Counts{
			Students: 400, Chronic: 41, Truant: 12, NewCART: 4, NewSART: 4, Withdrawn: 1, Flagged: 1, OpenCART: 5, OpenSART: 5,
			Waiting: 1, WatchList: 2, LettersMail: 8, LettersStudent: 8, Meetings: 6, Exceptions: 3, Rejects: 2,
		},
		Key: fixtureKey(),
	}
	meetingDay := func(kind intervention.Kind, on district.Date, role string) intervention.MeetingDay {
		return intervention.MeetingDay{
			SchoolID: "010", Kind: kind, Date: on, Start: 8 * 60, End: 11 * 60, SlotMinutes: 30, Rooms: []string{"Room 12"},
			Place: "Main office conference room", Facilitators: []string{"Pat Ito"}, Ordinal: 1, SpecialistRole: role,
		}
	}
	sart, cart := district.NewDate(2026, time.November, 3), district.NewDate(2026, time.November, 10)
	s.Days = []intervention.MeetingDay{meetingDay(intervention.SART, sart, "Model"), meetingDay(intervention.CART, cart, "")}
	s.PacketDays = []DayKey{{intervention.SART, sart}, {intervention.CART, cart}}
	slot := map[intervention.Kind]int{}
	for i, p := range fixturePupils() {
		f := fixtureFile(s, days, i, p)
		if p.kind != "" {
			c := fixtureCase(s, p, f.Standing)
			if c.IsBooked() {
				on := map[intervention.Kind]district.Date{intervention.SART: sart, intervention.CART: cart}[p.kind]
				start := intervention.Clock(8*60 + 30*slot[p.kind])
				slot[p.kind]++
				m := intervention.Meeting{
					ID: c.ID + "/m1", CaseID: c.ID, StudentID: p.id, SchoolID: "010", Kind: p.kind, Date: on, Start: start, End: start + 30,
					Room: "Room 12", Place: "Main office conference room; north, upstairs", Facilitator: "Pat Ito",
				}
				s.Meetings = append(s.Meetings, m)
				c.Meeting = &m
				fixtureLetters(s, &f, &c)
			}
			f.Cases = []intervention.Case{c}
		} else {
			f.Watch = &intervention.Reason{
				Rule: "watch", Expr: "absences_per_month >= 1 || truancy_events >= 2",
				Words: "one absence or more in a school month, or two truancy events",
			}
		}
		s.Files = append(s.Files, f)
	}
	sartFirst := func(m intervention.Meeting) bool { return m.Kind == intervention.SART }
	var ordered []intervention.Meeting
	for _, first := range []bool{true, false} {
		for _, m := range s.Meetings {
			if sartFirst(m) == first {
				ordered = append(ordered, m)
			}
		}
	}
	s.Meetings = ordered
	s.Exceptions = []intervention.Exception{
		{StudentID: "0001001", SchoolID: "010", Subject: "Letter #1", Problem: "no Letter #1 on record: ask for it before the meeting"},
		{StudentID: "0001004", SchoolID: "010", Subject: "language", Problem: "no letter in Hmong: call with an interpreter"},
		{SchoolID: "010", Subject: "staff", Problem: "no facilitator on file"},
	}
	s.Rejects = []district.Reject{
		{File: "attendance.csv", Line: 17, Column: "date", Value: "10/15/2026", Reason: "is not a date like 2026-10-15", StudentID: "0001002", SchoolID: "010"},
		{File: "attendance.csv", Line: 18, Column: "code", Value: `=cmd|'/C calc'!A0`, Reason: "unknown, \"quoted\"", SchoolID: "010"},
	}
	return s
}

func fixtureKey() KeyData {
	key := KeyData{ByWeekday: [5]int{41, 22, 19, 25, 48}, ByMonth: []MonthTally{{"2026-08", 120, 6400}, {"2026-09", 260, 8400}, {"2026-10", 210, 4400}}}
	for i, g := range district.Grades[:10] {
		key.ByGrade = append(key.ByGrade, GradeTally{
			Grade: g, Students: 40, Satisfactory: 28 - i, AtRisk: 6, Chronic: 5, Severe: 1 + i, Truant: i, ChronicLabel: 6 + i,
		})
	}
	return key
}

func fixtureFile(s *SchoolNight, days []district.Date, n int, p fixturePupil) StudentFile {
	enrolled := 0
	for _, d := range days {
		if d <= fixtureAsOf {
			enrolled++
		}
	}
	st := attendance.Standing{
		StudentID: p.id, SchoolID: "010", Grade: p.grade, AsOf: fixtureAsOf,
		DaysEnrolled: enrolled, DaysAbsent: p.excused + p.unexcused, DaysExcused: p.excused, DaysUnexcused: p.unexcused,
		PartialDayTruancies: p.partial, TruancyEvents: p.unexcused + p.partial, AbsencesByMonth: []int{1, 2, p.excused}, EveryMonth: 1, MonthDays: 20,
		SchoolDaysEnrolled: enrolled, SchoolDaysAbsent: p.excused + p.unexcused, CompulsoryAge: p.grade != "TK" && p.grade != "K",
		ChronicState: true,
	}
	switch percent := 100 * st.DaysAbsent; {
	case percent >= 20*enrolled:
		st.Tier = attendance.Severe
	case percent >= 10*enrolled:
		st.Tier = attendance.Chronic
	case percent >= 5*enrolled:
		st.Tier = attendance.AtRisk
	default:
		st.Tier = attendance.Satisfactory
	}
	st.Chronic = 100*st.DaysAbsent >= 10*enrolled
	st.Truant = st.TruancyEvents >= 3 && st.CompulsoryAge
	student := district.Student{
		ID: p.id, LastName: p.last, FirstName: p.first, SSID: "99" + p.id + "0", Birthdate: district.NewDate(2015, time.March, 1+n), HomeLanguage: p.language,
		Contacts: []district.Contact{{
			ID: "c" + p.id, Name: "Guardian of " + p.first, Relationship: "Mother", Language: p.language, Street: fmt.Sprintf("%d Quail Run", 100+n),
			City: "Sage Valley", State: "CA", Zip: "92501-0001", Phone: "(555) 555-0199", Email: "family@example.org", ReceivesMail: true, HouseholdID: "h" + p.id, Priority: 1,
		}},
		Notes:       []district.Note{{Date: fixtureAsOf - 3, Note: hostile[7], Author: "Sam Ruiz"}},
		Grades:      []district.Grade{{Term: "Q1", Course: "Mathematics", Mark: "B-", Teacher: "R. Vale", Percent: "81", AsOf: fixtureAsOf - 1}},
		LettersSent: []district.LetterSent{{Letter: "A2A-1", SentOn: fixtureAsOf - 20, Channel: "mail"}},
	}
	if n == 0 {
		student.LettersSent = nil
	}
	enrollment := district.Enrollment{SchoolID: "010", Grade: p.grade, EntryDate: days[0], Homeroom: fmt.Sprintf("R%02d", n%4), HomeroomTeacher: "R. Vale"}
	student.Enrollments = []district.Enrollment{enrollment}
	mark := func(day int, code *district.Code, kind attendance.DayKind) {
		d := days[day]
		student.Marks = append(student.Marks, district.Mark{Date: d, Minutes: district.NoMinutes, Entry: &district.Entry{SchoolID: "010", Code: code}, Line: int32(day)})
		e := attendance.Day{Date: d, SchoolID: "010", Code: code.Code, Category: code.Category, Kind: kind}
		if kind == attendance.FullDayAbsence {
			st.Absences = append(st.Absences, e)
		}
		if code.Category != district.Excused {
			st.Truancies = append(st.Truancies, e)
		}
	}
	day := 1 + n
	for i, count := range []int{p.excused, p.unexcused, p.partial} {
		code := &s.Codes[[]int{0, 2, 1}[i]]
		kind := attendance.FullDayAbsence
		if i == 2 {
			kind = attendance.PartialDayTruancy
		}
		for range count {
			mark(day, code, kind)
			day += 2
		}
	}
	return StudentFile{Student: student, Enrollment: enrollment, Standing: st, UnderLaw: st.Truancies}
}

func fixtureCase(s *SchoolNight, p fixturePupil, st attendance.Standing) intervention.Case {
	c := intervention.Case{
		ID: intervention.CaseID(s.Night.Year, p.kind, 1, p.id), StudentID: p.id, SchoolID: "010", Kind: p.kind, Round: 1, Year: s.Night.Year,
		OpenedOn: fixtureAsOf, PolicyHash: s.Night.Policy.Hash,
		Reason: intervention.Reason{Rule: "chronic", Expr: "days_enrolled >= 20 && absence_rate >= 0.10",
			Words: fmt.Sprintf("chronic: absent %d of %d days", st.DaysAbsent, st.DaysEnrolled)},
	}
	evidence := st.Absences
	if p.kind == intervention.SART {
		c.Reason.Rule, c.Reason.Expr, c.Reason.Words = "truancy", "truant", fmt.Sprintf("truancy: %d truancy events", st.TruancyEvents)
		evidence = st.Truancies
	}
	for _, d := range evidence {
		c.Reason.Dates = append(c.Reason.Dates, d.Date)
	}
	for _, kind := range p.events {
		c.Events = append(c.Events, intervention.Event{
			Kind: kind, At: fixtureAsOf.At(12, 0, time.UTC), On: fixtureAsOf, Actor: "rollcall", Detail: "as the policy says",
		})
	}
	return c
}

func fixtureLetters(s *SchoolNight, f *StudentFile, c *intervention.Case) {
	household := f.Student.Households()[0]
	for i, channel := range []intervention.Channel{intervention.ByMail, intervention.WithStudent} {
		l := intervention.Letter{
			ID: fmt.Sprintf("L%s%d", c.StudentID[3:], i), CaseID: c.ID, StudentID: c.StudentID, Kind: intervention.CARTInvitation,
			Channel: channel, Language: household.Language, IssuedOn: s.Night.Issued,
		}
		if c.Kind == intervention.SART {
			l.Kind = intervention.SARTInvitation
		}
		if channel == intervention.ByMail {
			l.Household = household.Key
		}
		c.Letters = append(c.Letters, l)
		s.Letters = append(s.Letters, LetterDue{
			Letter: l, Household: household, Meeting: c.Meeting, CorrectBy: s.Night.Issued + 7, Homeroom: f.Enrollment.Homeroom,
			Copy: channel == intervention.WithStudent,
		})
	}
}

// fixtureDistrict is a fictitious district of three schools on the same night;
// the first school's cases are fixtureNight's.
func fixtureDistrict() *DistrictNight {
	s := fixtureNight()
	d := &DistrictNight{Night: s.Night, Exceptions: s.Exceptions, Rejects: s.Rejects}
	for i, name := range []string{s.School.Name, "Cottonwood K-8", "=SUM(A1:A9)"} {
		school := s.School
		school.ID, school.Name = fmt.Sprintf("%03d", 10*(i+1)), name
		line := SchoolLine{School: school, Counts: s.Counts, Key: fixtureKey()}
		for g := range line.Key.ByGrade {
			line.Key.ByGrade[g].Satisfactory += 3 * i
			line.Key.ByGrade[g].Students += 3 * i
		}
		line.Counts.OpenSART += 8 * i
		d.Schools = append(d.Schools, line)
	}
	d.Schools[1].Held = "no attendance rows for 15 October"
	for _, kind := range []intervention.Kind{intervention.SART, intervention.CART} {
		for i := range s.Files {
			f := &s.Files[i]
			for _, c := range f.Cases {
				if c.Kind == kind {
					d.Cases = append(d.Cases, CaseLine{
						SchoolID: "010", StudentID: f.Student.ID, Name: f.Student.SortName(), Grade: f.Enrollment.Grade, Standing: f.Standing, Case: c,
					})
				}
			}
		}
	}
	for _, l := range s.Letters {
		d.Letters = append(d.Letters, LetterLine{SchoolID: "010", Letter: l.Letter, Batch: "letters-mail.pdf", Digest: strings.Repeat("0f", 32)})
	}
	d.Undelivered = []night.Delivery{{
		MessageID: "<2026-10-15.010.admin@example.org>", RunID: "2026-10-15", SchoolID: "010", Role: district.Admin,
		Recipients: []night.Recipient{{Address: "pat.ito@example.org", Outcome: "refused", Detail: "550 no such user"}, {Address: "ok@example.org", Outcome: "sent"}},
	}}
	return d
}
