package pipeline

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
	"rollcall/internal/intervention"
	"rollcall/reports"
)

// metSART is a class of one student who was met on 15 September and has been
// truant on three days since, and what happened to the case then.
func metSART(t *testing.T, then ...intervention.EventKind) (Scheduled, *reports.SchoolNight) {
	t.Helper()
	x := classroom(t, "2025-10-15", []string{"2025-09-02", "2025-09-03", "2025-09-04", "2025-09-22", "2025-10-01", "2025-10-02"})
	x.Snapshot.Students[0].Contacts = []district.Contact{adult("1", "H1", "1 Oak St", true)}
	x.Settings.Meetings = intervention.MeetingRules{}.Filled()
	c := intervention.Case{
		ID: intervention.CaseID(2025, intervention.SART, 1, "100"), StudentID: "100", SchoolID: "A", Kind: intervention.SART, Round: 1, Year: 2025,
		OpenedOn: districttest.Day("2025-09-04"),
	}
	for _, kind := range append([]intervention.EventKind{intervention.Identified, intervention.Scheduled, intervention.Held, intervention.Completed}, then...) {
		c.Events = append(c.Events, intervention.Event{Kind: kind, On: districttest.Day("2025-09-15"), Actor: "Pat Ito"})
	}
	x.History.Cases = []intervention.Case{c}
	s := through(t, x)
	return s, s.Material()
}

func TestAStudentIsDueForSARBUntilAPersonDecides(t *testing.T) {
	for _, c := range []struct {
		rule              string
		then              []intervention.EventKind
		listed, due, made int
	}{
		{"three truancies after a completed SART", nil, 1, 1, 0},
		{"documented or not", []intervention.EventKind{intervention.Documented}, 1, 1, 0},
		{"referred", []intervention.EventKind{intervention.Referred}, 1, 0, 1},
		{"the board is done", []intervention.EventKind{intervention.Referred, intervention.Closed}, 0, 0, 0},
		{"closed instead", []intervention.EventKind{intervention.Closed}, 0, 0, 0},
	} {
		t.Run(c.rule, func(t *testing.T) {
			_, m := metSART(t, c.then...)
			if len(m.Referrals) != c.listed || m.Counts.SARBDue != c.due || m.Counts.SARBReferred != c.made {
				t.Errorf("listed %d, due %d, referred %d", len(m.Referrals), m.Counts.SARBDue, m.Counts.SARBReferred)
			}
			for _, r := range m.Referrals {
				if r.Since.Events != 3 || r.Reason.Words == "" || len(r.Reason.Dates) != 3 {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

func TestTheDistrictListsAReferralWithWhatIsMissing(t *testing.T) {
	_, m := metSART(t)
	lines := referralLines(m)
	if len(lines) != 1 || lines[0].Name != m.Files[0].Student.SortName() || lines[0].Items != 16 || len(lines[0].Missing) < 10 {
		t.Errorf("%+v", lines)
	}
}

func TestTheDistrictOfficeIsToldHowManyAreDueAndWhere(t *testing.T) {
	_, m := metSART(t)
	m.Files[0].Student.LastName = "Okonkwo"
	d := Delivery{Settings: Settings{Mail: MailSettings{Link: "https://files.example.org"}}}
	told := func(sum Summary) (problems, links string) {
		e := d.districtWords(m.Night, sum)
		for _, l := range e.Links {
			links += l.URL + "\n"
		}
		return strings.Join(e.Problems, "\n"), links
	}
	problems, links := told(Summary{Totals: m.Counts})
	if !strings.Contains(problems, "Due for referral to SARB: 1.") || !strings.Contains(problems, "2025-10-15/district/sarb-referrals") ||
		!strings.Contains(links, "https://files.example.org/2025-10-15/district/sarb-referrals") || strings.Contains(problems, "Okonkwo") {
		t.Errorf("%s\n%s", problems, links)
	}
	if problems, links := told(Summary{}); strings.Contains(problems+links, "sarb") {
		t.Errorf("nobody is due: %s %s", problems, links)
	}
}

func TestTheOfficeManagerIsToldWhatChangedWithoutNames(t *testing.T) {
	c := toldSART(intervention.Withdrawn)
	s := planned(t, []district.Contact{adult("1", "H1", "1 Oak St", true)}, []intervention.Case{c})
	m := s.Material()
	m.Files[0].Student.LastName = "Okonkwo"
	var said []string
	for _, t := range (Delivery{}).schoolWords(m, district.OfficeManager, nil).ToDo {
		said = append(said, t.What)
	}
	want := "Before anything is mailed, go through the roster's Changes sheet (1 taken back by a letter of retraction): it says which letter to pull from the tray, which to mail and whom to call"
	if diff := cmp.Diff(want, said[0]); diff != "" || m.Counts.Changed != 1 || strings.Contains(strings.Join(said, " "), "Okonkwo") {
		t.Errorf("%d changed: %s", m.Counts.Changed, diff)
	}
}

// A night that only pulls a notice from the tray still refuses to be written over
// what a person recorded of it meanwhile.
func TestANoticeIsPulledFromTheCaseAsItWasSeen(t *testing.T) {
	x := classroom(t, "2025-10-15", []string{"2025-09-02", "2025-09-03", "2025-09-04"})
	x.Snapshot.Students[0].Contacts = []district.Contact{adult("1", "H1", "1 Oak St", true)}
	before, _ := metSART(t, intervention.Referred)
	c := before.History.Cases[0]
	c.Letters = []intervention.Letter{{ID: "NOTICE", CaseID: c.ID, Kind: intervention.SARBNotice, Channel: intervention.WithStudent, IssuedOn: x.Run.AsOf}}
	x.History.Cases = []intervention.Case{c}
	s := through(t, x)
	if diff := cmp.Diff([]string{"NOTICE"}, s.Plan.Withdrawn); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff(map[string]int{c.ID: len(c.Events)}, s.Plan.Seen); diff != "" {
		t.Error(diff)
	}
}
