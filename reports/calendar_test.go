package reports

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"
	"github.com/teambition/rrule-go"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

func calendarText(t testing.TB, s *SchoolNight, cancelled ...intervention.Meeting) string {
	t.Helper()
	out, err := Calendar(s, cancelled)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func unfold(s string) []string { return strings.Split(strings.ReplaceAll(s, "\r\n ", ""), "\r\n") }

func TestCalendarHasOneEventForEachMeeting(t *testing.T) {
	s := fixtureNight()
	cal, err := ics.ParseCalendar(strings.NewReader(calendarText(t, s)))
	if err != nil {
		t.Fatal(err)
	}
	if len(cal.Events()) != len(s.Meetings) {
		t.Fatalf("%d events for %d meetings", len(cal.Events()), len(s.Meetings))
	}
	e := cal.Events()[0]
	for _, c := range []struct {
		property ics.ComponentProperty
		want     string
	}{
		{ics.ComponentPropertySummary, "SART meeting, student 0001001"},
		{ics.ComponentPropertyDtStart, "20261103T080000"},
		{ics.ComponentPropertyDtEnd, "20261103T083000"},
		{ics.ComponentPropertyDtstamp, "20261015T000000Z"},
		{ics.ComponentPropertyStatus, "CONFIRMED"},
		{ics.ComponentPropertySequence, "0"},
		{ics.ComponentPropertyLocation, "Room 12, Main office conference room; north, upstairs"},
		{ics.ComponentPropertyOrganizer, "mailto:sam.ruiz@example.org"},
	} {
		if p := e.GetProperty(c.property); p == nil || p.Value != c.want {
			t.Errorf("%s: %+v, want %q", c.property, p, c.want)
		}
	}
	if got := e.GetProperty(ics.ComponentPropertyDtStart).ICalParameters["TZID"]; !slices.Equal(got, []string{"America/Los_Angeles"}) {
		t.Errorf("TZID %q", got)
	}
	if len(e.Alarms()) != 1 {
		t.Errorf("%d alarms", len(e.Alarms()))
	}
	if d := e.GetProperty(ics.ComponentPropertyDescription).Value; !strings.Contains(d, "Facilitator: Pat Ito\n") || !strings.Contains(d, "Attendance Specialist's part: Model (Kim Doe)") {
		t.Errorf("description %q", d)
	}
}

func TestCalendarNamesNoStudent(t *testing.T) {
	text := calendarText(t, fixtureNight())
	for _, p := range fixturePupils() {
		for _, name := range []string{p.last, p.first} {
			if len(name) > 2 && strings.Contains(text, name) {
				t.Errorf("the calendar names %q", name)
			}
		}
	}
}

func TestCalendarKeepsUIDAndRaisesSequence(t *testing.T) {
	s := fixtureNight()
	before := calendarText(t, s)
	s.Meetings[0].Date += 7
	s.Meetings[0].Sequence = 1
	after := calendarText(t, s)
	uid := "UID:" + meetingUID(s.Meetings[0].ID)
	if !strings.Contains(before, uid) || !strings.Contains(after, uid) || !strings.Contains(after, "SEQUENCE:1\r\n") {
		t.Error("a moved meeting lost its UID or kept its sequence")
	}
}

func TestCancelledMeetingIsTakenOut(t *testing.T) {
	s := fixtureNight()
	gone := s.Meetings[0]
	gone.Sequence = 2
	s.Meetings = s.Meetings[1:]
	text := calendarText(t, s, gone, s.Meetings[0])
	if !strings.Contains(text, "METHOD:PUBLISH\r\n") || strings.Count(text, "STATUS:CANCELLED") != 1 || !strings.Contains(text, "SEQUENCE:2") {
		t.Error("beside meetings that stand, the cancelled one must be a cancelled event of a published calendar, and only it")
	}
	s.Meetings = nil
	if text := calendarText(t, s, gone); !strings.Contains(text, "METHOD:CANCEL\r\n") || strings.Contains(text, "VALARM") {
		t.Error("a calendar of cancellations alone must be a CANCEL without alarms")
	}
}

func TestCalendarLinesAreFoldedAndClosedToInjection(t *testing.T) {
	s := fixtureNight()
	s.Meetings[0].Room = "Room 1\r\nATTENDEE:mailto:x@example.org\r\n"
	s.Meetings[0].Place = hostile[5] + "; " + hostile[8] + strings.Repeat(", naïve 🎈", 40)
	s.Meetings[0].Facilitator = hostile[7]
	s.Meetings[0].StudentID = "7\nBEGIN:VALARM"
	s.Staff[1].Email = "x@example.org\r\nBEGIN:VEVENT"
	text := calendarText(t, s)
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\n\r\x00\x07") {
			t.Errorf("%d octets: %q", len(line), line)
		}
	}
	if !strings.HasSuffix(text, "END:VCALENDAR\r\n") {
		t.Error("the calendar does not end")
	}
	lines := unfold(text)
	count := func(want string) int {
		return len(slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l != want }))
	}
	if count("BEGIN:VEVENT") != len(s.Meetings) || count("BEGIN:VALARM") != len(s.Meetings) {
		t.Error("data began a component of its own")
	}
	for _, line := range lines {
		if strings.HasPrefix(line, "ATTENDEE") {
			t.Errorf("data began a property of its own: %q", line)
		}
	}
}

func TestCalendarRefusesAZoneNobodyKnows(t *testing.T) {
	for _, zone := range []string{"", "America/Nowhere"} {
		s := fixtureNight()
		s.Night.TimeZone = zone
		if _, err := Calendar(s, nil); err == nil {
			t.Errorf("zone %q was taken", zone)
		}
	}
}

func TestTimezoneWritesTheYearlyRule(t *testing.T) {
	lines := unfold(calendarText(t, fixtureNight()))
	from, to := slices.Index(lines, "BEGIN:VTIMEZONE"), slices.Index(lines, "END:VTIMEZONE")
	want := []string{
		"BEGIN:VTIMEZONE", "TZID:America/Los_Angeles",
		"BEGIN:DAYLIGHT", "DTSTART:20260308T020000", "TZOFFSETFROM:-0800", "TZOFFSETTO:-0700", "TZNAME:PDT", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "END:DAYLIGHT",
		"BEGIN:STANDARD", "DTSTART:20251102T020000", "TZOFFSETFROM:-0700", "TZOFFSETTO:-0800", "TZNAME:PST", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU", "END:STANDARD",
		"END:VTIMEZONE",
	}
	if diff := cmp.Diff(want, lines[from:to+1]); diff != "" {
		t.Error(diff)
	}
}

// offsetAt reads a VTIMEZONE as a calendar program does: the observance that
// began last, by the clock before it, says how far the local time is from UTC.
func offsetAt(t testing.TB, lines []string, local time.Time) string {
	t.Helper()
	var start, rule, to, best string
	var latest time.Time
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "BEGIN":
			start, rule, to = "", "", ""
		case "DTSTART":
			start = value
		case "TZOFFSETTO":
			to = value
		case "RRULE":
			rule = value
		case "END":
			if start == "" || value == "VTIMEZONE" {
				continue
			}
			at, err := time.Parse("20060102T150405", start)
			if err != nil {
				t.Fatal(err)
			}
			if rule != "" {
				r, err := rrule.StrToRRule("DTSTART:" + start + "Z\nRRULE:" + rule)
				if err != nil {
					t.Fatal(err)
				}
				at = r.Before(local, true)
			}
			if !at.IsZero() && !at.After(local) && at.After(latest) {
				latest, best = at, to
			}
			start = ""
		}
	}
	return best
}

func TestTimezoneAgreesWithGoOnEveryDayOfTheYear(t *testing.T) {
	for _, name := range []string{"America/Los_Angeles", "America/Phoenix", "America/New_York", "Europe/Berlin", "Pacific/Honolulu", "America/Anchorage", "Asia/Kolkata"} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, year := range []district.SchoolYear{2025, 2026, 2031} {
				cal := ics.NewCalendar()
				addTimezone(cal, zone, year.First(), year.Last())
				lines := unfold(cal.Serialize(ics.WithNewLineWindows))
				from, to := slices.Index(lines, "BEGIN:VTIMEZONE"), slices.Index(lines, "END:VTIMEZONE")
				for d := year.First(); d <= year.Last(); d++ {
					_, offset := d.At(8, 30, zone).Zone()
					if got := offsetAt(t, lines[from+1:to], d.At(8, 30, time.UTC)); got != utcOffset(offset) {
						t.Fatalf("%s at 8:30: %s, want %s\n%s", d, got, utcOffset(offset), strings.Join(lines[from:to], "\n"))
					}
				}
			}
		})
	}
}

func TestTimezoneWithoutARuleListsEachChange(t *testing.T) {
	// Morocco's clocks follow the lunar calendar.
	zone, err := time.LoadLocation("Africa/Casablanca")
	if err != nil {
		t.Fatal(err)
	}
	cal := ics.NewCalendar()
	addTimezone(cal, zone, district.SchoolYear(2026).First(), district.SchoolYear(2026).Last())
	text := cal.Serialize(ics.WithNewLineWindows)
	if strings.Contains(text, "RRULE") || strings.Count(text, "DTSTART") < 4 {
		t.Error(text)
	}
}

func TestCalendarTwiceIsEqual(t *testing.T) {
	a, b := calendarText(t, fixtureNight()), calendarText(t, fixtureNight())
	if !bytes.Equal([]byte(a), []byte(b)) {
		t.Error("the same night gave different bytes")
	}
}

func ExampleCalendar() {
	s := fixtureNight()
	s.Meetings = s.Meetings[:1]
	out, err := Calendar(s, nil)
	if err != nil {
		fmt.Println(err)
	}
	for _, line := range unfold(string(out)) {
		if strings.HasPrefix(line, "SUMMARY") || strings.HasPrefix(line, "DTSTART;") {
			fmt.Println(line)
		}
	}
	// Output:
	// DTSTART;TZID=America/Los_Angeles:20261103T080000
	// SUMMARY:SART meeting\, student 0001001
}
