package ledger

import (
	"context"
	"fmt"

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

type dayRow struct {
	SchoolID       string             `db:"school_id"`
	Kind           intervention.Kind  `db:"kind"`
	Date           district.Date      `db:"day"`
	Start          intervention.Clock `db:"starts"`
	End            intervention.Clock `db:"ends"`
	SlotMinutes    int                `db:"slot_minutes"`
	Rooms          asJSON[[]string]   `db:"rooms"`
	Place          string             `db:"place"`
	Facilitators   asJSON[[]string]   `db:"facilitators"`
	Ordinal        int                `db:"ordinal"`
	SpecialistRole string             `db:"specialist_role"`
	Booked         bool               `db:"booked"`
}

func (r dayRow) day() intervention.MeetingDay {
	return intervention.MeetingDay{
		SchoolID: r.SchoolID, Kind: r.Kind, Date: r.Date, Start: r.Start, End: r.End, SlotMinutes: r.SlotMinutes,
		Rooms: r.Rooms.V, Place: r.Place, Facilitators: r.Facilitators.V, Ordinal: r.Ordinal, SpecialistRole: r.SpecialistRole,
	}
}

// A day is booked while a meeting that was not cancelled is on it, before or
// after the day itself.
const (
	booked = `EXISTS (SELECT 1 FROM meetings m WHERE m.school_id = meeting_days.school_id
		AND m.day = meeting_days.day AND m.kind = meeting_days.kind AND NOT m.cancelled)`
	dayColumns = `SELECT school_id, kind, day, starts, ends, slot_minutes, rooms, place, facilitators, ordinal,
		specialist_role, ` + booked + ` AS booked FROM meeting_days `
)

// MeetingDays are all of the year's meeting days, past ones included, and which
// of them a meeting stands or stood on; both by day, school and kind.
func (l *Ledger) MeetingDays(ctx context.Context, year district.SchoolYear) (days, taken []intervention.MeetingDay, err error) {
	var rows []dayRow
	const ofYear = dayColumns + `WHERE school_year = ? ORDER BY day, school_id, kind`
	if err := l.db.SelectContext(ctx, &rows, l.db.Rebind(ofYear), int(year)); err != nil {
		return nil, nil, fmt.Errorf("ledger: meeting days of %s: %w", year, err)
	}
	for _, r := range rows {
		days = append(days, r.day())
		if r.Booked {
			taken = append(taken, r.day())
		}
	}
	return days, taken, nil
}

// SaveMeetingDays replaces the year's meeting days on or after from by these,
// in one transaction. A day that families are booked on stays as they were told
// of it; only its ordinal and the specialist's part may change. Days before from
// are the past and left alone, and of two for one school, kind and date the
// first stands.
func (l *Ledger) SaveMeetingDays(ctx context.Context, year district.SchoolYear, from district.Date, days []intervention.MeetingDay) error {
	const (
		clearDays = `DELETE FROM meeting_days WHERE school_year = ? AND day >= ? AND NOT ` + booked
		addDays   = `INSERT INTO meeting_days (school_id, kind, day, school_year, starts, ends, slot_minutes, rooms, place,
			facilitators, ordinal, specialist_role) VALUES %s ON CONFLICT (school_id, kind, day) DO UPDATE SET
			ordinal = excluded.ordinal, specialist_role = excluded.specialist_role`
	)
	type key struct {
		school string
		kind   intervention.Kind
		date   district.Date
	}
	seen := make(map[key]bool, len(days))
	var rows [][]any
	for _, d := range days {
		k := key{d.SchoolID, d.Kind, d.Date}
		if d.Date < from || seen[k] {
			continue
		}
		if !year.Contains(d.Date) {
			return fmt.Errorf("ledger: meeting days of %s: %s is not in it", year, d.Date)
		}
		seen[k] = true
		rows = append(rows, []any{
			d.SchoolID, string(d.Kind), d.Date, int(year), int(d.Start), int(d.End), d.SlotMinutes,
			asJSON[[]string]{d.Rooms}, d.Place, asJSON[[]string]{d.Facilitators}, d.Ordinal, d.SpecialistRole,
		})
	}
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, tx.Rebind(clearDays), int(year), from); err != nil {
			return err
		}
		_, err := insert(ctx, tx, addDays, rows)
		return err
	})
	if err != nil {
		return fmt.Errorf("ledger: save meeting days of %s: %w", year, err)
	}
	return nil
}
