package reports

import (
	"fmt"
	"testing"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

func words(t testing.TB) *templates.Set {
	t.Helper()
	set, err := templates.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestMeetingFilesAreAValidDocument(t *testing.T) {
	s := fullNight()
	pdf, err := Packets(s, words(t), []intervention.Meeting{s.Meetings[0], s.Meetings[3]})
	if err != nil {
		t.Fatal(err)
	}
	checkPDF(t, pdf.Bytes)
	keepPDF(t, "packets.pdf", pdf.Bytes)
}

// fullNight is the fixture with a student who has something in every section.
func fullNight() *SchoolNight {
	s := fixtureNight()
	s.Night.SchoolNames = map[string]string{"010": s.School.Name, "020": "Cottonwood K-8"}
	s.Night.Supports = []string{"Attendance contract", "Check-in / Check-out", "Counseling", "Home visit", "Bus pass", "Tutoring or homework club",
		"Attendance incentive", "Medical or dental referral", "Basic needs (food, clothing, housing)", "Parenting class", "Mentor", "Schedule change"}
	f := &s.Files[1] // Luz Reyes, whose family reads Spanish
	st := &f.Student
	st.MiddleName, st.PreferredName = "María", "Lucy"
	st.Contacts = append(st.Contacts,
		district.Contact{ID: "d", Name: "Tomás Reyes", Relationship: "Father", Language: "es", Street: "12 Oak Street", Unit: "Apt 4", City: "Sage Valley", State: "CA", Zip: "92501", Phone: "(555) 555-0142", ReceivesMail: true, HouseholdID: "h9", Priority: 2},
		district.Contact{ID: "e", Name: "Rosa Vega", Relationship: "Grandmother", Language: "en", Phone: "(555) 555-0143", Priority: 3})
	st.Siblings = []district.Sibling{{StudentID: "0001001", Name: "Ada Okafor", SchoolID: "010", Grade: "5"}, {StudentID: "0002001", Name: "Leo Reyes", SchoolID: "020", Grade: "7"}}
	st.Notes = []district.Note{{Date: fixtureAsOf - 30, Note: "Mother called: stomach flu, will bring a note.", Author: "Sam Ruiz"}, {Date: fixtureAsOf - 12, Note: "Note received for 9/21.", Author: "Sam Ruiz"}}
	for i, c := range []string{"Reading", "Mathematics", "Science", "Writing", "Physical education"} {
		st.Grades = append(st.Grades, district.Grade{Term: "Q1", Course: c, Mark: string("ABCDF"[i]), Teacher: "R. Vale", Percent: fmt.Sprint(91 - 8*i), AsOf: fixtureAsOf - 1})
		st.Missing = append(st.Missing, district.MissingAssignment{Course: c, Title: "Unit 2, lesson " + fmt.Sprint(i+1), Teacher: "R. Vale", Points: "10", DueDate: fixtureAsOf - district.Date(4*i+2)})
	}
	st.Behavior = []district.Incident{{Date: fixtureAsOf - 21, Incident: "Left the playground without permission", Location: "Playground", Action: "Talked with counselor"}}
	st.Interventions = []district.PastIntervention{{Date: fixtureAsOf - 15, Kind: "Phone call", Note: "Spoke with mother about mornings.", Author: "Kim Doe"}}
	st.Enrollments[0].EntryDate = s.Calendar[8]
	f.Standing.Uncounted = []attendance.Day{{Date: s.Calendar[30], Code: "T", Category: district.Tardy, SchoolID: "010", Why: "Late 12 minutes: only more than 30 minutes counts."}}
	f.Standing.Faults = []attendance.Fault{{Date: s.Calendar[31], Problem: "a tardy has no minutes and is not counted: enter minutes_missed in the student information system"}}
	return s
}

// BenchmarkPackets is a document of fifty full meeting files.
func BenchmarkPackets(b *testing.B) {
	s, set := fullNight(), words(b)
	meetings := make([]intervention.Meeting, 50)
	for i := range meetings {
		meetings[i] = s.Meetings[3]
	}
	b.ReportAllocs()
	pages := 0
	for b.Loop() {
		pdf, err := Packets(s, set, meetings)
		if err != nil {
			b.Fatal(err)
		}
		pages = pdf.Pages
	}
	b.ReportMetric(float64(len(meetings)*b.N)/b.Elapsed().Seconds(), "packets/s")
	b.ReportMetric(float64(pages)/50, "pages/packet")
}
