package ledger

import (
	"context"
	"fmt"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

type letterRow struct {
	ID        string                          `db:"id"`
	CaseID    *string                         `db:"case_id"`
	StudentID string                          `db:"student_id"`
	Kind      intervention.LetterKind         `db:"kind"`
	Channel   intervention.Channel            `db:"channel"`
	Household string                          `db:"household"`
	Language  string                          `db:"language"`
	SentTo    string                          `db:"sent_to"`
	IssuedOn  district.Date                   `db:"issued_on"`
	RunID     string                          `db:"run_id"`
	Named     asJSON[[]intervention.NamedDay] `db:"named"`
	Withdrawn bool                            `db:"withdrawn"`
}

func (r letterRow) letter() intervention.Letter {
	l := intervention.Letter{
		ID: r.ID, StudentID: r.StudentID, Kind: r.Kind, Channel: r.Channel, Household: r.Household,
		Language: r.Language, SentTo: r.SentTo, IssuedOn: r.IssuedOn, RunID: r.RunID, Named: r.Named.V, Withdrawn: r.Withdrawn,
	}
	if r.CaseID != nil {
		l.CaseID = *r.CaseID
	}
	return l
}

const letterColumns = `SELECT l.id, l.case_id, l.student_id, l.kind, l.channel, l.household, l.language, l.sent_to, l.issued_on, l.run_id,
	l.named, l.withdrawn_by IS NOT NULL AS withdrawn`

// Letters are all letters of a school year, withdrawn ones included, ordered by
// date and ID.
func (l *Ledger) Letters(ctx context.Context, year district.SchoolYear) ([]intervention.Letter, error) {
	return l.letters(ctx, letterColumns+` FROM letters l WHERE l.school_year = ? ORDER BY l.issued_on, l.id`, int(year))
}

// LettersOfRun are the letters that a night decided, withdrawn ones included,
// ordered by date and ID.
func (l *Ledger) LettersOfRun(ctx context.Context, runID string) ([]intervention.Letter, error) {
	return l.letters(ctx, letterColumns+` FROM letters l WHERE l.run_id = ? ORDER BY l.issued_on, l.id`, runID)
}

// Issued is a letter of a case as a night handed it to a school.
type Issued struct {
	intervention.Letter
	SchoolID string        // where the case stood that night
	PulledOn district.Date // the as-of date of the night that withdrew it, zero where it stands
}

// IssuedIn are the letters of cases that a night decided, with the school that
// had them to mail, however the case has moved or ended since; ordered by date
// and ID.
func (l *Ledger) IssuedIn(ctx context.Context, runID string) ([]Issued, error) {
	const issued = letterColumns + `, w.as_of AS pulled_on, COALESCE((SELECT m.from_school FROM case_moves m JOIN runs x ON x.id = m.run_id
			WHERE m.case_id = c.id AND x.as_of > r.as_of ORDER BY x.as_of LIMIT 1), c.school_id) AS school_id
		FROM letters l JOIN cases c ON c.id = l.case_id JOIN runs r ON r.id = l.run_id LEFT JOIN runs w ON w.id = l.withdrawn_by
		WHERE l.run_id = ? ORDER BY l.issued_on, l.id`
	var rows []struct {
		letterRow
		SchoolID string        `db:"school_id"`
		PulledOn district.Date `db:"pulled_on"`
	}
	if err := l.db.SelectContext(ctx, &rows, l.db.Rebind(issued), runID); err != nil {
		return nil, fmt.Errorf("ledger: letters of a night: %w", err)
	}
	letters := make([]Issued, len(rows))
	for i, r := range rows {
		letters[i] = Issued{r.letter(), r.SchoolID, r.PulledOn}
	}
	return letters, nil
}

func (l *Ledger) letters(ctx context.Context, query string, arg any) ([]intervention.Letter, error) {
	var rows []letterRow
	if err := l.db.SelectContext(ctx, &rows, l.db.Rebind(query), arg); err != nil {
		return nil, fmt.Errorf("ledger: letters: %w", err)
	}
	var letters []intervention.Letter
	for _, r := range rows {
		letters = append(letters, r.letter())
	}
	return letters, nil
}
