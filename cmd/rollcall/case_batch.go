package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// chosenCase is a case that an event is recorded of, and how many letters the
// event is about: none where it is about no letter.
type chosenCase struct {
	*intervention.Case
	letters int
}

// chosen are the cases named, or those of the batch.
func (c *caseRecordCommand) chosen(ctx context.Context, b *casebook, what recordable) ([]chosenCase, error) {
	if len(c.Case) == 0 {
		return c.batch(ctx, b, what)
	}
	var chosen []chosenCase
	for _, id := range c.Case {
		k, err := b.find(id, what.kind)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(chosen, func(x chosenCase) bool { return x.ID == k.ID }) {
			continue
		}
		n := 0
		if last := k.LastLetter(what.byTheBatch); last != nil {
			for _, l := range k.Letters {
				if l.Channel == last.Channel && l.IssuedOn == last.IssuedOn && !l.Withdrawn {
					n++
				}
			}
		}
		chosen = append(chosen, chosenCase{k, n})
	}
	return chosen, nil
}

// batch is every case of a school that a letter of a night is about, but for
// those taken out.
func (c *caseRecordCommand) batch(ctx context.Context, b *casebook, what recordable) ([]chosenCase, error) {
	letters, err := b.LettersOfRun(ctx, c.Night)
	if err != nil {
		return nil, err
	}
	all, standing := map[string]int{}, map[string]int{}
	for _, letter := range letters {
		if letter.Channel == what.byTheBatch {
			all[letter.CaseID]++
			if !letter.Withdrawn {
				standing[letter.CaseID]++
			}
		}
	}
	var chosen []chosenCase
	for i := range b.cases {
		k := &b.cases[i]
		switch {
		case k.SchoolID != c.School:
		case standing[k.ID] > 0:
			chosen = append(chosen, chosenCase{k, standing[k.ID]})
		case all[k.ID] > 0 && !c.On.IsZero() && k.Has(intervention.Withdrawn, c.On):
			// A letter that the night of a later day withdrew was in the batch still.
			chosen = append(chosen, chosenCase{k, all[k.ID]})
		}
	}
	if len(chosen) == 0 {
		return nil, c.noBatch(ctx, b)
	}
	return c.without(chosen)
}

// noBatch says what is wrong with a batch that is none.
func (c *caseRecordCommand) noBatch(ctx context.Context, b *casebook) error {
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
	cases, letters := 0, 0
	var days, earlier []district.Date
	for i, k := range chosen {
		if day := before[k.ID]; !day.IsZero() {
			earlier = append(earlier, day)
			continue
		}
		cases++
		letters += k.letters
		days = append(days, events[i].Event.On)
	}
	words := "Recorded " + c.Event
	if cases > 0 {
		words += " on " + daysInWords(days)
	}
	words += " for " + counted(cases, "case")
	if what.byTheBatch != "" && cases > 0 {
		words += ", " + counted(letters, "letter")
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
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = d.String()
	}
	return strings.Join(words, ", ")
}
