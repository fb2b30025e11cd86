// Package databasetest starts a throw-away PostgreSQL for the tests of a package: a
// cluster of its own in a temporary folder, reached over a socket in it and nothing
// else, and gone with the test. A server that runs on the machine already is not
// touched.
package databasetest

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/lib/pq"
)

// Main runs a package's tests and takes the cluster down afterwards, if one was
// started: func TestMain(m *testing.M) { os.Exit(databasetest.Main(m)) }.
func Main(m *testing.M) int {
	code := m.Run()
	if started.cluster != nil {
		if err := started.cluster.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "databasetest:", err)
			return max(code, 1)
		}
	}
	return code
}

var started struct {
	sync.Once
	cluster *Cluster
	err     error
	made    atomic.Int64 // databases
}

// Postgres is the DSN of an empty database of its own, on the package's cluster,
// which the first test that asks starts. It needs Main.
func Postgres(t testing.TB) string {
	t.Helper()
	started.Do(func() { started.cluster, started.err = Start() })
	if started.err != nil {
		t.Fatalf("no PostgreSQL for the tests: %v", started.err)
	}
	name := "test" + strconv.FormatInt(started.made.Add(1), 10)
	dsn, err := started.cluster.Create(name)
	if err != nil {
		t.Fatalf("a database for the test: %v", err)
	}
	return dsn
}

// Cluster is a running server.
type Cluster struct {
	dir, bin string
	as       *syscall.Credential // nil: as we are
}

// Start makes a cluster and starts its server. PostgreSQL refuses to run as root:
// then it runs as nobody.
func Start() (c *Cluster, err error) {
	c = &Cluster{}
	if c.bin, err = binaries(); err != nil {
		return nil, err
	}
	if c.dir, err = os.MkdirTemp("", "pg"); err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 {
		const nobody = 65534
		c.as = &syscall.Credential{Uid: nobody, Gid: nobody}
		if err := os.Chown(c.dir, nobody, nobody); err != nil {
			return nil, err
		}
	}
	if err := c.run("initdb", "--pgdata", c.data(), "--username", "rollcall", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"); err != nil {
		return nil, errors.Join(err, os.RemoveAll(c.dir))
	}
	// What a crash of the machine would cost is of no account here.
	settings := "-c listen_addresses='' -c unix_socket_directories=" + c.dir + " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
	if err := c.run("pg_ctl", "--pgdata", c.data(), "--log", filepath.Join(c.dir, "log"), "--options", settings, "--wait", "start"); err != nil {
		said, _ := os.ReadFile(filepath.Join(c.dir, "log"))
		return nil, errors.Join(err, errors.New(string(said)), os.RemoveAll(c.dir))
	}
	return c, nil
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

// binaries is the folder of initdb and pg_ctl, which Debian keeps off the path: the
// newest version's.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.Join(errors.New("there is no initdb: install PostgreSQL (on Debian the package postgresql), or run make test, which does"), err)
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(found[len(found)-1]), nil
}

func (c *Cluster) run(tool string, args ...string) error {
	cmd := exec.Command(filepath.Join(c.bin, tool), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.as}
	// The server must not hold on to the pipe of the tests' output.
	log, err := os.Create(filepath.Join(c.dir, tool+".out"))
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = log, log
	err = errors.Join(cmd.Run(), log.Close())
	if err != nil {
		said, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%s: %w: %s", tool, err, strings.TrimSpace(string(said)))
	}
	return nil
}

// Restart ends the server as a power cut does, and starts it again.
func (c *Cluster) Restart() error {
	return c.run("pg_ctl", "--pgdata", c.data(), "--log", filepath.Join(c.dir, "log"), "--mode", "immediate", "--wait", "restart")
}

// Stop ends the server and removes all of it.
func (c *Cluster) Stop() error {
	return errors.Join(c.run("pg_ctl", "--pgdata", c.data(), "--mode", "immediate", "--wait", "stop"), os.RemoveAll(c.dir))
}

func (c *Cluster) dsn(database string) string {
	return (&url.URL{Scheme: "postgres", User: url.User("rollcall"), Path: "/" + database, RawQuery: url.Values{"host": {c.dir}, "sslmode": {"disable"}}.Encode()}).String()
}

// Create makes an empty database and returns its DSN.
func (c *Cluster) Create(database string) (dsn string, err error) {
	db, err := sql.Open("postgres", c.dsn("postgres"))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.Exec("CREATE DATABASE " + pq.QuoteIdentifier(database))
	return c.dsn(database), err
}
