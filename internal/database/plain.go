package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"
	"golang.org/x/sys/unix"
)

// mends are what to do where a PostgreSQL server refuses a connection, by SQLSTATE.
var mends = map[string]string{
	"28P01":  "the password is not the user's; in a URL a character such as @ : / # ? is written with percent signs (%40 is @), or PGPASSWORD has it",
	"28000":  "the server does not let this user in: it knows no such user (createuser), or not from here (pg_hba.conf)",
	"3D000":  "the server has no such database; make it with createdb, or mend its name in the DSN",
	"53300":  "the server has no connection left; raise its max_connections",
	starting: "the server is starting or stopping; try again in a minute",
}

// plainError is an error in plain words.
type plainError struct {
	words string
	err   error
}

func (e *plainError) Error() string { return e.words }
func (e *plainError) Unwrap() error { return e.err }

// Plain puts the error of a connection to a PostgreSQL server in plain words, with its mend.
// Of a name that is no server's nothing is repeated: it may be part of a password.
func Plain(err error) error {
	var name *net.DNSError
	var refused *net.OpError
	switch code := sqlState(err); {
	case err == nil:
		return nil
	case mends[code] != "":
		return &plainError{fmt.Sprintf("%s (SQLSTATE %s)", mends[code], code), err}
	case errors.Is(err, pq.ErrSSLNotSupported), strings.Contains(err.Error(), "server refused TLS"):
		return &plainError{"the server speaks no TLS: turn it on there, or put ?sslmode=disable behind the address where the network is safe", err}
	case errors.As(err, &name):
		return &plainError{"the name of the server in the DSN is not known; where the password has a character such as @ : / # ? it is written with percent signs (%40 is @)", err}
	case errors.As(err, &refused) && refused.Op == "dial":
		return &plainError{"nobody answers at the server's address: " + refused.Err.Error(), err}
	case errors.Is(err, io.EOF):
		return &plainError{"the server ended the connection before it was there: " + mends[starting], err}
	}
	return err
}

// What a PostgreSQL server says, by SQLSTATE, that is stopped or started.
const (
	stopping = "57P01"
	crashed  = "57P02"
	starting = "57P03"
)

// Away reports whether an error is that a server did not answer, or stopped answering, and
// may be there in a moment.
func Away(err error) bool {
	var connection *net.OpError
	var plain *plainError
	switch sqlState(err) {
	case stopping, crashed, starting:
		return true
	}
	switch {
	case errors.As(err, &connection):
		return connection.Timeout() || slices.ContainsFunc(gone, func(cut error) bool { return errors.Is(connection, cut) })
	case errors.As(err, &plain):
		return errors.Is(err, io.EOF)
	}
	return errors.Is(err, driver.ErrBadConn)
}

// gone are the network's words for a server that is not there. That of a socket of this
// machine is that it has no file.
var gone = []error{unix.ECONNREFUSED, unix.ECONNRESET, unix.EPIPE, unix.ENOENT, unix.EHOSTUNREACH, unix.ENETUNREACH, unix.ETIMEDOUT, net.ErrClosed}

// sqlState is the code of a server's answer, whichever driver brings it.
func sqlState(err error) string {
	var answer interface{ SQLState() string }
	if errors.As(err, &answer) {
		return answer.SQLState()
	}
	return ""
}

// plainConnector is a connector that says in plain words why it cannot connect, once it has
// waited for a server that is restarted.
type plainConnector struct {
	driver.Connector
	patience time.Duration
}

// knock is how long a connector waits before it asks a server again.
const knock = 500 * time.Millisecond

func (c plainConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.once(ctx)
	for waited := time.Duration(0); Away(err) && waited < c.patience; waited += knock {
		select {
		case <-time.After(knock):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		conn, err = c.once(ctx)
	}
	return conn, err
}

func (c plainConnector) once(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	return conn, Plain(err)
}
