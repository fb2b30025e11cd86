package reports

import (
	"cmp"
	"slices"
	"time"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
	"rollcall/templates"
)

// Night is what every document of one night says of itself.
type Night struct {
	District Office
	AsOf     district.Date // the last day that counts
	Issued   district.Date // the date on letters: the next instructional day
	Year     district.SchoolYear
	RunID    string
	Version  string
	Policy   PolicyWords
	TimeZone string // IANA name, for calendar files
	Provided map[district.File]bool
	// Supports is the district's menu of interventions, printed on the contract.
	Supports []Support
	// LeftOut are the sections that the district leaves out of meeting files.
	LeftOut []Section
	// InSpanish is what Spanish letters call a place or room, by its name.
	InSpanish map[string]string
	// SchoolNames are the district's schools by ID, for siblings and transfers.
	SchoolNames map[string]string
}

// schoolName is a school's name, its ID where the night does not have it.
func (n *Night) schoolName(id string) string { return cmp.Or(n.SchoolNames[id], id) }

// Support is an intervention a contract offers, in the languages contracts are
// written in; Spanish is empty where only the English is known.
type Support struct{ English, Spanish string }

// supports are the menu in a language, in English where it has no words.
func (n *Night) supports(lang string) []string {
	menu := make([]string, len(n.Supports))
	for i, s := range n.Supports {
		menu[i] = s.English
		if lang == templates.Spanish {
			menu[i] = cmp.Or(s.Spanish, s.English)
		}
	}
	return menu
}

// spot is a place or room in a language, as it is called where that has no word.
func (n *Night) spot(name, lang string) string {
	if lang == templates.Spanish {
		return cmp.Or(n.InSpanish[name], name)
	}
	return name
}

// Office is a letterhead.
type Office struct {
	Name, Street, City, State, Zip, Phone, Website string
	Logo                                           []byte // PNG or JPEG, empty for none
}

// PolicyWords is the policy as people read it.
type PolicyWords struct {
	Name, Hash string
	From       district.Date // the first day it decides; zero: from the beginning
	Rules      []RuleWords
	Numbers    attendance.Rules
	LetterOne  string // what letters_sent calls Letter #1
}

// RuleWords is one rule of the policy: the case it opens, its name, its text, and
// a sentence for people where there is one.
type RuleWords struct{ Case, Name, When, Plain string }

// SchoolNight is everything one school's documents are made of.
type SchoolNight struct {
	Night    Night
	School   district.School
	Staff    []district.Staff // the school's, and the district's where it has none of a role
	Codes    []district.Code  // by code
	Calendar []district.Date  // instructional days of the year
	Held     string           // why nothing was issued, empty where it was
	Mend     string           // how a held school goes on
	Approved string           // by whom a night that had been held was approved; empty where nobody had to
	Stale    district.Date    // the last day whose attendance arrived, zero where all of it did
	Counts   night.Counts
	Key      KeyData
	Files    []StudentFile             // students with a case, on the watch list or with an exception, by student ID
	Days     []intervention.MeetingDay // with a meeting on them, from the as-of date on
	Meetings []intervention.Meeting    // standing from the as-of date on, by date, start, room
	// Cancelled are the meetings given back tonight.
	Cancelled []intervention.Meeting
	// Expected are the days on which cases without a place can expect one, by case ID;
	// zero where no day of this year is left.
	Expected map[string]district.Date
	// PacketDays are the days of Days whose meeting files are printed tonight, Packets
	// where each meeting's file begins, by meeting ID: packets-2025-11-12-SART.pdf#page=9.
	// That is known once they are made.
	PacketDays []DayKey
	Packets    map[string]string
	Letters    []LetterDue // issued tonight
	Referrals  []Referral  // due for SARB, or referred, by student ID
	Exceptions []intervention.Exception
	Rejects    []district.Reject // rows that name this school or a student of it
}

// DayKey names a meeting day of a school.
type DayKey struct {
	Kind intervention.Kind
	Date district.Date
}

// StudentFile is one student as documents need them.
type StudentFile struct {
	Student    district.Student
	Enrollment district.Enrollment
	Standing   attendance.Standing
	UnderLaw   []attendance.Day    // the standing's truancies that are the law's: see Standing.UnderLaw
	Cases      []intervention.Case // this year's, by opening date
	// Since is attendance since the meeting of each case that has had one, by case ID.
	Since map[string]intervention.Since
	Watch *intervention.Reason // the watch-list rule that holds, nil for none
}

// LetterDue is a letter with what only the night that issues it knows.
type LetterDue struct {
	Letter    intervention.Letter
	Household district.Household // for a student's copy: the household whose language it is in
	Meeting   *intervention.Meeting
	CorrectBy district.Date // a wrong date can be corrected until then
	Homeroom  string
	Copy      bool // with the student, not by mail
}

// KeyData are the figures of the Admin meeting, over all assessed students.
type KeyData struct {
	ByGrade   []GradeTally // in grade order
	ByWeekday [5]int       // full-day absences, Monday first
	ByMonth   []MonthTally // calendar months of the year so far
}

// GradeTally counts the students of one grade.
type GradeTally struct {
	Grade                                 string
	Students                              int
	Satisfactory, AtRisk, Chronic, Severe int
	Truant                                int
	ChronicLabel                          int // chronic by rule, with the minimum of days
}

// Add counts a student's standing.
func (g *GradeTally) Add(s *attendance.Standing) {
	g.Students++
	switch s.Tier {
	case attendance.Satisfactory:
		g.Satisfactory++
	case attendance.AtRisk:
		g.AtRisk++
	case attendance.Chronic:
		g.Chronic++
	case attendance.Severe:
		g.Severe++
	}
	if s.Truant {
		g.Truant++
	}
	if s.Chronic {
		g.ChronicLabel++
	}
}

// MonthTally counts one calendar month.
type MonthTally struct {
	Month        string // 2025-10
	DaysAbsent   int
	DaysEnrolled int
}

// File finds a student's file; nil where the student has none.
func (s *SchoolNight) File(studentID string) *StudentFile {
	i, ok := slices.BinarySearchFunc(s.Files, studentID, func(f StudentFile, id string) int {
		return cmp.Compare(f.Student.ID, id)
	})
	if !ok {
		return nil
	}
	return &s.Files[i]
}

// StaleWords say that the figures of a student here lack the school's latest days,
// empty where they do not.
func (s *SchoolNight) StaleWords(f *StudentFile) string {
	if s.Stale.IsZero() || f.Enrollment.SchoolID != s.School.ID {
		return ""
	}
	return "stale: no attendance since " + s.Stale.Format("1/2/2006")
}

// Case finds a case of the file by ID; nil where there is none.
func (f *StudentFile) Case(id string) *intervention.Case {
	for i := range f.Cases {
		if f.Cases[i].ID == id {
			return &f.Cases[i]
		}
	}
	return nil
}

// DistrictNight is what the district office's documents are made of.
type DistrictNight struct {
	Night       Night
	Schools     []SchoolLine   // by school ID
	Cases       []CaseLine     // by school, kind (SART first), student ID
	Letters     []LetterLine   // by school, letter ID
	Referrals   []ReferralLine // by school, student ID
	Exceptions  []intervention.Exception
	Rejects     []district.Reject
	Undelivered []night.Delivery
	// SuppressSmall replaces counts of 10 or fewer students in cross-school
	// summaries (privacy.suppress_small_cells).
	SuppressSmall bool
	// From and Until are the starts of the night before and of this one: what was
	// recorded between them goes into the SIS. Codings are what it calls that.
	From, Until time.Time
	Codings     intervention.Codings
}

// SchoolLine is one school in the district's summary.
type SchoolLine struct {
	School               district.School
	Held, Mend, Approved string
	Counts               night.Counts
	Key                  KeyData
}

// CaseLine is one case in the district's list.
type CaseLine struct {
	SchoolID, StudentID, Name, Grade string
	Standing                         attendance.Standing
	Case                             intervention.Case
	Stale                            string // SchoolNight.StaleWords
}

// ReferralLine is one student in the district's list of SARB referrals.
type ReferralLine struct {
	Referral
	SchoolID, Name, Grade string
	Standing              attendance.Standing
	Case                  intervention.Case // the SART case
	Items                 int               // on the checklist
	Missing               []string          // names of those still to be done
}

// LetterLine is one letter in the district's list.
type LetterLine struct {
	SchoolID string
	Letter   intervention.Letter
	Batch    string
	Digest   string
}
