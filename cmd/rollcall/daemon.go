package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"rollcall/internal/district"
	"rollcall/internal/ledger"
)

// daemon fires the nights of a schedule, each once: a night is known by its as-of
// date, so that an hour that comes twice in November fires one night. One whose time
// passed unseen (the process was down, the machine slept, the hour that does not
// exist in March) is run when that is noticed.
type daemon struct {
	schedule cron.Schedule
	location *time.Location
	now      func() time.Time
	asOf     func(time.Time) district.Date
	// known is what the ledger knows before the night of a day.
	known func(context.Context, district.Date) (record, error)
	// night runs one; errNotNow where another process is at work.
	night func(context.Context, district.Date) error
	// behind tells that a night is run late, and how many nights did not run at their time;
	// none where this one was begun and cut off.
	behind func(ctx context.Context, asOf district.Date, due time.Time, nights int)
	// offer is nil where this process alone serves a district. Where several do it has the
	// queue tell one of them of a night, once.
	offer func(context.Context, district.Date) error
	log   *slog.Logger

	mu    sync.Mutex
	tried district.Date // the latest night that this process has run, whatever came of it
}

// record is what the ledger knows before a night.
type record struct {
	done  district.Date // of the last complete night; zero where there has never been one
	begun bool          // whether the night itself has been begun
}

// errNotNow is why a night that was told of is left to be told of again.
var errNotNow = errors.New("the night waits")

// lookAgain is how often the daemon looks for a night whose time has passed unseen.
const lookAgain = 15 * time.Minute

// late is how long after its time a night is not on time any more.
const late = 10 * time.Minute

// run fires nights until ctx ends, and returns when none is under way.
func (d *daemon) run(ctx context.Context) {
	log := cronLog{d.log}
	// A panic is caught inside, or the night after it would never start.
	c := cron.New(cron.WithLocation(d.location), cron.WithLogger(log))
	turn := cron.NewChain(cron.SkipIfStillRunning(log), cron.Recover(log)).Then(cron.FuncJob(func() { d.turn(ctx) }))
	c.Schedule(d.schedule, turn)
	c.Schedule(cron.Every(lookAgain), turn)
	c.Start()
	turn.Run()
	<-ctx.Done()
	<-c.Stop().Done()
}

// next is when the next night begins.
func (d *daemon) next() time.Time { return d.schedule.Next(d.now().In(d.location)) }

// turn runs the night that is due, if it has not been run.
func (d *daemon) turn(ctx context.Context) {
	due, ok := d.due()
	if !ok || ctx.Err() != nil {
		return
	}
	if d.offer != nil {
		// A queue that cannot be asked tells nobody: the night is begun, and says aloud that
		// it cannot be.
		err := d.offer(ctx, d.asOf(due))
		if err == nil {
			return
		}
		d.log.Error("the queue that has the nights begun", "error", err)
	}
	if err := d.begin(ctx, due, true); errors.Is(err, errNotNow) && !errors.Is(err, ledger.ErrAtWork) {
		d.log.Error("look for the last night", "error", err)
	}
}

// told runs the night that the queue gives to this process; one that another has come
// after is left to that one, which knows all that it would have known. The error is the
// night's; errNotNow where none was run and it is to be told of again.
func (d *daemon) told(ctx context.Context, asOf district.Date) error {
	due, ok := d.due()
	switch {
	case !ok || d.asOf(due) < asOf:
		return fmt.Errorf("%w: it is not due yet by this machine's clock and schedule", errNotNow)
	case d.asOf(due) > asOf:
		return nil
	}
	return d.begin(ctx, due, false)
}

// begin runs a night, unless it is done already; aloud also where nobody can say so, at its
// time, but not one that this process has tried. Its errors are those of told.
func (d *daemon) begin(ctx context.Context, due time.Time, aloud bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	asOf := d.asOf(due)
	if ctx.Err() != nil || aloud && asOf <= d.tried {
		return ctx.Err()
	}
	known, err := d.known(ctx, asOf)
	onTime := d.now().Sub(due) < late
	switch {
	case err != nil && (!onTime || !aloud):
		return fmt.Errorf("%w: %w", errNotNow, err)
	case err == nil && known.done >= asOf, err == nil && known == record{} && !onTime:
		// Done already; or nothing was ever run, and the first night is not begun in
		// the middle of a day.
		return nil
	}
	d.tried = asOf
	if !onTime {
		nights := 0
		if !known.begun {
			nights = d.nightsSince(known.done, due)
		}
		d.behind(ctx, asOf, due, nights)
	}
	if err = d.night(ctx, asOf); errors.Is(err, errNotNow) {
		return err
	}
	d.log.Info("night", "as_of", asOf.String(), "exit_code", codeOf(err), "next", d.next().Format(time.RFC3339))
	return err
}

// due is the last time of the schedule that is not after now; ok is false where
// there is none in a year and more.
func (d *daemon) due() (last time.Time, ok bool) {
	now := d.now().In(d.location)
	for _, back := range []time.Duration{2 * 24 * time.Hour, 40 * 24 * time.Hour, 400 * 24 * time.Hour} {
		for t := d.schedule.Next(now.Add(-back)); !t.IsZero() && !t.After(now); t = d.schedule.Next(t) {
			last, ok = t, true
		}
		if ok {
			return last, true
		}
	}
	return last, false
}

// nightsSince counts the nights of the schedule after a day's, through one that is
// due.
func (d *daemon) nightsSince(day district.Date, due time.Time) int {
	n := 1
	for t := d.schedule.Next(day.Time().In(d.location)); t.Before(due); t = d.schedule.Next(t) {
		if d.asOf(t) > day {
			n++
		}
	}
	return n
}

// cronLog passes on what the scheduler says.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(msg string, keysAndValues ...any) { l.log.Debug("cron: "+msg, keysAndValues...) }

func (l cronLog) Error(err error, msg string, keysAndValues ...any) {
	l.log.Error("cron: "+msg, append([]any{"error", fmt.Sprint(err)}, keysAndValues...)...)
}

// clockChanges are the days of a year on which a schedule fires another number of
// times than it would if the clocks were never changed.
func clockChanges(schedule cron.Schedule, now time.Time, location *time.Location) []district.Date {
	fires := func(zone *time.Location) map[district.Date]int {
		from := now.In(location)
		// The same wall clock in a zone that never changes.
		t := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, zone)
		until := t.AddDate(1, 0, 0)
		n := map[district.Date]int{}
		for t = schedule.Next(t); !t.IsZero() && t.Before(until); t = schedule.Next(t) {
			n[district.NewDate(t.Year(), t.Month(), t.Day())]++
		}
		return n
	}
	real, steady := fires(location), fires(time.UTC)
	var days []district.Date
	for day := range steady {
		if real[day] != steady[day] {
			days = append(days, day)
		}
	}
	slices.Sort(days)
	return days
}
