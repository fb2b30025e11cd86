package queue_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"rollcall/internal/database"
	"rollcall/internal/night"
	"rollcall/internal/queue"
)

func TestJobsAreListedWithWhatBecameOfThem(t *testing.T) {
	onEach(t, func(t *testing.T, at database.Place) {
		q := open(t, at, queue.Options{Backoff: []time.Duration{}})
		insert(t, q, renders(3)...)
		work(t, q, all(func(_ context.Context, j night.Job) error {
			if j.SchoolID == school(1) {
				return errors.New("the disk is full")
			}
			return nil
		}))
		jobs := list(t, q)
		if len(jobs) != 1 || !jobs[0].GivenUp() || jobs[0].Job != renders(2)[1] || jobs[0].Err != "the disk is full" || jobs[0].Attempt != 1 || jobs[0].Worker == "" {
			t.Fatalf("%+v", jobs)
		}
		again, err := q.RetryJob(t.Context(), jobs[0].ID)
		if err != nil || again.GivenUp() {
			t.Fatalf("%+v, %v", again, err)
		}
		off, err := q.CancelJob(t.Context(), jobs[0].ID)
		if err != nil || !off.GivenUp() {
			t.Fatalf("%+v, %v", off, err)
		}
		if _, err := q.RetryJob(t.Context(), jobs[0].ID); err != nil {
			t.Fatal(err)
		}
		if failed := work(t, q, all(func(context.Context, night.Job) error { return nil })); failed != nil || len(list(t, q)) != 0 {
			t.Errorf("left: %v, %+v", failed, list(t, q))
		}
		// Who is decided when is for the night to say.
		insert(t, q, night.Job{Kind: night.Plan, RunID: run, SchoolID: "10"})
		if _, err := q.RetryJob(t.Context(), list(t, q)[0].ID); err == nil || !strings.Contains(err.Error(), "rollcall nightly --as-of "+run) {
			t.Errorf("a school's turn was given out by hand: %v", err)
		}
		for _, do := range []func(context.Context, int64) (queue.Listed, error){q.RetryJob, q.CancelJob} {
			if _, err := do(t.Context(), 999); err == nil {
				t.Error("a job that is none")
			}
		}
	})
}

func list(t *testing.T, q *queue.Queue) []queue.Listed {
	t.Helper()
	jobs, err := q.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return jobs
}
