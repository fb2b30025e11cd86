package reports

import (
	"strings"
	"testing"

	"rollcall/internal/intervention"
)

func TestBriefShowsTheKeyFigures(t *testing.T) {
	mustSay(t, paperText(t, "brief", fullNight()),
		"400 41 12 5 5 students assessed chronically absent truant", "10.3% of students", "Students by tier in each grade", "Chronic absence rate by grade", "Full-day absences by weekday",
		"Absences in each month, of days enrolled", "Grade TK", "15% (6 of 40)", "SART Tue Nov 3, 2026", "Students to discuss: new cases",
		"Okafor, Ada", "4 truancy events", "11/3, 8:00 AM", "Meeting held: record the contract", "1 Letter #1", "2 rejected rows of the export")
}

func TestFollowUpIsWhatAPersonHasToDo(t *testing.T) {
	s := fixtureNight()
	past := &intervention.Meeting{Date: fixtureAsOf}
	for _, c := range []struct {
		name    string
		events  []intervention.EventKind
		meeting *intervention.Meeting
		want    string
	}{
		{"a meeting to come", booked, &intervention.Meeting{Date: fixtureAsOf + 1}, ""},
		{"a meeting that has passed", booked, past, "Record the outcome"},
		{"no show", append(booked[:2:2], intervention.NoShow), past, "call home for a phone SART (0 attempts so far)"},
		{"no show, called once", append(booked[:2:2], intervention.NoShow, intervention.Attempt), past, "(1 attempt so far)"},
		{"held", append(booked[:2:2], intervention.Held), past, "record the contract"},
		{"agreed", append(booked[:2:2], intervention.Held, intervention.Completed), past, "document it in the SIS"},
		{"documented", append(booked[:2:2], intervention.Held, intervention.Completed, intervention.Documented), past, ""},
		{"below threshold after mailing", append(booked[:2:2], intervention.Mailed, intervention.BelowThreshold), &intervention.Meeting{Date: fixtureAsOf + 1}, "Below threshold since the family was told: decide whether the meeting is still needed"},
		{"below threshold, the meeting held", append(booked[:2:2], intervention.SentHome, intervention.Held, intervention.BelowThreshold), past, "decide whether a contract is still needed"},
		{"below threshold, nobody came", append(booked[:2:2], intervention.SentHome, intervention.NoShow, intervention.BelowThreshold), past, "decide whether the calls are still needed"},
		{"withdrawn", append(booked[:2:2], intervention.Withdrawn), nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := intervention.Case{Kind: intervention.SART, Meeting: c.meeting}
			for _, e := range c.events {
				k.Events = append(k.Events, intervention.Event{Kind: e})
			}
			got := s.followUp(&k)
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("to do %q, want %q", got, c.want)
			}
		})
	}
}

func TestDistrictBriefHasEverySchool(t *testing.T) {
	mustSay(t, paperText(t, "district", nil), "1290 315 135 15 39 students assessed", "Juniper & Sage Elementary", "Cottonwood K-8 (held)", "=SUM(A1:A9)", "Held: Cottonwood K-8.",
		"24.4% (105)", "pat.ito@example.org", "550 no such user", "is not a date like 2026-10-15", "All schools")
	if text := paperText(t, "district", nil); strings.Contains(text, "ok@example.org") {
		t.Error("an address that got its mail is listed")
	}
}

func TestDistrictBriefCoversSmallCounts(t *testing.T) {
	d := fixtureDistrict()
	d.SuppressSmall = true
	d.Schools[0].Key.ByGrade = []GradeTally{{Grade: "1", Students: 40, Satisfactory: 17, AtRisk: 13, Chronic: 7, Severe: 3, ChronicLabel: 9, Truant: 4}}
	pdf, err := DistrictBrief(d, words(t))
	if err != nil {
		t.Fatal(err)
	}
	text := flat(pdfText(t, pdf.Bytes, "-layout"))
	mustSay(t, text, "small counts not shown", "≤10", "withheld")
	for _, leak := range []string{"22.5%", "(9)", "(4)", "10% (4)"} {
		if strings.Contains(text, leak) {
			t.Errorf("%q gives a small count away", leak)
		}
	}
	// What the roster covers the brief covers too.
	s := summarise(d)
	for row := range s.counts {
		for column, n := range s.counts[row] {
			if 1 <= n && n <= smallCell && s.covers[row][column] == shown {
				t.Errorf("count %d of row %d, column %d is shown", n, row, column)
			}
		}
	}
}
