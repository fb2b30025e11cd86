package reports

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/intervention"
)

// referralLine is the fixture's referral as the district lists it.
func referralLine(school, student string, missing ...string) ReferralLine {
	s, r := referralNight()
	r.StudentID = student
	return ReferralLine{Referral: r, SchoolID: school, Name: "Okafor, Ada", Grade: "5", Standing: s.Files[0].Standing, Case: s.Files[0].Cases[0], Items: 16, Missing: missing}
}

func TestReferralsListWhoIsDueThenWhoWasReferred(t *testing.T) {
	d := fixtureDistrict()
	made := referralLine("010", "0001003")
	made.Case.Events = append(made.Case.Events, intervention.Event{Kind: intervention.Referred, On: fixtureAsOf - 1, Actor: "Kim Doe", Detail: "as agreed"})
	d.Referrals = []ReferralLine{made, referralLine("010", "0001001", "Grades", "Behavior"), referralLine("020", "0001005", "Grades"), referralLine("020", hostile[0])}
	rows := sheetRows(t, openWorkbook(t, districtRoster(t, d)), "SARB referrals")
	var got [][]string
	for _, r := range rows {
		got = append(got, []string{r["Student ID"], r["Referral"], r["Missing items"], r["What is missing"], r["Referred by"]})
	}
	want := [][]string{
		{hostile[0], "due", "0", "", ""},
		{"0001005", "due", "1", "Grades", ""},
		{"0001001", "due", "2", "Grades\nBehavior", ""},
		{"0001003", "referred", "0", "", "Kim Doe: as agreed"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	last := rows[3]
	for head, want := range map[string]string{
		"School": "Juniper & Sage Elementary", "Reason": "sarb: 3 unexcused absences or truancies since the SART meeting", "Dates counted since": "9/25, 10/2, 10/9",
		"Checklist items": "16", "Truancy events since": "3", "Absent since": "3", "Days since": "20", "Packet": "district/sarb-referrals/0001003.pdf",
	} {
		if last[head] != want {
			t.Errorf("%s: %q, want %q", head, last[head], want)
		}
	}
	if rows[0]["Referred on"] != "" || last["Referred on"] == "" || last["SART met on"] == "" {
		t.Errorf("days: %q, %q, %q", rows[0]["Referred on"], last["Referred on"], last["SART met on"])
	}
}

func TestNoReferralsIsSaid(t *testing.T) {
	text, err := openWorkbook(t, districtRoster(t, fixtureDistrict())).GetCellValue("SARB referrals", "A2")
	if err != nil || !strings.Contains(text, "Nobody is due") {
		t.Errorf("%q, %v", text, err)
	}
}
