package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/reports"
)

// Casebook is what reading filled-in rosters needs of the ledger.
type Casebook interface {
	Cases(ctx context.Context, year district.SchoolYear, students []string) ([]intervention.Case, error)
	Record(ctx context.Context, events []intervention.CaseEvent, admit func(*intervention.Case, intervention.Event) (bool, error)) (int, error)
}

// FollowingUp reads filled-in Follow-up sheets back: the events that they tell of
// go on record, all of a file or none.
type FollowingUp struct {
	Ledger Casebook
	Now    func() time.Time
	Today  district.Date // the last day on which anything can have happened
	Actor  string        // who recorded it
}

// RefusedFollowUp is a filled-in roster of which nothing could be recorded; SchoolID
// is empty where it does not say whose it is.
type RefusedFollowUp struct{ Name, SchoolID string }

// FollowedUp is what a file came to.
type FollowedUp struct {
	Run      string // the night of the roster, empty where it does not say
	SchoolID string
	Cases    int // that it writes about
	Events   int // that were added; 0 where the file was read before
	// Faults are why nothing of the file was recorded, and Marked the copy that
	// shows them.
	Faults []reports.CellFault
	Marked []byte
}

// Read puts one workbook on record. The error is of a file that is no roster, or
// of the ledger; what is wrong with cells is in the result.
func (f FollowingUp) Read(ctx context.Context, workbook []byte) (FollowedUp, error) {
	filled, err := reports.ReadFilledIn(workbook)
	if err != nil {
		return FollowedUp{}, err
	}
	out := FollowedUp{Run: filled.Run, SchoolID: filled.SchoolID, Cases: len(filled.Rows), Faults: filled.Faults}
	cases, err := f.cases(ctx, filled)
	if err != nil {
		return out, err
	}
	var events []intervention.CaseEvent
	for i := range filled.Rows {
		row := &filled.Rows[i]
		if faulty(filled.Faults, row) {
			continue
		}
		c := cases[row.CaseID]
		if c == nil {
			out.Faults = append(out.Faults, row.Fault(intervention.ColumnFault{Column: intervention.CaseColumn, Problem: fmt.Sprintf("there is no case %q: restore the ID from the roster", row.CaseID)}))
			continue
		}
		found, faults := row.Events(c, f.Today)
		for _, fault := range faults {
			out.Faults = append(out.Faults, row.Fault(fault))
		}
		for _, e := range found {
			e.At, e.Actor = f.Now().UTC(), f.Actor
			events = append(events, intervention.CaseEvent{CaseID: c.ID, Event: e})
		}
	}
	if len(out.Faults) > 0 {
		out.Marked, err = reports.MarkFollowUp(workbook, out.Faults)
		return out, err
	}
	if len(events) == 0 {
		return out, nil
	}
	// The same events are held to the cases again as they stand in the transaction:
	// somebody may record them by hand at the same time.
	out.Events, err = f.Ledger.Record(ctx, events, func(c *intervention.Case, e intervention.Event) (bool, error) {
		if err := c.Admit(e, f.Today); err != nil {
			return false, fmt.Errorf("case %s: %w; nothing of the file was recorded", c.ID, err)
		}
		return true, nil
	})
	return out, err
}

// faulty reports whether a row has a cell that could not be read.
func faulty(faults []reports.CellFault, row *reports.FilledRow) bool {
	return slices.ContainsFunc(faults, func(f reports.CellFault) bool { return f.Row == row.Number })
}

// cases are those of the school years that the rows name, by ID.
func (f FollowingUp) cases(ctx context.Context, filled *reports.FilledIn) (map[string]*intervention.Case, error) {
	found := map[string]*intervention.Case{}
	read := map[district.SchoolYear]bool{}
	for _, row := range filled.Rows {
		year, ok := intervention.CaseYear(row.CaseID)
		if !ok || read[year] {
			continue
		}
		read[year] = true
		cases, err := f.Ledger.Cases(ctx, year, nil)
		if err != nil {
			return nil, err
		}
		for i := range cases {
			found[cases[i].ID] = &cases[i]
		}
	}
	return found, nil
}
