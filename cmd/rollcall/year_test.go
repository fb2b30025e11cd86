package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/database"
	"rollcall/internal/database/databasetest"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
)

// TestRandomYears runs years of marks, corrections, transfers, departures,
// recorded events and repeated nights against the model.
func TestRandomYears(t *testing.T) { randomYears(t, onFile(t)) }

// TestRandomYearsOnPostgreSQL runs a few of them on a server.
func TestRandomYearsOnPostgreSQL(t *testing.T) {
	server, err := databasetest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	checks := flag.Lookup("rapid.checks")
	usual := checks.Value.String()
	if err := checks.Value.Set("15"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = checks.Value.Set(usual) }()
	towns := 0
	randomYears(t, func() ledger.Options {
		towns++
		dsn, err := server.Create(fmt.Sprintf("town%d", towns))
		if err != nil {
			t.Fatal(err)
		}
		return ledger.Options{Driver: database.Postgres, DSN: dsn}
	})
}

func randomYears(t *testing.T, at func() ledger.Options) {
	// Long enough for a case to come from its first absence to another round.
	if err := flag.Set("rapid.steps", "50"); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		w := newTown(at, r, rapid.IntRange(2, 6).Draw(r, "pupils"))
		defer w.ledger.Close()
		before := map[string]intervention.Case{}
		day := firstDay + district.Date(rapid.IntRange(0, 120).Draw(r, "start"))
		anyone := func() *pupil { return rapid.SampledFrom(w.pupils).Draw(r, "pupil") }
		both := []string{"A", "B"}
		r.Repeat(map[string]func(*rapid.T){
			"": func(r *rapid.T) { w.invariants(r, before) },
			"a stretch of absences": func(r *rapid.T) {
				p, code := anyone(), rapid.SampledFrom([]string{"E", "E", "E", "U", "P"}).Draw(r, "code")
				days := w.sorted(firstDay, day)
				from := rapid.IntRange(0, max(0, len(days)-1)).Draw(r, "from")
				for _, d := range days[from:min(len(days), from+rapid.IntRange(1, 6).Draw(r, "length"))] {
					p.marks[d] = code
				}
			},
			"a correction": func(r *rapid.T) {
				p := anyone()
				for _, d := range slices.Sorted(maps.Keys(p.marks)) {
					if rapid.Bool().Draw(r, "this day") {
						p.marks[d] = rapid.SampledFrom([]string{"U", "E", "P"}).Draw(r, "code")
					}
				}
			},
			"a transfer": func(r *rapid.T) {
				p := anyone()
				last := &p.enrollments[len(p.enrollments)-1]
				if !last.ExitDate.IsZero() || last.EntryDate >= day {
					return
				}
				last.ExitDate = day - 1
				p.enrollments = append(p.enrollments, district.Enrollment{SchoolID: map[string]string{"A": "B", "B": "A"}[last.SchoolID], Grade: "4", EntryDate: day})
			},
			"an enrollment changed backwards": func(r *rapid.T) {
				last := &anyone().enrollments
				(*last)[len(*last)-1].SchoolID = rapid.SampledFrom(both).Draw(r, "school")
			},
			"a departure or a return": func(r *rapid.T) {
				p := anyone()
				last := &p.enrollments[len(p.enrollments)-1]
				switch {
				case last.ExitDate.IsZero() && last.EntryDate < day:
					last.ExitDate = day - 1
				case !last.ExitDate.IsZero() && last.ExitDate < day:
					p.enrollments = append(p.enrollments, district.Enrollment{SchoolID: last.SchoolID, Grade: "4", EntryDate: day})
				}
			},
			"the export forgets somebody": func(*rapid.T) { p := anyone(); p.missing = !p.missing },
			"a day without school": func(r *rapid.T) {
				days := w.sorted(day+1, lastDay)
				if len(days) > 0 {
					delete(w.days, days[rapid.IntRange(0, min(40, len(days)-1)).Draw(r, "which")])
				}
			},
			"something is recorded":                      func(r *rapid.T) { w.record(r, day) },
			"the meetings that have been are written up": func(r *rapid.T) { w.writeUp(r, day) },
			"those before them are written up, and attendance goes on": func(r *rapid.T) {
				w.writeUp(r, day)
				for _, d := range w.sorted(day-40, day) {
					if rapid.Bool().Draw(r, "absent") {
						anyone().marks[d] = rapid.SampledFrom([]string{"U", "E"}).Draw(r, "code")
					}
				}
			},
			"the letters are mailed": func(r *rapid.T) {
				for _, c := range w.cases(r) {
					w.put(r, c, intervention.Event{Kind: intervention.Mailed, On: day}, day)
				}
			},
			"what was recorded last was a mistake": func(r *rapid.T) {
				for _, c := range w.cases(r) {
					if c.Fits(intervention.Event{Kind: intervention.Undone}) && rapid.Bool().Draw(r, "of this case") {
						w.put(r, c, intervention.Event{Kind: intervention.Undone, On: day}, day)
					}
				}
			},
			"a night": func(r *rapid.T) {
				day = w.next(r, day, rapid.IntRange(1, 12).Draw(r, "days"))
			},
			"three nights of a month": func(r *rapid.T) {
				for range 3 {
					day = w.next(r, day, rapid.IntRange(5, 12).Draw(r, "days"))
				}
			},
			"the same night again": func(r *rapid.T) {
				if w.last == 0 || w.last != day {
					return
				}
				was := w.cases(r)
				w.night(r, day, both...)
				if diff := cmp.Diff(was, w.cases(r)); diff != "" {
					r.Fatalf("a repeated night changed something: %s", diff)
				}
			},
		})
	})
}

// next is the night some days later, in two parts at times.
func (w *town) next(r *rapid.T, day district.Date, days int) district.Date {
	day = min(lastDay, day+district.Date(days))
	if day == w.last {
		return day
	}
	was := w.cases(r)
	if rapid.Bool().Draw(r, "in two parts") {
		w.night(r, day, rapid.SampledFrom([]string{"A", "B"}).Draw(r, "first"))
	}
	w.night(r, day, "A", "B")
	w.letter(r, was)
	return day
}

// writeUp records what became of the meetings that have been, as far as somebody
// gets with it.
func (w *town) writeUp(r *rapid.T, day district.Date) {
	for _, c := range w.cases(r) {
		if c.Meeting == nil || c.Meeting.Date > day {
			continue
		}
		came, on := intervention.Held, c.Meeting.Date
		if rapid.IntRange(0, 2).Draw(r, "came") == 0 {
			came = intervention.NoShow
		}
		rest := []intervention.EventKind{intervention.Attempt, intervention.Completed, intervention.Documented}
		if came == intervention.NoShow && rapid.Bool().Draw(r, "another day") {
			rest = []intervention.EventKind{intervention.Attempt, intervention.Postponed, intervention.Attempt}
		}
		for _, kind := range append([]intervention.EventKind{came}, rest[:rapid.IntRange(0, 3).Draw(r, "as far as")]...) {
			now := w.cases(r)
			c = now[slices.IndexFunc(now, func(o intervention.Case) bool { return o.ID == c.ID })]
			w.put(r, c, intervention.Event{Kind: kind, On: on}, day)
		}
	}
}

// recorded are the events that a person adds.
var recorded = []intervention.EventKind{
	intervention.Mailed, intervention.SentHome, intervention.Held, intervention.NoShow, intervention.Attempt, intervention.Completed,
	intervention.Postponed, intervention.Documented, intervention.Withdrawn, intervention.Referred, intervention.Closed,
	intervention.Undone,
}

func (w *town) record(r *rapid.T, day district.Date) {
	cases := w.cases(r)
	if len(cases) == 0 {
		return
	}
	c := rapid.SampledFrom(cases).Draw(r, "case")
	on := day - district.Date(rapid.IntRange(-2, 10).Draw(r, "days ago"))
	if c.Meeting != nil && rapid.Bool().Draw(r, "on the meeting's day") {
		on = c.Meeting.Date
	}
	w.put(r, c, intervention.Event{Kind: rapid.SampledFrom(recorded).Draw(r, "event"), On: on}, day)
}

// put records an event as the command does: it enters where it fits, and changes
// nothing where it does not.
func (w *town) put(r *rapid.T, c intervention.Case, e intervention.Event, today district.Date) {
	e.At, e.Actor = today.At(22, 0, time.UTC), "clerk"
	refusal := c.Admit(e, today)
	n, err := w.ledger.Record(context.Background(), []intervention.CaseEvent{{CaseID: c.ID, Event: e}}, func(k *intervention.Case, e intervention.Event) (bool, error) {
		return k.Admit(e, today) == nil, nil
	})
	if err != nil || (n == 1) != (refusal == nil) {
		r.Fatalf("recorded %d, %v, although: %v", n, err, refusal)
	}
	if n == 1 && e.On > today {
		r.Fatalf("an event of %s was recorded on %s", e.On, today)
	}
}

// letter holds the letters of a night to the model: none for a student under no
// rule, none twice.
func (w *town) letter(r *rapid.T, was []intervention.Case) {
	all := w.cases(r)
	for i := range all {
		c := &all[i]
		for _, l := range c.Letters {
			if w.letters[l.ID] {
				continue
			}
			w.letters[l.ID] = true
			told := slices.ContainsFunc(was, func(o intervention.Case) bool { return o.ID == c.ID && o.Told() })
			switch l.Kind {
			case intervention.Retraction, intervention.SARBNotice:
				if l.Kind == intervention.Retraction && !told {
					r.Fatalf("case %s: a retraction to a family that was told nothing", c.ID)
				}
			case intervention.Rescheduled, intervention.SecondInvitation:
				// The family was told and a person has yet to say that the meeting is
				// not needed: a day without school is replaced, and a family who asks for
				// another day is given one, also after a no-show.
				if !w.owed(c, all, w.last) && !told {
					r.Fatalf("case %s, night of %s: letter %s under no rule", c.ID, w.last, l.Kind)
				}
			default:
				if !w.owed(c, all, w.last) {
					r.Fatalf("case %s, night of %s: letter %s under no rule", c.ID, w.last, l.Kind)
				}
			}
		}
	}
}

// invariants are true at any time.
func (w *town) invariants(r *rapid.T, before map[string]intervention.Case) {
	cases := w.cases(r)
	open := map[string]string{}
	slots := map[string]string{}
	for i := range cases {
		c := &cases[i]
		if was, ok := before[c.ID]; ok {
			then, now := entries(&was), entries(c)
			if diff := cmp.Diff(then, now[:min(len(then), len(now))]); diff != "" {
				r.Fatalf("case %s lost an event: %s", c.ID, diff)
			}
		}
		before[c.ID] = *c
		drawn := intervention.Case{}
		for _, e := range c.Events {
			if !drawn.Fits(e) {
				r.Fatalf("case %s: %s while %s is no edge", c.ID, e.Kind, drawn.State())
			}
			drawn.Events = append(drawn.Events, e)
		}
		if c.IsOpen() {
			key := c.StudentID + string(c.Kind)
			if other, taken := open[key]; taken {
				r.Fatalf("two open cases: %s and %s", other, c.ID)
			}
			open[key] = c.ID
		}
		if c.IsBooked() && (c.Meeting == nil || c.Meeting.Cancelled) {
			r.Fatalf("case %s is %s without a meeting", c.ID, c.State())
		}
		if m := c.Meeting; m != nil && !m.Cancelled && c.IsBooked() {
			key := fmt.Sprint(m.SchoolID, m.Date, m.Room, m.Start)
			if other, taken := slots[key]; taken {
				r.Fatalf("cases %s and %s have one slot, %s", other, c.ID, key)
			}
			slots[key] = c.ID
			w.apart(r, c, cases[:i])
		}
	}
	if len(before) > len(cases) {
		r.Fatalf("%d cases, %d before", len(cases), len(before))
	}
}

// apart wants a family in one place at a time, at whatever schools its children are.
// Of a child who was not in a night's export nobody knew the family; that they are asked
// to be at two schools since is said to the district office.
func (w *town) apart(r *rapid.T, c *intervention.Case, others []intervention.Case) {
	known := func(id string) bool {
		return slices.ContainsFunc(w.pupils, func(p *pupil) bool { return p.id == id && !p.overlooked })
	}
	for i := range others {
		o := &others[i]
		if m := o.Meeting; m == nil || m.Cancelled || !o.IsBooked() || home(o.StudentID) != home(c.StudentID) || !known(o.StudentID) || !known(c.StudentID) {
			continue
		}
		if a, b := c.Meeting, o.Meeting; a.Date == b.Date && a.Start < b.End && b.Start < a.End {
			r.Fatalf("one family has cases %s and %s at once: %+v and %+v", c.ID, o.ID, *a, *b)
		}
	}
}

// entries are everything that was ever entered of a case.
func entries(c *intervention.Case) []intervention.Event {
	var all []intervention.Event
	for e := range c.History() {
		all = append(all, e)
	}
	return all
}

// TestNightsBeforeTheFirstCaseLeaveNoTrace: until a case is opened it is all the
// same which nights ran, and how often.
func TestNightsBeforeTheFirstCaseLeaveNoTrace(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		many, one := newTown(onFile(t), r, 4), newTown(onFile(t), r, 4)
		defer many.ledger.Close()
		defer one.ledger.Close()
		for _, p := range many.pupils {
			for _, day := range many.sorted(firstDay, firstDay+70) {
				if rapid.IntRange(0, 9).Draw(r, "absent") == 0 {
					p.marks[day] = rapid.SampledFrom([]string{"U", "E"}).Draw(r, "code")
				}
			}
		}
		one.pupils = many.pupils
		for day := firstDay + 1; day <= firstDay+70; day++ {
			if rapid.Bool().Draw(r, "skipped") {
				continue
			}
			for range rapid.IntRange(1, 2).Draw(r, "times") {
				many.night(r, day, "A", "B")
			}
			cases := many.cases(r)
			if len(cases) == 0 {
				continue
			}
			one.night(r, day, "A", "B")
			if diff := cmp.Diff(one.cases(r), cases); diff != "" {
				r.Fatal(diff)
			}
			return
		}
	})
}
