package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
)

// maxParams is the most parameters a statement may have: SQLite's limit, under
// PostgreSQL's.
const maxParams = 32_766

// rowsAtOnce is how many rows go into one INSERT. More gain nothing.
const rowsAtOnce = 250

// insert writes rows by one statement for many of them. The statement is
// "INSERT INTO t (a, b) VALUES %s" with whatever follows. It returns how many
// rows the engine says were written.
func insert(ctx context.Context, tx *sqlx.Tx, statement string, rows [][]any) (int, error) {
	written := 0
	for batch := range slices.Chunk(rows, rowsAtOnce) {
		params := make([]any, 0, len(batch)*len(batch[0]))
		for _, row := range batch {
			params = append(params, row...)
		}
		result, err := tx.ExecContext(ctx, tx.Rebind(values(statement, len(batch), len(batch[0]))), params...)
		if err != nil {
			return written, err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return written, err
		}
		written += int(n)
	}
	return written, nil
}

func values(statement string, rows, columns int) string {
	row := "(" + strings.Repeat("?, ", columns-1) + "?)"
	return fmt.Sprintf(statement, strings.Repeat(row+", ", rows-1)+row)
}

// in runs a statement with "IN (?)" for lists of any length: args first, the
// list last.
func in[T any](list []T, statement string, args []any, do func(query string, args []any) error) error {
	for part := range slices.Chunk(list, maxParams-len(args)) {
		query, params, err := sqlx.In(statement, append(slices.Clone(args), part)...)
		if err != nil {
			return err
		}
		if err := do(query, params); err != nil {
			return err
		}
	}
	return nil
}

// one reports whether a statement changed a row.
func one(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
