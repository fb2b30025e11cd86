package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

// recordable is an event as a person names it, what has to be said of it, and
// what may be.
type recordable struct {
	name       string
	kind       intervention.EventKind
	must, may  []string // flags
	byTheBatch intervention.Channel
}

var recordables = []recordable{
	{name: "mailed", kind: intervention.Mailed, byTheBatch: intervention.ByMail},
	{name: "sent-home", kind: intervention.SentHome, byTheBatch: intervention.WithStudent},
	{name: "held", kind: intervention.Held, must: []string{"attendee", "address", "summary"}, may: []string{"new-address", "intervention", "next-steps", "at"}},
	{name: "no-show", kind: intervention.NoShow},
	{name: "attempt", kind: intervention.Attempt, must: []string{"at", "method", "result"}},
	{name: "completed", kind: intervention.Completed, must: []string{"method", "agrees"}, may: []string{"at", "attendee", "address", "new-address", "summary", "intervention", "next-steps"}},
	{name: "rescheduled", kind: intervention.Postponed, may: []string{"not-before"}},
	{name: "documented", kind: intervention.Documented, may: []string{"tag", "code", "summary"}},
	{name: "withdrawn", kind: intervention.Withdrawn, must: []string{"why"}},
	{name: "referred", kind: intervention.Referred},
	{name: "closed", kind: intervention.Closed, must: []string{"why"}},
	{name: "undo", kind: intervention.Undone, must: []string{"why"}, may: []string{"event"}},
}

type caseRecordCommand struct {
	caseYear
	Event  string        `arg:"" enum:"mailed,sent-home,held,no-show,attempt,completed,rescheduled,documented,withdrawn,referred,closed,undo" help:"What happened: mailed, sent-home, held, no-show, attempt, completed, rescheduled, documented, withdrawn, referred or closed; or undo, which strikes out what was recorded last of a case."`
	Case   []string      `arg:"" optional:"" help:"Case IDs, or student IDs where the student has one case that the event fits. For mailed and sent-home the default is every letter of the batch named by --school and --run."`
	School string        `help:"The batch of this school." placeholder:"ID"`
	Night  string        `name:"run" help:"The night whose letters they are: the date of its folder." placeholder:"2026-10-15"`
	Except []string      `help:"A case of the batch whose letters did not go out, by case or student ID; once for each." placeholder:"CASE"`
	On     district.Date `help:"The day it was done. Default: the day of the meeting for held and no-show, else today." placeholder:"2026-10-16"`
	By     string        `help:"Who did it. Default: the user who runs this." placeholder:"NAME"`
	Why    string        `help:"The reason, in a sentence." placeholder:"TEXT"`

	At           string        `help:"The time of day, 14:05 or 2:05 pm." placeholder:"TIME"`
	Method       string        `help:"How: phone, text, e-mail, home visit, in person." placeholder:"HOW"`
	Result       string        `help:"What came of an attempt: reached, no answer, left a message, wrong number." placeholder:"TEXT"`
	Attendee     []string      `help:"Who was there; once for each." placeholder:"NAME"`
	Address      string        `enum:",verified,corrected" default:"" help:"The mailing address: verified or corrected." placeholder:"HOW"`
	NewAddress   string        `help:"The corrected address; the SIS has to be told as well." placeholder:"TEXT"`
	Summary      string        `help:"What was discussed, briefly." placeholder:"TEXT"`
	Intervention []string      `help:"An intervention chosen; once for each." placeholder:"TEXT"`
	NextSteps    string        `help:"What was agreed to happen next." placeholder:"TEXT"`
	Agrees       bool          `help:"Parent understands and agrees with the contract."`
	Tag          string        `help:"The SIS tag." placeholder:"TAG"`
	Code         string        `help:"The SIS code." placeholder:"CODE"`
	Undoes       string        `name:"event" help:"The event that an undo strikes out: needed where both the mailing and the copies of a letter are on record, or the last entry is an undo itself." placeholder:"EVENT"`
	NotBefore    district.Date `help:"The first day that suits, to come and of this school year; the next night gives the place." placeholder:"2026-11-12"`
}

// Help shows an example.
func (caseRecordCommand) Help() string {
	return `Events are only ever added. One that does not fit where the case stands is refused with the reason; recording the same twice changes nothing.

Until its letter is recorded as mailed or sent home, a case whose rule no longer holds is withdrawn; after, a person reviews it. Of a case that was referred to SARB, withdrawn takes the referral back: the case is monitored again, and where the notice is out the next night makes the letter that says so.

mailed and sent-home are about letters, and say of which date. A batch is what the night handed to the school, whatever has become of a case since: a letter that a later night withdrew is in it where --on is before that. Of a case that is named they mean the letters dated by --on that are not on record yet; where those have several dates it is refused, and --run names the night of the one meant. --run also reaches a letter that went out although it had been withdrawn.

referred looks at the export as 'explain' does. Where the policy's rule for a referral does not hold, or the export cannot be read, it is recorded with what was missing, and asks to be looked at; --why says what the referral rests on.

undo is for what was entered by mistake: the wrong child, a letter that came back. It strikes out what a person recorded last of the case, which is then as if it had never been; 'case show' still has both. --event names it: the mailing where the copies were recorded after it. Once a night has acted on it, it stands. Of a batch it takes back one case each.

Examples:
  rollcall case record mailed --school 101 --run 2026-10-15
  rollcall case record mailed --school 101 --run 2026-10-15 --on 2026-10-17 --except 4021877
  rollcall case record held 2026-27/SART-1/4021877 --attendee "Rosa Lima" --address verified --summary "Bus pass asked for" --next-steps "Call on Friday"
  rollcall case record no-show 4021877
  rollcall case record attempt 4021877 --at 14:05 --method phone --result "no answer"
  rollcall case record completed 4021877 --method phone --at 16:20 --agrees
  rollcall case record documented 4021877 --tag SART --code 12
  rollcall case record sent-home 4021877 --run 2026-10-15 --on 2026-10-16
  rollcall case record undo 4021877 --why "it was her brother who came"`
}

// Run adds the event to each case that does not have it yet.
func (c *caseRecordCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	what := recordables[slices.IndexFunc(recordables, func(r recordable) bool { return r.name == c.Event })]
	facts, err := c.facts(what)
	if err != nil {
		return usage(err)
	}
	if len(c.Case) == 0 && what.byTheBatch == "" {
		return usage(errors.New("name the case; 'rollcall case list' shows them"))
	}
	if len(c.Case) == 0 && (c.School == "" || c.Night == "") {
		return usage(errors.New("name the cases, or the batch with --school and --run"))
	}
	if len(c.Except) > 0 && len(c.Case) > 0 {
		return usage(errors.New("--except takes cases out of a batch; name either the cases, or the batch with --school and --run"))
	}
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	today := district.DateIn(s.now(), cfg.District.Location)
	if err := c.year(today); err != nil {
		return usage(err)
	}
	b, err := c.open(ctx, g, s, c.Case...)
	if err != nil {
		return err
	}
	return errors.Join(c.record(ctx, b, what, facts, today, cfg, s), b.Close())
}

// year makes the days named on the command line say which school year is meant.
func (c *caseRecordCommand) year(today district.Date) (err error) {
	switch {
	case !c.AsOf.IsZero():
	case c.Night != "":
		if c.AsOf, err = district.ParseDate(c.Night); err != nil {
			return fmt.Errorf("--run: %w", err)
		}
	case !c.On.IsZero():
		c.AsOf = min(c.On, today)
	}
	return nil
}

// facts gathers what the flags say, and refuses those that the event has no use
// for.
func (c *caseRecordCommand) facts(what recordable) (intervention.Facts, error) {
	for _, text := range []*string{&c.Why, &c.Method, &c.Result, &c.NewAddress, &c.Summary, &c.NextSteps, &c.Tag, &c.Code} {
		*text = district.OneLine(*text)
	}
	for _, texts := range [][]string{c.Attendee, c.Intervention} {
		for i := range texts {
			texts[i] = district.OneLine(texts[i])
		}
	}
	var err error
	if c.Method, err = method(c.Method); err != nil {
		return intervention.Facts{}, err
	}
	f := intervention.Facts{
		Method: c.Method, Result: c.Result, Attendees: c.Attendee, Address: c.Address, NewAddress: c.NewAddress,
		Summary: c.Summary, Interventions: c.Intervention, NextSteps: c.NextSteps, Agreed: c.Agrees,
		Tag: c.Tag, Code: c.Code, NotBefore: c.NotBefore,
	}
	if c.Undoes != "" {
		i := slices.IndexFunc(recordables, func(r recordable) bool { return r.name == c.Undoes })
		if i < 0 {
			return f, fmt.Errorf("--event: %q is no event that is recorded", c.Undoes)
		}
		f.Undoes = recordables[i].kind
	}
	if c.At != "" {
		at, err := intervention.ParseTimeOfDay(c.At)
		if err != nil {
			return f, fmt.Errorf("--at: %w", err)
		}
		f.Time = at.ISO()
	}
	var lacks, useless []string
	for _, flag := range []struct {
		name  string
		value any
	}{
		{"at", c.At}, {"method", c.Method}, {"result", c.Result}, {"attendee", c.Attendee}, {"address", c.Address},
		{"new-address", c.NewAddress}, {"summary", c.Summary}, {"intervention", c.Intervention}, {"next-steps", c.NextSteps},
		{"agrees", c.Agrees}, {"tag", c.Tag}, {"code", c.Code}, {"not-before", c.NotBefore}, {"event", c.Undoes}, {"why", c.Why},
	} {
		given := !reflect.ValueOf(flag.value).IsZero()
		must := slices.Contains(what.must, flag.name)
		switch {
		case must && !given:
			lacks = append(lacks, "--"+flag.name)
		case given && !must && flag.name != "why" && !slices.Contains(what.may, flag.name):
			useless = append(useless, "--"+flag.name)
		}
	}
	if what.kind == intervention.Completed && c.Method == intervention.ByPhone && c.At == "" {
		lacks = append(lacks, "--at")
	}
	switch {
	case len(lacks) > 0 && len(useless) > 0:
		return f, fmt.Errorf("%s needs %s, and has no use for %s", what.name, templates.Names(templates.English, lacks), templates.Names(templates.English, useless))
	case len(lacks) > 0:
		return f, fmt.Errorf("%s needs %s", what.name, templates.Names(templates.English, lacks))
	case len(useless) > 0:
		return f, fmt.Errorf("%s has no use for %s", what.name, templates.Names(templates.English, useless))
	}
	if (c.Address == intervention.AddressCorrected) != (c.NewAddress != "") {
		return f, errors.New("--address corrected and --new-address go together")
	}
	return f, nil
}

func (c *caseRecordCommand) record(ctx context.Context, b *casebook, what recordable, facts intervention.Facts, today district.Date, cfg *config.Config, s *surroundings) error {
	chosen, err := c.chosen(ctx, b, what, facts.Undoes, today, s)
	if err != nil {
		return err
	}
	events := make([]intervention.CaseEvent, len(chosen))
	var doubts []string
	for i, k := range chosen {
		e := intervention.Event{
			Kind: what.kind, At: s.now().UTC(), On: c.day(k.Case, what.kind, today), Actor: signed(c.By, s), Detail: c.Why, Facts: facts,
		}
		for _, l := range k.letters {
			e.Facts.Letters = append(e.Facts.Letters, l.ID)
		}
		if err := c.dated(k.Case, what, e); err != nil {
			return usage(err)
		}
		if what.kind == intervention.Referred && e.Detail == "" && onRecord(k.Case, e).IsZero() && k.Admit(e, today) == nil {
			// The referral is a person's to make. What the policy says of it is kept
			// beside the event, not as their reason: with one, the family is notified
			// although the rule holds no more.
			if e.Facts.Summary, err = c.due(ctx, k.Case, cfg, s); err != nil {
				e.Facts.Summary = "the policy's rule was not seen to hold"
				doubts = append(doubts, fmt.Sprintf("the referral may not be due: case %s: %v. It is recorded, and the family gets no notice before the rule holds; 'case record undo' strikes it out before the next night acts on it, and --why says what it rests on", k.ID, err))
			}
		}
		if what.kind == intervention.NoShow && k.State() == intervention.StateInvited {
			doubts = append(doubts, fmt.Sprintf("case %s: no letter that invites to this meeting is recorded as mailed or sent home. Record it, with --on and the day it went out; where none went out the family could not come: 'case record undo', then 'rescheduled'", k.ID))
		}
		events[i] = intervention.CaseEvent{CaseID: k.ID, Event: e}
	}
	before := map[string]district.Date{}
	struck := map[string]intervention.Event{}
	_, err = b.Record(ctx, events, func(k *intervention.Case, e intervention.Event) (bool, error) {
		before[k.ID] = onRecord(k, e)
		had := !before[k.ID].IsZero()
		// A letter that is recorded twice fits its case still: a day that cannot
		// be is told all the same.
		if err := k.Admit(e, today); err != nil && (!had || what.byTheBatch != "") {
			return false, usage(fmt.Errorf("case %s: %w; nothing was recorded", k.ID, err))
		}
		if e.Kind == intervention.Undone {
			struck[k.ID], _ = k.ToUndo(e.Facts.Undoes)
		}
		return !had, nil
	})
	if err != nil {
		return err
	}
	if what.kind == intervention.Undone {
		for _, k := range chosen {
			fmt.Fprintf(s.stdout, "Struck out of case %s: %s on %s.\n", k.ID, struck[k.ID].Kind.Words(), struck[k.ID].On)
		}
		return nil
	}
	c.tell(s, chosen, events, before, what)
	for _, doubt := range doubts {
		fmt.Fprintf(s.stderr, "Please look: %s.\n", doubt)
	}
	return nil
}

// onRecord is the day for which the case has the event already, zero where it
// has not: for letters that went out all of them, of anything else the same facts
// on the same day.
func onRecord(k *intervention.Case, e intervention.Event) (day district.Date) {
	if len(e.Facts.Letters) > 0 {
		for i := range k.Letters {
			if l := &k.Letters[i]; slices.Contains(e.Facts.Letters, l.ID) {
				sent := k.SentOn(l)
				if sent.IsZero() {
					return 0
				}
				day = max(day, sent)
			}
		}
		return day
	}
	for _, x := range slices.Backward(k.Events) {
		theirs := x.Facts
		if x.Kind == intervention.Referred {
			theirs.Summary = e.Facts.Summary // by the export of the day it was recorded
		}
		if x.Kind == e.Kind && x.On == e.On && reflect.DeepEqual(theirs, e.Facts) {
			return x.On
		}
	}
	return 0
}

// day is when it happened, where nobody says.
func (c *caseRecordCommand) day(k *intervention.Case, kind intervention.EventKind, today district.Date) district.Date {
	switch {
	case !c.On.IsZero():
		return c.On
	case (kind == intervention.Held || kind == intervention.NoShow) && k.Meeting != nil && k.Meeting.Date <= today:
		return k.Meeting.Date
	}
	return today
}

// find is the case of an ID, or the one of a student that the event fits: of an
// undo the one whose event of the kind named it can strike out.
func (b *casebook) find(id string, kind, undoes intervention.EventKind) (*intervention.Case, error) {
	var theirs, fitting []*intervention.Case
	for i := range b.cases {
		k := &b.cases[i]
		switch {
		case k.ID == id:
			return k, nil
		case k.StudentID == id && k.Fits(intervention.Event{Kind: kind, Facts: intervention.Facts{Undoes: undoes}}):
			fitting = append(fitting, k)
			fallthrough
		case k.StudentID == id:
			theirs = append(theirs, k)
		}
	}
	switch {
	case len(fitting) == 1:
		return fitting[0], nil
	case len(theirs) == 1:
		return theirs[0], nil
	case len(theirs) == 0:
		return nil, b.missing(id)
	}
	ids := make([]string, len(theirs))
	for i, k := range theirs {
		ids[i] = k.ID
	}
	return nil, usage(fmt.Errorf("student %s has %s; name the one meant", id, strings.Join(ids, " and ")))
}
