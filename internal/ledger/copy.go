package ledger

import (
	"context"
	"errors"
	"fmt"

	"rollcall/internal/database"
)

// CopyFile copies an embedded ledger as it stands, while others may use it, to
// a file that must not exist: SQLite's own online backup.
func CopyFile(ctx context.Context, from, to string) (err error) {
	db, err := database.Open(database.Place{Driver: database.SQLite, Path: from, Conns: 1})
	if err != nil {
		return fmt.Errorf("copy ledger: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, to); err != nil {
		return fmt.Errorf("copy ledger: %w", err)
	}
	return nil
}
