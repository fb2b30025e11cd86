package ledgertest

import (
	"errors"
	"testing"
	"time"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
	"rollcall/internal/night"
)

// hold is a hold of a school from Night on.
func hold(school string) intervention.Hold {
	return intervention.Hold{
		SchoolID: school, Why: "the clerk is away", By: "Dana Ruiz", At: Night.At(15, 0, time.UTC), From: Night,
	}
}

func place(t *testing.T, l *ledger.Ledger, h intervention.Hold) *intervention.Hold {
	t.Helper()
	before, err := l.Hold(t.Context(), h)
	must(t, err)
	return before
}

func holdsStand(t *testing.T, l *ledger.Ledger) {
	school, student := hold("10"), hold("")
	student.StudentID, student.Until = "1", Night+2
	place(t, l, student)
	place(t, l, school)
	for day, want := range map[district.Date][]intervention.Hold{
		Night - 1: nil, Night: {student, school}, Night + 2: {student, school}, Night + 3: {school},
	} {
		standing, err := l.HoldsOn(t.Context(), day)
		must(t, err)
		equal(t, "standing on "+day.String(), standing, want)
	}

	release := ledger.Release{At: Night.At(16, 0, time.UTC), By: "Lee Park", Why: "she is back"}
	released, err := l.Release(t.Context(), "10", "", Night+1, release)
	must(t, err)
	equal(t, "released", released, []intervention.Hold{school})
	released, err = l.Release(t.Context(), "10", "", Night+1, release)
	must(t, err)
	equal(t, "released again", len(released), 0)
	released, err = l.Release(t.Context(), "", "1", Night+3, release)
	must(t, err)
	equal(t, "released after it had ended", len(released), 0)
	standing, err := l.HoldsOn(t.Context(), Night)
	must(t, err)
	equal(t, "standing after the release", standing, []intervention.Hold{student})

	nobody := hold("11")
	nobody.By = "by hand" // as it was written where no name was known
	place(t, l, nobody)
	standing, err = l.HoldsOn(t.Context(), Night)
	must(t, err)
	equal(t, "who holds where no name was known", standing[len(standing)-1].Words(), "on hold by somebody since "+Night.String()+": the clerk is away")
	released, err = l.Release(t.Context(), "11", "", Night, ledger.Release{At: release.At, By: "by hand"})
	must(t, err)
	equal(t, "released by nobody", len(released), 1)
	nobody.By, nobody.ReleasedAt, nobody.ReleasedBy = intervention.Somebody, release.At, intervention.Somebody

	school.ReleasedAt, school.ReleasedBy, school.ReleasedWhy = release.At, release.By, release.Why
	all, err := l.Holds(t.Context())
	must(t, err)
	equal(t, "the record", all, []intervention.Hold{student, school, nobody})
}

func holdOnce(t *testing.T, l *ledger.Ledger) {
	week := hold("10")
	week.Until = Night + 6
	equal(t, "in the way of the first", place(t, l, week), (*intervention.Hold)(nil))
	equal(t, "in the way of a second", *place(t, l, hold("10")), week)
	equal(t, "in the way of another school's", place(t, l, hold("11")), (*intervention.Hold)(nil))
	later := hold("10")
	later.From = Night + 7
	equal(t, "in the way of one after it", place(t, l, later), (*intervention.Hold)(nil))
	released, err := l.Release(t.Context(), "10", "", Night, ledger.Release{At: Night.At(16, 0, time.UTC), By: "Lee Park"})
	must(t, err)
	equal(t, "released, with the one to come", len(released), 2)
	equal(t, "in the way after the release", place(t, l, week), (*intervention.Hold)(nil))
	both := hold("10")
	both.StudentID = "1"
	for _, h := range []intervention.Hold{both, hold("")} {
		_, err := l.Hold(t.Context(), h)
		refused(t, err)
	}
}

// heldNight commits school 10 held and closes the run.
func heldNight(t *testing.T, l *ledger.Ledger) night.Approval {
	t.Helper()
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	c := Commit("10")
	c.School.Held = "no attendance rows for 2025-10-15"
	must(t, l.Commit(t.Context(), c))
	must(t, l.SetStatus(t.Context(), Night.String(), "10", night.Delivered))
	must(t, l.CloseRun(t.Context(), Night.String(), Night.At(12, 0, time.UTC), `{"held":["10"]}`, nil, nil))
	return night.Approval{RunID: Night.String(), SchoolID: "10", Held: c.School.Held, By: "Lee Park", Why: "a field day", At: Night.At(16, 0, time.UTC)}
}

func approvalReplaces(t *testing.T, l *ledger.Ledger) {
	a := heldNight(t, l)
	q := &Queue{}
	l.SetEnqueuer(q)
	c := Commit("10", Case("1", "10"))
	c.Material = []byte("decided again")
	must(t, l.Approve(t.Context(), a, c))
	schools, err := l.Schools(t.Context(), a.RunID)
	must(t, err)
	equal(t, "the school's night", schools, []night.School{c.School})
	material, err := l.Material(t.Context(), a.RunID, "10")
	must(t, err)
	equal(t, "material", string(material), "decided again")
	equal(t, "jobs", q.Jobs, c.Jobs)
	h := history(t, l, "10", Night, "1")
	equal(t, "cases", h.Cases, c.Plan.Opened)
	equal(t, "a night in which the school could issue", h.Issued, Night)
	r, _, err := l.Run(t.Context(), a.RunID)
	must(t, err)
	equal(t, "closed", r.FinishedAt.IsZero() && r.Summary == "", true)
	given, err := l.Approvals(t.Context(), a.RunID)
	must(t, err)
	equal(t, "approvals", given, []night.Approval{a})
	must(t, l.CloseRun(t.Context(), a.RunID, Night.At(17, 0, time.UTC), `{"held":[]}`, nil, nil))
}

func approvalOnce(t *testing.T, l *ledger.Ledger) {
	a := heldNight(t, l)
	broken := errors.New("the queue is gone")
	l.SetEnqueuer(&Queue{Err: broken})
	if err := l.Approve(t.Context(), a, Commit("10", Case("1", "10"))); !errors.Is(err, broken) {
		t.Fatalf("got %v, want %v", err, broken)
	}
	given, err := l.Approvals(t.Context(), a.RunID)
	must(t, err)
	r, _, err := l.Run(t.Context(), a.RunID)
	must(t, err)
	equal(t, "what a broken approval leaves", len(given)+len(history(t, l, "10", Night, "1").Cases), 0)
	equal(t, "still closed", r.Summary, `{"held":["10"]}`)

	q := &Queue{}
	l.SetEnqueuer(q)
	must(t, l.Approve(t.Context(), a, Commit("10", Case("1", "10"))))
	must(t, l.CloseRun(t.Context(), a.RunID, Night.At(17, 0, time.UTC), `{"held":[]}`, nil, nil))
	again := a
	again.By = "somebody else"
	must(t, l.Approve(t.Context(), again, Commit("10", Case("1", "10"), Case("2", "10"))))
	given, err = l.Approvals(t.Context(), a.RunID)
	must(t, err)
	equal(t, "approvals", given, []night.Approval{a})
	equal(t, "jobs", len(q.Jobs), 1)
	r, _, err = l.Run(t.Context(), a.RunID)
	must(t, err)
	equal(t, "the run stays closed", r.Summary, `{"held":[]}`)
}

func approvalFits(t *testing.T, l *ledger.Ledger) {
	a := heldNight(t, l)
	must(t, l.Commit(t.Context(), Commit("11")))
	for _, no := range []night.Approval{{RunID: "2025-10-14", SchoolID: "10"}, {RunID: a.RunID, SchoolID: "11"}, {RunID: a.RunID, SchoolID: "12"}} {
		refused(t, l.Approve(t.Context(), no, Commit(no.SchoolID)))
	}
	latest, err := l.LatestNight(t.Context())
	must(t, err)
	equal(t, "the latest night", latest, Night)
	Begin(t, l, Night+1)
	c := Commit("11")
	c.School.RunID = (Night + 1).String()
	must(t, l.Commit(t.Context(), c))
	refused(t, l.Approve(t.Context(), a, Commit("10")))
	given, err := l.Approvals(t.Context(), a.RunID)
	must(t, err)
	equal(t, "approvals", len(given), 0)
}
