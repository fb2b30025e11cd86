package pipeline

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
	"rollcall/internal/intervention"
)

// unfinished are the exceptions of a subject and what the mail to a role asks for.
func unfinished(s Scheduled, name string, role district.Role) (problems, tasks []string) {
	m := s.Material()
	for _, x := range subject(m, name) {
		problems = append(problems, strings.TrimSpace(x.StudentID+" "+x.Problem))
	}
	for _, task := range (Delivery{Settings: Settings{Batch: 200}}).toDo(m, role) {
		tasks = append(tasks, task.what)
	}
	return problems, tasks
}

func TestLettersNobodyRecordedAreAskedAboutEachNight(t *testing.T) {
	home := []district.Contact{adult("1", "H1", "1 Oak St", true), adult("2", "H2", "9 Elm St", true)}
	first := planned(t, home, nil, sartDay("2025-11-04"))
	for i := range first.Cases["100"][0].Letters {
		first.Cases["100"][0].Letters[i].RunID = first.Run.ID // as the ledger gives it back
	}
	if problems, _ := unfinished(first, mailingSubject, district.OfficeManager); problems != nil {
		t.Errorf("the night that makes the letters asks: %q", problems)
	}
	mailed := "2 letters dated Thu Oct 16 are not recorded as mailed, and until that is done the next night may withdraw them, in the post or not. " +
		"Ask the district office, or whoever runs rollcall, to record it, with --on and the day it was: rollcall case record mailed --school A --run 2025-10-15"
	carried := "1 student's copy dated Thu Oct 16 is not recorded as sent home, and until that is done the next night may withdraw it, in the post or not. " +
		"Ask the district office, or whoever runs rollcall, to record it, with --on and the day it was: rollcall case record sent-home --school A --run 2025-10-15"
	// One that says the same went out: the night keeps it.
	kept := strings.Replace(carried, ", and until that is done the next night may withdraw it, in the post or not", "", 1)
	for _, c := range []struct {
		rule string
		then []intervention.EventKind
		want []string
	}{
		{"nothing recorded", nil, []string{mailed, carried}},
		{"the mail recorded", []intervention.EventKind{intervention.Mailed}, []string{kept}},
		{"both", []intervention.EventKind{intervention.Mailed, intervention.SentHome}, nil},
	} {
		t.Run(c.rule, func(t *testing.T) {
			problems, tasks := unfinished(later(t, first, home, c.then...), mailingSubject, district.OfficeManager)
			if diff := cmp.Diff(c.want, problems); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.want, tasks[:len(c.want)]); c.want != nil && diff != "" {
				t.Errorf("the mail: %s", diff)
			}
		})
	}
}

func TestTheBatchOfTheSchoolBeforeIsRecordedByItsCase(t *testing.T) {
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	first := planned(t, home, nil, sartDay("2025-11-04"))
	c := first.Cases["100"][0]
	for i := range c.Letters {
		c.Letters[i].RunID = first.Run.ID
	}
	c.Events = append(c.Events, intervention.Event{Kind: intervention.Mailed, On: first.Run.AsOf + 1, Actor: "clerk"},
		intervention.Event{Kind: intervention.Transferred, On: first.Run.AsOf + 1, Actor: intervention.NightActor})
	problems, _ := unfinished(later(t, first, home), mailingSubject, district.OfficeManager)
	if got := strings.Join(problems, "\n"); !strings.Contains(got, "rollcall case record sent-home 2025-26/SART-1/100 --run 2025-10-15") || strings.Contains(got, "--school") {
		t.Error(got)
	}
}

func TestManyForgottenNightsAreAHandfulOfLines(t *testing.T) {
	s := planned(t, nil, nil)
	c := s.Cases["100"][0]
	for n := range 9 {
		day := districttest.Day("2025-09-10") + district.Date(n)
		c.Letters = append(c.Letters, intervention.Letter{RunID: (day - 1).String(), IssuedOn: day, Channel: intervention.ByMail})
	}
	problems, _ := unfinished(s, mailingSubject, district.OfficeManager)
	if len(problems) != mostNights+1 || !strings.Contains(problems[0], "Sep 10") || problems[mostNights] != "and 4 more nights of which letters are not recorded as gone out" {
		t.Errorf("%d lines:\n%s", len(problems), strings.Join(problems, "\n"))
	}
}

func TestAMeetingHeldOrMissedAsksForItsContractEachNight(t *testing.T) {
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	first := planned(t, home, nil, sartDay("2025-11-04"))
	const command = "rollcall case record completed 2025-26/SART-1/100 --method phone --at TIME --agrees"
	for _, c := range []struct {
		rule string
		then []intervention.EventKind
		want string
	}{
		{"held", []intervention.EventKind{intervention.Held},
			"100 the SART meeting was held on Thu Oct 16: record the contract, rollcall case record completed 2025-26/SART-1/100 --method \"in person\" --agrees, or, where the family agreed later by phone, " +
				command + "; without it the case does not go on, and no referral to the SARB comes of it"},
		{"missed", []intervention.EventKind{intervention.NoShow},
			"100 the family did not come to the SART meeting on Thu Oct 16: no call is on record; call and record each, rollcall case record attempt 2025-26/SART-1/100 --at TIME --method phone --result \"WORDS\", " +
				"then the contract agreed by phone, " + command + ", or that another day is asked for, rollcall case record rescheduled 2025-26/SART-1/100 --not-before DAY"},
		{"missed and called twice", []intervention.EventKind{intervention.NoShow, intervention.Attempt, intervention.Attempt}, "2 calls are on record; call and record each"},
		{"completed", []intervention.EventKind{intervention.Held, intervention.Completed}, ""},
		{"booked", nil, ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			for _, role := range []district.Role{district.OfficeManager, district.AttendanceClerk} {
				problems, tasks := unfinished(later(t, first, home, c.then...), contractSubject, role)
				if got := strings.Join(problems, "\n"); c.want == "" && got != "" || !strings.Contains(got, c.want) {
					t.Errorf("the roster says %q, want %q", got, c.want)
				}
				if asks := strings.Contains(strings.Join(tasks, "\n"), "1 case has no contract on record"); asks != (c.want != "") {
					t.Errorf("the mail to the %s asks: %v", role.Label(), asks)
				}
			}
		})
	}
}

func TestAContractIsAskedAboutUntilItIsEnteredInTheSIS(t *testing.T) {
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	first := planned(t, home, nil, sartDay("2025-11-04"))
	agreed := []intervention.EventKind{intervention.Held, intervention.Completed}
	problems, tasks := unfinished(later(t, first, home, agreed...), documentedSubject, district.OfficeManager)
	if got := strings.Join(problems, "\n"); !strings.Contains(got, "rollcall case record documented 2025-26/SART-1/100 --tag TAG --code CODE") {
		t.Errorf("the roster says %q", got)
	}
	if !strings.Contains(strings.Join(tasks, "\n"), "1 contract has to be entered in the SIS") {
		t.Errorf("the mail asks %q", tasks)
	}
	if problems, _ := unfinished(later(t, first, home, append(agreed, intervention.Documented)...), documentedSubject, district.OfficeManager); problems != nil {
		t.Errorf("documented, and asked: %q", problems)
	}
}

func TestANewAddressIsAskedAboutUntilTheExportHasIt(t *testing.T) {
	home := []district.Contact{adult("1", "H1", "1 Oak St", true)}
	moved := []district.Contact{adult("1", "H1", "22 Elm Street", true)}
	first := planned(t, home, nil, sartDay("2025-11-04"))
	c := first.Cases["100"][0]
	c.Events = append(c.Events,
		intervention.Event{Kind: intervention.Mailed, On: first.Run.AsOf + 1, Actor: "clerk"},
		intervention.Event{Kind: intervention.Held, On: first.Run.AsOf + 1, Actor: "clerk", Facts: intervention.Facts{Address: "corrected", NewAddress: "22 Elm St., Apt 4, Sage Valley"}})
	asked := func(contacts []district.Contact) bool {
		problems, _ := unfinished(later(t, first, contacts), "address", district.OfficeManager)
		return strings.Contains(strings.Join(problems, "\n"), "the family gave a new address, 22 Elm St., Apt 4, Sage Valley: enter it in the SIS")
	}
	if asked([]district.Contact{adult("1", "H1", "22 N ELM AVE", true)}) || asked([]district.Contact{adult("1", "H1", "700 Palm Court", true)}) || !asked([]district.Contact{adult("1", "H1", "1 Oak St", true), adult("2", "H2", "22 Oak Street", true)}) {
		t.Error("the same house written otherwise, another one since, or another street's number 22")
	}
	if !asked(home) || asked(moved) {
		t.Errorf("asked while the export has the old address: %v, the new one: %v", asked(home), asked(moved))
	}
	c.Events = append(c.Events, intervention.Event{Kind: intervention.Attempt, On: first.Run.AsOf + 1, Actor: "clerk", Facts: intervention.Facts{Address: "verified"}})
	if asked(home) {
		t.Error("asked although the old address was verified since")
	}
}
