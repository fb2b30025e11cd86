package night

import (
	"errors"
	"fmt"
	"time"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// Run is one night. It is keyed by its as-of date: firing twice is firing once.
type Run struct {
	ID          string // the as-of date, 2025-10-15
	AsOf        district.Date
	PolicyHash  string
	PolicyText  string // what the hash is of, so that a decision can be read later
	InputDigest string
	// Settings is a digest of all that its papers are made by, beside the export and the
	// policy, as the process had it that worked on the night last.
	Settings   string
	Version    string
	RecordOnly bool      // the year so far is taken over, nothing is issued
	StartedAt  time.Time // UTC
	FinishedAt time.Time // zero while open
	Summary    string    // JSON, once finished
}

// Policy is a policy that nights have decided by.
type Policy struct {
	Hash, Text    string
	First, Last   district.Date // as-of dates of its nights
	Nights, Cases int
}

// SchoolStatus is how far a school's night has come.
type SchoolStatus string

// A school's night goes forward only.
const (
	Committed SchoolStatus = "committed" // decided and stored; documents to be made
	Rendered  SchoolStatus = "rendered"  // documents on the shelf; mail to be sent
	Delivered SchoolStatus = "delivered" // nothing left but the close
)

// School is one school's part of a run.
type School struct {
	RunID, SchoolID string
	Status          SchoolStatus
	Held            string // why nothing was issued, empty where it was
	Counts          Counts
}

// Counts are what a school's night came to.
type Counts struct {
	Students       int `json:"students"` // assessed
	Chronic        int `json:"chronic"`  // standings, not cases
	Truant         int `json:"truant"`
	NewCART        int `json:"new_cart"`
	NewSART        int `json:"new_sart"`
	Withdrawn      int `json:"withdrawn"`
	Superseded     int `json:"superseded"`
	Flagged        int `json:"flagged"` // below threshold after mailing
	OpenCART       int `json:"open_cart"`
	OpenSART       int `json:"open_sart"`
	Waiting        int `json:"waiting"` // cases without a slot
	WatchList      int `json:"watch_list"`
	LettersMail    int `json:"letters_mail"`
	LettersStudent int `json:"letters_student"`
	Meetings       int `json:"meetings"`      // booked or changed tonight
	CalledOff      int `json:"called_off"`    // meetings given back tonight
	Changed        int `json:"changed"`       // cases on the roster's Changes sheet
	SARBDue        int `json:"sarb_due"`      // students the policy would refer
	SARBReferred   int `json:"sarb_referred"` // students a person has referred
	Exceptions     int `json:"exceptions"`
	Rejects        int `json:"rejects"` // rows that name this school
}

// Add adds another school's counts, for the district's totals.
func (c *Counts) Add(o Counts) {
	c.Students += o.Students
	c.Chronic += o.Chronic
	c.Truant += o.Truant
	c.NewCART += o.NewCART
	c.NewSART += o.NewSART
	c.Withdrawn += o.Withdrawn
	c.Superseded += o.Superseded
	c.Flagged += o.Flagged
	c.OpenCART += o.OpenCART
	c.OpenSART += o.OpenSART
	c.Waiting += o.Waiting
	c.WatchList += o.WatchList
	c.LettersMail += o.LettersMail
	c.LettersStudent += o.LettersStudent
	c.Meetings += o.Meetings
	c.CalledOff += o.CalledOff
	c.Changed += o.Changed
	c.SARBDue += o.SARBDue
	c.SARBReferred += o.SARBReferred
	c.Exceptions += o.Exceptions
	c.Rejects += o.Rejects
}

// ErrNotKept is wrapped where what a night's documents were made of is forgotten.
var ErrNotKept = errors.New("what it was made of is no longer kept")

// Approval is a person's word that a held school's night be issued.
type Approval struct {
	RunID, SchoolID string
	Held            string // why it had been held
	By, Why         string // Why may be empty
	At              time.Time
}

// Words say who approved what.
func (a Approval) Words() string {
	why := ""
	if a.Why != "" {
		why = ": " + a.Why
	}
	return fmt.Sprintf("approved by %s%s (it was held: %s)", intervention.Named(a.By), why, a.Held)
}

// ErrChanged is wrapped where a case is no longer as a plan saw it.
var ErrChanged = errors.New("something was recorded about the case since the night read it")

// Commit is everything a school's night writes, in one transaction.
type Commit struct {
	School   School
	Plan     intervention.Plan
	Material []byte // what the documents are made of; opaque to the ledger
	Jobs     []Job
}

// JobKind is a stage that may be repeated without harm.
type JobKind string

// The jobs of a night.
const (
	Plan    JobKind = "plan"    // a school's decisions
	Render  JobKind = "render"  // a school's documents
	Deliver JobKind = "deliver" // one message
	Close   JobKind = "close"   // the district's documents and the summary
	Night   JobKind = "night"   // the whole of it, where a schedule says that it is due
)

// Job is one unit of work for the queue. Role is empty but for Deliver.
type Job struct {
	Kind     JobKind
	RunID    string
	SchoolID string // empty for the district's own
	Role     district.Role
	// Basis is what a Plan job is to be decided on, in the words of who plans the night.
	Basis string
	// Issue tells a message from the one that the same night sent before an
	// approval: 0 for the night's own, else the number of approvals it tells of.
	Issue int
}

// Message names the message of a Deliver job among those of its run and school.
func (j Job) Message() string {
	switch j.Issue {
	case 0:
		return string(j.Role)
	case 1:
		return string(j.Role) + "_approved"
	}
	return fmt.Sprintf("%s_approved_%d", j.Role, j.Issue)
}

// Document is one file on the shelf.
type Document struct {
	SchoolID string // empty for the district's
	Path     string // on the shelf, with slashes
	Kind     string // letters-mail, packets, roster, …
	Bytes    int64
	SHA256   string // hex
	Pages    int    // 0 where it has none
	Students int    // how many it is about
}

// Delivery is the record of one message.
type Delivery struct {
	MessageID  string
	RunID      string
	SchoolID   string // empty for the district's
	Role       district.Role
	Recipients []Recipient
	SentAt     time.Time // zero until it is
}

// Recipient is what became of a message for one address.
type Recipient struct {
	Address string
	Outcome Outcome
	Detail  string // why it was not sent, in the server's words; empty where it was
}

// Outcome is what became of a message for one address.
type Outcome string

// What can become of a message.
const (
	Sent     Outcome = "sent"
	Refused  Outcome = "refused"   // for good: a person must mend the address
	TryAgain Outcome = "try_again" // not yet, or nobody knows: the same message goes out again
)

// Undelivered reports whether some recipient did not get the message.
func (d Delivery) Undelivered() bool {
	for _, r := range d.Recipients {
		if r.Outcome != Sent {
			return true
		}
	}
	return false
}

// JobError is a job that was given up, and why.
type JobError struct {
	Job   Job
	Error string
}
