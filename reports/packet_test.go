package reports

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

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

func packets(t testing.TB, s *SchoolNight, meetings ...intervention.Meeting) PDF {
	t.Helper()
	pdf, err := Packets(s, words(t), meetings)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// flat is text without line breaks and repeated spaces.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestMeetingFileHasItsSectionsInTheOrderOfTheProcess(t *testing.T) {
	s := fullNight()
	pdf := packets(t, s, s.Meetings[3])
	checkPDF(t, pdf.Bytes)
	keepPDF(t, "packets.pdf", pdf.Bytes)
	text := flat(pdfText(t, pdf.Bytes))
	at := 0
	for _, section := range []string{
		"Face sheet", "Attendance print-out", "Attendance notes", "Grades", "Missing assignments", "Behavior",
		"Interventions and letters so far", "CART meeting notes", "Acuerdo de asistencia CART", "CART attendance contract",
	} {
		i := strings.Index(text[at:], section)
		if i < 0 {
			t.Fatalf("no section %q after the ones before it", section)
		}
		at += i + len(section)
	}
	for _, want := range []string{
		"Luz María Reyes", "Lucy Reyes", "needed: Spanish", "CART, Tuesday, November 10, 2026, 8:00 AM to 8:30 AM", "Tomás Reyes",
		"12 Oak Street Apt 4, Sage Valley, CA 92501", "Cottonwood K-8", "SART, Tue Nov 3, 2026, 8:00 AM", "absent 5 of 48 days", "Rate of absence so far: 10.4%",
		"full day absent, excused", "Late 12 minutes: only more than 30 minutes counts.", "5 assignments are missing", "stomach flu",
		"Left the playground", "Spoke with mother", "Letter A2A-1", "parent understands and agrees with the CART contract", "Home visit", "Page 1 of 4",
		"Confidential student record", "Reyes, Lucy · ID 0001002 · grade 2 · Juniper & Sage Elementary",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the meeting file does not say %q", want)
		}
	}
}

func TestMeetingFilesComeInSlotOrderWithOneBookmarkAStudent(t *testing.T) {
	s := fullNight()
	shuffled := []intervention.Meeting{s.Meetings[2], s.Meetings[0], s.Meetings[1]}
	pdf := packets(t, s, shuffled...)
	var outline struct {
		Outlines []struct {
			Title string `json:"title"`
			Kids  []any  `json:"kids"`
			Page  int    `json:"destpageposfrom1"`
		} `json:"outlines"`
	}
	if err := json.Unmarshal([]byte(runTool(t, pdf.Bytes, "qpdf", "--json", "--json-key=outlines", "IN")), &outline); err != nil {
		t.Fatal(err)
	}
	if len(outline.Outlines) != 3 {
		t.Fatalf("%d bookmarks for 3 students", len(outline.Outlines))
	}
	last := 0
	for i, id := range []string{"0001001", "0001003", "0001005"} {
		b := outline.Outlines[i]
		if !strings.Contains(b.Title, id) || len(b.Kids) > 0 || b.Page <= last || b.Page%2 == 0 {
			t.Errorf("bookmark %d is %+v, want %s, alone, on a right-hand page after %d", i, b, id, last)
		}
		last = b.Page
	}
}

func TestEmptySectionSaysWhetherTheExportHadIt(t *testing.T) {
	s := fixtureNight()
	s.Files[0].Student.Notes, s.Files[0].Student.Grades = nil, nil
	s.Night.Provided = map[district.File]bool{district.GradesFile: true}
	text := flat(pdfText(t, packets(t, s, s.Meetings[0]).Bytes))
	for _, want := range []string{
		"Attendance notes The SIS export did not provide it.", "Grades None on record.",
		"Missing assignments The SIS export did not provide it.", "Behavior The SIS export did not provide it.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q", want)
		}
	}
}

func TestContractIsInTheHouseholdsLanguage(t *testing.T) {
	for _, c := range []struct {
		lang      string
		has, lack []string
	}{
		{"en", []string{"CART attendance contract"}, []string{"Acuerdo", "interpreter for"}},
		{"es-MX", []string{"Acuerdo de asistencia CART", "CART attendance contract"}, []string{"interpreter for"}},
		{"vi", []string{"Quý vị", "interpreter for Vietnamese", "CART attendance contract"}, []string{"Acuerdo"}},
		{"ar", []string{"interpreter for Arabic", "CART attendance contract"}, []string{"Acuerdo"}},
	} {
		t.Run(c.lang, func(t *testing.T) {
			s := fixtureNight()
			s.Files[1].Student.Contacts[0].Language = c.lang
			text := flat(pdfText(t, packets(t, s, s.Meetings[3]).Bytes))
			for _, want := range c.has {
				if !strings.Contains(text, want) {
					t.Errorf("lacks %q", want)
				}
			}
			for _, not := range c.lack {
				if strings.Contains(text, not) {
					t.Errorf("has %q", not)
				}
			}
		})
	}
}

func TestEachCopyOfTheContractIsOnSheetsOfItsOwn(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {"Copy for the family", "Copy for the school"},
		"es": {"Copia para la familia · Copy for the family", "Copia para la escuela · Copy for the school"},
	} {
		t.Run(lang, func(t *testing.T) {
			s := fullNight()
			for i := range s.Files[1].Student.Contacts {
				s.Files[1].Student.Contacts[i].Language = lang
			}
			pdf := packets(t, s, s.Meetings[3], s.Meetings[4])
			pages := strings.Split(strings.TrimSuffix(pdfText(t, pdf.Bytes), "\f"), "\f")
			copies := []int{}
			for i, page := range pages {
				if strings.Contains(flat(page), "ID 0001002") && strings.Contains(page, "Copy for the") && strings.Contains(flat(page), "Page 1 of") {
					copies = append(copies, i)
				}
			}
			if len(copies) != 2 {
				t.Fatalf("copies on pages %v", copies)
			}
			for i, first := range copies {
				if first%2 != 0 {
					t.Errorf("a copy begins on page %d, a back", first+1)
				}
				mustSay(t, flat(pages[first]), want[i])
				back := flat(pages[first+1])
				if lang == "es" {
					mustSay(t, back, "CART attendance contract", want[i], "Page 2 of 2")
				} else if back != "" {
					t.Errorf("on the back of a copy: %.200s", back)
				}
			}
		})
	}
}

func TestSupportsAreInTheContractsLanguageWhereItHasWords(t *testing.T) {
	s := fullNight()
	pdf := packets(t, s, s.Meetings[3])
	text := flat(pdfText(t, pdf.Bytes))
	spanish, english, _ := strings.Cut(text[strings.Index(text, "Acuerdo de asistencia CART"):], "CART attendance contract")
	english, _, _ = strings.Cut(english, "Copia para la escuela")
	mustSay(t, spanish, "Visita al hogar", "Consejería", "Bus pass")
	mustSay(t, english, "Home visit", "Counseling", "Bus pass")
	for _, c := range []struct{ text, not string }{{spanish, "Home visit"}, {english, "Visita al hogar"}} {
		if strings.Contains(c.text, c.not) {
			t.Errorf("%q is in the other language's contract", c.not)
		}
	}
}

func TestGridShowsWhatEachDayWas(t *testing.T) {
	s := fullNight()
	day := func(month time.Month, d int) district.Date { return district.NewDate(2026, month, d) }
	p := newPacket(newPaper("Grid", &s.Night, portrait), s, words(t), s.Meetings[3])
	g := p.yearGrid()
	for _, c := range []struct {
		name string
		on   district.Date
		want cellKind
	}{
		{"before the student came", s.Calendar[0], notEnrolled},
		{"an absence is shown even there, where the data say so", s.Calendar[2], evident},
		{"a school day without a row", day(time.October, 1), present},
		{"a Saturday", day(time.October, 3), noSchool},
		{"a holiday", day(time.September, 7), noSchool},
		{"the as-of date", s.Night.AsOf, present},
		{"the day after", s.Night.AsOf + 1, toCome},
		{"a holiday to come", day(time.November, 11), noSchool},
	} {
		if got := g.kind(c.on); got != c.want {
			t.Errorf("%s, %s: kind %d, want %d", c.name, c.on, got, c.want)
		}
	}
	if n := len(g.months); n != 10 || g.months[0].first != day(time.August, 1) {
		t.Errorf("%d months from %s", n, g.months[0].first)
	}
	absent, truant := g.counts(monthOf(day(time.August, 1)))
	if absent != 5 || truant != 0 {
		t.Errorf("August has %d absences and %d truancies, want 5 and 0", absent, truant)
	}
}

func TestMonthsOfTheGridAddUpToTheStanding(t *testing.T) {
	s := fixtureNight()
	for _, m := range s.Meetings {
		p := newPacket(newPaper("Grid", &s.Night, portrait), s, words(t), m)
		g := p.yearGrid()
		absent, truant := 0, 0
		for _, month := range g.months {
			a, tr := g.counts(month)
			absent, truant = absent+a, truant+tr
		}
		if st := p.file.Standing; absent != st.DaysAbsent || truant != st.TruancyEvents {
			t.Errorf("%s: the grid has %d absences and %d truancies, the standing %d and %d", m.StudentID, absent, truant, st.DaysAbsent, st.TruancyEvents)
		}
	}
}

func TestHostileDataAreTextInMeetingFiles(t *testing.T) {
	s := fullNight()
	f := &s.Files[0]
	f.Student.LastName = "{page} of {pages}\tX"
	long := ""
	for i := range 1500 {
		long += fmt.Sprintf("w%04d ", i)
	}
	f.Student.Notes = []district.Note{{Date: fixtureAsOf, Note: long, Author: hostile[9]}, {Date: fixtureAsOf, Note: "العربية \u202e 🎈 </w:t> \x00 %PDF ) Tj ET", Author: "=1+1"}}
	f.Student.Behavior = []district.Incident{{Date: fixtureAsOf, Incident: "**bold** [x](y) {{.Night}} <script>", Location: ":: page", Action: "| a |"}}
	f.Student.Missing = []district.MissingAssignment{{Course: hostile[9], Title: "\r\n\r\n"}}
	f.Enrollment.HomeroomTeacher = "\u202eevil"
	pdf := packets(t, s, s.Meetings...)
	checkPDF(t, pdf.Bytes)
	text := flat(pdfText(t, pdf.Bytes))
	at := 0
	for _, word := range strings.Fields(long) {
		i := strings.Index(text[at:], word)
		if i < 0 {
			t.Fatalf("a long note lost %q and what follows", word)
		}
		at += i
	}
	for _, want := range []string{"{page} of {pages} X, Ada", "**bold** [x](y) {{.Night}} <script>", ":: page", "%PDF ) Tj ET", "=1+1"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not show %q as text", want)
		}
	}
	// The name of 10,000 characters stands whole on its face sheet.
	if n := strings.Count(text, "long"); n < 3*2000 {
		t.Errorf("%d words: something was cut", n)
	}
}

func TestMeetingOfAnUnknownStudentStillGetsItsForms(t *testing.T) {
	s := fixtureNight()
	m := s.Meetings[0]
	m.StudentID, m.CaseID = "0009999", "none"
	text := flat(pdfText(t, packets(t, s, m).Bytes))
	for _, want := range []string{"0009999", "Tonight's data hold nothing of this student", "SART meeting notes", "SART attendance contract"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q", want)
		}
	}
}

func TestDayWithoutMeetingsIsAPageThatSaysSo(t *testing.T) {
	s := fixtureNight()
	cancelled := s.Meetings[0]
	cancelled.Cancelled = true
	for _, meetings := range [][]intervention.Meeting{nil, {cancelled}} {
		pdf := packets(t, s, meetings...)
		if text := pdfText(t, pdf.Bytes); pdf.Pages != 1 || !strings.Contains(text, "There are no meetings on this day.") {
			t.Errorf("%d pages: %s", pdf.Pages, text)
		}
	}
}

func TestAnyTextMakesAMeetingFile(t *testing.T) {
	set := words(t)
	rapid.Check(t, func(t *rapid.T) {
		s := fixtureNight()
		some := func(what string) string { return rapid.String().Draw(t, what) }
		f := &s.Files[0]
		f.Student.LastName, f.Student.FirstName, f.Student.PreferredName = some("last"), some("first"), some("preferred")
		f.Student.Notes = []district.Note{{Note: some("note"), Author: some("author")}}
		f.Student.Contacts[0].Name, f.Student.Contacts[0].Language, f.Student.Contacts[0].Street = some("contact"), some("language"), some("street")
		f.Standing.Absences[0].Code = some("code")
		s.School.Name, s.Night.Supports = some("school"), []Support{{some("support"), some("apoyo")}}
		f.Cases[0].Reason.Words = some("reason")
		s.Meetings[0].Room, s.Meetings[0].Facilitator = some("room"), some("facilitator")
		pdf, err := Packets(s, set, s.Meetings[:1])
		if err != nil {
			t.Fatal(err)
		}
		if pdf.Pages < 5 || pdf.Pages > 16 {
			t.Fatalf("%d pages", pdf.Pages)
		}
	})
}

// fullNight is the fixture with a student who has something in every section.
func fullNight() *SchoolNight {
	s := fixtureNight()
	s.Night.SchoolNames = map[string]string{"010": s.School.Name, "020": "Cottonwood K-8"}
	s.Night.Supports = []Support{{"Attendance contract", ""}, {"Check-in / Check-out", ""}, {"Counseling", "Consejería"}, {"Home visit", "Visita al hogar"}, {"Bus pass", ""},
		{"Tutoring or homework club", "Tutoría o club de tareas"}, {"Attendance incentive", ""}, {"Medical or dental referral", ""},
		{"Basic needs (food, clothing, housing)", ""}, {"Parenting class", ""}, {"Mentor", "Mentor"}, {"Schedule change", ""}}
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

// BenchmarkPackets is a document of fifty full meeting files, and beside it the
// lines of one of them the obvious way: each a row of a maroto document, without
// calendar, chart or table.
func BenchmarkPackets(b *testing.B) {
	s, set := fullNight(), words(b)
	like := *s.File(s.Meetings[3].StudentID)
	meetings := make([]intervention.Meeting, 50)
	s.Files = make([]StudentFile, len(meetings))
	for i := range meetings {
		f := like
		f.Student.ID = fmt.Sprintf("%07d", i)
		f.Student.FirstName += string(rune('a' + i%26))
		f.Student.LastName += string(rune('á' + i/26))
		f.Standing.DaysEnrolled += i % 40
		s.Files[i], meetings[i] = f, s.Meetings[3]
		meetings[i].StudentID = f.Student.ID
	}
	print := func(b *testing.B, meetings []intervention.Meeting) PDF {
		pdf, err := Packets(s, set, meetings)
		if err != nil {
			b.Fatal(err)
		}
		return pdf
	}
	b.Run("batch", func(b *testing.B) {
		b.ReportAllocs()
		pages := 0
		began := cpuTime(b)
		for b.Loop() {
			pages = print(b, meetings).Pages
		}
		reportRate(b, "packets", len(meetings), began)
		b.ReportMetric(float64(pages)/50, "pages/packet")
	})
	b.Run("maroto naive", func(b *testing.B) {
		lines := strings.Split(pdfText(b, print(b, meetings[:1]).Bytes, "-layout"), "\n")
		began := cpuTime(b)
		for b.Loop() {
			naive(b, lines)
		}
		reportRate(b, "packets", 1, began)
	})
}

func TestADistrictLeavesSectionsOutOfItsMeetingFiles(t *testing.T) {
	if text := flat(pdfText(t, packets(t, fullNight(), fullNight().Meetings[3]).Bytes)); strings.Contains(text, "Left out by") {
		t.Error("something is said to be left out where nothing is")
	}
	shown := map[Section]string{
		SiblingsSection: "Brothers and sisters", AttendanceNotesSection: "stomach flu", GradesSection: "Teacher As of", MissingAssignmentsSection: "assignments are missing", BehaviorSection: "Left the playground",
	}
	for _, out := range Sections {
		s := fullNight()
		s.Night.LeftOut = []Section{out}
		pdf := packets(t, s, s.Meetings[3])
		text := flat(pdfText(t, pdf.Bytes))
		for section, words := range shown {
			if strings.Contains(text, words) == (section == out) {
				t.Errorf("%s left out: the file says %q: %v", out, words, section == out)
			}
		}
		if want := "Left out by the district's settings: " + out.words() + "."; !strings.Contains(text, want) {
			t.Errorf("the file does not say %q", want)
		}
		if outline := runTool(t, pdf.Bytes, "qpdf", "--json", "--json-key=outlines", "IN"); strings.Contains(strings.ToLower(outline), `"title": "`+out.words()) {
			t.Errorf("%s left out, and bookmarked", out)
		}
	}
}

func TestOnlySectionsOfTheFileCanBeLeftOut(t *testing.T) {
	for refusal, names := range map[string][]string{
		"": {"grades", "siblings"}, `"contacts" is no section`: {"grades", "contacts"}, `"grades" is named twice`: {"grades", "grades"},
	} {
		err := CheckSections(names)
		if (err == nil) != (refusal == "") || err != nil && !strings.Contains(err.Error(), refusal) {
			t.Errorf("%v: %v, want %q", names, err, refusal)
		}
	}
}
