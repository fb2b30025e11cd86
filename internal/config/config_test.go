package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
)

func noEnv(string) (string, bool) { return "", false }

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rollcall.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStarterIsAValidConfiguration(t *testing.T) {
	for _, s := range []Starter{NewDistrict, DemoDistrict} {
		c, err := Load(write(t, s.Text()), noEnv)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if c.District.Name != s.Name || c.District.Zip != s.Zip {
			t.Errorf("district %q %q, want %q %q", c.District.Name, c.District.Zip, s.Name, s.Zip)
		}
		if want := filepath.Join(filepath.Dir(c.Path), s.Bundle); c.Source.Path != want {
			t.Errorf("source.path %q is not relative to the file: want %q", c.Source.Path, want)
		}
	}
}

func TestEveryFaultIsNamedWithItsLineAtOnce(t *testing.T) {
	path := write(t, `district:
  name: Somewhere Unified
  phone: 555
  time_zone: Mars/Olympus
source:
  path: bundle
  patth: elsewhere
policy:
  cart:
    - {name: odd, when: days_absnt > 3}
mail:
  transport: pigeon
  from: nobody
safety:
  max_new_cases: many
`)
	_, err := Load(path, noEnv)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{`line 7: unknown key "patth"`, "kind, max_reject_ratio, path", "line 15:"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
	// Once the types are right, the values are judged, all of them.
	text, _ := os.ReadFile(path)
	good := strings.NewReplacer("  patth: elsewhere\n", "", "max_new_cases: many", "max_new_cases: 12%").Replace(string(text))
	_, err = Load(write(t, good), noEnv)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		"line 4: district.time_zone", "days_absnt", `line 11: mail.transport: "pigeon" is none of folder, smtp, none`,
		"line 12: mail.from", "mail.allowed_domains: is missing",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
}

func TestSecretsComeFromTheEnvironment(t *testing.T) {
	text := strings.Replace(NewDistrict.Text(), "  # attach: encrypted", "  passwords: {default: \"${PDF_PASSWORD}\"}\n  # attach: encrypted", 1)
	_, err := Load(write(t, text), noEnv)
	if err == nil || !strings.Contains(err.Error(), "the environment has no PDF_PASSWORD") {
		t.Fatalf("a missing secret: %v", err)
	}
	c, err := Load(write(t, text), func(name string) (string, bool) { return "s3cret for " + name, true })
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Mail.Passwords["default"]; got != "s3cret for PDF_PASSWORD" {
		t.Errorf("password %q", got)
	}
}

func TestASupportIsATextOrOneInEachLanguage(t *testing.T) {
	with := func(supports string) (*Config, error) {
		return Load(write(t, strings.Replace(NewDistrict.Text(), "  # supports: ", "  supports: "+supports+"\n  # ", 1)), noEnv)
	}
	c, err := with(`[Bus pass, {en: Home visit, es: Visita al hogar}, {en: Mentor}]`)
	if err != nil {
		t.Fatal(err)
	}
	want := []Support{{English: "Bus pass"}, {English: "Home visit", Spanish: "Visita al hogar"}, {English: "Mentor"}}
	if diff := cmp.Diff(want, c.Letters.Supports); diff != "" {
		t.Error(diff)
	}
	for supports, fault := range map[string]string{
		`[{en: Home visit, fr: Visite}]`: `unknown key "fr"; the keys here are en, es`,
		`[{es: Visita al hogar}]`:        "a support needs its English text",
		`[""]`:                           "a support needs its English text",
		`[[a, b]]`:                       "line ",
	} {
		if _, err := with(supports); err == nil || !strings.Contains(err.Error(), fault) || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%s: %v, want %q with its line", supports, err, fault)
		}
	}
	for _, s := range defaults().Letters.Supports {
		if s.English == "" || s.Spanish == "" {
			t.Errorf("%+v lacks a language", s)
		}
	}
}

func TestANightJustAfterMidnightMeansYesterday(t *testing.T) {
	c, err := Load(write(t, NewDistrict.Text()), noEnv)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []struct{ clock, want string }{
		{"2026-10-16T00:05:00-07:00", "2026-10-15"}, {"2026-10-16T04:00:00-07:00", "2026-10-15"},
		{"2026-10-16T11:59:00-07:00", "2026-10-15"}, {"2026-10-16T12:00:00-07:00", "2026-10-16"},
		{"2026-11-01T04:00:00-08:00", "2026-10-31"}, {"2027-03-14T04:00:00-07:00", "2027-03-13"},
	} {
		now, err := time.Parse(time.RFC3339, at.clock)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.AsOf(now.UTC()).String(); got != at.want {
			t.Errorf("at %s the night is of %s, want %s", at.clock, got, at.want)
		}
	}
}

func TestLimitIsACountOrAShareOfEnrolment(t *testing.T) {
	for _, c := range []struct {
		text          string
		n, enrolled   int
		wantsTooMany  bool
		wantsAccepted bool
	}{
		{"10%", 73, 728, true, true}, {"10%", 72, 728, false, true}, {"25", 26, 728, true, true}, {"25", 25, 728, false, true},
		{"0%", 0, 0, false, false}, {"110%", 0, 0, false, false}, {"-3", 0, 0, false, false}, {"ten", 0, 0, false, false},
	} {
		var l Limit
		if err := l.UnmarshalText([]byte(c.text)); (err == nil) != c.wantsAccepted {
			t.Errorf("%q: %v", c.text, err)
		} else if err == nil && l.Exceeded(c.n, c.enrolled) != c.wantsTooMany {
			t.Errorf("%q: %d of %d: %v", c.text, c.n, c.enrolled, !c.wantsTooMany)
		}
	}
}

func TestANightIsIssuedByItselfUnlessTheDistrictSaysOtherwise(t *testing.T) {
	starter := NewDistrict.Text()
	line := "  release: auto  "
	if !strings.Contains(starter, line) {
		t.Fatalf("the starter does not say %q", line)
	}
	for _, c := range []struct{ text, want, fault string }{
		{"", "auto", ""}, {"  release: auto  ", "auto", ""}, {"  release: manual", "manual", ""},
		{"  release: sometimes  ", "", `safety.release: "sometimes" is none of auto, manual`},
		{"  releas: manual  ", "", `unknown key "releas"; the keys here are absent_share, max_new_cases, max_taken_back, quiet_day_median, release`},
	} {
		cfg, err := Load(write(t, strings.Replace(starter, line, c.text, 1)), noEnv)
		switch {
		case c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)):
			t.Errorf("%q: %v, want %s", c.text, err, c.fault)
		case c.fault == "" && err != nil:
			t.Errorf("%q: %v", c.text, err)
		case c.fault == "" && cfg.Safety.Release != c.want:
			t.Errorf("%q: %q, want %q", c.text, cfg.Safety.Release, c.want)
		}
	}
}

func TestPlacesAndDomainsThatCannotWorkAreRefusedWithTheirLine(t *testing.T) {
	starter := NewDistrict.Text()
	domains := "  allowed_domains: [example.org]"
	if !strings.Contains(starter, domains) {
		t.Fatalf("the starter does not say %q", domains)
	}
	for _, c := range []struct{ old, text, fault string }{
		{domains, "  allowed_domains: [example.org, Oak.Example.org]", ""},
		{domains, `  allowed_domains: ["*.org"]`, `mail.allowed_domains.0: "*.org" is no domain; write what stands behind the @`},
		{domains, `  allowed_domains: [example.org, "@example.org"]`, `mail.allowed_domains.1: "@example.org" is no domain`},
		{domains, `  allowed_domains: [org]`, `"org" is no domain`},
		{"  driver: sqlite", "  driver: sqlite\n  dsn: postgres://h/d", "ledger.dsn: is given, but ledger.driver is sqlite"},
		{"  path: out", "  path: rollcall.db", "shelf.path: is the ledger's file (ledger.path) or lies in it; name a folder of its own"},
		{"  path: out", "  path: rollcall.db/out", "shelf.path: is the ledger's file"},
		{"  path: out", "  path: rollcall.dbs", ""},
	} {
		_, err := Load(write(t, strings.Replace(starter, c.old, c.text, 1)), noEnv)
		switch {
		case c.fault == "" && err != nil:
			t.Errorf("%q: %v", c.text, err)
		case c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault) || !strings.Contains(err.Error(), ": line ")):
			t.Errorf("%q: %v, want its line and %s", c.text, err, c.fault)
		}
	}
}

func TestTheStarterNamesNothingThatNothingUses(t *testing.T) {
	for _, key := range []string{"\nretention:"} {
		if strings.Contains(NewDistrict.Text(), key) {
			t.Errorf("the starter has %q", key)
		}
	}
}

func TestADistrictsRoomsAreAddedToTheCommonOnes(t *testing.T) {
	c, err := Load(write(t, strings.Replace(NewDistrict.Text(), "  # in_spanish:", "  in_spanish: {Room 4: Salón 4, Library: Centro de lectura}\n  # x:", 1)), noEnv)
	if err != nil {
		t.Fatal(err)
	}
	for room, want := range map[string]string{"Room 4": "Salón 4", "Library": "Centro de lectura", "School office": "Oficina de la escuela"} {
		if got := c.Letters.InSpanish[room]; got != want {
			t.Errorf("%s is %q, want %q", room, got, want)
		}
	}
	if defaultInSpanish["Library"] != "Biblioteca" {
		t.Error("one district's words became everyone's")
	}
}

func TestAForeignExportIsCheckedWithItsLine(t *testing.T) {
	_, err := Load(write(t, `district: {name: Valle Verde, phone: (951) 555-0100}
source:
  path: export
  encoding: latin-1
  dates: MM/DD/YYYY
  columns:
    students:
      separator: tab
      names:
        student_id: ID
        surname: LN
    attendance: {dates: YY}
    enrolments: {file: x}
`), noEnv)
	for _, want := range []string{
		`line 4: source.encoding: "latin-1" is none of utf-8, utf-16, windows-1252`,
		`line 11: source.columns.students.names.surname: students has no column "surname"; the columns are student_id, last_name`,
		`line 12: source.columns.attendance.dates: "YY" is no form of dates`,
		`line 13: source.columns.enrolments: is no table of the bundle; the tables are schools, staff`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %s in\n%v", want, err)
		}
	}
	s := Source{Encoding: "utf-16", Dates: "MM/DD/YYYY", Columns: bundle.Mapping{district.Students: {Dates: "YYYYMMDD"}}}
	m := s.Mapping()
	if m[district.Students].Dates != "YYYYMMDD" || m[district.Students].Encoding != "utf-16" || m[district.Behavior].Dates != "MM/DD/YYYY" {
		t.Errorf("%+v", m)
	}
}

func TestWhoHearsOfANightIsChecked(t *testing.T) {
	for _, c := range []struct{ old, text, fault string }{
		{"  # operations: [it@example.org]", "  operations: [it]", `mail.operations.0: "it" is no mail address`},
		{"# web:", "web: {listen: 9377}\n#", `web.listen: "9377" is no address to listen on`},
		{"# web:", "web: {listen: \"127.0.0.1:9377\"}\n#", ""},
		{"  # inbox: inbox", "  interventions: {SART hold: {code: x}}\n  # x", `source.interventions: "SART hold" is no entry`},
	} {
		starter := strings.ReplaceAll(NewDistrict.Text(), "it@district.example.org", "it@example.org")
		if !strings.Contains(starter, c.old) {
			t.Fatalf("the starter has no %q", c.old)
		}
		_, err := Load(write(t, strings.Replace(starter, c.old, c.text, 1)), noEnv)
		if c.fault == "" && err != nil || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}
