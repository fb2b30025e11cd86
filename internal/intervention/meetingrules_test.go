package intervention

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"rollcall/internal/district"
)

func TestMeetingRulesComeFromConfiguration(t *testing.T) {
	const text = `
lead: 5
cart: {rule: "FREQ=MONTHLY;BYDAY=2TU", start: 8:30, end: 11:30 AM, slot_minutes: 20, rooms: [A, B], place: Office}
sart: {dates: [2026-10-15, "2026-11-12"], start: "13:00", end: 3:00 PM}
schools:
  "101":
    sart: {rule: FREQ=WEEKLY;BYDAY=WE, rooms: [Room 4]}
`
	var m MeetingRules
	if err := yaml.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	if faults := m.Validate(); len(faults) > 0 {
		t.Fatal(faults)
	}
	if got := m.Filled(); got.Lead != 5 || got.Horizon != 30 {
		t.Errorf("lead %d, horizon %d", got.Lead, got.Horizon)
	}
	want := DayRule{Rule: "FREQ=WEEKLY;BYDAY=WE", Start: 13 * 60, End: 15 * 60, SlotMinutes: 30, Rooms: []string{"Room 4"}, Place: "Main office"}
	if diff := cmp.Diff(want, m.For("101", SART)); diff != "" {
		t.Error(diff)
	}
	want = DayRule{
		Dates: []district.Date{district.NewDate(2026, 10, 15), district.NewDate(2026, 11, 12)},
		Start: 13 * 60, End: 15 * 60, SlotMinutes: 30, Rooms: []string{"Conference room"}, Place: "Main office",
	}
	if diff := cmp.Diff(want, m.For("102", SART)); diff != "" {
		t.Error(diff)
	}
	if got := m.For("101", CART); got.SlotMinutes != 20 || len(got.Rooms) != 2 {
		t.Errorf("CART at 101: %+v", got)
	}
}

func TestEveryFaultOfTheMeetingRulesIsTold(t *testing.T) {
	m := MeetingRules{
		Lead: 20, Horizon: 10,
		CART: DayRule{Rule: "FREQ=MONTHLY;BYDAY=2XX", Start: 13 * 60, End: 12 * 60, Rooms: []string{"A", " A", ""}},
		Schools: map[string]SchoolDays{
			"1": {SART: DayRule{Rule: "FREQ=WEEKLY;BYDAY=2TU"}},
			"2": {CART: DayRule{Rule: "FREQ=HOURLY", Start: 60, End: 180}, SART: DayRule{Dates: []district.Date{0}, SlotMinutes: 1}},
			"3": {SART: DayRule{Rule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", SlotMinutes: 239}},
		},
	}
	var said []string
	for _, f := range m.Validate() {
		said = append(said, f.Error())
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{
		"horizon: 10 is less than lead, 20", "cart.rule: \"FREQ=MONTHLY;BYDAY=2XX\"", "cart.end: 12:00 PM is not after start, 1:00 PM",
		`cart.rooms: "A" stands twice`, "cart.rooms: one of them has no name", "\nsart.rule: say when the team meets",
		"schools.1.sart.rule: ", "counts days of a month", "schools.2.cart.rule: ", "a rule names days",
		"schools.2.cart.start: 1:00 AM to 3:00 AM is no time to meet a family", "schools.2.sart.dates: one of them is empty",
		"schools.2.sart.slot_minutes: 1 is not between", "schools.3.sart.rule: ", "no day ever matches",
		"schools.3.sart.slot_minutes: not one meeting of 239 minutes fits",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no fault says %q in:\n%s", want, all)
		}
	}
}

func TestRecurrencesThatMeanSomethingElseAreRefused(t *testing.T) {
	for _, text := range []string{
		"", "MONTHLY", "FREQ=FORTNIGHTLY", "BYDAY=TU", "FREQ=DAILY;BYHOUR=9", "FREQ=MINUTELY", "FREQ=WEEKLY;INTERVAL=0",
		"FREQ=DAILY;INTERVAL=1000000000", "FREQ=WEEKLY;COUNT=0", "FREQ=WEEKLY;COUNT=-3", "FREQ=YEARLY;BYEASTER=1",
		"DTSTART:20260701\nRRULE:FREQ=DAILY", "FREQ=DAILY;DTSTART=20260701", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTHDAY=32",
	} {
		if _, err := parseRecurrence(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	for _, text := range []string{"FREQ=MONTHLY;BYDAY=2TU", "rrule:freq=monthly;byday=1th,3th", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;UNTIL=20261218", "FREQ=MONTHLY;BYDAY=-1FR;"} {
		if _, err := parseRecurrence(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzRecurrence(f *testing.F) {
	for _, seed := range []string{
		"FREQ=MONTHLY;BYDAY=2TU", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR", "FREQ=YEARLY;BYYEARDAY=-366", "FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU",
		"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=WEEKLY;WKST=SU;INTERVAL=52", "FREQ=YEARLY;BYDAY=53MO,-53SU", "FREQ=MONTHLY;COUNT=3;UNTIL=20270101T000000Z",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		began := time.Now()
		opt, err := parseRecurrence(text)
		if err != nil {
			return
		}
		days, err := occurrences(*opt, 2026, 2026)
		if err != nil {
			t.Fatalf("%q was read, and then: %v", text, err)
		}
		for i, d := range days {
			if !district.SchoolYear(2026).Contains(d) || i > 0 && d <= days[i-1] {
				t.Fatalf("%q gives %v", text, days)
			}
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Fatalf("%q took %s", text, took)
		}
	})
}
