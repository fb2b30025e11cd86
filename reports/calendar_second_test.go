package reports

import (
	"bytes"
	"strings"
	"testing"
	"time"

	second "github.com/emersion/go-ical"

	"rollcall/internal/intervention"
)

// TestAnotherParserReadsTheSameCalendar: what one library wrote another takes, finds
// nothing missing in, and dates alike, cancelled meetings included.
func TestAnotherParserReadsTheSameCalendar(t *testing.T) {
	s := fixtureNight()
	gone := s.Meetings[0]
	gone.ID, gone.Cancelled, gone.Sequence = gone.ID+"x", true, 2
	cal, err := second.NewDecoder(strings.NewReader(calendarText(t, s, gone))).Decode()
	if err != nil {
		t.Fatal(err)
	}
	california, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]intervention.Meeting{}
	for _, m := range append([]intervention.Meeting{gone}, s.Meetings...) {
		want[m.Date.At(int(m.Start/60), int(m.Start%60), california).UTC().String()+m.StudentID] = m
	}
	cancelled := 0
	for _, e := range cal.Events() {
		start, err := e.DateTimeStart(nil)
		if err != nil {
			t.Fatal(err)
		}
		summary, err := e.Props.Text(second.PropSummary)
		if err != nil {
			t.Fatal(err)
		}
		key := start.UTC().String() + summary[strings.LastIndex(summary, " ")+1:]
		if _, ok := want[key]; !ok {
			t.Errorf("an event that is no meeting: %s", key)
		}
		if status, _ := e.Status(); status == second.EventCancelled {
			cancelled++
		}
	}
	if cancelled != 1 || len(cal.Events()) != len(s.Meetings)+1 {
		t.Errorf("%d events, %d cancelled", len(cal.Events()), cancelled)
	}
	// Its encoder refuses a component that lacks what RFC 5545 requires.
	if err := second.NewEncoder(&bytes.Buffer{}).Encode(cal); err != nil {
		t.Error(err)
	}
}
