package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"rollcall/internal/night"
)

// DocumentKeeper is the ledger's list of what a run put on the shelf.
type DocumentKeeper interface {
	Documents(ctx context.Context, runID string) ([]night.Document, error)
	Schools(ctx context.Context, runID string) ([]night.School, error)
	Run(ctx context.Context, id string) (night.Run, bool, error)
}

// Digester looks at the shelf.
type Digester interface {
	Shelf
	Digest(ctx context.Context, path string) (bytes int64, sha256 string, err error)
}

// Restoring puts back documents that are gone from the shelf, each as it was to
// the byte or not at all. A document that is there is left alone, even where it
// differs: the office fills in its rosters in place.
type Restoring struct {
	Ledger    DocumentKeeper
	Shelf     Digester
	Rendering Rendering
	Closing   Closing
	Version   string // of the program
}

// Restored is what became of the documents that were missing.
type Restored struct {
	Back int
	Lost []Lost // by path
}

// Lost is a document that cannot be made again as it was, and why.
type Lost struct{ Path, Why string }

// Words say so.
func (l Lost) Words() string {
	return fmt.Sprintf("%s is missing from the shelf and cannot be made again as it was: %s", l.Path, l.Why)
}

// Run restores what is missing of a run's documents: of the schools that have
// theirs, and of the district once the run is finished.
func (r Restoring) Run(ctx context.Context, runID string) (Restored, error) {
	run, _, err := r.Ledger.Run(ctx, runID)
	if err != nil {
		return Restored{}, err
	}
	owners, err := r.Ledger.Schools(ctx, runID)
	if err != nil {
		return Restored{}, err
	}
	docs, err := r.Ledger.Documents(ctx, runID)
	if err != nil {
		return Restored{}, err
	}
	// The district's workbook reads the schools' mailing manifests: it comes last.
	slices.SortStableFunc(owners, func(a, b night.School) int { return cmp.Compare(b.SchoolID, a.SchoolID) })
	var out Restored
	for _, owner := range owners {
		if owner.Status == night.Committed || owner.SchoolID == "" && run.FinishedAt.IsZero() {
			continue
		}
		if err := r.restore(ctx, run, owner.SchoolID, docs, &out); err != nil {
			return out, err
		}
	}
	slices.SortFunc(out.Lost, func(a, b Lost) int { return cmp.Compare(a.Path, b.Path) })
	return out, nil
}

// restore does so for one school, or for the district where schoolID is empty.
func (r Restoring) restore(ctx context.Context, run night.Run, schoolID string, docs []night.Document, out *Restored) error {
	gaps := &gapsOnly{Digester: r.Shelf, recorded: map[string]night.Document{}, missing: map[string]bool{}}
	for _, d := range docs {
		if d.SchoolID != schoolID {
			continue
		}
		gaps.recorded[d.Path] = d
		_, _, err := r.Shelf.Digest(ctx, d.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			gaps.missing[d.Path] = true
		case err != nil:
			return err
		}
	}
	if len(gaps.missing) == 0 {
		return nil
	}
	var err error
	if schoolID == "" {
		err = r.Closing.restore(ctx, run, gaps)
	} else {
		err = r.Rendering.restore(ctx, night.Job{RunID: run.ID, SchoolID: schoolID}, gaps)
	}
	why := "the configuration or the words have changed since; with those of then it can be"
	if run.Version != r.Version {
		why = fmt.Sprintf("version %s made it, this is %s", run.Version, r.Version)
	}
	switch {
	case errors.Is(err, night.ErrNotKept):
		why = night.ErrNotKept.Error()
	case errors.Is(err, fs.ErrNotExist):
		why = "a paper that it is made from is missing"
	case err != nil:
		return err
	}
	out.Back += gaps.back
	for path := range gaps.missing {
		out.Lost = append(out.Lost, Lost{Path: path, Why: why})
	}
	return nil
}

// gapsOnly is a shelf that takes what is missing, as it was recorded, and
// nothing else. What it is not given stays missing.
type gapsOnly struct {
	Digester
	recorded map[string]night.Document
	missing  map[string]bool
	back     int
}

// Put answers with what is on record, so that a manifest of all documents is the
// one that was made with them.
func (g *gapsOnly) Put(ctx context.Context, path string, write func(io.Writer) error) (int64, string, error) {
	var made bytes.Buffer
	if err := write(&made); err != nil {
		return 0, "", err
	}
	was, ok := g.recorded[path]
	if !ok {
		was.Bytes, was.SHA256 = int64(made.Len()), digestOf(made.Bytes())
	}
	if !g.missing[path] || digestOf(made.Bytes()) != was.SHA256 {
		return was.Bytes, was.SHA256, nil
	}
	_, _, err := g.Digester.Put(ctx, path, func(w io.Writer) error {
		_, err := w.Write(made.Bytes())
		return err
	})
	if err == nil {
		delete(g.missing, path)
		g.back++
	}
	return was.Bytes, was.SHA256, err
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
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

// restore makes the district's documents from what the night was summed up to:
// mail that arrived since does not change them.
func (c Closing) restore(ctx context.Context, run night.Run, shelf Shelf) error {
	c.Shelf = shelf
	m, err := c.material(ctx, run.ID)
	if err != nil {
		return err
	}
	d, _, err := c.gather(ctx, run, m)
	if err != nil {
		return err
	}
	sum, err := SummaryOf(run)
	if err != nil {
		return err
	}
	d.Undelivered = sum.deliveries()
	sum.Documents, sum.Pages = 0, 0
	_, err = c.write(ctx, run.ID, d, &sum)
	return err
}
