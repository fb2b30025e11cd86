package database

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/lib/pq"
)

// Deadlines of PostgreSQL. The socket's own must be the longest: it ends what
// the server can no longer end itself.
const (
	dialTimeout      = 10 * time.Second
	statementTimeout = "60s"
	lockTimeout      = "30s"
	socketTimeout    = 75 * time.Second
)

func postgresConnector(dsn string) (*pq.Connector, error) {
	cfg, err := pq.NewConfig(dsn)
	if err != nil {
		// What it says repeats parts of the DSN, which may be the password's.
		return nil, errors.New("the DSN is neither a URL, postgres://user@host/database, nor key=value words; in a URL a character of the password such as @ : / # ? is written with percent signs (%40 is @)")
	}
	runtime := map[string]string{
		"statement_timeout": statementTimeout, "lock_timeout": lockTimeout,
		// Of a machine that lost its power the server hears nothing: it is to ask, and to let
		// go of what that held within half a minute, not two hours.
		"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3",
	}
	for name, value := range cfg.Runtime { // the district's own word stands
		runtime[name] = value
	}
	cfg.Runtime = runtime
	connector, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return nil, err
	}
	connector.Dialer(deadlineDialer{})
	return connector, nil
}

// deadlineDialer is Dial as lib/pq asks for it: a context alone does not end a query
// whose network died.
type deadlineDialer struct{}

func (d deadlineDialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, dialTimeout)
}

func (d deadlineDialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

func (deadlineDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return Dial(ctx, network, address)
}

// Dial makes a connection on which each read and write has a deadline.
func Dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return deadlineConn{conn}, nil
}

// deadlineConn closes itself under an operation that takes too long.
type deadlineConn struct{ net.Conn }

func (c deadlineConn) Read(b []byte) (int, error) {
	defer c.closeAfter(socketTimeout)()
	return c.Conn.Read(b)
}

func (c deadlineConn) Write(b []byte) (int, error) {
	defer c.closeAfter(socketTimeout)()
	return c.Conn.Write(b)
}

func (c deadlineConn) closeAfter(d time.Duration) (done func() bool) {
	return time.AfterFunc(d, func() { _ = c.Conn.Close() }).Stop
}
