// Package ledgertest holds a ledger to its promises on whichever engine it is
// opened on: one exercise suite, run on SQLite and on PostgreSQL.
package ledgertest

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
	"rollcall/internal/night"
)

// Year and Night are the school year and the as-of date of the suite.
const Year = district.SchoolYear(2025)

// Night is a Wednesday in October.
var Night = district.NewDate(2025, time.October, 15)

// Exercise runs the suite. open gives an empty ledger each time it is called.
func Exercise(t *testing.T, open func(*testing.T) *ledger.Ledger) {
	for _, part := range []struct {
		name string
		test func(*testing.T, *ledger.Ledger)
	}{
		{"a run begins once", runBeginsOnce},
		{"a run's settings are those it is worked by", settingsFollow},
		{"a run closes once", runClosesOnce},
		{"the last run is the latest finished one before a day", lastRun},
		{"the latest as-of date needs a committed school", latestAsOf},
		{"a night that is left open is found, and keeps its material and its unsent mail", openRun},
		{"material is kept for the newest finished nights", materialIsTrimmed},
		{"history gives back exactly what was committed", historyIsExact},
		{"history asks only for its students, school and days", historyIsNarrow},
		{"a held night is not the first run", heldNightIsNoRun},
		{"committing twice is committing once", commitTwice},
		{"a commit whose jobs are refused leaves nothing", commitIsWhole},
		{"jobs without a queue are refused", jobsNeedAQueue},
		{"a case of an earlier night cannot be opened again", caseOpensOnce},
		{"a letter is issued once", letterIsIssuedOnce},
		{"what a plan changes must be in the ledger", planMustFit},
		{"the next night continues a case", caseContinues},
		{"events, policies and words on meetings are only ever added to", eventsStand},
		{"an event is recorded by hand", eventByHand},
		{"events are recorded together or not at all", recordIsWhole},
		{"an undo strikes out and keeps", undoStrikesOut},
		{"a plan is refused when a person was faster", changedMeanwhile},
		{"meeting days that families are booked on stay", meetingDaysStay},
		{"a school's status goes forward only", statusGoesForward},
		{"rendered again hands over no job again", renderedTwice},
		{"a delivery is planned once and sent once", deliveryOnce},
		{"a hold stands until it ends or is released, and its record stays", holdsStand},
		{"no two holds of one school or student share a night", holdOnce},
		{"meetings at other schools are found by student", meetingsElsewhere},
		{"who is on record at which school is known", whoIsWhere},
		{"what was exported is known by how far", exportsGoForward},
		{"an approval replaces a held night and opens its run again", approvalReplaces},
		{"an approval is whole, and given once", approvalOnce},
		{"only a held school of the latest night can be approved", approvalFits},
		{"the text of a policy is kept once", policyIsKept},
		{"a case opened again names the policy that did it", reopenedByAnother},
		{"instants come back as they went", instantsRoundTrip},
		{"a cancelled context stores nothing", cancelledContext},
		{"many schools commit at once", schoolsAtOnce},
		{"a trial write leaves nothing", checkLeavesNothing},
	} {
		t.Run(part.name, func(t *testing.T) {
			l := open(t)
			t.Cleanup(func() { _ = l.Close() })
			part.test(t, l)
		})
	}
}

// Queue is an Enqueuer that remembers the jobs it was given, or refuses them.
type Queue struct {
	Jobs []night.Job
	Err  error
}

// InsertTx notes the jobs.
func (q *Queue) InsertTx(_ context.Context, _ *sql.Tx, jobs []night.Job) error {
	if q.Err != nil {
		return q.Err
	}
	q.Jobs = append(q.Jobs, jobs...)
	return nil
}

// Begin stores the run of a day.
func Begin(t *testing.T, l *ledger.Ledger, day district.Date) night.Run {
	t.Helper()
	r, err := l.BeginRun(t.Context(), night.Run{
		ID: day.String(), AsOf: day, PolicyHash: "p1", PolicyText: "cart: []", InputDigest: "d1", Version: "1.0",
		StartedAt: day.At(11, 0, time.UTC),
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Case is a CART case of a student with events, letters and a meeting.
func Case(student, school string) intervention.Case {
	id := intervention.CaseID(Year, intervention.CART, 1, student)
	at := Night.At(11, 0, time.UTC)
	return intervention.Case{
		ID: id, StudentID: student, SchoolID: school, Kind: intervention.CART, Round: 1, Year: Year, OpenedOn: Night,
		Reason: intervention.Reason{
			Rule: "chronic", Expr: "absence_rate >= 0.10", Words: "absent 6 of 45 days (13.3 %)",
			Dates: []district.Date{Night - 9, Night - 1},
		},
		PolicyHash: "p1",
		Events: []intervention.Event{
			{Kind: intervention.Identified, At: at, On: Night, Actor: "rollcall", Detail: "chronic"},
			{Kind: intervention.Scheduled, At: at.Add(time.Microsecond), On: Night + 21, Actor: "rollcall"},
		},
		Letters: []intervention.Letter{
			{ID: "Z" + student, CaseID: id, StudentID: student, Kind: intervention.CARTInvitation, Channel: intervention.ByMail,
				Household: "h-" + student, Language: "es", IssuedOn: Night + 1, RunID: Night.String()},
			{ID: "A" + student, CaseID: id, StudentID: student, Kind: intervention.CARTInvitation, Channel: intervention.WithStudent,
				Language: "es", IssuedOn: Night + 1, RunID: Night.String()},
		},
		Meeting: &intervention.Meeting{
			ID: id + "#0", CaseID: id, StudentID: student, SchoolID: school, Kind: intervention.CART, Date: Night + 21,
			Start: 510, End: 530, Room: "A", Place: "Main office", Facilitator: "Dana Ruiz",
		},
	}
}

// Commit is a school's night that opens cases.
func Commit(school string, cases ...intervention.Case) night.Commit {
	c := night.Commit{
		School: night.School{
			RunID: Night.String(), SchoolID: school, Status: night.Committed, Counts: night.Counts{Students: 400, NewCART: len(cases)},
		},
		Plan:     intervention.Plan{Opened: cases},
		Material: []byte("material\x00" + school),
		Jobs:     []night.Job{{Kind: night.Render, RunID: Night.String(), SchoolID: school}},
	}
	for _, opened := range cases {
		c.Plan.Letters = append(c.Plan.Letters, opened.Letters...)
		if opened.Meeting != nil {
			c.Plan.Meetings = append(c.Plan.Meetings, *opened.Meeting)
		}
	}
	return c
}

// day is a meeting day of school 10.
func day(date district.Date, ordinal int) intervention.MeetingDay {
	return intervention.MeetingDay{
		SchoolID: "10", Kind: intervention.CART, Date: date, Due: date - 1, Moved: "moved from the day before",
		Start: 480, End: 720, SlotMinutes: 20, Rooms: []string{"A", "B"}, Place: "Main office", Facilitators: []string{"Dana Ruiz"}, Ordinal: ordinal,
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		t.Fatal("was not refused")
	}
}
