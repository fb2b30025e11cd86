package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/district"
	"rollcall/internal/night"
)

// past is a table of the ledger and how to read of it what stood there before the
// night of :day, whose start was :cut. Whatever a later night or that night itself
// wrote is left out, and what people recorded from its start on. Rows that nights
// overwrite are read from the changes that were kept.
type past struct{ table, columns, rows string }

const (
	// ofEarlier is a run of an earlier night.
	ofEarlier = ` IN (SELECT id FROM runs WHERE as_of < :day)`
	// recorded are the events of earlier nights, and of people until :cut.
	recorded = `(e.run_id` + ofEarlier + ` OR e.run_id IS NULL AND e.at < :cut)`
)

// pasts are the tables in an order in which each refers only to those before it.
// What documents are made of is not needed: none of an earlier night is made
// again.
var pasts = []past{
	{"policies", "hash, text", `SELECT hash, text FROM policies`},
	// The night's own run is there as it was begun, so that it is begun again with
	// its policy and its start.
	{"runs", "id, as_of, school_year, policy_hash, input_digest, settings, version, record_only, started_at, finished_at, summary",
		`SELECT id, as_of, school_year, policy_hash, input_digest, settings, version, record_only, started_at,
			CASE WHEN as_of < :day AND finished_at < :cut THEN finished_at END,
			CASE WHEN as_of < :day AND finished_at < :cut THEN summary ELSE '' END
			FROM runs WHERE as_of <= :day`},
	{"school_nights", "run_id, school_id, status, held, counts",
		`SELECT run_id, school_id, status, held, counts FROM school_nights WHERE run_id` + ofEarlier},
	{"cases", "id, student_id, school_id, kind, round, school_year, opened_on, rule, expr, words, dates, policy_hash, events, letters",
		`SELECT c.id, c.student_id, COALESCE((SELECT m.from_school FROM case_moves m JOIN runs r ON r.id = m.run_id
				WHERE m.case_id = c.id AND r.as_of >= :day ORDER BY r.as_of LIMIT 1), c.school_id),
			c.kind, c.round, c.school_year, c.opened_on, c.rule, c.expr, c.words, c.dates, c.policy_hash,
			(SELECT COUNT(*) FROM case_events e WHERE e.case_id = c.id AND ` + recorded + `),
			(SELECT COUNT(*) FROM letters l WHERE l.case_id = c.id AND l.run_id` + ofEarlier + `)
			FROM cases c WHERE c.opened_on < :day`},
	{"case_moves", "case_id, run_id, from_school, to_school",
		`SELECT case_id, run_id, from_school, to_school FROM case_moves WHERE run_id` + ofEarlier},
	{"case_events", "case_id, seq, run_id, kind, at, day, actor, detail, facts",
		`SELECT e.case_id, ROW_NUMBER() OVER (PARTITION BY e.case_id ORDER BY e.seq), e.run_id, e.kind, e.at, e.day, e.actor,
			e.detail, e.facts FROM case_events e JOIN cases c ON c.id = e.case_id WHERE c.opened_on < :day AND ` + recorded},
	{"letters", "id, run_id, school_year, case_id, seq, student_id, kind, channel, household, language, sent_to, issued_on, named, withdrawn_by",
		`SELECT id, run_id, school_year, case_id, seq, student_id, kind, channel, household, language, sent_to, issued_on, named,
			CASE WHEN withdrawn_by` + ofEarlier + ` THEN withdrawn_by END FROM letters WHERE run_id` + ofEarlier},
	{"meetings", "id, case_id, student_id, kind, school_id, day, starts, ends, room, place, facilitator, sequence, cancelled",
		`SELECT m.id, m.case_id, m.student_id, m.kind, w.school_id, w.day, w.starts, w.ends, w.room, w.place, w.facilitator,
			w.sequence, w.cancelled FROM meetings m JOIN (SELECT x.*, ROW_NUMBER() OVER (PARTITION BY x.meeting_id
				ORDER BY r.as_of DESC, x.sequence DESC) AS nth FROM meeting_changes x JOIN runs r ON r.id = x.run_id
				WHERE r.as_of < :day) w ON w.meeting_id = m.id WHERE w.nth = 1`},
	{"meeting_changes", "meeting_id, run_id, school_id, day, starts, ends, room, place, facilitator, sequence, cancelled",
		`SELECT meeting_id, run_id, school_id, day, starts, ends, room, place, facilitator, sequence, cancelled
			FROM meeting_changes WHERE run_id` + ofEarlier},
	// A day without meetings that a night took out is there again; the next night
	// takes it out again.
	{"meeting_days", dayOfChange, `SELECT ` + dayOfChange + ` FROM (SELECT x.*, ROW_NUMBER() OVER (
			PARTITION BY x.school_id, x.kind, x.day ORDER BY r.as_of DESC) AS nth FROM meeting_day_changes x
			JOIN runs r ON r.id = x.run_id WHERE r.as_of < :day) w WHERE nth = 1`},
	{"meeting_day_changes", "run_id, " + dayOfChange,
		`SELECT run_id, ` + dayOfChange + ` FROM meeting_day_changes WHERE run_id` + ofEarlier},
	{"documents", "run_id, school_id, path, kind, bytes, sha256, pages, students",
		`SELECT run_id, school_id, path, kind, bytes, sha256, pages, students FROM documents WHERE run_id` + ofEarlier},
	{"holds", "school_id, student_id, seq, why, held_by, at, from_day, until_day, released_at, released_by, released_why",
		`SELECT school_id, student_id, seq, why, held_by, at, from_day, until_day,
			CASE WHEN released_at < :cut THEN released_at END, CASE WHEN released_at < :cut THEN released_by ELSE '' END,
			CASE WHEN released_at < :cut THEN released_why ELSE '' END FROM holds WHERE at < :cut`},
	{"exports", "case_id, entries, at",
		`SELECT x.case_id, x.entries, x.at FROM exports x JOIN cases c ON c.id = x.case_id WHERE c.opened_on < :day AND x.at < :cut`},
	{"approvals", "run_id, school_id, held, approved_by, why, at",
		`SELECT run_id, school_id, held, approved_by, why, at FROM approvals WHERE run_id` + ofEarlier},
	{"deliveries", "message_id, run_id, school_id, role, recipients, sent_at",
		`SELECT message_id, run_id, school_id, role, recipients, sent_at FROM deliveries WHERE run_id` + ofEarlier},
}

const dayOfChange = `school_id, kind, day, school_year, starts, ends, slot_minutes, rooms, place, facilitators, ordinal,
	specialist_role, due, moved`

// FirstRun is the first run on or after a day; false where there is none.
func (l *Ledger) FirstRun(ctx context.Context, from district.Date) (night.Run, bool, error) {
	const first = runColumns + `WHERE r.as_of >= ? ORDER BY r.as_of LIMIT 1`
	return l.oneRun(ctx, first, from)
}

// CopyBefore fills an empty ledger with what this one held before the night of a
// day: as if neither that night nor any after it had been. The night's own run is
// in it as it was begun. Where the night never was, the one after it says when it
// would have begun. A night that was interrupted and went on later had seen more
// than the copy holds: what people recorded in between.
func (l *Ledger) CopyBefore(ctx context.Context, day district.Date, to *Ledger) error {
	first, found, err := l.FirstRun(ctx, day)
	if err == nil && !found {
		err = errors.New("no night was then or later")
	}
	if err != nil {
		return fmt.Errorf("ledger: as it was before %s: %w", day, err)
	}
	err = l.read(ctx, func(from *sqlx.Tx) error {
		return to.write(ctx, func(tx *sqlx.Tx) error {
			for _, p := range pasts {
				if err := p.copy(ctx, from, tx, day, first.StartedAt); err != nil {
					return fmt.Errorf("%s: %w", p.table, err)
				}
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("ledger: as it was before %s: %w", day, err)
	}
	return nil
}

// copy reads the rows of one ledger and writes them to another, which may be on
// another engine.
func (p past) copy(ctx context.Context, from, to *sqlx.Tx, day district.Date, cut time.Time) (err error) {
	query, args, err := sqlx.Named(p.rows, map[string]any{"day": day, "cut": instant(cut)})
	if err != nil {
		return err
	}
	rows, err := from.QueryxContext(ctx, from.Rebind(query), args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	statement := `INSERT INTO ` + p.table + ` (` + p.columns + `) VALUES %s`
	var batch [][]any
	for rows.Next() {
		row, err := rows.SliceScan()
		if err != nil {
			return err
		}
		for i, value := range row {
			if at, ok := value.(time.Time); ok {
				row[i] = instant(at)
			}
		}
		if batch = append(batch, row); len(batch) == rowsAtOnce {
			if _, err := insert(ctx, to, statement, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	_, err = insert(ctx, to, statement, batch)
	return err
}
