package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"rollcall/internal/database"
)

// ErrAtWork is why a second night cannot start on the same SQLite ledger.
var ErrAtWork = errors.New("another night is at work on this ledger")

// Lock takes the exclusive lock of the SQLite ledger at path. It is held in the
// file path.lock beside it until unlock or the end of the process, however it
// ends. Lock does not wait: where another process holds it, the error is
// ErrAtWork with that process's number.
func Lock(path string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("ledger: lock: %w", err)
	}
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("ledger: lock: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		defer func() { _ = f.Close() }()
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("ledger: lock %s: %w", f.Name(), err)
		}
		who := ""
		if pid, err := io.ReadAll(io.LimitReader(f, 20)); err == nil && len(pid) > 0 {
			who = " (process " + strings.TrimSpace(string(pid)) + ")"
		}
		return nil, fmt.Errorf("ledger: %w%s: wait until it is done", ErrAtWork, who)
	}
	// The number is for the error of whoever comes second; the lock holds
	// without it.
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	// The file stays: removing it would let a third process lock a new one
	// while a second still waits on this.
	return func() { _ = f.Close() }, nil
}

// serverLock is the number of the advisory lock that a night holds on a PostgreSQL
// ledger.
const serverLock = 0x726f6c6c63616c6c // "rollcall"

// LockServer is Lock for a ledger on a PostgreSQL server: an advisory lock, which the
// server lets go of when the process ends, however it ends.
func LockServer(ctx context.Context, dsn string) (unlock func(), err error) {
	db, err := database.Open(database.Place{Driver: database.Postgres, DSN: dsn, Conns: 1})
	if err != nil {
		return nil, fmt.Errorf("ledger: lock: %w", err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("ledger: %w: %w", errServer, err), db.Close())
	}
	var got bool
	if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, int64(serverLock)).Scan(&got); err != nil {
		return nil, errors.Join(fmt.Errorf("ledger: lock: %w", err), conn.Close(), db.Close())
	}
	if !got {
		return nil, errors.Join(fmt.Errorf("ledger: %w: wait until it is done", ErrAtWork), conn.Close(), db.Close())
	}
	return func() { giveUp(conn, serverLock); _ = db.Close() }, nil
}

// UnderWay reports whether somebody holds LockServer's lock. It is false for a ledger in a
// file.
func (l *Ledger) UnderWay(ctx context.Context) (held bool, err error) {
	if l.driver != database.Postgres {
		return false, nil
	}
	if held, err = database.Locked(ctx, l.DB(), serverLock); err != nil {
		return false, fmt.Errorf("ledger: look whether a night is under way: %w", err)
	}
	return held, nil
}

// giveUp lets go of an advisory lock and its connection. The server would let go of it
// with the connection, but only when it has noticed: whoever asks next is not to be told
// that somebody is at work.
func giveUp(conn *sql.Conn, lock int64) {
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	_, _ = conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, lock)
	_ = conn.Close()
}
