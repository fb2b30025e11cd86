package queue_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"rollcall/internal/database"
	"rollcall/internal/database/databasetest"
	"rollcall/internal/night"
	"rollcall/internal/queue"
)

// These tell a copy of the test binary to be the process that is killed, and on which
// database.
const (
	victimEngine = "ROLLCALL_TEST_VICTIM"
	victimPlace  = "ROLLCALL_TEST_VICTIM_AT"
)

func TestMain(m *testing.M) {
	if engine := os.Getenv(victimEngine); engine != "" {
		place := os.Getenv(victimPlace)
		if err := victim(context.Background(), database.Place{Driver: engine, Path: place, DSN: place}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(databasetest.Main(m))
}

// victim works jobs and never comes back from school 003's.
func victim(ctx context.Context, at database.Place) error {
	q, err := queue.Open(ctx, queue.Options{Driver: at.Driver, Path: at.Path, DSN: at.DSN, Workers: 1, Now: time.Now})
	if err != nil {
		return err
	}
	db, err := database.Open(at)
	if err != nil {
		return err
	}
	return q.Work(ctx, all(func(ctx context.Context, j night.Job) error {
		if err := record(ctx, db, j); err != nil {
			return err
		}
		if j.SchoolID == school(3) {
			fmt.Println("stuck")
			select {}
		}
		return nil
	}))
}

// kill runs a victim until it is stuck and kills it without warning.
func kill(t *testing.T, at database.Place) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), victimEngine+"="+at.Driver, victimPlace+"="+at.Path+at.DSN)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if strings.TrimSpace(line) != "stuck" {
		t.Errorf("the victim said %q: %v", line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the victim was not killed")
	}
}

// reclaim takes back what a killed process left; a server may need a moment to see
// that its connection is gone.
func reclaim(t *testing.T, q *queue.Queue) int {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		n, err := q.Reclaim(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 || time.Now().After(end) {
			return n
		}
	}
}

func TestJobsOfAKilledProcessAreWorkedToTheEndOnce(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{})
		db := ledger(t, at)
		insert(t, q, renders(8)...)
		kill(t, at)

		begin := time.Now()
		if n := reclaim(t, q); n < 1 {
			t.Fatalf("reclaimed %d", n)
		}
		failed := work(t, q, all(func(ctx context.Context, j night.Job) error { return record(ctx, db, j) }))
		if failed != nil {
			t.Errorf("failed: %v", failed)
		}
		if got := effects(t, db); got != 8 {
			t.Errorf("%d effects, want 8", got)
		}
		// Not after the quarter of an hour that River waits for a worker it cannot see.
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("it took %s", took)
		}
		if n, err := q.Reclaim(t.Context()); err != nil || n != 0 {
			t.Errorf("reclaimed %d of none: %v", n, err)
		}
	})
}

func TestJobThatKeepsKillingItsProcessIsGivenUp(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{Backoff: []time.Duration{}}) // one try
		ledger(t, at)
		insert(t, q, renders(4)...)
		kill(t, at)
		reclaim(t, q)
		failed := work(t, q, all(func(context.Context, night.Job) error { return nil }))
		var stuck *queue.Failure
		for i, f := range failed {
			if f.Job == renders(4)[3] {
				stuck = &failed[i]
			}
		}
		if stuck == nil || stuck.Err != "the process ended while it worked on this" {
			t.Errorf("failed: %v", failed)
		}
	})
}

func TestUnknownEngineIsRefused(t *testing.T) {
	if _, err := queue.Open(t.Context(), queue.Options{Driver: "oracle"}); err == nil {
		t.Error("opened")
	}
}

// TestJobsOfALiveWorkerAreLeftToIt: on a database that machines share, only the jobs
// of a worker that is gone are taken back.
func TestJobsOfALiveWorkerAreLeftToIt(t *testing.T) {
	at := database.Place{Driver: database.Postgres, DSN: databasetest.Postgres(t)}
	here, there := open(t, at, queue.Options{}), open(t, at, queue.Options{})
	insert(t, here, renders(1)...)
	begun, end := make(chan struct{}), make(chan struct{})
	worked := make(chan []queue.Failure, 1)
	go func() {
		worked <- work(t, here, all(func(context.Context, night.Job) error {
			close(begun)
			<-end
			return nil
		}))
	}()
	<-begun
	if n, err := there.Reclaim(t.Context()); err != nil || n != 0 {
		t.Errorf("took %d of a worker that is at it: %v", n, err)
	}
	close(end)
	if failed := <-worked; failed != nil {
		t.Errorf("failed: %v", failed)
	}
}
