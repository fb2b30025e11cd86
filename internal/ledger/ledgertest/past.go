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

// policyIsKept: the text of a policy stands under its hash, whichever run came
// with it.
func policyIsKept(t *testing.T, l *ledger.Ledger) {
	l.SetEnqueuer(&Queue{})
	Begin(t, l, Night)
	must(t, l.Commit(t.Context(), Commit("10", Case("1", "10"), Case("2", "10"))))
	for i, hash := range []string{"p1", "p2", "p2"} {
		day := Night + 1 + district.Date(i)
		_, err := l.BeginRun(t.Context(), night.Run{ID: day.String(), AsOf: day, PolicyHash: hash, PolicyText: "text " + hash, StartedAt: Night.Time()})
		must(t, err)
	}
	// A run that is there already keeps its policy, and the other's is not stored.
	again, err := l.BeginRun(t.Context(), night.Run{ID: Night.String(), AsOf: Night, PolicyHash: "p3", PolicyText: "text p3", StartedAt: Night.Time()})
	must(t, err)
	equal(t, "the policy of the run begun again", again.PolicyText, "cart: []")
	policies, err := l.Policies(t.Context())
	must(t, err)
	equal(t, "policies", policies, []night.Policy{
		{Hash: "p1", Text: "cart: []", First: Night, Last: Night + 1, Nights: 2, Cases: 2},
		{Hash: "p2", Text: "text p2", First: Night + 2, Last: Night + 3, Nights: 2},
	})
	texts, err := l.PolicyTexts(t.Context(), []string{"p2", "p3", "p1"})
	must(t, err)
	equal(t, "texts", texts, map[string]string{"p1": "cart: []", "p2": "text p2"})
	none, err := l.PolicyTexts(t.Context(), nil)
	must(t, err)
	equal(t, "texts of nothing", len(none), 0)
}

// reopenedByAnother: a case that is opened again names the policy that did it,
// and keeps the one it was first opened by.
func reopenedByAnother(t *testing.T, l *ledger.Ledger) {
	l.SetEnqueuer(&Queue{})
	Begin(t, l, Night)
	c := Case("1", "10")
	must(t, l.Commit(t.Context(), Commit("10", c)))
	at := Night.At(11, 0, time.UTC)
	says := func(day district.Date, hash string, kind intervention.EventKind) {
		t.Helper()
		_, err := l.BeginRun(t.Context(), night.Run{ID: day.String(), AsOf: day, PolicyHash: hash, StartedAt: at})
		must(t, err)
		next := Commit("10")
		next.School.RunID = day.String()
		next.Plan.Appended = []intervention.CaseEvent{{CaseID: c.ID, Event: intervention.Event{Kind: kind, At: at, On: day}}}
		must(t, l.Commit(t.Context(), next))
	}
	says(Night+1, "p1", intervention.Withdrawn)
	says(Night+2, "p2", intervention.Identified)
	says(Night+3, "p3", intervention.Withdrawn)
	got := history(t, l, "10", Night, "1").Cases[0]
	equal(t, "first opened by", got.PolicyHash, "p1")
	equal(t, "opened again by", got.ReopenedBy, "p2")
	equal(t, "opened last by", got.OpenedBy(), "p2")
}

// asItWas copies what a ledger held before the night of a day.
func asItWas(t *testing.T, l, empty *ledger.Ledger, day district.Date) {
	t.Helper()
	must(t, l.CopyBefore(t.Context(), day, empty))
}

// PastIsExact runs beside the suite, because it needs several ledgers; open gives
// an empty one each time. After three nights, each of which changed what the one
// before had made, the ledger can be seen as it was before any of them.
func PastIsExact(t *testing.T, open func(*testing.T) *ledger.Ledger) {
	l := open(t)
	l.SetEnqueuer(&Queue{})
	days := []intervention.MeetingDay{day(Night+21, 1), day(Night+28, 2)}
	was := Case("1", "10")
	Begin(t, l, Night)
	must(t, l.SaveMeetingDays(t.Context(), Night.String(), Year, Night+1, days))
	must(t, l.Commit(t.Context(), Commit("10", was)))
	must(t, l.Commit(t.Context(), Commit("11")))
	must(t, l.CloseRun(t.Context(), Night.String(), Night.At(12, 0, time.UTC), `{"n":1}`, []night.Document{{Path: "a", Kind: "roster"}}, nil))
	delivery := night.Delivery{MessageID: "m1", RunID: Night.String(), Role: district.Admin, SentAt: Night.At(12, 0, time.UTC)}
	_, err := l.PlanDelivery(t.Context(), delivery)
	must(t, err)
	record := func(at time.Time, kind intervention.EventKind) {
		t.Helper()
		e := intervention.Event{Kind: kind, At: at, On: Night + 1, Actor: "clerk"}
		_, err := l.Record(t.Context(), []intervention.CaseEvent{{CaseID: was.ID, Event: e}}, Always)
		must(t, err)
	}
	record(Night.At(20, 0, time.UTC), intervention.Mailed)
	type seen struct {
		History10, History11 intervention.History
		Cases                []intervention.Case
		Letters              []intervention.Letter
		Days, Booked         []intervention.MeetingDay
		Latest               district.Date
		Run                  night.Run // the night's own
		Last                 night.Run
		Documents            []night.Document
		Deliveries           []night.Delivery
		Schools              []night.School
	}
	look := func(l *ledger.Ledger, next district.Date) (s seen) {
		t.Helper()
		s.History10, s.History11 = history(t, l, "10", Night, "1", "2"), history(t, l, "11", Night, "1", "2")
		var err error
		s.Cases, err = l.Cases(t.Context(), Year, nil)
		must(t, err)
		s.Letters, err = l.Letters(t.Context(), Year)
		must(t, err)
		s.Days, s.Booked, err = l.MeetingDays(t.Context(), Year)
		must(t, err)
		s.Latest, err = l.LatestAsOf(t.Context(), Year)
		must(t, err)
		s.Run, _, err = l.Run(t.Context(), next.String())
		must(t, err)
		s.Last, _, err = l.LastRun(t.Context(), Year, next)
		must(t, err)
		s.Documents, err = l.Documents(t.Context(), Night.String())
		must(t, err)
		s.Deliveries, err = l.Deliveries(t.Context(), Night.String())
		must(t, err)
		s.Schools, err = l.Schools(t.Context(), Night.String())
		must(t, err)
		return s
	}

	// The second night moves the case to school 11, where another slot is given,
	// and withdraws its letters. Before it has written anything it is begun.
	Begin(t, l, Night+1)
	beforeSecond := look(l, Night+1)
	at := (Night + 1).At(11, 0, time.UTC)
	record(at, intervention.Attempt) // a person, at the very instant it began
	gone, booked := *was.Meeting, *was.Meeting
	gone.Cancelled, gone.Sequence = true, 1
	booked.ID, booked.SchoolID, booked.Date, booked.Sequence = was.ID+"#1", "11", Night+28, 1
	second := Commit("11", Case("2", "11"))
	second.School.RunID = (Night + 1).String()
	second.Plan.Opened[0].OpenedOn = Night + 1
	for _, kind := range []intervention.EventKind{intervention.Transferred, intervention.Scheduled} {
		second.Plan.Appended = append(second.Plan.Appended, intervention.CaseEvent{CaseID: was.ID, Event: intervention.Event{Kind: kind, At: at, On: Night + 1}})
	}
	second.Plan.Meetings = append(second.Plan.Meetings, gone, booked)
	second.Plan.Withdrawn = []string{"Z1", "A1"}
	second.Plan.Moved = []intervention.CaseSchool{{CaseID: was.ID, SchoolID: "11"}}
	second.Plan.Letters = append(second.Plan.Letters, intervention.Letter{ID: "B1", CaseID: was.ID, StudentID: "1", Kind: intervention.Rescheduled, IssuedOn: Night + 2})
	changed := day(Night+28, 3)
	changed.SpecialistRole = "Model"
	must(t, l.SaveMeetingDays(t.Context(), (Night+1).String(), Year, Night+2, []intervention.MeetingDay{changed}))
	must(t, l.Commit(t.Context(), second))

	// The third gives that slot back, too, and moves the case again.
	Begin(t, l, Night+2)
	beforeThird := look(l, Night+2)
	third := Commit("12")
	third.School.RunID = (Night + 2).String()
	gone = booked
	gone.Cancelled, gone.Sequence = true, 2
	third.Plan.Meetings = []intervention.Meeting{gone}
	third.Plan.Withdrawn = []string{"B1"}
	third.Plan.Moved = []intervention.CaseSchool{{CaseID: was.ID, SchoolID: "12"}}
	third.Plan.Appended = []intervention.CaseEvent{{CaseID: was.ID, Event: intervention.Event{Kind: intervention.Transferred, At: at, On: Night + 2}}}
	must(t, l.SaveMeetingDays(t.Context(), (Night+2).String(), Year, Night+3, nil))
	must(t, l.Commit(t.Context(), third))
	must(t, l.CloseRun(t.Context(), (Night+1).String(), (Night+3).Time(), `{"n":2}`, nil, nil))
	record((Night + 3).Time(), intervention.Attempt)

	for day, want := range map[district.Date]seen{Night + 1: beforeSecond, Night + 2: beforeThird} {
		then := open(t)
		asItWas(t, l, then, day)
		equal(t, "before the night of "+day.String(), look(then, day), want)
	}
	// Before the first night there was nothing but its beginning.
	empty := open(t)
	asItWas(t, l, empty, Night)
	first := look(empty, Night)
	equal(t, "the first run", first.Run, night.Run{
		ID: Night.String(), AsOf: Night, PolicyHash: "p1", PolicyText: "cart: []", InputDigest: "d1", Version: "1.0", StartedAt: Night.At(11, 0, time.UTC),
	})
	first.Run = night.Run{}
	equal(t, "before the first night", first, seen{})
	// A day without a night of its own: the next one says when it would have begun.
	between := open(t)
	asItWas(t, l, between, Night-1)
	_, found, err := between.Run(t.Context(), Night.String())
	must(t, err)
	equal(t, "a night that is yet to come", found, false)
	refused(t, l.CopyBefore(t.Context(), Night+3, open(t)))

	// A past that is seen can be lived again.
	again := open(t)
	asItWas(t, l, again, Night+1)
	again.SetEnqueuer(&Queue{})
	second.Plan.Seen = map[string]int{was.ID: 3} // identified, scheduled, mailed
	must(t, again.Commit(t.Context(), second))
	must(t, again.SaveMeetingDays(t.Context(), (Night+1).String(), Year, Night+2, []intervention.MeetingDay{changed}))
	equal(t, "the second night again", look(again, Night+2).History11.Booked, beforeThird.History11.Booked)
}

// CopyIsWhole holds a copy of a ledger, on whatever engines, to what it was made from.
func CopyIsWhole(t *testing.T, from, to *ledger.Ledger) {
	Begin(t, from, Night)
	from.SetEnqueuer(&Queue{})
	must(t, from.SaveMeetingDays(t.Context(), Night.String(), Year, Night+1, []intervention.MeetingDay{day(Night+21, 1)}))
	was := Case("1", "10")
	must(t, from.Commit(t.Context(), Commit("10", was)))
	e := intervention.Event{Kind: intervention.Mailed, At: Night.At(20, 0, time.UTC), On: Night + 1, Actor: "José", Detail: "in the post"}
	_, err := from.Record(t.Context(), []intervention.CaseEvent{{CaseID: was.ID, Event: e}}, Always)
	must(t, err)
	must(t, from.RecordExport(t.Context(), map[string]int{was.ID: 3}, Night.At(21, 0, time.UTC)))
	place(t, from, hold("11"))
	must(t, from.CloseRun(t.Context(), Night.String(), Night.At(12, 0, time.UTC), `{"n":1}`, []night.Document{{Path: "a", Kind: "roster"}}, nil))

	copied, err := from.CopyTo(t.Context(), to)
	must(t, err)
	rows := 0
	for _, table := range copied {
		rows += table.Rows
	}
	if len(copied) < 15 || rows < 15 {
		t.Errorf("copied %+v", copied)
	}
	for _, l := range []*ledger.Ledger{from, to} {
		cases, err := l.Cases(t.Context(), Year, nil)
		must(t, err)
		equal(t, "events", len(cases[0].Events), 3)
		material, err := l.Material(t.Context(), Night.String(), "10")
		must(t, err)
		equal(t, "material", string(material), "material\x0010")
	}
	if _, err := from.CopyTo(t.Context(), to); !errors.Is(err, ledger.ErrNotEmpty) {
		t.Errorf("copied over what was there: %v", err)
	}
	// It goes on from there.
	_, err = to.Record(t.Context(), []intervention.CaseEvent{{CaseID: was.ID, Event: e}}, Always)
	must(t, err)
}
