package district

import (
	"sort"
	"strings"
)

// District is what ties the schools together on one night: everything of the
// bundle that is no student's own.
type District struct {
	AsOf      Date
	Year      SchoolYear
	Schools   []School             // by ID
	Calendars map[string]*Calendar // by school ID
	Staff     []Staff              // in the file's order
	Codes     map[string]*Code     // by code
	// Provided tells which optional files the export held.
	Provided map[File]bool
	// Rows counts the data rows of each file, rejected ones included; nil
	// entries were not read.
	Rows    map[File]int
	Rejects []Reject // by file, then line
	// Digest is the SHA-256, in hex, over every file's name and bytes.
	Digest string
}

// School finds a school by ID.
func (d *District) School(id string) (School, bool) {
	i, ok := sort.Find(len(d.Schools), func(i int) int { return strings.Compare(id, d.Schools[i].ID) })
	if !ok {
		return School{}, false
	}
	return d.Schools[i], true
}

// Snapshot is one school on one night: the district's facts and every student
// with an enrollment there this year, open or closed.
type Snapshot struct {
	District *District
	School   School
	Students []Student // by ID
	// Kin are the students who share a household with one of them and are not enrolled
	// here themselves this year, by ID.
	Kin []Student
}

// File names one file or view of the bundle, without its extension.
type File string

// The files of the bundle. The first eight are required.
const (
	Schools            File = "schools"
	StaffFile          File = "staff"
	CalendarFile       File = "calendar"
	Students           File = "students"
	Enrollments        File = "enrollments"
	Contacts           File = "contacts"
	AbsenceCodes       File = "absence_codes"
	Attendance         File = "attendance"
	AttendanceNotes    File = "attendance_notes"
	GradesFile         File = "grades"
	MissingAssignments File = "missing_assignments"
	Behavior           File = "behavior"
	LettersSent        File = "letters_sent"
	Interventions      File = "interventions"
)

// RequiredFiles and OptionalFiles list the bundle in reading order.
var (
	RequiredFiles = []File{Schools, StaffFile, CalendarFile, Students, Enrollments, Contacts, AbsenceCodes, Attendance}
	OptionalFiles = []File{AttendanceNotes, GradesFile, MissingAssignments, Behavior, LettersSent, Interventions}
)

// Reject is one bad row: it is counted nowhere, and someone can find and mend
// it.
type Reject struct {
	File      string // as the person knows it, attendance.csv
	Line      int    // in the file, the header is 1; 0 where rows have no place
	Column    string
	Value     string
	Reason    string // says what is wrong and the mend
	StudentID string // where the row names a known student
	SchoolID  string // where the row names a known school
}
