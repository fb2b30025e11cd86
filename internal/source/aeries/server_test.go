package aeries_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"rollcall/internal/district"
	"rollcall/internal/source/sourcetest"
)

const certificate = "a-certificate-of-the-tests"

// object is one of the API's.
type object = map[string]any

// server answers as Aeries does, with the district's rows in the shapes of its API and
// the traps that are known of it.
type server struct {
	*httptest.Server
	t *testing.T

	mu     sync.Mutex
	asked  map[string]int   // by path, without the query
	faults map[string][]int // statuses to answer with first, by path
	answer map[string]any   // instead of the district's own, by path
}

func start(t *testing.T) *server {
	s := &server{t: t, asked: map[string]int{}, faults: map[string][]int{}, answer: map[string]any{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, _ := strings.CutPrefix(r.URL.Path, "/admin/api/v5/")
	s.mu.Lock()
	s.asked[path]++
	status := http.StatusOK
	if left := s.faults[path]; len(left) > 0 {
		status, s.faults[path] = left[0], left[1:]
	}
	s.mu.Unlock()
	say := func(code int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(v)
	}
	switch {
	case r.Header.Get("AERIES-CERT") != certificate:
		say(http.StatusUnauthorized, object{"Message": "The certificate is not valid."})
	case r.URL.Query().Get("DatabaseYear") != "2025" || r.Header.Get("Accept") != "application/json":
		say(http.StatusBadRequest, object{"Message": "DatabaseYear?"})
	case status != http.StatusOK:
		say(status, object{"Message": "Later."})
	default:
		if v, ok := s.answer[path]; ok {
			say(http.StatusOK, v)
			return
		}
		parts := strings.SplitN(path, "/", 3)
		if path == "schools" {
			say(http.StatusOK, s.schools())
			return
		}
		if len(parts) != 3 || parts[0] != "schools" {
			say(http.StatusNotFound, object{"Message": "Not found."})
			return
		}
		v := s.ofSchool(parts[1], parts[2], r)
		if v == nil {
			say(http.StatusNotFound, object{"Message": "Not found."})
			return
		}
		say(http.StatusOK, v)
	}
}

// number is an ID, which the API has as a number.
func number(s string) int { n, _ := strconv.Atoi(s); return n }

// midnight is a date as the API mostly writes it.
func midnight(day string) any {
	if day == "" {
		return nil
	}
	return day + "T00:00:00"
}

func level(grade string) int {
	switch grade {
	case "TK":
		return -1
	case "K":
		return 0
	}
	return number(grade)
}

func (s *server) table(file district.File, where func(r sourcetest.Record) bool, make func(r sourcetest.Record) object) []object {
	all := []object{}
	for _, r := range sourcetest.Table(s.t, file) {
		if where(r) {
			all = append(all, make(r))
		}
	}
	return all
}

func every(sourcetest.Record) bool { return true }

func (s *server) schools() []object {
	schools := s.table(district.Schools, every, func(r sourcetest.Record) object {
		low, high, _ := strings.Cut(r["grade_span"], "-")
		kind := "daily"
		if r["periods_per_day"] != "" {
			kind = "period"
		}
		return object{
			"SchoolCode": number(r["school_id"]), "Name": r["name"], "LowGradeLevel": level(low), "HighGradeLevel": level(high),
			"AttendanceType": kind, "AttendanceReporting": "negative", "Address": r["street"], "AddressCity": r["city"], "AddressState": r["state"],
			"AddressZipCode": r["zip"], "PhoneNumber": r["phone"], "StateCountyID": number(r["cds_code"][:2]), "StateDistrictID": r["cds_code"][2:7], "StateSchoolID": number(r["cds_code"][7:]),
			"Terms": []object{{"TermCode": "Y"}},
		}
	})
	return append(schools, object{"SchoolCode": 900, "Name": "Summer School", "InactiveStatusCode": "I"})
}

// studentsOf are a school's records: those enrolled now, those who left, and as many who
// left long ago that they make more than a page.
func (s *server) studentsOf(school string) []object {
	now := map[string]sourcetest.Record{}
	for _, r := range sourcetest.Table(s.t, district.Students) {
		now[r["student_id"]] = r
	}
	families := map[string]int{}
	for _, c := range sourcetest.Table(s.t, district.Contacts) {
		if h := c["household_id"]; h != "" {
			families[c["student_id"]] = number(h[1:])
		}
	}
	languages := map[string]string{"en": "00", "es": "01", "vi": "02"}
	all := s.table(district.Enrollments, func(r sourcetest.Record) bool { return r["school_id"] == school }, func(r sourcetest.Record) object {
		who, inactive := now[r["student_id"]], ""
		if r["exit_date"] != "" {
			inactive = "T"
			who = sourcetest.Record{"last_name": "Former", "first_name": "Name"} // of the record that was left behind
			if r["student_id"] == "9007" {
				who = now["9007"] // who is nowhere else
			}
		}
		return object{
			"StudentID": number(r["student_id"]), "SchoolCode": number(school), "StudentNumber": 1, "StateStudentID": who["ssid"],
			"LastName": who["last_name"], "FirstName": who["first_name"], "MiddleName": who["middle_name"], "FirstNameAlias": who["preferred_name"],
			"Birthdate": midnight(who["birthdate"]), "HomeLanguageCode": languages[who["home_language"]], "CorrespondenceLanguageCode": "00",
			"SchoolEnterDate": midnight(r["entry_date"]), "SchoolLeaveDate": midnight(r["exit_date"]), "InactiveStatusCode": inactive,
			"FamilyKey": families[r["student_id"]], "HomeRoomTeacherNumber": number(r["homeroom"]), "Grade": level(r["grade"]),
		}
	})
	if school == "101" {
		for i := range 700 {
			all = append(all, object{"StudentID": 50000 + i, "SchoolCode": 101, "LastName": "Left", "FirstName": "Long ago", "InactiveStatusCode": "N", "HomeRoomTeacherNumber": 0})
		}
	}
	return all
}

func (s *server) ofSchool(school, what string, r *http.Request) any {
	here := func(r sourcetest.Record) bool { return r["school_id"] == school }
	enrolled := map[string]bool{}
	for _, e := range sourcetest.Table(s.t, district.Enrollments) {
		if e["school_id"] == school {
			enrolled[e["student_id"]] = true
		}
	}
	theirs := func(r sourcetest.Record) bool { return enrolled[r["student_id"]] }
	switch what {
	case "calendar":
		days := 0
		return s.table(district.CalendarFile, here, func(r sourcetest.Record) object {
			days++
			code := []string{"", "%", "+"}[days%3]
			if r["instructional"] == "false" {
				code = "#"
			}
			return object{"SchoolCode": number(school), "CalendarDayNumber": days, "CalendarDate": midnight(r["date"]), "HolidayCode": code, "TrackHolidays": []object{}}
		})
	case "AbsenceCodes":
		return s.table(district.AbsenceCodes, every, func(r sourcetest.Record) object {
			c := object{"SchoolCode": number(school), "AbsenceCode": r["code"], "Title": r["description"], "TypeCode": 2, "CountsForADA": false,
				"IsSuspension": false, "IsPartialDayTruant": false, "IsTemporarilyNotEnrolled": false, "IndependentStudyCode": ""}
			switch r["category"] {
			case "unverified":
				c["TypeCode"] = 1
			case "unexcused":
				c["TypeCode"] = 3
			case "present":
				c["TypeCode"] = 4
			case "tardy":
				c["TypeCode"] = 5
			case "tardy_over_30":
				c["TypeCode"], c["IsPartialDayTruant"] = 9, true
			case "suspension":
				c["IsSuspension"] = true
			case "independent_study_incomplete":
				c["IndependentStudyCode"] = "I"
			}
			return c
		})
	case "students":
		all := s.studentsOf(school)
		first, last := number(r.URL.Query().Get("StartingRecord")), number(r.URL.Query().Get("EndingRecord"))
		return all[min(first-1, len(all)):min(last, len(all))]
	case "enrollment/0/year/2025":
		all := s.table(district.Enrollments, here, func(r sourcetest.Record) object {
			return object{"StudentID": number(r["student_id"]), "AcademicYear": "2025", "SchoolCode": number(school), "Grade": level(r["grade"]),
				"EnterDate": strings.ReplaceAll(r["entry_date"], "-", ""), "LeaveDate": midnight(r["exit_date"]), "ElementaryTeacherName": r["homeroom_teacher"]}
		})
		return append(all,
			object{"StudentID": 9006, "AcademicYear": "2025", "SchoolCode": number(school), "Grade": -2, "EnterDate": "20250811"},                         // preschool
			object{"StudentID": 9001, "AcademicYear": "2025", "SchoolCode": number(school), "Grade": 4, "EnterDate": "20250811", "LeaveDate": "20250810"}) // never came
	case "contacts":
		codes := map[string]string{"Mother": "10", "Father": "11", "Grandmother": "20", "Grandfather": "21"}
		languages := map[string]string{"en": "00", "es": "01", "vi": "02"}
		return s.table(district.Contacts, theirs, func(r sourcetest.Record) object {
			tag, with := "A", "Y"
			if r["receives_mail"] == "false" {
				tag = "Z"
			}
			if r["household_id"] == "" {
				with = "N"
			}
			first, last, _ := strings.Cut(r["name"], " ")
			c := object{"StudentID": number(r["student_id"]), "SequenceNumber": number(r["contact_id"]), "ContactOrder": number(r["priority"]),
				"MailingName": "", "FirstName": first, "LastName": last, "RelationshipToStudentCode": codes[r["relationship"]],
				"Address": strings.TrimSpace(r["street"] + " " + r["unit"]), "AddressCity": r["city"], "AddressState": r["state"], "AddressZipCode": r["zip"],
				"HomePhone": r["phone"], "CellPhone": "(951) 555-0999", "EmailAddress": r["email"], "CorrespondenceLanguageCode": languages[r["language"]],
				"LivesWithStudentIndicator": with, "MailTagCode": tag, "RedFlag": false}
			if r["language"] == "en" {
				c["CorrespondenceLanguageCode"] = "" // the student's is taken
			}
			return c
		})
	case "attendance":
		if q := r.URL.Query(); q.Get("StartDate") != "20250701" || q.Get("EndDate") != "20251015" {
			return nil
		}
		return s.attendanceOf(school)
	case "ReportCard":
		return s.table(district.GradesFile, theirs, func(r sourcetest.Record) object {
			return object{"StudentID": number(r["student_id"]), "StudentReportCardCourses": []object{{"SchoolCode": number(school), "CourseTitle": r["course"], "Period": "1 Flex",
				"MarkingPeriodGrades": []object{{"MarkingPeriod": 1, "Mark": r["mark"]}, {"MarkingPeriod": 2, "Mark": ""}}}}}
		})
	case "AssertiveDiscipline":
		return s.table(district.Behavior, theirs, func(r sourcetest.Record) object {
			return object{"StudentID": number(r["student_id"]), "AssertiveDisciplines": []object{
				{"SequenceNumber": 5, "IncidentDate": midnight(r["date"]), "IncidentID": 17042, "ViolationCode1": "37", "Comment": "", "LocationCode": "12",
					"AdministrativeDecisions": []object{{"DispositionCode": "SUS", "Days": 3, "EndDate": nil}}},
				{"SequenceNumber": 1, "IncidentDate": "2023-02-01T00:00:00", "ViolationCode1": "12", "AdministrativeDecisions": []object{}},
			}}
		})
	}
	return nil
}

// attendanceOf gathers rows by student and day; a period with two sections has its code
// twice, days of a period school have an all-day code as well.
func (s *server) attendanceOf(school string) []object {
	type key struct{ student, date string }
	days, order, students := map[key]object{}, map[string][]key{}, []string{}
	period := school == "102"
	for _, r := range sourcetest.Table(s.t, district.Attendance) {
		if r["school_id"] != school {
			continue
		}
		k := key{r["student_id"], r["date"]}
		if days[k] == nil {
			days[k] = object{"CalendarDate": midnight(r["date"]), "AllDayAttendanceCode": nil, "Classes": []object{}}
			if order[k.student] == nil {
				students = append(students, k.student)
			}
			order[k.student] = append(order[k.student], k)
		}
		class := object{"SectionNumber": 1118, "Period": "1", "AttendanceCode": r["code"]}
		if period {
			class["Period"] = r["period"]
			days[k]["AllDayAttendanceCode"] = r["code"]
			days[k]["Classes"] = append(days[k]["Classes"].([]object), class, object{"SectionNumber": 2, "Period": r["period"], "AttendanceCode": r["code"]},
				object{"SectionNumber": 3, "Period": "0", "AttendanceCode": ""})
			continue
		}
		days[k]["AllDayAttendanceCode"] = r["code"]
		days[k]["Classes"] = []object{class}
	}
	all := []object{}
	for _, student := range students {
		var list []object
		for _, k := range order[student] {
			list = append(list, days[k])
		}
		all = append(all, object{"StudentID": number(student), "AttendanceDays": list})
	}
	return append(all, object{"StudentID": 50001, "AttendanceDays": []object{}})
}

func (s *server) requests() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, times := range s.asked {
		n += times
	}
	return n
}

func path(school, what string) string { return fmt.Sprintf("schools/%s/%s", school, what) }
