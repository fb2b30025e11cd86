package district

import "strings"

// School is one row of the bundle's schools.
type School struct {
	ID, Name, CDSCode, GradeSpan    string
	Street, City, State, Zip, Phone string
	// PeriodsPerDay is 0 where attendance is taken once a day.
	PeriodsPerDay int
	// Folder is Slug where NameFolders had to tell the school from another,
	// empty for nearly every school.
	Folder string `json:",omitempty"`
}

// Role is what a member of staff does in the CART / SART process.
type Role string

// The roles of the bundle's staff rows.
const (
	Admin                Role = "admin"
	OfficeManager        Role = "office_manager"
	AttendanceSpecialist Role = "attendance_specialist"
	AttendanceClerk      Role = "attendance_clerk"
	Facilitator          Role = "facilitator"
	DistrictOffice       Role = "district_office"
)

// Roles lists every role in the order the process names them.
var Roles = []Role{Admin, OfficeManager, AttendanceSpecialist, AttendanceClerk, Facilitator, DistrictOffice}

// Label is the role in words for people.
func (r Role) Label() string {
	words := strings.Split(string(r), "_")
	for i, w := range words {
		if w != "" {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, " ")
}

// Staff is one person in one role; SchoolID is empty for the whole district.
type Staff struct {
	SchoolID string
	Role     Role
	Name     string
	Email    string
	Phone    string
}

// StaffOf lists who has a role at a school: the school's own people, or where
// it has none, the district's.
func (d *District) StaffOf(schoolID string, role Role) []Staff {
	var own, shared []Staff
	for _, s := range d.Staff {
		switch {
		case s.Role != role:
		case s.SchoolID == schoolID:
			own = append(own, s)
		case s.SchoolID == "":
			shared = append(shared, s)
		}
	}
	if len(own) > 0 {
		return own
	}
	return shared
}

// Grades is every grade in order, transitional kindergarten first.
var Grades = []string{"TK", "K", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}

// GradeIndex is a grade's place in Grades, -1 for none of them.
func GradeIndex(grade string) int {
	for i, g := range Grades {
		if g == grade {
			return i
		}
	}
	return -1
}

// Category is what an absence code means, in the bundle's words.
type Category uint8

// The categories of the bundle's absence codes. The zero value is none.
const (
	_ Category = iota
	Excused
	Unexcused
	Unverified
	Suspension
	IndependentStudyIncomplete
	Tardy
	TardyOver30
	Present
)

var categoryNames = [...]string{
	Excused: "excused", Unexcused: "unexcused", Unverified: "unverified", Suspension: "suspension",
	IndependentStudyIncomplete: "independent_study_incomplete",
	Tardy:                      "tardy", TardyOver30: "tardy_over_30", Present: "present",
}

// ParseCategory reads a category by its name in the bundle.
func ParseCategory(s string) (Category, bool) {
	for c, name := range categoryNames {
		if name == s && name != "" {
			return Category(c), true
		}
	}
	return 0, false
}

// CategoryNames lists the categories an absence code may have.
func CategoryNames() []string { return append([]string(nil), categoryNames[1:]...) }

// String is the name in the bundle.
func (c Category) String() string { return categoryNames[c] }

// MarshalText writes the name in the bundle.
func (c Category) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the name in the bundle; empty text is no category.
func (c *Category) UnmarshalText(text []byte) error {
	*c, _ = ParseCategory(string(text))
	return nil
}

// IsAbsence reports the categories that can make a day a full-day absence.
func (c Category) IsAbsence() bool { return Excused <= c && c <= IndependentStudyIncomplete }

// Code is one row of the district's table of absence codes.
type Code struct {
	Code        string
	Category    Category
	Description string
}
