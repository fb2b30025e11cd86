package edfi_test

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	"rollcall/internal/database/databasetest"
	"rollcall/internal/district"
	"rollcall/internal/source/sourcetest"
)

// store is an operational data store with the district in it.
type store struct {
	t           *testing.T
	dsn         string
	db          *sql.DB
	contact     string // parent, contact
	descriptors map[string]int
	staff       map[string]int
}

const year = 2026

func newStore(t *testing.T, contact string) *store {
	t.Helper()
	s := &store{t: t, dsn: databasetest.Postgres(t), contact: contact, descriptors: map[string]int{}, staff: map[string]int{}}
	var err error
	if s.db, err = sql.Open("postgres", s.dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.db.Close() })
	ddl, err := os.ReadFile("testdata/ods.sql")
	if err != nil {
		t.Fatal(err)
	}
	s.run(strings.ReplaceAll(string(ddl), "{contact}", contact))
	s.fill()
	return s
}

func (s *store) run(statement string, args ...any) {
	s.t.Helper()
	if _, err := s.db.Exec(strings.ReplaceAll(statement, "{contact}", s.contact), args...); err != nil {
		s.t.Fatalf("%v in %s", err, statement)
	}
}

// insert writes a row of a table, nothing for what is empty.
func (s *store) insert(table string, row map[string]any) {
	s.t.Helper()
	var columns, places []string
	var values []any
	for name, v := range row {
		if v == "" || v == nil {
			continue
		}
		columns, values = append(columns, name), append(values, v)
		places = append(places, fmt.Sprintf("$%d", len(values)))
	}
	s.run(fmt.Sprintf("INSERT INTO edfi.%s (%s) VALUES (%s)", table, strings.Join(columns, ", "), strings.Join(places, ", ")), values...)
}

// descriptor is the ID of a code of a kind, made when it is first asked for.
func (s *store) descriptor(kind, code string, description ...string) any {
	if code == "" {
		return nil
	}
	key := kind + "#" + code
	if s.descriptors[key] == 0 {
		s.descriptors[key] = len(s.descriptors) + 1
		short := code
		if len(description) > 0 {
			short = description[0]
		}
		s.insert("descriptor", map[string]any{"descriptorid": s.descriptors[key], "namespace": "uri://ed-fi.org/" + kind, "codevalue": code, "shortdescription": short})
	}
	return s.descriptors[key]
}

func (s *store) teacher(name string) any {
	if name == "" {
		return nil
	}
	if s.staff[name] == 0 {
		s.staff[name] = len(s.staff) + 1
		first, last, _ := strings.Cut(name, " ")
		s.insert("staff", map[string]any{"staffusi": s.staff[name], "firstname": first, "lastsurname": last})
	}
	return s.staff[name]
}

// categories are the attendance categories of the district's codes: the standard's own,
// and four that it lacks.
var categories = map[string]string{
	"U": "Unexcused Absence", "I": "Excused Absence", "T": "Tardy", "P": "In Attendance",
	"A": "Unverified Absence", "L": "Tardy over 30", "S": "Suspension", "Q": "Independent study",
}

var grades = map[string]string{
	"K": "Kindergarten", "3": "Third grade", "4": "Fourth grade", "5": "Fifth grade", "7": "Seventh grade", "8": "Eighth grade",
}

var threeLetters = map[string]string{"en": "eng", "es": "spa", "vi": "vie"}

func (s *store) fill() {
	t := s.t
	for _, r := range sourcetest.Table(t, district.Schools) {
		id := r["school_id"]
		s.insert("educationorganization", map[string]any{"educationorganizationid": id, "nameofinstitution": r["name"]})
		s.insert("school", map[string]any{"schoolid": id})
		for _, kind := range []string{"Physical", "Mailing"} { // the mailing one is taken
			street := r["street"]
			if kind == "Physical" {
				street = "The other entrance"
			}
			s.insert("educationorganizationaddress", map[string]any{"educationorganizationid": id, "addresstypedescriptorid": s.descriptor("AddressType", kind),
				"city": r["city"], "postalcode": r["zip"], "stateabbreviationdescriptorid": s.descriptor("State", r["state"]), "streetnumbername": street})
		}
		s.insert("educationorganizationinstitutiontelephone", map[string]any{"educationorganizationid": id, "institutiontelephonenumbertypedescriptorid": s.descriptor("PhoneType", "Main"), "telephonenumber": r["phone"]})
		s.insert("educationorganizationinstitutiontelephone", map[string]any{"educationorganizationid": id, "institutiontelephonenumbertypedescriptorid": s.descriptor("PhoneType", "Fax"), "telephonenumber": "(951) 555-0000"})
		s.insert("educationorganizationidentificationcode", map[string]any{"educationorganizationid": id, "educationorganizationidentificationsystemdescriptorid": s.descriptor("IDSystem", "SEA"), "identificationcode": r["cds_code"]})
		if r["periods_per_day"] != "" {
			for p := 1; p <= 6; p++ {
				s.insert("classperiod", map[string]any{"classperiodname": fmt.Sprint(p), "schoolid": id, "officialattendanceperiod": true})
				s.insert("sectionclassperiod", map[string]any{"classperiodname": fmt.Sprint(p), "localcoursecode": "C", "schoolid": id, "schoolyear": year, "sectionidentifier": fmt.Sprintf("S%d", p), "sessionname": "Fall"})
			}
			// Who is not at lunch is not absent.
			s.insert("classperiod", map[string]any{"classperiodname": "Lunch", "schoolid": id, "officialattendanceperiod": false})
			s.insert("sectionclassperiod", map[string]any{"classperiodname": "Lunch", "localcoursecode": "C", "schoolid": id, "schoolyear": year, "sectionidentifier": "Lunch", "sessionname": "Fall"})
			s.insert("studentsectionattendanceevent", map[string]any{"attendanceeventcategorydescriptorid": s.descriptor("AttendanceEventCategory", categories["U"], "Unexcused"), "eventdate": "2025-09-16",
				"schoolid": id, "schoolyear": year, "sessionname": "Fall", "studentusi": "002", "localcoursecode": "C", "sectionidentifier": "Lunch"})
		}
	}
	days := 0
	for _, r := range sourcetest.Table(t, district.CalendarFile) {
		days++
		s.insert("calendardate", map[string]any{"calendarcode": "1", "date": r["date"], "schoolid": r["school_id"], "schoolyear": year})
		event := []string{"Instructional day", "Make-up day"}[days%2]
		if r["instructional"] == "false" {
			event = "Holiday"
		}
		s.insert("calendardatecalendarevent", map[string]any{"calendarcode": "1", "date": r["date"], "schoolid": r["school_id"], "schoolyear": year, "calendareventdescriptorid": s.descriptor("CalendarEvent", event)})
	}
	for _, r := range sourcetest.Table(t, district.Students) {
		usi := r["student_id"][1:]
		row := map[string]any{"studentusi": usi, "studentuniqueid": r["student_id"], "firstname": r["first_name"], "middlename": r["middle_name"], "lastsurname": r["last_name"], "birthdate": r["birthdate"]}
		s.insert("student", row)
		s.insert("studenteducationorganizationassociationstudentidentifica_c15030", map[string]any{"educationorganizationid": 1, "studentusi": usi, "studentidentificationsystemdescriptorid": s.descriptor("StudentIDSystem", "State"), "identificationcode": r["ssid"]})
		for _, use := range []string{"Home language", "Native language"} {
			code := threeLetters[r["home_language"]]
			if use != "Home language" {
				code = "hmn"
			}
			s.insert("studenteducationorganizationassociationlanguageuse", map[string]any{"educationorganizationid": 1, "studentusi": usi, "languagedescriptorid": s.descriptor("Language", code), "languageusedescriptorid": s.descriptor("LanguageUse", use)})
		}
	}
	for _, r := range sourcetest.Table(t, district.Enrollments) {
		usi := r["student_id"][1:]
		s.insert("studentschoolassociation", map[string]any{"entrydate": r["entry_date"], "schoolid": r["school_id"], "studentusi": usi, "exitwithdrawdate": r["exit_date"], "entrygradeleveldescriptorid": s.descriptor("GradeLevel", grades[r["grade"]])})
		room := map[string]any{"localcoursecode": "HR", "schoolid": r["school_id"], "schoolyear": year, "sectionidentifier": r["homeroom"], "sessionname": "Fall"}
		with := func(more map[string]any) map[string]any {
			for k, v := range room {
				more[k] = v
			}
			return more
		}
		s.insert("studentsectionassociation", with(map[string]any{"begindate": r["entry_date"], "studentusi": usi, "homeroomindicator": true}))
		s.insert("staffsectionassociation", with(map[string]any{"staffusi": s.teacher(r["homeroom_teacher"])}))
	}
	s.insert("studentschoolassociation", map[string]any{"entrydate": "2025-08-11", "schoolid": 101, "studentusi": "006", "entrygradeleveldescriptorid": s.descriptor("GradeLevel", "Preschool/Prekindergarten")})
	for i, r := range sourcetest.Table(t, district.Contacts) {
		s.contactOf(i+1, r)
	}
	for _, r := range sourcetest.Table(t, district.AbsenceCodes) {
		s.descriptor("AttendanceEventCategory", categories[r["code"]], r["description"])
	}
	s.attendance()
	s.classroom()
}

func (s *store) contactOf(usi int, r sourcetest.Record) {
	own := s.contact + "usi"
	first, last, _ := strings.Cut(r["name"], " ")
	s.insert(s.contact, map[string]any{own: usi, s.contact + "uniqueid": r["student_id"] + "-" + r["contact_id"], "firstname": first, "lastsurname": last})
	if r["street"] != "" {
		for _, kind := range []string{"Home", "Mailing"} {
			street := r["street"]
			if kind == "Home" {
				street = "1 Where They Sleep Rd"
			}
			s.insert(s.contact+"address", map[string]any{own: usi, "addresstypedescriptorid": s.descriptor("AddressType", kind), "city": r["city"], "postalcode": r["zip"],
				"stateabbreviationdescriptorid": s.descriptor("State", r["state"]), "streetnumbername": street, "apartmentroomsuitenumber": r["unit"]})
		}
	}
	moved := map[string]any{own: usi, "addresstypedescriptorid": s.descriptor("AddressType", "Mailing"), "city": "Elsewhere", "postalcode": "90001",
		"stateabbreviationdescriptorid": s.descriptor("State", "CA"), "streetnumbername": "0 Moved Away Rd"}
	s.insert(s.contact+"address", moved)
	moved["begindate"], moved["enddate"] = "2019-07-01", "2022-06-30"
	s.insert(s.contact+"addressperiod", moved)
	s.insert(s.contact+"telephone", map[string]any{own: usi, "telephonenumber": r["phone"], "orderofpriority": 1})
	s.insert(s.contact+"telephone", map[string]any{own: usi, "telephonenumber": "(000) 000-0000"})
	if r["email"] != "" {
		s.insert(s.contact+"electronicmail", map[string]any{own: usi, "electronicmailaddress": r["email"], "primaryemailaddressindicator": true})
		s.insert(s.contact+"electronicmail", map[string]any{own: usi, "electronicmailaddress": "a-second@example.org", "primaryemailaddressindicator": false})
	}
	s.insert(s.contact+"language", map[string]any{own: usi, "languagedescriptorid": s.descriptor("Language", threeLetters[r["language"]])})
	s.insert("student"+s.contact+"association", map[string]any{own: usi, "studentusi": r["student_id"][1:], "contactpriority": r["priority"], "relationdescriptorid": s.descriptor("Relation", r["relationship"])})
}

func (s *store) attendance() {
	reasons := map[string]string{}
	for _, r := range sourcetest.Table(s.t, district.AttendanceNotes) {
		reasons[r["student_id"]+r["date"]] = r["note"]
	}
	for _, r := range sourcetest.Table(s.t, district.Attendance) {
		row := map[string]any{"attendanceeventcategorydescriptorid": s.descriptor("AttendanceEventCategory", categories[r["code"]]), "eventdate": r["date"],
			"schoolid": r["school_id"], "schoolyear": year, "sessionname": "Fall", "studentusi": r["student_id"][1:]}
		if r["period"] != "" {
			row["localcoursecode"], row["sectionidentifier"] = "C", "S"+r["period"]
			s.insert("studentsectionattendanceevent", row)
			continue
		}
		row["attendanceeventreason"] = reasons[r["student_id"]+r["date"]]
		s.insert("studentschoolattendanceevent", row)
		row["sessionname"] = "Full year" // the same event in another session
		s.insert("studentschoolattendanceevent", row)
	}
	s.insert("studentschoolattendanceevent", map[string]any{"attendanceeventcategorydescriptorid": s.descriptor("AttendanceEventCategory", "Tardy"), "eventdate": "2024-09-05", "schoolid": 101, "schoolyear": year - 1, "sessionname": "Fall", "studentusi": "001"})
}

// classroom is what is known of courses and conduct.
func (s *store) classroom() {
	schools := map[string]string{}
	for _, r := range sourcetest.Table(s.t, district.Enrollments) {
		schools[r["student_id"]] = r["school_id"]
	}
	section := func(r sourcetest.Record) map[string]any {
		return map[string]any{"localcoursecode": r["course"], "schoolid": schools[r["student_id"]], "schoolyear": year, "sessionname": "Fall", "sectionidentifier": r["course"]}
	}
	offered := map[string]bool{}
	offer := func(r sourcetest.Record) {
		if key := schools[r["student_id"]] + r["course"]; !offered[key] {
			offered[key] = true
			row := section(r)
			row["staffusi"] = s.teacher(r["teacher"])
			s.insert("staffsectionassociation", row)
			s.insert("courseoffering", map[string]any{"localcoursecode": r["course"], "schoolid": row["schoolid"], "schoolyear": year, "sessionname": "Fall", "localcoursetitle": r["course"]})
		}
	}
	for _, r := range sourcetest.Table(s.t, district.GradesFile) {
		offer(r)
		row := section(r)
		row["studentusi"], row["lettergradeearned"], row["numericgradeearned"] = r["student_id"][1:], r["mark"], r["percent"]
		row["gradetypedescriptorid"], row["gradingperioddescriptorid"] = s.descriptor("GradeType", "Grading Period"), s.descriptor("GradingPeriod", r["term"])
		s.insert("grade", row)
	}
	for i, r := range sourcetest.Table(s.t, district.MissingAssignments) {
		offer(r)
		row := section(r)
		row["gradebookentryidentifier"], row["namespace"], row["title"], row["duedate"], row["maxpoints"] = i, "uri://x", r["title"], r["due_date"], r["points"]
		s.insert("gradebookentry", row)
		for student, status := range map[string]string{r["student_id"]: "Missing", "9004": "Completed on time"} {
			s.insert("studentgradebookentry", map[string]any{"gradebookentryidentifier": i, "namespace": "uri://x", "studentusi": student[1:], "submissionstatusdescriptorid": s.descriptor("SubmissionStatus", status)})
		}
	}
	for i, r := range sourcetest.Table(s.t, district.Behavior) {
		own := map[string]any{"behaviordescriptorid": s.descriptor("Behavior", r["incident"]), "incidentidentifier": i, "schoolid": schools[r["student_id"]], "studentusi": r["student_id"][1:]}
		s.insert("studentdisciplineincidentbehaviorassociation", own)
		s.insert("disciplineincident", map[string]any{"incidentidentifier": i, "schoolid": own["schoolid"], "incidentdate": r["date"], "incidentlocationdescriptorid": s.descriptor("IncidentLocation", r["location"])})
		own["disciplineactionidentifier"], own["disciplinedate"] = "A", r["date"]
		s.insert("disciplineactionstudentdisciplineincidentbehaviorassociation", own)
		s.insert("disciplineactiondiscipline", map[string]any{"disciplineactionidentifier": "A", "disciplinedate": r["date"], "studentusi": own["studentusi"], "disciplinedescriptorid": s.descriptor("Discipline", r["action"])})
	}
}
