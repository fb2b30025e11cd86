package pipeline

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/reports"
	"rollcall/templates"
)

func TestOnlyAWebAddressBecomesALink(t *testing.T) {
	const place = "2025-10-15/101-acacia"
	for _, c := range []struct {
		link string
		want templates.Link
	}{
		{"https://files.example.org/attendance/", templates.Link{Name: "n", URL: "https://files.example.org/attendance/" + place}},
		{"HTTP://files.example.org", templates.Link{Name: "n", URL: "HTTP://files.example.org/" + place}},
		{"/srv/rollcall/out", templates.Link{Name: "n", Path: "/srv/rollcall/out/" + place}},
		{"smb://office/attendance", templates.Link{Name: "n", Path: "smb://office/attendance/" + place}},
		{"javascript:alert(1)//", templates.Link{Name: "n", Path: "javascript:alert(1)//" + place}},
	} {
		d := Delivery{Settings: Settings{Mail: MailSettings{Link: c.link}}}
		if diff := cmp.Diff(c.want, d.link("n", place)); diff != "" {
			t.Errorf("%s: %s", c.link, diff)
		}
	}
}

// desk is a school's night as its office manager finds it in the morning.
func desk(t *testing.T) *reports.SchoolNight {
	t.Helper()
	hmong := adult("1", "H1", "1 Oak St", true)
	hmong.Language = "hmn"
	s := planned(t, []district.Contact{hmong, adult("2", "H2", "", true)}, nil, sartDay("2025-11-04"))
	s.District.Rejects = []district.Reject{{SchoolID: "A", File: "contacts.csv", Line: 7, Reason: "x"}}
	s.District.Staff = []district.Staff{{SchoolID: "A", Role: district.AttendanceSpecialist, Name: "Kim Doe", Email: "kim.doe@example.org"}}
	return s.Material()
}

func TestTheOfficeManagersListIsInTheOrderOfTheWork(t *testing.T) {
	s := desk(t)
	var got []string
	for _, task := range (Delivery{Settings: Settings{Batch: 200}}).toDo(s, district.OfficeManager) {
		got = append(got, task.by.String()+" "+task.what)
	}
	want := []string{
		"2025-10-16 Before letters go out, go through the roster's Exceptions sheet, addresses first: 6 lines, 1 of them bad rows of the export, which count nowhere. An address that is mended in the SIS today has its letter tomorrow morning, not before",
		"2025-10-16 Print letters-mail.pdf on both sides, fold and mail 1 letter, and sign the declaration on the last page. Then ask the district office, or whoever runs rollcall, to record it: rollcall case record mailed --school A --run 2025-10-15",
		"2025-10-16 Print letters-student.pdf on both sides, send 1 copy home with the students, and have that recorded too: rollcall case record sent-home --school A --run 2025-10-15",
		"2025-10-16 See that these are booked for Tuesday, November 4, SART meetings from 8:00 AM to 9:00 AM: Room 4; interpreters for Hmong (1)",
		"2025-10-31 That morning's folder has packets-2025-11-04-SART.pdf, the meeting files for Tuesday, November 4 with fresh figures: print those on both sides (the contract is in each meeting file twice, for the family and for the school), with schedule.pdf, room.pdf and guide.pdf",
		"2025-11-04 After the meetings of this day, and of each one that follows, fill in the Follow-up sheet of the latest night's roster.xlsx (Outcome, Attended by, Address verified, Contract agreed, Notes; then each call, and that it is in the SIS) and give it to the district office, or whoever runs rollcall, who reads it in (rollcall follow-up import FILE.xlsx)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMailCountsWhatTheSheetsCount(t *testing.T) {
	s := desk(t)
	s.Counts.Waiting = 3
	e := Delivery{}.schoolWords(s, district.Admin, nil)
	counts := map[string]int{}
	for _, c := range e.Counts {
		counts[c.Label] = c.N
	}
	if lines := reports.ExceptionLines(s); counts["Exceptions"]+counts["Bad rows of the export"] != lines {
		t.Errorf("%d exceptions and %d bad rows, but %d lines", counts["Exceptions"], counts["Bad rows of the export"], lines)
	}
	if m := e.Meetings[0]; m.Meetings != 1 || m.Specialist != "Model (Kim Doe)" {
		t.Errorf("meeting day %+v", m)
	}
	all := strings.Join(e.Problems, "\n")
	for _, want := range []string{"Waiting for a place: 3 cases", "The roster's Exceptions sheet: 6 lines, 1 of them bad rows"} {
		if !strings.Contains(all, want) {
			t.Errorf("lacks %q:\n%s", want, all)
		}
	}
}

func TestMailAsksForOutcomesBeforeTheDesksWork(t *testing.T) {
	s := desk(t)
	s.Exceptions = append(s.Exceptions, intervention.Exception{StudentID: "1", SchoolID: s.School.ID, Subject: intervention.OutcomeSubject})
	for _, role := range []district.Role{district.OfficeManager, district.AttendanceClerk} {
		list := Delivery{}.toDo(s, role)
		if len(list) == 0 || !strings.HasPrefix(list[0].what, "1 meeting has no outcome on record") {
			t.Errorf("%s: %+v", role, list)
		}
	}
}

func TestFilesOfManyPiecesAreAllNamed(t *testing.T) {
	for pieces, want := range map[int]string{
		0: "letters-mail.pdf", 200: "letters-mail.pdf", 201: "letters-mail.pdf and letters-mail-2.pdf",
		601: "letters-mail.pdf, letters-mail-2.pdf, letters-mail-3.pdf and letters-mail-4.pdf",
	} {
		if got := fileNames("letters-mail", pieces, 200); got != want {
			t.Errorf("%d letters are in %s, want %s", pieces, got, want)
		}
	}
}

func TestMeetingFilesArePrintedAgainWhereTheirMeetingsChanged(t *testing.T) {
	s := desk(t)
	s.Night.AsOf, s.Night.Issued = s.Days[0].Date-1, s.Days[0].Date // its files were to be printed days ago
	again := func() bool {
		for _, task := range (Delivery{Settings: Settings{Batch: 200}}).toDo(s, district.OfficeManager) {
			if strings.Contains(task.what, "print packets-2025-11-04-SART.pdf again") {
				return true
			}
		}
		return false
	}
	if again() {
		t.Error("nothing changed, and the files are to be printed again")
	}
	s.Cancelled = append(s.Cancelled, intervention.Meeting{Kind: intervention.SART, Date: s.Days[0].Date, Cancelled: true})
	if !again() {
		t.Error("a meeting was called off, and the old files stay")
	}
}
