package pipeline

import (
	"errors"
	"fmt"
	"slices"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/reports"
)

// Scheduled is a school's night, decided and laid out in time, ready to be
// written.
type Scheduled struct {
	Decided
	Plan intervention.Plan
	// Due are the letters of the plan with their households and meetings.
	Due []reports.LetterDue
	// Cases are the school's cases after tonight, by student ID.
	Cases map[string][]*intervention.Case
	// Booked are the school's meetings standing after tonight, Cancelled those it
	// lost tonight.
	Booked, Cancelled []intervention.Meeting
	// Expected are the days on which cases without a place can expect one, by case.
	Expected map[string]district.Date
}

// lay turns actions into events, meetings and letters; of a held school's none.
// It is pure.
func lay(d Decided) (Scheduled, error) {
	p := planner{
		Scheduled: Scheduled{Decided: d, Cases: map[string][]*intervention.Case{}},
		entries:   map[string]*intervention.Entry{},
		placed:    map[string]*intervention.Case{},
		issued:    d.Issued(d.Snapshot.School.ID),
		lost:      map[string]bool{},
	}
	p.Plan.Seen = map[string]int{}
	for i := range d.Entries {
		e := &d.Entries[i]
		p.entries[e.Student.ID] = e
		for _, c := range e.Cases {
			// The plan withdraws letters; history keeps its own.
			c.Letters = slices.Clone(c.Letters)
			p.Cases[e.Student.ID] = append(p.Cases[e.Student.ID], &c)
		}
	}
	for i := range d.Missing {
		c := &d.Missing[i]
		p.Cases[c.StudentID] = append(p.Cases[c.StudentID], c)
	}
	p.Booked = append(p.Booked, d.History.Booked...)
	p.movedAway()
	if d.Held == "" {
		for _, a := range d.Decision.Actions {
			if p.Settings.RecordOnly && a.Kind != intervention.Open {
				continue
			}
			p.act(a)
		}
		p.place()
		p.retract()
		p.excuse()
		if !p.Settings.RecordOnly {
			p.notify()
			p.catchUp()
		}
		p.handOver()
	}
	return p.Scheduled, p.err
}

// movedAway finds the meetings that another school's night gave back because the
// student is there now, and moved or took back the case: tonight, come before this
// one, or on a night on which this school was held and could not tell.
func (p *planner) movedAway() {
	untold := p.History.Issued + 1
	for _, m := range p.History.CalledOff {
		for _, c := range p.Cases[m.StudentID] {
			if c.ID == m.CaseID && c.SchoolID != p.Snapshot.School.ID &&
				(c.Has(intervention.Transferred, untold) || c.Has(intervention.Retracted, untold)) {
				p.Cancelled = append(p.Cancelled, m)
			}
		}
	}
}

type planner struct {
	Scheduled
	entries map[string]*intervention.Entry
	issued  district.Date
	wants   []intervention.Want
	placed  map[string]*intervention.Case // by case ID, those in wants
	lost    map[string]bool               // by case ID: a meeting was given back tonight, or before a move
	// retracted are the cases that a letter is to take back.
	retracted []*intervention.Case
	err       error // events that would not fit their case
}

func (p *planner) act(a intervention.Action) {
	c := p.own(a)
	switch a.Kind {
	case intervention.Open:
		f := facts(a)
		if len(c.Events) > 0 {
			f.Reason = &c.Reason // the one it was opened for stands in the case
		}
		p.add(c, intervention.Event{Kind: intervention.Identified, Detail: a.Why, Facts: f})
		if p.Settings.RecordOnly {
			p.event(c, intervention.Backfilled, "run by other means; recorded, nothing issued")
			return
		}
		p.want(c)
	case intervention.Place:
		p.giveBack(c) // of a meeting that a person moved
		p.pull(c, intervention.LetterKind.Invites)
		p.want(c)
	case intervention.Rebook:
		p.event(c, intervention.Cancelled, a.Why)
		p.giveBack(c)
		p.pull(c, intervention.LetterKind.Invites)
		p.want(c)
	case intervention.Move:
		from := p.bring(c)
		p.event(c, intervention.Transferred, fmt.Sprintf("from school %s to school %s", from, c.SchoolID))
		p.lost[c.ID] = c.Invited()
		p.giveBack(c)
		p.pull(c, everyKind)
		p.want(c)
	case intervention.Release:
		if c.IsBooked() {
			p.event(c, intervention.Cancelled, a.Why)
		}
		p.giveBack(c)
		if !c.AwaitsMeeting() {
			p.pull(c, intervention.LetterKind.Invites)
		}
	case intervention.Withdraw:
		p.end(c, intervention.Withdrawn, a)
	case intervention.Supersede:
		p.end(c, intervention.Superseded, a)
	case intervention.Close:
		p.end(c, intervention.Left, a)
	case intervention.Correct:
		p.correct(c, facts(a))
	case intervention.Flag:
		p.add(c, intervention.Event{Kind: intervention.BelowThreshold, Detail: a.Why, Facts: facts(a)})
	case intervention.Confirm:
		p.event(c, intervention.HoldsAgain, a.Why)
	case intervention.Follow:
		p.event(c, intervention.Again, a.Why)
	case intervention.Retract:
		p.bring(c)
		p.add(c, intervention.Event{Kind: intervention.Retracted, Detail: a.Why, Facts: intervention.Facts{Notices: p.noticesTakenBack(c)}})
		p.giveBack(c)
		p.pull(c, everyKind)
		p.retracted = append(p.retracted, c)
	case intervention.Recall:
		p.pull(c, func(k intervention.LetterKind) bool { return k == intervention.SARBNotice })
	case intervention.Notify:
		p.bring(c)
		p.write(c, intervention.SARBNotice)
	}
}

// own is the case of an action as the plan changes it: a new one is added.
func (p *planner) own(a intervention.Action) *intervention.Case {
	for _, c := range p.Cases[a.Case.StudentID] {
		if c.ID == a.Case.ID {
			if a.Kind == intervention.Open {
				c.Reason, c.ReopenedBy = a.Case.Reason, p.Policy.Hash
				p.bring(c)
			}
			return c
		}
	}
	p.Plan.Opened = append(p.Plan.Opened, a.Case)
	c := a.Case
	p.Cases[c.StudentID] = append(p.Cases[c.StudentID], &c)
	return &c
}

// bring has a case stand at tonight's school and tells where it stood.
func (p *planner) bring(c *intervention.Case) (from string) {
	from = c.SchoolID
	if here := p.Snapshot.School.ID; from != here {
		c.SchoolID = here
		p.Plan.Moved = append(p.Plan.Moved, intervention.CaseSchool{CaseID: c.ID, SchoolID: here})
	}
	return from
}

func (p *planner) event(c *intervention.Case, kind intervention.EventKind, detail string) {
	p.add(c, intervention.Event{Kind: kind, Detail: detail})
}

// add appends tonight's event to a case.
func (p *planner) add(c *intervention.Case, e intervention.Event) {
	if !c.Fits(e) {
		p.err = errors.Join(p.err, fmt.Errorf("case %s: %s does not fit a case that is %s", c.ID, e.Kind, c.State().Words()))
		return
	}
	e.At, e.On, e.Actor = p.Run.StartedAt, p.Run.AsOf, intervention.NightActor
	p.seen(c)
	c.Events = append(c.Events, e)
	p.Plan.Appended = append(p.Plan.Appended, intervention.CaseEvent{CaseID: c.ID, Event: e})
}

// seen notes how many entries a case has before tonight's.
func (p *planner) seen(c *intervention.Case) {
	if _, noted := p.Plan.Seen[c.ID]; !noted {
		p.Plan.Seen[c.ID] = c.Entries()
	}
}

// end closes a case before its meeting: the slot is given back and letters that
// nobody mailed never will be.
func (p *planner) end(c *intervention.Case, kind intervention.EventKind, a intervention.Action) {
	p.add(c, intervention.Event{Kind: kind, Detail: a.Why, Facts: facts(a)})
	p.giveBack(c)
	p.pull(c, everyKind)
}

// pull withdraws the letters of a case, of the kinds meant, that nobody has
// recorded as gone out.
func (p *planner) pull(c *intervention.Case, meant func(intervention.LetterKind) bool) {
	for i := range c.Letters {
		if l := &c.Letters[i]; c.InOffice(l) && meant(l.Kind) {
			p.seen(c)
			l.Withdrawn = true
			p.Plan.Withdrawn = append(p.Plan.Withdrawn, l.ID)
		}
	}
}

// everyKind means all letters.
func everyKind(intervention.LetterKind) bool { return true }

// facts are what an action says of the days it is about.
func facts(a intervention.Action) intervention.Facts {
	return intervention.Facts{Uncounted: a.Uncounted, Restated: a.Restated}
}

// giveBack frees the slot of a meeting that is still to come.
func (p *planner) giveBack(c *intervention.Case) {
	if c.Meeting == nil || c.Meeting.Cancelled || c.Meeting.Date <= p.Run.AsOf {
		return
	}
	p.seen(c)
	m := *c.Meeting
	p.lost[c.ID] = true
	m.Cancelled = true
	m.Sequence++
	c.Past, c.Meeting = append(c.Past, m), nil
	p.Plan.Meetings = append(p.Plan.Meetings, m)
	if m.SchoolID != p.Snapshot.School.ID {
		return // that school's own night tells its team
	}
	p.Cancelled = append(p.Cancelled, m)
	for i := range p.Booked {
		if p.Booked[i].ID == m.ID {
			p.Booked = append(p.Booked[:i:i], p.Booked[i+1:]...)
			break
		}
	}
}

// want asks for a slot, unless the other system's Letter #1 has to come first.
func (p *planner) want(c *intervention.Case) {
	e := p.entries[c.StudentID]
	if intervention.AwaitsLetterOne(c.Kind, e.Student, p.Policy) {
		p.wait(c, "waits for Letter #1 to be on record")
		return
	}
	if kind := invitation(c); c.NeedsReview() && (kind == intervention.SARTInvitation || kind == intervention.CARTInvitation) {
		// Whatever the family was told, nothing that invites them is out, and under no
		// rule nothing new goes out.
		p.wait(c, "the rule no longer holds, and no invitation is out: a person decides")
		return
	}
	earliest, latest := intervention.Horizon(p.District.Calendars[c.SchoolID], p.issued, p.Settings.Meetings.Lead, p.Settings.Meetings.Horizon)
	households := e.Student.Households()
	earliest = max(earliest, c.AskedFor())
	w := intervention.Want{
		CaseID: c.ID, StudentID: c.StudentID, Kind: c.Kind,
		Absent: e.Standing.DaysAbsent, Enrolled: e.Standing.DaysEnrolled,
		Family: families(e.Student), Language: e.Student.HomeLanguageOrEnglish(),
		Earliest: earliest, Latest: latest, Sequence: c.MeetingsMade(), Overdue: p.overdue(c),
	}
	if len(households) > 0 {
		w.Language = households[0].Language
	}
	p.wants = append(p.wants, w)
	p.placed[c.ID] = c
}

func families(s *district.Student) []string {
	var keys []string
	for _, h := range s.Households() {
		keys = append(keys, h.Key)
	}
	return keys
}

// wait records once that a case has no slot.
func (p *planner) wait(c *intervention.Case, why string) {
	p.Plan.WaitingFor = append(p.Plan.WaitingFor, c.ID)
	if c.State() != intervention.StateWaiting {
		p.event(c, intervention.Waiting, why)
	}
}

// place gives out the slots and, with each, the letters that tell of it.
func (p *planner) place() {
	kin := map[string][]string{}
	for i := range p.Entries {
		if keys := families(p.Entries[i].Student); len(keys) > 0 {
			kin[p.Entries[i].Student.ID] = keys
		}
	}
	for id, keys := range p.Siblings {
		kin[id] = keys
	}
	made, waiting := intervention.Schedule(p.History.Days, slices.Concat(p.Booked, p.elsewhere()), p.wants, kin)
	for _, w := range waiting {
		p.wait(p.placed[w.CaseID], "no free place on a meeting day within the horizon")
	}
	p.Expected = p.expect(waiting, kin)
	for i := range made {
		m := made[i]
		m.SchoolID = p.Snapshot.School.ID
		c := p.placed[m.CaseID]
		kind := invitation(c)
		p.event(c, intervention.Scheduled, fmt.Sprintf("%s at %s, %s", m.Date, m.Start, m.Room))
		c.Meeting = &m
		p.Booked = append(p.Booked, m)
		p.Plan.Meetings = append(p.Plan.Meetings, m)
		p.write(c, kind)
	}
}

// elsewhere are the meetings at other schools that stand after what was given back
// tonight.
func (p *planner) elsewhere() []intervention.Meeting {
	return slices.DeleteFunc(slices.Clone(p.Elsewhere), func(m intervention.Meeting) bool {
		return slices.ContainsFunc(p.Cases[m.StudentID], func(c *intervention.Case) bool {
			return c.ID == m.CaseID && (c.Meeting == nil || c.Meeting.ID != m.ID)
		})
	})
}

// notify writes the notice of EC 48260.5 where it is ours to make. It is due on
// the first classification as a truant, whether there is a place on a meeting day
// yet or not.
func (p *planner) notify() {
	onHold := p.onHold()
	for i := range p.Entries {
		student := p.Entries[i].Student.ID
		if _, held := onHold[student]; held {
			continue
		}
		for _, c := range p.Cases[student] {
			p.yield(c)
			if c.Kind == intervention.SART && c.AwaitsMeeting() && c.SchoolID == p.Snapshot.School.ID && !c.NeedsReview() && p.owesLetterOne(c) {
				p.write(c, intervention.LetterOne)
			}
		}
	}
}
