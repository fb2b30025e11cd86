package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"rollcall/internal/config"
	"rollcall/internal/database"
	"rollcall/internal/district"
	"rollcall/internal/metrics"
)

type serveCommand struct{}

// Help shows an example.
func (serveCommand) Help() string {
	return `Runs the night at the time of schedule.cron, in the district's time zone, until it is stopped; a night that is running then stops at a safe place and goes on at the next start. The configuration is read anew for each night, but for the schedule, the ledger and web.listen.

On several machines that share a ledger on a PostgreSQL server each night is a job ('rollcall jobs' shows it) that one of them does; another goes on with it when that one is gone.

A night whose time passed while nothing ran is run once, as soon as it is seen: the latest one, and those who run rollcall hear of it by mail. Two nights never run at once, and one that failed is not tried again before the next; the mail says so.

With web.listen it answers /metrics (Prometheus) and /healthz.

Example:
  rollcall serve --config /etc/rollcall/rollcall.yaml`
}

// Run serves until ctx ends.
func (c *serveCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	schedule, err := cron.ParseStandard(cfg.Schedule.Cron)
	if err != nil {
		return usage(err)
	}
	around := *s
	around.moved = func(l *config.Ledger) error { *l = cfg.Ledger; return nil } // it stays where it was at the start
	served := &server{commands: g, surroundings: &around, atStart: cfg}
	d := &daemon{
		schedule: schedule, location: cfg.District.Location, now: s.now, asOf: cfg.AsOf,
		known: served.known, night: served.night, behind: served.behind, overdue: served.overdue, log: s.log,
	}
	stop, err := served.listen(ctx, cfg, d)
	if err != nil {
		return err
	}
	var watching sync.WaitGroup
	if cfg.Ledger.Driver == database.Postgres {
		w := watch{cfg: cfg, daemon: d, givenUp: served.givenUp, log: s.log}
		d.offer, served.shared = w.offer, true
		watching.Go(func() { w.run(ctx) })
	}
	fmt.Fprintf(s.news(g), "Serving; the next night is at %s. Stop with Ctrl-C or SIGTERM.\n", d.next().Format("Monday, January 2, 3:04 PM MST"))
	d.run(ctx)
	watching.Wait()
	stop()
	if ctx.Err() != nil {
		fmt.Fprintln(s.news(g), "Stopped; it is safe to start again.")
	}
	return nil
}

// server is what the daemon works with.
type server struct {
	*commands
	*surroundings
	atStart *config.Config
	shared  bool // other processes may serve the same ledger

	mu   sync.Mutex
	mute district.Date // the latest night that was told of as having no settings
	code int           // of the night that was run last
	from time.Time
	to   time.Time
}

// known is what the ledger knows before the night of a day: of its school year and the one before.
func (s *server) known(ctx context.Context, asOf district.Date) (known record, err error) {
	cfg, err := s.load(s.commands)
	if err != nil {
		return known, err
	}
	l, err := anyLedger(ctx, cfg)
	if err != nil || l == nil {
		return known, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	last, _, err := lastNight(ctx, l, asOf)
	if err != nil {
		return known, err
	}
	known.done = last.AsOf
	_, known.begun, err = l.Run(ctx, asOf.String())
	return known, err
}

// night runs one night as 'rollcall nightly' does.
func (s *server) night(ctx context.Context, asOf district.Date) error {
	started := s.now()
	if _, err := s.load(s.commands); err != nil {
		return s.unsettled(ctx, asOf, err)
	}
	around := *s.surroundings
	around.terminal = false // nobody watches
	n := nightlyCommand{AsOf: asOf, yields: s.shared}
	err := n.Run(ctx, s.commands, &around)
	if n.yieldsTo(err) {
		return fmt.Errorf("%w: %w", errNotNow, err) // the other one tells how it goes
	}
	s.ended(around.exitCode(ctx, err), started)
	return err
}

func (s *server) ended(code int, started time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.code, s.from, s.to = code, started, s.now()
}

// unsettled is a night whose settings cannot be read: those who ran rollcall at the start hear
// of it, and another process, or this one once they are mended, does it.
func (s *server) unsettled(ctx context.Context, asOf district.Date, err error) error {
	s.mu.Lock()
	again := asOf <= s.mute
	s.mute = max(s.mute, asOf)
	s.mu.Unlock()
	if !again {
		then := fmt.Sprintf("Mend it, and run 'rollcall nightly --as-of %s', or leave it to the next night.", asOf)
		if s.shared {
			then = "Mend it: the night begins by itself then, or on another machine that serves the district."
		}
		s.tell(ctx, asOf, fmt.Sprintf("The night of %s cannot begin here: %s", asOf, words(err)), then)
		s.ended(exitUsage, s.now())
	}
	if s.shared {
		return fmt.Errorf("%w: %w", errNotNow, err)
	}
	return err
}

// behind tells that a night is run late; nights did not run at their time, none where this one
// was begun and cut off.
func (s *server) behind(ctx context.Context, asOf district.Date, due time.Time, nights int) {
	var what string
	switch nights {
	case 0:
		what = fmt.Sprintf("The night of %s, due %s, was begun and cut off; it goes on now.", asOf, due.Format(dueTime))
	case 1:
		what = fmt.Sprintf("The night of %s did not run at its time, %s; it is run now.", asOf, due.Format(dueTime))
	default:
		what = fmt.Sprintf("%d nights did not run at their time. The last of them, that of %s, is run now; it knows all that the others would have known.", nights, asOf)
	}
	s.tell(ctx, asOf, what, "See that the machine and 'rollcall serve' are up in the night; letters and meetings may be a day later than usual.")
}

// overdue tells that a night is not done long after its time, and has not failed.
func (s *server) overdue(ctx context.Context, asOf district.Date, due time.Time) {
	s.tell(ctx, asOf, fmt.Sprintf("The night of %s, due %s, is not done yet: it is still under way, or waits for another that is.", asOf, due.Format(dueTime)),
		"'rollcall jobs' shows where it is. If it does not go on, see whether a rollcall hangs on one of the machines, and end it: the night goes on without it.")
}

const dueTime = "Monday, January 2, 3:04 PM"

// givenUp tells that nobody runs a night any more.
func (s *server) givenUp(ctx context.Context, asOf district.Date, times int) {
	s.tell(ctx, asOf, fmt.Sprintf("The night of %s is not complete: %d times the process that ran it ended in the middle. It is not tried again.", asOf, times),
		fmt.Sprintf("See what ends 'rollcall serve', such as too little memory. What is done stays done, and nothing is done twice. Then run 'rollcall nightly --as-of %s', or leave it to the next night.", asOf))
}

// tell tells those who run rollcall, on stderr and by mail.
func (s *server) tell(ctx context.Context, asOf district.Date, what, mend string) {
	fmt.Fprintln(s.stderr, what)
	cfg, err := s.load(s.commands)
	if err != nil {
		cfg = s.atStart
	}
	o := operations{cfg: cfg, surroundings: s.surroundings, started: s.now()}
	o.alarm(ctx, asOf, what, nil, mend)
}

// listen answers /metrics and /healthz where an address is configured; stop ends it.
func (s *server) listen(ctx context.Context, cfg *config.Config, d *daemon) (stop func(), err error) {
	if cfg.Web.Listen == "" {
		return func() {}, nil
	}
	at, err := net.Listen("tcp", cfg.Web.Listen)
	if err != nil {
		return nil, usage(fmt.Errorf("web.listen: %w", err))
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics.Handler(func() metrics.Night {
		o := operations{cfg: cfg, surroundings: s.surroundings}
		n, err := o.standing(ctx, cfg.AsOf(s.now()))
		if err != nil {
			s.log.Error("metrics", "error", err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		n.ExitCode, n.Started, n.Ended, n.Next = s.code, s.from, s.to, d.next()
		return n
	}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	web := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := web.Serve(at); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("web.listen", "error", err)
		}
	}()
	s.log.Info("listening", "address", at.Addr().String())
	return func() { _ = web.Close(); <-ended }, nil
}
