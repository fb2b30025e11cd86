package pipeline

import (
	"context"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// Source is the student information system, read once for a night.
type Source interface {
	District() *district.District
	School(ctx context.Context, id string) (*district.Snapshot, error)
}

// Rememberer answers what was done before.
type Rememberer interface {
	History(ctx context.Context, year district.SchoolYear, schoolID string, from district.Date, students []string) (intervention.History, error)
}

// Extracted is one school's rows and what the ledger remembers beside them.
type Extracted struct {
	Tonight
	Snapshot *district.Snapshot
	History  intervention.History
}

// extract reads a school: its students with all their rows of the year, at
// other schools too.
func extract(source Source, ledger Rememberer, t Tonight) func(context.Context, string) (Extracted, error) {
	return func(ctx context.Context, schoolID string) (Extracted, error) {
		snapshot, err := source.School(ctx, schoolID)
		if err != nil {
			return Extracted{}, err
		}
		ids := make([]string, len(snapshot.Students))
		for i := range snapshot.Students {
			ids[i] = snapshot.Students[i].ID
		}
		history, err := ledger.History(ctx, t.District.Year, schoolID, t.Run.AsOf+1, ids)
		if err != nil {
			return Extracted{}, err
		}
		return Extracted{Tonight: t, Snapshot: snapshot, History: history}, nil
	}
}
