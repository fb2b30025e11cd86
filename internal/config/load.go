package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Fault is one thing wrong with the file.
type Fault struct {
	Line    int // 0 where the key is missing altogether
	Problem string
}

// Faults are all of them, as one error.
type Faults struct {
	Path   string
	Faults []Fault
}

// Error lists one fault a line.
func (f *Faults) Error() string {
	lines := make([]string, len(f.Faults))
	for i, fault := range f.Faults {
		if fault.Line > 0 {
			lines[i] = fmt.Sprintf("%s: line %d: %s", f.Path, fault.Line, fault.Problem)
		} else {
			lines[i] = fmt.Sprintf("%s: %s", f.Path, fault.Problem)
		}
	}
	return strings.Join(lines, "\n")
}

// Check is a test of one key that needs a package config does not import, such
// as the schedule's.
type Check struct {
	Key  string // schedule.cron
	Test func(*Config) error
}

// Load reads and checks a file. getenv supplies ${NAME}. The error is *Faults
// for everything that is wrong inside the file.
func Load(path string, getenv func(string) (string, bool), checks ...Check) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("no configuration at %s: write one with 'rollcall init', or name it with --config", path)
		}
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return parse(data, abs, getenv, checks)
}

func parse(data []byte, path string, getenv func(string) (string, bool), checks []Check) (*Config, error) {
	faults := &Faults{Path: filepath.Base(path)}
	var root yaml.Node
	if err := yaml.Load(data, &root); err != nil {
		faults.add(err)
		return nil, faults
	}
	expand(&root, getenv, faults)
	c := defaults()
	if err := root.Load(&c, yaml.WithKnownFields()); err != nil {
		faults.add(err)
		return nil, faults
	}
	c.Path = path
	c.resolve(filepath.Dir(path))
	v := &checker{root: &root, faults: faults}
	v.check(&c)
	for _, check := range checks {
		if err := check.Test(&c); err != nil {
			v.fault(check.Key, "%s", err)
		}
	}
	if err := faults.err(); err != nil {
		return nil, err
	}
	return &c, nil
}

// err is nil where there are none, else all of them by line.
func (f *Faults) err() error {
	if len(f.Faults) == 0 {
		return nil
	}
	slices.SortStableFunc(f.Faults, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
	return f
}

// add turns the library's faults into ours, naming the valid choice where the
// key is not known.
func (f *Faults) add(err error) {
	var all *yaml.LoadErrors
	if !errors.As(err, &all) {
		f.Faults = append(f.Faults, Fault{Problem: err.Error()})
		return
	}
	for _, e := range all.Errors {
		f.Faults = append(f.Faults, Fault{Line: e.Mark.Line, Problem: explain(e.Message)})
	}
}

var unknownField = regexp.MustCompile(`field (\S+) not found in type (\S+)`)

func explain(message string) string {
	m := unknownField.FindStringSubmatch(message)
	if m == nil {
		return message
	}
	if keys := keysOf(m[2]); len(keys) > 0 {
		return fmt.Sprintf("unknown key %q; the keys here are %s", m[1], strings.Join(keys, ", "))
	}
	return fmt.Sprintf("unknown key %q", m[1])
}

var reference = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expand fills ${NAME} in every value from the environment.
func expand(n *yaml.Node, getenv func(string) (string, bool), faults *Faults) {
	if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "${") {
		n.Value = reference.ReplaceAllStringFunc(n.Value, func(ref string) string {
			name := ref[2 : len(ref)-1]
			value, ok := getenv(name)
			if !ok {
				faults.Faults = append(faults.Faults, Fault{Line: n.Line,
					Problem: fmt.Sprintf("the environment has no %s; set it where the night runs", name)})
			}
			return value
		})
	}
	for _, child := range n.Content {
		expand(child, getenv, faults)
	}
}

func defaults() Config {
	return Config{
		District:  District{TimeZone: "America/Los_Angeles", State: "CA"},
		Source:    Source{Kind: "csvdir", MaxRejectRatio: 0.01, Spool: "aeries-spool"},
		Letters:   Letters{Batch: 200, CorrectBy: 3, Supports: slices.Clone(defaultSupports), InSpanish: maps.Clone(defaultInSpanish)},
		Mail:      Mail{Transport: "folder", Folder: "mail", MaxSize: 10 << 20, SMTP: SMTP{Port: 587, TLS: "starttls"}},
		Ledger:    Ledger{Driver: "sqlite", Path: "rollcall.db"},
		Shelf:     Shelf{Path: "out"},
		Schedule:  Schedule{Cron: "0 4 * * *"},
		Safety:    Safety{Release: "auto", MaxNewCases: Limit{Percent: 10}, MaxTakenBack: Limit{Percent: 20}, QuietDayMedian: 5, AbsentShare: 50},
		Privacy:   Privacy{SuppressSmallCells: true},
		Retention: Retention{Years: 3},
	}
}

func (c *Config) resolve(dir string) {
	for _, p := range []*string{&c.Source.Path, &c.Source.Inbox, &c.Source.Spool, &c.Letters.Templates, &c.Mail.Folder, &c.Ledger.Path, &c.Shelf.Path, &c.District.Logo, &c.Mail.SMTP.PasswordFile, &c.Mail.SMTP.CAFile, &c.Schedule.Metrics} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
}

// checker finds what the types alone do not forbid.
type checker struct {
	root   *yaml.Node
	faults *Faults
}

func (v *checker) fault(path, format string, args ...any) {
	line := v.line(strings.Split(path, "."))
	v.faults.Faults = append(v.faults.Faults, Fault{Line: line, Problem: path + ": " + fmt.Sprintf(format, args...)})
}

func (v *checker) oneOf(path, value string, choices ...string) {
	if !slices.Contains(choices, value) {
		v.fault(path, "%q is none of %s", value, strings.Join(choices, ", "))
	}
}

func (v *checker) required(path, value, example string) {
	if strings.TrimSpace(value) == "" {
		v.fault(path, "is missing; for example %s", example)
	}
}

func (v *checker) check(c *Config) {
	v.required("district.name", c.District.Name, "Valle Verde Unified School District")
	v.required("district.phone", c.District.Phone, "(951) 555-0100")
	var err error
	if c.District.Location, err = time.LoadLocation(c.District.TimeZone); err != nil || c.District.TimeZone == "" {
		v.fault("district.time_zone", "%q is no time zone; for example America/Los_Angeles", c.District.TimeZone)
		c.District.Location = time.UTC
	}
	v.source(&c.Source)
	if c.Source.MaxRejectRatio < 0 || c.Source.MaxRejectRatio > 1 {
		v.fault("source.max_reject_ratio", "%v is not between 0 and 1; 0.01 is one row in a hundred", c.Source.MaxRejectRatio)
	}
	for _, err := range c.Source.Interventions.Validate() {
		v.fault("source.interventions", "%s", err)
	}
	c.Policies = v.policies(c.Policy)
	for _, err := range c.Meetings.Validate() {
		v.fault("meetings", "%s", err)
	}
	if c.Letters.Batch < 1 || c.Letters.Batch > 200 {
		v.fault("letters.batch", "%d is not between 1 and 200", c.Letters.Batch)
	}
	if c.Letters.CorrectBy < 1 {
		v.fault("letters.correct_by", "%d is not at least 1", c.Letters.CorrectBy)
	}
	v.mail(&c.Mail)
	v.oneOf("ledger.driver", c.Ledger.Driver, "sqlite", "postgres")
	if c.Ledger.Driver == "postgres" {
		v.required("ledger.dsn", c.Ledger.DSN, "postgres://rollcall:${ROLLCALL_DB_PASSWORD}@db.example.org/rollcall")
	} else {
		v.required("ledger.path", c.Ledger.Path, "rollcall.db")
		if c.Ledger.DSN != "" {
			v.fault("ledger.dsn", "is given, but ledger.driver is sqlite, a file: write driver: postgres, or take the dsn out")
		}
	}
	v.shelf(&c.Shelf)
	if rel, err := filepath.Rel(c.Ledger.Path, c.Shelf.Path); err == nil && filepath.IsLocal(rel) {
		v.fault("shelf.path", "is the ledger's file (ledger.path) or lies in it; name a folder of its own, for example out")
	}
	v.required("schedule.cron", c.Schedule.Cron, `"0 4 * * *"`)
	if c.Web.Listen != "" {
		if _, _, err := net.SplitHostPort(c.Web.Listen); err != nil {
			v.fault("web.listen", "%q is no address to listen on; for example 127.0.0.1:9377", c.Web.Listen)
		}
	}
	v.oneOf("safety.release", c.Safety.Release, "auto", "manual")
	v.percent("safety.absent_share", c.Safety.AbsentShare)
	if c.Retention.Years < 1 {
		v.fault("retention.years", "%d is not at least 1", c.Retention.Years)
	}
}

func (v *checker) percent(path string, value float64) {
	if value <= 0 || value > 100 {
		v.fault(path, "%v is no percentage between 0 and 100", value)
	}
}

// domainName is a domain as it stands behind the @ of an address.
var domainName = regexp.MustCompile(`(?i)^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)

func (v *checker) mail(m *Mail) {
	v.oneOf("mail.transport", m.Transport, "folder", "smtp", "none")
	if m.Attach != "" {
		v.oneOf("mail.attach", m.Attach, "none", "encrypted", "plain")
	}
	if m.Attach == "encrypted" && len(m.Passwords) == 0 {
		v.fault("mail.attach", "encrypted needs mail.passwords: one for each school ID, or one under default")
	}
	if m.MaxSize < 64<<10 {
		v.fault("mail.max_size", "%d bytes is less than an empty message with its links; 10485760 is usual", m.MaxSize)
	}
	if m.Transport == "none" {
		return
	}
	if _, err := mail.ParseAddress(m.From); err != nil {
		v.fault("mail.from", "%q is no mail address; for example Attendance Office <attendance@example.org>", m.From)
	}
	if m.ReplyTo != "" {
		if _, err := mail.ParseAddress(m.ReplyTo); err != nil {
			v.fault("mail.reply_to", "%q is no mail address", m.ReplyTo)
		}
	}
	for i, address := range m.Operations {
		if _, err := mail.ParseAddress(address); err != nil {
			v.fault(fmt.Sprintf("mail.operations.%d", i), "%q is no mail address", address)
		}
	}
	if len(m.AllowedDomains) == 0 {
		v.fault("mail.allowed_domains", "is missing: student data go only to the domains named here; for example [example.org]")
	}
	for i, domain := range m.AllowedDomains {
		if !domainName.MatchString(domain) {
			v.fault(fmt.Sprintf("mail.allowed_domains.%d", i), "%q is no domain; write what stands behind the @ and each subdomain by itself, for example example.org", domain)
		}
	}
	if m.Transport != "smtp" {
		v.required("mail.folder", m.Folder, "mail")
		return
	}
	v.required("mail.smtp.host", m.SMTP.Host, "smtp.example.org")
	v.oneOf("mail.smtp.tls", m.SMTP.TLS, "starttls", "implicit", "none")
	if m.SMTP.Port < 1 || m.SMTP.Port > 65535 {
		v.fault("mail.smtp.port", "%d is no port; 587 is usual", m.SMTP.Port)
	}
	switch {
	case m.SMTP.Password != "" && m.SMTP.PasswordFile != "":
		v.fault("mail.smtp.password", "is set twice; keep either password or password_file")
	case m.SMTP.PasswordFile != "":
		secret, err := os.ReadFile(m.SMTP.PasswordFile)
		if err != nil {
			v.fault("mail.smtp.password_file", "%v", err)
		}
		m.SMTP.Password = strings.TrimRight(string(secret), "\r\n")
	}
}
