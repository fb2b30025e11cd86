package pgview_test

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lib/pq"

	"rollcall/internal/bundle"
	"rollcall/internal/database/databasetest"
	"rollcall/internal/district"
	"rollcall/internal/source/pgview"
	"rollcall/internal/source/sourcetest"
)

func TestMain(m *testing.M) { os.Exit(databasetest.Main(m)) }

// server is a database with the bundle's schema and nothing in it.
func server(t testing.TB) (dsn string, db *sql.DB) {
	t.Helper()
	dsn = databasetest.Postgres(t)
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	run(t, db, `CREATE SCHEMA sis`)
	return dsn, db
}

func run(t testing.TB, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.Exec(statement, args...); err != nil {
		t.Fatalf("%v in %s", err, statement)
	}
}

// types are those that a database would give the columns; the others are text.
var types = map[string]string{
	"instructional": "boolean", "receives_mail": "boolean", "periods_per_day": "smallint", "minutes_missed": "integer", "priority": "bigint",
	"percent": "numeric(5,1)", "student_id": "bigint", "school_id": "integer",
	"date": "date", "birthdate": "date", "entry_date": "timestamp", "exit_date": "timestamptz", "as_of": "date", "due_date": "date", "sent_on": "date",
}

// fill writes the district as tables of such types, NULL for what is empty.
func fill(t testing.TB, db *sql.DB, schema string) {
	t.Helper()
	for _, file := range bundle.Files {
		records := sourcetest.Table(t, file)
		var columns, names []string
		for name := range records[0] {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			kind := types[name]
			if kind == "" {
				kind = "text"
			}
			columns = append(columns, name+" "+kind)
		}
		run(t, db, fmt.Sprintf("CREATE TABLE %s.%s (%s)", schema, file, strings.Join(columns, ", ")))
		for _, r := range records {
			var values []string
			for _, name := range names {
				if r[name] == "" {
					values = append(values, "NULL")
				} else {
					values = append(values, pq.QuoteLiteral(r[name]))
				}
			}
			run(t, db, fmt.Sprintf("INSERT INTO %s.%s VALUES (%s)", schema, file, strings.Join(values, ", ")))
		}
	}
}

func open(t testing.TB, dsn string) *pgview.Views {
	t.Helper()
	views, err := pgview.Open(t.Context(), pgview.Options{DSN: dsn, Schema: "sis"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := views.Close(); err != nil {
			t.Error(err)
		}
	})
	return views
}

func TestViewsGiveTheSameDistrict(t *testing.T) {
	dsn, db := server(t)
	fill(t, db, "sis")
	// Percent comes as numeric(5,1), which writes 84 as 84.0.
	run(t, db, `ALTER TABLE sis.grades ALTER percent TYPE text USING trim_scale(percent)::text`)
	sourcetest.Check(t, sourcetest.Open(t, open(t, dsn), nil), sourcetest.Reach{})
}

// A county reads a school at a time, and comes to the same.
func TestViewsReadSchoolBySchoolGiveTheSameDistrict(t *testing.T) {
	dsn, db := server(t)
	fill(t, db, "sis")
	run(t, db, `ALTER TABLE sis.grades ALTER percent TYPE text USING trim_scale(percent)::text`)
	county, err := bundle.Survey(t.Context(), open(t, dsn), bundle.Options{AsOf: sourcetest.AsOf})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Check(t, county, sourcetest.Reach{})
	whole := sourcetest.Open(t, open(t, dsn), nil)
	if a, b := whole.District(), county.District(); a.Digest != b.Digest || !maps.Equal(a.Rows, b.Rows) || len(b.Rejects) != 0 {
		t.Errorf("digest %s and %s, rows %v and %v, rejects %v", a.Digest, b.Digest, a.Rows, b.Rows, b.Rejects)
	}
	for _, id := range []string{"9001", "9006", "9007", "9008", "nobody"} {
		got, err := county.Find(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := whole.Student(id)
		if sourcetest.Digest(t, want) != sourcetest.Digest(t, got) {
			t.Errorf("%s: %s", id, cmp.Diff(want, got))
		}
	}
	if _, err := county.School(t.Context(), "999"); err == nil {
		t.Error("a school that is not there was found")
	}
	// Schools are read side by side.
	var readers sync.WaitGroup
	for _, school := range whole.District().Schools {
		for range 3 {
			readers.Go(func() {
				a, _ := whole.School(t.Context(), school.ID)
				b, err := county.School(t.Context(), school.ID)
				if err != nil || sourcetest.Digest(t, a.Students) != sourcetest.Digest(t, b.Students) {
					t.Errorf("school %s, beside others: %v", school.ID, err)
				}
			})
		}
	}
	readers.Wait()
}

// What is wrong is found by the survey as by reading all of it.
func TestASurveyRejectsWhatReadingRejects(t *testing.T) {
	dsn, db := server(t)
	fill(t, db, "sis")
	for _, change := range []string{
		`INSERT INTO sis.attendance (student_id, school_id, date, code) VALUES (9001, 101, '2025-08-20', 'I'), (7777, 101, '2025-08-20', 'U'), (9003, 102, '2025-09-18', 'I'), (9003, 101, '2025-09-18', 'U')`,
		`INSERT INTO sis.enrollments (student_id, school_id, grade, entry_date) VALUES (9001, 101, '4', '2025-08-11')`,
		`INSERT INTO sis.contacts (student_id, contact_id, name) VALUES (9001, '1', 'Again'), (9002, '1', 'Again')`,
		`INSERT INTO sis.grades (student_id, term, course, mark) VALUES (7777, 'T1', 'Art', 'A')`,
	} {
		run(t, db, change)
	}
	o := bundle.Options{AsOf: sourcetest.AsOf, Need: bundle.Everything}
	whole, err := bundle.Open(t.Context(), open(t, dsn), o)
	if err != nil {
		t.Fatal(err)
	}
	county, err := bundle.Survey(t.Context(), open(t, dsn), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole.District().Rejects, county.District().Rejects); diff != "" || len(whole.District().Rejects) != 8 {
		t.Errorf("%d rejects, %s", len(whole.District().Rejects), diff)
	}
	if diff := cmp.Diff(fmt.Sprint(whole.Excess()), fmt.Sprint(county.Excess())); diff != "" {
		t.Error(diff)
	}
	for _, school := range []string{"101", "102"} {
		a, _ := whole.School(t.Context(), school)
		b, err := county.School(t.Context(), school)
		if err != nil || sourcetest.Digest(t, a.Students) != sourcetest.Digest(t, b.Students) {
			t.Errorf("school %s: %v %s", school, err, cmp.Diff(a.Students, b.Students))
		}
	}
}

func TestFaultsOfViewsAreAllNamedWithTheirMend(t *testing.T) {
	dsn, db := server(t)
	fill(t, db, "sis")
	for _, change := range []string{
		`DROP TABLE sis.contacts`,
		`DROP TABLE sis.behavior`,
		`ALTER TABLE sis.students RENAME last_name TO surname`,
		`ALTER TABLE sis.attendance DROP code`,
		`ALTER TABLE sis.grades DROP mark`,
	} {
		run(t, db, change)
	}
	_, err := bundle.Open(t.Context(), open(t, dsn), bundle.Options{AsOf: sourcetest.AsOf, Need: bundle.Everything})
	want := "sis.students: column last_name is missing; add it to the view\n" +
		"sis.contacts: is missing; create the view ('rollcall source ddl' prints it to fill in) with the columns student_id, contact_id, name\n" +
		"sis.attendance: column code is missing; add it to the view\n" +
		"sis.grades: column mark is missing; add it to the view"
	if err == nil || err.Error() != want {
		t.Errorf("error\n%v\nnot\n%s", err, want)
	}
}

func TestBadRowsOfAViewAreRejectedWithoutALine(t *testing.T) {
	dsn, db := server(t)
	fill(t, db, "sis")
	for _, change := range []string{
		`INSERT INTO sis.attendance (student_id, school_id, date, code) VALUES (9001, 101, '2025-08-20', 'I'), (7777, 101, '2025-08-20', 'U')`,
		`INSERT INTO sis.enrollments (student_id, school_id, grade, entry_date) VALUES (9001, 101, '4', '2025-08-11')`,
	} {
		run(t, db, change)
	}
	read := func() []district.Reject {
		b, err := bundle.Open(t.Context(), open(t, dsn), bundle.Options{AsOf: sourcetest.AsOf, Need: bundle.Everything})
		if err != nil {
			t.Fatal(err)
		}
		if s, _ := b.Student("9001"); s.Marks[0].Code.Code != "I" { // I before U, whichever row came first
			t.Errorf("%+v", s.Marks)
		}
		return b.District().Rejects
	}
	var got []string
	for _, r := range read() {
		if r.Line != 0 {
			t.Errorf("line %d of a view", r.Line)
		}
		got = append(got, r.File+" "+r.Column+" "+r.Value+" "+r.Reason)
	}
	for i, want := range []string{
		"sis.enrollments entry_date 2025-08-11 a second row of the same student, school and entry_date: one of them stands",
	} {
		if i >= len(got) || !strings.HasPrefix(got[i], want) {
			t.Errorf("no %q in\n%s", want, strings.Join(got, "\n"))
		}
	}
	joined := strings.Join(got, "\n")
	for _, want := range []string{
		"sis.attendance date 2025-08-20 a second row of the same student, school, date and period: one of them stands",
		"sis.attendance student_id 7777 no student with this student_id in sis.students",
	} {
		if !strings.Contains(joined, want) {
			t.Errorf("no %q in\n%s", want, joined)
		}
	}
}

// Whatever a value holds, its neighbours stay where they are.
func TestValuesThatCopyEscapes(t *testing.T) {
	dsn, db := server(t)
	fill(t, db, "sis")
	run(t, db, `UPDATE sis.students SET first_name = E'a\tb\\c', middle_name = E'\\N', preferred_name = E'x\ny\r\b\f', last_name = E'\\\\N "," \\t' WHERE student_id = 9009`)
	b, err := bundle.Open(t.Context(), open(t, dsn), bundle.Options{AsOf: sourcetest.AsOf, Need: bundle.Everything})
	if err != nil {
		t.Fatal(err)
	}
	s, _ := b.Student("9009")
	if got, want := []string{s.FirstName, s.MiddleName, s.PreferredName, s.LastName, s.SSID}, []string{"a\tb\\c", "\\N", "x y", "\\\\N \",\" \\t", "1000000009"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

// A night that is interrupted while rows come leaves the connection in order.
func TestRowsLeftUnreadEndWithTheDoor(t *testing.T) {
	dsn, db := server(t)
	fill(t, db, "sis")
	run(t, db, `INSERT INTO sis.attendance_notes (student_id, date, note) SELECT 9001, '2025-09-01', repeat('x', 1000) FROM generate_series(1, 5000)`)
	views := open(t, dsn)
	table, err := views.Table(t.Context(), district.AttendanceNotes, bundle.Everything)
	if err != nil {
		t.Fatal(err)
	}
	var row bundle.Row
	if !table.Rows.Next(&row) {
		t.Fatal(table.Rows.Err())
	}
	if err := views.Close(); err != nil {
		t.Error(err)
	}
}

func TestAnUnknownCodeStopsWithItsName(t *testing.T) {
	dsn, db := server(t)
	fill(t, db, "sis")
	run(t, db, `DELETE FROM sis.absence_codes WHERE code = 'Q'`)
	_, err := bundle.Open(t.Context(), open(t, dsn), bundle.Options{AsOf: sourcetest.AsOf})
	if err == nil || err.Error() != `sis.attendance: unknown code "Q": 1 row; add it to sis.absence_codes with its category` {
		t.Errorf("error %v", err)
	}
}

// All tables are seen at one moment: that of the transaction, not of each query.
func TestTheNightReadsOneMoment(t *testing.T) {
	dsn, db := server(t)
	fill(t, db, "sis")
	views := open(t, dsn)
	if _, err := views.Has(t.Context(), district.Students); err != nil { // the first look fixes it
		t.Fatal(err)
	}
	run(t, db, `DELETE FROM sis.attendance`)
	run(t, db, `UPDATE sis.students SET last_name = 'Changed'`)
	sourcetest.Check(t, sourcetest.Open(t, views, bundle.Mapping{district.GradesFile: {Values: map[string]map[string]string{"percent": {"84.0": "84", "41.0": "41"}}}}), sourcetest.Reach{})
}

func TestTheOrderOfRowsIsNotPartOfTheDigest(t *testing.T) {
	dsn, db := server(t)
	fill(t, db, "sis")
	digest := func() string {
		views := open(t, dsn)
		defer views.Close() // it would hold up the changes to the table
		return sourcetest.Open(t, views, nil).District().Digest
	}
	before := digest()
	run(t, db, `CREATE TABLE sis.again AS SELECT * FROM sis.attendance ORDER BY date DESC, period DESC`)
	run(t, db, `DROP TABLE sis.attendance`)
	run(t, db, `ALTER TABLE sis.again RENAME TO attendance`)
	if after := digest(); after != before {
		t.Error("the same rows in another order have another digest")
	}
	run(t, db, `UPDATE sis.attendance SET code = 'A' WHERE student_id = 9008 AND school_id = 101`)
	if after := digest(); after == before {
		t.Error("other rows have the same digest")
	}
}

func TestTheTransactionWritesNothing(t *testing.T) {
	dsn, db := server(t)
	run(t, db, `CREATE FUNCTION sis.sly() RETURNS text LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE sis.trace (x int); RETURN 'x'; END $$`)
	fill(t, db, "sis")
	run(t, db, `ALTER TABLE sis.letters_sent RENAME TO letters`)
	run(t, db, `CREATE VIEW sis.letters_sent AS SELECT student_id, letter, sent_on, sis.sly() AS channel FROM sis.letters`)
	_, err := bundle.Open(t.Context(), open(t, dsn), bundle.Options{AsOf: sourcetest.AsOf, Need: bundle.Everything})
	if err == nil || !strings.Contains(err.Error(), "sis.letters_sent: cannot be read to its end") || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("error %v", err)
	}
}

// What the first view is refused for is not what the others are said to be.
func TestViewsThatMayNotBeReadAreNamedWithTheGrant(t *testing.T) {
	dsn, db := server(t)
	fill(t, db, "sis")
	run(t, db, `CREATE ROLE reader LOGIN`)
	defer run(t, db, `DROP OWNED BY reader; DROP ROLE reader`)
	reader := strings.Replace(dsn, "rollcall@", "reader@", 1)
	faults := func() string {
		views, err := pgview.Open(t.Context(), pgview.Options{DSN: reader, Schema: "sis"})
		if err != nil {
			return err.Error()
		}
		_, err = bundle.Open(t.Context(), views, bundle.Options{AsOf: sourcetest.AsOf, Need: bundle.Everything})
		if shut := views.Close(); shut != nil {
			t.Error(shut)
		}
		return fmt.Sprint(err)
	}
	const grant = `; its owner runs GRANT USAGE ON SCHEMA "sis" TO the user of source.dsn, and GRANT SELECT ON ALL TABLES IN SCHEMA "sis" TO it`
	if got := faults(); got != "the source's schema sis is closed to us"+grant {
		t.Error(got)
	}
	run(t, db, `GRANT USAGE ON SCHEMA sis TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA sis TO reader; REVOKE SELECT ON sis.staff, sis.grades FROM reader`)
	if got, want := faults(), "sis.staff: cannot be read: permission denied for table staff"+grant+"\nsis.grades: cannot be read: permission denied for table grades"+grant; got != want {
		t.Errorf("%s\nnot\n%s", got, want)
	}
}

// A cast that fails ends the night; what it failed on is nobody's business.
func TestAValueThatCannotBeConvertedIsNotRepeated(t *testing.T) {
	dsn, db := server(t)
	fill(t, db, "sis")
	run(t, db, `ALTER TABLE sis.students RENAME TO people`)
	run(t, db, `CREATE VIEW sis.students AS SELECT student_id, last_name, first_name, last_name::date AS birthdate FROM sis.people`)
	_, err := bundle.Open(t.Context(), open(t, dsn), bundle.Options{AsOf: sourcetest.AsOf, Need: bundle.Everything})
	if err == nil || err.Error() != "sis.students: a value in it cannot be converted (SQLSTATE 22007): leave the column as text, and the row alone is refused" {
		t.Errorf("error %v", err)
	}
}

// A name of another encoding is read as it is, or not at all.
func TestLettersOfOtherEncodings(t *testing.T) {
	dsn, db := server(t)
	for encoding, want := range map[string]string{"LATIN1": "M\u00fcller", "SQL_ASCII": "sis.students: has letters that are not UTF-8"} {
		name := "other_" + strings.ToLower(encoding)
		run(t, db, `CREATE DATABASE `+name+` ENCODING '`+encoding+`' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`)
		place, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		place.Path = "/" + name
		other, err := sql.Open("postgres", place.String())
		if err != nil {
			t.Fatal(err)
		}
		run(t, other, `CREATE SCHEMA sis; CREATE TABLE sis.students (student_id text, last_name text, first_name text, birthdate text)`)
		if encoding == "LATIN1" {
			run(t, other, `INSERT INTO sis.students VALUES ('1', U&'M\00FCller', 'Ann', NULL)`)
		} else {
			run(t, other, `SET client_encoding = 'SQL_ASCII'; INSERT INTO sis.students VALUES ('1', E'M\xfcller', 'Ann', NULL)`)
		}
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		table, err := open(t, place.String()).Table(t.Context(), district.Students, bundle.Everything)
		if err != nil {
			t.Fatal(err)
		}
		var row bundle.Row
		got := "nothing"
		for table.Rows.Next(&row) {
			got = row.Fields[1]
		}
		if err := table.Rows.Err(); err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", encoding, got)
		}
	}
}

func TestDDLIsAnEmptyBundle(t *testing.T) {
	dsn, db := server(t)
	var ddl bytes.Buffer
	if err := pgview.DDL(&ddl, `odd "schema`); err != nil {
		t.Fatal(err)
	}
	run(t, db, ddl.String())
	views, err := pgview.Open(t.Context(), pgview.Options{DSN: dsn, Schema: `odd "schema`})
	if err != nil {
		t.Fatal(err)
	}
	defer views.Close()
	b, err := bundle.Open(t.Context(), views, bundle.Options{AsOf: sourcetest.AsOf, Need: bundle.Everything})
	if err != nil {
		t.Fatal(err)
	}
	if d := b.District(); len(d.Schools) != 0 || !d.Provided[district.Behavior] || len(d.Rejects) != 0 {
		t.Errorf("%+v", d)
	}
}

// What a district's children are is not read in clear, unless somebody has said so.
func TestAServerWithoutTLSIsRefused(t *testing.T) {
	t.Setenv("PGSSLMODE", "")
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	clear := make(chan bool, 10)
	go func() {
		for {
			conn, err := at.Accept()
			if err != nil {
				return
			}
			asked := make([]byte, 8)
			_, err = io.ReadFull(conn, asked)
			clear <- err != nil || binary.BigEndian.Uint32(asked[4:]) != 80877103 // SSLRequest
			_, _ = conn.Write([]byte("N"))
			_ = conn.Close()
		}
	}()
	_, err = pgview.Open(t.Context(), pgview.Options{DSN: "postgres://u@" + at.Addr().String() + "/x"})
	if err == nil || !strings.Contains(err.Error(), "the server speaks no TLS") {
		t.Errorf("error %v", err)
	}
	for len(clear) > 0 {
		if <-clear {
			t.Error("it was spoken to in clear")
		}
	}
}

func TestAServerThatIsNotThereIsNamedWithoutItsPassword(t *testing.T) {
	for _, dsn := range []string{"postgres://u:secret@127.0.0.1:1/x?sslmode=disable", "postgres://u:sec%ret@h/x"} {
		_, err := pgview.Open(t.Context(), pgview.Options{DSN: dsn})
		if err == nil || strings.Contains(err.Error(), "sec") {
			t.Errorf("error %v", err)
		}
	}
}
