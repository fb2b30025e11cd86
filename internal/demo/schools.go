package demo

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"rollcall/internal/district"
)

// town is the district without its children.
type town struct {
	seed    uint64
	days    []schoolDay
	schools []school
	zones   []zone
	tickets []int // zones by how many families live there
	// serving lists the schools that teach a grade, by index in district.Grades.
	serving [][]int
	breaks  []int // indexes of days that a week or more without school follows
}

// school is one school; its grades are indexes in district.Grades, both
// inclusive.
type school struct {
	district.School
	first, last int
	closedOn    district.Date
	clerk       string
	// rooms is how many homerooms each grade has, and seated how many children
	// have been given one, by index in district.Grades.
	rooms, seated [grade8 + 1]int
}

// zone is where a family lives: the school of the younger children and the one
// of the older, the same at a K-8 school.
type zone struct{ younger, older int }

const (
	gradeTK = iota
	gradeK
	grade1
	grade5 = 6
	grade6 = 7
	grade8 = 9
)

func newTown(o Options) *town {
	t := &town{seed: o.Seed, days: yearDays(), serving: make([][]int, grade8+1)}
	elementary, k8, middle := mix(o.Schools)
	add := func(kind string, first, last, periods int) {
		i := len(t.schools)
		d := throw(t.seed, staffDice, uint64(i))
		s := school{first: first, last: last}
		s.School = district.School{
			ID: strconv.Itoa(101 + i), Name: schoolName(i, kind), CDSCode: fmt.Sprintf("33999990%06d", 100017+37*i),
			GradeSpan: district.Grades[first] + "-" + district.Grades[last],
			Street:    fmt.Sprintf("%d %s", 1000+10*d.IntN(900), pick(d, streetNames)),
			City:      city, State: "CA", Zip: pick(d, zips), Phone: phone(d), PeriodsPerDay: periods,
		}
		t.schools = append(t.schools, s)
		for g := first; g <= last; g++ {
			t.serving[g] = append(t.serving[g], i)
		}
	}
	for range elementary {
		add("Elementary School", gradeTK, grade5, 0)
	}
	for range k8 {
		add("K-8 School", gradeK, grade8, 0)
	}
	for range middle {
		add("Middle School", grade6, grade8, 6)
	}
	for i := range elementary {
		t.zones = append(t.zones, zone{younger: i, older: elementary + k8 + i%middle})
	}
	for i := range k8 {
		t.zones = append(t.zones, zone{younger: elementary + i, older: elementary + i})
	}
	for i := range t.zones {
		for range 10 - 3*btoi(i >= elementary) {
			t.tickets = append(t.tickets, i)
		}
	}
	if len(t.schools) >= 4 {
		t.schools[elementary].closedOn = waterMain
	}
	for i, d := range t.days {
		if d.gapAfter >= 7 {
			t.breaks = append(t.breaks, i)
		}
	}
	return t
}

// mix is the seed district's: of ten schools six elementary, one K-8, three
// middle. One school alone is a K-8.
func mix(schools int) (elementary, k8, middle int) {
	switch {
	case schools == 1:
		return 0, 1, 0
	case schools >= 4:
		k8 = max(1, schools/10)
	}
	middle = max(1, (3*schools+5)/10)
	return schools - k8 - middle, k8, middle
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// schoolName gives each of the schools a name of its own.
func schoolName(i int, kind string) string {
	first := schoolFirst[i%len(schoolFirst)]
	second := schoolSecond[(i+i/len(schoolFirst))%len(schoolSecond)]
	return first + " " + second + " " + kind
}

// at is the school where a child of a zone attends a grade.
func (t *town) at(zone, grade int) int {
	if grade >= grade6 {
		return t.zones[zone].older
	}
	return t.zones[zone].younger
}

func (t *town) writeSchools(b *bundle) {
	b.staff.row("", string(district.AttendanceSpecialist), "Marisol Quintanar", "marisol.quintanar@example.org", "(951) 555-0110")
	b.staff.row("", string(district.DistrictOffice), "Denise Okafor", "denise.okafor@example.org", "(951) 555-0100")
	b.staff.row("", string(district.DistrictOffice), "Raúl Benavídez", "raul.benavidez@example.org", "(951) 555-0101")
	for i := range t.schools {
		s := &t.schools[i]
		periods := ""
		if s.PeriodsPerDay > 0 {
			periods = strconv.Itoa(s.PeriodsPerDay)
		}
		b.schools.row(s.ID, s.Name, s.CDSCode, s.GradeSpan, s.Street, s.City, s.State, s.Zip, s.Phone, periods)
		t.writeStaff(b, i)
	}
	t.writeCalendars(b)
	for _, c := range codes {
		b.codes.row(c.Code, c.Category.String(), c.Description)
	}
}

// staffFrom is where the dice of the schools' people begin.
const staffFrom = 800

// writeStaff gives a school its people: the assistant principal, the dean and,
// at larger schools, an admin designee lead the meetings.
func (t *town) writeStaff(b *bundle, i int) {
	s := &t.schools[i]
	d := throw(t.seed, staffDice, uint64(staffFrom+i))
	seen := map[string]bool{}
	person := func() string {
		for {
			name := pick(d, staffFirst) + " " + pick(d, staffLast)
			if !seen[name] {
				seen[name] = true
				return name
			}
		}
	}
	hire := func(name string, roles ...district.Role) {
		at := phone(d)
		for _, r := range roles {
			b.staff.row(s.ID, string(r), name, mailbox(name, s.ID), at)
		}
	}
	hire(person(), district.Admin)
	hire(person(), district.Facilitator)
	hire(person(), district.Facilitator)
	if s.last == grade8 {
		hire(person(), district.Facilitator)
	}
	hire(person(), district.OfficeManager)
	s.clerk = person()
	hire(s.clerk, district.AttendanceClerk)
}

// teacher is who teaches one room, or one course of a grade.
func (t *town) teacher(school, grade, room int) string {
	d := throw(t.seed, teacherDice, uint64(school)<<20|uint64(grade)<<12|uint64(room))
	return pick(d, staffFirst) + " " + pick(d, staffLast)
}

// mailbox makes an address of a name and what tells it from others of the same
// name.
func mailbox(name, unique string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteRune(r)
		case unicode.IsSpace(r) || r == '-':
			b.WriteByte('.')
		}
	}
	return strings.Trim(b.String(), ".") + "." + unique + "@example.org"
}

// phone is one of the numbers set aside for fiction.
func phone(d dice) string { return fmt.Sprintf("(951) 555-01%02d", d.IntN(100)) }
