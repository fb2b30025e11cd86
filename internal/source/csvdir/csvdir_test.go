package csvdir_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
	"rollcall/internal/source/csvdir"
)

// asOf is a Wednesday in the small bundle's year.
var asOf = district.NewDate(2025, time.October, 15)

// smallBundle is two schools and three children; tests change one file of it.
// School 10 teaches 6 to 10 and 13 to 17 October less the 13th, school 20 the
// first week only.
func smallBundle() map[string]string {
	return map[string]string{
		"schools.csv": "school_id,name,periods_per_day\n10,Oak Elementary,\n20,Elm Middle,6\n",
		"staff.csv":   "school_id,role,name,email\n10,admin,Pat Example,pat@example.org\n,attendance_specialist,Sam Example,sam@example.org\n",
		"calendar.csv": "school_id,date,instructional\n" +
			"10,2025-10-06,true\n10,2025-10-07,1\n10,2025-10-08,yes\n10,2025-10-09,Y\n10,2025-10-10,TRUE\n10,2025-10-11,true\n" +
			"10,2025-10-13,false\n10,2025-10-14,true\n10,2025-10-15,true\n10,2025-10-16,true\n10,2025-10-17,true\n" +
			"20,2025-10-06,true\n20,2025-10-07,true\n20,2025-10-08,true\n20,2025-10-09,true\n20,2025-10-10,true\n10,2024-10-15,true\n",
		"students.csv":      "student_id,last_name,first_name,birthdate,home_language\n1,Doe,Ana,2016-02-29,ES\n2,Doe,Ben,,\n3,Roe,Cy,2012-01-01,en\n",
		"enrollments.csv":   "student_id,school_id,grade,entry_date,exit_date\n1,10,3,2025-08-11,\n2,10,K,2025-10-07,2025-10-14\n3,20,7,2025-08-11,\n",
		"contacts.csv":      "student_id,contact_id,name,street,city,state,zip,household_id,priority\n1,b,Bo Doe,1 Oak St,Springfield,CA,92583,H1,\n1,a,Al Doe,1 Oak St,Springfield,CA,92583,H1,1\n2,a,Al Doe,1 Oak St,Springfield,CA,92583,H1,1\n3,c,Di Roe,,,,,,2\n",
		"absence_codes.csv": "code,category,description\nU,unexcused,\nE,excused,\"Ill, \"\"note\"\"\"\nT,tardy,\n",
		"attendance.csv":    "student_id,school_id,date,code,period,minutes_missed\n1,10,2025-10-06,U,,\n3,20,2025-10-07,T,2,31\n1,10,2025-10-16,U,,\n",
	}
}

func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// openDir reads a folder, with its mapping where the options have one.
func openDir(dir string, o bundle.Options) (*bundle.Bundle, error) {
	return openFor(context.Background(), dir, o)
}

func openFor(ctx context.Context, dir string, o bundle.Options) (*bundle.Bundle, error) {
	folder, err := csvdir.Open(dir, o.Mapping)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return bundle.Open(ctx, folder, o)
}

func open(t testing.TB, files map[string]string) (*bundle.Bundle, error) {
	t.Helper()
	return openDir(write(t, files), bundle.Options{AsOf: asOf, Need: bundle.Everything})
}

func mustOpen(t testing.TB, files map[string]string) *bundle.Bundle {
	t.Helper()
	b, err := open(t, files)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func day(t testing.TB, s string) district.Date {
	t.Helper()
	d, err := district.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSmallBundleBecomesFacts(t *testing.T) {
	b := mustOpen(t, smallBundle())
	d := b.District()
	if len(d.Rejects) != 0 || b.Excess() != nil {
		t.Fatalf("rejects %+v, excess %v", d.Rejects, b.Excess())
	}
	if diff := cmp.Diff([]district.School{{ID: "10", Name: "Oak Elementary"}, {ID: "20", Name: "Elm Middle", PeriodsPerDay: 6}}, d.Schools); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]district.Date{
		day(t, "2025-10-06"), day(t, "2025-10-07"), day(t, "2025-10-08"), day(t, "2025-10-09"), day(t, "2025-10-10"),
		day(t, "2025-10-14"), day(t, "2025-10-15"), day(t, "2025-10-16"), day(t, "2025-10-17"),
	}, d.Calendars["10"].All()); diff != "" {
		t.Error("calendar without weekend, holiday and other years:", diff)
	}
	if got := d.Codes["E"].Description; got != `Ill, "note"` {
		t.Errorf("description %q", got)
	}
	want := []district.Student{
		{
			ID: "1", LastName: "Doe", FirstName: "Ana", Birthdate: day(t, "2016-02-29"), HomeLanguage: "es",
			Enrollments: []district.Enrollment{{SchoolID: "10", Grade: "3", EntryDate: day(t, "2025-08-11")}},
			Marks:       []district.Mark{{Date: day(t, "2025-10-06"), Minutes: district.NoMinutes, Entry: &district.Entry{SchoolID: "10", Code: d.Codes["U"]}, Line: 2}},
			Contacts: []district.Contact{
				{ID: "a", Name: "Al Doe", Street: "1 Oak St", City: "Springfield", State: "CA", Zip: "92583", ReceivesMail: true, HouseholdID: "H1", Priority: 1},
				{ID: "b", Name: "Bo Doe", Street: "1 Oak St", City: "Springfield", State: "CA", Zip: "92583", ReceivesMail: true, HouseholdID: "H1"},
			},
		},
		{
			ID: "2", LastName: "Doe", FirstName: "Ben",
			Enrollments: []district.Enrollment{{SchoolID: "10", Grade: "K", EntryDate: day(t, "2025-10-07"), ExitDate: day(t, "2025-10-14")}},
			Contacts:    []district.Contact{{ID: "a", Name: "Al Doe", Street: "1 Oak St", City: "Springfield", State: "CA", Zip: "92583", ReceivesMail: true, HouseholdID: "H1", Priority: 1}},
			Siblings:    []district.Sibling{{StudentID: "1", Name: "Ana Doe", SchoolID: "10", Grade: "3"}},
		},
		{
			ID: "3", LastName: "Roe", FirstName: "Cy", Birthdate: day(t, "2012-01-01"), HomeLanguage: "en",
			Enrollments: []district.Enrollment{{SchoolID: "20", Grade: "7", EntryDate: day(t, "2025-08-11")}},
			Marks:       []district.Mark{{Date: day(t, "2025-10-07"), Minutes: 31, Entry: &district.Entry{SchoolID: "20", Period: "2", Code: d.Codes["T"]}, Line: 3}},
			Contacts:    []district.Contact{{ID: "c", Name: "Di Roe", ReceivesMail: true, Priority: 2}},
		},
	}
	if diff := cmp.Diff(want, b.Students()); diff != "" {
		t.Error(diff)
	}
	wantRows := map[district.File]int{
		district.Schools: 2, district.StaffFile: 2, district.CalendarFile: 17, district.Students: 3,
		district.Enrollments: 3, district.Contacts: 4, district.AbsenceCodes: 3, district.Attendance: 3,
	}
	if diff := cmp.Diff(wantRows, d.Rows); diff != "" {
		t.Error(diff)
	}
	school, err := b.School(context.Background(), "10")
	if err != nil || len(school.Students) != 2 || school.Students[1].ID != "2" {
		t.Errorf("school 10: %+v, %v", school, err)
	}
	if _, err := b.School(context.Background(), "30"); err == nil {
		t.Error("a school that is not there was found")
	}
	if s, ok := b.Student("3"); !ok || s.FirstName != "Cy" {
		t.Errorf("student 3: %+v", s)
	}
	if _, ok := b.Student("4"); ok {
		t.Error("a student who is not there was found")
	}
}

func TestStandingsNeedNeitherReadsNorJudgesContacts(t *testing.T) {
	files := smallBundle()
	files["contacts.csv"] += "9,z,Nobody,,,,,,\n"
	files["letters_sent.csv"] = "not,a,bundle,file\n"
	dir := write(t, files)
	b, err := openDir(dir, bundle.Options{AsOf: asOf})
	if err != nil {
		t.Fatal(err)
	}
	d := b.District()
	if _, read := d.Rows[district.Contacts]; read || len(d.Rejects) != 0 || len(b.Students()[0].Contacts) != 0 {
		t.Errorf("contacts were read: %+v", d.Rejects)
	}
	if !d.Provided[district.LettersSent] || d.Provided[district.Behavior] {
		t.Errorf("provided %v", d.Provided)
	}
	if len(b.Students()[0].Marks) != 1 {
		t.Errorf("marks %+v", b.Students()[0].Marks)
	}
}

// The same data in a spreadsheet's habits: byte-order mark, CRLF, everything in
// quotes, spaces, blank rows, columns in another order and more of them, no
// line end at the end.
func TestSpreadsheetHabitsChangeNothing(t *testing.T) {
	want := mustOpen(t, smallBundle()).Students()
	files := smallBundle()
	for name, text := range files {
		var out []string
		for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
			fields := strings.Split(line, ",")
			if name == "absence_codes.csv" {
				fields = fields[:2]
			}
			for i, f := range fields {
				fields[i] = `"` + f + ` "`
			}
			out = append(out, strings.Join(fields, ","))
		}
		out = append(out, "", strings.Repeat(",", strings.Count(out[0], ",")), "  ")
		files[name] = "\uFEFF" + strings.ToUpper(out[0]) + "\r\n" + strings.Join(out[1:], "\r\n")
	}
	files["attendance.csv"] = "Minutes_Missed,nurse, PERIOD ,code,date,school_id,student_id,\r\n" +
		",,,U,2025-10-06,10,1,\r\n31,x,2,T,2025-10-07,20,3,\r\n,,,,,,,\r\n\r\n,,,U,2025-10-16,10,1,"
	var log bytes.Buffer
	b, err := openDir(write(t, files), bundle.Options{AsOf: asOf, Need: bundle.Everything, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.District().Rejects) > 0 {
		t.Fatalf("%+v", b.District().Rejects)
	}
	codes := cmp.Comparer(func(a, b *district.Code) bool { return a.Code == b.Code && a.Category == b.Category })
	if diff := cmp.Diff(want, b.Students(), codes); diff != "" {
		t.Error(diff)
	}
	if got := b.District().Rows[district.Attendance]; got != 3 {
		t.Errorf("%d attendance rows, blank ones counted", got)
	}
	if got := log.String(); strings.Count(got, "unknown columns ignored") != 1 || !strings.Contains(got, "columns=nurse") {
		t.Errorf("log:\n%s", got)
	}
}

func TestTextIsComposedAndFreeOfControlCharacters(t *testing.T) {
	files := smallBundle()
	files["students.csv"] = "student_id,last_name,first_name\n" +
		"1,\"Nun\u0303ez\",\"An\x00a\r\nB\"\n2,\u00a0Doe\u202e\u0085,Ben\n3,Roe\tJr,Cy\n"
	b := mustOpen(t, files)
	var names []string
	for _, s := range b.Students() {
		names = append(names, s.LastName+"|"+s.FirstName)
	}
	if diff := cmp.Diff([]string{"Nu\u00f1ez|An a B", "Doe|Ben", "Roe\tJr|Cy"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestDecomposedIDsMeetComposedOnes(t *testing.T) {
	files := smallBundle()
	files["schools.csv"] = "school_id,name\nPen\u0303a,Oak\n20,Elm\n"
	for _, name := range []string{"staff.csv", "calendar.csv", "enrollments.csv", "attendance.csv"} {
		files[name] = strings.ReplaceAll(strings.ReplaceAll(files[name], "\n10,", "\nPe\u00f1a,"), ",10,", ",Pe\u00f1a,")
	}
	b := mustOpen(t, files)
	if len(b.District().Rejects) > 0 || len(b.Students()[0].Marks) != 1 {
		t.Errorf("%+v", b.District().Rejects)
	}
}

func TestSameFolderSameBundleAndDigest(t *testing.T) {
	files := smallBundle()
	files["attendance.csv"] += "1,10,2025-10-06,E,,\n9,10,2025-10-06,E,,\n"
	a, b := mustOpen(t, files), mustOpen(t, files)
	if diff := cmp.Diff(a.District(), b.District(), cmp.AllowUnexported(district.Calendar{})); diff != "" {
		t.Error(diff)
	}
	files["contacts.csv"] += "\n"
	if mustOpen(t, files).District().Digest == a.District().Digest {
		t.Error("another file, the same digest")
	}
}

func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	files := smallBundle()
	want := mustOpen(t, files).Students()
	for _, name := range []string{"students.csv", "schools.csv", "enrollments.csv", "contacts.csv", "attendance.csv"} {
		lines := strings.Split(strings.TrimSpace(files[name]), "\n")
		for i, j := 1, len(lines)-1; i < j; i, j = i+1, j-1 {
			lines[i], lines[j] = lines[j], lines[i]
		}
		files[name] = strings.Join(lines, "\n")
	}
	noLines := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Line" }, cmp.Ignore())
	if diff := cmp.Diff(want, mustOpen(t, files).Students(), noLines); diff != "" {
		t.Error(diff)
	}
}

func TestEnrollmentsOfOtherYearsAreLeftOut(t *testing.T) {
	files := smallBundle()
	files["enrollments.csv"] += "1,20,2,2024-08-12,2025-06-30\n1,20,4,2026-07-01,\n1,20,2,2024-07-01,2025-07-01\n1,20,3,2026-06-30,2026-06-30\n"
	var got []string
	for _, e := range mustOpen(t, files).Students()[0].Enrollments {
		got = append(got, e.EntryDate.String())
	}
	if diff := cmp.Diff([]string{"2024-07-01", "2025-08-11", "2026-06-30"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRowsOfAnotherSchoolYearAreIgnoredWhereTheCalendarCoversIt(t *testing.T) {
	files := smallBundle()
	files["attendance.csv"] += "1,10,2024-09-03,U,,\n1,10,2024-09-03,U,,\n"
	b := mustOpen(t, files)
	if len(b.District().Rejects) > 0 || len(b.Students()[0].Marks) != 1 {
		t.Errorf("rejects %+v, marks %+v", b.District().Rejects, b.Students()[0].Marks)
	}
}

func TestOptionalFilesOfThisYearUpToTheAsOfDate(t *testing.T) {
	files := smallBundle()
	files["attendance_notes.csv"] = "student_id,date,note,author\n1,2025-10-09,\"Second, \"\"quoted\"\"\nline\",Office\n1,2025-10-08,First,\n1,2025-10-16,Later,\n1,2025-06-30,Earlier,\n"
	files["grades.csv"] = "student_id,term,course,mark,as_of\n1,T1,Math,B,\n1,T1,Art,A,2025-10-15\n1,T1,Art,A,2025-10-16\n"
	files["missing_assignments.csv"] = "student_id,course,title,due_date\n1,Math,Undated,\n1,Math,Due,2025-10-15\n1,Math,Not yet due,2025-10-20\n"
	files["behavior.csv"] = "student_id,date,incident\n1,2025-10-15,Ran\n1,2025-10-16,Later\n"
	files["letters_sent.csv"] = "student_id,letter,sent_on,channel\n1,A2A-1,2025-10-01,mail\n1,A2A-2,2025-10-16,mail\n1,A2A-1,2024-10-01,mail\n"
	files["interventions.csv"] = "student_id,date,kind,note\n1,2025-10-02,Call,No answer\n9,2025-10-02,Call,\n1,soon,Call,\n"
	b := mustOpen(t, files)
	s, _ := b.Student("1")
	got := district.Student{Notes: s.Notes, Grades: s.Grades, Missing: s.Missing, Behavior: s.Behavior, LettersSent: s.LettersSent, Interventions: s.Interventions}
	want := district.Student{
		Notes:         []district.Note{{Date: day(t, "2025-10-08"), Note: "First"}, {Date: day(t, "2025-10-09"), Note: `Second, "quoted" line`, Author: "Office"}},
		Grades:        []district.Grade{{Term: "T1", Course: "Math", Mark: "B"}, {Term: "T1", Course: "Art", Mark: "A", AsOf: asOf}},
		Missing:       []district.MissingAssignment{{Course: "Math", Title: "Undated"}, {Course: "Math", Title: "Due", DueDate: asOf}},
		Behavior:      []district.Incident{{Date: asOf, Incident: "Ran"}},
		LettersSent:   []district.LetterSent{{Letter: "A2A-1", SentOn: day(t, "2025-10-01"), Channel: "mail"}},
		Interventions: []district.PastIntervention{{Date: day(t, "2025-10-02"), Kind: "Call", Note: "No answer"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, file := range district.OptionalFiles {
		if !b.District().Provided[file] {
			t.Errorf("%s not provided", file)
		}
	}
	if n := len(b.District().Rejects); n != 2 || b.Excess() != nil {
		t.Errorf("%d rejects, excess %v: optional files do not stop a run", n, b.Excess())
	}
}

func TestGrandBendHasFourBadRows(t *testing.T) {
	const second = "a second row of the same student, school, date and period: the first, line 4, stands; remove the one that is wrong"
	const sunday = "is a Sunday, and school is not taught on weekends; mend the date"
	want := []district.Reject{
		{File: "attendance.csv", Line: 5, Column: "date", Value: "2021-12-15", Reason: second, StudentID: "604822", SchoolID: "255901001"},
		{File: "attendance.csv", Line: 357, Column: "date", Value: "2022-05-15", Reason: sunday, StudentID: "604891", SchoolID: "255901107"},
		{File: "attendance.csv", Line: 368, Column: "date", Value: "2022-05-15", Reason: sunday, StudentID: "604906", SchoolID: "255901107"},
		{File: "attendance.csv", Line: 383, Column: "date", Value: "2022-05-15", Reason: sunday, StudentID: "604923", SchoolID: "255901107"},
	}
	for _, on := range []string{"2022-05-27", "2021-12-17"} {
		for _, need := range []bundle.Need{bundle.Standings, bundle.Everything} {
			b, err := openDir("testdata/grandbend", bundle.Options{AsOf: day(t, on), Need: need})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, b.District().Rejects); diff != "" {
				t.Errorf("as of %s, whatever the date of the row: %s", on, diff)
			}
			if len(b.Students()) != 223 {
				t.Errorf("%d students", len(b.Students()))
			}
			woods, _ := b.Student("604822")
			for _, m := range woods.Marks {
				if m.Date > day(t, on) || m.Line == 5 {
					t.Errorf("as of %s: mark %+v", on, m)
				}
			}
			if err := b.Excess(); err != nil {
				t.Errorf("four of 491 rows stop a night: %v", err)
			}
		}
	}
}

func TestMoreThanOnePercentRejectedIsExcess(t *testing.T) {
	for _, c := range []struct {
		name     string
		good     int
		bad      int
		limit    float64
		exceeded bool
	}{
		{"one in a hundred", 99, 1, 0, false},
		{"one in ninety-nine", 98, 1, 0, true},
		{"two in a hundred", 98, 2, 0, true},
		{"29 in a hundred at 0.29", 71, 29, 0.29, false},
		{"30 in a hundred at 0.29", 70, 30, 0.29, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := smallBundle()
			files["students.csv"] += strings.Repeat("1,Doe,Ana,,\n", c.bad)
			for i := range c.good - 3 {
				files["students.csv"] += "x" + strings.Repeat("y", i) + ",Doe,Ana,,\n"
			}
			b, err := openDir(write(t, files), bundle.Options{AsOf: asOf, MaxRejectRatio: c.limit})
			if err != nil {
				t.Fatal(err)
			}
			if got := b.Excess() != nil; got != c.exceeded {
				t.Errorf("excess %v", b.Excess())
			}
		})
	}
}

func TestOpenStopsWhenTheNightIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := openFor(ctx, write(t, smallBundle()), bundle.Options{AsOf: asOf})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// with is the small bundle with one file changed.
func with(name, text string) map[string]string {
	files := maps.Clone(smallBundle())
	files[name] = text
	return files
}
