package intervention

import (
	"rollcall/internal/attendance"
	"rollcall/internal/district"
)

// History is what the ledger remembers that bears on one school's night.
type History struct {
	// Cases are this year's cases of the students asked for, whatever school
	// they were opened at, and those that stand at this school, whether their
	// student was asked for or not; with events, letters and meeting.
	Cases []Case
	// Booked are the meetings standing at this school from the as-of date on,
	// other schools' students included; CalledOff those given back.
	Booked, CalledOff []Meeting
	// Days are the district's meeting days from the as-of date on, for this school.
	Days []MeetingDay
	// Issued is the as-of date of the last night of this year that was committed
	// for the school and not held, zero for none.
	Issued district.Date
}

// Entry is one student of tonight's school as decide sees it.
type Entry struct {
	Student    *district.Student
	Enrollment district.Enrollment // the one open on the as-of date; zero where none is
	Standing   attendance.Standing // zero where none is
	Cases      []Case              // history, this year
}

// ActionKind is what a night does about a case.
type ActionKind string

// What decide can ask for.
const (
	Open      ActionKind = "open"      // a new case; needs a meeting
	Place     ActionKind = "place"     // an open case that waits; needs a meeting
	Withdraw  ActionKind = "withdraw"  // the rule no longer holds, nothing mailed
	Supersede ActionKind = "supersede" // SART replaces an open CART
	Close     ActionKind = "close"     // the student left the district
	Move      ActionKind = "move"      // the student changed schools; needs a meeting at the new one
	Release   ActionKind = "release"   // the student changed schools; the meeting at the old one is given back
	Rebook    ActionKind = "rebook"    // the meeting's day is no school day any more
	Flag      ActionKind = "flag"      // below threshold after mailing: a person reviews
	Correct   ActionKind = "correct"   // days named in the invitation do not count any more
	Confirm   ActionKind = "confirm"   // the rule holds again: nothing to review
	Follow    ActionKind = "follow"    // another round is opened after this one
	Retract   ActionKind = "retract"   // a letter takes back what the family was told
	Recall    ActionKind = "recall"    // a notice of a referral has lost its grounds in the tray
	Notify    ActionKind = "notify"    // a referral to SARB was recorded: its notice is due
)

// Action is one decision with its reason.
type Action struct {
	Kind ActionKind
	Case Case // for Open the new case, else the one from history
	// Uncounted are days that the case or its letter names and that do not count
	// any more, Restated those that count as excused now.
	Uncounted, Restated []district.Date
	Why                 string
}

// Silence is a decision to do nothing about a student who has a case or meets
// a rule, with its reason.
type Silence struct {
	StudentID, Why string
}

// Watch is a student on the watch list and the rule that put them there.
type Watch struct {
	StudentID string
	Reason    Reason
}

// Referral is a student whom the policy would refer to the district's SARB.
type Referral struct {
	CaseID, StudentID string
	Reason            Reason
	Since             Since
}

// Exception is something a person must look at before the paper is right.
type Exception struct {
	StudentID string // empty where it concerns no one student
	SchoolID  string
	Subject   string // a word or two: "address", "language", "data", "Letter #1"
	Problem   string // plain words, with the mend
}

// Decision is decide's whole answer for a school.
type Decision struct {
	Actions    []Action // SART first, then by rate, then by student ID
	Silences   []Silence
	Referrals  []Referral // who is due for SARB, by student ID
	Watch      []Watch
	Exceptions []Exception
}

// Want is a case that needs a place on a meeting day.
type Want struct {
	CaseID, StudentID string
	Kind              Kind
	Absent, Enrolled  int      // rate as whole numbers, for the order
	Family            []string // household keys: who shares one sits side by side
	// Overdue is since when a family has waited, where that is longer than one may be
	// asked to; zero for the others. They go first, the longest wait before the rest, so
	// that others with more need cannot go before them for ever.
	Overdue  district.Date
	Language string        // BCP 47 of the household that meets
	Earliest district.Date // no day before it (lead)
	Latest   district.Date // no day after it (horizon)
	Sequence int           // of the meeting to be made: 0 for the first
}

// Plan is what tonight changes for one school, ready to be written.
type Plan struct {
	Opened     []Case       // new cases, events and letters included
	Appended   []CaseEvent  // to cases that were there, events in order
	Meetings   []Meeting    // booked or cancelled tonight
	Letters    []Letter     // due tonight, of new and old cases
	Withdrawn  []string     // IDs of letters never to be mailed
	Moved      []CaseSchool // cases that follow a transfer
	WaitingFor []string     // IDs of cases without a slot
	// Seen is how many events each case that the plan changes had when it was
	// made. A case that has more by now was changed by a person meanwhile.
	Seen map[string]int
}

// CaseEvent is an event for a case.
type CaseEvent struct {
	CaseID string
	Event  Event
}

// CaseSchool is a case's new school.
type CaseSchool struct{ CaseID, SchoolID string }
