package ledger

import (
	"context"
	"fmt"
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

// MeetingsElsewhere are the meetings standing at other schools than one, from a day on,
// of the students named, by day, start and ID.
func (l *Ledger) MeetingsElsewhere(ctx context.Context, schoolID string, from district.Date, students []string) ([]intervention.Meeting, error) {
	const standing = meetingColumns + ` FROM meetings m WHERE m.school_id <> ? AND m.day >= ? AND NOT m.cancelled AND m.student_id IN (?)
		ORDER BY m.day, m.starts, m.id`
	var meetings []intervention.Meeting
	err := in(students, standing, []any{schoolID, from}, func(query string, args []any) error {
		var rows []meetingRow
		err := l.db.SelectContext(ctx, &rows, l.db.Rebind(query), args...)
		for _, r := range rows {
			meetings = append(meetings, r.meeting())
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: meetings beside school %s: %w", schoolID, err)
	}
	return meetings, nil
}

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

// OnRecord are the schools where a student has a case or a meeting of a year, by student
// ID.
func (l *Ledger) OnRecord(ctx context.Context, year district.SchoolYear) (map[string][]string, error) {
	const places = `SELECT student_id, school_id FROM cases WHERE school_year = ?
		UNION SELECT c.student_id, m.school_id FROM meetings m JOIN cases c ON c.id = m.case_id WHERE c.school_year = ?
		ORDER BY 1, 2`
	var rows []struct {
		Student string `db:"student_id"`
		School  string `db:"school_id"`
	}
	if err := l.db.SelectContext(ctx, &rows, l.db.Rebind(places), int(year), int(year)); err != nil {
		return nil, fmt.Errorf("ledger: schools of cases: %w", err)
	}
	at := make(map[string][]string, len(rows))
	for _, r := range rows {
		at[r.Student] = append(at[r.Student], r.School)
	}
	return at, nil
}
