package csvdir_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
)

// Each bad row is added to the end of a file of the small bundle.
func TestBadRowsAreRejectedWithPlaceAndMend(t *testing.T) {
	const attendance, enrollments = "attendance.csv", "enrollments.csv"
	for _, c := range []struct {
		name, file, row string
		column, value   string
		reason          string // a part of it
		student, school string
	}{
		{"too few fields", attendance, "1,10,2025-10-07,U", "", "", "4 fields, the header 6", "1", "10"},
		{"too many fields", attendance, "1,10,2025-10-07,U,,,,", "", "", "8 fields, the header 6", "1", "10"},
		{"a quote in the middle", attendance, `1,10,2025-10-07,U"x,,`, "", "", "quotes in this row do not match", "", ""},
		{"a quote that never closes", attendance, `1,10,2025-10-07,"U,,`, "", "", "quotes in this row do not match", "", ""},
		{"empty required value", attendance, "1, ,2025-10-07,U,,", "school_id", "", "is empty", "1", ""},
		{"a required value of control characters", attendance, "\x01,10,2025-10-07,U,,", "student_id", "", "is empty", "", "10"},
		{"unknown student", attendance, "9,10,2025-10-07,U,,", "student_id", "9", "no student", "", "10"},
		{"unknown school", attendance, "1,30,2025-10-07,U,,", "school_id", "30", "no school", "1", ""},
		{"American date", attendance, "1,10,10/07/2025,U,,", "date", "10/07/2025", "is not a date like", "1", "10"},
		{"no such day", attendance, "1,10,2025-09-31,U,,", "date", "2025-09-31", "is not a date like", "1", "10"},
		{"fraction of minutes", attendance, "1,10,2025-10-07,U,1,7.5", "minutes_missed", "7.5", "whole number of minutes", "1", "10"},
		{"negative minutes", attendance, "1,10,2025-10-07,U,1,-5", "minutes_missed", "-5", "whole number of minutes", "1", "10"},
		{"more minutes than a day", attendance, "1,10,2025-10-07,U,1,1441", "minutes_missed", "1441", "whole number of minutes", "1", "10"},
		{"Saturday, whatever the calendar says", attendance, "1,10,2025-10-11,U,,", "date", "2025-10-11", "is a Saturday", "1", "10"},
		{"Sunday after the as-of date", attendance, "1,10,2025-10-19,U,,", "date", "2025-10-19", "is a Sunday", "1", "10"},
		{"holiday", attendance, "1,10,2025-10-13,U,,", "date", "2025-10-13", "is a holiday", "1", "10"},
		{"day the calendar does not list", attendance, "3,20,2025-10-14,U,,", "date", "2025-10-14", "is not in the school's calendar", "3", "20"},
		{"school year the calendar does not cover", attendance, "3,20,2024-10-15,U,,", "date", "2024-10-15", "does not cover", "3", "20"},
		{"a date absurdly far away", attendance, "1,10,9999-12-31,U,,", "date", "9999-12-31", "does not cover", "1", "10"},
		{"before entry", attendance, "2,10,2025-10-06,U,,", "date", "2025-10-06", "outside the student's enrollments", "2", "10"},
		{"after exit", attendance, "2,10,2025-10-15,U,,", "date", "2025-10-15", "outside the student's enrollments", "2", "10"},
		{"never at that school", attendance, "1,20,2025-10-06,U,,", "date", "2025-10-06", "no enrollment at this school", "1", "20"},
		{"second row of a day", attendance, "1,10,2025-10-06,E,,", "date", "2025-10-06", "first, line 2, stands", "1", "10"},
		{"second row of a day, identical", attendance, "1,10,2025-10-06,U,,", "date", "2025-10-06", "first, line 2, stands", "1", "10"},
		{"second row of a period", attendance, "3,20,2025-10-07,U,2,", "date", "2025-10-07", "first, line 3, stands", "3", "20"},
		{"second row after the as-of date", attendance, "1,10,2025-10-16,E,,", "date", "2025-10-16", "first, line 4, stands", "1", "10"},

		{"second school", "schools.csv", "10,Oak again,", "school_id", "10", "first, line 2, stands", "", ""},
		{"periods in words", "schools.csv", "30,Ash,six", "periods_per_day", "six", "whole number of periods", "", ""},
		{"calendar of an unknown school", "calendar.csv", "30,2025-10-06,true", "school_id", "30", "no school", "", ""},
		{"calendar date", "calendar.csv", "10,6 Oct,true", "date", "6 Oct", "is not a date like", "", "10"},
		{"calendar boolean", "calendar.csv", "10,2025-10-20,maybe", "instructional", "maybe", "neither true nor false", "", "10"},
		{"second calendar row", "calendar.csv", "10,2025-10-06,false", "date", "2025-10-06", "first, line 2, stands", "", "10"},
		{"second student", "students.csv", "1,Other,Name,,", "student_id", "1", "first, line 2, stands", "1", ""},
		{"birthdate", "students.csv", "4,Doe,Eve,2016-02-30,", "birthdate", "2016-02-30", "is not a date like", "", ""},
		{"enrollment of an unknown student", enrollments, "9,10,3,2025-08-11,", "student_id", "9", "no student", "", "10"},
		{"enrollment at an unknown school", enrollments, "1,30,3,2025-08-11,", "school_id", "30", "no school", "1", ""},
		{"grade with a zero", enrollments, "1,20,03,2025-09-11,", "grade", "03", "TK, K or 1 to 12", "1", "20"},
		{"grade 0", enrollments, "1,20,0,2025-09-11,", "grade", "0", "TK, K or 1 to 12", "1", "20"},
		{"entry date", enrollments, "1,20,3,soon,", "entry_date", "soon", "is not a date like", "1", "20"},
		{"exit date", enrollments, "1,20,3,2025-08-11,never", "exit_date", "never", "is not a date like", "1", "20"},
		{"exit before entry", enrollments, "1,20,3,2025-08-11,2025-08-10", "exit_date", "2025-08-10", "before the entry_date 2025-08-11", "1", "20"},
		{"second enrollment", enrollments, "1,10,4,2025-08-11,2025-12-01", "entry_date", "2025-08-11", "first, line 2, stands", "1", "10"},
		{"staff of an unknown school", "staff.csv", "30,admin,Pat,pat@example.org", "school_id", "30", "no school", "", ""},
		{"role", "staff.csv", "10,principal,Pat,pat@example.org", "role", "principal", "is no role", "", "10"},
		{"no address", "staff.csv", "10,admin,Pat,pat at example", "email", "pat at example", "not one e-mail address", "", "10"},
		{"two addresses", "staff.csv", `10,admin,Pat,"pat@example.org, sam@example.org"`, "email", "pat@example.org, sam@example.org", "not one e-mail address", "", "10"},
		{"a header in an address", "staff.csv", "10,admin,Pat,\"pat@example.org\r\nBcc: sam@example.org\"", "email", "pat@example.org Bcc: sam@example.org", "not one e-mail address", "", "10"},
		{"a folded address", "staff.csv", "10,admin,Pat,\"Pat\r\n <pat@example.org>\"", "email", "Pat  <pat@example.org>", "not one e-mail address", "", "10"},
		{"contact of an unknown student", "contacts.csv", "9,a,Al,,,,,,", "student_id", "9", "no student", "", ""},
		{"second contact", "contacts.csv", "1,a,Al again,,,,,,", "contact_id", "a", "first, line 3, stands", "1", ""},
		{"priority", "contacts.csv", "1,d,Al,,,,,,first", "priority", "first", "whole number", "1", ""},
		{"second code", "absence_codes.csv", "U,excused,", "code", "U", "first, line 2, stands", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := smallBundle()
			files[c.file] += c.row + "\n"
			want := []district.Reject{{
				File: c.file, Line: strings.Count(smallBundle()[c.file], "\n") + 1,
				Column: c.column, Value: c.value, StudentID: c.student, SchoolID: c.school,
			}}
			b := mustOpen(t, files)
			got := append([]district.Reject(nil), b.District().Rejects...)
			for i := range got {
				if !strings.Contains(got[i].Reason, c.reason) {
					t.Errorf("reason %q", got[i].Reason)
				}
				got[i].Reason = ""
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if b.Excess() == nil {
				t.Error("one bad row in so few is no excess")
			}
			clean := mustOpen(t, smallBundle())
			ignoreCodes := cmp.Comparer(func(a, b *district.Code) bool { return a.Code == b.Code })
			if diff := cmp.Diff(clean.Students(), b.Students(), ignoreCodes); diff != "" {
				t.Error("the row changed something:", diff)
			}
		})
	}
}

func TestReceivesMailIsTrueUnlessTheRowSaysNo(t *testing.T) {
	b := mustOpen(t, with("contacts.csv", "student_id,contact_id,name,receives_mail,zip\n1,a,A,,odd\n1,b,B,N,\n1,c,C,perhaps,\n"))
	s, _ := b.Student("1")
	if len(s.Contacts) != 2 || !s.Contacts[0].ReceivesMail || s.Contacts[1].ReceivesMail || s.Contacts[0].Zip != "odd" {
		t.Errorf("%+v", s.Contacts)
	}
	if r := b.District().Rejects; len(r) != 1 || r[0].Column != "receives_mail" || r[0].Line != 4 {
		t.Errorf("%+v", r)
	}
}

// A stray quote must not swallow its neighbours: they are good rows.
func TestAStrayQuoteCostsOneRow(t *testing.T) {
	files := smallBundle()
	files["attendance.csv"] = "student_id,school_id,date,code,period,minutes_missed\n" +
		"1,10,2025-10-06,U,\",\n1,10,2025-10-07,U,,\n1,10,2025-10-08,U,\",\n1,10,2025-10-09,U,,\n"
	b := mustOpen(t, files)
	var lines []int
	for _, r := range b.District().Rejects {
		lines = append(lines, r.Line)
	}
	if diff := cmp.Diff([]int{2, 4}, lines); diff != "" {
		t.Error(diff)
	}
	if n := len(b.Students()[0].Marks); n != 2 {
		t.Errorf("%d marks", n)
	}
}

func TestLinesAreCountedAcrossQuotedLineEnds(t *testing.T) {
	files := smallBundle()
	files["attendance_notes.csv"] = "student_id,date,note\r\n\r\n1,2025-10-06,\"two\r\nlines\"\r\n9,2025-10-06,x\r\n"
	r := mustOpen(t, files).District().Rejects
	if len(r) != 1 || r[0].Line != 5 {
		t.Errorf("%+v", r)
	}
}

func TestFilesThatCannotBeTrustedStopTheRun(t *testing.T) {
	utf16LE := func(s string) string {
		var b strings.Builder
		for _, u := range utf16.Encode([]rune(s)) {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		}
		return b.String()
	}
	students := smallBundle()["students.csv"]
	for _, c := range []struct {
		name, file, text, want string
	}{
		{"Windows-1252", "students.csv", "student_id,last_name,first_name\n1,Doe,Ana\n2,Nu\xf1ez,Ben\n",
			"students.csv: line 3, column last_name: is not UTF-8 (byte 0xF1, as Windows-1252 writes it); export it as UTF-8, declare source.encoding: windows-1252, or convert it: iconv -f WINDOWS-1252 -t UTF-8 students.csv > students-utf8.csv"},
		{"Windows-1252 in contacts", "contacts.csv", "student_id,contact_id,name\n1,a,\"Do\xf1a, A\"\n", "contacts.csv: line 2, column name: is not UTF-8"},
		{"Windows-1252 in the header", "students.csv", "student_id,last_name,first_name,a\xf1o\n", "students.csv: line 1: is not UTF-8"},
		{"UTF-16 with its mark", "students.csv", "\xff\xfe" + utf16LE(students), "students.csv: is UTF-16, not UTF-8; export it as UTF-8, declare source.encoding: utf-16, or convert it: iconv -f UTF-16 -t UTF-8 students.csv > students-utf8.csv"},
		{"UTF-16 without", "students.csv", utf16LE(students), "students.csv: is UTF-16LE, not UTF-8"},
		{"UTF-16 big end first", "students.csv", "\x00" + strings.TrimSuffix(utf16LE(students), "\x00"), "students.csv: is UTF-16BE, not UTF-8"},
		{"old Macintosh", "students.csv", strings.ReplaceAll(students, "\n", "\r"), "students.csv: its lines end as on an old Macintosh"},
		{"empty", "students.csv", "", "students.csv: is empty; it needs a header line with the columns student_id, last_name, first_name"},
		{"a column missing", "attendance.csv", "student_id,date,code\n", "attendance.csv: column school_id is missing; add it to the export"},
		{"semicolons", "schools.csv", "school_id;name\n10;Oak\n", "column name is missing; add it to the export (its fields are not separated by commas"},
		{"a column twice", "schools.csv", "school_id,Name, name\n10,Oak,Oak\n", "schools.csv: column name is there twice"},
		{"quotes in the header", "schools.csv", "school_id,na\"me\n10,Oak\n", "schools.csv: line 1: the quotes of the header do not match"},
		{"optional file without a column", "letters_sent.csv", "student_id,letter\n", "letters_sent.csv: column sent_on is missing"},
		{"unknown code", "attendance.csv", "student_id,school_id,date,code\n1,10,2025-10-06,Q\n1,10,2025-10-07,U\n9,10,2025-10-08,Q\n1,10,2025-10-09,u\n",
			"attendance.csv: unknown code \"Q\": 2 rows, first in line 2; add it to absence_codes.csv with its category\n" +
				"attendance.csv: unknown code \"u\": 1 row, first in line 5"},
		{"category that is none of ours", "absence_codes.csv", "code,category\nU,truant\nT,tardy\nX,gone\n",
			"absence_codes.csv: line 2: code \"U\" (2 rows of attendance.csv, first in line 2) has the category \"truant\", which is none of ours; use one of excused, unexcused, unverified, suspension, independent_study_incomplete, tardy, tardy_over_30, present\n" +
				"absence_codes.csv: line 4: code \"X\" (not used in attendance.csv) has the category \"gone\""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := open(t, with(c.file, c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant %s", err, c.want)
			}
		})
	}
}

// A wrong column of codes does not pour what it holds into the log.
func TestOfManyUnknownCodesSomeAreNamed(t *testing.T) {
	rows := "student_id,school_id,date,code\n"
	for i := range 500 {
		rows += fmt.Sprintf("1,10,2025-10-06,Name %d\n", i)
	}
	_, err := open(t, with("attendance.csv", rows))
	if err == nil || strings.Count(err.Error(), "\n") != 50 || !strings.HasSuffix(err.Error(), "attendance.csv: and 450 more unknown codes; is the column of codes the right one?") {
		t.Errorf("error %v", err)
	}
}

func TestAllFaultsAreNamedAtOnce(t *testing.T) {
	files := smallBundle()
	delete(files, "schools.csv")
	delete(files, "contacts.csv")
	files["students.csv"] = "student_id\n"
	files["behavior.csv"] = "student_id,incident\n"
	dir := write(t, files)
	if err := os.Remove(filepath.Join(dir, "calendar.csv")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "calendar.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := openDir(dir, bundle.Options{AsOf: asOf, Need: bundle.Everything})
	want := strings.Join([]string{
		"schools.csv: is missing; export it into " + dir + " with the columns school_id, name",
		"calendar.csv: cannot be read: not a regular file",
		"students.csv: column last_name is missing; add it to the export",
		"students.csv: column first_name is missing; add it to the export",
		"contacts.csv: is missing; export it into " + dir + " with the columns student_id, contact_id, name",
		"behavior.csv: column date is missing; add it to the export",
	}, "\n")
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
}

func TestAFolderThatIsNotThereIsNamed(t *testing.T) {
	_, err := openDir(filepath.Join(t.TempDir(), "none"), bundle.Options{AsOf: asOf})
	if err == nil || !strings.Contains(err.Error(), "the bundle's folder cannot be read") {
		t.Errorf("error %v", err)
	}
}

func TestNothingOutsideTheFolderIsRead(t *testing.T) {
	files := smallBundle()
	outside := write(t, map[string]string{"students.csv": files["students.csv"]})
	delete(files, "students.csv")
	dir := write(t, files)
	if err := os.Symlink(filepath.Join(outside, "students.csv"), filepath.Join(dir, "students.csv")); err != nil {
		t.Fatal(err)
	}
	_, err := openDir(dir, bundle.Options{AsOf: asOf})
	if err == nil || !strings.Contains(err.Error(), "students.csv: cannot be read") {
		t.Errorf("error %v", err)
	}
}

// Of staff and contacts a look at the standings reads only the header, but a
// fault far down the file still stops it, with the same words as a night's.
func TestFaultsFarDownAFileAreFoundWithoutItsRows(t *testing.T) {
	long := strings.Repeat("1,C,Señora Example\n", 200_000)
	for _, c := range []struct{ name, contacts, want string }{
		{"in good order", "student_id,contact_id,name\n" + long, ""},
		{"without an end of line", "student_id,contact_id,name\n" + long + "1,C,Señora", ""},
		{"one line of a mebibyte and more", "student_id,contact_id,name\n1,C," + strings.Repeat("ñ", 1<<20), ""},
		{"Windows-1252 at the end", "student_id,contact_id,name\n" + long + "1,C,Se\xf1ora\n", "contacts.csv: line 200002, column name: is not UTF-8 (byte 0xF1"},
		{"a character cut off at the end", "student_id,contact_id,name\n" + long + "1,C,Se\xc3", "contacts.csv: line 200002, column name: is not UTF-8 (byte 0xC3"},
		{"lines of an old Macintosh", strings.ReplaceAll("student_id,contact_id,name\n"+long, "\n", "\r"), "contacts.csv: its lines end as on an old Macintosh"},
		{"a column missing", "student_id,name\n" + long, "contacts.csv: column contact_id is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := smallBundle()
			files["contacts.csv"] = c.contacts
			dir := write(t, files)
			for _, need := range []bundle.Need{bundle.Standings, bundle.Everything} {
				_, err := openDir(dir, bundle.Options{AsOf: asOf, Need: need})
				if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
					t.Errorf("need %d: %v", need, err)
				}
			}
		})
	}
}
