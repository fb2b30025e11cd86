package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/robfig/cron/v3"

	"rollcall/internal/config"
	"rollcall/internal/district"
)

var errFailed = errors.New("no export")

// watchDaemon lets a daemon serve a schedule from one instant to another, in no time,
// and tells what it did. last is the day of the last night before; each night takes a
// while and ends with an error or none, and one that is done is on record.
func watchDaemon(t *testing.T, expr, from, until string, known record, takes time.Duration, fault error) (did []string) {
	t.Helper()
	california, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := cron.ParseStandard(expr)
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		instant, err := time.ParseInLocation("2006-01-02 15:04", s, california)
		if err != nil {
			t.Fatal(err)
		}
		return instant
	}
	var mu sync.Mutex
	tell := func(format string, of ...any) {
		mu.Lock()
		defer mu.Unlock()
		did = append(did, fmt.Sprintf(format, of...))
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(at(from)))
		running := 0
		cfg := config.Config{District: config.District{Location: california}}
		d := &daemon{
			schedule: schedule, location: california, now: time.Now, asOf: cfg.AsOf, log: slog.New(slog.NewTextHandler(io.Discard, nil)),
			known: func(context.Context, district.Date) (record, error) { return known, nil },
			night: func(_ context.Context, asOf district.Date) error {
				if running++; running > 1 {
					t.Error("two nights at once")
				}
				tell("%s: night of %s", time.Now().In(california).Format("01-02 15:04"), asOf)
				time.Sleep(takes)
				if running--; fault == nil {
					known = record{done: asOf}
				}
				return fault
			},
			behind: func(_ context.Context, asOf district.Date, due time.Time, nights int) {
				tell("missed %d, the last at %s", nights, due.Format("01-02 15:04"))
			},
			overdue: func(_ context.Context, asOf district.Date, _ time.Time) {
				tell("%s: night of %s is under way", time.Now().In(california).Format("01-02 15:04"), asOf)
			},
		}
		ctx, stop := context.WithDeadline(t.Context(), at(until))
		defer stop()
		d.run(ctx)
	})
	return did
}

func TestEachNightRunsOnceAtItsTime(t *testing.T) {
	for _, test := range []struct {
		name, cron, from, until string
		known                   record
		takes                   time.Duration
		fault                   error
		want                    []string
	}{
		{"three days", "0 4 * * *", "2026-10-12 12:00", "2026-10-15 12:00", record{done: district.NewDate(2026, 10, 11)}, time.Minute, nil,
			[]string{"10-13 04:00: night of 2026-10-12", "10-14 04:00: night of 2026-10-13", "10-15 04:00: night of 2026-10-14"}},
		{"school nights only", "0 4 * * 2-6", "2026-10-16 12:00", "2026-10-20 12:00", record{done: district.NewDate(2026, 10, 15)}, time.Minute, nil,
			[]string{"10-17 04:00: night of 2026-10-16", "10-20 04:00: night of 2026-10-19"}},
		{"an hour that comes twice", "30 1 * * *", "2026-10-31 12:00", "2026-11-02 12:00", record{done: district.NewDate(2026, 10, 30)}, time.Minute, nil,
			[]string{"11-01 01:30: night of 2026-10-31", "11-02 01:30: night of 2026-11-01"}},
		{"the day after the clocks went forward", "0 4 * * *", "2027-03-13 12:00", "2027-03-15 12:00", record{done: district.NewDate(2027, 3, 12)}, time.Minute, nil,
			[]string{"03-14 04:00: night of 2027-03-13", "03-15 04:00: night of 2027-03-14"}},
		{"nights that were missed are one", "0 4 * * *", "2026-10-15 10:00", "2026-10-16 12:00", record{done: district.NewDate(2026, 10, 11)}, time.Minute, nil,
			[]string{"missed 3, the last at 10-15 04:00", "10-15 10:00: night of 2026-10-14", "10-16 04:00: night of 2026-10-15"}},
		{"so are those of a year and more", "0 4 * * *", "2026-10-15 10:00", "2026-10-15 12:00", record{done: district.NewDate(2025, 8, 31)}, time.Minute, nil,
			[]string{"missed 409, the last at 10-15 04:00", "10-15 10:00: night of 2026-10-14"}},
		{"one that was run by hand is not missed", "0 4 * * *", "2026-10-15 10:00", "2026-10-15 20:00", record{done: district.NewDate(2026, 10, 14)}, time.Minute, nil, nil},
		{"the first night waits for its time", "0 4 * * *", "2026-10-15 10:00", "2026-10-16 12:00", record{}, time.Minute, nil, []string{"10-16 04:00: night of 2026-10-15"}},
		{"the first night was cut off, and goes on", "0 4 * * *", "2026-10-15 10:00", "2026-10-16 03:00", record{begun: true}, time.Minute, nil,
			[]string{"missed 0, the last at 10-15 04:00", "10-15 10:00: night of 2026-10-14"}},
		{"a night that failed waits for the next", "0 4 * * *", "2026-10-14 12:00", "2026-10-16 12:00", record{done: district.NewDate(2026, 10, 13)}, time.Minute, errFailed,
			[]string{"10-15 04:00: night of 2026-10-14", "10-16 04:00: night of 2026-10-15"}},
		{"one that takes longer than a day", "0 4 * * *", "2026-10-14 12:00", "2026-10-17 12:00", record{done: district.NewDate(2026, 10, 13)}, 30*time.Hour + time.Minute, nil,
			[]string{"10-15 04:00: night of 2026-10-14", "10-15 05:00: night of 2026-10-14 is under way",
				"missed 1, the last at 10-16 04:00", "10-16 10:15: night of 2026-10-15", "10-16 11:15: night of 2026-10-15 is under way"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := watchDaemon(t, test.cron, test.from, test.until, test.known, test.takes, test.fault)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestATimeThatTheClocksTakeOutIsWarnedOf(t *testing.T) {
	california, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, california)
	for expr, want := range map[string][]district.Date{
		"0 4 * * *": nil, "30 0 * * *": nil,
		"30 2 * * *": {district.NewDate(2027, 3, 14)}, "30 1 * * *": {district.NewDate(2026, 11, 1)},
	} {
		schedule, err := cron.ParseStandard(expr)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, clockChanges(schedule, now, california)); diff != "" {
			t.Errorf("%s: %s", expr, diff)
		}
	}
}

func TestWhereSeveralServeTheQueueHasNightsBegunUnlessItCannotBeAsked(t *testing.T) {
	for _, test := range []struct {
		name          string
		known         record
		down          error    // the ledger's server
		open          bool     // whether the queue still has the night to do
		offers, begun int      // at how many times
		overdue       []string // since when it is told of
	}{
		{"the queue tells one of them", record{done: december(29)}, nil, false, 96, 0, nil},
		{"it is done", record{done: december(31)}, nil, true, 0, 0, nil},
		{"it hangs somewhere", record{done: december(29)}, nil, true, 96, 0, []string{"30 at 01:00", "31 at 05:00"}},
		{"the first ever is not offered in the middle of a day", record{}, nil, false, 1, 0, nil},
		{"the server is down, and the night says so", record{}, errAway, false, 96, 1, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // it is midnight of January 1, 2000
				begun, offers := 0, map[time.Time]bool{}
				var overdue []string
				d := sharing(t, &begun)
				d.offer = func(context.Context, district.Date) (bool, error) {
					offers[time.Now().Truncate(time.Second)] = true
					return test.open, test.down
				}
				d.overdue = func(_ context.Context, asOf district.Date, _ time.Time) {
					overdue = append(overdue, asOf.Time().Format("2")+" at "+time.Now().UTC().Format("15:04"))
				}
				d.known = func(context.Context, district.Date) (record, error) { return test.known, test.down }
				ctx, stop := context.WithTimeout(t.Context(), 24*time.Hour-time.Second)
				defer stop()
				d.run(ctx)
				if len(offers) != test.offers || begun != test.begun {
					t.Errorf("offered at %d times, begun %d times", len(offers), begun)
				}
				if diff := cmp.Diff(test.overdue, overdue); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func december(day int) district.Date { return district.NewDate(1999, 12, day) }

var errAway = &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}

// sharing is a daemon of those that several run, at four every day, whose nights are counted
// and fail.
func sharing(t *testing.T, nights *int) *daemon {
	t.Helper()
	schedule, err := cron.ParseStandard("0 4 * * *")
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Config{District: config.District{Location: time.UTC}}
	return &daemon{
		schedule: schedule, location: time.UTC, now: time.Now, asOf: cfg.AsOf, log: slog.New(slog.DiscardHandler),
		night:  func(context.Context, district.Date) error { *nights++; return errFailed },
		behind: func(context.Context, district.Date, time.Time, int) {},
	}
}

func TestANightThatTheQueueTellsOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // it is midnight of January 1, 2000
		nights, late := 0, 0
		d := sharing(t, &nights)
		var known record
		var fault error
		d.known = func(context.Context, district.Date) (record, error) { return known, fault }
		d.behind = func(context.Context, district.Date, time.Time, int) { late++ }
		stopped, stop := context.WithCancel(t.Context())
		stop()
		day, was := december(30), record{done: december(29)}
		for _, step := range []struct {
			name  string
			ctx   context.Context
			asOf  district.Date
			known record
			fault error
			want  error
			count int
		}{
			{"another has come after it", t.Context(), day - 1, was, nil, nil, 0},
			{"the server is away", t.Context(), day, was, errAway, errNotNow, 0},
			{"the ledger cannot be read, which the night says", t.Context(), day, was, errors.New("of a newer version"), errFailed, 1},
			{"due", t.Context(), day, was, nil, errFailed, 2},
			{"not due yet: the other's clock is ahead", t.Context(), day + 1, was, nil, errNotNow, 2},
			{"set going again by hand", t.Context(), day, was, nil, errFailed, 3},
			{"the first ever, late, set going by hand", t.Context(), day, record{}, nil, errFailed, 4},
			{"done already", t.Context(), day, record{done: day}, nil, nil, 4},
			{"stopped", stopped, day, was, nil, context.Canceled, 4},
		} {
			known, fault = step.known, step.fault
			if err := d.told(step.ctx, step.asOf); !errors.Is(err, step.want) || nights != step.count {
				t.Errorf("%s: %v, %d nights", step.name, err, nights)
			}
		}
		if late != 1 {
			t.Errorf("told %d times that it is late", late)
		}
	})
}

func TestANightThatPanicsFailsAloud(t *testing.T) {
	var log bytes.Buffer
	o := operations{surroundings: &surroundings{log: slog.New(slog.NewTextHandler(&log, nil))}}
	err := o.surely(func() error { panic("no such roster") })
	if codeOf(err) != exitFailed || !strings.Contains(err.Error(), "a fault of the program") || !strings.Contains(log.String(), "no such roster") {
		t.Errorf("%v; log: %s", err, &log)
	}
}
