package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path"

	"rollcall/internal/night"
)

// Approver writes an approved school's night in place of the held one.
type Approver interface {
	Ledger
	DocumentKeeper
	Approve(ctx context.Context, a night.Approval, c night.Commit) error
}

// Approving issues nights of schools that were held, once a person has looked:
// each is decided again and stands in place of the held one. What is left to do
// then are jobs, like any night's.
type Approving struct {
	Ledger Approver
	Source Source
	Shelf  Digester
	Log    *slog.Logger
}

// ErrNotApprovable is wrapped where a school stays held although its night was
// approved.
var ErrNotApprovable = errors.New("an approval cannot issue it")

// Run approves a night's schools one by one, each whole or not at all, and tells
// how many it came to before an error.
func (p Approving) Run(ctx context.Context, t Tonight, approvals []night.Approval, watch Watch) (done int, err error) {
	for i, a := range approvals {
		t.Approval = a
		n := NewPlanning(t, p.Source, p.Ledger, p.Log)
		n.Commit = Stage[Scheduled, night.School]{CommitStage, p.replace}
		if i == 0 {
			if _, err := n.Calendar.run(ctx, t); err != nil {
				return i, err
			}
		}
		if _, err := n.decided(ctx, a.SchoolID, ""); err != nil {
			return i, fmt.Errorf("school %s: %w", a.SchoolID, err)
		}
		n.reached(watch, Step{Stage: CommitStage, SchoolID: a.SchoolID, Done: i + 1, Total: len(approvals)})
	}
	return len(approvals), nil
}

// replace is commit for a night that was approved.
func (p Approving) replace(ctx context.Context, s Scheduled) (night.School, error) {
	if s.Held != "" {
		return night.School{}, fmt.Errorf("%w: %s; %s", ErrNotApprovable, s.Held, s.Mend)
	}
	if err := p.setAside(ctx, s.Run.ID, s.Snapshot.School.ID); err != nil {
		return night.School{}, err
	}
	c, err := s.commit()
	if err != nil {
		return night.School{}, err
	}
	return c.School, p.Ledger.Approve(ctx, s.Approval, c)
}

// beforeApproval is the folder, beside a school's papers, for what people wrote
// into them before they were made again.
const beforeApproval = "before-approval"

// setAside copies papers of the held night that are no longer as they were made:
// the office fills in its rosters in place, and new ones are about to come.
func (p Approving) setAside(ctx context.Context, runID, schoolID string) error {
	docs, err := p.Ledger.Documents(ctx, runID)
	if err != nil {
		return err
	}
	for _, d := range docs {
		if d.SchoolID != schoolID {
			continue
		}
		_, sum, err := p.Shelf.Digest(ctx, d.Path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && sum == d.SHA256 {
			continue
		}
		if err != nil {
			return err
		}
		written, err := p.Shelf.Read(ctx, d.Path)
		if err != nil {
			return err
		}
		folder, name := path.Split(d.Path)
		if _, _, err := p.Shelf.Put(ctx, path.Join(folder, beforeApproval, name), func(w io.Writer) error {
			_, err := w.Write(written)
			return err
		}); err != nil {
			return err
		}
		p.Log.Warn("kept what was written into a paper of the held night", "path", path.Join(folder, beforeApproval, name))
	}
	return nil
}
