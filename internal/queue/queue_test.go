package queue_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/database"
	"rollcall/internal/database/databasetest"
	"rollcall/internal/district"
	"rollcall/internal/night"
	"rollcall/internal/queue"
)

const run = "2025-10-15"

// onEach runs a test on both engines, each time on a database of its own.
func onEach(t *testing.T, test func(t *testing.T, at database.Place)) {
	t.Run("SQLite", func(t *testing.T) {
		test(t, database.Place{Driver: database.SQLite, Path: filepath.Join(t.TempDir(), "ledger.db")})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		test(t, database.Place{Driver: database.Postgres, DSN: databasetest.Postgres(t)})
	})
}

func open(t *testing.T, at database.Place, o queue.Options) *queue.Queue {
	t.Helper()
	o.Driver, o.Path, o.DSN = at.Driver, at.Path, at.DSN
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Settle = time.Nanosecond // the tests' server has started just now
	q, err := queue.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Close() })
	return q
}

// ledger is a second handle on the queue's database, as the ledger has one.
func ledger(t *testing.T, at database.Place) *sql.DB {
	t.Helper()
	db, err := database.Open(at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE IF NOT EXISTS effects (job TEXT PRIMARY KEY, times INTEGER NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	return db
}

func school(n int) string { return fmt.Sprintf("%03d", n) }

func renders(n int) []night.Job {
	var jobs []night.Job
	for i := range n {
		jobs = append(jobs, night.Job{Kind: night.Render, RunID: run, SchoolID: school(i)})
	}
	return jobs
}

// all handles every kind alike.
func all(do func(context.Context, night.Job) error) queue.Handlers {
	return queue.Handlers{Plan: do, Render: do, Deliver: do, Close: do}
}

// work works until nothing of the run is open, and returns what failed.
func work(t *testing.T, q *queue.Queue, h queue.Handlers) []queue.Failure {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	var done sync.WaitGroup
	done.Go(func() {
		if err := q.Work(ctx, h); err != nil {
			t.Error(err)
		}
	})
	defer done.Wait()
	defer stop()
	for {
		u, err := q.Unfinished(ctx, run)
		if err != nil {
			t.Fatal(err)
		}
		if u.Jobs() == 0 {
			return u.Failed
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func unfinished(t *testing.T, q *queue.Queue) queue.Unfinished {
	t.Helper()
	u, err := q.Unfinished(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func insert(t *testing.T, q *queue.Queue, jobs ...night.Job) {
	t.Helper()
	if err := q.Insert(t.Context(), jobs); err != nil {
		t.Fatal(err)
	}
}

func TestEachJobReachesItsHandlerAsItWasGiven(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{})
		jobs := []night.Job{
			{Kind: night.Plan, RunID: run, SchoolID: "10", Basis: "a0b1"},
			{Kind: night.Render, RunID: run, SchoolID: "10"},
			{Kind: night.Deliver, RunID: run, SchoolID: "10", Role: district.Admin},
			{Kind: night.Deliver, RunID: run, Role: district.DistrictOffice},
			{Kind: night.Close, RunID: run},
		}
		insert(t, q, jobs...)
		insert(t, q)
		insert(t, q, night.Job{Kind: night.Render, RunID: "2025-10-16", SchoolID: "10"})
		if got := unfinished(t, q).Open; !cmp.Equal(got, map[night.JobKind]int{night.Plan: 1, night.Render: 1, night.Deliver: 2, night.Close: 1}) {
			t.Errorf("open: %v", got)
		}
		var mu sync.Mutex
		got := map[night.Job]string{}
		note := func(by string) func(context.Context, night.Job) error {
			return func(_ context.Context, j night.Job) error {
				mu.Lock()
				defer mu.Unlock()
				got[j] += by
				return nil
			}
		}
		if failed := work(t, q, queue.Handlers{Plan: note("plan"), Render: note("render"), Deliver: note("deliver"), Close: note("close")}); failed != nil {
			t.Errorf("failed: %v", failed)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, j := range jobs {
			if got[j] != string(j.Kind) {
				t.Errorf("%+v was worked by %q", j, got[j])
			}
		}
	})
}

func TestJobOfATransactionTakenBackIsNone(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{})
		db := ledger(t, at)
		for _, keep := range []bool{false, true} {
			tx, err := db.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := q.InsertTx(t.Context(), tx, renders(3)); err != nil {
				t.Fatal(err)
			}
			end, want := tx.Rollback, 0
			if keep {
				end, want = tx.Commit, 3
			}
			if err := end(); err != nil {
				t.Fatal(err)
			}
			if got := unfinished(t, q).Jobs(); got != want {
				t.Errorf("kept %t: %d jobs, want %d", keep, got, want)
			}
		}
	})
}

func TestJobOfNoKnownKindIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{})
		if err := q.Insert(t.Context(), []night.Job{{Kind: "burn", RunID: run}}); err == nil {
			t.Error("was taken")
		}
		if err := q.Work(t.Context(), queue.Handlers{}); err == nil {
			t.Error("worked without handlers")
		}
	})
}

func TestWhatOthersWaitForIsWorkedFirst(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{Workers: 1})
		insert(t, q, append(renders(3), night.Job{Kind: night.Plan, RunID: run, SchoolID: "10"}, night.Job{Kind: night.Plan, RunID: run, SchoolID: "11"})...)
		var order []string
		work(t, q, all(func(_ context.Context, j night.Job) error {
			order = append(order, string(j.Kind)+" "+j.SchoolID)
			return nil
		}))
		if diff := cmp.Diff([]string{"plan 10", "plan 11", "render 000", "render 001", "render 002"}, order); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAJobForAnotherProcessIsHandedBackAsItWas(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{Backoff: []time.Duration{}, Workers: 1})
		insert(t, q, renders(1)...)
		asked := 0
		failed := work(t, q, all(func(context.Context, night.Job) error {
			if asked++; asked < 3 {
				return queue.ErrNotHere
			}
			return nil
		}))
		if asked != 3 || failed != nil {
			t.Errorf("asked %d times, failed %v", asked, failed)
		}
	})
}

func TestAKindIsClearedOnceNobodyWorksOnIt(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{Backoff: []time.Duration{}, Workers: 1})
		plan := func(school string) night.Job { return night.Job{Kind: night.Plan, RunID: run, SchoolID: school} }
		insert(t, q, plan("bad"), plan("good"))
		work(t, q, all(func(_ context.Context, j night.Job) error {
			if j.SchoolID == "bad" {
				return errors.New("no")
			}
			return nil
		}))
		// One that failed is not set going with the papers of the night.
		if n, err := q.Retry(t.Context(), run); n != 0 || err != nil {
			t.Errorf("retried %d: %v", n, err)
		}
		insert(t, q, append(renders(1), plan("waits"))...)
		if err := q.Clear(t.Context(), night.Plan); err != nil {
			t.Fatal(err)
		}
		u := unfinished(t, q)
		if diff := cmp.Diff(queue.Unfinished{Open: map[night.JobKind]int{night.Render: 1}}, u); diff != "" {
			t.Error(diff)
		}
	})
	// What another machine is at is waited for.
	at := database.Place{Driver: database.Postgres, DSN: databasetest.Postgres(t)}
	q, other := open(t, at, queue.Options{}), open(t, at, queue.Options{})
	insert(t, q, night.Job{Kind: night.Plan, RunID: run, SchoolID: "10"})
	begun, end := make(chan bool), make(chan bool)
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	defer working.Wait()
	defer stop()
	working.Go(func() {
		if err := other.Work(ctx, all(func(context.Context, night.Job) error { close(begun); <-end; return nil })); err != nil {
			t.Error(err)
		}
	})
	<-begun
	cleared := make(chan error)
	go func() { cleared <- q.Clear(t.Context(), night.Plan) }()
	select {
	case <-cleared:
		t.Error("cleared while somebody works on it")
	case <-time.After(300 * time.Millisecond):
	}
	close(end)
	if err := <-cleared; err != nil {
		t.Error(err)
	}
}

func TestKindWithoutAHandlerIsLeftInTheQueue(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{})
		done := make(chan night.Job, 3)
		note := func(_ context.Context, j night.Job) error { done <- j; return nil }
		insert(t, q, append(renders(2), night.Job{Kind: night.Deliver, RunID: run, SchoolID: "10", Role: district.Admin})...)
		ctx, stop := context.WithCancel(t.Context())
		var working sync.WaitGroup
		working.Go(func() {
			if err := q.Work(ctx, queue.Handlers{Render: note}); err != nil {
				t.Error(err)
			}
		})
		for range 2 {
			if j := <-done; j.Kind != night.Render {
				t.Errorf("worked %+v", j)
			}
		}
		stop()
		working.Wait()
		if u := unfinished(t, q); !cmp.Equal(u, queue.Unfinished{Open: map[night.JobKind]int{night.Deliver: 1}}) {
			t.Errorf("left: %+v", u)
		}
		if failed := work(t, q, all(note)); failed != nil || (<-done).Kind != night.Deliver {
			t.Errorf("failed: %v", failed)
		}
	})
}

func TestFailedJobIsTriedAgainAfterItsPause(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		pauses := []time.Duration{50 * time.Millisecond, 150 * time.Millisecond}
		q := open(t, at, queue.Options{Backoff: pauses})
		insert(t, q, renders(1)...)
		var tries []time.Time
		failed := work(t, q, all(func(context.Context, night.Job) error {
			if tries = append(tries, time.Now()); len(tries) == 3 {
				return nil
			}
			return errors.New("451 try later")
		}))
		if failed != nil || len(tries) != 3 {
			t.Fatalf("%d tries, failed: %v", len(tries), failed)
		}
		for i, least := range pauses {
			// River keeps instants to the millisecond.
			if got := tries[i+1].Sub(tries[i]); got < least-2*time.Millisecond || got > least+5*time.Second {
				t.Errorf("pause %d was %s, want %s", i+1, got, least)
			}
		}
	})
}

func TestJobGivenUpIsShownWithItsErrorAndCanBeSetGoingAgain(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{Backoff: []time.Duration{time.Millisecond}})
		insert(t, q, renders(4)...)
		broken := func(_ context.Context, j night.Job) error {
			switch j.SchoolID {
			case school(0):
				return errors.New("no such font")
			case school(1):
				panic("index out of range")
			case school(2):
				return errors.New("the disk is full")
			}
			return nil
		}
		want := []queue.Failure{
			{Job: renders(4)[0], Attempts: 2, Err: "no such font"},
			{Job: renders(4)[1], Attempts: 1, Err: "index out of range"},
			{Job: renders(4)[2], Attempts: 2, Err: "the disk is full"},
		}
		if diff := cmp.Diff(want, work(t, q, all(broken))); diff != "" {
			t.Errorf("failed (-want +got):\n%s", diff)
		}
		n, err := q.Retry(t.Context(), run)
		if err != nil || n != 3 {
			t.Fatalf("retried %d: %v", n, err)
		}
		if failed := work(t, q, all(func(context.Context, night.Job) error { return nil })); failed != nil {
			t.Errorf("still failed: %v", failed)
		}
		if n, err := q.Retry(t.Context(), run); err != nil || n != 0 {
			t.Errorf("retried %d of none: %v", n, err)
		}
	})
}

func TestStopFinishesWhatItCanAndHandsTheRestBack(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{Grace: 200 * time.Millisecond, Workers: 2, Backoff: []time.Duration{}})
		insert(t, q, renders(3)...)
		ctx, stop := context.WithCancel(t.Context())
		var began sync.WaitGroup
		began.Add(2)
		var done sync.WaitGroup
		done.Go(func() {
			err := q.Work(ctx, all(func(ctx context.Context, j night.Job) error {
				began.Done()
				if j.SchoolID == school(0) {
					time.Sleep(50 * time.Millisecond)
					return nil
				}
				<-ctx.Done()
				return errors.New("interrupted (9)") // as a driver may put it
			}))
			if err != nil {
				t.Error(err)
			}
		})
		began.Wait()
		stop()
		done.Wait()
		u := unfinished(t, q)
		if u.Jobs() != 2 || u.Failed != nil {
			t.Errorf("left: %+v", u)
		}
		// The try that was cut short is not held against the job: one is allowed.
		if failed := work(t, q, all(func(context.Context, night.Job) error { return nil })); failed != nil {
			t.Errorf("failed: %v", failed)
		}
	})
}

func TestWorkThatIsEndedBeforeItBeginsIsNoFault(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{})
		insert(t, q, renders(2)...)
		ctx, stop := context.WithCancel(t.Context())
		stop()
		never := all(func(context.Context, night.Job) error { t.Error("worked"); return nil })
		if err := q.Work(ctx, never); err != nil {
			t.Error(err)
		}
		if got := unfinished(t, q); got.Jobs() != 2 || got.Failed != nil {
			t.Errorf("left: %+v", got)
		}
	})
}

func TestOneTryThatTakesTooLongHasFailed(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{Timeout: 50 * time.Millisecond, Backoff: []time.Duration{}})
		insert(t, q, renders(1)...)
		failed := work(t, q, all(func(ctx context.Context, _ night.Job) error { <-ctx.Done(); return ctx.Err() }))
		if len(failed) != 1 || failed[0].Err != "context deadline exceeded" {
			t.Errorf("failed: %v", failed)
		}
	})
}

// Handlers write through the ledger's handle while River writes through its own
// and another transaction puts in more jobs.
func TestWorkAndLedgerShareTheDatabase(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{Workers: 4})
		db := ledger(t, at)
		const jobs = 200
		begin := time.Now()
		insert(t, q, renders(jobs/2)...)
		var more sync.WaitGroup
		more.Go(func() {
			for i := jobs / 2; i < jobs; i++ {
				tx, err := db.BeginTx(t.Context(), nil)
				if err == nil {
					err = errors.Join(q.InsertTx(t.Context(), tx, []night.Job{{Kind: night.Deliver, RunID: run, SchoolID: school(i), Role: district.Admin}}), tx.Commit())
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
		effect := all(func(ctx context.Context, j night.Job) error { return record(ctx, db, j) })
		var failed []queue.Failure
		for unfinished(t, q).Jobs() > 0 {
			failed = append(failed, work(t, q, effect)...)
			more.Wait()
		}
		if failed != nil {
			t.Errorf("failed: %v", failed)
		}
		if got := effects(t, db); got != jobs {
			t.Errorf("%d effects, want %d", got, jobs)
		}
		t.Logf("%d jobs with a write each: %s", jobs, time.Since(begin))
	})
}

// record is a job's effect, which may be repeated without harm.
func record(ctx context.Context, db *sql.DB, j night.Job) error {
	// The engines mark parameters differently; these are the test's own.
	_, err := db.ExecContext(ctx, fmt.Sprintf(`INSERT INTO effects (job, times) VALUES ('%s%s', 1) ON CONFLICT (job) DO NOTHING`, j.Kind, j.SchoolID))
	return err
}

func effects(t *testing.T, db *sql.DB) int {
	t.Helper()
	var n int
	if err := db.QueryRowContext(t.Context(), `SELECT coalesce(sum(times), 0) FROM effects`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
