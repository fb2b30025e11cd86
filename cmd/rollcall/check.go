package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
	"golang.org/x/sys/unix"

	"rollcall/internal/bundle"
	"rollcall/internal/config"
	"rollcall/internal/database"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
	"rollcall/internal/mail/smtp"
	"rollcall/reports"
)

type checkCommand struct {
	AsOf district.Date `help:"Read the export as of this date. Default: the date twelve hours ago." placeholder:"2026-10-15"`
}

// Help shows an example.
func (checkCommand) Help() string {
	return "Nothing is issued, sent or stored.\n\nExample:\n  rollcall check"
}

// Run tries each thing a night needs, all of them whatever fails before, and
// says each fault with its mend.
func (c *checkCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		fmt.Fprintln(s.stdout, "configuration  FAULT")
		return err
	}
	if c.AsOf.IsZero() {
		c.AsOf = cfg.AsOf(s.now())
	}
	facts := s.hushed(g).stdout
	faults := 0
	var known *ledger.Extent
	for _, trial := range []struct {
		name string
		try  func() (string, error)
	}{
		{"configuration", func() (string, error) { return cfg.Path, nil }},
		{"policy", func() (string, error) { return checkPolicy(cfg, c.AsOf) }},
		{"templates", func() (string, error) { return checkWords(cfg, c.AsOf) }},
		{"fonts", func() (string, error) { return checkFonts() }},
		{"source", func() (string, error) { return checkSource(ctx, cfg, c.AsOf, s) }},
		{"ledger", func() (fact string, err error) {
			fact, known, err = checkLedger(ctx, cfg)
			return fact, err
		}},
		{"shelf", func() (string, error) { return checkShelf(ctx, cfg, known) }},
		{"mail", func() (string, error) { return checkMail(ctx, cfg) }},
		{"schedule", func() (string, error) { return checkClock(cfg, s.now()) }},
	} {
		fact, err := trial.try()
		if err == nil {
			fmt.Fprintf(facts, "%-14s ok     %s\n", trial.name, fact)
			continue
		}
		faults++
		for _, line := range strings.Split(words(err), "\n") {
			fmt.Fprintf(s.stdout, "%-14s FAULT  %s\n", trial.name, line)
		}
	}
	if faults > 0 {
		return usage(fmt.Errorf("%d of 9 checks found a fault; mend what is said above and check again", faults))
	}
	fmt.Fprintln(facts, "Everything a night needs is there. Look at one without issuing it: rollcall nightly --dry-run")
	return nil
}

// checkPolicy looks for the rule set in force; what the others lack was said when
// the configuration was read.
func checkPolicy(c *config.Config, asOf district.Date) (string, error) {
	p, err := c.Policies.On(asOf)
	if err != nil {
		return "", err
	}
	fact := fmt.Sprintf("%d rules, hash %s", len(p.Text.CART)+len(p.Text.SART)+len(p.Text.WatchList)+len(p.Text.CARTAgain)+len(p.Text.SARB), intervention.ShortHash(p.Hash))
	if n := len(c.Policies.All()); n > 1 {
		fact += fmt.Sprintf(", %q of %d rule sets", p.Text.Name, n)
	}
	return fact, nil
}

func checkWords(c *config.Config, asOf district.Date) (string, error) {
	_, err := fitWords(c, asOf)
	return "letters, forms and mail read and filled with the fictitious family", err
}

func checkFonts() (string, error) {
	const sample = "José Núñez · Nguyễn Thị Ánh · Žofia Łukasz · Ελένη · Анна · ☐ ☑"
	if missing := reports.MissingGlyphs(sample); len(missing) > 0 {
		return "", fmt.Errorf("the font lacks %q", missing)
	}
	return "Latin, Vietnamese, Greek, Cyrillic", nil
}

func checkSource(ctx context.Context, c *config.Config, asOf district.Date, s *surroundings) (string, error) {
	data, err := openSource(ctx, c.Source, asOf, bundle.Everything, s.log)
	if err != nil {
		return "", err
	}
	if err := data.Excess(); err != nil {
		return "", err
	}
	d := data.District()
	var faults []error
	for _, school := range d.Schools {
		for _, role := range []district.Role{district.Admin, district.OfficeManager, district.AttendanceSpecialist} {
			if len(d.StaffOf(school.ID, role)) == 0 {
				faults = append(faults, fmt.Errorf("%s: school %s has no %s: nobody would get that mail; add a row", data.Name(district.StaffFile), school.ID, role))
			}
		}
	}
	if !anyInSession(d) {
		faults = append(faults, fmt.Errorf("%s: no instructional day in %s; export the calendar of the school year", data.Name(district.CalendarFile), d.Year))
	}
	if c.Source.Inbox != "" {
		if err := writable(c.Source.Inbox); err != nil {
			faults = append(faults, fmt.Errorf("source.inbox: %w", err))
		} else if _, err := os.Stat(c.Source.Inbox); err != nil {
			faults = append(faults, fmt.Errorf("source.inbox: %w; make the folder, so that schools can put filled-in rosters there", err))
		}
	}
	return fmt.Sprintf("%d schools, %d students, %d rows of attendance, %d rows rejected", len(d.Schools), d.Rows[district.Students], d.Rows[district.Attendance], len(d.Rejects)), errors.Join(faults...)
}

// checkClock says when the daemon runs next, and warns of a time that the change of
// the clocks takes out or brings twice.
func checkClock(c *config.Config, now time.Time) (string, error) {
	schedule, err := cron.ParseStandard(c.Schedule.Cron)
	if err != nil {
		return "", err
	}
	fact := "'rollcall serve' runs the next night at " + schedule.Next(now.In(c.District.Location)).Format("Monday, January 2, 3:04 PM MST")
	for _, day := range clockChanges(schedule, now, c.District.Location) {
		fact += fmt.Sprintf("; PLEASE LOOK: the clocks change in the night of %s, and its hour is not there once, or there twice: a night before 1:00 or after 3:00 has no such trouble", day)
		break
	}
	return fact, nil
}

// checkLedger looks at the ledger and leaves it as it is: one that is missing is
// not made, and an old one waits for the next night, which brings it up to date. known is
// what it knows, nil where it cannot say.
func checkLedger(ctx context.Context, c *config.Config) (fact string, known *ledger.Extent, err error) {
	path, o := ledgerName(c), ledgerOf(c)
	server := c.Ledger.Driver == database.Postgres
	reachable := func() error {
		if server {
			return ledger.MayMake(ctx, o) // the trial tells whether it can be written
		}
		return errors.Join(writableFile(path), writable(filepath.Dir(path)))
	}
	schema, err := ledger.Look(ctx, o)
	switch {
	case errors.Is(err, ledger.ErrNone):
		return path + ", will be created by the first night", &ledger.Extent{}, writable(filepath.Dir(path))
	case err != nil:
		return "", nil, err
	case server && schema.Has == 0:
		return path + ", is empty; the first night makes its tables", &ledger.Extent{}, ledger.MayMake(ctx, o)
	case schema.Has > schema.Knows:
		return "", nil, fmt.Errorf("%s was written by a newer version of rollcall (schema %d, this one knows %d); run that version or a newer one", path, schema.Has, schema.Knows)
	case schema.Has < schema.Knows:
		return fmt.Sprintf("%s, is from version %d, will be brought up to date (version %d) by the next night", path, schema.Has, schema.Knows), nil, reachable()
	}
	// Nothing is left to bring up to date: opening it changes nothing, and the
	// trial is taken back.
	if err := reachable(); err != nil {
		return "", nil, err
	}
	l, err := ledger.Open(ctx, o)
	if err != nil {
		return "", nil, err
	}
	extent, err := l.Extent(ctx)
	if err := errors.Join(err, l.Check(ctx), l.Close()); err != nil {
		return "", nil, err
	}
	fact = fmt.Sprintf("%s, version %d, ", path, schema.Has)
	if n := len(extent.Nights); n > 0 {
		return fact + fmt.Sprintf("nights: %d, the last that of %s; cases: %d", n, extent.Nights[n-1], extent.Cases), &extent, nil
	}
	return fact + "no night yet", &extent, nil
}

// checkShelf looks at the shelf, and makes none where there is none yet; known is what the
// ledger knows, nil where it cannot say.
func checkShelf(ctx context.Context, c *config.Config, known *ledger.Extent) (string, error) {
	fact := c.Shelf.Where()
	if c.Shelf.Bucket.Name == "" {
		if _, err := os.Stat(fact); errors.Is(err, fs.ErrNotExist) {
			return fact + ", will be created by the first night", writable(c.Shelf.Path)
		}
		if err := writable(c.Shelf.Path); err != nil {
			return "", err
		}
	}
	folders, err := shelved(ctx, c)
	if err == nil && known != nil {
		err = forgotten(c, folders, *known)
	}
	return fact, err
}

// writableFile asks whether a file may be written, and does not open it.
func writableFile(path string) error {
	if err := unix.Access(path, unix.W_OK); err != nil {
		return fmt.Errorf("cannot write to %s: %w", path, err)
	}
	return nil
}

// writable tries a folder or, where it does not exist, the nearest one above it
// that does, with a file of its own that it takes away again.
func writable(dir string) error {
	for {
		info, err := os.Stat(dir)
		switch parent := filepath.Dir(dir); {
		case err == nil && !info.IsDir():
			return fmt.Errorf("%s is a file and no folder; move it away, or name another place", dir)
		case err == nil:
			return probe(dir)
		case !errors.Is(err, fs.ErrNotExist) || parent == dir:
			return fmt.Errorf("cannot look at %s: %w", dir, err)
		default:
			dir = parent
		}
	}
}

func probe(dir string) error {
	f, err := os.CreateTemp(dir, ".rollcall-check-")
	if err != nil {
		return fmt.Errorf("cannot write to %s: %w", dir, reason(err))
	}
	_, err = f.WriteString("check\n")
	if err := errors.Join(err, f.Close(), os.Remove(f.Name())); err != nil {
		return fmt.Errorf("cannot write to %s: %w", dir, reason(err))
	}
	return nil
}

// reason is an error without the name of a file that nobody has heard of.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// checkMail speaks to the mail server as far as login; nothing is sent.
func checkMail(ctx context.Context, c *config.Config) (string, error) {
	switch c.Mail.Transport {
	case "none":
		return "none: nobody is told", nil
	case "folder":
		return "to the folder " + c.Mail.Folder, writable(c.Mail.Folder)
	}
	sender, err := smtp.New(smtpOptions(c))
	if err != nil {
		return "", err
	}
	fact := fmt.Sprintf("%s:%d", c.Mail.SMTP.Host, c.Mail.SMTP.Port)
	if c.Ledger.Driver == database.Postgres && len(c.Mail.Operations) == 0 {
		fact += "; PLEASE LOOK: where the ledger's server is down nobody hears of it, since the district office stands there: name somebody in mail.operations"
	}
	return fact, errors.Join(sender.Check(ctx), sender.Close())
}
