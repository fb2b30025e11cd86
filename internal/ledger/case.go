package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

type caseRow struct {
	ID         string                  `db:"id"`
	StudentID  string                  `db:"student_id"`
	SchoolID   string                  `db:"school_id"`
	Kind       intervention.Kind       `db:"kind"`
	Round      int                     `db:"round"`
	Year       int                     `db:"school_year"`
	OpenedOn   district.Date           `db:"opened_on"`
	Rule       string                  `db:"rule"`
	Expr       string                  `db:"expr"`
	Words      string                  `db:"words"`
	Dates      asJSON[[]district.Date] `db:"dates"`
	PolicyHash string                  `db:"policy_hash"`
	ReopenedBy string                  `db:"reopened_by"`
}

type eventRow struct {
	CaseID string                     `db:"case_id"`
	Kind   intervention.EventKind     `db:"kind"`
	At     instant                    `db:"at"`
	On     district.Date              `db:"day"`
	Actor  string                     `db:"actor"`
	Detail string                     `db:"detail"`
	Facts  asJSON[intervention.Facts] `db:"facts"`
}

const (
	caseColumns = `SELECT c.id, c.student_id, c.school_id, c.kind, c.round, c.school_year, c.opened_on, c.rule, c.expr,
		c.words, c.dates, c.policy_hash, COALESCE((SELECT r.policy_hash FROM case_events e JOIN runs r ON r.id = e.run_id
			WHERE e.case_id = c.id AND e.kind = 'identified' AND e.seq > 1 ORDER BY e.seq DESC LIMIT 1), '') AS reopened_by
		FROM cases c WHERE c.school_year = ?`
	caseEvents = `SELECT e.case_id, e.kind, e.at, e.day, e.actor, e.detail, e.facts
		FROM cases c JOIN case_events e ON e.case_id = c.id WHERE c.school_year = ?`
	caseLetters  = letterColumns + ` FROM cases c JOIN letters l ON l.case_id = c.id WHERE c.school_year = ?`
	caseMeetings = meetingColumns + ` FROM cases c JOIN meetings m ON m.case_id = c.id
		WHERE c.school_year = ?`
	ofStudents = ` AND c.student_id IN (?)`
)

// Cases are the year's cases of the students named, or of every student where
// students is nil: with events, letters and meeting, ordered by student, day
// opened and ID.
func (l *Ledger) Cases(ctx context.Context, year district.SchoolYear, students []string) ([]intervention.Case, error) {
	var cases []intervention.Case
	err := l.read(ctx, func(tx *sqlx.Tx) (err error) {
		if students == nil {
			cases, err = loadCases(ctx, tx, year, everyone)
		} else {
			cases, err = loadCases(ctx, tx, year, only(students))
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: cases of %s: %w", year, err)
	}
	return cases, nil
}

// scope runs a query over cases for the students wanted.
type scope func(query, order string, year district.SchoolYear, do func(query string, args []any) error) error

func everyone(query, order string, year district.SchoolYear, do func(string, []any) error) error {
	return do(query+order, []any{int(year)})
}

func only(students []string) scope {
	return func(query, order string, year district.SchoolYear, do func(string, []any) error) error {
		return in(students, query+ofStudents+order, []any{int(year)}, do)
	}
}

// loadCases reads cases in four queries, however many there are.
func loadCases(ctx context.Context, tx *sqlx.Tx, year district.SchoolYear, of scope) ([]intervention.Case, error) {
	cases, err := load[caseRow](ctx, tx, year, of, caseColumns, ` ORDER BY c.student_id, c.opened_on, c.id`)
	if err != nil {
		return nil, err
	}
	if len(cases) == 0 {
		return nil, nil
	}
	events, err := load[eventRow](ctx, tx, year, of, caseEvents, ` ORDER BY e.case_id, e.seq`)
	if err != nil {
		return nil, err
	}
	letters, err := load[letterRow](ctx, tx, year, of, caseLetters, ` ORDER BY l.case_id, l.seq`)
	if err != nil {
		return nil, err
	}
	// A meeting's ID ends with its number within the case.
	meetings, err := load[meetingRow](ctx, tx, year, of, caseMeetings, ` ORDER BY m.case_id, LENGTH(m.id), m.id`)
	if err != nil {
		return nil, err
	}
	out := make([]intervention.Case, len(cases))
	place := make(map[string]*intervention.Case, len(cases))
	for i, r := range cases {
		out[i] = intervention.Case{
			ID: r.ID, StudentID: r.StudentID, SchoolID: r.SchoolID, Kind: r.Kind, Round: r.Round,
			Year: district.SchoolYear(r.Year), OpenedOn: r.OpenedOn, PolicyHash: r.PolicyHash, ReopenedBy: r.ReopenedBy,
			Reason: intervention.Reason{Rule: r.Rule, Expr: r.Expr, Words: r.Words, Dates: r.Dates.V},
		}
		place[r.ID] = &out[i]
	}
	for _, r := range events {
		c := place[r.CaseID]
		c.Events = append(c.Events, intervention.Event{Kind: r.Kind, At: time.Time(r.At), On: r.On, Actor: r.Actor, Detail: r.Detail, Facts: r.Facts.V})
		if reason := r.Facts.V.Reason; reason != nil {
			c.Reason = *reason
		}
	}
	for _, r := range letters {
		c := place[*r.CaseID]
		c.Letters = append(c.Letters, r.letter())
	}
	for _, r := range meetings {
		c, m := place[r.CaseID], r.meeting()
		if c.Meeting != nil {
			c.Past = append(c.Past, *c.Meeting)
		}
		c.Meeting = &m
	}
	for i := range out {
		c := &out[i]
		c.Events, c.Struck = intervention.Strike(c.Events)
		if c.Meeting != nil && (c.Meeting.Cancelled || c.Postponed()) {
			c.Past, c.Meeting = append(c.Past, *c.Meeting), nil
		}
	}
	return out, nil
}

func load[Row any](ctx context.Context, tx *sqlx.Tx, year district.SchoolYear, of scope, query, order string) ([]Row, error) {
	var rows []Row
	err := of(query, order, year, func(query string, args []any) error {
		return tx.SelectContext(ctx, &rows, tx.Rebind(query), args...)
	})
	return rows, err
}

// Record adds events to cases in one transaction. Each is shown to admit with
// its case as it stands then, the events before it included: an error refuses all
// of them, false leaves this one out. It returns how many were added. An instant
// is kept to the microsecond.
func (l *Ledger) Record(ctx context.Context, events []intervention.CaseEvent, admit func(*intervention.Case, intervention.Event) (bool, error)) (int, error) {
	added := 0
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		added = 0
		for _, e := range events {
			c, err := lockCase(ctx, tx, e.CaseID)
			if err != nil {
				return fmt.Errorf("case %s: %w", e.CaseID, err)
			}
			fits, err := admit(c, e.Event)
			if err != nil {
				return err
			}
			if !fits {
				continue
			}
			last, _, err := grow(ctx, tx, e.CaseID, 1, 0)
			if err == nil {
				err = insertEvents(ctx, tx, eventRows(nil, byHand, e.CaseID, last-1, []intervention.Event{e.Event}))
			}
			if err != nil {
				return fmt.Errorf("case %s: %s: %w", e.CaseID, e.Event.Kind, err)
			}
			added++
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("ledger: record: %w", err)
	}
	return added, nil
}

var errNoCase = errors.New("there is no such case")

// lockCase reads one case, which no other writer can change until tx ends.
func lockCase(ctx context.Context, tx *sqlx.Tx, id string) (*intervention.Case, error) {
	// The counter in the case's row makes two writers take turns.
	if _, _, err := grow(ctx, tx, id, 0, 0); err != nil {
		return nil, err
	}
	var row struct {
		Year    int    `db:"school_year"`
		Student string `db:"student_id"`
	}
	if err := tx.GetContext(ctx, &row, tx.Rebind(`SELECT school_year, student_id FROM cases WHERE id = ?`), id); err != nil {
		return nil, err
	}
	cases, err := loadCases(ctx, tx, district.SchoolYear(row.Year), only([]string{row.Student}))
	if err != nil {
		return nil, err
	}
	for i := range cases {
		if cases[i].ID == id {
			return &cases[i], nil
		}
	}
	return nil, errNoCase
}

// grow counts events and letters onto a case and returns the new totals.
func grow(ctx context.Context, tx *sqlx.Tx, caseID string, events, letters int) (nEvents, nLetters int, err error) {
	const count = `UPDATE cases SET events = events + ?, letters = letters + ? WHERE id = ? RETURNING events, letters`
	rows, err := tx.QueryContext(ctx, tx.Rebind(count), events, letters, caseID)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return 0, 0, errors.Join(errNoCase, rows.Err())
	}
	if err := rows.Scan(&nEvents, &nLetters); err != nil {
		return 0, 0, err
	}
	return nEvents, nLetters, nil
}

// byHand is the run of events that no night made.
const byHand = ""

func eventRows(rows [][]any, runID, caseID string, after int, events []intervention.Event) [][]any {
	for i, e := range events {
		rows = append(rows, []any{caseID, after + i + 1, orNull(runID), string(e.Kind), instant(e.At), e.On, e.Actor, e.Detail, asJSON[intervention.Facts]{e.Facts}})
	}
	return rows
}

func insertEvents(ctx context.Context, tx *sqlx.Tx, rows [][]any) error {
	_, err := insert(ctx, tx, `INSERT INTO case_events (case_id, seq, run_id, kind, at, day, actor, detail, facts) VALUES %s`, rows)
	return err
}
