package ledger

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/district"
	"rollcall/internal/night"
)

// keepPolicy stores the text of a policy under its hash, once.
func keepPolicy(ctx context.Context, tx *sqlx.Tx, hash, text string) error {
	const keep = `INSERT INTO policies (hash, text) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING`
	_, err := tx.ExecContext(ctx, tx.Rebind(keep), hash, text)
	return err
}

// Policies are all that a night has decided by, ordered by the first such night.
func (l *Ledger) Policies(ctx context.Context) ([]night.Policy, error) {
	const all = `SELECT p.hash, p.text, MIN(r.as_of) AS first_night, MAX(r.as_of) AS last_night, COUNT(*) AS nights,
		(SELECT COUNT(*) FROM cases c WHERE c.policy_hash = p.hash) AS cases
		FROM policies p JOIN runs r ON r.policy_hash = p.hash GROUP BY p.hash, p.text ORDER BY MIN(r.as_of), p.hash`
	var rows []struct {
		Hash   string        `db:"hash"`
		Text   string        `db:"text"`
		First  district.Date `db:"first_night"`
		Last   district.Date `db:"last_night"`
		Nights int           `db:"nights"`
		Cases  int           `db:"cases"`
	}
	if err := l.db.SelectContext(ctx, &rows, l.db.Rebind(all)); err != nil {
		return nil, fmt.Errorf("ledger: policies: %w", err)
	}
	policies := make([]night.Policy, len(rows))
	for i, r := range rows {
		policies[i] = night.Policy(r)
	}
	return policies, nil
}

// PolicyTexts are the texts of policies by hash; of one that is not in the ledger
// there is none.
func (l *Ledger) PolicyTexts(ctx context.Context, hashes []string) (map[string]string, error) {
	texts := make(map[string]string, len(hashes))
	err := in(hashes, `SELECT hash, text FROM policies WHERE hash IN (?)`, nil, func(query string, args []any) error {
		var rows []struct {
			Hash string `db:"hash"`
			Text string `db:"text"`
		}
		err := l.db.SelectContext(ctx, &rows, l.db.Rebind(query), args...)
		for _, r := range rows {
			texts[r.Hash] = r.Text
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: texts of policies: %w", err)
	}
	return texts, nil
}
