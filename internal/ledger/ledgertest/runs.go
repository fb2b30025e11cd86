package ledgertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district"
	"rollcall/internal/ledger"
	"rollcall/internal/night"
)

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func runBeginsOnce(t *testing.T, l *ledger.Ledger) {
	first := Begin(t, l, Night)
	again, err := l.BeginRun(t.Context(), night.Run{
		ID: first.ID, AsOf: Night, PolicyHash: "p2", InputDigest: "d2", StartedAt: first.StartedAt.Add(time.Hour),
	})
	must(t, err)
	equal(t, "the run begun again", again, first)
	stored, found, err := l.Run(t.Context(), first.ID)
	must(t, err)
	equal(t, "the run stored", stored, first)
	equal(t, "found", found, true)
	_, found, err = l.Run(t.Context(), "2025-10-16")
	must(t, err)
	equal(t, "another run found", found, false)
}

func settingsFollow(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	for _, digest := range []string{"s2", "s2", "s3"} {
		must(t, l.SetSettings(t.Context(), Night.String(), digest))
		r, _, err := l.Run(t.Context(), Night.String())
		must(t, err)
		equal(t, "settings", r.Settings, digest)
	}
}

func runClosesOnce(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	at := Night.At(12, 30, time.UTC)
	docs := []night.Document{{Path: "2025-10-15/district/roster.xlsx", Kind: "roster", Bytes: 1 << 33, SHA256: "ab", Students: 7400}}
	must(t, l.CloseRun(t.Context(), Night.String(), at, `{"a":1}`, docs, nil))
	must(t, l.CloseRun(t.Context(), Night.String(), at.Add(time.Hour), `{"a":2}`, nil, nil))
	r, _, err := l.Run(t.Context(), Night.String())
	must(t, err)
	equal(t, "finished", r.FinishedAt, at)
	equal(t, "summary", r.Summary, `{"a":1}`)
	stored, err := l.Documents(t.Context(), Night.String())
	must(t, err)
	equal(t, "documents", stored, docs)
	refused(t, l.CloseRun(t.Context(), "2025-10-16", at, "", nil, nil))
}

func lastRun(t *testing.T, l *ledger.Ledger) {
	for d := range district.Date(3) {
		Begin(t, l, Night+d)
	}
	at := Night.At(12, 0, time.UTC)
	must(t, l.CloseRun(t.Context(), Night.String(), at, "", nil, nil))
	must(t, l.CloseRun(t.Context(), (Night+1).String(), at, "", nil, nil))
	r, found, err := l.LastRun(t.Context(), Year, Night+5)
	must(t, err)
	equal(t, "found", found, true)
	equal(t, "the last run", r.ID, (Night + 1).String())
	r, _, err = l.LastRun(t.Context(), Year, Night+1)
	must(t, err)
	equal(t, "the one before it", r.ID, Night.String())
	_, found, err = l.LastRun(t.Context(), Year, Night)
	must(t, err)
	equal(t, "one before the first", found, false)
	_, found, err = l.LastRun(t.Context(), Year+1, Night+400)
	must(t, err)
	equal(t, "one of the next year", found, false)
}

func latestAsOf(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	latest, err := l.LatestAsOf(t.Context(), Year)
	must(t, err)
	equal(t, "before any commit", latest.String(), "")
	c := Commit("10")
	c.Jobs = nil
	must(t, l.Commit(t.Context(), c))
	Begin(t, l, Night+1)
	latest, err = l.LatestAsOf(t.Context(), Year)
	must(t, err)
	equal(t, "after one", latest, Night)
	latest, err = l.LatestAsOf(t.Context(), Year+1)
	must(t, err)
	equal(t, "in the next year", latest.String(), "")
}

func openRun(t *testing.T, l *ledger.Ledger) {
	at := Night.At(12, 0, time.UTC)
	for d := range district.Date(4) {
		Begin(t, l, Night+d)
		if d == 3 { // no school has a night
			continue
		}
		c := Commit("10")
		c.Jobs, c.School.RunID = nil, (Night + d).String()
		must(t, l.Commit(t.Context(), c))
		if d > 0 {
			must(t, l.CloseRun(t.Context(), (Night+d).String(), at, "", nil, nil))
		}
	}
	for _, c := range []struct {
		year   district.SchoolYear
		before district.Date
		want   int
	}{{Year, Night + 9, 1}, {Year, Night, 0}, {Year + 1, Night + 9, 0}} {
		open, err := l.OpenRuns(t.Context(), c.year, c.before)
		must(t, err)
		equal(t, "open runs", len(open), c.want)
		for _, r := range open {
			equal(t, "open run", r.AsOf, Night)
		}
	}
	must(t, l.TrimMaterial(t.Context(), 1))
	_, err := l.Material(t.Context(), Night.String(), "10")
	must(t, err)
	_, err = l.Material(t.Context(), (Night + 1).String(), "10")
	equal(t, "is not kept", errors.Is(err, night.ErrNotKept), true)

	for i, sent := range []time.Time{{}, at} {
		_, err := l.PlanDelivery(t.Context(), night.Delivery{
			MessageID: string(rune('a' + i)), RunID: Night.String(), SchoolID: "10", Role: district.Admin, SentAt: sent,
		})
		must(t, err)
	}
	unsent, err := l.Unsent(t.Context(), Year, Night+1)
	must(t, err)
	equal(t, "unsent", len(unsent) == 1 && unsent[0].MessageID == "a", true)
	unsent, err = l.Unsent(t.Context(), Year, Night)
	must(t, err)
	equal(t, "unsent before", len(unsent), 0)
}

func materialIsTrimmed(t *testing.T, l *ledger.Ledger) {
	for d := range district.Date(5) {
		Begin(t, l, Night+d)
		c := Commit("10")
		c.Jobs, c.School.RunID = nil, (Night + d).String()
		must(t, l.Commit(t.Context(), c))
		if d != 4 { // the newest is still open
			must(t, l.CloseRun(t.Context(), (Night+d).String(), Night.At(12, 0, time.UTC), "", nil, nil))
		}
	}
	must(t, l.TrimMaterial(t.Context(), 7))
	must(t, l.TrimMaterial(t.Context(), 2))
	for d := range district.Date(5) {
		material, err := l.Material(t.Context(), (Night + d).String(), "10")
		if kept := d >= 2; kept != (err == nil) {
			t.Errorf("night %d: kept %t, %v", d, kept, err)
		} else if kept {
			equal(t, "material", material, []byte("material\x0010"))
		}
	}
	refused(t, l.TrimMaterial(t.Context(), 0))
	_, err := l.Material(t.Context(), Night.String(), "11")
	refused(t, err)
}

func instantsRoundTrip(t *testing.T, l *ledger.Ledger) {
	for name, at := range map[string]time.Time{
		"whole":       time.Date(2025, 10, 15, 11, 0, 0, 0, time.UTC),
		"microsecond": time.Date(2025, 10, 15, 11, 0, 0, 123_456_000, time.UTC),
		"tenth":       time.Date(2025, 10, 15, 11, 0, 0, 100_000_000, time.UTC),
		"nanosecond":  time.Date(2025, 10, 15, 11, 0, 0, 123_456_789, time.UTC),
		"Pacific":     time.Date(2025, 10, 15, 4, 0, 0, 0, time.FixedZone("PDT", -7*3600)),
	} {
		r, err := l.BeginRun(t.Context(), night.Run{ID: name, AsOf: Night, StartedAt: at})
		must(t, err)
		if want := at.UTC().Truncate(time.Microsecond); !r.StartedAt.Equal(want) || r.StartedAt.Location() != time.UTC {
			t.Errorf("%s: %s came back as %s", name, at, r.StartedAt)
		}
		equal(t, "not finished", r.FinishedAt.IsZero(), true)
	}
}

func cancelledContext(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := Commit("10", Case("1", "10"))
	c.Jobs = nil
	refused(t, l.Commit(ctx, c))
	schools, err := l.Schools(t.Context(), Night.String())
	must(t, err)
	equal(t, "schools", len(schools), 0)
}

func checkLeavesNothing(t *testing.T, l *ledger.Ledger) {
	must(t, l.Check(t.Context()))
	must(t, l.Check(t.Context()))
	days, booked, err := l.MeetingDays(t.Context(), 0)
	must(t, err)
	equal(t, "days", len(days)+len(booked), 0)
}
