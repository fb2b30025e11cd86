package edfi_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/bundle"
	"rollcall/internal/database/databasetest"
	"rollcall/internal/district"
	"rollcall/internal/source/csvdir"
	"rollcall/internal/source/edfi"
	"rollcall/internal/source/pgview"
	"rollcall/internal/source/sourcetest"
)

func TestMain(m *testing.M) { os.Exit(databasetest.Main(m)) }

// byHand are the tables that the standard has not got.
var byHand = []district.File{district.StaffFile, district.LettersSent, district.Interventions}

// words are the code table that the district has given.
func words() bundle.Mapping {
	letters := map[string]string{}
	for letter, category := range categories {
		letters[category] = letter
	}
	return bundle.Mapping{
		district.Attendance: {Values: map[string]map[string]string{"code": letters}},
		district.AbsenceCodes: {Values: map[string]map[string]string{"code": letters, "category": {
			"Unverified Absence": "unverified", "Tardy over 30": "tardy_over_30", "Suspension": "suspension", "Independent study": "independent_study_incomplete",
		}}},
	}
}

// reach is what of the district the standard can say.
func reach(version3 bool) sourcetest.Reach {
	r := sourcetest.Reach{Change: func(file district.File, r sourcetest.Record) {
		switch file {
		case district.Schools:
			r["grade_span"] = ""
		case district.Students:
			r["preferred_name"] = "" // the store of the test is without the column
		case district.Contacts:
			r["contact_id"], r["household_id"], r["receives_mail"] = r["student_id"]+"-"+r["contact_id"], "", ""
		case district.GradesFile:
			r["as_of"] = ""
		case district.AttendanceNotes:
			r["author"] = ""
		}
	}}
	if version3 {
		r.Without = []district.File{district.MissingAssignments}
	}
	return r
}

func door(t *testing.T, s *store) bundle.Door {
	t.Helper()
	views, err := pgview.Open(t.Context(), pgview.Options{DSN: s.dsn, Schema: "edfi", Queries: func(has func(string) (bool, error)) (map[district.File]string, error) {
		return edfi.Queries(sourcetest.AsOf, has)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = views.Close() })
	return beside(t, views)
}

// beside is a door with what a district writes by hand before it.
func beside(t *testing.T, then bundle.Door) bundle.Door {
	t.Helper()
	dir := sourcetest.Folder(t, sourcetest.Reach{Without: slices.DeleteFunc(slices.Clone(bundle.Files), func(f district.File) bool { return slices.Contains(byHand, f) })})
	folder, err := csvdir.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	return bundle.Instead{First: folder, Then: then}
}

func TestAStoreOfVersion5GivesTheSameDistrict(t *testing.T) {
	sourcetest.Check(t, sourcetest.Open(t, door(t, newStore(t, "contact")), words()), reach(false))
}

// Parents are contacts later, and gradebooks say only later what is missing.
func TestAStoreOfVersion3GivesTheSameDistrict(t *testing.T) {
	s := newStore(t, "parent")
	s.run(`ALTER TABLE edfi.studentgradebookentry DROP submissionstatusdescriptorid`)
	s.run(`ALTER TABLE edfi.studentschoolattendanceevent DROP eventduration; DROP TABLE edfi.parentaddressperiod; DELETE FROM edfi.parentaddress WHERE city = 'Elsewhere'`)
	sourcetest.Check(t, sourcetest.Open(t, door(t, s), words()), reach(true))
}

func TestAColumnThatOnlyLaterVersionsHaveIsReadWhereItIs(t *testing.T) {
	s := newStore(t, "contact")
	s.run(`ALTER TABLE edfi.student ADD preferredfirstname text`)
	s.run(`UPDATE edfi.student SET preferredfirstname = 'Pepe' WHERE studentuniqueid = '9001'`)
	b := sourcetest.Open(t, door(t, s), words())
	if who, _ := b.Student("9001"); who.PreferredName != "Pepe" {
		t.Errorf("%+v", who)
	}
}

func TestACategoryThatNobodyHasExplainedStopsWithItsName(t *testing.T) {
	s := newStore(t, "contact")
	m := words()
	delete(m[district.AbsenceCodes].Values["category"], "Suspension")
	_, err := bundle.Open(t.Context(), door(t, s), bundle.Options{AsOf: sourcetest.AsOf, Need: bundle.Everything, Mapping: m})
	want := `Ed-Fi absence_codes: code "S" (6 rows of Ed-Fi attendance) has the category "Suspension", which is none of ours`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v\nwant %s", err, want)
	}
}

// marksOf are the rows of a student on a day: code and period.
func marksOf(t *testing.T, s *store, student, day string) (found []string) {
	t.Helper()
	who, ok := sourcetest.Open(t, door(t, s), words()).Student(student)
	if !ok {
		t.Fatal("nobody")
	}
	for _, m := range who.Marks {
		if m.Date.String() == day {
			found = append(found, strings.TrimSpace(m.Code.Code+" "+m.Period))
		}
	}
	return found
}

func TestAPartOfADayIsNoDayAndOtherClassesAreNoPartOfIt(t *testing.T) {
	s := newStore(t, "contact")
	const day = "2025-09-17"
	event := func(student string, school int, duration any) {
		s.insert("studentschoolattendanceevent", map[string]any{"attendanceeventcategorydescriptorid": s.descriptor("AttendanceEventCategory", "Excused Absence"),
			"eventdate": day, "schoolid": school, "schoolyear": year, "sessionname": "Fall", "studentusi": student, "eventduration": duration})
	}
	of := func(section string) {
		s.insert("studentsectionattendanceevent", map[string]any{"attendanceeventcategorydescriptorid": s.descriptor("AttendanceEventCategory", "Unexcused Absence"),
			"eventdate": day, "schoolid": 102, "schoolyear": year, "sessionname": "Fall", "studentusi": "002", "localcoursecode": "C", "sectionidentifier": section})
	}
	event("001", 101, 0.25)
	event("003", 101, 1)
	for _, section := range []string{"S2", "Lunch", "no period"} {
		of(section)
	}
	for _, test := range []struct {
		student string
		want    []string
	}{{"9001", []string{"I part of the day"}}, {"9003", []string{"I"}}, {"9002", []string{"U 2", "U no period"}}} {
		if got := marksOf(t, s, test.student, day); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.student, got, test.want)
		}
	}
	// Where one period is the day, what is of no period is not.
	s.run(`UPDATE edfi.classperiod SET officialattendanceperiod = classperiodname = '2'`)
	event("002", 102, 0.5)
	if got := marksOf(t, s, "9002", day); !slices.Equal(got, []string{"U 2"}) {
		t.Errorf("one official period: %q", got)
	}
	// And where none is official all of them are parts of a day.
	s.run(`UPDATE edfi.classperiod SET officialattendanceperiod = false`)
	if got := marksOf(t, s, "9002", day); !slices.Equal(got, []string{"U 2", "U Lunch", "U no period", "I part of the day"}) {
		t.Errorf("none official: %q", got)
	}
}

func TestWhomASchoolIsNotToDealWithIsNotWrittenTo(t *testing.T) {
	s := newStore(t, "contact")
	set := func(columns string) {
		s.run(`UPDATE edfi.studentcontactassociation SET ` + columns + ` WHERE studentusi = 1 AND contactpriority = 2`)
	}
	for _, test := range []struct {
		columns string
		want    bool
	}{
		{`contactrestrictions = 'restraining order'`, false},
		{`contactrestrictions = ' ', emergencycontactstatus = true`, false},
		{`primarycontactstatus = false, liveswith = true`, true},
		{`liveswith = false`, false},
		{`emergencycontactstatus = false`, true},
		{`relationdescriptorid = ` + fmt.Sprint(s.descriptor("Relation", "Neighbor")), false},
	} {
		set(test.columns)
		who, _ := sourcetest.Open(t, door(t, s), words()).Student("9001")
		if got := who.Contacts[1].ReceivesMail; got != test.want {
			t.Errorf("%s: %t", test.columns, got)
		}
	}
}
