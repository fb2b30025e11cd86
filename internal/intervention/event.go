package intervention

import (
	"fmt"
	"strings"
	"time"

	"rollcall/internal/district"
)

// EventKind is what happened to a case.
type EventKind string

// The events of a case. Those that a person records stand second.
const (
	Identified     EventKind = "identified"      // the policy owes a meeting
	Waiting        EventKind = "waiting"         // no slot within the horizon; no letter yet
	Scheduled      EventKind = "scheduled"       // a slot was given, the invitation is due
	Cancelled      EventKind = "cancelled"       // the slot was given back
	Transferred    EventKind = "transferred"     // the student moved to another school of the district
	BelowThreshold EventKind = "below_threshold" // the rule no longer holds, but the family was told: review
	HoldsAgain     EventKind = "holds_again"     // it holds again; the review is settled
	Corrected      EventKind = "corrected"       // days the family was to read of do not count any more
	Superseded     EventKind = "superseded"      // a SART case reviews all absences instead
	Left           EventKind = "left"            // the student left the district
	Again          EventKind = "again"           // after monitoring the policy owes another round
	Backfilled     EventKind = "backfilled"      // dealt with by other means before rollcall kept the record
	Retracted      EventKind = "retracted"       // a letter took back what the family had been told

	Mailed     EventKind = "mailed"      // the letters are in the post
	SentHome   EventKind = "sent_home"   // the student carried a copy
	Held       EventKind = "held"        // the family came
	NoShow     EventKind = "no_show"     // the family did not
	Attempt    EventKind = "attempt"     // a try to reach them, with its time
	Completed  EventKind = "completed"   // contract agreed, in person or by phone
	Postponed  EventKind = "rescheduled" // another day is asked for
	Documented EventKind = "documented"  // entered in the SIS, tagged and coded
	Withdrawn  EventKind = "withdrawn"   // called off: the rule no longer holds, or a person says so
	Referred   EventKind = "referred"    // to the district's SARB
	Closed     EventKind = "closed"      // a person ends the monitoring, or the board is done
	Undone     EventKind = "undone"      // what a person recorded last was entered by mistake
)

// NightActor is who did what the night does.
const NightActor = "rollcall"

// Event is one entry of a case's history.
type Event struct {
	Kind   EventKind
	At     time.Time     // when it was recorded, UTC
	On     district.Date // the day it concerns
	Actor  string        // NightActor, else who recorded it
	Detail string        // plain words
	Facts  Facts         // what a person recorded, field by field
}

// Words say what is known of the event beside its kind.
func (e Event) Words() string {
	facts := e.Facts.Words()
	if e.Detail != "" && facts != "" {
		return e.Detail + "; " + facts
	}
	return e.Detail + facts
}

// Facts are what the process asks to be written down about an event (seed: verify
// address, summary and next steps, attempts with date and time, tag and code).
// The zero value says nothing.
type Facts struct {
	Time          string        `json:"time,omitempty"`   // of day, 14:05: an attempt's
	Method        string        `json:"method,omitempty"` // phone, in person, …
	Result        string        `json:"result,omitempty"` // an attempt's
	Attendees     []string      `json:"attendees,omitempty"`
	Address       string        `json:"address,omitempty"`     // verified or corrected
	NewAddress    string        `json:"new_address,omitempty"` // where it was corrected
	Summary       string        `json:"summary,omitempty"`
	Interventions []string      `json:"interventions,omitempty"`
	NextSteps     string        `json:"next_steps,omitempty"`
	Agreed        bool          `json:"agreed,omitempty"` // "Parent understands and agrees with the contract"
	Tag           string        `json:"tag,omitempty"`
	Code          string        `json:"code,omitempty"`
	NotBefore     district.Date `json:"not_before,omitzero"` // the day asked for when a meeting is moved
	// Letters are the IDs of those that went out; empty means all dated by then.
	Letters []string  `json:"letters,omitempty"`
	Undoes  EventKind `json:"undoes,omitempty"` // the kind that an undo was told to strike out
	// Uncounted are days that the case or its letter names and that do not count
	// any more, Restated those that count as excused now.
	Uncounted []district.Date `json:"uncounted,omitempty"`
	Restated  []district.Date `json:"restated,omitempty"`
	// Notices are the IDs of the notices, of truancy or of a referral, that a
	// retraction takes back.
	Notices []string `json:"notices,omitempty"`
	// Reason is what a case was opened again for.
	Reason *Reason `json:"reason,omitempty"`
}

// How a family was met or reached, and what was found of an address: the words
// that other facts are read from.
const (
	ByPhone          = "phone"
	InPerson         = "in person"
	AddressVerified  = "verified"
	AddressCorrected = "corrected"
)

func daysInWords(days []district.Date) string {
	words := make([]string, len(days))
	for i, day := range days {
		words[i] = day.String()
	}
	return strings.Join(words, ", ")
}

// Words say the facts in one line.
func (f Facts) Words() string {
	var parts []string
	add := func(format, value string) {
		if value != "" {
			parts = append(parts, fmt.Sprintf(format, value))
		}
	}
	add("at %s", f.Time)
	add("%s", f.Method)
	add("%s", f.Result)
	add("attended by %s", strings.Join(f.Attendees, ", "))
	add("address %s", f.Address)
	add("new address: %s", f.NewAddress)
	add("%s", f.Summary)
	add("interventions: %s", strings.Join(f.Interventions, ", "))
	add("next: %s", f.NextSteps)
	if f.Agreed {
		parts = append(parts, "parent understands and agrees with the contract")
	}
	add("tag %s", f.Tag)
	add("code %s", f.Code)
	add("letter %s", strings.Join(f.Letters, ", "))
	add("notice taken back: %s", strings.Join(f.Notices, ", "))
	add("no longer counted: %s", daysInWords(f.Uncounted))
	add("now excused: %s", daysInWords(f.Restated))
	if !f.NotBefore.IsZero() {
		add("not before %s", f.NotBefore.String())
	}
	return strings.Join(parts, "; ")
}
