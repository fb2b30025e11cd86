package demo_test

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/demo"
	"rollcall/internal/district"
)

func write(t *testing.T, o demo.Options) (string, demo.Summary) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bundle")
	s, err := demo.Write(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, s
}

func readAll(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = text
	}
	return files
}

func within(t *testing.T, what string, got, low, high float64) {
	t.Helper()
	if got < low || got > high {
		t.Errorf("%s: %.4g, should lie within %g and %g", what, got, low, high)
	}
}

func TestDistrictHasTheTiersOfARealOne(t *testing.T) {
	for _, o := range []demo.Options{{}, {Students: 3000, Schools: 6, Seed: 2026}} {
		dir, summary := write(t, o)
		if o.Students == 0 && (summary.Students != 7400 || summary.Schools != 10) {
			t.Errorf("%d students at %d schools by default", summary.Students, summary.Schools)
		}
		b := readBundle(t, dir)
		for _, at := range []struct {
			asOf                                       string
			attendance, chronic, severe, truant, noted [2]float64
		}{
			{"2025-10-15", [2]float64{.935, .955}, [2]float64{.18, .23}, [2]float64{.03, .06}, [2]float64{.07, .12}, [2]float64{.70, .95}},
			{"2026-05-29", [2]float64{.925, .940}, [2]float64{.225, .275}, [2]float64{.03, .065}, [2]float64{.30, .45}, [2]float64{.80, .95}},
		} {
			c := b.count(at.asOf)
			n := float64(c.students)
			within(t, at.asOf+" attendance rate", 1-float64(c.absentDays)/float64(c.enrolledDays), at.attendance[0], at.attendance[1])
			within(t, at.asOf+" chronic share", float64(c.chronic+c.severe)/n, at.chronic[0], at.chronic[1])
			within(t, at.asOf+" severe share", float64(c.severe)/n, at.severe[0], at.severe[1])
			within(t, at.asOf+" truant share", float64(c.truants)/n, at.truant[0], at.truant[1])
			within(t, at.asOf+" truants with Letter #1", float64(c.noted)/float64(c.truants), at.noted[0], at.noted[1])
			within(t, at.asOf+" siblings both chronic, for one", float64(c.siblingsBoth)/float64(c.siblingsOne), .2, .6)
			within(t, at.asOf+" busiest day", c.busiest, .05, .25)
			if c.faulty != summary.Flawed {
				t.Errorf("%s: %d rows are wrong, %d on purpose", at.asOf, c.faulty, summary.Flawed)
			}
		}
	}
}

func TestTwiceIsEqual(t *testing.T) {
	o := demo.Options{Students: 400, Schools: 5, Seed: 7}
	first, _ := write(t, o)
	second, _ := write(t, o)
	a, b := readAll(t, first), readAll(t, second)
	if !maps.EqualFunc(a, b, bytes.Equal) {
		t.Error("the same options give other bytes")
	}
	o.Seed++
	other, _ := write(t, o)
	if bytes.Equal(a["attendance.csv"], readAll(t, other)["attendance.csv"]) {
		t.Error("another seed gives the same attendance")
	}
}

func TestWriteReplacesAnEarlierBundle(t *testing.T) {
	dir := t.TempDir()
	for _, students := range []int{90, 60} {
		if _, err := demo.Write(dir, demo.Options{Students: students, Schools: 2}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(readTable(t, dir, district.Students)); n != 60 {
		t.Errorf("%d students after writing 90, then 60", n)
	}
	if n := len(readAll(t, dir)); n != 14 {
		t.Errorf("%d files, a bundle has 14", n)
	}
}

func TestBundleIsForItsOwnerAlone(t *testing.T) {
	dir, _ := write(t, demo.Options{Students: 20, Schools: 1})
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEverySizeKeepsItsBooks(t *testing.T) {
	for _, o := range []demo.Options{
		{Students: 1, Schools: 1}, {Students: 60, Schools: 1}, {Students: 60, Schools: 2}, {Students: 150, Schools: 3},
		{Students: 5, Schools: 10}, {Students: 300, Schools: 4}, {Students: 600, Schools: 100, Seed: 3},
	} {
		dir, summary := write(t, o)
		b := readBundle(t, dir)
		if len(b.schools) != o.Schools || len(b.students) != o.Students {
			t.Errorf("%+v: %d schools, %d students", o, len(b.schools), len(b.students))
		}
		if got := b.count("2026-05-29").faulty; got != summary.Flawed {
			t.Errorf("%+v: %d rows are wrong, %d on purpose", o, got, summary.Flawed)
		}
		names := map[string]bool{}
		for _, s := range b.schools {
			if names[s.of("name")] {
				t.Errorf("%+v: two schools are called %s", o, s.of("name"))
			}
			names[s.of("name")] = true
		}
		for file, rows := range summary.Rows {
			if got := len(readTable(t, dir, file)); got != rows {
				t.Errorf("%+v: %s has %d rows, the summary says %d", o, file, got, rows)
			}
		}
	}
}

func TestOptionsOutOfRangeAreRefused(t *testing.T) {
	for _, o := range []demo.Options{{Students: -1}, {Schools: -1}, {Students: 1_000_001}, {Schools: 1501}} {
		dir := filepath.Join(t.TempDir(), "bundle")
		if _, err := demo.Write(dir, o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%+v left a folder", o)
		}
	}
}

func TestSchoolYearHas180Days(t *testing.T) {
	dir, summary := write(t, demo.Options{Students: 30, Schools: 4})
	taught := map[string]int{}
	byOctober := 0
	for _, c := range readTable(t, dir, district.CalendarFile) {
		d, err := district.ParseDate(c.of("date"))
		if err != nil {
			t.Fatal(err)
		}
		if d.IsWeekend() {
			t.Errorf("the calendar has %s, a weekend", d)
		}
		if c.of("instructional") == "true" {
			taught[c.of("school_id")]++
			if c.of("school_id") == "101" && d <= district.NewDate(2025, time.October, 15) {
				byOctober++
			}
		}
	}
	want := map[string]int{"101": 180, "102": 180, "103": 179, "104": 180}
	if diff := cmp.Diff(want, taught); diff != "" {
		t.Error(diff)
	}
	if byOctober != 46 {
		t.Errorf("%d days through 15 October", byOctober)
	}
	if summary.FirstDay.String() != "2025-08-11" || summary.LastDay.String() != "2026-05-29" {
		t.Errorf("school from %s to %s", summary.FirstDay, summary.LastDay)
	}
}

func TestDistrictShowsWhatRealExportsHold(t *testing.T) {
	dir, summary := write(t, demo.Options{})
	if summary.Flawed < 5 || summary.Flawed > 15 {
		t.Errorf("%d flawed rows", summary.Flawed)
	}
	category := map[string]string{}
	for _, c := range readTable(t, dir, district.AbsenceCodes) {
		category[c.of("code")] = c.of("category")
	}
	used := map[string]int{}
	var byPeriod, silentTardies, unverifiedInFall int
	for _, a := range readTable(t, dir, district.Attendance) {
		c := category[a.of("code")]
		used[c]++
		if a.of("period") != "" {
			byPeriod++
		}
		if c == "tardy" && a.of("minutes_missed") == "" {
			silentTardies++
		}
		if c == "unverified" && "2025-10-10" <= a.of("date") && a.of("date") <= "2025-10-15" {
			unverifiedInFall++
		}
	}
	for _, c := range district.CategoryNames() {
		if used[c] == 0 {
			t.Errorf("no row of category %s", c)
		}
	}
	if byPeriod == 0 || silentTardies == 0 || unverifiedInFall == 0 {
		t.Errorf("%d rows by period, %d tardies without minutes, %d unverified around the demo night", byPeriod, silentTardies, unverifiedInFall)
	}

	var spanish, other, noAddress, boxes, units, rural, noHousehold, noMail int
	contacts := readTable(t, dir, district.Contacts)
	mail := map[string]bool{}
	households := map[string]map[string]bool{}
	for _, c := range contacts {
		mail[c.of("student_id")] = mail[c.of("student_id")] || c.of("receives_mail") == "true"
		if c.of("receives_mail") != "true" {
			noMail++
			continue
		}
		switch lang := c.of("language"); {
		case strings.HasPrefix(lang, "es"):
			spanish++
		case lang != "en" && lang != "":
			other++
		}
		noAddress += count(c.of("street") == "")
		boxes += count(strings.HasPrefix(c.of("street"), "PO Box"))
		rural += count(strings.HasPrefix(c.of("street"), "RR "))
		units += count(c.of("unit") != "")
		noHousehold += count(c.of("household_id") == "")
		if households[c.of("student_id")] == nil {
			households[c.of("student_id")] = map[string]bool{}
		}
		households[c.of("student_id")][c.of("household_id")] = true
	}
	addressed := float64(len(contacts) - noMail)
	within(t, "Spanish-speaking contacts", float64(spanish)/addressed, .52, .64)
	within(t, "contacts of other languages", float64(other)/addressed, .02, .07)
	within(t, "contacts without an address", float64(noAddress)/addressed, .003, .02)
	within(t, "contacts without a household", float64(noHousehold)/addressed, .04, .12)
	if boxes == 0 || rural == 0 || units == 0 {
		t.Errorf("%d PO boxes, %d rural routes, %d apartments", boxes, rural, units)
	}
	twoHouseholds, unreached := 0, 0
	for _, ids := range households {
		twoHouseholds += count(len(ids) > 1)
	}
	for _, reached := range mail {
		unreached += count(!reached)
	}
	within(t, "children of two households", float64(twoHouseholds)/float64(summary.Students), .08, .16)
	within(t, "children none of whose contacts gets mail", float64(unreached)/float64(summary.Students), .0001, .006)

	stays := map[string]table{}
	for _, e := range readTable(t, dir, district.Enrollments) {
		stays[e.of("student_id")] = append(stays[e.of("student_id")], e)
	}
	seats := map[string]int{}
	for _, s := range stays {
		for _, e := range s {
			seats[e.of("school_id")+" "+e.of("homeroom")]++
		}
	}
	for room, n := range seats {
		if n > 32 {
			t.Errorf("%d children in homeroom %s", n, room)
		}
	}
	var transfers, returns, late, left int
	for _, s := range stays {
		switch {
		case len(s) > 1 && s[0].of("school_id") != s[1].of("school_id"):
			transfers++
		case len(s) > 1:
			returns++
		case s[0].of("entry_date") > "2025-08-11":
			late++
		case s[0].of("exit_date") != "":
			left++
		}
	}
	if transfers < 50 || returns < 10 || late < 80 || left < 80 {
		t.Errorf("%d transfers, %d returns, %d late entries, %d exits", transfers, returns, late, left)
	}

	text := string(readAll(t, dir)["students.csv"])
	for _, name := range []string{"Núñez", "O'Brien", "O’Neill", "D'Angelo", "Nguyễn", "Ánh", "Villavicencio Echeverría de los Santos", "Jean-Luc"} {
		if !strings.Contains(text, name) {
			t.Errorf("no student is called %s", name)
		}
	}
	roles := map[string]int{}
	for _, s := range readTable(t, dir, district.StaffFile) {
		roles[s.of("role")]++
		if !strings.HasSuffix(s.of("email"), "@example.org") || !strings.Contains(s.of("phone"), "555-01") {
			t.Errorf("staff: %s and %s might be somebody's", s.of("email"), s.of("phone"))
		}
	}
	for _, r := range district.Roles {
		if roles[string(r)] == 0 {
			t.Errorf("nobody is %s", r)
		}
	}
	for _, file := range district.OptionalFiles {
		if summary.Rows[file] == 0 {
			t.Errorf("%s.csv is empty", file)
		}
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
