package intervention

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// FollowUp is one row of a filled-in Follow-up sheet: what a school wrote about
// one case after its meeting. The zero value of a field says nothing, and takes
// nothing back.
type FollowUp struct {
	CaseID, StudentID string
	Meeting           district.Date // of which the row speaks; zero where it says none
	Outcome           Outcome
	On                district.Date // the day of the outcome
	Attendees         []string
	Address           string // verified or corrected
	NewAddress        string
	Agreed            Answer // to the contract
	NotBefore         district.Date
	Attempts          []Call
	Interventions     []string
	NextSteps         string
	Documented        bool
	Notes             string
}

// Call is an attempt to reach a family by phone.
type Call struct {
	Nth    int // which of the sheet's, from 1
	On     district.Date
	Time   string // 14:05
	Result string
}

// Outcome is what became of a meeting, as the sheet's drop-down has it.
type Outcome string

// The outcomes. None may hold a comma: a drop-down would split it.
const (
	HeldInPerson  Outcome = "Held in person"
	HeldByPhone   Outcome = "Held by phone"
	DidNotCome    Outcome = "No show"
	RefusedToCome Outcome = "Refused to come"
	MovedMeeting  Outcome = "Rescheduled"
)

// Outcomes are all of them, in the order of the drop-down.
var Outcomes = []Outcome{HeldInPerson, HeldByPhone, DidNotCome, RefusedToCome, MovedMeeting}

// AddressAnswers are what the drop-down says of an address: AddressVerified, or
// AddressCorrected.
var AddressAnswers = []string{"Yes", "Corrected"}

// Answer is yes, no, or nothing said.
type Answer string

// The answers.
const (
	Yes Answer = "Yes"
	No  Answer = "No"
)

// CallAgreed is the result of an attempt in which the parent agreed to the
// contract.
const CallAgreed = "Reached and agreed"

// CallResults are what an attempt came to, in the order of the drop-down.
var CallResults = []string{CallAgreed, "Reached and declined", "Left a message", "No answer", "Wrong number"}

// Column is a column of the Follow-up sheet, by its heading.
type Column string

// The columns by which a row is known, and those that are filled in. Of the
// attempts there are MostCalls, each with a day, a time and a result.
const (
	CaseColumn          Column = "Case ID"
	StudentColumn       Column = "Student ID"
	MeetingColumn       Column = "Meeting date"
	OutcomeColumn       Column = "Outcome"
	OnColumn            Column = "Outcome date"
	AttendeesColumn     Column = "Attended by"
	AddressColumn       Column = "Address verified"
	NewAddressColumn    Column = "New address"
	AgreedColumn        Column = "Contract agreed"
	NotBeforeColumn     Column = "New day not before"
	InterventionsColumn Column = "Interventions chosen"
	NextStepsColumn     Column = "Next steps"
	DocumentedColumn    Column = "Documented in SIS"
	NotesColumn         Column = "Notes"
)

// MostCalls is how many attempts a row has room for.
const MostCalls = 3

// CallColumn is a column of the nth attempt: of its "date", "time" or "result".
func CallColumn(nth int, part string) Column { return Column(fmt.Sprintf("Attempt %d %s", nth, part)) }

// ColumnFault is what is wrong with one cell of a row.
type ColumnFault struct {
	Column  Column
	Problem string
}

// claim is an event that a row says happened, and the cell that says so.
type claim struct {
	Event
	at Column
}

// Events are the events of a row that its case does not have yet, in the order in
// which they happened. What is on record already is left out, so that the same
// sheet read twice changes nothing. A row that contradicts what is on record, as
// an older copy of the sheet does, has a fault that shows both. today is the last
// day on which anything can have happened, and the day on which a case was entered
// in the SIS, of which the sheet says no day.
func (f *FollowUp) Events(c *Case, today district.Date) ([]Event, []ColumnFault) {
	claims, faults := f.claims(c, today)
	if len(faults) > 0 {
		return nil, faults
	}
	now := *c
	now.Events = slices.Clone(c.Events)
	var events []Event
	for _, e := range claims {
		known, problem := now.knows(e.Event)
		switch {
		case known:
			continue
		case problem == "":
			problem = f.elsewhere(&now, e.Event)
		}
		if problem == "" {
			if err := now.Admit(e.Event, today); err != nil {
				problem = err.Error()
			}
		}
		if problem != "" {
			return nil, []ColumnFault{{e.at, problem}}
		}
		now.Events = append(now.Events, e.Event)
		events = append(events, e.Event)
	}
	return events, nil
}

// claims are the events that the row tells of, in order, or what it leaves open.
func (f *FollowUp) claims(c *Case, today district.Date) (claims []claim, faults []ColumnFault) {
	fault := func(at Column, format string, args ...any) {
		faults = append(faults, ColumnFault{at, fmt.Sprintf(format, args...)})
	}
	lacks := func(at Column, empty bool, what string) {
		if empty {
			fault(at, "%s needs %s", cmp.Or(string(f.Outcome), string(AgreedColumn)), what)
		}
	}
	if f.StudentID != "" && f.StudentID != c.StudentID {
		fault(StudentColumn, "the case is of student %s: the rows of the sheet have been mixed up", c.StudentID)
		return nil, faults
	}
	if (f.Address == AddressCorrected) != (f.NewAddress != "") {
		fault(NewAddressColumn, "%s %q and a %s go together", AddressColumn, AddressAnswers[1], strings.ToLower(string(NewAddressColumn)))
	}
	on := f.On
	if on.IsZero() && f.Outcome != MovedMeeting && f.Outcome != "" {
		if on = f.Meeting; on.IsZero() && c.Meeting != nil {
			on = c.Meeting.Date
		}
	}
	met := f.Outcome == HeldInPerson || f.Outcome == HeldByPhone
	if f.Outcome != "" {
		lacks(OnColumn, on.IsZero(), "its day")
	}
	if !f.NotBefore.IsZero() && f.Outcome != MovedMeeting {
		fault(NotBeforeColumn, "is for %s only", MovedMeeting)
	}
	switch e := (claim{Event{On: on}, OutcomeColumn}); f.Outcome {
	case HeldInPerson, HeldByPhone:
		lacks(AttendeesColumn, len(f.Attendees) == 0, "who was there")
		lacks(AddressColumn, f.Address == "", fmt.Sprintf("the address verified: %q or %q", AddressAnswers[0], AddressAnswers[1]))
		lacks(NotesColumn, f.Notes == "", "what was discussed, briefly")
		e.Kind = Held
		if f.Outcome == HeldByPhone {
			e.Facts.Method = ByPhone
		}
		if f.Agreed == No {
			e.Facts.Result = "the contract was not agreed"
		}
		claims = append(claims, e)
	case DidNotCome, RefusedToCome:
		e.Kind = NoShow
		if f.Outcome == RefusedToCome {
			e.Facts.Result = "refused to come"
		}
		claims = append(claims, e)
	case MovedMeeting:
		e.Kind, e.Facts = Postponed, Facts{NotBefore: f.NotBefore}
		claims = append(claims, e)
	}
	agreed := f.calls(&claims, fault)
	f.contract(c, on, met, agreed, &claims, fault, lacks)
	if f.Documented {
		claims = append(claims, claim{Event{Kind: Documented, On: today}, DocumentedColumn})
	}
	f.keep(c, claims, fault)
	return claims, faults
}

// calls puts the attempts among the claims, those made before the meeting's day
// before its outcome, and returns the one in which the parent agreed.
func (f *FollowUp) calls(claims *[]claim, fault func(Column, string, ...any)) (agreed *Call) {
	var before, after []claim
	for i := range f.Attempts {
		call := &f.Attempts[i]
		for _, part := range []struct {
			name  string
			empty bool
		}{{"date", call.On.IsZero()}, {"time", call.Time == ""}, {"result", call.Result == ""}} {
			if part.empty {
				fault(CallColumn(call.Nth, part.name), "attempt %d needs its day, its time and its result", call.Nth)
			}
		}
		e := claim{Event{Kind: Attempt, On: call.On, Facts: Facts{Time: call.Time, Method: ByPhone, Result: call.Result}}, CallColumn(call.Nth, "result")}
		if call.Result == CallAgreed {
			agreed = call
		}
		if len(*claims) > 0 && call.On < (*claims)[0].On {
			before = append(before, e)
		} else {
			after = append(after, e)
		}
	}
	inTime := func(a, b claim) int { return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Facts.Time, b.Facts.Time)) }
	slices.SortStableFunc(before, inTime)
	slices.SortStableFunc(after, inTime)
	*claims = slices.Concat(before, *claims, after)
	return agreed
}

// contract adds that the parent agreed to the contract: on the phone, or where
// the team met.
func (f *FollowUp) contract(c *Case, on district.Date, met bool, agreed *Call, claims *[]claim, fault func(Column, string, ...any), lacks func(Column, bool, string)) {
	e := claim{Event{Kind: Completed, Facts: Facts{Agreed: true}}, AgreedColumn}
	switch {
	case agreed != nil && f.Agreed != Yes:
		fault(AgreedColumn, "attempt %d says %q: choose %q here as well, or change that result", agreed.Nth, CallAgreed, Yes)
		return
	case f.Agreed == No:
		if done := c.DayOf(Completed); !done.IsZero() {
			fault(AgreedColumn, "on record is that the parent agreed, on %s; the sheet says %q", done, No)
		} else if !met && c.State() != StateHeld && len(f.Attempts) == 0 {
			fault(AgreedColumn, "nobody was met or called who could have agreed")
		}
		return
	case f.Agreed != Yes:
		return
	case agreed != nil:
		e.On, e.Facts.Method, e.Facts.Time = agreed.On, ByPhone, agreed.Time
	case f.Outcome == HeldByPhone && c.Meeting != nil:
		e.On, e.Facts.Method, e.Facts.Time = on, ByPhone, c.Meeting.Start.ISO()
	case met || f.Outcome == "" && !f.On.IsZero():
		e.On, e.Facts.Method = cmp.Or(on, f.On), InPerson
	case f.Outcome == "":
		lacks(OnColumn, c.DayOf(Completed).IsZero(), "the day on which the parent agreed")
		e.On = c.DayOf(Completed)
	default:
		fault(AgreedColumn, "say how: an attempt with the result %q, with its day and time", CallAgreed)
		return
	}
	*claims = append(*claims, e)
}

// keep puts what else is written about a case with the outcome that the row tells
// of, else with its first attempt or its contract: nothing that somebody filled in
// is lost in silence, and the same row with an attempt more says the same. Where a
// no-show was recorded by hand, without words, they go with the first call after it.
func (f *FollowUp) keep(c *Case, claims []claim, fault func(Column, string, ...any)) {
	at := slices.IndexFunc(claims, func(e claim) bool { return e.at == OutcomeColumn })
	if at >= 0 && slices.ContainsFunc(c.Events, func(x Event) bool {
		return x.Kind == NoShow && claims[at].Kind == NoShow && x.On == claims[at].On && x.Facts.Words() == ""
	}) {
		if next := slices.IndexFunc(claims[at+1:], func(e claim) bool { return e.Kind != Documented }); next >= 0 {
			at += 1 + next
		}
	}
	if at < 0 {
		at = slices.IndexFunc(claims, func(e claim) bool { return e.Kind != Documented })
	}
	if at >= 0 {
		facts := &claims[at].Facts
		facts.Attendees, facts.Address, facts.NewAddress = f.Attendees, f.Address, f.NewAddress
		facts.Interventions, facts.NextSteps, facts.Summary = f.Interventions, f.NextSteps, f.Notes
		return
	}
	for _, cell := range []struct {
		at     Column
		filled bool
	}{
		{AttendeesColumn, len(f.Attendees) > 0}, {AddressColumn, f.Address != ""}, {InterventionsColumn, len(f.Interventions) > 0},
		{NextStepsColumn, f.NextSteps != ""}, {NotesColumn, f.Notes != ""},
	} {
		if cell.filled {
			fault(cell.at, "is kept with a meeting, an attempt or a contract, and the row tells of none")
		}
	}
}

// elsewhere says of an outcome that it is of another meeting than the case has now.
func (f *FollowUp) elsewhere(c *Case, e Event) string {
	if e.Kind != Held && e.Kind != NoShow || f.Meeting.IsZero() || c.Meeting != nil && c.Meeting.Date == f.Meeting {
		return ""
	}
	if c.Meeting == nil {
		return fmt.Sprintf("the row is about the meeting of %s, and the case has no meeting now: fill in the latest roster", f.Meeting)
	}
	return fmt.Sprintf("the row is about the meeting of %s, and the case's meeting is on %s now: fill in the latest roster", f.Meeting, c.Meeting.Date)
}

// knows reports whether an event is on record, or why it cannot be added to what
// is: the same is there with other facts, another outcome of the same day, or it
// was struck out.
func (c *Case) knows(e Event) (known bool, problem string) {
	since := c.Events[max(0, c.lastOf(Identified)):]
	for _, x := range slices.Backward(since) {
		switch {
		case x.Kind == Documented && e.Kind == Documented, x.Kind == Completed && e.Kind == Completed && e.On == x.On && len(difference(x.Facts, e.Facts)) == 0:
			return true, ""
		case x.Kind == NoShow && e.Kind == Held && x.On == e.On:
			return false, fmt.Sprintf("on record is %s on %s; the sheet says %s. Where the record is wrong, %s takes it back", x.Kind.Words(), x.On, e.Kind.Words(), RecordCommand(Undone, c.ID))
		case x.Kind != e.Kind || x.On != e.On:
			continue
		case e.Kind == Attempt && x.Facts.Time != e.Facts.Time:
			continue
		}
		other := difference(x.Facts, e.Facts)
		if len(other) == 0 {
			return true, ""
		}
		return false, fmt.Sprintf("%s on %s is on record with other words: %s. Empty the cells, or where the record is wrong, %s takes it back", e.Kind.Words(), e.On, strings.Join(other, "; "), RecordCommand(Undone, c.ID))
	}
	for _, x := range c.Struck {
		if x.Kind == e.Kind && x.On == e.On && len(difference(x.Facts, e.Facts)) == 0 {
			return false, fmt.Sprintf("%s on %s was recorded before and struck out as a mistake: empty the cells; where it is true all the same, %s", e.Kind.Words(), e.On, RecordCommand(e.Kind, c.ID))
		}
	}
	return false, ""
}

// difference says in which facts a record and a sheet differ, each with both
// values.
func difference(record, sheet Facts) []string {
	var words []string
	a, b := reflect.ValueOf(record), reflect.ValueOf(sheet)
	for i := range a.NumField() {
		x, y := a.Field(i), b.Field(i)
		if reflect.DeepEqual(x.Interface(), y.Interface()) || x.Kind() == reflect.Slice && x.Len()+y.Len() == 0 {
			continue
		}
		name := strings.ToLower(reflect.TypeFor[Facts]().Field(i).Name)
		words = append(words, fmt.Sprintf("%s: on record %s, in the sheet %s", name, quoted(x), quoted(y)))
	}
	return words
}

func quoted(v reflect.Value) string {
	if v.IsZero() {
		return "nothing"
	}
	if list, ok := v.Interface().([]string); ok {
		return fmt.Sprintf("%q", strings.Join(list, ", "))
	}
	return fmt.Sprintf("%q", fmt.Sprint(v.Interface()))
}
