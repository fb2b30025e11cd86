// Package config reads rollcall.yaml into plain structs: what a district sets,
// checked as strictly as it can be without touching anything else. An unknown
// key, a wrong type or a missing value is reported with its line and the valid
// choice, all faults at once. Secrets come from the environment (${NAME}) or
// from a file (password_file), never from the file itself.
package config

import (
	"cmp"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/source/aeries"
)

// Config is the whole file. Paths are absolute: relative ones were resolved
// against the file's folder.
type Config struct {
	District  District                  `yaml:"district"`
	Source    Source                    `yaml:"source"`
	Policy    RuleSets                  `yaml:"policy"`
	Meetings  intervention.MeetingRules `yaml:"meetings"`
	Letters   Letters                   `yaml:"letters"`
	Mail      Mail                      `yaml:"mail"`
	Ledger    Ledger                    `yaml:"ledger"`
	Shelf     Shelf                     `yaml:"shelf"`
	Schedule  Schedule                  `yaml:"schedule"`
	Safety    Safety                    `yaml:"safety"`
	Web       Web                       `yaml:"web"`
	Privacy   Privacy                   `yaml:"privacy"`
	Retention Retention                 `yaml:"retention"`

	// Path is the file it was read from.
	Path string `yaml:"-"`
	// Policies are Policy, compiled.
	Policies *intervention.Policies `yaml:"-"`
}

// District is the letterhead and the clock.
type District struct {
	Name     string `yaml:"name"`
	Street   string `yaml:"street"`
	City     string `yaml:"city"`
	State    string `yaml:"state"`
	Zip      string `yaml:"zip"`
	Phone    string `yaml:"phone"`
	Website  string `yaml:"website"`
	Logo     string `yaml:"logo"`
	TimeZone string `yaml:"time_zone"`

	Location *time.Location `yaml:"-"`
}

// Source is where the bundle comes from.
type Source struct {
	Kind string `yaml:"kind"` // csvdir, pgview, edfi, aeries
	// Path is the folder of csvdir. For the others it is where files stand that the
	// system does not give out, or that stand in for what it says; empty for none.
	Path           string          `yaml:"path"`
	DSN            string          `yaml:"dsn"`         // pgview, edfi: the PostgreSQL server
	Schema         string          `yaml:"schema"`      // pgview: where the views are; empty: bundle
	URL            string          `yaml:"url"`         // aeries: the address of the API
	Certificate    string          `yaml:"certificate"` // aeries: what lets us in
	Spool          string          `yaml:"spool"`       // aeries: a folder to go on from when a pull is cut off
	Aeries         aeries.Settings `yaml:"aeries"`
	MaxRejectRatio float64         `yaml:"max_reject_ratio"`
	// Encoding, Separator and Dates are those of every table that says nothing else
	// under Columns.
	Encoding  string `yaml:"encoding"`
	Separator string `yaml:"separator"`
	Dates     string `yaml:"dates"`
	// Columns translates an export with names and values of its own.
	Columns bundle.Mapping `yaml:"columns"`
	// Inbox is a folder of filled-in rosters that the night reads; empty for none.
	Inbox string `yaml:"inbox"`
	// Interventions are the tags and codes of what is entered into the SIS.
	Interventions intervention.Codings `yaml:"interventions"`
}

// In is the source read from a folder instead, such as an export that was kept: with
// the same names and values where it is a folder of exports, else as a bundle.
func (s Source) In(dir string) Source {
	if s.Kind != "csvdir" {
		return Source{Kind: "csvdir", Path: dir, MaxRejectRatio: s.MaxRejectRatio}
	}
	s.Path = dir
	return s
}

// Mapping is Columns with what is said of every table.
func (s *Source) Mapping() bundle.Mapping {
	m := bundle.Mapping{}
	for _, file := range bundle.Files {
		f := s.Columns[file]
		f.Encoding, f.Separator, f.Dates = cmp.Or(f.Encoding, s.Encoding), cmp.Or(f.Separator, s.Separator), cmp.Or(f.Dates, s.Dates)
		m[file] = f
	}
	return m
}

// Letters is what a district may change about its paper.
type Letters struct {
	Templates string    `yaml:"templates"` // a folder that overrides file by file
	Supports  []Support `yaml:"supports"`  // interventions to tick on the contract
	// InSpanish is what Spanish letters call a place or room, by its name under
	// meetings.
	InSpanish map[string]string `yaml:"in_spanish"`
	Batch     int               `yaml:"batch"` // letters in one PDF
	// CorrectBy is how many instructional days before the meeting a family can
	// still have a date corrected.
	CorrectBy int `yaml:"correct_by"`
}

// Mail is how staff hear of the night.
type Mail struct {
	Transport      string   `yaml:"transport"` // folder, smtp, none
	Folder         string   `yaml:"folder"`
	From           string   `yaml:"from"`
	ReplyTo        string   `yaml:"reply_to"`
	AllowedDomains []string `yaml:"allowed_domains"`
	// Operations are who hears of a night that failed or did not run; nobody: the
	// district office of the last night.
	Operations []string          `yaml:"operations"`
	Attach     string            `yaml:"attach"` // none, encrypted, plain; empty: encrypted where a password is set
	Passwords  map[string]string `yaml:"passwords"`
	MaxSize    int64             `yaml:"max_size"` // bytes after encoding
	Link       string            `yaml:"link"`     // where people find the shelf; default its path
	SMTP       SMTP              `yaml:"smtp"`
}

// SMTP is the district's mail server.
type SMTP struct {
	Host         string `yaml:"host"`
	Port         int    `yaml:"port"`
	TLS          string `yaml:"tls"` // starttls, implicit, none (loopback only)
	Username     string `yaml:"username"`
	Password     string `yaml:"password"`
	PasswordFile string `yaml:"password_file"`
	CAFile       string `yaml:"ca_file"` // certificates to trust besides the system's
}

// Ledger is the memory.
type Ledger struct {
	Driver string `yaml:"driver"` // sqlite, postgres
	Path   string `yaml:"path"`   // the SQLite file
	DSN    string `yaml:"dsn"`    // the PostgreSQL server: a URL or key=value words
}

// Shelf is where documents go: a folder or, for many machines, a bucket.
type Shelf struct {
	Path   string `yaml:"path"`
	Bucket Bucket `yaml:"bucket"`
}

// Bucket is one that speaks S3; without a name there is none.
type Bucket struct {
	Endpoint  string `yaml:"endpoint"` // host or host:port
	Region    string `yaml:"region"`
	Name      string `yaml:"name"`
	Prefix    string `yaml:"prefix"` // before every document
	AccessKey string `yaml:"access_key"`
	SecretKey string `yaml:"secret_key"`
}

// Where is the shelf as a person finds it.
func (s *Shelf) Where() string {
	if s.Bucket.Name == "" {
		return s.Path
	}
	return "s3://" + path.Join(s.Bucket.Name, s.Bucket.Prefix)
}

// Schedule is when the daemon runs the night, and what is told of each night,
// whoever runs it.
type Schedule struct {
	Cron    string `yaml:"cron"`
	Ping    string `yaml:"ping"`    // address of a health check; empty for none
	Metrics string `yaml:"metrics"` // file for the node exporter's textfile collector; empty for none
}

// Safety is when a school's night stops for a person.
type Safety struct {
	// Release is auto, where what is decided is issued at night, or manual, where
	// it waits for a person's approval.
	Release string `yaml:"release"`
	// MaxNewCases is how many new cases a school may have in one night after the
	// first run of the year before they are held.
	MaxNewCases Limit `yaml:"max_new_cases"`
	// MaxTakenBack is how many of its open cases a school may lose in one night,
	// because absences are not in the export any more, before it is held: an export
	// that was cut short looks like a district whose children were all there.
	MaxTakenBack Limit `yaml:"max_taken_back"`
	// QuietDayMedian: no attendance row on the latest day although the median of
	// the twenty before it was at least this many means the data did not come.
	QuietDayMedian int `yaml:"quiet_day_median"`
	// AbsentShare is the share of pupils in percent above which a day's
	// absences are not believed.
	AbsentShare float64 `yaml:"absent_share"`
}

// Limit is a count, or a share of enrolment in percent ("10%").
type Limit struct {
	Percent float64 // 0 where Count is meant
	Count   int
}

// UnmarshalText reads 25 or 10%.
func (l *Limit) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	if share, ok := strings.CutSuffix(s, "%"); ok {
		percent, err := strconv.ParseFloat(strings.TrimSpace(share), 64)
		if err != nil || percent <= 0 || percent > 100 {
			return fmt.Errorf("%q is neither a count of cases nor a percentage such as 10%%", s)
		}
		*l = Limit{Percent: percent}
		return nil
	}
	count, err := strconv.Atoi(s)
	if err != nil || count < 0 {
		return fmt.Errorf("%q is neither a count of cases nor a percentage such as 10%%", s)
	}
	*l = Limit{Count: count}
	return nil
}

// Exceeded reports whether n new cases are more than the limit allows a school
// of the given enrolment.
func (l Limit) Exceeded(n, enrolled int) bool {
	if l.Percent > 0 {
		return float64(100*n) > l.Percent*float64(enrolled)
	}
	return n > l.Count
}

// Web is what the daemon shows over HTTP.
type Web struct {
	Listen string `yaml:"listen"` // address of /metrics and /healthz, 127.0.0.1:9377; empty for none
}

// Privacy is what documents leave out.
type Privacy struct {
	SuppressSmallCells bool `yaml:"suppress_small_cells"`
	// LeaveOut names sections that meeting files do without.
	LeaveOut []string `yaml:"leave_out"`
}

// Retention is how long records are kept.
type Retention struct {
	Years int `yaml:"years"`
}

// AsOf is the as-of date of a night that starts at t: the date twelve hours
// before, in the district's zone, so that a run just after midnight means
// yesterday. (rules.md 1)
func (c *Config) AsOf(t time.Time) district.Date {
	return district.DateIn(t.Add(-12*time.Hour), c.District.Location)
}
