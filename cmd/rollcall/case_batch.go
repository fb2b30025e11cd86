package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
)

// chosenCase is a case that an event is recorded of, and the letters that the
// event says went out: none where it is about no letter.
type chosenCase struct {
	*intervention.Case
	letters []intervention.Letter
}

// chosen are the cases named, or those of the batch; on is the day on which it was
// done, undoes what an undo is told to strike out.
func (c *caseRecordCommand) chosen(ctx context.Context, b *casebook, what recordable, undoes intervention.EventKind, today district.Date, s *surroundings) ([]chosenCase, error) {
	on := c.On
	if on.IsZero() {
		on = today
	}
	if len(c.Case) == 0 {
		return c.batch(ctx, b, what, on, s)
	}
	ofNight, err := c.ofNight(ctx, b, what)
	if err != nil {
		return nil, err
	}
	var chosen []chosenCase
	for _, id := range c.Case {
		k, err := b.find(id, what.kind, undoes)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(chosen, func(x chosenCase) bool { return x.ID == k.ID }) {
			continue
		}
		x := chosenCase{Case: k}
		switch {
		case what.byTheBatch == "":
		case c.Night != "":
			x.letters, err = c.named(k, what, ofNight[k.ID], on)
		default:
			x.letters, err = c.clear(k, what, on)
		}
		if err != nil {
			return nil, usage(fmt.Errorf("case %s: %w; nothing was recorded", k.ID, err))
		}
		chosen = append(chosen, x)
	}
	return chosen, nil
}

// ofNight are the letters of the channel of the night named, by case; none where
// no night is named.
func (c *caseRecordCommand) ofNight(ctx context.Context, b *casebook, what recordable) (map[string][]ledger.Issued, error) {
	if c.Night == "" || what.byTheBatch == "" {
		return nil, nil
	}
	letters, err := b.IssuedIn(ctx, c.Night)
	if err != nil {
		return nil, err
	}
	byCase := map[string][]ledger.Issued{}
	for _, l := range letters {
		if l.Channel == what.byTheBatch {
			byCase[l.CaseID] = append(byCase[l.CaseID], l)
		}
	}
	return byCase, nil
}

// inHand are the letters that were in the batch still on a day: a night withdraws
// a letter in the morning after its as-of date. The others were pulled before.
func inHand(letters []ledger.Issued, on district.Date) (had, pulled []intervention.Letter) {
	for _, l := range letters {
		if l.Withdrawn && l.PulledOn < on {
			pulled = append(pulled, l.Letter)
		} else {
			had = append(had, l.Letter)
		}
	}
	return had, pulled
}

// errWithdrawn asks for the day on which a letter went out that a night withdrew.
var errWithdrawn = errors.New("its letter was withdrawn since: where it went out, say with --on on which day")

// named are the letters of a case of the night that was named. What was pulled
// went out all the same where a person says so with its day.
func (c *caseRecordCommand) named(k *intervention.Case, what recordable, letters []ledger.Issued, on district.Date) ([]intervention.Letter, error) {
	had, pulled := inHand(letters, on)
	switch {
	case len(had) > 0:
		return unsent(k, had), nil
	case len(pulled) == 0:
		return nil, fmt.Errorf("the night of %s made no letter of it that could be %s", c.Night, what.kind.Words())
	case c.On.IsZero():
		return nil, errWithdrawn
	}
	return unsent(k, pulled), nil
}

// clear are the letters of a case that an event of a day can only mean where no
// night is named: of those that stand and were dated by then the ones not on
// record yet, and where none stands those that were withdrawn. Letters of several
// dates are asked about.
func (c *caseRecordCommand) clear(k *intervention.Case, what recordable, on district.Date) ([]intervention.Letter, error) {
	var standing, withdrawn []intervention.Letter
	var later district.Date
	for _, l := range k.Letters {
		switch {
		case l.Channel != what.byTheBatch:
		case l.IssuedOn > on:
			if later.IsZero() {
				later = l.IssuedOn
			}
		case l.Withdrawn:
			withdrawn = append(withdrawn, l)
		default:
			standing = append(standing, l)
		}
	}
	switch {
	case len(standing) > 0:
	case len(withdrawn) > 0 && c.On.IsZero() && !allSent(k, withdrawn):
		return nil, errWithdrawn
	case len(withdrawn) > 0:
		standing = withdrawn
	case !later.IsZero():
		return nil, fmt.Errorf("%s on %s is before the date on its letter, %s", what.kind.Words(), on, later)
	default:
		return nil, fmt.Errorf("it has no letter that could be %s", what.kind.Words())
	}
	open := unsent(k, standing)
	if dates := datesOf(open); len(dates) > 1 && !allSent(k, open) {
		return nil, fmt.Errorf("it has letters of %s that are not recorded as %s: name the night of one with --run, the day before the letter's date as a rule ('case show' lists them)",
			strings.Join(inWords(dates), " and "), what.kind.Words())
	}
	return open, nil
}

// unsent are the letters not on record as gone out; all of them where every one
// is, so that the same recorded twice is seen to be.
func unsent(k *intervention.Case, letters []intervention.Letter) []intervention.Letter {
	if allSent(k, letters) {
		return letters
	}
	return slices.DeleteFunc(slices.Clone(letters), func(l intervention.Letter) bool { return !k.SentOn(&l).IsZero() })
}

func allSent(k *intervention.Case, letters []intervention.Letter) bool {
	return !slices.ContainsFunc(letters, func(l intervention.Letter) bool { return k.SentOn(&l).IsZero() })
}

func datesOf(letters []intervention.Letter) []district.Date {
	var dates []district.Date
	for _, l := range letters {
		dates = append(dates, l.IssuedOn)
	}
	return slices.Compact(slices.Sorted(slices.Values(dates)))
}

// batch is every case of a school that a letter of a night is about, whatever has
// become of it since, but for those taken out. Letters that were pulled before the
// day are left out, and said to be.
func (c *caseRecordCommand) batch(ctx context.Context, b *casebook, what recordable, on district.Date, s *surroundings) ([]chosenCase, error) {
	letters, err := c.ofNight(ctx, b, what)
	if err != nil {
		return nil, err
	}
	var chosen []chosenCase
	var left []string
	for i := range b.cases {
		k := &b.cases[i]
		theirs := letters[k.ID]
		if len(theirs) == 0 || theirs[0].SchoolID != c.School {
			continue
		}
		had, pulled := inHand(theirs, on)
		if len(had) > 0 {
			chosen = append(chosen, chosenCase{k, unsent(k, had)})
		} else if !allSent(k, pulled) {
			left = append(left, k.ID)
		}
	}
	if len(chosen) == 0 {
		return nil, c.noBatch(ctx, b, left)
	}
	if chosen, err = c.without(chosen); err == nil && len(left) > 0 {
		fmt.Fprintf(s.stderr, "Left out, because a night before %s withdrew the letter: %s. Where one went out all the same, record it by its case, with --run %s and --on.\n", on, strings.Join(left, ", "), c.Night)
	}
	return chosen, err
}

// noBatch says what is wrong with a batch that is none.
func (c *caseRecordCommand) noBatch(ctx context.Context, b *casebook, left []string) error {
	if len(left) > 0 {
		return usage(fmt.Errorf("every such letter of the night of %s was withdrawn since: where they went out before, say with --on on which day; nothing was recorded", c.Night))
	}
	if _, ok, err := b.Run(ctx, c.Night); err != nil || !ok {
		if err == nil {
			err = usage(fmt.Errorf("no night of %s is on record", c.Night))
		}
		return err
	}
	if err := b.knows(ctx, c.School); err != nil {
		return err
	}
	return usage(fmt.Errorf("school %s has no such letters of the night of %s", c.School, c.Night))
}

// without takes out of a batch the cases whose letters did not go out.
func (c *caseRecordCommand) without(chosen []chosenCase) ([]chosenCase, error) {
	for _, id := range c.Except {
		kept := slices.DeleteFunc(slices.Clone(chosen), func(k chosenCase) bool { return k.ID == id || k.StudentID == id })
		if len(kept) == len(chosen) {
			return nil, usage(fmt.Errorf("--except %s: the batch has no such case or student", id))
		}
		chosen = kept
	}
	return chosen, nil
}

// dated refuses to take today for the day on which letters went out when the
// meeting they invite to is over: they were in the post before it.
func (c *caseRecordCommand) dated(k *intervention.Case, what recordable, e intervention.Event) error {
	if what.byTheBatch == "" || !c.On.IsZero() || k.Meeting == nil || k.Meeting.Date >= e.On || !onRecord(k, e).IsZero() {
		return nil
	}
	return fmt.Errorf("today is %s and the meeting of case %s was on %s: say with --on on which day the letters were %s; nothing was recorded",
		e.On, k.ID, k.Meeting.Date, what.kind.Words())
}

// tell says what was recorded, for which day, and what was on record before.
func (c *caseRecordCommand) tell(s *surroundings, chosen []chosenCase, events []intervention.CaseEvent, before map[string]district.Date, what recordable) {
	cases := 0
	var letters []intervention.Letter
	var days, earlier []district.Date
	for i, k := range chosen {
		if day := before[k.ID]; !day.IsZero() {
			earlier = append(earlier, day)
			continue
		}
		cases++
		letters = append(letters, k.letters...)
		days = append(days, events[i].Event.On)
	}
	words := "Recorded " + c.Event
	if cases > 0 {
		words += " on " + daysInWords(days)
	}
	words += " for " + counted(cases, "case")
	if what.byTheBatch != "" && cases > 0 {
		words += ", " + counted(len(letters), "letter")
		if len(c.Case) > 0 {
			words += " dated " + daysInWords(datesOf(letters))
		}
	}
	if len(earlier) > 0 {
		words += fmt.Sprintf("; %d had it already, on %s", len(earlier), daysInWords(earlier))
	}
	fmt.Fprintln(s.stdout, words+".")
}

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// daysInWords names days, each once and in order.
func daysInWords(days []district.Date) string {
	days = slices.Compact(slices.Sorted(slices.Values(days)))
	return strings.Join(inWords(days), ", ")
}

func inWords(days []district.Date) []string {
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = d.String()
	}
	return words
}
