package intervention

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/district"
)

// autumn is a district whose schools teach from 10 August 2026 to 4 June 2027,
// less the days in holidays.
func autumn(t testing.TB, holidays []district.Date, staff []district.Staff, schools ...string) *district.District {
	t.Helper()
	var days []district.Date
	for d := district.NewDate(2026, 8, 10); d <= district.NewDate(2027, 6, 4); d++ {
		if !slices.Contains(holidays, d) {
			days = append(days, d)
		}
	}
	cal, err := district.NewCalendar(days)
	if err != nil {
		t.Fatal(err)
	}
	d := &district.District{Year: 2026, Staff: staff, Calendars: map[string]*district.Calendar{}}
	for _, id := range schools {
		d.Schools = append(d.Schools, district.School{ID: id})
		d.Calendars[id] = cal
	}
	return d
}

func specialist(school, email string) district.Staff {
	return district.Staff{SchoolID: school, Role: district.AttendanceSpecialist, Name: email, Email: email}
}

// diary is days as "school kind date ordinal role".
func diary(days []MeetingDay) []string {
	var lines []string
	for _, d := range days {
		line := fmt.Sprintf("%s %s %s %d", d.SchoolID, d.Kind, d.Date.Format("01-02"), d.Ordinal)
		if d.SpecialistRole != "" {
			line += " " + d.SpecialistRole
		}
		lines = append(lines, line)
	}
	return lines
}

func TestMeetingDays(t *testing.T) {
	on := func(month time.Month, day int) district.Date { return district.NewDate(2026, month, day) }
	tuesdays := DayRule{Rule: "FREQ=WEEKLY;BYDAY=TU"}
	ours := []district.Staff{specialist("", "one@example.org")}
	sartDay := func(school string, date district.Date, ordinal int) MeetingDay {
		return MeetingDay{SchoolID: school, Kind: SART, Date: date, Ordinal: ordinal, SpecialistRole: specialistRole(ordinal)}
	}
	for _, tc := range []struct {
		name     string
		rules    MeetingRules
		district *district.District
		from, to district.Date
		booked   []MeetingDay
		want     []string
	}{
		{
			name:  "the second Tuesday of the month, the next school day where there is none",
			rules: MeetingRules{CART: DayRule{Rule: "FREQ=MONTHLY;BYDAY=2TU"}}, district: autumn(t, []district.Date{on(10, 13), on(10, 14)}, nil, "A"),
			from: on(7, 1), to: on(11, 30),
			want: []string{"A CART 08-11 1", "A CART 09-08 2", "A CART 10-15 3", "A CART 11-10 4"},
		},
		{
			name:  "summer's dates do not crowd the first day of school",
			rules: MeetingRules{CART: tuesdays}, district: autumn(t, nil, nil, "A"),
			from: on(7, 1), to: on(8, 20),
			want: []string{"A CART 08-11 1", "A CART 08-18 2"},
		},
		{
			name:  "dates beside a rule, a weekend's moved, each day once, exceptions kept free",
			rules: MeetingRules{CART: DayRule{Rule: tuesdays.Rule, Dates: []district.Date{on(9, 5), on(9, 8), on(9, 12)}, Except: []district.Date{on(9, 14), on(9, 22)}}}, district: autumn(t, nil, nil, "A"),
			from: on(9, 1), to: on(9, 30),
			want: []string{"A CART 09-01 1", "A CART 09-07 2", "A CART 09-08 3", "A CART 09-15 4", "A CART 09-29 5"},
		},
		{
			name:  "a day moved out of the window is dropped, one moved into it is not",
			rules: MeetingRules{CART: DayRule{Dates: []district.Date{on(9, 5), on(9, 19)}}}, district: autumn(t, nil, nil, "A"),
			from: on(9, 7), to: on(9, 20),
			want: []string{"A CART 09-07 1"},
		},
		{
			name:  "the specialist's part on a school's SART days",
			rules: MeetingRules{SART: tuesdays}, district: autumn(t, nil, ours, "A"),
			from: on(9, 1), to: on(9, 29),
			want: []string{"A SART 09-01 1 Model", "A SART 09-08 2 Co-facilitation", "A SART 09-15 3 Observation and feedback", "A SART 09-22 4 ongoing support", "A SART 09-29 5 ongoing support"},
		},
		{
			name:  "numbers go on from the days booked",
			rules: MeetingRules{SART: tuesdays}, district: autumn(t, nil, ours, "A"),
			from: on(9, 8), to: on(9, 29), booked: []MeetingDay{sartDay("A", on(8, 25), 1), sartDay("A", on(9, 15), 2)},
			want: []string{"A SART 09-08 3 Observation and feedback", "A SART 09-15 2 Co-facilitation", "A SART 09-22 4 ongoing support", "A SART 09-29 5 ongoing support"},
		},
		{
			name:  "one specialist is not at two schools on their first three days",
			rules: MeetingRules{SART: tuesdays}, district: autumn(t, nil, ours, "A", "B"),
			from: on(9, 1), to: on(9, 22),
			want: []string{
				"A SART 09-01 1 Model", "A SART 09-08 2 Co-facilitation", "A SART 09-15 3 Observation and feedback", "A SART 09-22 4 ongoing support",
				"B SART 09-02 1 Model", "B SART 09-09 2 Co-facilitation", "B SART 09-16 3 Observation and feedback", "B SART 09-22 4 ongoing support",
			},
		},
		{
			name:  "days booked are settled first, whatever the school's ID",
			rules: MeetingRules{SART: tuesdays}, district: autumn(t, nil, ours, "A", "B"),
			from: on(9, 1), to: on(9, 7), booked: []MeetingDay{sartDay("B", on(9, 1), 1)},
			want: []string{"A SART 09-02 1 Model", "B SART 09-01 1 Model"},
		},
		{
			name:  "two specialists are at two schools",
			rules: MeetingRules{SART: tuesdays}, district: autumn(t, nil, []district.Staff{specialist("A", "one@example.org"), specialist("B", "two@example.org")}, "A", "B"),
			from: on(9, 1), to: on(9, 7),
			want: []string{"A SART 09-01 1 Model", "B SART 09-01 1 Model"},
		},
		{
			name:  "one person under two spellings is one person",
			rules: MeetingRules{SART: tuesdays}, district: autumn(t, nil, []district.Staff{specialist("A", "one@example.org"), specialist("B", "One@Example.org ")}, "A", "B"),
			from: on(9, 1), to: on(9, 7),
			want: []string{"A SART 09-01 1 Model", "B SART 09-02 1 Model"},
		},
		{
			name:  "a day moved past the next one comes after it",
			rules: MeetingRules{SART: DayRule{Dates: []district.Date{on(9, 7), on(9, 8)}}}, district: autumn(t, nil, ours, "A", "B"),
			from: on(9, 1), to: on(9, 30), booked: []MeetingDay{sartDay("A", on(9, 7), 1), sartDay("A", on(9, 8), 2)},
			want: []string{"A SART 09-07 1 Model", "A SART 09-08 2 Co-facilitation", "B SART 09-09 1 Model", "B SART 09-10 2 Co-facilitation"},
		},
		{
			name:  "a booked day on which school is no longer taught is not offered, yet counts",
			rules: MeetingRules{SART: tuesdays}, district: autumn(t, []district.Date{on(9, 1)}, ours, "A"),
			from: on(9, 1), to: on(9, 9), booked: []MeetingDay{sartDay("A", on(9, 1), 1)},
			want: []string{"A SART 09-02 2 Co-facilitation", "A SART 09-08 3 Observation and feedback"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, diary(ExpandDays(tc.rules, tc.district, tc.from, tc.to, tc.booked))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMeetingDayCarriesTheSchoolsRule(t *testing.T) {
	staff := []district.Staff{
		{SchoolID: "A", Role: district.Admin, Name: "Ana Ruiz"},
		{SchoolID: "A", Role: district.Facilitator, Name: "Dean Park"},
		{SchoolID: "A", Role: district.Facilitator, Name: "Ana Ruiz"},
		{SchoolID: "B", Role: district.Admin, Name: "Bo Lind"},
	}
	rules := MeetingRules{
		CART:    DayRule{Rule: "FREQ=MONTHLY;BYDAY=1TH", Start: 9 * 60, End: 11*60 + 50, SlotMinutes: 20, Rooms: []string{"R1", "R2"}, Place: "Office"},
		Schools: map[string]SchoolDays{"B": {CART: DayRule{Start: 10 * 60}}},
	}
	days := ExpandDays(rules, autumn(t, nil, staff, "A", "B"), district.NewDate(2026, 9, 1), district.NewDate(2026, 9, 30), nil)
	want := MeetingDay{
		SchoolID: "A", Kind: CART, Date: district.NewDate(2026, 9, 3), Start: 9 * 60, End: 11*60 + 50, SlotMinutes: 20,
		Rooms: []string{"R1", "R2"}, Place: "Office", Facilitators: []string{"Dean Park", "Ana Ruiz"}, Ordinal: 1,
	}
	if len(days) != 2 {
		t.Fatal(days)
	}
	if diff := cmp.Diff(want, days[0]); diff != "" {
		t.Error(diff)
	}
	if days[0].Slots() != 8 || days[0].Capacity() != 16 {
		t.Errorf("%d slots, %d places", days[0].Slots(), days[0].Capacity())
	}
	if days[1].Start != 10*60 || days[1].Slots() != 5 || !slices.Equal(days[1].Facilitators, []string{"Bo Lind"}) {
		t.Errorf("school B: %+v", days[1])
	}
}

func TestHorizon(t *testing.T) {
	cal := autumn(t, []district.Date{district.NewDate(2026, 9, 7)}, nil, "A").Calendars["A"]
	earliest, latest := Horizon(cal, district.NewDate(2026, 9, 1), 10, 30)
	if want := district.NewDate(2026, 9, 16); earliest != want {
		t.Errorf("earliest %s, want %s", earliest, want)
	}
	if want := district.NewDate(2026, 10, 14); latest != want {
		t.Errorf("latest %s, want %s", latest, want)
	}
	earliest, latest = Horizon(cal, district.NewDate(2027, 5, 10), 10, 30)
	if earliest != district.NewDate(2027, 5, 24) || latest != district.NewDate(2027, 6, 4) {
		t.Errorf("in May: %s to %s", earliest, latest)
	}
	if earliest, latest = Horizon(cal, district.NewDate(2027, 5, 28), 10, 30); earliest != 0 || latest != 0 {
		t.Errorf("at the end of the year: %s to %s", earliest, latest)
	}
	if earliest, latest = Horizon(nil, district.NewDate(2027, 5, 28), 10, 30); earliest != 0 || latest != 0 {
		t.Errorf("without a calendar: %s to %s", earliest, latest)
	}
}

func TestSpecialistIsNeverAtTwoSchools(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var holidays []district.Date
		for d := district.NewDate(2026, 9, 1); d < district.NewDate(2026, 12, 1); d++ {
			if rapid.IntRange(0, 4).Draw(t, "holiday") == 0 {
				holidays = append(holidays, d)
			}
		}
		days := make([]district.Date, 0, 400)
		for d := district.NewDate(2026, 8, 10); d <= district.NewDate(2027, 6, 4); d++ {
			if !slices.Contains(holidays, d) {
				days = append(days, d)
			}
		}
		cal, err := district.NewCalendar(days)
		if err != nil {
			t.Fatal(err)
		}
		d := &district.District{Year: 2026, Calendars: map[string]*district.Calendar{}, Staff: []district.Staff{specialist("", "one@example.org")}}
		rules := MeetingRules{Schools: map[string]SchoolDays{}}
		for _, id := range []string{"A", "B", "C", "D"} {
			d.Schools = append(d.Schools, district.School{ID: id})
			d.Calendars[id] = cal
			rules.Schools[id] = SchoolDays{SART: DayRule{Rule: rapid.SampledFrom([]string{
				"FREQ=WEEKLY;BYDAY=TU", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
			}).Draw(t, "rule")}}
		}
		from := district.NewDate(2026, 9, 1) + district.Date(rapid.IntRange(0, 40).Draw(t, "from"))
		all := ExpandDays(rules, d, from, from+40, nil)
		var booked []MeetingDay
		for _, day := range all {
			if rapid.Bool().Draw(t, "booked") {
				booked = append(booked, day)
			}
		}
		for _, days := range [][]MeetingDay{all, ExpandDays(rules, d, from, from+40, booked)} {
			there := map[district.Date]string{}
			seen := map[string]bool{}
			ordinals := map[string]bool{}
			for _, day := range days {
				switch {
				case !cal.IsInstructional(day.Date):
					t.Fatalf("no school on %s", day.Date)
				case seen[day.SchoolID+day.Date.String()]:
					t.Fatalf("%s has %s twice", day.SchoolID, day.Date)
				case ordinals[fmt.Sprint(day.SchoolID, day.Ordinal)]:
					t.Fatalf("%s has two days number %d", day.SchoolID, day.Ordinal)
				case day.Ordinal <= 3 && there[day.Date] != "":
					t.Fatalf("the specialist is at %s and %s on %s", there[day.Date], day.SchoolID, day.Date)
				}
				seen[day.SchoolID+day.Date.String()] = true
				ordinals[fmt.Sprint(day.SchoolID, day.Ordinal)] = true
				if day.Ordinal <= 3 {
					there[day.Date] = day.SchoolID
				}
			}
			for _, b := range booked {
				if !slices.ContainsFunc(days, func(d MeetingDay) bool { return cmp.Equal(b, d) }) {
					t.Fatalf("booked day %+v is gone or changed", b)
				}
			}
		}
		slices.Reverse(booked)
		if diff := cmp.Diff(ExpandDays(rules, d, from, from+40, sortedDays(booked)), ExpandDays(rules, d, from, from+40, booked)); diff != "" {
			t.Fatal(diff)
		}
	})
}
