package district

import "strings"

// Student is one child with all rows of the school year, at every school.
type Student struct {
	ID, LastName, FirstName, MiddleName, PreferredName, SSID string
	Birthdate                                                Date
	HomeLanguage                                             string // BCP 47, empty where unknown

	Enrollments   []Enrollment // by entry date, then school
	Marks         []Mark       // by date, school, period
	Contacts      []Contact    // by priority, then contact ID
	Notes         []Note
	Grades        []Grade
	Missing       []MissingAssignment
	Behavior      []Incident
	LettersSent   []LetterSent
	Interventions []PastIntervention
	Siblings      []Sibling // children at other rows of the same households, by student ID
}

// GivenName is the first name the student goes by: the preferred one where there
// is one.
func (s *Student) GivenName() string {
	if preferred := strings.TrimSpace(s.PreferredName); preferred != "" {
		return preferred
	}
	return s.FirstName
}

// Name is "First Last" with the name the student goes by.
func (s *Student) Name() string {
	return strings.TrimSpace(s.GivenName() + " " + s.LastName)
}

// LegalName is "First Middle Last", for a form that asks for it.
func (s *Student) LegalName() string {
	return strings.Join(strings.Fields(s.FirstName+" "+s.MiddleName+" "+s.LastName), " ")
}

// SortName is "Last, First", the form lists are ordered by, with the name the
// student goes by: the list and the letter speak of the same child.
func (s *Student) SortName() string {
	return strings.Trim(s.LastName+", "+s.GivenName(), ", ")
}

// AgeOn is the age in whole years on d; ok is false without a birthdate. A
// child born on 29 February has the birthday on 1 March of common years.
func (s *Student) AgeOn(d Date) (years int, ok bool) {
	if s.Birthdate.IsZero() {
		return 0, false
	}
	by, bm, bd := s.Birthdate.Time().Date()
	y, m, day := d.Time().Date()
	years = y - by
	if m < bm || m == bm && day < bd {
		years--
	}
	return years, true
}

// EnrollmentOn is the enrollment that is open on d. Where two are, the later
// entry stands, then the school whose ID sorts last.
func (s *Student) EnrollmentOn(d Date) (Enrollment, bool) {
	var found Enrollment
	var ok bool
	for _, e := range s.Enrollments {
		if e.Includes(d) && (!ok || e.Owns(found)) {
			found, ok = e, true
		}
	}
	return found, ok
}

// Enrollment is one stay at one school; ExitDate is the last day enrolled,
// zero while it lasts.
type Enrollment struct {
	SchoolID, Grade           string
	EntryDate, ExitDate       Date
	Homeroom, HomeroomTeacher string
}

// Includes reports whether d lies within the enrollment.
func (e Enrollment) Includes(d Date) bool {
	return e.EntryDate <= d && (e.ExitDate.IsZero() || d <= e.ExitDate)
}

// Owns reports whether e rather than other owns a day that both include: the
// later entry date, on a tie the school ID that sorts last.
func (e Enrollment) Owns(other Enrollment) bool {
	if e.EntryDate != other.EntryDate {
		return e.EntryDate > other.EntryDate
	}
	return e.SchoolID > other.SchoolID
}

// Mark is one attendance row: an exception on a day. No row means present. A
// year of a large district is a million of them, so that what many share they
// point at: *Entry is never nil.
type Mark struct {
	Date    Date
	Line    int32 // line in the file it was read from, 0 where there is none
	Minutes int16 // minutes missed, NoMinutes where the row does not say
	*Entry
}

// Entry is what was entered at a school for the whole day (empty Period) or for
// one period. Code is never nil.
type Entry struct {
	SchoolID, Period string
	Code             *Code
}

// NoMinutes is Mark.Minutes of a row that does not say.
const NoMinutes = -1

// Note is one attendance note.
type Note struct {
	Date         Date
	Note, Author string
}

// Grade is one mark of a course and term.
type Grade struct {
	Term, Course, Mark, Teacher, Percent string
	AsOf                                 Date
}

// MissingAssignment is work not handed in.
type MissingAssignment struct {
	Course, Title, Teacher, Points string
	DueDate                        Date
}

// Incident is one behavior entry.
type Incident struct {
	Date                       Date
	Incident, Location, Action string
}

// LetterSent is a letter another system sent, such as A2A's Letter #1.
type LetterSent struct {
	Letter  string
	SentOn  Date
	Channel string
}

// PastIntervention is one the SIS already holds.
type PastIntervention struct {
	Date               Date
	Kind, Note, Author string
}

// Sibling is another child of the same household in the district.
type Sibling struct {
	StudentID, Name, SchoolID, Grade string
}
