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

// closing takes a day out of one school's calendar.
func closing(d *district.District, school string, date district.Date) *district.District {
	return keeping(d, school, func(day district.Date) bool { return day != date })
}

// ending has one school's calendar say nothing of the days after one.
func ending(d *district.District, school string, last district.Date) *district.District {
	return keeping(d, school, func(day district.Date) bool { return day <= last })
}

func keeping(d *district.District, school string, keep func(district.Date) bool) *district.District {
	var days []district.Date
	for _, day := range d.Calendars[school].All() {
		if keep(day) {
			days = append(days, day)
		}
	}
	d.Calendars[school], _ = district.NewCalendar(days)
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
		return MeetingDay{SchoolID: school, Kind: SART, Date: date, Due: date, Ordinal: ordinal, SpecialistRole: specialistRole(ordinal)}
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
			name:  "a day that finds no place before the school's next one is given up",
			rules: MeetingRules{SART: DayRule{Dates: []district.Date{on(9, 7), on(9, 8)}}}, district: autumn(t, nil, ours, "A", "B"),
			from: on(9, 1), to: on(9, 30), booked: []MeetingDay{sartDay("A", on(9, 7), 1), sartDay("A", on(9, 8), 2)},
			want: []string{"A SART 09-07 1 Model", "A SART 09-08 2 Co-facilitation", "B SART 09-09 1 Model"},
		},
		{
			name:  "a day that moved once booked is the rule's, and no other takes its place",
			rules: MeetingRules{SART: tuesdays}, district: autumn(t, nil, ours, "A", "B"),
			from: on(9, 1), to: on(9, 15), booked: []MeetingDay{sartDay("A", on(9, 1), 1), {SchoolID: "B", Kind: SART, Date: on(9, 2), Due: on(9, 1), Ordinal: 1, SpecialistRole: "Model"}},
			want: []string{
				"A SART 09-01 1 Model", "A SART 09-08 2 Co-facilitation", "A SART 09-15 3 Observation and feedback",
				"B SART 09-02 1 Model", "B SART 09-09 2 Co-facilitation",
			},
		},
		{
			name:  "a day that moved stays when the window has left the rule's date behind",
			rules: MeetingRules{SART: tuesdays}, district: autumn(t, nil, ours, "A", "B"),
			from: on(9, 2), to: on(9, 8), booked: []MeetingDay{sartDay("A", on(9, 1), 1)},
			want: []string{"A SART 09-08 2 Co-facilitation", "B SART 09-02 1 Model"},
		},
		{
			name:  "a school without a SART day goes before another's second",
			rules: MeetingRules{SART: DayRule{Dates: []district.Date{on(9, 1), on(9, 3)}}}, district: autumn(t, nil, ours, "A", "B", "C"),
			from: on(9, 1), to: on(9, 8),
			want: []string{"A SART 09-01 1 Model", "A SART 09-04 2 Co-facilitation", "B SART 09-02 1 Model", "B SART 09-07 2 Co-facilitation", "C SART 09-03 1 Model"},
		},
		{
			name:  "a specialist of one school only leaves the shared one to the other",
			rules: MeetingRules{SART: tuesdays},
			district: autumn(t, nil, []district.Staff{
				specialist("A", "shared@example.org"), specialist("A", "own@example.org"), specialist("B", "shared@example.org"),
			}, "A", "B"),
			from: on(9, 1), to: on(9, 7),
			want: []string{"A SART 09-01 1 Model", "B SART 09-01 1 Model"},
		},
		{
			name:  "a booked day on which school is no longer taught is not offered, and another has its number",
			rules: MeetingRules{SART: tuesdays}, district: autumn(t, []district.Date{on(9, 1)}, ours, "A"),
			from: on(9, 1), to: on(9, 9), booked: []MeetingDay{sartDay("A", on(9, 1), 1)},
			want: []string{"A SART 09-02 1 Model", "A SART 09-08 2 Co-facilitation"},
		},
		{
			name:  "where one school of two closes, the other keeps the day, and the specialist",
			rules: MeetingRules{SART: tuesdays}, district: closing(autumn(t, nil, ours, "A", "B"), "A", on(9, 1)),
			from: on(9, 1), to: on(9, 9), booked: []MeetingDay{sartDay("A", on(9, 1), 1), {SchoolID: "B", Kind: SART, Date: on(9, 2), Due: on(9, 1), Ordinal: 1, SpecialistRole: "Model"}},
			want: []string{"A SART 09-03 1 Model", "A SART 09-08 2 Co-facilitation", "B SART 09-02 1 Model", "B SART 09-09 2 Co-facilitation"},
		},
		{
			name:  "a calendar that has ended says nothing of a booked day",
			rules: MeetingRules{SART: tuesdays}, district: ending(autumn(t, nil, ours, "A", "B"), "A", on(9, 4)),
			from: on(9, 1), to: on(9, 9), booked: []MeetingDay{sartDay("A", on(9, 1), 1), sartDay("A", on(9, 8), 2)},
			want: []string{"A SART 09-01 1 Model", "A SART 09-08 2 Co-facilitation", "B SART 09-02 1 Model", "B SART 09-09 2 Co-facilitation"},
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
		SchoolID: "A", Kind: CART, Date: district.NewDate(2026, 9, 3), Due: district.NewDate(2026, 9, 3), Start: 9 * 60, End: 11*60 + 50, SlotMinutes: 20,
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

func TestMovedDaySaysWhy(t *testing.T) {
	on := func(day int) district.Date { return district.NewDate(2026, 9, day) }
	d := autumn(t, []district.Date{on(8)}, []district.Staff{specialist("", "one@example.org")}, "A", "B")
	d.Schools[0].Name = "Elm School"
	rules := MeetingRules{SART: DayRule{Dates: []district.Date{on(1), on(8), on(15)}, Except: []district.Date{on(16)}}}
	rules.Schools = map[string]SchoolDays{"A": {SART: DayRule{Dates: []district.Date{on(1), on(8), on(16)}, Except: []district.Date{on(15)}}}}
	var why []string
	for _, day := range ExpandDays(rules, d, on(1), on(30), nil) {
		if day.Kind == SART {
			why = append(why, day.SchoolID+" "+day.Date.Format("01-02")+" "+day.Moved)
		}
	}
	want := []string{
		"A 09-01 ", "A 09-09 moved from Tue Sep 8: no school that day", "A 09-16 ",
		"B 09-02 moved from Tue Sep 1: the Attendance Specialist belongs to Elm School that day",
		"B 09-10 moved from Tue Sep 8: no school that day; the Attendance Specialist belongs to Elm School on Wed Sep 9", "B 09-15 ",
	}
	if diff := cmp.Diff(want, why); diff != "" {
		t.Error(diff)
	}
}

func TestSchoolWithoutADayIsToldWhereTheSpecialistIs(t *testing.T) {
	on := func(day int) district.Date { return district.NewDate(2026, 9, day) }
	d := autumn(t, nil, []district.Staff{specialist("", "one@example.org")}, "A", "B", "C")
	d.Schools[0].Name, d.Schools[1].Name = "Elm School", "Oak School"
	rules := MeetingRules{SART: DayRule{Dates: []district.Date{on(1), on(2)}}}
	days := ExpandDays(rules, d, on(1), on(2), nil)
	for i, want := range [][]string{nil, nil, {"Elm School on Tue Sep 1", "Oak School on Wed Sep 2"}} {
		if diff := cmp.Diff(want, Crowded(rules, d, d.Schools[i], on(1), on(2), days)); diff != "" {
			t.Errorf("school %s: %s", d.Schools[i].ID, diff)
		}
	}
	// Where Elm School closes, the specialist is not there either.
	closing(d, "A", on(1))
	if diff := cmp.Diff([]string{"Oak School on Wed Sep 2"}, Crowded(rules, d, d.Schools[2], on(1), on(2), days)); diff != "" {
		t.Error(diff)
	}
	if where := Crowded(rules, d, d.Schools[2], on(3), on(30), days); where != nil {
		t.Errorf("where the rule has no day: %v", where)
	}
}

// someDistrict draws up to five schools, each with its own rule and holidays,
// which share one, two or three specialists.
func someDistrict(t *rapid.T) (MeetingRules, *district.District) {
	d := &district.District{Year: 2026, Calendars: map[string]*district.Calendar{}}
	rules := MeetingRules{Schools: map[string]SchoolDays{}}
	rule := rapid.SampledFrom([]string{
		"FREQ=WEEKLY;BYDAY=TU", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=2TU,4TU", "FREQ=DAILY",
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", "FREQ=MONTHLY;BYDAY=SA,TU",
	})
	for _, id := range []string{"A", "B", "C", "D", "E"}[:rapid.IntRange(1, 5).Draw(t, "schools")] {
		off := rapid.SliceOfN(rapid.IntRange(0, 130), 0, 25).Draw(t, "holidays")
		var days []district.Date
		for i := range 131 {
			if !slices.Contains(off, i) {
				days = append(days, district.NewDate(2026, 8, 10)+district.Date(i))
			}
		}
		cal, err := district.NewCalendar(days)
		if err != nil {
			t.Fatal(err)
		}
		d.Schools = append(d.Schools, district.School{ID: id})
		d.Calendars[id] = cal
		own := DayRule{Rule: rule.Draw(t, "rule")}
		for range rapid.IntRange(0, 2).Draw(t, "exceptions") {
			own.Except = append(own.Except, district.NewDate(2026, 9, 1)+district.Date(rapid.IntRange(0, 60).Draw(t, "except")))
		}
		rules.Schools[id] = SchoolDays{SART: own}
		for _, email := range []string{"one@example.org", "two@example.org", "three@example.org"} {
			if email[0] == 'o' || rapid.IntRange(0, 3).Draw(t, "another") == 0 {
				d.Staff = append(d.Staff, specialist(id, email))
			}
		}
	}
	return rules, d
}

func someOf(t *rapid.T, days []MeetingDay) (some []MeetingDay) {
	for _, day := range days {
		if rapid.Bool().Draw(t, "booked") {
			some = append(some, day)
		}
	}
	return some
}

func within(days []MeetingDay, from, to district.Date) (inside []MeetingDay) {
	for _, day := range days {
		if from <= day.Date && day.Date <= to {
			inside = append(inside, day)
		}
	}
	return inside
}

func has(days []MeetingDay, day MeetingDay) bool {
	return slices.ContainsFunc(days, func(d MeetingDay) bool {
		return d.SchoolID == day.SchoolID && d.Date == day.Date && cmp.Equal(d, day)
	})
}

func TestBookingAnyDaysChangesNoDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, d := someDistrict(t)
		from := district.NewDate(2026, 8, 10) + district.Date(rapid.IntRange(0, 60).Draw(t, "from"))
		to := from + district.Date(rapid.IntRange(5, 45).Draw(t, "to"))
		// Some are booked since earlier nights.
		booked := someOf(t, ExpandDays(rules, d, from-district.Date(rapid.IntRange(0, 30).Draw(t, "before")), to, nil))
		days := ExpandDays(rules, d, from, to, booked)
		free := slices.DeleteFunc(slices.Clone(days), func(day MeetingDay) bool { return has(booked, day) })
		more := append(slices.Clone(booked), someOf(t, free)...)
		if diff := cmp.Diff(days, ExpandDays(rules, d, from, to, more)); diff != "" {
			t.Fatalf("with %v booked: %s", diary(more), diff)
		}
		slices.Reverse(more)
		if diff := cmp.Diff(days, ExpandDays(rules, d, from, to, more)); diff != "" {
			t.Fatalf("in another order: %s", diff)
		}
		// Later, those left behind being booked.
		later, end := from+district.Date(rapid.IntRange(0, 30).Draw(t, "later")), to+district.Date(rapid.IntRange(0, 20).Draw(t, "end"))
		for _, day := range free {
			if day.Date < later && !has(more, day) {
				more = append(more, day)
			}
		}
		if diff := cmp.Diff(within(days, later, to), within(ExpandDays(rules, d, later, end, more), later, to)); diff != "" {
			t.Fatalf("from %s to %s: %s", later, end, diff)
		}
	})
}

// Night after night the window moves on and families are booked on some of the
// days.
func TestNightsAddNoDayBesideTheRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, d := someDistrict(t)
		var booked []MeetingDay
		for from := district.NewDate(2026, 8, 20); from < district.NewDate(2026, 11, 20); from += district.Date(rapid.IntRange(1, 9).Draw(t, "nights")) {
			days := ExpandDays(rules, d, from, from+30, booked)
			for _, b := range within(booked, from, from+30) {
				if !has(days, b) {
					t.Fatalf("on %s the booked day %+v is gone or changed", from, b)
				}
			}
			for _, day := range days {
				if !has(booked, day) && rapid.IntRange(0, 2).Draw(t, "books") == 0 {
					booked = append(booked, day)
				}
			}
			stands := map[string]district.Date{}
			for _, day := range append(slices.Clone(booked), days...) {
				key := day.SchoolID + " " + day.Due.String()
				if other, ok := stands[key]; ok && other != day.Date {
					t.Fatalf("on %s the rule's %s has two days, %s and %s", from, key, other, day.Date)
				}
				stands[key] = day.Date
			}
		}
	})
}

func TestSpecialistIsNeverAtTwoSchools(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, d := someDistrict(t)
		d.Staff = []district.Staff{specialist("", "one@example.org")}
		from := district.NewDate(2026, 9, 1) + district.Date(rapid.IntRange(0, 40).Draw(t, "from"))
		days := ExpandDays(rules, d, from, from+40, someOf(t, ExpandDays(rules, d, from, from+40, nil)))
		there := map[district.Date]string{}
		seen := map[string]bool{}
		for _, day := range days {
			on, number := day.SchoolID+" "+day.Date.String(), fmt.Sprint(day.SchoolID, " number ", day.Ordinal)
			switch {
			case !d.Calendars[day.SchoolID].IsInstructional(day.Date):
				t.Fatalf("no school at %s", on)
			case seen[on] || seen[number]:
				t.Fatalf("%s or %s twice", on, number)
			case day.Ordinal <= 3 && there[day.Date] != "":
				t.Fatalf("the specialist is at %s and %s on %s", there[day.Date], day.SchoolID, day.Date)
			}
			seen[on], seen[number] = true, true
			if day.Ordinal <= 3 {
				there[day.Date] = day.SchoolID
			}
		}
	})
}
