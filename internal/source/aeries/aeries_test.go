package aeries_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
	"rollcall/internal/source/aeries"
	"rollcall/internal/source/csvdir"
	"rollcall/internal/source/sourcetest"
)

// byHand are the tables that the API has not got.
var byHand = []district.File{district.StaffFile, district.AttendanceNotes, district.MissingAssignments, district.LettersSent, district.Interventions}

// words are the district's own codes.
var words = bundle.Mapping{
	district.Students: {Values: map[string]map[string]string{"home_language": {"02": "vi"}}},
	district.Contacts: {Values: map[string]map[string]string{
		"language": {"02": "vi"}, "relationship": {"10": "Mother", "11": "Father", "20": "Grandmother", "21": "Grandfather"},
		"household_id": {"1": "H1", "3": "H3", "4": "H4", "5": "H5", "6": "H6", "7": "H7", "8": "H8"},
	}},
	district.Behavior: {Values: map[string]map[string]string{"incident": {"37": "Fighting"}, "location": {"12": "Gym"}, "action": {"SUS": "Suspension"}}},
}

func options(s *server) aeries.Options {
	return aeries.Options{
		URL: s.URL + "/admin/api/v5", Certificate: certificate, AsOf: sourcetest.AsOf, Now: time.Now, Pause: time.Millisecond,
		Settings: aeries.Settings{Periods: map[string]int{"default": 6}, InSession: []string{"+"}, MailTags: []string{"A"}},
	}
}

// door is the API with what a district writes by hand before it.
func door(t *testing.T, o aeries.Options) (bundle.Door, *aeries.System) {
	t.Helper()
	system, err := aeries.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	dir := sourcetest.Folder(t, sourcetest.Reach{Without: slices.DeleteFunc(slices.Clone(bundle.Files), func(f district.File) bool { return slices.Contains(byHand, f) })})
	folder, err := csvdir.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	return bundle.Instead{First: folder, Then: system}, system
}

// reach is what of the district Aeries can say: an address is one line, and report cards
// have marks alone.
var reach = sourcetest.Reach{Change: func(file district.File, r sourcetest.Record) {
	switch file {
	case district.Contacts:
		r["street"], r["unit"] = strings.TrimSpace(r["street"]+" "+r["unit"]), ""
	case district.GradesFile:
		r["term"], r["teacher"], r["percent"], r["as_of"] = "1", "", "", ""
	}
}}

func TestAeriesGivesTheSameDistrict(t *testing.T) {
	s := start(t)
	d, system := door(t, options(s))
	sourcetest.Check(t, sourcetest.Open(t, d, words), reach)
	if err := system.Close(); err != nil {
		t.Error(err)
	}
	for _, path := range []string{path("101", "students"), path("102", "attendance")} {
		want := 1
		if strings.HasSuffix(path, "101/students") {
			want = 2 // pages
		}
		if s.asked[path] != want {
			t.Errorf("%s was asked for %d times, not %d", path, s.asked[path], want)
		}
	}
	if s.asked[path("900", "students")] > 0 {
		t.Error("a closed school was asked for")
	}
}

// A server that is busy, or being started again, is asked again.
func TestABusyServerIsAskedAgain(t *testing.T) {
	s := start(t)
	s.faults[path("101", "attendance")] = []int{http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusBadGateway}
	d, _ := door(t, options(s))
	sourcetest.Check(t, sourcetest.Open(t, d, words), reach)
	if n := s.asked[path("101", "attendance")]; n != 4 {
		t.Errorf("asked %d times", n)
	}
}

// A pull that was cut off goes on with what it had; when it is whole, nothing of it
// stays.
func TestAPullThatWasCutOffGoesOn(t *testing.T) {
	s := start(t)
	o := options(s)
	o.Spool = filepath.Join(t.TempDir(), "part")
	s.faults[path("103", "attendance")] = slices.Repeat([]int{http.StatusInternalServerError}, 6)
	d, system := door(t, o)
	_, err := bundle.Open(t.Context(), d, bundle.Options{AsOf: sourcetest.AsOf, Need: bundle.Everything})
	if err == nil || !strings.Contains(err.Error(), "Aeries attendance: schools/103/attendance: the server says 500") {
		t.Fatalf("error %v", err)
	}
	if err := system.Close(); err != nil {
		t.Error(err)
	}
	kept, err := os.ReadDir(o.Spool)
	if err != nil || len(kept) == 0 {
		t.Fatalf("nothing was kept: %v", err)
	}
	for _, f := range kept {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
	}
	before := s.requests()
	d, system = door(t, o)
	sourcetest.Check(t, sourcetest.Open(t, d, words), reach)
	if n := s.requests() - before; n != 1 {
		t.Errorf("%d requests where one answer was missing", n)
	}
	if err := system.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(o.Spool); !os.IsNotExist(err) {
		t.Errorf("what was kept is still there: %v", err)
	}
	// The next day's pull takes nothing from a folder of the day before.
	s.faults[path("103", "attendance")] = slices.Repeat([]int{http.StatusInternalServerError}, 6)
	d, _ = door(t, o)
	_, _ = bundle.Open(t.Context(), d, bundle.Options{AsOf: sourcetest.AsOf, Need: bundle.Everything})
	o.Now = func() time.Time { return time.Now().Add(7 * time.Hour) }
	before = s.requests()
	d, _ = door(t, o)
	sourcetest.Check(t, sourcetest.Open(t, d, words), reach)
	if n := s.requests() - before; n < 20 {
		t.Errorf("answers of seven hours ago were taken: %d requests", n)
	}
}

func TestWhatAeriesSaysThatWeCannotReadStopsWithItsName(t *testing.T) {
	code := func(more object) []object {
		c := object{"SchoolCode": 101, "AbsenceCode": "X", "Title": "New", "TypeCode": 7}
		for k, v := range more {
			c[k] = v
		}
		return append(codes(t), c)
	}
	for _, c := range []struct {
		name string
		set  func(*server, *aeries.Options)
		want string
	}{
		{"a type that is not known", func(s *server, _ *aeries.Options) { s.answer[path("101", "AbsenceCodes")] = code(nil) },
			`Aeries absence_codes: code "X" (not used in Aeries attendance) has the category "Aeries type 7", which is none of ours`},
		{"an independent study code that is not known", func(s *server, _ *aeries.Options) {
			s.answer[path("101", "AbsenceCodes")] = code(object{"TypeCode": 2, "IndependentStudyCode": "Z"})
		}, `code "X" (not used in Aeries attendance) has the category "independent study code Z"`},
		{"a code with two meanings", func(s *server, _ *aeries.Options) {
			s.answer[path("102", "AbsenceCodes")] = []object{{"SchoolCode": 102, "AbsenceCode": "U", "TypeCode": 2}}
		}, `code "U" means unexcused at school 101 and excused at school 102`},
		{"a code without an entry", func(s *server, _ *aeries.Options) {
			for _, school := range []string{"101", "102", "103"} {
				s.answer[path(school, "AbsenceCodes")] = []object{{"AbsenceCode": "U", "TypeCode": 3}}
			}
		}, `Aeries attendance: unknown code "A"`},
		{"a calendar with tracks", func(s *server, _ *aeries.Options) {
			s.answer[path("101", "calendar")] = []object{{"CalendarDate": "20250811", "TrackHolidays": []object{{"Track": "A"}}}}
		}, "school 101 has tracks with holidays of their own (2025-08-11)"},
		{"periods that nobody said", func(_ *server, o *aeries.Options) { o.Settings.Periods = nil },
			"school 102 takes attendance by period, and how many there are in a day is not known: say it under source.aeries.periods"},
		{"a school that is not there", func(_ *server, o *aeries.Options) { o.Settings.Schools = []string{"101", "105"} }, `Aeries has no active school "105"`},
		{"the wrong certificate", func(_ *server, o *aeries.Options) { o.Certificate = "stolen" }, "the server says 401 Unauthorized (The certificate is not valid.); source.certificate must be"},
		{"another address", func(s *server, o *aeries.Options) { o.URL = s.URL + "/elsewhere" }, "the server says 404 Not Found"},
		{"an answer of another shape", func(s *server, _ *aeries.Options) { s.answer[path("101", "students")] = object{"Students": 1} }, "schools/101/students: the answer is not what version 5"},
		{"attendance that is null", func(s *server, _ *aeries.Options) { s.answer[path("101", "attendance")] = []any(nil) }, "Aeries attendance: school 101: the answer is null"},
		{"pages that do not turn", func(s *server, _ *aeries.Options) {
			s.answer[path("101", "students")] = slices.Repeat([]object{{"StudentID": 1}}, 500)
		}, "school 101: the server gives the first 500 students again"},
		{"a server that is gone", func(s *server, _ *aeries.Options) { s.Close() }, "the server does not answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t)
			o := options(s)
			c.set(s, &o)
			d, system := door(t, o)
			_, err := bundle.Open(t.Context(), d, bundle.Options{AsOf: sourcetest.AsOf, Need: bundle.Everything, Mapping: words})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant %s", err, c.want)
			}
			if shut := strings.Count(fmt.Sprint(err), "does not answer") + strings.Count(fmt.Sprint(err), "401 Unauthorized"); shut > 1 {
				t.Errorf("said %d times: %v", shut, err)
			}
			if err != nil && (strings.Contains(err.Error(), certificate) || strings.Contains(err.Error(), "stolen")) {
				t.Error("the certificate is in the error")
			}
			if err := system.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// The office settles what a class has not verified; how much of the day was missed the classes
// say, and what a teacher has verified stands.
func TestAClassThatHasNotVerifiedTakesTheOfficesWord(t *testing.T) {
	s := start(t)
	class := func(period, code string) object { return object{"Period": period, "AttendanceCode": code} }
	s.answer[path("102", "attendance")] = []object{{"StudentID": 9002, "AttendanceDays": []object{
		{"CalendarDate": midnight("2025-09-16"), "AllDayAttendanceCode": "I", "Classes": []object{class("1", "A"), class("2", "U"), class("3", "T")}},
		{"CalendarDate": midnight("2025-09-17"), "AllDayAttendanceCode": "U", "Classes": []object{class("1", "A")}},
	}}}
	d, _ := door(t, options(s))
	who, _ := sourcetest.Open(t, d, words).Student("9002")
	var got []string
	for _, m := range who.Marks {
		if m.SchoolID == "102" {
			got = append(got, m.Date.String()+" "+m.Code.Code+" "+m.Period)
		}
	}
	want := []string{"2025-09-16 I 1", "2025-09-16 U 2", "2025-09-16 T 3", "2025-09-17 A 1"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAnAnswerThatIsMendedIsAskedForAgain(t *testing.T) {
	s := start(t)
	o := options(s)
	o.Spool = filepath.Join(t.TempDir(), "part")
	s.answer[path("102", "AbsenceCodes")] = []object{{"SchoolCode": 102, "AbsenceCode": "U", "TypeCode": 2}}
	d, system := door(t, o)
	if _, err := bundle.Open(t.Context(), d, bundle.Options{AsOf: sourcetest.AsOf, Need: bundle.Everything, Mapping: words}); err == nil {
		t.Error("a code with two meanings is none")
	}
	if err := system.Close(); err != nil {
		t.Error(err)
	}
	delete(s.answer, path("102", "AbsenceCodes"))
	d, _ = door(t, o)
	sourcetest.Check(t, sourcetest.Open(t, d, words), reach)
}

func codes(t *testing.T) []object {
	return (&server{t: t}).ofSchool("101", "AbsenceCodes", nil).([]object)
}

func TestTheCertificateGoesToNoOtherServer(t *testing.T) {
	leaked := false
	other := start(t)
	other.Config.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { leaked = true })
	s := start(t)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) })
	d, _ := door(t, options(s))
	if _, err := bundle.Open(t.Context(), d, bundle.Options{AsOf: sourcetest.AsOf}); err == nil || leaked {
		t.Errorf("error %v, leaked %v", err, leaked)
	}
	for _, address := range []string{"http://aeries.example.org/api/v5", "aeries.example.org", ""} {
		if _, err := aeries.Open(aeries.Options{URL: address, Certificate: certificate, AsOf: sourcetest.AsOf}); err == nil {
			t.Errorf("%q was taken for an address", address)
		}
	}
}
