package intervention

import (
	"cmp"
	"fmt"
	"slices"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
)

// Question is what decide needs beside the students of a school.
type Question struct {
	Policy   *Policy
	District *district.District
	SchoolID string
	// Missing are the school's cases, open or with a meeting to come, of students who
	// are nowhere in the export.
	Missing []Case
	// Former are the policies that opened the cases at hand, by hash; tonight's own
	// may be left out.
	Former map[string]Former
	// OnHold are students about whom a person has asked that nothing be decided,
	// and the words of their hold.
	OnHold map[string]string
	// Stale is the last day whose attendance arrived, zero where all of it did.
	// Days that are missing since are no presence: nothing is taken back on the
	// strength of them.
	Stale district.Date
	// Gaps are earlier days of the school without any attendance, although later
	// ones arrived, ascending. A day that is named there has not been corrected.
	Gaps []district.Date
}

// arrived reports whether the school's attendance of a day was submitted.
func (q *Question) arrived(day district.Date) bool {
	return (q.Stale.IsZero() || day <= q.Stale) && !slices.Contains(q.Gaps, day)
}

// Decide compares each student's standing with what was done before. It opens
// at most one case a student and night, SART before CART, never a second one of
// a kind and round, and gives the reason for everything it does and for what it
// leaves. (rules.md 4)
func Decide(entries []Entry, q Question) Decision {
	d := decider{Question: q}
	for i := range entries {
		d.student(&entries[i])
	}
	for i := range q.Missing {
		d.missing(&q.Missing[i])
	}
	slices.SortStableFunc(d.out.Actions, d.order)
	return d.out
}

// WouldOpen is the case the policy alone would open for a student without
// history, and the rule that opens it; ok is false where it would open none.
func WouldOpen(p *Policy, s *attendance.Standing) (kind Kind, rule string, ok bool) {
	if !p.CanHaveCase(s.Grade) {
		return "", "", false
	}
	if rule, ok = p.Holds(SARTRules, s, Since{}); ok {
		return SART, rule, true
	}
	if rule, ok = p.Holds(CARTRules, s, Since{}); ok {
		return CART, rule, true
	}
	return "", "", false
}

type decider struct {
	Question
	out       Decision
	standings map[string]*attendance.Standing
}

// order puts SART before CART, then the higher rate, then the student's ID.
func (d *decider) order(a, b Action) int {
	sa, sb := d.standings[a.Case.StudentID], d.standings[b.Case.StudentID]
	rate := 0
	if sa != nil && sb != nil {
		rate = cmp.Compare(sb.DaysAbsent*sa.DaysEnrolled, sa.DaysAbsent*sb.DaysEnrolled)
	}
	return cmp.Or(cmp.Compare(kindRank(a.Case.Kind), kindRank(b.Case.Kind)), rate, cmp.Compare(a.Case.ID, b.Case.ID))
}

func kindRank(k Kind) int {
	if k == SART {
		return 0
	}
	return 1
}

func (d *decider) student(e *Entry) {
	if why, held := d.OnHold[e.Student.ID]; held {
		d.onHold(e, why)
		return
	}
	switch {
	case e.Enrollment.SchoolID == "":
		d.gone(e)
		return
	case e.Enrollment.SchoolID != d.SchoolID:
		d.elsewhere(e)
		return
	}
	if d.standings == nil {
		d.standings = map[string]*attendance.Standing{}
	}
	d.standings[e.Student.ID] = &e.Standing
	d.faults(e)
	for i := range e.Cases {
		d.settle(e, &e.Cases[i])
	}
	if !d.Policy.CanHaveCase(e.Enrollment.Grade) {
		d.outside(e)
		return
	}
	sart, truant := d.Policy.Reason(SARTRules, &e.Standing, Since{})
	cart, chronic := d.Policy.Reason(CARTRules, &e.Standing, Since{})
	covered := d.sart(e, sart, truant)
	d.cart(e, cart, chronic, covered)
	d.leftAlone(e)
	if watch, ok := d.Policy.Reason(WatchRules, &e.Standing, Since{}); ok && !d.hasOpen(e) {
		d.out.Watch = append(d.out.Watch, Watch{StudentID: e.Student.ID, Reason: watch})
	}
}

// sart decides the SART case and reports whether one covers the student, so
// that no CART case is needed: SART reviews all absences.
func (d *decider) sart(e *Entry, reason Reason, holds bool) (covered bool) {
	c := latest(e.Cases, SART)
	if holds && (c == nil || c.AwaitsMeeting()) {
		d.underLaw(e)
	}
	switch {
	case c == nil && !holds:
		return false
	case c == nil:
		d.letterOne(e)
		d.act(Open, d.newCase(e, SART, 1, reason), reason.Words)
		return true
	case c.WasMet():
		d.refer(e, c)
		// It does not cover a CART meeting that the family was called to since.
		cart := latest(e.Cases, CART)
		return holds && (cart == nil || !cart.AwaitsMeeting())
	case holds:
		return d.keep(e, c, reason)
	default:
		return d.lapse(e, c)
	}
}

func (d *decider) cart(e *Entry, reason Reason, holds, covered bool) {
	c := latest(e.Cases, CART)
	switch {
	case covered:
		if c != nil && c.AwaitsMeeting() && !c.OutcomeDue(d.District.AsOf) {
			d.act(Supersede, *c, "SART reviews all absences")
		} else if holds && c == nil {
			d.silent(e, "CART rule holds too; the SART meeting reviews all absences")
		}
	case c == nil && holds:
		d.act(Open, d.newCase(e, CART, 1, reason), reason.Words)
	case c == nil:
	case c.WasMet():
		d.again(e, c)
	default:
		if reason, holds = d.ofItsRound(d.Policy, e, c, &e.Standing); holds {
			d.keep(e, c, reason)
		} else {
			d.lapse(e, c)
		}
	}
}

// keep goes on with a case whose rule still holds.
func (d *decider) keep(e *Entry, c *Case, reason Reason) (covered bool) {
	state := c.State()
	now := d.amended(e, c)
	if c.NeedsReview() && c.IsOpen() {
		d.act(Confirm, *c, "holds again: "+reason.Words)
	}
	switch {
	case state.ended() && c.calledOffByHand() && !reason.after(c.DayOf(Withdrawn)):
		d.silent(e, fmt.Sprintf("%s case called off by hand on %s; nothing was counted since", c.Kind, c.DayOf(Withdrawn)))
		return false
	case state.ended():
		again := *c
		again.SchoolID = d.SchoolID
		again.Reason = reason
		if c.Kind == SART {
			d.letterOne(e)
		}
		d.out.Actions = append(d.out.Actions, Action{Kind: Open, Case: again, Why: "holds again: " + reason.Words, Uncounted: now.uncounted})
	case c.SchoolID != d.SchoolID && state.beforeMeeting() && !c.OutcomeDue(d.District.AsOf):
		d.act(Move, *c, fmt.Sprintf("moved here from school %s", c.SchoolID))
	case state == StateOpen || state == StateWaiting:
		if c.Kind == SART {
			d.letterOne(e)
		}
		d.act(Place, *c, "waits for a meeting day since "+c.OpenedOn.String())
	case d.noSchool(c):
		d.act(Rebook, *c, fmt.Sprintf("%s is no school day any more", c.Meeting.Date))
	case c.IsBooked() && !now.none():
		d.correct(e, c, now)
	default:
		d.silent(e, fmt.Sprintf("%s case since %s: %s", c.Kind, c.OpenedOn, state.Words()))
	}
	return true
}

// lapse deals with a case whose rule no longer holds. Before its letter is
// mailed nothing was said, and it is withdrawn; after, a person reviews it.
func (d *decider) lapse(e *Entry, c *Case) (covered bool) {
	state := c.State()
	met := !state.beforeMeeting() || c.OutcomeDue(d.District.AsOf)
	switch {
	case state.ended():
		return false
	case !d.Stale.IsZero() && c.SchoolID != d.SchoolID && !met:
		d.act(Move, *c, fmt.Sprintf("moved here from school %s", c.SchoolID))
		return true
	case !d.Stale.IsZero() && (met || !d.noSchool(c)):
		d.silent(e, fmt.Sprintf("%s case since %s: the rule no longer holds, but no attendance has come since %s: nothing is taken back", c.Kind, c.OpenedOn, d.Stale))
		return true
	case !d.Stale.IsZero():
		d.act(Rebook, *c, fmt.Sprintf("%s is no school day any more", c.Meeting.Date))
		return true
	}
	if reason, holds := d.byItsOwn(e, c); holds {
		return d.keep(e, c, reason)
	}
	if gap := slices.IndexFunc(c.Reason.Dates, func(day district.Date) bool { return slices.Contains(d.Gaps, day) }); gap >= 0 && c.IsOpen() {
		d.silent(e, fmt.Sprintf("%s case since %s: the rule no longer holds, but it counts %s, and no attendance of the school is in the export for that day: nothing is taken back", c.Kind, c.OpenedOn, c.Reason.Dates[gap]))
		return true
	}
	if met {
		d.afterwards(e, c)
		return true
	}
	return d.takeBack(e, c, "the rule no longer holds: "+d.now(e, c))
}

// takeBack withdraws a case of which the family has not been told; of one they
// have been told of, a person decides. Until then its meeting stands, or its wait
// for one; where the student has changed schools, another day is asked for, or the
// day is none any more, it is given back all the same.
func (d *decider) takeBack(e *Entry, c *Case, why string) (stands bool) {
	if !c.Told() {
		d.actOn(Withdraw, *c, why, d.amended(e, c))
		return false
	}
	if c.NeedsReview() {
		d.silent(e, fmt.Sprintf("%s case below its threshold since the family was told; a person reviews it", c.Kind))
	} else {
		d.actOn(Flag, *c, "after the family was told: "+why, d.amended(e, c))
	}
	d.review(e, c)
	switch {
	case c.AsksAnotherDay() && c.SchoolID == d.SchoolID:
		d.act(Place, *c, "another day was asked for on "+c.DayOf(Postponed).String())
	case c.SchoolID != d.SchoolID:
		d.act(Move, *c, fmt.Sprintf("moved here from school %s", c.SchoolID))
	case d.noSchool(c):
		d.act(Rebook, *c, fmt.Sprintf("%s is no school day any more", c.Meeting.Date))
	}
	return true
}

// noSchool reports whether a meeting to come is on a day that the calendar has
// taken out since.
func (d *decider) noSchool(c *Case) bool {
	if !c.IsBooked() || c.Meeting == nil || c.Meeting.Date <= d.District.AsOf {
		return false
	}
	calendar := d.District.Calendars[c.SchoolID]
	// Where the calendar has ended nothing is known of the day.
	return calendar != nil && calendar.OnOrAfter(c.Meeting.Date) > c.Meeting.Date
}

// outside deals with the cases of a student whose grade the policy does not
// cover: one who moved up, or to a high school of the district.
func (d *decider) outside(e *Entry) {
	for i := range e.Cases {
		c := &e.Cases[i]
		why := fmt.Sprintf("grade %s is outside the policy", e.Enrollment.Grade)
		if c.AwaitsMeeting() && !c.OutcomeDue(d.District.AsOf) {
			if reason, holds := d.byItsOwn(e, c); holds {
				d.keep(e, c, reason)
			} else {
				d.takeBack(e, c, why)
			}
			continue
		}
		d.silent(e, fmt.Sprintf("%s case since %s: %s; %s", c.Kind, c.OpenedOn, c.State().Words(), why))
	}
}

// missing tells of a case whose student the export no longer names. That is no
// proof that the student has left, so an open one and its meeting stand; of one
// that a person ended the meeting is called off.
func (d *decider) missing(c *Case) {
	if !c.IsOpen() {
		d.callOff(c)
		if c.Told() {
			d.out.Exceptions = append(d.out.Exceptions, Exception{
				StudentID: c.StudentID, SchoolID: d.SchoolID, Subject: "not in the export",
				Problem: fmt.Sprintf("the %s meeting on %s is called off, and no letter can say so, for the student is not in the export: call the family", c.Kind, c.Meeting.Date),
			})
		}
		return
	}
	problem := fmt.Sprintf("has an open %s case here but is not in the export: nothing about the case was decided", c.Kind)
	if c.Meeting != nil && c.Meeting.Date > d.District.AsOf {
		problem += fmt.Sprintf(", and the meeting on %s stands", c.Meeting.Date) + d.closedDoor(c)
	}
	d.out.Exceptions = append(d.out.Exceptions, Exception{
		StudentID: c.StudentID, SchoolID: d.SchoolID, Subject: "not in the export",
		Problem: problem + "; a student who left belongs in enrollments with an exit date",
	})
}

// now says what the figures of a case are tonight.
func (d *decider) now(e *Entry, c *Case) string {
	s := &e.Standing
	if before := roundBefore(e.Cases, c); before != nil && c.Kind == CART {
		since := SinceMeeting(s, e.Student, d.District, before.MetOn())
		return fmt.Sprintf("absent %d of %d school days since the meeting before", since.Absences, since.Days)
	}
	return fmt.Sprintf("absent %d of %d days, %s", s.DaysAbsent, s.DaysEnrolled, EventsInWords(s.TruancyEvents))
}

// gone closes the open cases of a student who has left the district.
func (d *decider) gone(e *Entry) {
	for i := range e.Cases {
		c := &e.Cases[i]
		switch {
		case c.SchoolID == d.SchoolID && c.IsOpen():
			d.act(Close, *c, "no longer enrolled in the district")
		case c.SchoolID == d.SchoolID && c.OwesRetraction():
			d.retract(c)
		default:
			d.callOff(c)
			if m := c.CalledOffUnsaid(d.District.AsOf); m != nil && c.SchoolID == d.SchoolID && c.sentSince(Left) {
				d.except(e, "called off", fmt.Sprintf("the student has left the district, and a letter of the %s meeting on %s is recorded as gone out since: call the family, the meeting is called off", c.Kind, m.Date))
			}
		}
	}
}

// elsewhere gives back the meeting of a student who is now at another school of
// the district, and tells of it; the new school's night moves the case. That
// night may have come first: then its event of tonight is what there is to tell.
func (d *decider) elsewhere(e *Entry) {
	for i := range e.Cases {
		c := &e.Cases[i]
		open := c.SchoolID == d.SchoolID && c.AwaitsMeeting() && !c.OutcomeDue(d.District.AsOf)
		if open && c.Meeting != nil {
			d.act(Release, *c, "moved to school "+e.Enrollment.SchoolID)
		}
		d.callOff(c)
		if open || c.SchoolID != d.SchoolID && c.Has(Transferred, d.District.AsOf) {
			d.except(e, "transfer", fmt.Sprintf("moved to school %s: the %s case goes with the student; a meeting here is cancelled", e.Enrollment.SchoolID, c.Kind))
		}
		if c.SchoolID == d.SchoolID {
			d.outcome(e, c)
		}
	}
}

func (d *decider) newCase(e *Entry, kind Kind, round int, reason Reason) Case {
	return Case{
		ID:        CaseID(d.District.Year, kind, round, e.Student.ID),
		StudentID: e.Student.ID, SchoolID: d.SchoolID, Kind: kind, Round: round,
		Year: d.District.Year, OpenedOn: d.District.AsOf, Reason: reason, PolicyHash: d.Policy.Hash,
	}
}

// letterOne looks for the other system's notice before a SART invitation.
func (d *decider) letterOne(e *Entry) {
	if d.Policy.Text.LetterOne != LetterOneExternal || LetterOneOnRecord(e.Student, d.Policy) {
		return
	}
	problem := fmt.Sprintf("Letter #1 (%s) is not in letters_sent; the invitation will go out all the same", d.Policy.Text.LetterOneName)
	if d.Policy.Text.External == ExternalRequire {
		problem = fmt.Sprintf("Letter #1 (%s) is not in letters_sent; no invitation will be made before it is", d.Policy.Text.LetterOneName)
	}
	d.except(e, "Letter #1", problem)
}

// underLaw finds a student whose truancies the rule counts and the law does not:
// they are of days before compulsory age.
func (d *decider) underLaw(e *Entry) {
	s := &e.Standing
	law := len(s.UnderLaw(e.Student, d.Policy.Rules))
	if !s.CompulsoryAge || law == s.TruancyEvents || law >= attendance.LawTruant {
		return
	}
	d.except(e, "age", fmt.Sprintf("%d of the %s are of days on which the student was %d or older: the law speaks of truancy from the third such day on, so the invitation does not, and no Letter #1 is to go out yet", law, EventsInWords(s.TruancyEvents), d.Policy.Rules.CompulsoryFrom))
}

// LetterOneOnRecord reports whether the export shows the other system's notice
// of three unexcused absences for this school year.
func LetterOneOnRecord(s *district.Student, p *Policy) bool {
	for _, l := range s.LettersSent {
		if l.Letter == p.Text.LetterOneName {
			return true
		}
	}
	return false
}

// AwaitsLetterOne reports whether a SART case must wait for the other system's
// notice before it may have a meeting.
func AwaitsLetterOne(kind Kind, s *district.Student, p *Policy) bool {
	return kind == SART && p.Text.LetterOne == LetterOneExternal && p.Text.External == ExternalRequire &&
		!LetterOneOnRecord(s, p)
}

func (d *decider) faults(e *Entry) {
	for _, f := range e.Standing.Faults {
		problem := f.Problem
		if !f.Date.IsZero() {
			problem = f.Date.String() + ": " + problem
		}
		d.except(e, "data", problem)
	}
}

func (d *decider) act(kind ActionKind, c Case, why string) {
	d.actOn(kind, c, why, amended{})
}

// actOn is act where the record of days was amended.
func (d *decider) actOn(kind ActionKind, c Case, why string, a amended) {
	d.out.Actions = append(d.out.Actions, Action{Kind: kind, Case: c, Why: why, Uncounted: a.uncounted, Restated: a.restated})
}

func (d *decider) silent(e *Entry, why string) {
	d.out.Silences = append(d.out.Silences, Silence{StudentID: e.Student.ID, Why: why})
}

func (d *decider) except(e *Entry, subject, problem string) {
	d.out.Exceptions = append(d.out.Exceptions, Exception{
		StudentID: e.Student.ID, SchoolID: d.SchoolID, Subject: subject, Problem: problem,
	})
}

// hasOpen reports whether the student has, after tonight, an open case.
func (d *decider) hasOpen(e *Entry) bool {
	ended := map[string]bool{}
	for _, a := range d.out.Actions {
		if a.Case.StudentID != e.Student.ID {
			continue
		}
		switch a.Kind {
		case Open, Place, Move, Rebook:
			return true
		case Withdraw, Supersede, Close:
			ended[a.Case.ID] = true
		}
	}
	for i := range e.Cases {
		if c := &e.Cases[i]; c.IsOpen() && !ended[c.ID] {
			return true
		}
	}
	return false
}

// latest is the case of a kind with the highest round, nil for none.
func latest(cases []Case, kind Kind) *Case {
	var found *Case
	for i := range cases {
		if c := &cases[i]; c.Kind == kind && (found == nil || c.Round > found.Round) {
			found = c
		}
	}
	return found
}
