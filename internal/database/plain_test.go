package database_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
	"golang.org/x/sys/unix"

	"rollcall/internal/database"
	"rollcall/internal/database/databasetest"
)

func TestMain(m *testing.M) { os.Exit(databasetest.Main(m)) }

func TestWhatAServerRefusesIsSaidWithItsMend(t *testing.T) {
	dsn := databasetest.Postgres(t)
	another, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	another.Path = "/another"
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, dsn, want string }{
		{"no TLS", "postgres://rollcall@" + withoutTLS(t) + "/x", "the server speaks no TLS"},
		{"no database", another.String(), "the server has no such database"},
		{"nobody", "postgres://rollcall@" + nobody + "/x?sslmode=disable", "nobody answers at the server's address: connect: connection refused"},
		{"part of a password", "postgres://rollcall@s3cret.invalid/x", "the name of the server in the DSN is not known; where the password has"},
	} {
		t.Run(test.name, func(t *testing.T) {
			db, err := database.Open(database.Place{Driver: database.Postgres, DSN: test.dsn})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			err = db.PingContext(t.Context())
			if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// withoutTLS is the address of what answers like a server that speaks no TLS.
func withoutTLS(t *testing.T) string {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = at.Close() })
	go func() {
		for {
			conn, err := at.Accept()
			if err != nil {
				return
			}
			if _, err := io.ReadFull(conn, make([]byte, 8)); err == nil { // SSLRequest
				_, _ = conn.Write([]byte("N"))
			}
			_ = conn.Close()
		}
	}()
	return at.Addr().String()
}

func TestAServerThatIsRestartedIsWaitedFor(t *testing.T) {
	cluster, err := databasetest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := cluster.Stop(); err != nil {
			t.Error(err)
		}
	}()
	dsn, err := cluster.Create("patient")
	if err != nil {
		t.Fatal(err)
	}
	db, err := database.Open(database.Place{Driver: database.Postgres, DSN: dsn, Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	restarted := make(chan error)
	go func() { restarted <- cluster.Restart() }()
	for done := false; !done; {
		select {
		case err := <-restarted:
			if err != nil {
				t.Fatal(err)
			}
			done = true
		default:
		}
		// Each on a new connection, which is what waits.
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
}

func TestAServerThatIsAwayIsToldFromOneThatRefuses(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Err: err} }
	for _, test := range []struct {
		name string
		err  error
		want bool
	}{
		{"none", nil, false},
		{"a fault of ours", errors.New("no export"), false},
		{"a file that ends early", io.ErrUnexpectedEOF, false},
		{"nobody answers", dial(unix.ECONNREFUSED), true},
		{"cut off", fmt.Errorf("ledger: %w", &net.OpError{Op: "read", Err: unix.ECONNRESET}), true},
		{"a name that is none", dial(&net.DNSError{IsNotFound: true}), false},
		{"a name server that is away", dial(&net.DNSError{IsTimeout: true}), true},
		{"no socket", dial(unix.ENOENT), true},
		{"no file", unix.ENOENT, false},
		{"stopping", &pq.Error{Code: "57P01"}, true},
		{"starting", database.Plain(&pq.Error{Code: "57P03"}), true},
		{"ended before it began", database.Plain(io.EOF), true},
		{"a wrong password", database.Plain(&pq.Error{Code: "28P01"}), false},
	} {
		if got := database.Away(test.err); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}
