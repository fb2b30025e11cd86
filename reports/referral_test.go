package reports

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

func referralPacket(t testing.TB, s *SchoolNight, r Referral) PDF {
	t.Helper()
	pdf, err := ReferralPacket(s, words(t), r)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

func TestReferralPacketHasTheChecklistFirstThenTheRecords(t *testing.T) {
	s, r := referralNight()
	pdf := referralPacket(t, s, r)
	checkPDF(t, pdf.Bytes)
	keepPDF(t, "referral.pdf", pdf.Bytes)
	first := flat(pdfText(t, pdf.Bytes, "-l", "1", "-layout"))
	for _, want := range []string{
		"SARB referral packet", "Ada Okafor · ID 0001001 · grade 5 · Juniper & Sage Elementary", "due by the policy", "3 unexcused absences or truancies since the SART meeting",
		"Dates counted since the SART meeting: 9/25, 10/2, 10/9", "Tuesday, September 15, 2026; since then absent 3 of 20 school days",
		"Checklist: 16 of 16 on record", "✓", "A2A-1 on Wed Aug 26, 2026", "parent understands and agrees", "health, IEP, 504 or SST", "Prepared by",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("the first page does not say %q:\n%s", want, first)
		}
	}
	if strings.Contains(first, "MISSING") || strings.Contains(first, "☐") {
		t.Errorf("something is missing:\n%s", first)
	}
	text, at := flat(pdfText(t, pdf.Bytes)), 0
	for _, section := range []string{
		"SARB referral packet", "Face sheet", "This referral", "Attendance print-out", "Attendance notes", "Grades", "Missing assignments", "Behavior", "Interventions and letters so far",
	} {
		i := strings.Index(text[at:], section)
		if i < 0 {
			t.Fatalf("no section %q after the ones before it", section)
		}
		at += i + len(section)
	}
	for _, not := range []string{"This meeting", "meeting notes", "contract Student shall", "no time"} {
		if strings.Contains(text, not) {
			t.Errorf("a packet for the board has %q", not)
		}
	}
	var outline struct {
		Outlines []struct{ Title string }
	}
	if err := json.Unmarshal([]byte(runTool(t, pdf.Bytes, "qpdf", "--json", "--json-key=outlines", "IN")), &outline); err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, o := range outline.Outlines {
		titles = append(titles, o.Title)
	}
	if diff := cmp.Diff([]string{"Checklist", "Face sheet", "Attendance print-out", "Records"}, titles); diff != "" {
		t.Error(diff)
	}
}

// The board is told neither why a child was ill nor of another child.
func TestReferralPacketLeavesOutWhatTheBoardNeedsNot(t *testing.T) {
	s, r := referralNight()
	s.Codes[0].Description = "Bereavement"
	f := &s.Files[0]
	f.Student.Siblings = []district.Sibling{{Name: "Ben Okafor", StudentID: "0007777", SchoolID: "010", Grade: "2"}}
	excused, other := f.Standing.Absences[0].Date, f.Standing.Absences[2].Date
	f.Student.Notes = []district.Note{{Date: excused, Note: "grandfather's funeral"}, {Date: other, Note: "called, no answer"}}
	reopened := intervention.Event{Kind: intervention.Identified, On: fixtureAsOf - 47, Actor: intervention.NightActor}
	f.Cases[0].Events = append([]intervention.Event{f.Cases[0].Events[0], {Kind: intervention.Withdrawn, On: fixtureAsOf - 47}, reopened}, f.Cases[0].Events[1:]...)
	says(t, oneParagraph(pdfText(t, referralPacket(t, s, r).Bytes)), []string{"called, no answer", "1 note about an excused day is left out", "opened on Saturday, August 29, 2026"},
		[]string{"Bereavement", "funeral", "Ben Okafor", "Brothers and sisters"})
}

func TestReferralPacketNamesWhatIsMissing(t *testing.T) {
	s, r := referralNight()
	f := &s.Files[0]
	f.Student.LettersSent, f.Student.Grades = nil, nil
	f.Cases[0].Events = f.Cases[0].Events[:2]
	pdf := referralPacket(t, s, r)
	checkPDF(t, pdf.Bytes)
	keepPDF(t, "referral-missing.pdf", pdf.Bytes)
	first := flat(pdfText(t, pdf.Bytes, "-l", "1", "-layout"))
	for _, want := range []string{
		"Checklist: 4 of 16 on record", "12 missing: Letter #1, notice of truancy (EC 48260.5); Further truancy letters (EC 48261); SART invitation mailed;", "MISSING: 0 of 3 on record",
		"☐", "none in the SIS export: print the grades",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("does not say %q:\n%s", want, first)
		}
	}
}

func TestReferralPacketSaysWhoReferred(t *testing.T) {
	s, r := referralNight()
	c := &s.Files[0].Cases[0]
	c.Events = append(c.Events, intervention.Event{Kind: intervention.Referred, On: fixtureAsOf - 2, Actor: "Kim Doe", Detail: "agreed with the principal"})
	r.Reason = intervention.Reason{}
	first := flat(pdfText(t, referralPacket(t, s, r).Bytes, "-l", "1", "-layout"))
	for _, want := range []string{"referred on Tuesday, October 13, 2026 by Kim Doe: agreed with the principal", "by tonight's records the policy's rule does not hold"} {
		if !strings.Contains(first, want) {
			t.Errorf("does not say %q:\n%s", want, first)
		}
	}
}

func TestReferralPacketTwiceIsEqual(t *testing.T) {
	s, r := referralNight()
	if !bytes.Equal(referralPacket(t, s, r).Bytes, referralPacket(t, s, r).Bytes) {
		t.Error("the same packet has different bytes")
	}
}

func TestHostileDataAreTextInReferralPackets(t *testing.T) {
	for _, bad := range append([]string{"{page} of {pages}\tX", "**x** {{.Night}} <b>"}, hostile...) {
		s, r := referralNight()
		f := &s.Files[0]
		f.Student.LastName, f.Student.Interventions[0].Kind, f.Student.LettersSent[1].Letter = bad, bad, bad
		f.Student.Contacts[0].Street, f.Student.HomeLanguage = bad, bad
		for i := range f.Cases[0].Events {
			e := &f.Cases[0].Events[i]
			e.Actor, e.Detail = bad, bad
			if e.Kind != intervention.Scheduled && e.Kind != intervention.Mailed {
				e.Facts = intervention.Facts{Time: bad, Method: bad, Result: bad, Attendees: []string{bad}, Address: bad, NewAddress: bad, Summary: bad, Interventions: []string{bad}, Tag: bad, Code: bad}
			}
		}
		r.Reason.Words = bad
		checkPDF(t, referralPacket(t, s, r).Bytes)
	}
}

func TestReferralOfAStudentWithoutAFileIsAnError(t *testing.T) {
	s, r := referralNight()
	r.StudentID = "9"
	if _, err := ReferralPacket(s, words(t), r); err == nil {
		t.Error("a packet about nobody")
	}
}

func TestReferralFilesLieInOneFolderUnderSafeNames(t *testing.T) {
	if got := ReferralFile("0001001"); got != "district/sarb-referrals/0001001.pdf" {
		t.Error(got)
	}
	if got, name := ReferralFile("../x"), district.FileName("../x"); got != "district/sarb-referrals/"+name+".pdf" || strings.Contains(got, "..") {
		t.Error(got)
	}
}
