package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// Transferred is what a table came to when a ledger was copied.
type Transferred struct {
	Table  string
	Rows   int
	SHA256 string // of its rows' values, the same on both sides
}

// ErrNotEmpty is wrapped where a ledger that is to be filled holds something.
var ErrNotEmpty = errors.New("there is something in it already")

// CopyTo fills an empty ledger with all that is in this one, whatever engine either
// is on, and reads it again there: each table must have the same rows, by number and
// digest. What fails leaves the other as it was. The queue's jobs stay behind.
func (l *Ledger) CopyTo(ctx context.Context, to *Ledger) ([]Transferred, error) {
	var done []Transferred
	err := l.read(ctx, func(from *sqlx.Tx) error {
		return to.write(ctx, func(tx *sqlx.Tx) error {
			done = nil
			for _, p := range pasts {
				sent, err := transfer(ctx, from, tx, p.table)
				if err != nil {
					return fmt.Errorf("%s: %w", p.table, err)
				}
				arrived, err := digestTable(ctx, tx, p.table)
				if err != nil {
					return fmt.Errorf("%s: %w", p.table, err)
				}
				if sent != arrived {
					return fmt.Errorf("%s: %d rows of digest %.12s were sent and %d of %.12s arrived", p.table, sent.Rows, sent.SHA256, arrived.Rows, arrived.SHA256)
				}
				done = append(done, sent)
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: copy: %w", err)
	}
	return done, nil
}

// transfer writes the rows of a table into the same table of another ledger.
func transfer(ctx context.Context, from, to *sqlx.Tx, table string) (Transferred, error) {
	if n, err := digestTable(ctx, to, table); err != nil || n.Rows > 0 {
		return Transferred{}, errors.Join(err, ErrNotEmpty)
	}
	columns, err := columnsOf(ctx, to, table)
	if err != nil {
		return Transferred{}, err
	}
	statement := "INSERT INTO " + table + " (" + list(columns) + ") VALUES %s"
	var batch [][]any
	flush := func() error {
		_, err := insert(ctx, to, statement, batch)
		batch = batch[:0]
		return err
	}
	sum, err := eachRow(ctx, from, table, columns, func(row []any) error {
		if batch = append(batch, row); len(batch) == rowsAtOnce {
			return flush()
		}
		return nil
	})
	if err != nil {
		return Transferred{}, err
	}
	return sum, flush()
}

// digestTable reads a table for its number of rows and their digest.
func digestTable(ctx context.Context, tx *sqlx.Tx, table string) (Transferred, error) {
	columns, err := columnsOf(ctx, tx, table)
	if err != nil {
		return Transferred{}, err
	}
	return eachRow(ctx, tx, table, columns, func([]any) error { return nil })
}

// eachRow reads a table in an order that both engines have, and digests it.
func eachRow(ctx context.Context, tx *sqlx.Tx, table string, columns []string, do func([]any) error) (sum Transferred, err error) {
	// Every table has a key among its columns, text is ordered by its bytes on both
	// engines, and nothing but materials is large: those are left out of the order.
	order := slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return c == "material" })
	rows, err := tx.QueryxContext(ctx, "SELECT "+list(columns)+" FROM "+table+" ORDER BY "+list(order))
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	sum.Table = table
	digest := sha256.New()
	for rows.Next() {
		row, err := rows.SliceScan()
		if err != nil {
			return sum, err
		}
		for i, value := range row {
			row[i] = digestValue(digest, value)
		}
		sum.Rows++
		if err := do(row); err != nil {
			return sum, err
		}
	}
	sum.SHA256 = hex.EncodeToString(digest.Sum(nil))
	return sum, rows.Err()
}

// digestValue adds a value to a digest as it is on either engine, and returns it as
// it is written.
func digestValue(h hash.Hash, value any) any {
	switch v := value.(type) {
	case nil:
		h.Write([]byte{0})
		return nil
	case time.Time:
		at := v.UTC().Truncate(time.Microsecond)
		fmt.Fprintf(h, "\x01%s", at.Format(time.RFC3339Nano))
		return instant(at)
	case []byte:
		fmt.Fprintf(h, "\x01%d:", len(v))
		h.Write(v)
		return v
	case string:
		fmt.Fprintf(h, "\x01%d:%s", len(v), v)
		return v
	case bool: // SQLite has a number for it
		if v {
			h.Write([]byte("\x011"))
		} else {
			h.Write([]byte("\x010"))
		}
		return v
	default: // numbers
		fmt.Fprintf(h, "\x01%v", v)
		return v
	}
}

// columnsOf are a table's columns by name: their order may differ.
func columnsOf(ctx context.Context, tx *sqlx.Tx, table string) (columns []string, err error) {
	rows, err := tx.QueryxContext(ctx, "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if columns, err = rows.Columns(); err != nil {
		return nil, err
	}
	slices.Sort(columns)
	return columns, rows.Err()
}

func list(columns []string) string { return strings.Join(columns, ", ") }
