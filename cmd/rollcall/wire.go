package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/robfig/cron/v3"

	"rollcall/internal/config"
	"rollcall/internal/database"
	"rollcall/internal/district"
	"rollcall/internal/ledger"
	"rollcall/internal/mail/folder"
	"rollcall/internal/mail/smtp"
	"rollcall/internal/night"
	"rollcall/internal/ping"
	"rollcall/internal/queue"
	"rollcall/internal/shelf"
	"rollcall/internal/shelf/bucket"
	"rollcall/pipeline"
	"rollcall/reports"
	"rollcall/templates"
)

// load finds and reads the configuration.
func (s *surroundings) load(g *commands) (*config.Config, error) {
	path := g.Config
	if path == "" {
		path = "rollcall.yaml"
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			if named, ok := s.getenv("ROLLCALL_CONFIG"); ok && named != "" {
				path = named
			}
		}
	}
	cfg, err := config.Load(path, s.getenv, config.Check{Key: "schedule.cron", Test: checkSchedule}, config.Check{Key: "schedule.ping", Test: checkPing},
		config.Check{Key: "privacy.leave_out", Test: func(c *config.Config) error { return reports.CheckSections(c.Privacy.LeaveOut) }})
	if err != nil {
		return nil, usage(err)
	}
	if s.moved != nil {
		return cfg, s.moved(&cfg.Ledger)
	}
	return cfg, nil
}

// checkSchedule refuses what cron would accept and never run, or panic on.
func checkSchedule(c *config.Config) error {
	expr := c.Schedule.Cron
	// A zone of its own could disagree with the district's, and "TZ=" alone
	// makes the parser panic.
	if len(expr) > 0 && (expr[0] == 'T' || expr[0] == 'C') {
		return fmt.Errorf("%q names a time zone; the district's is used", expr)
	}
	schedule, err := cron.ParseStandard(expr)
	if err != nil {
		return fmt.Errorf("%q is no schedule; \"0 4 * * *\" is every day at four", expr)
	}
	if schedule.Next(district.NewDate(2026, time.January, 1).Time()).IsZero() {
		return fmt.Errorf("%q names a day that never comes", expr)
	}
	return nil
}

func checkPing(c *config.Config) error {
	if c.Schedule.Ping == "" {
		return nil
	}
	return ping.Check(c.Schedule.Ping)
}

// defaultAsOf is the as-of date where no configuration names a time zone:
// California's.
func defaultAsOf(now time.Time) district.Date {
	loc, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		loc = time.UTC
	}
	return district.DateIn(now.Add(-12*time.Hour), loc)
}

// loadWords loads the templates, the district's own folder over ours.
func loadWords(c *config.Config) (*templates.Set, error) {
	var overlay fs.FS
	if c.Letters.Templates != "" {
		if _, err := os.Stat(c.Letters.Templates); err != nil {
			return nil, usage(fmt.Errorf("letters.templates: %w", err))
		}
		overlay = os.DirFS(c.Letters.Templates)
	}
	set, err := templates.Load(overlay)
	if err != nil {
		return nil, usage(err)
	}
	return set, nil
}

// fitWords loads the templates as a night takes them: letters that say what the
// law asks for on its day.
func fitWords(c *config.Config, asOf district.Date) (*templates.Set, error) {
	set, err := loadWords(c)
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, f := range templates.Lint(set, asOf) {
		faults = append(faults, errors.New(f.String()))
	}
	if len(faults) > 0 {
		return nil, usage(errors.Join(faults...))
	}
	return set, nil
}

// sender is the transport of the configuration.
type sender interface {
	pipeline.Sender
	Close() error
}

func openSender(c *config.Config) (sender, error) {
	if c.Mail.Transport == "smtp" {
		return smtp.New(smtpOptions(c))
	}
	return folder.Open(c.Mail.Folder)
}

func smtpOptions(c *config.Config) smtp.Options {
	o := c.Mail.SMTP
	return smtp.Options{
		Host: o.Host, Port: o.Port, TLS: smtp.Encryption(o.TLS), Username: o.Username, Password: o.Password, CAFile: o.CAFile,
	}
}

// documents is the shelf, whatever it is made of.
type documents interface {
	pipeline.Shelf
	pipeline.Digester
	Folders(ctx context.Context) ([]string, error)
	Location(document string) string
	Sweep(ctx context.Context, before time.Time) (int, error)
	Close() error
}

func openShelf(ctx context.Context, c *config.Config) (documents, error) {
	if b := c.Shelf.Bucket; b.Name != "" {
		return bucket.Open(ctx, bucket.Options(b))
	}
	return shelf.Open(c.Shelf.Path)
}

// house is everything a night works with, opened.
type house struct {
	cfg      *config.Config
	settings pipeline.Settings
	words    *templates.Set
	ledger   *ledger.Ledger
	queue    *queue.Queue
	shelf    documents
	sender   sender
	madeBy   string // digests of what machines that share a night have in common
	log      *slog.Logger
	now      func() time.Time

	close []func() error
}

// Close gives everything back, last opened first.
func (h *house) Close() error {
	var errs []error
	for i := len(h.close) - 1; i >= 0; i-- {
		errs = append(errs, h.close[i]())
	}
	return errors.Join(errs...)
}

// inHouse opens what the configuration names, for a night of a day, has it worked with, and
// closes it. Only one night may work on a ledger at a time; a second one is refused, and the
// first is stopped where the ledger's server has let another in.
func inHouse(ctx context.Context, c *config.Config, asOf district.Date, s *surroundings, do func(context.Context, *house) error) (err error) {
	alone, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	h, err := openHouse(alone, c, asOf, s, lost)
	if err != nil {
		return err
	}
	// Also where it panics: a lock that nobody lets go of would keep all later nights waiting.
	defer func() { err = errors.Join(err, h.Close()) }()
	err = do(alone, h)
	if err != nil && alone.Err() != nil && ctx.Err() == nil {
		err = context.Cause(alone)
	}
	return err
}

func openHouse(ctx context.Context, c *config.Config, asOf district.Date, s *surroundings, lost func(error)) (*house, error) {
	unlock, err := lockLedger(ctx, ledgerOf(c), lost)
	if err != nil {
		return nil, err
	}
	h, err := openRooms(ctx, c, asOf, s)
	if err != nil {
		unlock()
		return nil, err
	}
	// The lock goes last.
	h.close = append([]func() error{func() error { unlock(); return nil }}, h.close...)
	// What an earlier start left to be decided is for nobody any more: who plans a night
	// begins with what is on record.
	if err := h.queue.Clear(ctx, night.Plan); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.sweep(ctx)
	return h, nil
}

// openRooms is openHouse for a worker, who shares the ledger with a night and with
// others like it.
func openRooms(ctx context.Context, c *config.Config, asOf district.Date, s *surroundings) (h *house, err error) {
	h = &house{cfg: c, log: s.log, now: s.now}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.Close())
			h = nil
		}
	}()
	if h.settings, err = settings(c); err != nil {
		return h, err
	}
	if h.words, err = fitWords(c, asOf); err != nil {
		return h, err
	}
	if h.madeBy, err = madeBy(c, h.settings, h.words); err != nil {
		return h, err
	}
	at := ledgerOf(c)
	at.Log, at.Patience = s.log, away
	if h.ledger, err = ledger.Open(ctx, at); err != nil {
		return h, err
	}
	h.close = append(h.close, h.ledger.Close)
	if h.queue, err = queue.Open(ctx, queue.Options{Driver: at.Driver, Path: at.Path, DSN: at.DSN, Workers: workers(), Backoff: s.pauses, Now: s.now, Log: s.log}); err != nil {
		return h, err
	}
	h.close = append(h.close, h.queue.Close)
	h.ledger.SetEnqueuer(h.queue)
	// What a killed process left running is free again: on a file no other works
	// these jobs under the lock, on a server those of a worker that is gone.
	if _, err = h.queue.Reclaim(ctx); err != nil {
		return h, err
	}
	if h.shelf, err = openShelf(ctx, c); err != nil {
		return h, err
	}
	h.close = append(h.close, h.shelf.Close)
	if h.sender, err = openSender(c); err != nil {
		return h, usage(err)
	}
	h.close = append(h.close, h.sender.Close)
	return h, nil
}

// longestWrite is longer than any document takes to be written.
const longestWrite = time.Hour

// sweep takes away what killed writers left half written. On a file no other is at work
// under the lock; where workers share a server, what is old is nobody's. What stays is
// in nobody's way.
func (h *house) sweep(ctx context.Context) {
	before := h.now()
	if h.cfg.Ledger.Driver == database.Postgres {
		before = before.Add(-longestWrite)
	}
	n, err := h.shelf.Sweep(ctx, before)
	if out, ok := h.sender.(*folder.Sender); ok {
		m, failed := out.Sweep(before)
		n, err = n+m, errors.Join(err, failed)
	}
	if n > 0 || err != nil {
		h.log.Info("swept what was left half written", "files", n, "error", err)
	}
}

// away is how long a night waits for the ledger's server while it is restarted.
const away = time.Minute

// jobs is the queue as the pipeline asks it, over a restart of its server.
type jobs struct {
	*queue.Queue
	patience time.Duration
}

func (h *house) jobs() jobs {
	q := jobs{Queue: h.queue}
	if h.cfg.Ledger.Driver == database.Postgres {
		q.patience = away
	}
	return q
}

func (q jobs) Unfinished(ctx context.Context, runID string) (map[night.JobKind]int, []night.JobError, error) {
	u, err := q.Queue.Unfinished(ctx, runID)
	for waited := time.Duration(0); err != nil && waited < q.patience; waited += time.Second {
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
		u, err = q.Queue.Unfinished(ctx, runID)
	}
	failed := make([]night.JobError, len(u.Failed))
	for i, f := range u.Failed {
		failed[i] = night.JobError{Job: f.Job, Error: f.Err}
	}
	return u.Open, failed, err
}
