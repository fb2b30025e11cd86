package pipeline

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"rollcall/internal/night"
)

// DocumentKeeper is the ledger's list of what a run put on the shelf.
type DocumentKeeper interface {
	Documents(ctx context.Context, runID string) ([]night.Document, error)
}

// Digester looks at the shelf.
type Digester interface {
	Shelf
	Digest(ctx context.Context, path string) (bytes int64, sha256 string, err error)
}

// Restoring puts back documents that are gone from the shelf. A document that
// is there is left alone, even where it differs: the office fills in its
// rosters in place.
type Restoring struct {
	Ledger    DocumentKeeper
	Shelf     Digester
	Rendering Rendering
	Closing   Closing
}

// Run restores a finished run and returns how many documents it put back.
func (r Restoring) Run(ctx context.Context, runID string) (int, error) {
	docs, err := r.Ledger.Documents(ctx, runID)
	if err != nil {
		return 0, err
	}
	gone := &absentOnly{Digester: r.Shelf}
	schools := map[string]bool{}
	for _, d := range docs {
		_, _, err := r.Shelf.Digest(ctx, d.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			schools[d.SchoolID] = true
		case err != nil:
			return 0, err
		}
	}
	for _, d := range docs {
		if !schools[d.SchoolID] {
			continue
		}
		delete(schools, d.SchoolID)
		j := night.Job{RunID: runID, SchoolID: d.SchoolID}
		if d.SchoolID == "" {
			err = r.Closing.restore(ctx, j, gone)
		} else {
			err = r.Rendering.restore(ctx, j, gone)
		}
		if err != nil {
			return gone.written, err
		}
	}
	return gone.written, nil
}

// absentOnly is a shelf on which what is there cannot be replaced.
type absentOnly struct {
	Digester
	written int
}

func (a *absentOnly) Put(ctx context.Context, path string, write func(io.Writer) error) (int64, string, error) {
	n, sum, err := a.Digest(ctx, path)
	if !errors.Is(err, fs.ErrNotExist) {
		return n, sum, err
	}
	a.written++
	return a.Digester.Put(ctx, path, write)
}

func (r Rendering) restore(ctx context.Context, j night.Job, shelf Shelf) error {
	s, err := schoolNight(ctx, r.Ledger, j)
	if err != nil {
		return err
	}
	r.Shelf = shelf
	_, err = r.write(ctx, s)
	return err
}

func (c Closing) restore(ctx context.Context, j night.Job, shelf Shelf) error {
	c.Shelf = shelf
	_, d, sum, err := c.night(ctx, j)
	if err != nil {
		return err
	}
	_, err = c.write(ctx, j.RunID, d, &sum)
	return err
}
