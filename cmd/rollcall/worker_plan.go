package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"rollcall/internal/night"
	"rollcall/internal/queue"
	"rollcall/pipeline"
)

// errNotOurs is wrapped by the error of a worker that cannot decide on what the night
// decides on: others can.
var errNotOurs = errors.New("deciding is left to other machines")

// restAfter is how long what was surveyed of an export is kept once no school is asked
// for.
const restAfter = time.Minute

// decider decides the nights of schools for a night that runs elsewhere. It surveys the
// export when the first school of it is asked for.
type decider struct {
	*house
	mu     sync.Mutex
	latest *survey // of the night asked for last
}

// survey is what is known of an export that is being decided on.
type survey struct {
	run, basis string // of the jobs
	planning   *pipeline.Planning
	shut       func() error
	users      int
	rest       *time.Timer
}

// do is a Plan job. It waits for its night where that was cut off: nobody decides once the
// night is stopped.
func (d *decider) do(ctx context.Context, j night.Job) error {
	if underWay, err := d.ledger.UnderWay(ctx); err != nil || !underWay {
		return cmp.Or(err, queue.ErrNotHere)
	}
	r, err := d.take(ctx, j)
	if err != nil {
		return err
	}
	defer d.leave(r)
	return r.planning.Do(ctx, j)
}

// take is the survey that a job is to be decided on, made now where there is none yet.
func (d *decider) take(ctx context.Context, j night.Job) (*survey, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r := d.latest; r == nil || r.run != j.RunID || r.basis != j.Basis {
		d.drop()
		r, err := d.open(ctx, j)
		if err != nil {
			return nil, err
		}
		d.latest = r
	}
	d.latest.users++
	d.latest.rest.Stop()
	return d.latest, nil
}

func (d *decider) open(ctx context.Context, j night.Job) (_ *survey, err error) {
	basis, err := pipeline.BasisOf(j)
	if err != nil {
		return nil, err
	}
	run, _, err := d.ledger.Run(ctx, j.RunID)
	if err != nil {
		return nil, err
	}
	policy, err := d.policy(run.AsOf, run, true)
	if err != nil {
		return nil, err
	}
	data, shut, err := openForNight(ctx, d.cfg.Source, run.AsOf, d.log)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNotOurs, err)
	}
	if data.District().Digest != basis.Export {
		return nil, errors.Join(fmt.Errorf("%w: the export here is not the one that the night of %s reads", errNotOurs, run.ID), shut())
	}
	settings := d.settings
	settings.RecordOnly, settings.Refused = run.RecordOnly, basis.Refused
	t := pipeline.Tonight{Run: run, District: data.District(), Policy: policy, Settings: settings}
	r := &survey{run: run.ID, basis: j.Basis, planning: pipeline.NewPlanning(t, data, d.ledger, d.log), shut: shut}
	r.rest = time.AfterFunc(restAfter, func() { d.forget(r) })
	return r, nil
}

// leave is take's other half: the last who goes has it put away in a while, or
// at once where another has taken its place.
func (d *decider) leave(r *survey) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch r.users--; {
	case r.users > 0:
	case r == d.latest:
		r.rest.Reset(restAfter)
	default:
		d.close(r)
	}
}

// forget puts a survey away that nobody has asked for in a while.
func (d *decider) forget(r *survey) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r == d.latest && r.users == 0 {
		d.drop()
	}
}

// end puts away what is left.
func (d *decider) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop()
}

// drop puts the latest away, or leaves that to the last who is at it.
func (d *decider) drop() {
	r := d.latest
	d.latest = nil
	if r != nil && r.users == 0 {
		d.close(r)
	}
}

func (d *decider) close(r *survey) {
	r.rest.Stop()
	if err := r.shut(); err != nil {
		d.log.Warn("close the export", "error", err)
	}
}
