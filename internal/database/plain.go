package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/lib/pq"
	"golang.org/x/sys/unix"
)

// mends are what to do where a PostgreSQL server refuses a connection, by SQLSTATE.
var mends = map[string]string{
	"28P01": "the password is not the user's; in a URL a character such as @ : / # ? is written with percent signs (%40 is @), or PGPASSWORD has it",
	"28000": "the server does not let this user in: it knows no such user (createuser), or not from here (pg_hba.conf)",
	"3D000": "the server has no such database; make it with createdb, or mend its name in the DSN",
	"53300": "the server has no connection left; raise its max_connections",
	"57P03": "the server is starting or stopping; try again in a minute",
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
	}
	return err
}

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
	conn, err := c.Connector.Connect(ctx)
	for waited := time.Duration(0); restarting(err) && waited < c.patience; waited += knock {
		select {
		case <-time.After(knock):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		conn, err = c.Connector.Connect(ctx)
	}
	return conn, Plain(err)
}

// restarting reports whether a server that could not be connected to may be there in a
// moment.
func restarting(err error) bool {
	for _, cut := range []error{unix.ECONNREFUSED, unix.ECONNRESET, unix.EPIPE, unix.ENOENT /* its socket */, io.EOF, driver.ErrBadConn} {
		if errors.Is(err, cut) {
			return true
		}
	}
	return sqlState(err) == "57P03"
}
