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

	"rollcall/internal/database"
	"rollcall/internal/district"
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
	// queue tell one of them of a night, once; open is whether the night is still to come, or
	// under way.
	offer func(context.Context, district.Date) (open bool, err error)
	// overdue tells that a night is not done long after its time, and has not failed.
	overdue func(ctx context.Context, asOf district.Date, due time.Time)
	log     *slog.Logger

	mu         sync.Mutex
	tried      district.Date // the latest night that this process has run, whatever came of it
	lateToldOf district.Date // the latest night that was told of as behind
	open       waiting       // asked by turn alone
}

// record is what the ledger knows before a night.
type record struct {
	done  district.Date // of the last complete night; zero where there has never been one
	begun bool          // whether the night itself has been begun
}

// errNotNow is why a night that was told of is left to be told of again.
var errNotNow = errors.New("not now")

// lookAgain is how often the daemon looks for a night whose time has passed unseen.
const lookAgain = 15 * time.Minute

// late is how long after its time a night is not on time any more, and overlong how long
// after it those who run rollcall hear that it is not done.
const (
	late     = 10 * time.Minute
	overlong = time.Hour
)

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

// turn runs the night that is due, or has the queue tell of it, if it is not done.
func (d *daemon) turn(ctx context.Context) {
	due, ok := d.due()
	if !ok || ctx.Err() != nil || !d.wanted(ctx, due) {
		return
	}
	if d.offer != nil {
		open, err := d.offer(ctx, d.asOf(due))
		if err == nil {
			d.wait(ctx, due, open)
			return
		}
		// A queue that cannot be asked tells nobody: the night is begun, and says aloud that
		// it cannot be.
		d.log.Error("the queue that has the nights begun", "error", err)
	}
	if err := d.begin(ctx, due, true); errors.Is(err, errNotNow) {
		d.log.Warn("a night waits", "error", err)
	}
}

// wanted reports whether a night that is due is to be run: it is not done, nor would it be the
// first ever, in the middle of a day. One that nobody can say this of is.
func (d *daemon) wanted(ctx context.Context, due time.Time) bool {
	known, err := d.known(ctx, d.asOf(due))
	return d.wants(known, err, due)
}

func (d *daemon) wants(known record, err error, due time.Time) bool {
	return err != nil || known.done < d.asOf(due) && (known != record{} || d.onTime(due))
}

func (d *daemon) onTime(due time.Time) bool { return d.now().Sub(due) < late }

// wait tells once of a night that is open too long since it was first seen to be, and of one
// that has failed.
func (d *daemon) wait(ctx context.Context, due time.Time, open bool) {
	asOf := d.asOf(due)
	if asOf != d.open.of {
		d.open = waiting{of: asOf, since: d.now()}
	}
	if !open && !d.open.failed {
		d.open.failed = true
		d.log.Warn("the night that is due has failed, and is not tried again by itself; 'rollcall jobs' shows why, and 'rollcall jobs retry' sets it going", "as_of", asOf.String())
	}
	if open && !d.open.told && d.now().Sub(d.open.since) >= overlong {
		d.open.told = true
		d.overdue(ctx, asOf, due)
	}
}

// waiting is a night that is due and not done.
type waiting struct {
	of    district.Date
	since time.Time
	told  bool
	// failed is whether it has, and that was said.
	failed bool
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
		d.log.Warn("a night is left to the one that came after it", "as_of", asOf.String())
		return nil
	}
	return d.begin(ctx, due, false)
}

// begin runs a night, unless it is done. A night that the daemon begins by itself is not begun
// again by the same process, nor late where nobody can say what is done; one that it was told
// of comes again, and waits where the ledger's server is away. Its errors are those of told.
func (d *daemon) begin(ctx context.Context, due time.Time, itself bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	asOf := d.asOf(due)
	if ctx.Err() != nil || itself && asOf <= d.tried {
		return ctx.Err()
	}
	known, err := d.known(ctx, asOf)
	switch {
	case itself && !d.wants(known, err, due), err == nil && known.done >= asOf:
		return nil
	case itself && err != nil && !d.onTime(due), !itself && database.Away(err):
		return fmt.Errorf("%w: %w", errNotNow, err)
	}
	if err == nil && !d.onTime(due) && asOf > d.lateToldOf {
		d.lateToldOf = asOf
		d.behind(ctx, asOf, due, d.unseen(known, due))
	}
	if d.offer == nil { // else turn sees it
		defer time.AfterFunc(overlong, func() { d.overdue(ctx, asOf, due) }).Stop()
	}
	if err = d.night(ctx, asOf); errors.Is(err, errNotNow) {
		return err
	}
	d.tried = asOf
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

// unseen counts the nights of the schedule that did not run at their time, through one that is
// due; none where that one was begun.
func (d *daemon) unseen(known record, due time.Time) int {
	switch {
	case known.begun:
		return 0
	case known.done.IsZero():
		return 1
	}
	n := 1
	for t := d.schedule.Next(known.done.Time().In(d.location)); t.Before(due); t = d.schedule.Next(t) {
		if d.asOf(t) > known.done {
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
