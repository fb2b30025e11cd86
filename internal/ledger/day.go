package ledger

import (
	"context"
	"fmt"
	"reflect"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

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
	Due            district.Date      `db:"due"`
	Moved          string             `db:"moved"`
	Booked         bool               `db:"booked"`
}

func (r dayRow) day() intervention.MeetingDay {
	return intervention.MeetingDay{
		SchoolID: r.SchoolID, Kind: r.Kind, Date: r.Date, Due: r.Due, Moved: r.Moved,
		Start: r.Start, End: r.End, SlotMinutes: r.SlotMinutes, Rooms: r.Rooms.V, Place: r.Place,
		Facilitators: r.Facilitators.V, Ordinal: r.Ordinal, SpecialistRole: r.SpecialistRole,
	}
}

// A day is booked while a meeting that was not cancelled is on it, before or
// after the day itself.
const (
	booked = `EXISTS (SELECT 1 FROM meetings m WHERE m.school_id = meeting_days.school_id
		AND m.day = meeting_days.day AND m.kind = meeting_days.kind AND NOT m.cancelled)`
	dayColumns = `SELECT school_id, kind, day, starts, ends, slot_minutes, rooms, place, facilitators, ordinal,
		specialist_role, due, moved, ` + booked + ` AS booked FROM meeting_days `
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

// dayKey names a meeting day.
type dayKey struct {
	school string
	kind   intervention.Kind
	date   district.Date
}

func keyOf(d intervention.MeetingDay) dayKey { return dayKey{d.SchoolID, d.Kind, d.Date} }

// SaveMeetingDays replaces the year's meeting days on or after from by what a
// run made of them, in one transaction. A day that families are booked on stays
// as they were told of it. Days before from are the past and left alone, and of
// two for one school, kind and date the first stands.
func (l *Ledger) SaveMeetingDays(ctx context.Context, runID string, year district.SchoolYear, from district.Date, days []intervention.MeetingDay) error {
	const (
		clearDays = `DELETE FROM meeting_days WHERE school_year = ? AND day >= ? AND NOT ` + booked
		addDays   = `INSERT INTO meeting_days (school_id, kind, day, school_year, starts, ends, slot_minutes, rooms, place,
			facilitators, ordinal, specialist_role, due, moved) VALUES %s ON CONFLICT (school_id, kind, day) DO NOTHING`
	)
	seen := make(map[dayKey]bool, len(days))
	var rows [][]any
	for _, d := range days {
		k := keyOf(d)
		if d.Date < from || seen[k] {
			continue
		}
		if !year.Contains(d.Date) {
			return fmt.Errorf("ledger: meeting days of %s: %s is not in it", year, d.Date)
		}
		seen[k] = true
		rows = append(rows, append([]any{d.SchoolID, string(d.Kind), d.Date}, dayValues(d, year)...))
	}
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, tx.Rebind(clearDays), int(year), from); err != nil {
			return err
		}
		if _, err := insert(ctx, tx, addDays, rows); err != nil {
			return err
		}
		return keepDays(ctx, tx, runID, year, from)
	})
	if err != nil {
		return fmt.Errorf("ledger: save meeting days of %s: %w", year, err)
	}
	return nil
}

func dayValues(d intervention.MeetingDay, year district.SchoolYear) []any {
	return []any{
		int(year), int(d.Start), int(d.End), d.SlotMinutes, asJSON[[]string]{d.Rooms}, d.Place,
		asJSON[[]string]{d.Facilitators}, d.Ordinal, d.SpecialistRole, d.Due, d.Moved,
	}
}

// keepDays keeps a run's word on each day from a day on where it differs from the
// last one, so that an older night can be seen with the days it had.
func keepDays(ctx context.Context, tx *sqlx.Tx, runID string, year district.SchoolYear, from district.Date) error {
	const (
		standing = dayColumns + `WHERE school_year = ? AND day >= ? ORDER BY school_id, kind, day`
		lastSaid = `SELECT school_id, kind, day, starts, ends, slot_minutes, rooms, place, facilitators, ordinal,
			specialist_role, due, moved FROM (
				SELECT c.*, ROW_NUMBER() OVER (PARTITION BY c.school_id, c.kind, c.day ORDER BY r.as_of DESC) AS nth
				FROM meeting_day_changes c JOIN runs r ON r.id = c.run_id WHERE c.school_year = ? AND c.day >= ?) said
			WHERE nth = 1`
		keep = `INSERT INTO meeting_day_changes (run_id, school_id, kind, day, school_year, starts, ends, slot_minutes, rooms,
			place, facilitators, ordinal, specialist_role, due, moved) VALUES %s ON CONFLICT (school_id, kind, day, run_id) DO UPDATE SET
			starts = excluded.starts, ends = excluded.ends, slot_minutes = excluded.slot_minutes, rooms = excluded.rooms,
			place = excluded.place, facilitators = excluded.facilitators, ordinal = excluded.ordinal,
			specialist_role = excluded.specialist_role, due = excluded.due, moved = excluded.moved`
	)
	var now, before []dayRow
	if err := tx.SelectContext(ctx, &now, tx.Rebind(standing), int(year), from); err != nil {
		return err
	}
	if err := tx.SelectContext(ctx, &before, tx.Rebind(lastSaid), int(year), from); err != nil {
		return err
	}
	said := make(map[dayKey]intervention.MeetingDay, len(before))
	for _, r := range before {
		said[keyOf(r.day())] = r.day()
	}
	var rows [][]any
	for _, r := range now {
		d := r.day()
		if last, ok := said[keyOf(d)]; ok && reflect.DeepEqual(last, d) {
			continue
		}
		rows = append(rows, append([]any{runID, d.SchoolID, string(d.Kind), d.Date}, dayValues(d, year)...))
	}
	_, err := insert(ctx, tx, keep, rows)
	return err
}
