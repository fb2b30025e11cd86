package reports

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// Calendar is schedule.ics: one event for each meeting that stands, and one for
// each that was cancelled, so that a calendar takes it out again. Calendars are
// copied to clouds and telephones, so an event carries a student's ID and never
// a name (FERPA). An event keeps its UID for the life of its meeting and raises
// SEQUENCE with each change; a file of nothing but cancellations is a CANCEL.
func Calendar(s *SchoolNight, cancelled []intervention.Meeting) ([]byte, error) {
	zone, err := time.LoadLocation(s.Night.TimeZone)
	if err != nil || s.Night.TimeZone == "" {
		return nil, fmt.Errorf("calendar of school %s: time zone %q: %w", s.School.ID, s.Night.TimeZone, cmp.Or(err, errors.New("none given")))
	}
	meetings := slices.Clone(s.Meetings)
	standing := map[string]bool{}
	for _, m := range meetings {
		standing[m.ID] = true
	}
	for _, m := range cancelled {
		if !standing[m.ID] {
			m.Cancelled = true
			meetings = append(meetings, m)
		}
	}
	slices.SortStableFunc(meetings, func(a, b intervention.Meeting) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Start, b.Start), cmp.Compare(a.Room, b.Room), cmp.Compare(a.ID, b.ID))
	})
	method := ics.MethodCancel
	from, to := s.Night.Year.First(), s.Night.Year.Last()
	for _, m := range meetings {
		if !m.Cancelled {
			method = ics.MethodPublish
		}
		from, to = min(from, m.Date), max(to, m.Date)
	}
	if len(meetings) == 0 {
		method = ics.MethodPublish
	}

	cal := ics.NewCalendar()
	cal.SetProductId("-//rollcall//attendance meetings//EN")
	cal.SetCalscale("GREGORIAN")
	cal.SetMethod(method)
	cal.SetXWRCalName(eventText(s.School.Name + " attendance meetings"))
	cal.SetXWRTimezone(s.Night.TimeZone)
	addTimezone(cal, zone, from, to)
	for _, m := range meetings {
		s.addEvent(cal, m)
	}
	var out strings.Builder
	if err := cal.SerializeTo(&out, ics.WithNewLineWindows); err != nil {
		return nil, fmt.Errorf("calendar of school %s: %w", s.School.ID, err)
	}
	return []byte(out.String()), nil
}

func (s *SchoolNight) addEvent(cal *ics.Calendar, m intervention.Meeting) {
	e := cal.AddEvent(meetingUID(m.ID))
	zone := ics.WithTZID(s.Night.TimeZone)
	e.SetProperty(ics.ComponentPropertyDtstamp, s.Night.AsOf.Format("20060102")+"T000000Z")
	e.SetProperty(ics.ComponentPropertySequence, strconv.Itoa(m.Sequence))
	e.SetProperty(ics.ComponentPropertyDtStart, localTime(m.Date, m.Start), zone)
	e.SetProperty(ics.ComponentPropertyDtEnd, localTime(m.Date, m.End), zone)
	e.SetProperty(ics.ComponentPropertySummary, eventText(fmt.Sprintf("%s meeting, student %s", m.Kind, m.StudentID)))
	if where := joined(", ", m.Room, m.Place); where != "" {
		e.SetProperty(ics.ComponentPropertyLocation, where)
	}
	e.SetProperty(ics.ComponentPropertyClass, string(ics.ClassificationConfidential))
	e.SetProperty(ics.ComponentPropertyOrganizer, s.organizer())
	if m.Cancelled {
		e.SetProperty(ics.ComponentPropertyStatus, string(ics.ObjectStatusCancelled))
		e.SetProperty(ics.ComponentPropertyTransp, "TRANSPARENT")
		return
	}
	e.SetProperty(ics.ComponentPropertyStatus, string(ics.ObjectStatusConfirmed))
	e.SetProperty(ics.ComponentPropertyTransp, "OPAQUE")
	e.SetProperty(ics.ComponentPropertyDescription, s.eventDescription(m))
	alarm := e.AddAlarm()
	alarm.SetAction(ics.ActionDisplay)
	alarm.SetTrigger("-PT30M")
	alarm.SetProperty(ics.ComponentPropertyDescription, fmt.Sprintf("%s meeting in 30 minutes", m.Kind))
}

// eventDescription is what the team must know beforehand.
func (s *SchoolNight) eventDescription(m intervention.Meeting) string {
	var lines []string
	if m.Facilitator != "" {
		lines = append(lines, "Facilitator: "+m.Facilitator)
	}
	if f := s.File(m.StudentID); f != nil {
		if grade := f.grade(); grade != "" {
			lines = append(lines, "Grade: "+grade)
		}
		if language := f.familyLanguage(); language != "English" {
			lines = append(lines, "Interpreter: "+language)
		}
	}
	for _, d := range s.Days {
		if d.Kind == m.Kind && d.Date == m.Date && d.SpecialistRole != "" {
			lines = append(lines, "Attendance Specialist's part: "+s.SpecialistPart(d))
		}
	}
	lines = append(lines, "The student's file is in the meeting packet, not here.")
	return joined("\n", lines...)
}

// organizer is who publishes the schedule; the address RFC 5546 asks for need
// not receive mail.
func (s *SchoolNight) organizer() string {
	for _, role := range []district.Role{district.OfficeManager, district.Admin} {
		for _, p := range s.Staff {
			if p.Role == role && strings.Count(p.Email, "@") == 1 && !strings.ContainsFunc(p.Email, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
				return "mailto:" + p.Email
			}
		}
	}
	return "mailto:noreply@rollcall.invalid"
}

// meetingUID is stable for the life of a meeting and tells nothing of the
// student whose ID its own is made of.
func meetingUID(meetingID string) string {
	sum := sha256.Sum256([]byte(meetingID))
	return hex.EncodeToString(sum[:16]) + "@rollcall.invalid"
}

func localTime(d district.Date, c intervention.Clock) string {
	return fmt.Sprintf("%sT%02d%02d00", d.Format("20060102"), int(c)/60, int(c)%60)
}

// joined are the parts that are not empty, each on one line.
func joined(between string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p = eventText(p); p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, between)
}

// eventText is data as a calendar's text can hold it: one line without control
// characters, so that it can never end its property and begin another.
func eventText(s string) string {
	return strings.Join(strings.Fields(cellText(strings.ReplaceAll(s, "\r", "\n"))), " ")
}
