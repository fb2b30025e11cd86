package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
	"rollcall/internal/ledger/ledgertest"
	"rollcall/pipeline"
)

// pupil is a student of the model: where they are enrolled and what was marked,
// one whole-day code a day.
type pupil struct {
	id          string
	enrollments []district.Enrollment
	marks       map[district.Date]string
	missing     bool // the export does not name them
	overlooked  bool // a night was decided without them
}

// at is the enrollment that owns a day, nil for none.
func (p *pupil) at(day district.Date) *district.Enrollment {
	for i := len(p.enrollments) - 1; i >= 0; i-- {
		if e := &p.enrollments[i]; e.EntryDate <= day && (e.ExitDate.IsZero() || day <= e.ExitDate) {
			return e
		}
	}
	return nil
}

// town is a district of two schools whose year is made up as it goes, on a real
// ledger. It is the model that nights are held against: it counts days in the
// simplest way there is.
type town struct {
	ledger  *ledger.Ledger
	policy  *intervention.Policy
	days    map[district.Date]bool // both schools' instructional days
	pupils  []*pupil
	last    district.Date // the as-of date of the last night, zero before the first
	letters map[string]bool
	nights  int
}

var (
	firstDay = districttest.Day("2025-08-11")
	lastDay  = districttest.Day("2026-05-29")
)

// onFile is a new ledger of its own in a file.
func onFile(t *testing.T) func() ledger.Options {
	return func() ledger.Options { return ledger.Options{Path: filepath.Join(t.TempDir(), "rollcall.db")} }
}

func newTown(at func() ledger.Options, r *rapid.T, pupils int) *town {
	l, err := ledger.Open(context.Background(), at())
	if err != nil {
		r.Fatal(err)
	}
	l.SetEnqueuer(&ledgertest.Queue{})
	policy, err := intervention.Compile(intervention.PolicyText{})
	if err != nil {
		r.Fatal(err)
	}
	w := &town{ledger: l, policy: policy, days: map[district.Date]bool{}, letters: map[string]bool{}}
	for _, day := range (districttest.School{From: firstDay.String(), To: lastDay.String()}).Sessions() {
		w.days[day] = true
	}
	for i := range pupils {
		school := string(rune('A' + i%2))
		w.pupils = append(w.pupils, &pupil{
			id: fmt.Sprint(100 + i), marks: map[district.Date]string{},
			enrollments: []district.Enrollment{{SchoolID: school, Grade: "4", EntryDate: firstDay}},
		})
	}
	return w
}

// sorted are the instructional days from one day through another.
func (w *town) sorted(from, to district.Date) []district.Date {
	var days []district.Date
	for day := from; day <= to; day++ {
		if w.days[day] {
			days = append(days, day)
		}
	}
	return days
}

// export is what the school's system would hand over for a night.
func (w *town) export(asOf district.Date) *townExport {
	d := districttest.District(asOf.String(), districttest.School{ID: "A", From: firstDay.String()}, districttest.School{ID: "B", From: firstDay.String()})
	for id := range d.Calendars {
		calendar, err := district.NewCalendar(w.sorted(firstDay, lastDay))
		if err != nil {
			panic(err)
		}
		d.Calendars[id] = calendar
	}
	x := &townExport{district: d, students: map[string]*district.Student{}}
	for _, p := range w.pupils {
		if p.missing {
			p.overlooked = true
			continue
		}
		child := districttest.Child(d, p.id).Born("2015-03-01")
		child.Enrollments = slices.Clone(p.enrollments)
		for _, day := range slices.Sorted(maps.Keys(p.marks)) {
			if e := p.at(day); e != nil && day <= asOf && w.days[day] {
				child.Absent(e.SchoolID, p.marks[day], day.String())
			}
		}
		child.Contacts = []district.Contact{{
			ID: "c" + p.id, Name: "Adult " + p.id, Street: home(p.id), City: "Valle Verde", State: "CA", Zip: "92599", ReceivesMail: true,
		}}
		x.students[p.id] = &child.Student
	}
	return x
}

type townExport struct {
	district *district.District
	students map[string]*district.Student
}

func (x *townExport) District() *district.District { return x.district }

func (x *townExport) Find(_ context.Context, id string) (*district.Student, error) {
	return x.students[id], nil
}

func (x *townExport) School(_ context.Context, id string) (*district.Snapshot, error) {
	school, _ := x.district.School(id)
	snapshot := &district.Snapshot{District: x.district, School: school}
	homes := map[string]bool{}
	for _, student := range slices.Sorted(maps.Keys(x.students)) {
		s := x.students[student]
		if slices.ContainsFunc(s.Enrollments, func(e district.Enrollment) bool { return e.SchoolID == id }) {
			snapshot.Students = append(snapshot.Students, *s)
			homes[s.Contacts[0].Street] = true
		}
	}
	for _, student := range slices.Sorted(maps.Keys(x.students)) {
		s := x.students[student]
		here := slices.ContainsFunc(snapshot.Students, func(o district.Student) bool { return o.ID == s.ID })
		if !here && homes[s.Contacts[0].Street] {
			snapshot.Kin = append(snapshot.Kin, *s)
		}
	}
	return snapshot, nil
}

// Tied says that all are: a pupil may be anywhere.
func (x *townExport) Tied(map[string][]string) [][]string { return [][]string{{"A", "B"}} }

// home is the street of a pupil: the first two are sisters.
func home(pupil string) string {
	if pupil == "101" {
		pupil = "100"
	}
	return pupil + " Oak St"
}

// night runs a night as far as its commit; schools may be some of the two.
func (w *town) night(r *rapid.T, asOf district.Date, schools ...string) {
	ctx := context.Background()
	x := w.export(asOf)
	settings := pipeline.Settings{
		TimeZone: "UTC", Location: time.UTC, CorrectBy: 3,
		Meetings: intervention.MeetingRules{
			CART: intervention.DayRule{Rule: "FREQ=WEEKLY;BYDAY=TH"}, SART: intervention.DayRule{Rule: "FREQ=WEEKLY;BYDAY=TU"},
		}.Filled(),
		Safety: pipeline.Safety{TooMany: func(int, int) bool { return false }, TooManyBack: func(int, int) bool { return false }, QuietDayMedian: 99, AbsentShare: 100},
	}
	run, err := pipeline.Begin(ctx, w.ledger, x.district, w.policy, settings, (asOf+1).At(11, 0, time.UTC))
	if err != nil {
		r.Fatal(err)
	}
	t := pipeline.Tonight{Run: run, District: x.district, Policy: w.policy, Settings: settings}
	planned, err := pipeline.NewPlanning(t, x, w.ledger, slog.New(slog.DiscardHandler)).Run(ctx, schools, pipeline.CommitStage, nil)
	if err != nil {
		r.Fatal(err)
	}
	for _, failed := range planned.Failed {
		r.Fatalf("night of %s, school %s: %v", asOf, failed.SchoolID, failed.Err)
	}
	w.last = asOf
	w.nights++
}

func (w *town) cases(r *rapid.T) []intervention.Case {
	cases, err := w.ledger.Cases(context.Background(), district.YearOf(firstDay), nil)
	if err != nil {
		r.Fatal(err)
	}
	return cases
}

// counts are a student's days enrolled and absent, and the unexcused ones, after
// a day and through another.
func (w *town) counts(p *pupil, after, through district.Date) (enrolled, absent, unexcused int) {
	for _, day := range w.sorted(after+1, through) {
		if p.at(day) == nil {
			continue
		}
		enrolled++
		switch p.marks[day] {
		case "U":
			unexcused++
			absent++
		case "E":
			absent++
		}
	}
	return enrolled, absent, unexcused
}

// every is the least number of absences in the student's completed blocks of 20
// enrolled days.
func (w *town) every(p *pupil, through district.Date) int {
	least, n, absent := -1, 0, 0
	for _, day := range w.sorted(firstDay, through) {
		if p.at(day) == nil {
			continue
		}
		n++
		if code := p.marks[day]; code == "U" || code == "E" {
			absent++
		}
		if n%20 == 0 {
			if least < 0 || absent < least {
				least = absent
			}
			absent = 0
		}
	}
	return max(least, 0)
}

// owed reports whether the rules of the case hold for a student. (rules.md 4)
func (w *town) owed(c *intervention.Case, all []intervention.Case, asOf district.Date) bool {
	p := w.pupils[slices.IndexFunc(w.pupils, func(p *pupil) bool { return p.id == c.StudentID })]
	enrolled, absent, unexcused := w.counts(p, firstDay-1, asOf)
	if c.Kind == intervention.SART {
		return unexcused >= 3
	}
	if c.Round > 1 {
		before := all[slices.IndexFunc(all, func(o intervention.Case) bool {
			return o.StudentID == c.StudentID && o.Kind == c.Kind && o.Round == c.Round-1
		})]
		days, missed, _ := w.counts(p, before.MetOn(), asOf)
		return days >= 20 && missed >= 2 && 10*missed >= days
	}
	early := enrolled >= 40 && enrolled <= 60 && w.every(p, asOf) >= 1 && 20*absent*2 >= 3*enrolled
	return enrolled >= 20 && 10*absent >= enrolled || early
}
