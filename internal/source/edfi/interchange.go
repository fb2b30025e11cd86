package edfi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
)

// Interchange is the door to a folder of bulk interchange files.
type Interchange struct {
	tables map[district.File]*rows
}

type rows struct {
	columns string
	rows    [][]string
}

// OpenInterchange reads every XML file of a folder. What is an interchange of something
// else is passed over.
func OpenInterchange(ctx context.Context, dir string) (*Interchange, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("no .xml file in %s", dir)
	}
	c := &collector{
		entity: map[string][]*node{}, taught: map[[2]string]bool{}, periods: map[meeting][]string{}, homerooms: map[[2]string]homeroom{}, teachers: map[section]string{},
		staff: map[string]string{}, titles: map[[2]string]string{},
	}
	slices.Sort(paths)
	for _, path := range paths {
		if err := c.file(ctx, path); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return &Interchange{c.tables()}, nil
}

// Name is a table as the standard's files have it.
func (i *Interchange) Name(file district.File) string { return "Ed-Fi " + string(file) }

// Has reports whether the files had anything of a table.
func (i *Interchange) Has(_ context.Context, file district.File) (bool, error) {
	t := i.tables[file]
	return t != nil && len(t.rows) > 0, nil
}

// Table is what was gathered of one.
func (i *Interchange) Table(ctx context.Context, file district.File, _ bundle.Need) (*bundle.Table, error) {
	if has, _ := i.Has(ctx, file); !has {
		return nil, &bundle.Absent{Mend: "no interchange file has it"}
	}
	return bundle.Memory(i.tables[file].columns, i.tables[file].rows), nil
}

// section is a class as the standard names it within a school.
type section struct{ school, course, id string }

// meeting is a section in a session of the year.
type meeting struct {
	section
	session string
}

// event is one of attendance, of a day or of a section's meeting.
type event struct {
	student, school, date, category string
	of                              meeting // without an ID for a day
	part                            bool    // of a day
}

type homeroom struct{ since, name, course string }

// collector gathers what stands in several files and several places.
type collector struct {
	entity     map[string][]*node // what is put together at the end, by name
	events     []event
	notes      [][]string
	taught     map[[2]string]bool   // by school and date: by any of its calendars
	periods    map[meeting][]string // class periods
	homerooms  map[[2]string]homeroom
	teachers   map[section]string // staff IDs
	staff      map[string]string  // names by ID
	titles     map[[2]string]string
	categories []string
}

func (c *collector) file(ctx context.Context, path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return entities(f, func(n *node) error {
		c.take(n)
		return ctx.Err()
	})
}

func (c *collector) take(n *node) {
	student, school := n.get("StudentUniqueId"), n.get("SchoolId")
	switch n.name {
	case "StudentSchoolAttendanceEvent", "StudentSectionAttendanceEvent":
		e := event{student: student, school: school, date: n.get("EventDate"), category: n.get("AttendanceEventCategory")}
		if n.name == "StudentSectionAttendanceEvent" {
			e.of = meetingOf(n)
		} else if duration, err := strconv.ParseFloat(n.get("EventDuration"), 64); err == nil {
			e.part = duration > 0 && duration < 1
		}
		c.events = append(c.events, e)
		if !slices.Contains(c.categories, e.category) {
			c.categories = append(c.categories, e.category)
		}
		if reason := n.get("AttendanceEventReason"); reason != "" && e.of.id == "" {
			c.notes = append(c.notes, []string{student, e.date, reason})
		}
	case "CalendarDate":
		taught := slices.ContainsFunc(n.all("CalendarEvent"), func(e *node) bool {
			event := cmp.Or(code(e.text), e.get("CalendarEvent"))
			return event == "Instructional day" || event == "Make-up day"
		})
		day := [2]string{school, n.get("Date")}
		c.taught[day] = c.taught[day] || taught
	case "Section":
		at := meetingOf(n)
		for _, reference := range n.all("ClassPeriodReference") {
			c.periods[at] = append(c.periods[at], reference.get("ClassPeriodName"))
		}
	case "StudentSectionAssociation":
		key := [2]string{student, school}
		since := n.get("BeginDate")
		if n.get("HomeroomIndicator") == "true" && since >= c.homerooms[key].since {
			c.homerooms[key] = homeroom{since, n.get("SectionIdentifier"), n.get("LocalCourseCode")}
		}
	case "StaffSectionAssociation":
		at := section{school, n.get("LocalCourseCode"), n.get("SectionIdentifier")}
		if id := n.get("StaffUniqueId"); c.teachers[at] == "" || id < c.teachers[at] {
			c.teachers[at] = id
		}
	case "Staff":
		c.staff[n.get("StaffUniqueId")] = fullName(n)
	case "CourseOffering":
		c.titles[[2]string{school, n.get("LocalCourseCode")}] = n.get("LocalCourseTitle")
	case "School", "ClassPeriod", "Student", "StudentEducationOrganizationAssociation", "StudentSchoolAssociation", "Parent", "Contact",
		"StudentParentAssociation", "StudentContactAssociation", "Grade", "GradebookEntry", "StudentGradebookEntry",
		"DisciplineIncident", "StudentDisciplineIncidentBehaviorAssociation", "DisciplineAction":
		c.entity[n.name] = append(c.entity[n.name], n)
	}
}

func meetingOf(n *node) meeting {
	return meeting{section{n.get("SchoolId"), n.get("LocalCourseCode"), n.get("SectionIdentifier")}, n.get("SessionName")}
}

func fullName(n *node) string {
	return strings.TrimSpace(n.get("FirstName") + " " + n.get("LastSurname"))
}

// teacher is who teaches a section.
func (c *collector) teacher(at section) string { return c.staff[c.teachers[at]] }

// title is a course as the school calls it.
func (c *collector) title(school, course string) string {
	return cmp.Or(c.titles[[2]string{school, course}], course)
}

func (c *collector) tables() map[district.File]*rows {
	t := map[district.File]*rows{
		district.Schools:            {"school_id name cds_code street city state zip phone periods_per_day", c.schools()},
		district.CalendarFile:       {"school_id date instructional", c.dates()},
		district.Students:           {"student_id last_name first_name middle_name preferred_name ssid birthdate home_language", c.students()},
		district.Enrollments:        {"student_id school_id grade entry_date exit_date homeroom homeroom_teacher", c.enrollments()},
		district.Contacts:           {"student_id contact_id name relationship language street unit city state zip phone email priority receives_mail", c.contacts()},
		district.AttendanceNotes:    {"student_id date note", distinct(c.notes)},
		district.GradesFile:         {"student_id term course mark teacher percent", c.grades()},
		district.MissingAssignments: {"student_id course title due_date teacher points", c.missing()},
		district.Behavior:           {"student_id date incident location action", c.behavior()},
		district.AbsenceCodes:       {"code category", nil},
	}
	slices.Sort(c.categories)
	for _, category := range c.categories {
		t[district.AbsenceCodes].rows = append(t[district.AbsenceCodes].rows, []string{category, cmp.Or(standard[category], category)})
	}
	t[district.Attendance] = &rows{"student_id school_id date code period", c.attendance()}
	return t
}

// attendance is as views/attendance.sql has it.
func (c *collector) attendance() (list [][]string) {
	official := c.official()
	for _, e := range c.events {
		whole := len(official[e.school]) == 1 // one period is the day
		periods := c.periods[e.of]
		switch {
		case e.of.id == "" && !e.part:
			periods = []string{""}
		case e.of.id == "" && !whole:
			periods = []string{"part of the day"}
		case e.of.id != "" && len(periods) == 0 && !whole:
			periods = []string{e.of.id}
		case len(official[e.school]) > 0:
			periods = slices.DeleteFunc(slices.Clone(periods), func(p string) bool { return !official[e.school][p] })
		}
		for _, p := range periods {
			list = append(list, []string{e.student, e.school, e.date, e.category, p})
		}
	}
	return distinct(list)
}

// official are the class periods that schools count a day by.
func (c *collector) official() map[string]map[string]bool {
	periods := map[string]map[string]bool{}
	for _, p := range c.entity["ClassPeriod"] {
		if p.get("OfficialAttendancePeriod") == "true" {
			school := p.get("SchoolId")
			if periods[school] == nil {
				periods[school] = map[string]bool{}
			}
			periods[school][p.get("ClassPeriodName")] = true
		}
	}
	return periods
}

func (c *collector) dates() (list [][]string) {
	for day, taught := range c.taught {
		list = append(list, []string{day[0], day[1], strconv.FormatBool(taught)})
	}
	return distinct(list)
}

// standard are the attendance categories of the standard itself.
var standard = map[string]string{
	"Excused Absence": "excused", "Unexcused Absence": "unexcused", "Tardy": "tardy", "In Attendance": "present", "Early departure": "present",
}

// distinct keeps each row once: an event may stand in a file for each session.
func distinct(list [][]string) [][]string {
	slices.SortFunc(list, slices.Compare)
	return slices.CompactFunc(list, slices.Equal)
}

// names of grade levels, by the words of the standard.
var gradeLevels = map[string]string{
	"Transitional Kindergarten": "TK", "Kindergarten": "K", "First grade": "1", "Second grade": "2", "Third grade": "3", "Fourth grade": "4",
	"Fifth grade": "5", "Sixth grade": "6", "Seventh grade": "7", "Eighth grade": "8", "Ninth grade": "9", "Tenth grade": "10",
	"Eleventh grade": "11", "Twelfth grade": "12",
}

// notSchool are levels that are not asked to school by law.
var notSchool = []string{"Preschool/Prekindergarten", "Infant/toddler", "Early Education", "Adult Education"}

func (c *collector) schools() (list [][]string) {
	official := c.official()
	for _, n := range c.entity["School"] {
		id, count := n.get("SchoolId"), ""
		if n := len(official[id]); n > 0 {
			count = strconv.Itoa(n)
		}
		a := address(n, "Mailing", "Physical")
		list = append(list, []string{id, n.get("NameOfInstitution"), coded(n, "EducationOrganizationIdentificationCode", "EducationOrganizationIdentificationSystem", "SEA", "IdentificationCode"),
			a.get("StreetNumberName"), a.get("City"), a.get("StateAbbreviation"), a.get("PostalCode"),
			coded(n, "InstitutionTelephone", "InstitutionTelephoneNumberType", "Main", "TelephoneNumber"), count})
	}
	return list
}

// coded is the value of the element of a kind.
func coded(n *node, element, kindName, kind, value string) string {
	for _, e := range n.all(element) {
		if e.get(kindName) == kind {
			return e.get(value)
		}
	}
	return ""
}

// address is the one of the first kind there is, else any, of those that have not ended.
func address(n *node, kinds ...string) *node {
	all := slices.DeleteFunc(n.all("Address"), func(a *node) bool {
		times := a.all("Period")
		return len(times) > 0 && !slices.ContainsFunc(times, func(p *node) bool { return p.get("EndDate") == "" })
	})
	for _, kind := range kinds {
		for _, a := range all {
			if a.get("AddressType") == kind {
				return a
			}
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return nil
}

func (c *collector) students() (list [][]string) {
	languages, ids := map[string]string{}, map[string]string{}
	for _, n := range c.entity["StudentEducationOrganizationAssociation"] {
		student := n.get("StudentUniqueId")
		for _, l := range n.all("Language") {
			if l.get("LanguageUse") == "Home language" {
				languages[student] = twoLetters(l.get("Language"))
			}
		}
		if id := coded(n, "StudentIdentificationCode", "StudentIdentificationSystem", "State", "IdentificationCode"); id != "" {
			ids[student] = id
		}
	}
	for _, n := range c.entity["Student"] {
		id := n.get("StudentUniqueId")
		list = append(list, []string{id, n.get("LastSurname"), n.get("FirstName"), n.get("MiddleName"), n.get("PreferredFirstName"), ids[id], n.get("BirthDate"), languages[id]})
	}
	return list
}

func twoLetters(code string) string {
	for _, l := range languages {
		if strings.EqualFold(l[0], code) {
			return l[1]
		}
	}
	return code
}

func (c *collector) enrollments() (list [][]string) {
	for _, n := range c.entity["StudentSchoolAssociation"] {
		level := n.get("EntryGradeLevel")
		if slices.Contains(notSchool, level) {
			continue
		}
		student, school := n.get("StudentUniqueId"), n.get("SchoolId")
		room := c.homerooms[[2]string{student, school}]
		list = append(list, []string{student, school, cmp.Or(gradeLevels[level], level), n.get("EntryDate"), n.get("ExitWithdrawDate"),
			room.name, c.teacher(section{school, room.course, room.name})})
	}
	return list
}

func (c *collector) contacts() (list [][]string) {
	known := map[string]*node{}
	for _, n := range slices.Concat(c.entity["Parent"], c.entity["Contact"]) {
		known[n.get("ParentUniqueId", "ContactUniqueId")] = n
	}
	for _, k := range slices.Concat(c.entity["StudentParentAssociation"], c.entity["StudentContactAssociation"]) {
		id := k.get("ParentUniqueId", "ContactUniqueId")
		n := known[id]
		if n == nil {
			n = &node{} // somebody whom no file describes: a row without a name is refused by name
		}
		a := address(n, "Mailing", "Home")
		phones := n.all("Telephone")
		slices.SortStableFunc(phones, func(a, b *node) int { return cmp.Compare(order(a), order(b)) })
		mails := n.all("ElectronicMail")
		slices.SortStableFunc(mails, func(a, b *node) int {
			return -cmp.Compare(a.get("PrimaryEmailAddressIndicator"), b.get("PrimaryEmailAddressIndicator"))
		})
		spoken := ""
		for _, l := range n.all("Language") {
			spoken = twoLetters(cmp.Or(l.get("Language"), code(l.text)))
			break
		}
		list = append(list, []string{k.get("StudentUniqueId"), id, fullName(n), k.get("Relation"), spoken,
			a.get("StreetNumberName"), a.get("ApartmentRoomSuiteNumber"), a.get("City"), a.get("StateAbbreviation"), a.get("PostalCode"),
			first(phones).get("TelephoneNumber"), first(mails).get("ElectronicMailAddress"), k.get("ContactPriority"), receivesMail(k)})
	}
	return list
}

// receivesMail is as views/contacts.sql has it.
func receivesMail(k *node) string {
	is := func(name string) bool { return k.get(name) == "true" }
	if k.get("ContactRestrictions") != "" || is("EmergencyContactStatus") && !is("PrimaryContactStatus") && !is("LegalGuardian") && !is("LivesWith") {
		return "false"
	}
	return ""
}

func first(list []*node) *node {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// order is a telephone's place; those without one come last.
func order(n *node) int {
	if place, err := strconv.Atoi(n.get("OrderOfPriority")); err == nil {
		return place
	}
	return 1 << 30
}

func (c *collector) grades() (list [][]string) {
	for _, n := range c.entity["Grade"] {
		switch n.get("GradeType") {
		case "Grading Period", "Progress Report", "Semester":
		default:
			continue
		}
		school, course := n.get("SchoolId"), n.get("LocalCourseCode")
		letter, number := n.get("LetterGradeEarned"), n.get("NumericGradeEarned")
		if letter+number == "" {
			continue
		}
		list = append(list, []string{n.get("StudentUniqueId"), n.get("GradingPeriod"), c.title(school, course), cmp.Or(letter, number),
			c.teacher(section{school, course, n.get("SectionIdentifier")}), number})
	}
	return list
}

func (c *collector) missing() (list [][]string) {
	entries := map[string]*node{}
	for _, n := range c.entity["GradebookEntry"] {
		entries[n.get("GradebookEntryIdentifier")] = n
	}
	for _, n := range c.entity["StudentGradebookEntry"] {
		e := entries[n.get("GradebookEntryIdentifier")]
		if n.get("SubmissionStatus") != "Missing" || e == nil {
			continue
		}
		school, course := e.get("SchoolId"), e.get("LocalCourseCode")
		list = append(list, []string{n.get("StudentUniqueId"), c.title(school, course), e.get("Title"), e.get("DueDate"),
			c.teacher(section{school, course, e.get("SectionIdentifier")}), e.get("MaxPoints")})
	}
	return list
}

func (c *collector) behavior() (list [][]string) {
	type incident struct{ school, id string }
	places := map[incident]*node{}
	for _, n := range c.entity["DisciplineIncident"] {
		places[incident{n.get("SchoolId"), n.get("IncidentIdentifier")}] = n
	}
	type conduct struct {
		student string
		incident
	}
	actions := map[conduct]map[string]bool{}
	for _, n := range c.entity["DisciplineAction"] {
		for _, reference := range n.kids {
			if !strings.HasPrefix(reference.name, "StudentDisciplineIncident") {
				continue
			}
			of := conduct{reference.get("StudentUniqueId"), incident{reference.get("SchoolId"), reference.get("IncidentIdentifier")}}
			if actions[of] == nil {
				actions[of] = map[string]bool{}
			}
			for _, d := range n.all("Discipline") {
				actions[of][code(d.text)] = true
			}
		}
	}
	for _, n := range c.entity["StudentDisciplineIncidentBehaviorAssociation"] {
		of := conduct{n.get("StudentUniqueId"), incident{n.get("SchoolId"), n.get("IncidentIdentifier")}}
		i := places[of.incident]
		list = append(list, []string{of.student, i.get("IncidentDate"), cmp.Or(n.get("BehaviorDetailedDescription"), n.get("Behavior")), i.get("IncidentLocation"),
			strings.Join(slices.Sorted(maps.Keys(actions[of])), ", ")})
	}
	return list
}
