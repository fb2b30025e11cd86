package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rollcall/internal/night"
)

// hands have schools planned.
type hands interface {
	// plan has more schools planned, sooner or later.
	plan(ctx context.Context, schools []string) error
	// settled waits until something came of some of them.
	settled(ctx context.Context) ([]outcome, error)
}

// outcome is what came of planning a school: the stage it reached, or why it has no
// night.
type outcome struct {
	school string
	last   Name
	err    error
}

// inPlace plans one school after another, as far as a stage.
type inPlace struct {
	*Planning
	until Name
	open  []string
}

func (h *inPlace) plan(_ context.Context, schools []string) error {
	h.open = append(h.open, schools...)
	return nil
}

func (h *inPlace) settled(ctx context.Context) ([]outcome, error) {
	id := h.open[0]
	h.open = h.open[1:]
	last, err := h.decided(ctx, id, h.until)
	return []outcome{{id, last, err}}, ctx.Err()
}

// byQueue has schools planned as jobs, by whoever works the queue.
type byQueue struct {
	queue  Queue
	ledger Ledger
	runID  string
	basis  string   // of the jobs
	open   []string // schools whose job is in the queue, by ID
	looks  int
}

// How often the ledger is asked who has a night, and the queue, once in so many looks,
// which jobs were given up.
const (
	lookAtLedger = 10 * time.Millisecond
	lookAtQueue  = 25
)

func (h *byQueue) plan(ctx context.Context, schools []string) error {
	jobs := make([]night.Job, len(schools))
	for i, id := range schools {
		jobs[i] = night.Job{Kind: night.Plan, RunID: h.runID, SchoolID: id, Basis: h.basis}
	}
	h.open = append(h.open, schools...)
	slices.Sort(h.open)
	return h.queue.Insert(ctx, jobs)
}

// settled takes the ledger's word that a school has its night: it is there as soon as it
// is committed, whatever becomes of the worker afterwards.
func (h *byQueue) settled(ctx context.Context) ([]outcome, error) {
	for {
		came, err := h.look(ctx)
		if err != nil || len(came) > 0 {
			return came, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lookAtLedger):
		}
	}
}

func (h *byQueue) look(ctx context.Context) (came []outcome, err error) {
	// The queue first: what it says of a school that is committed meanwhile is not so.
	waiting := len(h.open)
	var failed []night.JobError
	if h.looks++; h.looks%lookAtQueue == 0 {
		var jobs map[night.JobKind]int
		if jobs, failed, err = h.queue.Unfinished(ctx, h.runID); err != nil {
			return nil, err
		}
		waiting = jobs[night.Plan]
	}
	committed, err := h.ledger.Committed(ctx, h.runID)
	if err != nil {
		return nil, err
	}
	for _, id := range committed {
		if h.closed(id) {
			came = append(came, outcome{school: id, last: CommitStage})
		}
	}
	for _, f := range failed {
		if f.Job.Kind == night.Plan && h.closed(f.Job.SchoolID) {
			came = append(came, outcome{f.Job.SchoolID, CommitStage, errors.New(f.Error)})
		}
	}
	if len(h.open) > waiting {
		return came, fmt.Errorf("the jobs of schools %s are gone from the queue: does another night run on this ledger?", strings.Join(h.open, ", "))
	}
	return came, nil
}

// closed takes a school from those that are open; false where it is not one.
func (h *byQueue) closed(id string) bool {
	at, open := slices.BinarySearch(h.open, id)
	if open {
		h.open = slices.Delete(h.open, at, at+1)
	}
	return open
}

// Basis is what a night's schools are decided on, beside the policy and the settings: the
// digest of its export, and what waits in the inbox of the machine that it began on.
type Basis struct {
	Export  string
	Refused []RefusedFollowUp `json:",omitempty"`
}

// BasisOf is the basis of a Plan job.
func BasisOf(j night.Job) (b Basis, err error) {
	if err := json.Unmarshal([]byte(j.Basis), &b); err != nil {
		return b, fmt.Errorf("the basis of a job that plans school %s: %w", j.SchoolID, err)
	}
	return b, nil
}

// Do is the job that plans a school. One that has its night is left as it is.
func (n *Planning) Do(ctx context.Context, j night.Job) error {
	if j.RunID != n.tonight.Run.ID {
		return fmt.Errorf("the night of %s is not under way", j.RunID)
	}
	committed, err := n.ledger.Committed(ctx, j.RunID)
	if err != nil || slices.Contains(committed, j.SchoolID) {
		return err
	}
	_, err = n.decided(ctx, j.SchoolID, "")
	return err
}
