package database

import (
	"context"
	"database/sql"
)

// Locked reports whether anybody holds an advisory lock of a PostgreSQL server's database,
// alone or with others.
func Locked(ctx context.Context, db *sql.DB, lock int64) (held bool, err error) {
	const locks = `SELECT count(*) > 0 FROM pg_locks JOIN pg_database d ON d.oid = database AND d.datname = current_database()
		WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND (classid::bigint << 32) | objid::bigint = $1`
	err = db.QueryRowContext(ctx, locks, lock).Scan(&held)
	return held, err
}
