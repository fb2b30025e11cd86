package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
	"rollcall/internal/night"
)

func TestSchoolsWithFamiliesInCommonTakeTurns(t *testing.T) {
	order := newTurns([]string{"A", "B", "C", "D"}, [][]string{{"D", "A"}, {"A", "B"}, {"B", "D", "E"}, {"A", "D"}})
	if diff := cmp.Diff([]string{"A", "C"}, order.first()); diff != "" {
		t.Error(diff)
	}
	if got := order.after("C"); got != nil {
		t.Errorf("after C: %v", got)
	}
	if diff := cmp.Diff([]string{"B"}, order.after("A")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"D"}, order.after("B")); diff != "" {
		t.Error(diff)
	}
}

// Whoever is faster: of two schools that are tied the first by ID is settled before the
// second is begun, and all have their turn.
func TestTurnsAreTheSameWhoeverIsFaster(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var schools []string
		for i := range rapid.IntRange(1, 12).Draw(r, "schools") {
			schools = append(schools, fmt.Sprint(10+i))
		}
		tied := rapid.SliceOf(rapid.SliceOfDistinct(rapid.SampledFrom(schools), rapid.ID)).Draw(r, "tied")
		order := newTurns(schools, tied)
		open, settled := order.first(), map[string]bool{}
		for len(open) > 0 {
			at := rapid.IntRange(0, len(open)-1).Draw(r, "faster")
			id := open[at]
			open = slices.Delete(open, at, at+1)
			for _, group := range tied {
				for _, other := range group {
					if slices.Contains(group, id) && other < id && !settled[other] {
						r.Fatalf("%s before %s", id, other)
					}
				}
			}
			settled[id] = true
			open = append(open, order.after(id)...)
		}
		if len(settled) != len(schools) {
			r.Fatalf("%d of %d schools had their turn", len(settled), len(schools))
		}
	})
}

// street is a district whose schools are tied one to the next.
type street struct {
	export
	d *district.District
}

func (s street) District() *district.District { return s.d }

func (s street) Tied(map[string][]string) [][]string { return [][]string{{"B", "C"}, {"C", "D"}} }

// nights is a ledger that knows who has a night.
type nights struct {
	Ledger
	have []string
}

func (n *nights) Committed(context.Context, string) ([]string, error) { return n.have, nil }

func (*nights) OnRecord(context.Context, district.SchoolYear) (map[string][]string, error) {
	return nil, nil
}

// crew is a queue whose jobs are done at once, but for that of school B.
type crew struct {
	nights *nights
	given  []string
	failed []night.JobError
}

func (c *crew) Insert(_ context.Context, jobs []night.Job) error {
	for _, j := range jobs {
		c.given = append(c.given, j.SchoolID)
		if j.SchoolID == "B" {
			c.failed = append(c.failed, night.JobError{Job: j, Error: "the roof is off"})
		} else {
			c.nights.have = append(c.nights.have, j.SchoolID)
		}
	}
	return nil
}

func (c *crew) Unfinished(context.Context, string) (map[night.JobKind]int, []night.JobError, error) {
	return nil, slices.Clone(c.failed), nil
}

func TestASchoolWhoseJobIsGivenUpCostsTheOthersNothing(t *testing.T) {
	d := districttest.District("2025-10-15", districttest.School{ID: "A", From: "2025-08-11"})
	n := &nights{have: []string{"", "A"}}
	queue := &crew{nights: n}
	planning := NewPlanning(Tonight{Run: night.Run{ID: "2025-10-15"}, District: d}, street{d: d}, n, slog.New(slog.DiscardHandler))
	var told []string
	planned, err := planning.RunJobs(t.Context(), queue, []string{"A", "B", "C", "D", "E"}, func(s Step) {
		if s.Stage == CommitStage {
			told = append(told, fmt.Sprintf("%d of %d", s.Done, s.Total))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Planned{Schools: []string{"A", "C", "D", "E"}, Failed: []SchoolError{{"B", errors.New("the roof is off")}}}, planned,
		cmp.Comparer(func(a, b error) bool { return a.Error() == b.Error() })); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2 of 5", "3 of 5", "4 of 5", "5 of 5"}, told); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"B", "E", "C", "D"}, queue.given); diff != "" {
		t.Error(diff)
	}
	// A job of a school that has its night, or of another night, does nothing.
	if err := planning.Do(t.Context(), night.Job{Kind: night.Plan, RunID: "2025-10-15", SchoolID: "A"}); err != nil {
		t.Error(err)
	}
	if err := planning.Do(t.Context(), night.Job{Kind: night.Plan, RunID: "2025-10-14", SchoolID: "B"}); err == nil {
		t.Error("another night's job was done")
	}
}

// thief is a queue that loses what it is given.
type thief struct{ crew }

func (*thief) Insert(context.Context, []night.Job) error { return nil }

func TestJobsThatAreGoneAreNotWaitedFor(t *testing.T) {
	d := districttest.District("2025-10-15", districttest.School{ID: "A", From: "2025-08-11"})
	planning := NewPlanning(Tonight{Run: night.Run{ID: "2025-10-15"}, District: d}, street{d: d}, &nights{have: []string{""}}, slog.New(slog.DiscardHandler))
	_, err := planning.RunJobs(t.Context(), &thief{}, []string{"A", "E"}, nil)
	if err == nil || !strings.Contains(err.Error(), "the jobs of schools A, E are gone") {
		t.Errorf("error %v", err)
	}
}

func TestAJobCarriesWhatItIsDecidedOn(t *testing.T) {
	d := districttest.District("2025-10-15", districttest.School{ID: "A", From: "2025-08-11"})
	d.Digest = "a0b1"
	n, refused := &nights{have: []string{""}}, []RefusedFollowUp{{Name: "roster.xlsx", SchoolID: "A"}}
	queue := &basisQueue{crew: crew{nights: n}}
	tonight := Tonight{Run: night.Run{ID: "2025-10-15"}, District: d, Settings: Settings{Refused: refused}}
	if _, err := NewPlanning(tonight, street{d: d}, n, slog.New(slog.DiscardHandler)).RunJobs(t.Context(), queue, []string{"A"}, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Basis{Export: "a0b1", Refused: refused}, queue.basis); diff != "" {
		t.Error(diff)
	}
	if _, err := BasisOf(night.Job{Basis: "{"}); err == nil {
		t.Error("half a basis was read")
	}
}

// basisQueue reads what its jobs carry.
type basisQueue struct {
	crew
	basis Basis
}

func (q *basisQueue) Insert(ctx context.Context, jobs []night.Job) (err error) {
	for _, j := range jobs {
		if q.basis, err = BasisOf(j); err != nil {
			return err
		}
	}
	return q.crew.Insert(ctx, jobs)
}
