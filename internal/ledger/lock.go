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

// ErrAtWork is why a second night cannot start on the same ledger.
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
// server lets go of when the process ends, however it ends. It also does when it is
// restarted, or when the machine has slept: the lock is looked after, taken again where it
// is free, and lost is called, once, where somebody else has it by then.
func LockServer(ctx context.Context, dsn string, lost func(error)) (unlock func(), err error) {
	db, err := database.Open(database.Place{Driver: database.Postgres, DSN: dsn, Conns: 1})
	if err != nil {
		return nil, fmt.Errorf("ledger: lock: %w", err)
	}
	conn, err := tryServer(ctx, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	keeping, stop := context.WithCancel(context.WithoutCancel(ctx))
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		conn = keepServer(keeping, db, conn, lost)
	}()
	return func() {
		stop()
		<-kept
		if conn != nil {
			giveUp(conn)
		}
		_ = db.Close()
	}, nil
}

// tryServer takes the lock on a connection of its own; ErrAtWork where another has it.
func tryServer(ctx context.Context, db *sql.DB) (*sql.Conn, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w: %w", errServer, err)
	}
	var got bool
	if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, int64(serverLock)).Scan(&got); err != nil {
		return nil, errors.Join(fmt.Errorf("ledger: lock: %w", err), conn.Close())
	}
	if !got {
		return nil, errors.Join(fmt.Errorf("ledger: %w: wait until it is done", ErrAtWork), conn.Close())
	}
	return conn, nil
}

// lookAfter is how often a lock is looked after.
const lookAfter = 5 * time.Second

// keepServer looks after the lock until ctx ends or it is lost, and returns the connection
// that has it, nil for none.
func keepServer(ctx context.Context, db *sql.DB, conn *sql.Conn, lost func(error)) *sql.Conn {
	look := time.NewTicker(lookAfter)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return conn
		case <-look.C:
		}
		// A network that stalls is waited for as long as the connection does. The server may have
		// let go meanwhile: what two nights would decide at a time, the ledger refuses (Commit).
		if conn != nil && conn.PingContext(ctx) != nil && ctx.Err() == nil {
			_ = conn.Close() // the lock went with it
			conn = nil
		}
		if conn == nil {
			var err error
			if conn, err = tryServer(ctx, db); errors.Is(err, ErrAtWork) {
				lost(fmt.Errorf("the server had let go of this night's lock, and another night has it: %w", err))
				return nil
			}
		}
	}
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

// UnderWay is Ledger.UnderWay of a server's ledger that is not opened.
func UnderWay(ctx context.Context, dsn string) (held bool, err error) {
	err = ask(ctx, dsn, func(db *sql.DB) (err error) {
		held, err = database.Locked(ctx, db, serverLock)
		return err
	})
	return held, err
}

// giveUp lets go of the server's lock and its connection. The server would let go of it
// with the connection, but only when it has noticed: whoever asks next is not to be told
// that somebody is at work.
func giveUp(conn *sql.Conn) {
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	_, _ = conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, int64(serverLock))
	_ = conn.Close()
}
