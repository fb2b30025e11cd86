package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/ledger"
	"rollcall/internal/metrics"
	"rollcall/internal/night"
	"rollcall/internal/ping"
	"rollcall/pipeline"
)

// attended runs a night and tells those who run rollcall how it went: the health
// check, the metrics file, and where the night failed and nobody looks at a terminal
// an alarm by mail. What cannot be told is said on stderr and costs the night
// nothing.
func (c *nightlyCommand) attended(ctx context.Context, cfg *config.Config, s *surroundings, run func(*surroundings) error) error {
	asOf := c.AsOf
	o := operations{cfg: cfg, surroundings: s, started: s.now()}
	o.ping(ctx, ping.Start)
	told := &firstLines{}
	watched := *s
	watched.stderr = io.MultiWriter(s.stderr, told)
	err := o.surely(func() error { return run(&watched) })
	if ctx.Err() != nil || c.yieldsTo(err) {
		return err // interrupted: whoever did it knows; or another does the night, and tells of it
	}
	code := codeOf(err)
	o.metrics(ctx, asOf, code)
	if code == exitDone || code == exitNeedsPerson {
		o.ping(ctx, ping.Success)
		return err
	}
	o.ping(ctx, ping.Fail)
	if !s.terminal {
		then := fmt.Sprintf("Mend this and run 'rollcall nightly --as-of %s' again, or leave it to the next night.", asOf)
		if c.yields && errors.Is(err, errLedgerAway) {
			then = "It goes on by itself when the server is there again."
		}
		what := fmt.Sprintf("The night of %s failed, or is not complete.", asOf)
		if errors.Is(err, ledger.ErrAtWork) {
			what = fmt.Sprintf("The night of %s was to begin, and another process is at work on the ledger.", asOf)
			then = "Look whether that one goes on ('rollcall jobs'), and end it if it hangs: it is safe. Then run this night, or leave it to the next one. Where 'rollcall serve' keeps the time there is to be no timer beside it."
		}
		o.alarm(ctx, asOf, what, append(told.lines(), strings.Split(words(err), "\n")...),
			"What is done stays done, and nothing is done twice. "+then)
	}
	return err
}

// surely has a night that panics fail aloud, as any other that fails.
func (o *operations) surely(run func() error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			o.log.Error("the night panicked", "panic", fmt.Sprint(fault), "trace", string(debug.Stack()))
			err = errors.New("a fault of the program, not of the district's data or settings: the log has it, for those who mend rollcall")
		}
	}()
	return run()
}

// codeOf is the exit code of a night that was not interrupted.
func codeOf(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errNeedsPerson):
		return exitNeedsPerson
	case errors.Is(err, errUsage):
		return exitUsage
	}
	return exitFailed
}

// operations tell how nights go.
type operations struct {
	*surroundings
	cfg     *config.Config
	started time.Time
}

func (o *operations) untold(err error) {
	if err != nil {
		fmt.Fprintf(o.stderr, "rollcall: %v\n", err)
	}
}

func (o *operations) ping(ctx context.Context, e ping.Event) {
	o.untold(ping.Pinger{URL: o.cfg.Schedule.Ping, Pauses: o.patience()}.Ping(ctx, e))
}

// patience are the pauses before what did not reach anybody is tried again.
func (o *operations) patience() []time.Duration {
	if o.pauses != nil {
		return o.pauses
	}
	return []time.Duration{time.Second, 5 * time.Second}
}

func (o *operations) metrics(ctx context.Context, asOf district.Date, code int) {
	if o.cfg.Schedule.Metrics == "" {
		return
	}
	n, err := o.standing(ctx, asOf)
	n.ExitCode, n.Started, n.Ended = code, o.started, o.now()
	o.untold(errors.Join(err, n.WriteFile(o.cfg.Schedule.Metrics)))
}

// standing is how things stand after the last complete night of a day's year.
func (o *operations) standing(ctx context.Context, asOf district.Date) (n metrics.Night, err error) {
	n.Version = version
	l, err := anyLedger(ctx, o.cfg)
	if err != nil || l == nil {
		return n, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	run, found, err := lastNight(ctx, l, asOf)
	if err != nil || !found {
		return n, err
	}
	sum, err := pipeline.SummaryOf(run)
	n.AsOf, n.Finished, n.Counts, n.Schools, n.Held = run.AsOf, run.FinishedAt, sum.Totals, len(sum.Schools), len(sum.Held)
	n.Rejects, n.Undelivered, n.Incomplete = sum.Rejects, len(sum.Undelivered), len(sum.Incomplete)
	return n, err
}

// alarm sends a mail to those who run rollcall.
func (o *operations) alarm(ctx context.Context, asOf district.Date, what string, told []string, mend string) {
	if o.cfg.Mail.Transport == "none" {
		return
	}
	o.untold(o.send(ctx, asOf, what, told, mend))
}

func (o *operations) send(ctx context.Context, asOf district.Date, what string, told []string, mend string) (err error) {
	choices, err := settings(o.cfg)
	if err != nil {
		return err
	}
	to, err := o.recipients(ctx, asOf)
	if err != nil {
		return err
	}
	set, err := loadWords(o.cfg)
	if err != nil {
		return err
	}
	sender, err := openSender(o.cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sender.Close()) }()
	if len(to) == 0 {
		return errors.New("nobody hears by mail that the night needs a person: name somebody in mail.operations")
	}
	alarm := pipeline.Alarm{Sender: sender, Words: set, Settings: choices, Now: o.now}
	for try := 0; ; try++ {
		if err = alarm.Send(ctx, asOf, what, told, mend, to); err == nil || try == len(o.patience()) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(o.patience()[try]):
		}
	}
}

// recipients are those of the configuration, else the district office of the last
// complete night.
func (o *operations) recipients(ctx context.Context, asOf district.Date) (to []string, err error) {
	if len(o.cfg.Mail.Operations) > 0 {
		return o.cfg.Mail.Operations, nil
	}
	l, err := anyLedger(ctx, o.cfg)
	if err != nil {
		o.log.Debug("who hears of the night", "error", err) // the night itself says so
		return nil, errors.New("nobody hears by mail that the night needs a person: the ledger, which names the district office, cannot be asked; name somebody in mail.operations")
	}
	if l == nil {
		return nil, nil
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	run, found, err := lastNight(ctx, l, asOf)
	if err != nil || !found {
		return nil, err
	}
	return pipeline.DistrictOffice(ctx, l, run)
}

// lastNight is the last complete night of a day's school year, or of the one before.
func lastNight(ctx context.Context, l *ledger.Ledger, asOf district.Date) (run night.Run, found bool, err error) {
	for year := district.YearOf(asOf); err == nil && !found && year >= district.YearOf(asOf)-1; year-- {
		run, found, err = l.LastRun(ctx, year, year.Last()+1)
	}
	return run, found, err
}

// firstLines keeps the beginning of what was said.
type firstLines struct{ kept bytes.Buffer }

// mostTold is how much of it a mail repeats.
const mostTold = 8 << 10

func (f *firstLines) Write(p []byte) (int, error) {
	if room := mostTold - f.kept.Len(); room > 0 {
		f.kept.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (f *firstLines) lines() []string {
	var lines []string
	for line := range strings.Lines(f.kept.String()) {
		if line = strings.TrimSpace(strings.TrimPrefix(line, "rollcall: ")); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
