package reports

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

// teamPapers are the documents of a school's meeting team, and the district's.
func teamPapers(set *templates.Set) map[string]func(*SchoolNight) (PDF, error) {
	of := func(paper func(*SchoolNight, *templates.Set) (PDF, error)) func(*SchoolNight) (PDF, error) {
		return func(s *SchoolNight) (PDF, error) { return paper(s, set) }
	}
	districtBrief := func(small bool) func(*SchoolNight) (PDF, error) {
		return func(*SchoolNight) (PDF, error) {
			d := fixtureDistrict()
			d.SuppressSmall = small
			return DistrictBrief(d, set)
		}
	}
	return map[string]func(*SchoolNight) (PDF, error){
		"schedule": of(Schedule), "brief": of(Brief), "room": of(Room), "guide": of(Guide), "calls": of(Calls),
		"packets":  func(s *SchoolNight) (PDF, error) { return Packets(s, set, s.Meetings) },
		"district": districtBrief(false), "district-small": districtBrief(true),
	}
}

func teamPaper(t testing.TB, name string, s *SchoolNight) PDF {
	t.Helper()
	pdf, err := teamPapers(words(t))[name](s)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

func paperText(t testing.TB, name string, s *SchoolNight) string {
	t.Helper()
	return flat(pdfText(t, teamPaper(t, name, s).Bytes))
}

func mustSay(t testing.TB, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q:\n%.3000s", want, text)
		}
	}
}

func TestTeamPapersAreValidAndTwiceTheSame(t *testing.T) {
	set := words(t)
	for name, paper := range teamPapers(set) {
		t.Run(name, func(t *testing.T) {
			first, err := paper(fullNight())
			if err != nil {
				t.Fatal(err)
			}
			checkPDF(t, first.Bytes)
			keepPDF(t, name+".pdf", first.Bytes)
			for range 3 {
				again, err := paper(fullNight())
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(first.Bytes, again.Bytes) {
					t.Fatal("the same night gives different bytes")
				}
			}
		})
	}
}

func TestTeamPapersOfAnEmptySchoolSayWhatIsMissing(t *testing.T) {
	for name, want := range map[string]string{
		"schedule": "No meetings are booked", "room": "no room to set up", "brief": "No new case tonight", "calls": "There is nobody to call",
		"guide": "CART meeting days ahead: none booked",
	} {
		t.Run(name, func(t *testing.T) {
			mustSay(t, paperText(t, name, &SchoolNight{Night: Night{AsOf: fixtureAsOf, Year: district.YearOf(fixtureAsOf)}, School: district.School{ID: "010", Name: "Juniper"}}), want)
		})
	}
}

func TestScheduleIsAPageForEachMeetingDay(t *testing.T) {
	pdf := teamPaper(t, "schedule", fullNight())
	if pdf.Pages != 2 {
		t.Fatalf("%d pages for two days", pdf.Pages)
	}
	first, second := flat(pdfText(t, pdf.Bytes, "-l", "1")), flat(pdfText(t, pdf.Bytes, "-f", "2"))
	mustSay(t, first, "SART meetings, Tuesday, November 3, 2026", "8:00 AM Okafor, Ada 0001001", "(555) 555-0199", "Room 12", "Pat Ito", "Specialist's part Model (Kim Doe)",
		"Vietnamese", "3 of 6 places free")
	mustSay(t, second, "CART meetings, Tuesday, November 10, 2026", "Reyes, Lucy", "Hmong (1), Spanish (2)", "Waiting for a meeting day", "Barros, Caio")
}

func TestTimeAndBoxesOfTheScheduleStayOnOneLine(t *testing.T) {
	s := fullNight()
	long := "Maximiliana Guadalupe Fernandez de la Torre y Quintanilla"
	for i := range s.Files {
		f := &s.Files[i]
		f.Student.LastName, f.Enrollment.Homeroom, f.Student.Contacts[0].Name = long, long, long
	}
	for i := range s.Meetings {
		s.Meetings[i].Room, s.Meetings[i].Facilitator = long, long
	}
	text := strings.ReplaceAll(pdfText(t, teamPaper(t, "schedule", s).Bytes, "-layout"), "\u00a0", " ")
	if rows := regexp.MustCompile(`(?m)^ *\d+:\d\d AM .*☐ yes +☐ no$`).FindAllString(text, -1); len(rows) != 6 {
		t.Errorf("%d rows with their time and boxes on one line, want 6:\n%s", len(rows), text)
	}
}

func TestScheduleSaysWhyADayMoved(t *testing.T) {
	s := fullNight()
	s.Days[0].Moved = "moved from Mon Nov 2: the Attendance Specialist belongs to Elm School that day"
	mustSay(t, paperText(t, "schedule", s), "This day was moved from Mon Nov 2: the Attendance Specialist belongs to Elm School that day.")
}

func TestTheWaitingListTellsWhoHasHadALetter(t *testing.T) {
	s := fullNight()
	const uninvited = "no letter yet"
	mustSay(t, paperText(t, "schedule", s), "Barros, Caio", uninvited)
	c := &s.Files[6].Cases[0]
	c.Events = nil
	for _, kind := range []intervention.EventKind{intervention.Identified, intervention.Scheduled, intervention.Mailed, intervention.Postponed} {
		c.Events = append(c.Events, intervention.Event{Kind: kind, On: fixtureAsOf - 4})
	}
	c.Events[3].Facts.NotBefore = district.NewDate(2026, 12, 1)
	c.Letters = []intervention.Letter{{Kind: intervention.CARTInvitation, Channel: intervention.ByMail, IssuedOn: fixtureAsOf - 4}}
	text := paperText(t, "schedule", s)
	mustSay(t, text, "has had a letter, asks for another day, from Tue Dec 1, 2026")
	if strings.Contains(text, uninvited) || strings.Contains(text, "No letter has gone out") {
		t.Errorf("says of an invited family that it had no letter:\n%.2000s", text)
	}
}

func TestScheduleTellsOfPlacesGivenBack(t *testing.T) {
	s := fullNight()
	s.Cancelled = []intervention.Meeting{s.Meetings[0]}
	s.Meetings = s.Meetings[1:]
	mustSay(t, paperText(t, "schedule", s), "Cancelled tonight", "Tue Nov 3, 2026, 8:00 AM Okafor, Ada")
}

func TestPapersOfAHeldSchoolSaySo(t *testing.T) {
	s := fullNight()
	s.Held, s.Mend = "no attendance rows for 14 October", "to issue this one: rollcall approve 2026-10-15 010"
	for _, name := range []string{"schedule", "brief", "room", "calls"} {
		mustSay(t, paperText(t, name, s), "This school is held: nothing was issued tonight. no attendance rows for 14 October.", "How it goes on: to issue this one: rollcall approve 2026-10-15 010.")
	}
}

func TestRoomIsSetUpForTheFamiliesWhoCome(t *testing.T) {
	mustSay(t, paperText(t, "room", fullNight()), "SART room set-up, Tuesday, November 3, 2026", "3 meeting files in slot order", "8:00 AM to 9:00 AM 2",
		"9:00 AM to 10:00 AM 1 Vietnamese (1)", "Contracts: two copies in each meeting file, one for the family; 2 in Spanish and English", "Pens, tissues, water", "Attendance Specialist, one chair: Kim Doe; part of the day: Model",
		"Interpreter, one chair beside the family: Hmong (1), Spanish (2)", "Sign-in sheet")
}

func TestGuideTakesBothTeamsThroughTheSevenSteps(t *testing.T) {
	pdf := teamPaper(t, "guide", fullNight())
	if pdf.Pages != 2 {
		t.Errorf("%d pages, want one a team", pdf.Pages)
	}
	steps := []string{
		"1. Welcome the parent", "2. Verify the correct mailing address", "3. Review the absences", "4. Ask parent, guardian and student what is going on",
		"5. Review grades, missing assignments", "6. Complete the %s contract", "7. Review next steps",
	}
	for page, kind := range []string{"CART", "SART"} {
		text := flat(pdfText(t, pdf.Bytes, "-layout", "-f", fmt.Sprint(page+1), "-l", fmt.Sprint(page+1)))
		for _, step := range steps {
			// Columns stand side by side: the first words of a step are on one line.
			want, _, _ := strings.Cut(strings.ReplaceAll(step, "%s", kind), " student")
			mustSay(t, text, want)
		}
		mustSay(t, text, kind+" meeting days ahead", "Gracias por venir", "Parent understands and agrees with the "+kind+" Contract")
		if kind == "CART" && strings.Contains(text, "SARB") {
			t.Error("the CART guide speaks of SARB")
		}
	}
}

func TestCallsAreForTheFamiliesWhoDidNotCome(t *testing.T) {
	s := fullNight()
	mustSay(t, paperText(t, "calls", s), "1 case", "Moss, Wren (0001009), grade 6: phone SART", "(555) 555-0199", "Missed: Thursday, October 15, 2026",
		"“Parent understands and agrees with the SART Contract”", "tagged and coded", "Can we hold it now, by telephone?")
	f := &s.Files[8]
	f.Student.Contacts[0].Language = "es"
	f.Cases[0].Events = append(f.Cases[0].Events, intervention.Event{Kind: intervention.Attempt, On: fixtureAsOf + 1, Actor: "Sam Ruiz",
		Facts: intervention.Facts{Time: "14:05", Method: "phone", Result: "no answer"}})
	f.Student.Contacts = append(f.Student.Contacts, district.Contact{ID: "n", Name: "Bea Lund", Relationship: "Neighbor", Phone: "(555) 555-0177", Priority: 0})
	mustSay(t, paperText(t, "calls", s), "¿Podemos hacerla ahora por teléfono?", "Fri Oct 16, 2026 at 14:05; phone; no answer Sam Ruiz", "Spanish, with an interpreter",
		"– (555) 555-0177 Bea Lund Neighbor", "say nothing of attendance")
	f.Student.Contacts[0].Phone = ""
	mustSay(t, paperText(t, "calls", s), "No telephone of the family on file", "(555) 555-0177")
	f.Cases[0].Events = append(f.Cases[0].Events, intervention.Event{Kind: intervention.Completed, On: fixtureAsOf + 1})
	mustSay(t, paperText(t, "calls", s), "There is nobody to call.")
}
