package queue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rollcall/internal/database"
	"rollcall/internal/database/databasetest"
	"rollcall/internal/night"
	"rollcall/internal/queue"
)

// calendar is a schedule by which a day is due until it is turned to the next.
type calendar struct{ day atomic.Int64 }

func dayOf(n int64) string { return fmt.Sprintf("2025-10-%02d", n) }

func (c *calendar) nights(do queue.Handler) queue.Nights {
	return queue.Nights{
		Next: func(after time.Time) time.Time { return after.Add(200 * time.Millisecond) },
		Due:  func() (string, bool) { return dayOf(c.day.Load()), c.day.Load() > 0 },
		Do:   do,
	}
}

// serve serves a schedule until the test ends or stop is called, which waits for its end.
func serve(t *testing.T, at database.Place, n queue.Nights) (stop func()) {
	t.Helper()
	q := open(t, at, queue.Options{Grace: 10 * time.Millisecond})
	ctx, cancel := context.WithCancel(t.Context())
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := q.Serve(ctx, n); err != nil {
			t.Error(err)
		}
	})
	stop = func() { cancel(); serving.Wait() }
	t.Cleanup(stop)
	return stop
}

// next is what a channel brings, in a while.
func next[T any](t *testing.T, from <-chan T) (got T) {
	t.Helper()
	select {
	case got = <-from:
	case <-time.After(time.Minute):
		t.Fatal("nothing came")
	}
	return got
}

func TestEachNightComesToOneOfThoseThatServe(t *testing.T) {
	at := database.Place{Driver: database.Postgres, DSN: databasetest.Postgres(t)}
	// A worker, who knows of no schedule, is there first and leads.
	worker := open(t, at, queue.Options{})
	working, stopWorker := context.WithCancel(t.Context())
	var worked sync.WaitGroup
	worked.Go(func() {
		if err := worker.Work(working, all(func(context.Context, night.Job) error { return nil })); err != nil {
			t.Error(err)
		}
	})
	defer worked.Wait()
	defer stopWorker()
	db := ledger(t, at)
	for led := 0; led == 0; time.Sleep(50 * time.Millisecond) {
		if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM river_leader`).Scan(&led); err != nil {
			t.Fatal(err)
		}
	}
	var due calendar
	due.day.Store(1)
	type had struct{ by, run string }
	nights := make(chan had, 100)
	var done sync.Map // as the ledger remembers it
	by := func(name string) queue.Handler {
		return func(_ context.Context, j night.Job) error {
			if _, before := done.LoadOrStore(j.RunID, true); before {
				return nil
			}
			nights <- had{name, j.RunID}
			return nil
		}
	}
	stopA := serve(t, at, due.nights(by("a")))
	serve(t, at, due.nights(by("b")))
	for day := int64(1); day <= 3; day++ {
		due.day.Store(day)
		if got := next(t, nights); got.run != dayOf(day) {
			t.Errorf("%s had %s on day %d", got.by, got.run, day)
		}
		time.Sleep(time.Second) // it stays due, and is not done again
	}
	stopWorker()
	worked.Wait()
	insert(t, worker, renders(20)...) // of a night that somebody works: not for those who serve
	time.Sleep(2 * time.Second)
	stopA()
	due.day.Store(4)
	if got := next(t, nights); got != (had{"b", dayOf(4)}) {
		t.Errorf("after a is gone: %v", got)
	}
	if len(nights) != 0 {
		t.Errorf("%d nights more", len(nights))
	}
	left := slices.DeleteFunc(list(t, worker), func(l queue.Listed) bool { return l.Job.Kind == night.Night })
	if len(left) != 20 || slices.ContainsFunc(left, func(l queue.Listed) bool { return l.Attempt > 0 }) {
		t.Errorf("those who serve took the jobs of a night: %+v", left)
	}
}

func TestANightThatIsStoppedGoesOnElsewhereAndOneThatFailedIsGivenUp(t *testing.T) {
	at := database.Place{Driver: database.Postgres, DSN: databasetest.Postgres(t)}
	var due calendar
	due.day.Store(15)
	begun := make(chan string, 10)
	stop := serve(t, at, due.nights(func(ctx context.Context, _ night.Job) error {
		begun <- "a"
		<-ctx.Done()
		return ctx.Err()
	}))
	next(t, begun)
	q := open(t, at, queue.Options{})
	if u := unfinished(t, q); u.Jobs() != 0 {
		t.Errorf("the night as a whole counts among its jobs: %v", u.Open)
	}
	stop()
	var failing atomic.Bool
	failing.Store(true)
	serve(t, at, due.nights(func(context.Context, night.Job) error {
		begun <- "b"
		if failing.Load() {
			return errors.New("no export")
		}
		return nil
	}))
	if by := next(t, begun); by != "b" {
		t.Errorf("it went on with %s", by)
	}
	time.Sleep(3 * time.Second)
	if len(begun) != 0 {
		t.Error("a night that failed was tried again")
	}
	jobs := list(t, q)
	if len(jobs) != 1 || jobs[0].Job != (night.Job{Kind: night.Night, RunID: run}) || !jobs[0].GivenUp() {
		t.Fatalf("listed: %+v", jobs)
	}
	if n, err := q.Retry(t.Context(), run); n != 0 || err != nil {
		t.Errorf("the night set %d jobs going again, itself among them: %v", n, err)
	}
	if why := jobs[0].Err; why != "the night failed: no export" {
		t.Errorf("why: %q", why)
	}
	failing.Store(false)
	if _, err := q.RetryJob(t.Context(), jobs[0].ID); err != nil {
		t.Fatal(err)
	}
	next(t, begun)
	due.day.Store(0)
	left := func(failed int) {
		t.Helper()
		var got []queue.Listed
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
			got = list(t, q)
			if len(got) == failed && !slices.ContainsFunc(got, func(l queue.Listed) bool { return !l.GivenUp() }) {
				return
			}
		}
		t.Errorf("left: %+v", got)
	}
	left(0)
	for len(begun) > 0 {
		<-begun
	}
	// One that failed is forgiven when a later one is complete.
	failing.Store(true)
	due.day.Store(16)
	next(t, begun)
	left(1)
	due.day.Store(0)
	if err := q.Forgive(t.Context(), dayOf(15)); err != nil {
		t.Fatal(err)
	}
	left(1)
	if err := q.Forgive(t.Context(), dayOf(17)); err != nil {
		t.Fatal(err)
	}
	left(0)
}

func TestANightThatEndsItsProcessAgainAndAgainIsGivenUpAloud(t *testing.T) {
	at := database.Place{Driver: database.Postgres, DSN: databasetest.Postgres(t)}
	q := open(t, at, queue.Options{Settle: time.Nanosecond})
	db := ledger(t, at)
	for range 2 { // it is the same night
		if open, err := q.Offer(t.Context(), run); err != nil || !open {
			t.Fatalf("open %t: %v", open, err)
		}
	}
	for range 5 {
		// A process has taken it, and is gone.
		if _, err := db.ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = attempt + 1, attempted_at = now(), attempted_by = '{gone}'`); err != nil {
			t.Fatal(err)
		}
		if n, err := q.Reclaim(t.Context()); n != 1 || err != nil {
			t.Fatalf("%d jobs taken back: %v", n, err)
		}
	}
	begun, told := make(chan string, 10), make(chan string, 10)
	nights := new(calendar).nights(func(_ context.Context, j night.Job) error { begun <- j.RunID; return nil })
	nights.GivenUp = func(_ context.Context, j night.Job, times int) { told <- fmt.Sprint(j.RunID, " ", times) }
	serve(t, at, nights)
	if got := next(t, told); got != run+" 5" {
		t.Errorf("told of %s", got)
	}
	var jobs []queue.Listed
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline) && (len(jobs) != 1 || !jobs[0].GivenUp()); time.Sleep(50 * time.Millisecond) {
		jobs = list(t, q)
	}
	if len(jobs) != 1 || !jobs[0].GivenUp() || !strings.Contains(jobs[0].Err, "5 times the process ended") {
		t.Fatalf("listed: %+v", jobs)
	}
	if open, err := q.Offer(t.Context(), run); err != nil || open {
		t.Fatalf("open %t: %v", open, err)
	}
	if _, err := q.RetryJob(t.Context(), jobs[0].ID); err != nil {
		t.Fatal(err)
	}
	if got := next(t, begun); got != run || len(told) != 0 {
		t.Errorf("set going again: %s, told %d times", got, len(told))
	}
}

func TestANightWhoseAnswerIsLostOnItsWayComesAgain(t *testing.T) {
	at := database.Place{Driver: database.Postgres, DSN: databasetest.Postgres(t)}
	q := open(t, at, queue.Options{})
	var lost atomic.Bool
	far := at
	far.DSN = losing(t, at.DSN, &lost, []byte(run), []byte("running"))
	begun := make(chan string, 10)
	serving := open(t, far, queue.Options{Grace: 10 * time.Millisecond, Settle: time.Nanosecond, Rescue: time.Second})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var served sync.WaitGroup
	served.Go(func() {
		if err := serving.Serve(ctx, new(calendar).nights(func(_ context.Context, j night.Job) error { begun <- j.RunID; return nil })); err != nil {
			t.Error(err)
		}
	})
	if _, err := q.Offer(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if got := next(t, begun); got != run || !lost.Load() {
		t.Errorf("begun: %s; an answer lost: %t", got, lost.Load())
	}
	time.Sleep(3 * time.Second)
	if len(begun) != 0 {
		t.Error("it came once more")
	}
	stop()
	served.Wait()
}

// losing is the address of a server of which the first answer that has all of some words in it
// is lost with its connection.
func losing(t *testing.T, dsn string, lost *atomic.Bool, words ...[]byte) string {
	t.Helper()
	server, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(server.Query().Get("host"), ".s.PGSQL.5432")
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = door.Close() })
	pass := func(client net.Conn) {
		behind, err := net.Dial("unix", socket)
		if err != nil {
			t.Error(err)
			return
		}
		go func() {
			_, _ = io.Copy(behind, client)
			_ = behind.Close()
		}()
		defer func() { _ = client.Close() }()
		answer := make([]byte, 1<<16)
		for {
			n, err := behind.Read(answer)
			has := func(word []byte) bool { return bytes.Contains(answer[:n], word) }
			if err != nil || !slices.ContainsFunc(words, func(w []byte) bool { return !has(w) }) && lost.CompareAndSwap(false, true) {
				return
			}
			if _, err := client.Write(answer[:n]); err != nil {
				return
			}
		}
	}
	go func() {
		for client, err := door.Accept(); err == nil; client, err = door.Accept() {
			go pass(client)
		}
	}()
	return (&url.URL{Scheme: "postgres", User: server.User, Host: door.Addr().String(), Path: server.Path, RawQuery: "sslmode=disable"}).String()
}

func TestAScheduleIsServedOnAServer(t *testing.T) {
	q := open(t, database.Place{Driver: database.SQLite, Path: filepath.Join(t.TempDir(), "ledger.db")}, queue.Options{})
	if err := q.Serve(t.Context(), new(calendar).nights(func(context.Context, night.Job) error { return nil })); err == nil {
		t.Error("served on a file")
	}
}
