package ledgertest

import (
	"testing"
	"time"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
	"rollcall/internal/night"
)

func meetingDaysStay(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	days := func() (all, booked []intervention.MeetingDay) {
		t.Helper()
		all, booked, err := l.MeetingDays(t.Context(), Year)
		must(t, err)
		return all, booked
	}
	past, free, taken := day(Night-10, 1), day(Night+14, 2), day(Night+21, 3)
	must(t, l.SaveMeetingDays(t.Context(), Night.String(), Year, Night-20, []intervention.MeetingDay{past}))
	must(t, l.SaveMeetingDays(t.Context(), Night.String(), Year, Night+1, []intervention.MeetingDay{day(Night-9, 9), free, taken, day(Night+21, 7)}))
	all, booked := days()
	equal(t, "days, the past left alone, the first of two standing", all, []intervention.MeetingDay{past, free, taken})
	equal(t, "booked", len(booked), 0)

	// A family is booked on one; then the rules change.
	must(t, l.Commit(t.Context(), Commit("10", Case("1", "10"))))
	moved := taken
	moved.Start, moved.Rooms, moved.Ordinal, moved.Due = 600, nil, 2, taken.Due+1
	fresh := day(Night+28, 3)
	fresh.Rooms, fresh.Facilitators = nil, nil
	must(t, l.SaveMeetingDays(t.Context(), Night.String(), Year, Night+1, []intervention.MeetingDay{fresh, moved}))
	all, booked = days()
	equal(t, "days", all, []intervention.MeetingDay{past, taken, fresh})
	equal(t, "booked", booked, []intervention.MeetingDay{taken})

	must(t, l.SaveMeetingDays(t.Context(), Night.String(), Year, Night+1, nil))
	all, _ = days()
	equal(t, "days without rules", all, []intervention.MeetingDay{past, taken})

	// Once the meeting is cancelled, the day is free to go.
	Begin(t, l, Night+1)
	c := Commit("10")
	c.School.RunID = (Night + 1).String()
	gone := *Case("1", "10").Meeting
	gone.Cancelled = true
	c.Plan.Meetings = []intervention.Meeting{gone}
	must(t, l.Commit(t.Context(), c))
	must(t, l.SaveMeetingDays(t.Context(), Night.String(), Year, Night+1, nil))
	all, _ = days()
	equal(t, "days after the cancellation", all, []intervention.MeetingDay{past})

	refused(t, l.SaveMeetingDays(t.Context(), Night.String(), Year, Night, []intervention.MeetingDay{day(Year.Last()+1, 1)}))
}

func statusGoesForward(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	must(t, l.Commit(t.Context(), Commit("10")))
	for _, step := range []struct{ set, want night.SchoolStatus }{
		{night.Committed, night.Committed},
		{night.Rendered, night.Rendered},
		{night.Committed, night.Rendered},
		{night.Delivered, night.Delivered},
		{night.Rendered, night.Delivered},
	} {
		must(t, l.SetStatus(t.Context(), Night.String(), "10", step.set))
		schools, err := l.Schools(t.Context(), Night.String())
		must(t, err)
		equal(t, "after "+string(step.set), schools[0].Status, step.want)
	}
	refused(t, l.SetStatus(t.Context(), Night.String(), "10", "burnt"))
	refused(t, l.SetStatus(t.Context(), Night.String(), "11", night.Rendered))
}

func renderedTwice(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	q := &Queue{}
	l.SetEnqueuer(q)
	must(t, l.Commit(t.Context(), Commit("10")))
	must(t, l.Commit(t.Context(), Commit("11")))
	q.Jobs = nil
	jobs := []night.Job{{Kind: night.Deliver, RunID: Night.String(), SchoolID: "10", Role: district.Admin}}
	docs := func(digest string) []night.Document {
		return []night.Document{
			{SchoolID: "10", Path: "2025-10-15/10-oak/letters-mail.pdf", Kind: "letters-mail", Bytes: 9, SHA256: digest, Pages: 4, Students: 2},
			{SchoolID: "10", Path: "2025-10-15/10-oak/room.pdf", Kind: "room", Bytes: 9, SHA256: digest, Pages: 1},
		}
	}
	other := []night.Document{{SchoolID: "11", Path: "2025-10-15/11-elm/room.pdf", Kind: "room", SHA256: "ef"}}
	must(t, l.Rendered(t.Context(), Night.String(), "11", other, nil))
	must(t, l.Rendered(t.Context(), Night.String(), "10", append(docs("ab"), night.Document{SchoolID: "10", Path: "2025-10-15/10-oak/old.pdf"}), jobs))
	must(t, l.Rendered(t.Context(), Night.String(), "10", docs("cd"), jobs))
	must(t, l.SetStatus(t.Context(), Night.String(), "10", night.Delivered))
	must(t, l.Rendered(t.Context(), Night.String(), "10", docs("cd"), jobs))
	stored, err := l.Documents(t.Context(), Night.String())
	must(t, err)
	equal(t, "documents", stored, append(docs("cd"), other...))
	equal(t, "jobs", q.Jobs, jobs)
	schools, err := l.Schools(t.Context(), Night.String())
	must(t, err)
	equal(t, "status", schools[0].Status, night.Delivered)
	refused(t, l.Rendered(t.Context(), Night.String(), "12", nil, nil))
}

func deliveryOnce(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	planned := night.Delivery{
		MessageID: "2025-10-15.10.admin@rollcall.example.org", RunID: Night.String(), SchoolID: "10", Role: district.Admin,
		Recipients: []night.Recipient{{Address: "admin@example.org"}, {Address: "vp@example.org"}},
	}
	d, err := l.PlanDelivery(t.Context(), planned)
	must(t, err)
	equal(t, "planned", d, planned)

	sent := planned
	sent.Recipients = []night.Recipient{
		{Address: "admin@example.org", Outcome: "sent"}, {Address: "vp@example.org", Outcome: "failed", Detail: "451 try later"},
	}
	must(t, l.Delivered(t.Context(), sent)) // not out yet
	sent.Recipients[1] = night.Recipient{Address: "vp@example.org", Outcome: "refused", Detail: "550 no such user"}
	sent.SentAt = Night.At(12, 0, time.UTC)
	must(t, l.Delivered(t.Context(), sent))
	late := sent
	late.SentAt = sent.SentAt.Add(time.Hour)
	must(t, l.Delivered(t.Context(), late))

	again, err := l.PlanDelivery(t.Context(), planned)
	must(t, err)
	equal(t, "planned again", again, sent)
	all, err := l.Deliveries(t.Context(), Night.String())
	must(t, err)
	equal(t, "deliveries", all, []night.Delivery{sent})
	refused(t, l.Delivered(t.Context(), night.Delivery{MessageID: "never planned", RunID: Night.String()}))
}
