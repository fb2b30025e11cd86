package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
	"rollcall/internal/mail/smtp"
	"rollcall/internal/shelf"
	"rollcall/reports"
	"rollcall/templates"
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
	faults := 0
	for _, trial := range []struct {
		name string
		try  func() (string, error)
	}{
		{"configuration", func() (string, error) { return cfg.Path, nil }},
		{"policy", func() (string, error) { return checkPolicy(cfg) }},
		{"templates", func() (string, error) { return checkWords(cfg, c.AsOf) }},
		{"fonts", func() (string, error) { return checkFonts() }},
		{"source", func() (string, error) { return checkSource(ctx, cfg, c.AsOf, s) }},
		{"ledger", func() (string, error) { return checkLedger(ctx, cfg) }},
		{"shelf", func() (string, error) { return checkShelf(ctx, cfg) }},
		{"mail", func() (string, error) { return checkMail(ctx, cfg) }},
	} {
		fact, err := trial.try()
		if err == nil {
			fmt.Fprintf(s.stdout, "%-14s ok     %s\n", trial.name, fact)
			continue
		}
		faults++
		for _, line := range strings.Split(words(err), "\n") {
			fmt.Fprintf(s.stdout, "%-14s FAULT  %s\n", trial.name, line)
		}
	}
	if faults > 0 {
		return usage(fmt.Errorf("%d of 8 checks found a fault; mend what is said above and check again", faults))
	}
	fmt.Fprintln(s.stdout, "Everything a night needs is there. Look at one without issuing it: rollcall nightly --dry-run")
	return nil
}

func checkPolicy(c *config.Config) (string, error) {
	p, err := intervention.Compile(c.Policy)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d rules, hash %s", len(p.Text.CART)+len(p.Text.SART)+len(p.Text.WatchList)+len(p.Text.CARTAgain)+len(p.Text.SARB), p.Hash[:12]), nil
}

func checkWords(c *config.Config, asOf district.Date) (string, error) {
	set, err := loadWords(c)
	if err != nil {
		return "", err
	}
	var faults []error
	for _, f := range templates.Lint(set, asOf) {
		faults = append(faults, errors.New(f.String()))
	}
	return "letters, forms and mail read and filled with the fictitious family", errors.Join(faults...)
}

func checkFonts() (string, error) {
	const sample = "José Núñez · Nguyễn Thị Ánh · Žofia Łukasz · Ελένη · Анна · ☐ ☑"
	if missing := reports.MissingGlyphs(sample); len(missing) > 0 {
		return "", fmt.Errorf("the font lacks %q", missing)
	}
	return "Latin, Vietnamese, Greek, Cyrillic", nil
}

func checkSource(ctx context.Context, c *config.Config, asOf district.Date, s *surroundings) (string, error) {
	bundle, err := openSource(ctx, c, asOf, s.log)
	if err != nil {
		return "", err
	}
	if err := bundle.Excess(); err != nil {
		return "", err
	}
	d := bundle.District()
	var faults []error
	for _, school := range d.Schools {
		for _, role := range []district.Role{district.Admin, district.OfficeManager, district.AttendanceSpecialist} {
			if len(d.StaffOf(school.ID, role)) == 0 {
				faults = append(faults, fmt.Errorf("staff.csv: school %s has no %s: nobody would get that mail; add a row", school.ID, role))
			}
		}
	}
	if !anyInSession(d) {
		faults = append(faults, fmt.Errorf("calendar.csv: no instructional day in %s; export the calendar of the school year", d.Year))
	}
	return fmt.Sprintf("%d schools, %d students, %d rows of attendance, %d rows rejected", len(d.Schools), d.Rows[district.Students], d.Rows[district.Attendance], len(d.Rejects)), errors.Join(faults...)
}

// checkLedger opens a ledger that is there; where there is none yet, it tries
// whether one can be made.
func checkLedger(ctx context.Context, c *config.Config) (string, error) {
	if _, err := os.Stat(c.Ledger.Path); err != nil {
		return "will be made at " + c.Ledger.Path, writable(filepath.Dir(c.Ledger.Path))
	}
	l, err := ledger.Open(ctx, ledger.Options{Driver: c.Ledger.Driver, Path: c.Ledger.Path})
	if err != nil {
		return "", err
	}
	return c.Ledger.Path, errors.Join(l.Check(ctx), l.Close())
}

func checkShelf(ctx context.Context, c *config.Config) (string, error) {
	_, statErr := os.Stat(c.Shelf.Path)
	f, err := shelf.Open(c.Shelf.Path)
	if err != nil {
		return "", err
	}
	const probe = "check"
	_, _, err = f.Put(ctx, probe, func(w io.Writer) error { _, err := io.WriteString(w, "check\n"); return err })
	if err == nil {
		err = f.Remove(ctx, probe)
	}
	err = errors.Join(err, f.Close())
	if statErr != nil {
		// It was not there before: leave no trace, and no fault where it is in use.
		_ = os.Remove(c.Shelf.Path)
	}
	return c.Shelf.Path, err
}

// writable tries the nearest folder above that exists.
func writable(dir string) error {
	for {
		info, err := os.Stat(dir)
		if err == nil && info.IsDir() {
			f, err := os.CreateTemp(dir, ".rollcall-check-")
			if err != nil {
				return fmt.Errorf("cannot write to %s: %w", dir, err)
			}
			return errors.Join(f.Close(), os.Remove(f.Name()))
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return err
		}
		dir = parent
	}
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
	return fmt.Sprintf("%s:%d", c.Mail.SMTP.Host, c.Mail.SMTP.Port), errors.Join(sender.Check(ctx), sender.Close())
}
