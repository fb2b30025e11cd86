package intervention

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"rollcall/internal/district"
)

// Kind is the team a family meets.
type Kind string

// The two kinds of meeting.
const (
	CART Kind = "CART" // Chronic Attendance Review Team
	SART Kind = "SART" // School Attendance Review Team
)

// Reason is why a case was opened: the rule that held and what it held over.
type Reason struct {
	Rule string `json:"rule"` // its name in the policy, "chronic"
	Expr string `json:"expr"` // its text
	// Words say the rule's name and its numbers: "chronic: absent 6 of 45 school
	// days, 13.3%".
	Words string          `json:"words"`
	Dates []district.Date `json:"dates"` // the absences or truancies counted
}

// Case is one reason to meet one family.
type Case struct {
	ID         string // CaseID
	StudentID  string
	SchoolID   string // where the meeting is to be held; follows a transfer
	Kind       Kind
	Round      int // 1, then one more each time the policy opens the kind again
	Year       district.SchoolYear
	OpenedOn   district.Date // the as-of date of the night that opened it
	Reason     Reason
	PolicyHash string    // of the policy that opened it
	ReopenedBy string    // of the one that last opened it again, empty where none did
	Events     []Event   // those that stand, in order
	Struck     []Struck  // those that do not count, in order: see History
	Letters    []Letter  // in order of issue
	Meeting    *Meeting  // the one booked last, nil where it was given back
	Past       []Meeting // those before it, in the order they were booked
}

// OpenedBy is the hash of the policy that opened the case, the last time where it
// was opened more than once.
func (c *Case) OpenedBy() string { return cmp.Or(c.ReopenedBy, c.PolicyHash) }

// OpenedLast is the as-of date of the night that opened the case, the last time
// where it was opened more than once: the day its Reason is of.
func (c *Case) OpenedLast() district.Date { return cmp.Or(c.DayOf(Identified), c.OpenedOn) }

// CaseID names a case by what makes it unique, so that no night can open it
// twice.
func CaseID(year district.SchoolYear, kind Kind, round int, studentID string) string {
	return fmt.Sprintf("%s/%s-%d/%s", year, kind, round, studentID)
}

// CaseYear is the school year that a case's ID begins with; ok is false where id
// is none.
func CaseYear(id string) (year district.SchoolYear, ok bool) {
	name, _, cut := strings.Cut(id, "/")
	first, _, _ := strings.Cut(name, "-")
	n, err := strconv.Atoi(first)
	year = district.SchoolYear(n)
	return year, cut && err == nil && year.String() == name
}

// Meeting is a family's place on a meeting day.
type Meeting struct {
	ID          string // stable for its life: the calendar UID is made of it
	CaseID      string
	StudentID   string
	SchoolID    string
	Kind        Kind
	Date        district.Date
	Start       Clock
	End         Clock
	Room        string
	Place       string
	Facilitator string
	// Sequence is raised by each change a family or team must be told of.
	Sequence  int
	Cancelled bool
}

// Clock is a time of day in minutes after midnight, local to the school.
type Clock int

// String is the form on a schedule, 8:30 AM.
func (c Clock) String() string {
	h, m := int(c)/60%24, int(c)%60
	half := "AM"
	if h >= 12 {
		half = "PM"
	}
	return fmt.Sprintf("%d:%02d %s", (h+11)%12+1, m, half)
}

// MeetingDay is one day on which a school's team meets families.
type MeetingDay struct {
	SchoolID     string
	Kind         Kind
	Date         district.Date
	Due          district.Date // the date of the rule it stands for
	Moved        string        // why it is on another, in words; empty where it is not
	Start, End   Clock
	SlotMinutes  int
	Rooms        []string // meetings run side by side in these
	Place        string   // what the letter says: "Main office conference room"
	Facilitators []string // by room; a room without one is led by the team
	Ordinal      int      // 1 for the school's first day of the kind this year
	// SpecialistRole is what the Attendance Specialist does that day: Model,
	// Co-facilitation, Observation and feedback, ongoing support; empty for CART.
	SpecialistRole string
}

// LetterKind is what a letter says.
type LetterKind string

// The letters of the process.
const (
	CARTInvitation   LetterKind = "cart-invitation"
	SARTInvitation   LetterKind = "sart-invitation"
	Rescheduled      LetterKind = "rescheduled"
	SecondInvitation LetterKind = "second-invitation"
	LetterOne        LetterKind = "letter-1" // notice of EC 48260.5
	SARBNotice       LetterKind = "sarb-notice"
	Retraction       LetterKind = "retraction" // takes back what a letter said
)

// Invites reports whether a letter calls a family to a meeting of the school's.
func (k LetterKind) Invites() bool {
	switch k {
	case LetterOne, SARBNotice, Retraction:
		return false
	}
	return true
}

// Channel is how a letter travels.
type Channel string

// The two ways a letter goes home.
const (
	ByMail      Channel = "mail"
	WithStudent Channel = "student"
)

// Letter is one piece of paper owed to one household, or the student's copy.
type Letter struct {
	ID        string // short, printed on the folio line
	CaseID    string
	StudentID string
	Kind      LetterKind
	Channel   Channel
	Household string        // district.Household.Key; empty for the student's copy
	Language  string        // BCP 47
	SentTo    string        // to whom and where, one line; empty for the student's copy
	IssuedOn  district.Date // the date on the letter
	RunID     string        // the night that decided it; empty before it is on record
	Withdrawn bool
	Named     []NamedDay // the days it says were counted, by date
}

// NamedDay is a day as a letter names it.
type NamedDay struct {
	Date     district.Date     `json:"date"`
	Category district.Category `json:"category"`
}
