package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
)

// Commit writes a school's night in one transaction: its plan, what its
// documents are made of, and its jobs. Where the school is committed in that run
// already, nothing is done, so that a night can be started again. A case or a
// letter that another night has already made is an error and nothing is written:
// no family is called twice for one thing. Where a person has recorded something
// about a case since the plan was made, the error wraps night.ErrChanged: the
// school is to be decided again.
func (l *Ledger) Commit(ctx context.Context, c night.Commit) error {
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		var year int
		err := tx.GetContext(ctx, &year, tx.Rebind(`SELECT school_year FROM runs WHERE id = ?`), c.School.RunID)
		if errors.Is(err, sql.ErrNoRows) {
			return errors.New("there is no such run")
		}
		if err != nil {
			return err
		}
		fresh, err := insertSchool(ctx, tx, c.School, c.Material)
		if err != nil || !fresh {
			return err
		}
		if err := writePlan(ctx, tx, c.School.RunID, district.SchoolYear(year), c.Plan); err != nil {
			return err
		}
		return l.jobs(ctx, tx, c.Jobs)
	})
	if err != nil {
		return fmt.Errorf("ledger: commit run %s, school %s: %w", c.School.RunID, c.School.SchoolID, err)
	}
	return nil
}

func insertSchool(ctx context.Context, tx *sqlx.Tx, s night.School, material []byte) (fresh bool, err error) {
	const insertNight = `INSERT INTO school_nights (run_id, school_id, status, held, counts, material)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (run_id, school_id) DO NOTHING`
	if s.Status == "" {
		s.Status = night.Committed
	}
	return one(tx.ExecContext(ctx, tx.Rebind(insertNight), s.RunID, s.SchoolID, string(s.Status), s.Held,
		asJSON[night.Counts]{s.Counts}, material))
}

// growth is what a plan adds to one case.
type growth struct {
	caseID  string
	opened  bool
	events  []intervention.Event
	letters []intervention.Letter
}

// growths gathers by case what a plan says in several lists; a letter that is
// named both with its new case and among the night's is one letter.
func growths(p intervention.Plan) []*growth {
	var order []*growth
	byCase := map[string]*growth{}
	of := func(caseID string) *growth {
		g := byCase[caseID]
		if g == nil {
			g = &growth{caseID: caseID}
			byCase[caseID] = g
			order = append(order, g)
		}
		return g
	}
	seen := map[string]bool{}
	addLetter := func(l intervention.Letter) {
		if !seen[l.ID] {
			seen[l.ID] = true
			g := of(l.CaseID)
			g.letters = append(g.letters, l)
		}
	}
	for _, c := range p.Opened {
		g := of(c.ID)
		g.opened = true
		g.events = append(g.events, c.Events...)
		for _, l := range c.Letters {
			l.CaseID = c.ID
			addLetter(l)
		}
	}
	for _, e := range p.Appended {
		g := of(e.CaseID)
		g.events = append(g.events, e.Event)
	}
	for _, l := range p.Letters {
		addLetter(l)
	}
	// A case that only loses a letter or a meeting may have changed as well.
	for _, id := range slices.Sorted(maps.Keys(p.Seen)) {
		of(id)
	}
	return order
}

// meetingsOf is every meeting of a plan once, the last word on each, cancelled
// ones first.
func meetingsOf(p intervention.Plan) []intervention.Meeting {
	var all []intervention.Meeting
	place := map[string]int{}
	add := func(m intervention.Meeting) {
		if i, ok := place[m.ID]; ok {
			all[i] = m
			return
		}
		place[m.ID] = len(all)
		all = append(all, m)
	}
	for _, c := range p.Opened {
		if c.Meeting != nil {
			add(*c.Meeting)
		}
	}
	for _, m := range p.Meetings {
		add(m)
	}
	return all
}

func writePlan(ctx context.Context, tx *sqlx.Tx, runID string, year district.SchoolYear, p intervention.Plan) error {
	all := growths(p)
	if err := insertCases(ctx, tx, p.Opened, all); err != nil {
		return fmt.Errorf("cases: %w", err)
	}
	var events, letters [][]any
	for _, g := range all {
		afterEvents, afterLetters := 0, 0
		if !g.opened && g.caseID != "" {
			nEvents, nLetters, err := grow(ctx, tx, g.caseID, len(g.events), len(g.letters))
			if err != nil {
				return fmt.Errorf("case %s: %w", g.caseID, err)
			}
			afterEvents, afterLetters = nEvents-len(g.events), nLetters-len(g.letters)
			if seen, ok := p.Seen[g.caseID]; ok && seen != afterEvents {
				return fmt.Errorf("case %s: %w", g.caseID, night.ErrChanged)
			}
		}
		events = eventRows(events, runID, g.caseID, afterEvents, g.events)
		for i, l := range g.letters {
			letters = append(letters, []any{
				l.ID, runID, int(year), orNull(g.caseID), afterLetters + i + 1, l.StudentID, string(l.Kind), string(l.Channel),
				l.Household, l.Language, l.SentTo, l.IssuedOn, asJSON[[]intervention.NamedDay]{l.Named}, withdrawnBy(l, runID),
			})
		}
	}
	if err := insertEvents(ctx, tx, events); err != nil {
		return fmt.Errorf("case events: %w", err)
	}
	if err := insertLetters(ctx, tx, letters); err != nil {
		return fmt.Errorf("letters: %w", err)
	}
	if err := withdraw(ctx, tx, runID, p.Withdrawn); err != nil {
		return fmt.Errorf("letters withdrawn: %w", err)
	}
	if err := saveMeetings(ctx, tx, runID, meetingsOf(p)); err != nil {
		return fmt.Errorf("meetings: %w", err)
	}
	for _, m := range p.Moved {
		if err := move(ctx, tx, runID, m); err != nil {
			return fmt.Errorf("move case %s: %w", m.CaseID, err)
		}
	}
	return nil
}

// move has a case stand at another school, and keeps where it stood.
func move(ctx context.Context, tx *sqlx.Tx, runID string, m intervention.CaseSchool) error {
	const (
		keep  = `INSERT INTO case_moves (case_id, run_id, from_school, to_school) SELECT id, ?, school_id, ? FROM cases WHERE id = ?`
		stand = `UPDATE cases SET school_id = ? WHERE id = ?`
	)
	there, err := one(tx.ExecContext(ctx, tx.Rebind(keep), runID, m.SchoolID, m.CaseID))
	if err == nil && !there {
		err = errNoCase
	}
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, tx.Rebind(stand), m.SchoolID, m.CaseID)
	return err
}

func insertCases(ctx context.Context, tx *sqlx.Tx, opened []intervention.Case, all []*growth) error {
	const statement = `INSERT INTO cases (id, student_id, school_id, kind, round, school_year, opened_on, rule, expr, words,
		dates, policy_hash, events, letters) VALUES %s`
	size := make(map[string]*growth, len(all))
	for _, g := range all {
		size[g.caseID] = g
	}
	rows := make([][]any, len(opened))
	for i, c := range opened {
		g := size[c.ID]
		rows[i] = []any{
			c.ID, c.StudentID, c.SchoolID, string(c.Kind), c.Round, int(c.Year), c.OpenedOn, c.Reason.Rule, c.Reason.Expr,
			c.Reason.Words, asJSON[[]district.Date]{c.Reason.Dates}, c.PolicyHash, len(g.events), len(g.letters),
		}
	}
	return insertNew(ctx, tx, statement, rows)
}

func insertLetters(ctx context.Context, tx *sqlx.Tx, rows [][]any) error {
	const statement = `INSERT INTO letters (id, run_id, school_year, case_id, seq, student_id, kind, channel, household,
		language, sent_to, issued_on, named, withdrawn_by) VALUES %s`
	return insertNew(ctx, tx, statement, rows)
}

// insertNew is insert for rows of which none may be there yet.
func insertNew(ctx context.Context, tx *sqlx.Tx, statement string, rows [][]any) error {
	written, err := insert(ctx, tx, statement+` ON CONFLICT DO NOTHING`, rows)
	if err == nil && written < len(rows) {
		err = fmt.Errorf("%d of %d were made by an earlier night", len(rows)-written, len(rows))
	}
	return err
}

// withdrawnBy is the night that withdraws a letter it issues, NULL for none.
func withdrawnBy(l intervention.Letter, runID string) any {
	if !l.Withdrawn {
		return nil
	}
	return runID
}

// withdraw marks letters with the night that withdraws them; the first stands.
func withdraw(ctx context.Context, tx *sqlx.Tx, runID string, ids []string) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	const mark = `UPDATE letters SET withdrawn_by = COALESCE(withdrawn_by, ?) WHERE id IN (?)`
	return in(ids, mark, []any{runID}, func(query string, args []any) error {
		result, err := tx.ExecContext(ctx, tx.Rebind(query), args...)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if wanted := len(args) - 1; err == nil && int(n) < wanted {
			err = fmt.Errorf("%d of %d are not in the ledger", wanted-int(n), wanted)
		}
		return err
	})
}
