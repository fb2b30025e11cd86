package intervention

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district"
)

func lead(school, name, email string) district.Staff {
	return district.Staff{SchoolID: school, Role: district.Facilitator, Name: name, Email: email}
}

func TestTheLeadersOfTheMeetingsTakeTurns(t *testing.T) {
	staff := []district.Staff{lead("A", "Ms. Ochoa", "ochoa@example.org"), lead("A", "Mr. Bell", "bell@example.org"), lead("A", "Dr. Cruz", "cruz@example.org")}
	rules := MeetingRules{SART: DayRule{Rule: "FREQ=WEEKLY;BYDAY=TU", Rooms: []string{"R1", "R2"}}, CART: DayRule{Dates: []district.Date{district.NewDate(2026, 9, 3)}}}
	d := autumn(t, nil, staff, "A")
	var turns [][]string
	for _, day := range ExpandDays(rules, d, district.NewDate(2026, 9, 1), district.NewDate(2026, 9, 22), nil) {
		if day.Kind == SART {
			turns = append(turns, day.Facilitators)
		}
	}
	want := [][]string{{"Ms. Ochoa", "Mr. Bell"}, {"Dr. Cruz", "Ms. Ochoa"}, {"Mr. Bell", "Dr. Cruz"}, {"Ms. Ochoa", "Mr. Bell"}}
	if diff := cmp.Diff(want, turns); diff != "" {
		t.Error(diff)
	}
}

func TestNobodyLeadsMeetingsAtTwoSchoolsOnOneDay(t *testing.T) {
	// Ms. Ochoa works at both schools, and each has another Mr. Bell.
	staff := []district.Staff{lead("A", "Ms. Ochoa", "ochoa@example.org"), lead("A", "Mr. Bell", "bell@example.org"), lead("B", "Sra. Ochoa", "Ochoa@example.org "), lead("B", "Mr. Bell", "other@example.org")}
	rules := MeetingRules{SART: DayRule{Rule: "FREQ=WEEKLY;BYDAY=TU", Rooms: []string{"R1", "R2"}}, CART: DayRule{Dates: []district.Date{district.NewDate(2026, 9, 3)}}}
	d := autumn(t, nil, staff, "A", "B")
	first, last := district.NewDate(2026, 9, 1), district.NewDate(2026, 9, 15)
	days := ExpandDays(rules, d, first, last, nil)
	check := func(days []MeetingDay) {
		t.Helper()
		at := map[string]string{}
		for _, day := range days {
			for _, name := range day.Facilitators {
				for _, s := range staff {
					if s.Name != name || s.SchoolID != day.SchoolID {
						continue
					}
					key := day.Date.String() + strings.ToLower(strings.TrimSpace(s.Email))
					if other, busy := at[key]; busy && other != day.SchoolID {
						t.Errorf("%s leads at %s and %s on %s", name, other, day.SchoolID, day.Date)
					}
					at[key] = day.SchoolID
				}
			}
			if len(day.Facilitators) == 0 {
				t.Errorf("nobody leads at %s on %s", day.SchoolID, day.Date)
			}
		}
	}
	check(days)
	// Nor where one of the days is booked: what is booked stays.
	var booked []MeetingDay
	for _, day := range days {
		if day.SchoolID == "B" {
			booked = append(booked, day)
		}
	}
	again := ExpandDays(rules, d, first, last, booked)
	check(again)
	if diff := cmp.Diff(days, again); diff != "" {
		t.Error(diff)
	}
}

func TestASpecialistServesTwoSchoolsOnADayWithTheTimeToTravel(t *testing.T) {
	staff := []district.Staff{specialist("A", "kim@example.org"), specialist("B", "kim@example.org")}
	tuesday := []district.Date{district.NewDate(2026, 9, 1)}
	rules := MeetingRules{
		CART:    DayRule{Dates: []district.Date{district.NewDate(2026, 9, 3)}},
		SART:    DayRule{Dates: tuesday, Start: 8 * 60, End: 10 * 60},
		Schools: map[string]SchoolDays{"B": {SART: DayRule{Start: 10*60 + 30, End: 12 * 60}}},
	}
	days := func(travel int) (on []string) {
		rules.TravelMinutes = travel
		if faults := rules.Validate(); len(faults) > 0 {
			t.Fatal(faults)
		}
		for _, day := range ExpandDays(rules, autumn(t, nil, staff, "A", "B"), tuesday[0], tuesday[0]+10, nil) {
			if day.Kind == SART {
				on = append(on, day.SchoolID+" "+day.Date.Format("01-02"))
			}
		}
		return on
	}
	for travel, want := range map[int][]string{0: {"A 09-01", "B 09-02"}, 30: {"A 09-01", "B 09-01"}, 31: {"A 09-01", "B 09-02"}} {
		if diff := cmp.Diff(want, days(travel)); diff != "" {
			t.Errorf("%d minutes: %s", travel, diff)
		}
	}
}
