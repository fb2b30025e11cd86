package ledger

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

type meetingRow struct {
	ID          string             `db:"id"`
	CaseID      string             `db:"case_id"`
	StudentID   string             `db:"student_id"`
	SchoolID    string             `db:"school_id"`
	Kind        intervention.Kind  `db:"kind"`
	Date        district.Date      `db:"day"`
	Start       intervention.Clock `db:"starts"`
	End         intervention.Clock `db:"ends"`
	Room        string             `db:"room"`
	Place       string             `db:"place"`
	Facilitator string             `db:"facilitator"`
	Sequence    int                `db:"sequence"`
	Cancelled   bool               `db:"cancelled"`
}

func (r meetingRow) meeting() intervention.Meeting { return intervention.Meeting(r) }

const meetingColumns = `SELECT m.id, m.case_id, m.student_id, m.school_id, m.kind, m.day, m.starts, m.ends, m.room, m.place,
	m.facilitator, m.sequence, m.cancelled`

// saveMeetings writes the night's word on each meeting, and keeps it beside the
// words before it.
func saveMeetings(ctx context.Context, tx *sqlx.Tx, runID string, meetings []intervention.Meeting) error {
	const (
		stand = `INSERT INTO meetings (id, case_id, student_id, school_id, kind, day, starts, ends, room, place,
			facilitator, sequence, cancelled) VALUES %s ON CONFLICT (id) DO UPDATE SET
			school_id = excluded.school_id, day = excluded.day, starts = excluded.starts, ends = excluded.ends,
			room = excluded.room, place = excluded.place, facilitator = excluded.facilitator, sequence = excluded.sequence,
			cancelled = excluded.cancelled`
		keep = `INSERT INTO meeting_changes (meeting_id, run_id, school_id, day, starts, ends, room, place,
			facilitator, sequence, cancelled) VALUES %s`
	)
	now, change := make([][]any, len(meetings)), make([][]any, len(meetings))
	for i, m := range meetings {
		said := []any{m.SchoolID, m.Date, int(m.Start), int(m.End), m.Room, m.Place, m.Facilitator, m.Sequence, m.Cancelled}
		now[i] = slices.Concat([]any{m.ID, m.CaseID, m.StudentID, said[0], string(m.Kind)}, said[1:])
		change[i] = slices.Concat([]any{m.ID, runID}, said)
	}
	if _, err := insert(ctx, tx, stand, now); err != nil {
		return err
	}
	_, err := insert(ctx, tx, keep, change)
	return err
}
