package edfi_test

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
	"rollcall/internal/source/edfi"
	"rollcall/internal/source/sourcetest"
)

// el is an element; kids are elements or, alone, a text.
func el(name string, kids ...string) string {
	return "<" + name + ">" + strings.Join(kids, "") + "</" + name + ">"
}

// leaf is an element with a text, nothing where there is none.
func leaf(name, text string) string {
	if text == "" {
		return ""
	}
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text))
	return el(name, b.String())
}

func uri(name, text string) string {
	if text == "" {
		return ""
	}
	return leaf(name, "uri://ed-fi.org/"+name+"Descriptor#"+text)
}

func studentRef(id string) string {
	return el("StudentReference", el("StudentIdentity", leaf("StudentUniqueId", id)))
}
func schoolRef(id string) string {
	return el("SchoolReference", el("SchoolIdentity", leaf("SchoolId", id)))
}

func sectionRef(school, course, id string) string {
	return el("SectionReference", el("SectionIdentity", leaf("SectionIdentifier", id), el("CourseOfferingReference", el("CourseOfferingIdentity", leaf("LocalCourseCode", course), schoolRef(school)))))
}

// interchanges writes the district as the standard's files. contact is Parent up to
// version 4.
func interchanges(t *testing.T, contact string) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, entities ...string) {
		text := xml.Header + `<Interchange` + name + ` xmlns="http://ed-fi.org/x">` + strings.Join(entities, "\n") + `</Interchange` + name + `>`
		if err := os.WriteFile(filepath.Join(dir, name+".xml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	of := func(file district.File, make func(r sourcetest.Record) string) string {
		var b strings.Builder
		for _, r := range sourcetest.Table(t, file) {
			b.WriteString(make(r))
		}
		return b.String()
	}
	name := func(first, middle, last, preferred string) string {
		return el("Name", leaf("FirstName", first), leaf("MiddleName", middle), leaf("LastSurname", last), leaf("PreferredFirstName", preferred))
	}
	at := map[string]string{}
	for _, r := range sourcetest.Table(t, district.Enrollments) {
		at[r["student_id"]] = r["school_id"]
	}
	staff := map[string]string{}
	teaches := func(who, school, course, id string) string {
		if staff[who] == "" {
			staff[who] = fmt.Sprintf("T%d", len(staff))
		}
		return el("StaffSectionAssociation", el("StaffReference", el("StaffIdentity", leaf("StaffUniqueId", staff[who]))), sectionRef(school, course, id))
	}
	write("EducationOrganization", of(district.Schools, func(r sourcetest.Record) string {
		place := func(kind, street string) string {
			return el("Address", leaf("StreetNumberName", street), leaf("City", r["city"]), uri("StateAbbreviation", r["state"]), leaf("PostalCode", r["zip"]), uri("AddressType", kind))
		}
		school := el("School", el("EducationOrganizationIdentificationCode", leaf("IdentificationCode", r["cds_code"]), uri("EducationOrganizationIdentificationSystem", "SEA")),
			leaf("NameOfInstitution", r["name"]), place("Physical", "The other entrance"), place("Mailing", r["street"]),
			el("InstitutionTelephone", leaf("TelephoneNumber", "(951) 555-0000"), uri("InstitutionTelephoneNumberType", "Fax")),
			el("InstitutionTelephone", leaf("TelephoneNumber", r["phone"]), uri("InstitutionTelephoneNumberType", "Main")), leaf("SchoolId", r["school_id"]))
		if r["periods_per_day"] != "" {
			for p := 1; p <= 6; p++ {
				school += el("ClassPeriod", leaf("ClassPeriodName", fmt.Sprint(p)), leaf("OfficialAttendancePeriod", "true"), schoolRef(r["school_id"]))
			}
			school += el("ClassPeriod", leaf("ClassPeriodName", "Lunch"), leaf("OfficialAttendancePeriod", "false"), schoolRef(r["school_id"]))
		}
		return school
	}))
	write("EducationOrgCalendar", of(district.CalendarFile, func(r sourcetest.Record) string {
		event := "Instructional day"
		if r["instructional"] == "false" {
			event = "Holiday"
		}
		return el("CalendarDate", leaf("Date", r["date"]), uri("CalendarEvent", event), el("CalendarReference", el("CalendarIdentity", leaf("CalendarCode", "1"), schoolRef(r["school_id"]))))
	}))
	sections := ""
	for p := 1; p <= 6; p++ {
		sections += el("Section", leaf("SectionIdentifier", fmt.Sprintf("S%d", p)), el("ClassPeriodReference", el("ClassPeriodIdentity", leaf("ClassPeriodName", fmt.Sprint(p)), schoolRef("102"))),
			el("CourseOfferingReference", el("CourseOfferingIdentity", leaf("LocalCourseCode", "C"), schoolRef("102"))))
	}
	write("MasterSchedule", sections)
	write("Student", of(district.Students, func(r sourcetest.Record) string {
		return el("Student", leaf("StudentUniqueId", r["student_id"]), name(r["first_name"], r["middle_name"], r["last_name"], r["preferred_name"]), el("BirthData", leaf("BirthDate", r["birthdate"]))) +
			el("StudentEducationOrganizationAssociation", studentRef(r["student_id"]),
				el("Language", uri("Language", "hmn"), uri("LanguageUse", "Native language")),
				el("Language", uri("Language", threeLetters[r["home_language"]]), uri("LanguageUse", "Home language")),
				el("StudentIdentificationCode", uri("StudentIdentificationSystem", "State"), leaf("IdentificationCode", r["ssid"])))
	}))
	write("StudentEnrollment", of(district.Enrollments, func(r sourcetest.Record) string {
		return el("StudentSchoolAssociation", studentRef(r["student_id"]), schoolRef(r["school_id"]), leaf("EntryDate", r["entry_date"]), uri("EntryGradeLevel", grades[r["grade"]]), leaf("ExitWithdrawDate", r["exit_date"])) +
			el("StudentSectionAssociation", studentRef(r["student_id"]), sectionRef(r["school_id"], "HR", r["homeroom"]), leaf("BeginDate", r["entry_date"]), leaf("HomeroomIndicator", "true")) +
			teaches(r["homeroom_teacher"], r["school_id"], "HR", r["homeroom"])
	}), el("StudentSchoolAssociation", studentRef("9006"), schoolRef("101"), leaf("EntryDate", "2025-08-11"), uri("EntryGradeLevel", "Preschool/Prekindergarten")))
	write(contact, of(district.Contacts, func(r sourcetest.Record) string {
		first, last, _ := strings.Cut(r["name"], " ")
		id, places := r["student_id"]+"-"+r["contact_id"], ""
		if r["street"] != "" {
			for _, kind := range []string{"Home", "Mailing"} {
				street := map[string]string{"Home": "1 Where They Sleep Rd", "Mailing": r["street"]}[kind]
				places += el("Address", leaf("StreetNumberName", street), leaf("ApartmentRoomSuiteNumber", r["unit"]), leaf("City", r["city"]), uri("StateAbbreviation", r["state"]), leaf("PostalCode", r["zip"]), uri("AddressType", kind))
			}
		}
		places += el("Address", leaf("StreetNumberName", "0 Moved Away Rd"), leaf("City", "Elsewhere"), uri("StateAbbreviation", "CA"), leaf("PostalCode", "90001"), uri("AddressType", "Mailing"),
			el("Period", leaf("BeginDate", "2019-07-01"), leaf("EndDate", "2022-06-30")))
		mail := ""
		if r["email"] != "" {
			mail = el("ElectronicMail", leaf("ElectronicMailAddress", "a-second@example.org"), leaf("PrimaryEmailAddressIndicator", "false")) +
				el("ElectronicMail", leaf("ElectronicMailAddress", r["email"]), leaf("PrimaryEmailAddressIndicator", "true"))
		}
		return el(contact, leaf(contact+"UniqueId", id), name(first, "", last, ""), places,
			el("Telephone", leaf("TelephoneNumber", "(000) 000-0000")), el("Telephone", leaf("TelephoneNumber", r["phone"]), leaf("OrderOfPriority", "1")), mail,
			el("Language", uri("Language", threeLetters[r["language"]]))) +
			el("Student"+contact+"Association", studentRef(r["student_id"]), el(contact+"Reference", el(contact+"Identity", leaf(contact+"UniqueId", id))), uri("Relation", r["relationship"]), leaf("ContactPriority", r["priority"]))
	}))
	reasons := map[string]string{}
	for _, r := range sourcetest.Table(t, district.AttendanceNotes) {
		reasons[r["student_id"]+r["date"]] = r["note"]
	}
	write("StudentAttendance", of(district.Attendance, func(r sourcetest.Record) string {
		event := leaf("EventDate", r["date"]) + uri("AttendanceEventCategory", categories[r["code"]])
		if r["period"] != "" {
			return el("StudentSectionAttendanceEvent", event, studentRef(r["student_id"]), sectionRef(r["school_id"], "C", "S"+r["period"]))
		}
		once := el("StudentSchoolAttendanceEvent", el("AttendanceEvent", event, leaf("AttendanceEventReason", reasons[r["student_id"]+r["date"]])), studentRef(r["student_id"]), schoolRef(r["school_id"]))
		return once + once // in two sessions
	}))
	write("StudentGrade", of(district.GradesFile, func(r sourcetest.Record) string {
		return el("Grade", leaf("LetterGradeEarned", r["mark"]), leaf("NumericGradeEarned", r["percent"]), uri("GradeType", "Grading Period"),
			el("StudentSectionAssociationReference", el("StudentSectionAssociationIdentity", studentRef(r["student_id"]), sectionRef(at[r["student_id"]], r["course"], r["course"]))),
			el("GradingPeriodReference", el("GradingPeriodIdentity", uri("GradingPeriod", r["term"])))) + teaches(r["teacher"], at[r["student_id"]], r["course"], r["course"])
	}))
	write("StudentGradebook", of(district.MissingAssignments, func(r sourcetest.Record) string {
		missing := el("GradebookEntry", leaf("GradebookEntryIdentifier", "7"), leaf("Title", r["title"]), leaf("DueDate", r["due_date"]), leaf("MaxPoints", r["points"]), sectionRef(at[r["student_id"]], r["course"], r["course"]))
		for student, status := range map[string]string{r["student_id"]: "Missing", "9004": "Completed on time"} {
			missing += el("StudentGradebookEntry", el("GradebookEntryReference", el("GradebookEntryIdentity", leaf("GradebookEntryIdentifier", "7"))), studentRef(student), uri("SubmissionStatus", status))
		}
		return missing
	}))
	write("Discipline", of(district.Behavior, func(r sourcetest.Record) string {
		incident := el("DisciplineIncidentReference", el("DisciplineIncidentIdentity", leaf("IncidentIdentifier", "9"), schoolRef(at[r["student_id"]])))
		return el("DisciplineIncident", leaf("IncidentIdentifier", "9"), leaf("IncidentDate", r["date"]), uri("IncidentLocation", r["location"]), schoolRef(at[r["student_id"]])) +
			el("StudentDisciplineIncidentBehaviorAssociation", uri("Behavior", r["incident"]), studentRef(r["student_id"]), incident) +
			el("DisciplineAction", leaf("DisciplineActionIdentifier", "A"), uri("Discipline", r["action"]), studentRef(r["student_id"]),
				el("StudentDisciplineIncidentBehaviorAssociationReference", el("StudentDisciplineIncidentBehaviorAssociationIdentity", studentRef(r["student_id"]), incident)))
	}))
	people := ""
	for who, id := range staff {
		first, last, _ := strings.Cut(who, " ")
		people += el("Staff", leaf("StaffUniqueId", id), name(first, "", last, ""))
	}
	write("StaffAssociation", people)
	write("Assessment", el("Assessment", leaf("AssessmentIdentifier", "not ours")))
	return dir
}

func TestInterchangeFilesGiveTheSameDistrict(t *testing.T) {
	for _, contact := range []string{"Parent", "Contact"} {
		t.Run(contact, func(t *testing.T) {
			files, err := edfi.OpenInterchange(t.Context(), interchanges(t, contact))
			if err != nil {
				t.Fatal(err)
			}
			r := reach(false)
			store := r.Change
			r.Change = func(file district.File, r sourcetest.Record) {
				preferred := r["preferred_name"]
				store(file, r)
				r["preferred_name"] = preferred // files have it
				if file == district.AbsenceCodes {
					r["description"] = "" // and not this
				}
			}
			sourcetest.Check(t, sourcetest.Open(t, beside(t, files), words()), r)
		})
	}
}

func TestFilesThatAreNoInterchangeAreNamed(t *testing.T) {
	dir := t.TempDir()
	if _, err := edfi.OpenInterchange(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "no .xml file in") {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Torn.xml"), []byte("<InterchangeStudent><Student><StudentUniqueId>1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := edfi.OpenInterchange(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "Torn.xml: ") {
		t.Errorf("error %v", err)
	}
	// An entity of a file on the machine is not read into a name.
	if err := os.WriteFile(filepath.Join(dir, "Torn.xml"), []byte(`<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><InterchangeStudent><Student><StudentUniqueId>&f;</StudentUniqueId></Student></InterchangeStudent>`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := edfi.OpenInterchange(t.Context(), dir); err == nil {
		t.Error("an entity was taken")
	}
	if err := os.WriteFile(filepath.Join(dir, "Torn.xml"), []byte(`<InterchangeStudent/>`), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := edfi.OpenInterchange(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = bundle.Open(t.Context(), files, bundle.Options{AsOf: sourcetest.AsOf})
	if err == nil || !strings.Contains(err.Error(), "Ed-Fi schools: is missing; no interchange file has it") {
		t.Errorf("error %v", err)
	}
}
