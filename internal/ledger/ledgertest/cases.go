package ledgertest

import (
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
	"rollcall/internal/night"
)

func history(t *testing.T, l *ledger.Ledger, school string, from district.Date, students ...string) intervention.History {
	t.Helper()
	h, err := l.History(t.Context(), Year, school, from, students)
	must(t, err)
	return h
}

func historyIsExact(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	equal(t, "before any night", history(t, l, "10", Night, "1", "2"), intervention.History{})
	q := &Queue{}
	l.SetEnqueuer(q)
	days := []intervention.MeetingDay{day(Night+21, 1), day(Night+49, 2)}
	must(t, l.SaveMeetingDays(t.Context(), Night.String(), Year, Night+1, days))
	// Students are ordered by the bytes of their IDs, cases by the day opened.
	cases := []intervention.Case{Case("1", "10"), Case("B", "10"), Case("a", "10")}
	must(t, l.Commit(t.Context(), Commit("10", cases...)))
	want := intervention.History{Cases: cases, Days: days, Issued: Night}
	for _, c := range cases {
		want.Booked = append(want.Booked, *c.Meeting)
	}
	equal(t, "history", history(t, l, "10", Night, "a", "1", "B"), want)
	all, err := l.Cases(t.Context(), Year, nil)
	must(t, err)
	equal(t, "all cases", all, cases)
	none, err := l.Cases(t.Context(), Year, []string{})
	must(t, err)
	equal(t, "cases of nobody", len(none), 0)
	equal(t, "jobs", q.Jobs, []night.Job{{Kind: night.Render, RunID: Night.String(), SchoolID: "10"}})
	for name, read := range map[string]func() ([]intervention.Letter, error){
		"of the year": func() ([]intervention.Letter, error) { return l.Letters(t.Context(), Year) },
		"of the run":  func() ([]intervention.Letter, error) { return l.LettersOfRun(t.Context(), Night.String()) },
	} {
		letters, err := read()
		must(t, err)
		var ids []string
		for _, letter := range letters {
			ids = append(ids, letter.ID)
		}
		equal(t, "letters "+name, ids, []string{"A1", "AB", "Aa", "Z1", "ZB", "Za"})
	}
}

func historyIsNarrow(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	must(t, l.SaveMeetingDays(t.Context(), Night.String(), Year, Night+1, []intervention.MeetingDay{day(Night+7, 1), day(Night+21, 2)}))
	// Student 2 was called by school 10 and has since moved to school 11.
	must(t, l.Commit(t.Context(), Commit("10", Case("1", "10"), Case("2", "10"))))
	h := history(t, l, "11", Night, "2")
	equal(t, "cases at the new school", len(h.Cases), 1)
	equal(t, "meetings, days and runs of the new school", len(h.Booked)+len(h.Days), 0)
	equal(t, "a run of the new school", h.Issued, district.Date(0))
	h = history(t, l, "10", Night+8, "1")
	equal(t, "a case at the school of a student who is not asked for", len(h.Cases), 2)
	equal(t, "meetings include students who are not asked for", len(h.Booked), 2)
	equal(t, "days from then on", len(h.Days), 1)
	equal(t, "meetings after the last", len(history(t, l, "10", Night+22, "1").Booked), 0)
	next, err := l.History(t.Context(), Year+1, "10", Night, []string{"1"})
	must(t, err)
	equal(t, "cases and days of the next year", len(next.Cases)+len(next.Days), 0)
	equal(t, "a run of the next year", next.Issued, district.Date(0))
}

func heldNightIsNoRun(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	c := Commit("10")
	c.Jobs, c.School.Held = nil, "no attendance rows for 2025-10-15"
	must(t, l.Commit(t.Context(), c))
	equal(t, "a run", history(t, l, "10", Night).Issued, district.Date(0))
	schools, err := l.Schools(t.Context(), Night.String())
	must(t, err)
	equal(t, "schools", schools, []night.School{c.School})
}

func commitTwice(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	q := &Queue{}
	l.SetEnqueuer(q)
	must(t, l.Commit(t.Context(), Commit("10", Case("1", "10"))))
	before := history(t, l, "10", Night, "1", "2")
	// The second plan differs: a night that is started again decides afresh.
	must(t, l.Commit(t.Context(), Commit("10", Case("1", "10"), Case("2", "10"))))
	equal(t, "history", history(t, l, "10", Night, "1", "2"), before)
	equal(t, "jobs", len(q.Jobs), 1)
}

func commitIsWhole(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	broken := errors.New("the queue is gone")
	l.SetEnqueuer(&Queue{Err: broken})
	if err := l.Commit(t.Context(), Commit("10", Case("1", "10"))); !errors.Is(err, broken) {
		t.Fatalf("got %v, want %v", err, broken)
	}
	equal(t, "history", history(t, l, "10", Night, "1"), intervention.History{})
	schools, err := l.Schools(t.Context(), Night.String())
	must(t, err)
	equal(t, "schools", len(schools), 0)
	l.SetEnqueuer(&Queue{})
	must(t, l.Commit(t.Context(), Commit("10", Case("1", "10"))))
	equal(t, "cases", len(history(t, l, "10", Night, "1").Cases), 1)
}

func jobsNeedAQueue(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(nil)
	refused(t, l.Commit(t.Context(), Commit("10")))
}

func caseOpensOnce(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	must(t, l.Commit(t.Context(), Commit("10", Case("1", "10"))))
	again := Case("1", "11")
	again.Letters, again.Meeting = nil, nil
	refused(t, l.Commit(t.Context(), Commit("11", again)))
	disguised := again
	disguised.ID = "another"
	refused(t, l.Commit(t.Context(), Commit("11", disguised)))
	schools, err := l.Schools(t.Context(), Night.String())
	must(t, err)
	equal(t, "schools", len(schools), 1)
}

func letterIsIssuedOnce(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	must(t, l.Commit(t.Context(), Commit("10", Case("1", "10"))))
	c := Commit("11", Case("2", "11"))
	c.Plan.Letters[0].ID = "Z1"
	refused(t, l.Commit(t.Context(), c))
	letters, err := l.Letters(t.Context(), Year)
	must(t, err)
	equal(t, "letters", len(letters), 2)
}

func planMustFit(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	event := intervention.Event{Kind: intervention.Left, At: Night.At(11, 0, time.UTC), On: Night}
	for name, p := range map[string]intervention.Plan{
		"an event of no case":      {Appended: []intervention.CaseEvent{{CaseID: "x", Event: event}}},
		"a letter of no case":      {Letters: []intervention.Letter{{ID: "1", CaseID: "x", IssuedOn: Night}}},
		"a meeting of no case":     {Meetings: []intervention.Meeting{{ID: "1", CaseID: "x", Date: Night}}},
		"a letter that is none":    {Withdrawn: []string{"x"}},
		"a case that is not there": {Moved: []intervention.CaseSchool{{CaseID: "x", SchoolID: "11"}}},
	} {
		c := Commit("10")
		c.Plan = p
		if err := l.Commit(t.Context(), c); err == nil {
			t.Errorf("%s was not refused", name)
		}
	}
	c := Commit("10")
	c.School.RunID = "2025-12-24"
	refused(t, l.Commit(t.Context(), c))
	// A notice may stand alone, without a case.
	c = Commit("10")
	c.Plan.Letters = []intervention.Letter{{ID: "n", StudentID: "1", Kind: intervention.LetterOne, IssuedOn: Night}}
	must(t, l.Commit(t.Context(), c))
}

func caseContinues(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	was := Case("1", "10")
	must(t, l.Commit(t.Context(), Commit("10", was)))
	Begin(t, l, Night+1)
	at := (Night + 1).At(11, 0, time.UTC)
	events := []intervention.Event{
		{Kind: intervention.Transferred, At: at, On: Night + 1, Actor: "rollcall", Detail: "to school 11"},
		{Kind: intervention.Cancelled, At: at, On: Night + 21, Actor: "rollcall"},
		{Kind: intervention.Scheduled, At: at, On: Night + 28, Actor: "rollcall"},
	}
	gone, booked := *was.Meeting, *was.Meeting
	gone.Cancelled, gone.Sequence = true, 1
	booked.ID, booked.SchoolID, booked.Date = was.ID+"#1", "11", Night+28
	letter := intervention.Letter{
		ID: "B1", CaseID: was.ID, StudentID: "1", Kind: intervention.Rescheduled, Channel: intervention.ByMail, Language: "es", IssuedOn: Night + 2,
		RunID: (Night + 1).String(),
	}
	c := Commit("11")
	c.School.RunID = (Night + 1).String()
	for _, e := range events {
		c.Plan.Appended = append(c.Plan.Appended, intervention.CaseEvent{CaseID: was.ID, Event: e})
	}
	c.Plan.Meetings = []intervention.Meeting{booked, gone}
	c.Plan.Letters = []intervention.Letter{letter}
	c.Plan.Withdrawn = []string{"Z1", "A1", "Z1"}
	c.Plan.Moved = []intervention.CaseSchool{{CaseID: was.ID, SchoolID: "11"}}
	must(t, l.Commit(t.Context(), c))

	want := was
	want.SchoolID = "11"
	want.Events = append(want.Events, events...)
	want.Letters = append([]intervention.Letter(nil), want.Letters...)
	want.Letters[0].Withdrawn, want.Letters[1].Withdrawn = true, true
	want.Letters = append(want.Letters, letter)
	want.Meeting, want.Past = &booked, []intervention.Meeting{gone}
	h := history(t, l, "11", Night, "1")
	equal(t, "the case", h.Cases, []intervention.Case{want})
	equal(t, "booked at the new school", h.Booked, []intervention.Meeting{booked})
	old := history(t, l, "10", Night)
	equal(t, "cases, booked meetings and days at the old", len(old.Cases)+len(old.Booked)+len(old.Days), 0)
	equal(t, "called off at the old", old.CalledOff, []intervention.Meeting{gone})
	equal(t, "called off there after its day", len(history(t, l, "10", Night+22).CalledOff), 0)
	letters, err := l.LettersOfRun(t.Context(), (Night + 1).String())
	must(t, err)
	equal(t, "letters of the second night", letters, []intervention.Letter{letter})
	issued, err := l.IssuedIn(t.Context(), Night.String())
	must(t, err)
	equal(t, "letters of the first, by the school that had them, and when they were pulled", issued, []ledger.Issued{
		{Letter: want.Letters[1], SchoolID: "10", PulledOn: Night + 1}, {Letter: want.Letters[0], SchoolID: "10", PulledOn: Night + 1},
	})
	issued, err = l.IssuedIn(t.Context(), (Night + 1).String())
	must(t, err)
	equal(t, "letters of the second, by theirs", issued, []ledger.Issued{{Letter: letter, SchoolID: "11"}})
}

func eventsStand(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	must(t, l.Commit(t.Context(), Commit("10", Case("1", "10"))))
	for _, statement := range []string{
		`UPDATE case_events SET detail = 'never happened'`,
		`UPDATE case_events SET seq = seq + 10`,
		`DELETE FROM case_events`,
		`UPDATE policies SET text = 'cart: [other]'`,
		`DELETE FROM policies`,
		`UPDATE meeting_changes SET cancelled = TRUE`,
		`DELETE FROM meeting_changes`,
	} {
		if _, err := l.DB().ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s was not refused", statement)
		}
	}
	equal(t, "events", history(t, l, "10", Night, "1").Cases[0].Events, Case("1", "10").Events)
}

func eventByHand(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	c := Case("1", "10")
	must(t, l.Commit(t.Context(), Commit("10", c)))
	e := intervention.Event{Kind: intervention.Held, At: (Night + 21).At(16, 0, time.UTC), On: Night + 21, Actor: "mlopez", Detail: "both parents came"}
	errs := make([]error, 8)
	var done sync.WaitGroup
	for i := range errs {
		done.Go(func() {
			own := e
			own.Facts.Time = strconv.Itoa(i)
			_, errs[i] = l.Record(t.Context(), []intervention.CaseEvent{{CaseID: c.ID, Event: own}}, Always)
		})
	}
	done.Wait()
	must(t, errors.Join(errs...))
	events := history(t, l, "10", Night, "1").Cases[0].Events
	equal(t, "events", len(events), 10)
	seen := map[string]bool{}
	for _, got := range events[2:] {
		seen[got.Facts.Time] = true
		got.Facts.Time = ""
		equal(t, "an event", got, e)
	}
	equal(t, "writers heard", len(seen), 8)
}

// Always admits every event.
func Always(*intervention.Case, intervention.Event) (bool, error) { return true, nil }

// recordIsWhole: of events recorded together either all enter or none, and each
// is judged by what stands before it.
func recordIsWhole(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	a, b := Case("1", "10"), Case("2", "10")
	must(t, l.Commit(t.Context(), Commit("10", a, b)))
	at := (Night + 22).At(16, 0, time.UTC)
	mailed := intervention.Event{Kind: intervention.Mailed, At: at, On: Night + 2, Actor: "clerk"}
	admit := func(c *intervention.Case, e intervention.Event) (bool, error) { return true, c.Admit(e, Night+22) }
	ofBoth := []intervention.CaseEvent{{CaseID: a.ID, Event: mailed}, {CaseID: b.ID, Event: mailed}}
	_, err := l.Record(t.Context(), append(ofBoth, intervention.CaseEvent{CaseID: "no case", Event: mailed}), Always)
	refused(t, err)
	tooEarly := mailed
	tooEarly.On = Night - 30
	_, err = l.Record(t.Context(), []intervention.CaseEvent{ofBoth[0], {CaseID: b.ID, Event: tooEarly}}, admit)
	refused(t, err)
	equal(t, "events", len(history(t, l, "10", Night, "1").Cases[0].Events), 2)
	n, err := l.Record(t.Context(), append(ofBoth, ofBoth[0]), func(c *intervention.Case, e intervention.Event) (bool, error) {
		return !c.Has(e.Kind, e.On), nil
	})
	must(t, err)
	equal(t, "recorded", n, 2)
	got := history(t, l, "10", Night, "1", "2").Cases
	equal(t, "state", got[0].State(), intervention.StateScheduled)
	equal(t, "events", len(got[0].Events)+len(got[1].Events), 6)
}

// undoStrikesOut: what a person entered by mistake stays in the ledger and decides
// nothing, and a plan counts it.
func undoStrikesOut(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	c := Case("1", "10")
	must(t, l.Commit(t.Context(), Commit("10", c)))
	at := (Night + 22).At(16, 0, time.UTC)
	held := intervention.Event{Kind: intervention.Held, At: at, On: Night + 21, Actor: "clerk"}
	undone := intervention.Event{Kind: intervention.Undone, At: at.Add(time.Minute), On: Night + 22, Actor: "clerk", Detail: "the wrong child"}
	noShow := intervention.Event{Kind: intervention.NoShow, At: at.Add(time.Hour), On: Night + 21, Actor: "clerk"}
	admit := func(c *intervention.Case, e intervention.Event) (bool, error) { return true, c.Admit(e, Night+22) }
	for _, e := range []intervention.Event{held, undone, noShow} {
		_, err := l.Record(t.Context(), []intervention.CaseEvent{{CaseID: c.ID, Event: e}}, admit)
		must(t, err)
	}
	got := history(t, l, "10", Night, "1").Cases[0]
	equal(t, "state", got.State(), intervention.StateNoShow)
	equal(t, "what stands", got.Events, append(slices.Clone(c.Events), noShow))
	equal(t, "what does not", got.Struck, []intervention.Struck{{Event: held, Place: 2}, {Event: undone, Place: 3}})
	Begin(t, l, Night+1)
	next := Commit("10")
	next.School.RunID = (Night + 1).String()
	next.Plan.Seen = map[string]int{c.ID: got.Entries()}
	next.Plan.Appended = []intervention.CaseEvent{{CaseID: c.ID, Event: intervention.Event{Kind: intervention.Left, At: at, On: Night + 22, Actor: intervention.NightActor}}}
	must(t, l.Commit(t.Context(), next))
}

// changedMeanwhile: a plan about a case that a person has written about since is
// refused whole.
func changedMeanwhile(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	c := Case("1", "10")
	must(t, l.Commit(t.Context(), Commit("10", c)))
	Begin(t, l, Night+1)
	at := (Night + 1).At(11, 0, time.UTC)
	_, err := l.Record(t.Context(), []intervention.CaseEvent{{CaseID: c.ID, Event: intervention.Event{Kind: intervention.Mailed, At: at, On: Night + 1}}}, Always)
	must(t, err)
	next := Commit("10")
	next.School.RunID = (Night + 1).String()
	next.Plan.Seen = map[string]int{c.ID: 2}
	next.Plan.Withdrawn = []string{c.Letters[0].ID}
	if err := l.Commit(t.Context(), next); !errors.Is(err, night.ErrChanged) {
		t.Fatalf("a letter withdrawn: got %v, want %v", err, night.ErrChanged)
	}
	next.Plan.Appended = []intervention.CaseEvent{{CaseID: c.ID, Event: intervention.Event{Kind: intervention.Withdrawn, At: at, On: Night + 1}}}
	if err := l.Commit(t.Context(), next); !errors.Is(err, night.ErrChanged) {
		t.Fatalf("got %v, want %v", err, night.ErrChanged)
	}
	equal(t, "events", len(history(t, l, "10", Night, "1").Cases[0].Events), 3)
	next.Plan.Seen[c.ID] = 3
	must(t, l.Commit(t.Context(), next))
	equal(t, "events", len(history(t, l, "10", Night, "1").Cases[0].Events), 4)
}

func schoolsAtOnce(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	const schools, each = 20, 30
	errs := make([]error, schools)
	var done sync.WaitGroup
	for s := range schools {
		done.Go(func() {
			school := strconv.Itoa(s)
			var cases []intervention.Case
			for i := range each {
				cases = append(cases, Case(school+"-"+strconv.Itoa(i), school))
			}
			c := Commit(school, cases...)
			c.Jobs = nil
			errs[s] = l.Commit(t.Context(), c)
		})
	}
	done.Wait()
	must(t, errors.Join(errs...))
	cases, err := l.Cases(t.Context(), Year, nil)
	must(t, err)
	equal(t, "cases", len(cases), schools*each)
	for _, c := range cases {
		if len(c.Events) != 2 || len(c.Letters) != 2 || c.Meeting == nil {
			t.Fatalf("case %s is not whole", c.ID)
		}
	}
}

func exportsGoForward(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	one, two := Case("1", "10"), Case("2", "10")
	must(t, l.Commit(t.Context(), Commit("10", one, two)))
	at := (Night + 1).At(16, 0, time.UTC)
	through := func(want map[string]int) {
		t.Helper()
		got, err := l.Exported(t.Context(), Year)
		must(t, err)
		equal(t, "given out", got, want)
	}
	through(map[string]int{})
	for _, step := range []map[string]int{{one.ID: 2}, {one.ID: 2, two.ID: 1}, {one.ID: 3}, {}} {
		must(t, l.RecordExport(t.Context(), step, at))
	}
	through(map[string]int{one.ID: 3, two.ID: 1})
	other, err := l.Exported(t.Context(), Year+1)
	must(t, err)
	equal(t, "of another year", len(other), 0)
	if err := l.RecordExport(t.Context(), map[string]int{"nobody": 1}, at); err == nil {
		t.Error("a case that is none was given out")
	}
}

func meetingsElsewhere(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	one, two, off := Case("1", "10"), Case("2", "11"), Case("3", "11")
	off.Meeting.Cancelled = true
	must(t, l.Commit(t.Context(), Commit("10", one)))
	must(t, l.Commit(t.Context(), Commit("11", two, off)))
	for _, c := range []struct {
		what     string
		school   string
		from     district.Date
		students []string
		want     []intervention.Meeting
	}{
		{"at the other school", "10", Night + 1, []string{"1", "2", "3"}, []intervention.Meeting{*two.Meeting}},
		{"of nobody else", "10", Night + 1, []string{"1", "3"}, nil},
		{"none that has been", "11", Night + 22, []string{"1"}, nil},
		{"none asked for", "11", Night + 1, nil, nil},
	} {
		got, err := l.MeetingsElsewhere(t.Context(), c.school, c.from, c.students)
		must(t, err)
		equal(t, c.what, got, c.want)
	}
}

func whoIsWhere(t *testing.T, l *ledger.Ledger) {
	Begin(t, l, Night)
	l.SetEnqueuer(&Queue{})
	moved, other := Case("1", "10"), Case("2", "11")
	moved.Meeting.SchoolID = "12" // where it stood when it was made
	must(t, l.Commit(t.Context(), Commit("10", moved)))
	must(t, l.Commit(t.Context(), Commit("11", other)))
	at, err := l.OnRecord(t.Context(), Year)
	must(t, err)
	equal(t, "schools", at, map[string][]string{"1": {"10", "12"}, "2": {"11"}})
	at, err = l.OnRecord(t.Context(), Year+1)
	must(t, err)
	equal(t, "another year", len(at), 0)
	committed, err := l.Committed(t.Context(), Night.String())
	must(t, err)
	equal(t, "committed", committed, []string{"10", "11"})
}
