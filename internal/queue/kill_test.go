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
	"rollcall/internal/night"
	"rollcall/internal/queue"
)

// victimPath tells a copy of the test binary to be the process that is killed.
const victimPath = "ROLLCALL_TEST_VICTIM"

func TestMain(m *testing.M) {
	if path := os.Getenv(victimPath); path != "" {
		if err := victim(context.Background(), path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// victim works jobs and never comes back from school 003's.
func victim(ctx context.Context, path string) error {
	q, err := queue.Open(ctx, queue.Options{Path: path, Workers: 1, Now: time.Now})
	if err != nil {
		return err
	}
	db, err := database.Open(database.Place{Driver: database.SQLite, Path: path})
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
func kill(t *testing.T, path string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), victimPath+"="+path)
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

func TestJobsOfAKilledProcessAreWorkedToTheEndOnce(t *testing.T) {
	path := file(t)
	q := open(t, queue.Options{Path: path})
	db := ledger(t, path)
	insert(t, q, renders(8)...)
	kill(t, path)

	begin := time.Now()
	n, err := q.Reclaim(t.Context())
	if err != nil || n < 1 {
		t.Fatalf("reclaimed %d: %v", n, err)
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
}

func TestJobThatKeepsKillingItsProcessIsGivenUp(t *testing.T) {
	path := file(t)
	q := open(t, queue.Options{Path: path, Backoff: []time.Duration{}}) // one try
	ledger(t, path)
	insert(t, q, renders(4)...)
	kill(t, path)
	if _, err := q.Reclaim(t.Context()); err != nil {
		t.Fatal(err)
	}
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
}

func TestUnknownEngineIsRefused(t *testing.T) {
	if _, err := queue.Open(t.Context(), queue.Options{Driver: "oracle"}); err == nil {
		t.Error("opened")
	}
}
