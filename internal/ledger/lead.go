package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"rollcall/internal/database"
)

// leadLock is the number of the advisory lock of the one who fires the nights.
const leadLock = serverLock + 1

// Lead is the claim of a daemon to be the one that fires the nights, where several
// machines share a ledger on a PostgreSQL server: an advisory lock, which the server
// gives to another when the leader dies.
type Lead struct {
	db   *sql.DB
	conn *sql.Conn
}

// NewLead makes the claim. Nothing is asked of the server yet.
func NewLead(dsn string) (*Lead, error) {
	db, err := database.Open(database.Place{Driver: database.Postgres, DSN: dsn, Conns: 1})
	if err != nil {
		return nil, fmt.Errorf("ledger: lead: %w", err)
	}
	return &Lead{db: db}, nil
}

// Held reports whether the claim is ours, taking it where it is free.
func (l *Lead) Held(ctx context.Context) (bool, error) {
	if l.conn != nil {
		if l.conn.PingContext(ctx) == nil {
			return true, nil
		}
		_ = l.conn.Close() // the lock went with the connection
		l.conn = nil
	}
	conn, err := l.db.Conn(ctx)
	if err != nil {
		return false, fmt.Errorf("ledger: %w: %w", errServer, err)
	}
	var held bool
	if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, int64(leadLock)).Scan(&held); err != nil || !held {
		return false, errors.Join(err, conn.Close())
	}
	l.conn = conn
	return true, nil
}

// Close gives the claim up.
func (l *Lead) Close() error {
	if l.conn != nil {
		giveUp(l.conn, leadLock)
	}
	return l.db.Close()
}
