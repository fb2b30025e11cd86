package intervention

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Coding is what the student information system calls one kind of entry.
type Coding struct {
	Tag  string `yaml:"tag"`
	Code string `yaml:"code"`
	// Skip leaves it out of the export.
	Skip bool `yaml:"skip"`
}

// Codings are the codings of the entries, by the kind of the case and the event,
// "SART held". What is not named has the kind for its tag and the event for its code.
type Codings map[string]Coding

// codedEvents are what a district enters into its SIS.
var codedEvents = []EventKind{Mailed, SentHome, Held, NoShow, Attempt, Completed, Referred}

// codingKey names an entry in Codings.
func codingKey(kind Kind, event EventKind) string { return string(kind) + " " + event.Command() }

// Of is the coding of an event; ok is false for one that is not exported.
func (c Codings) Of(kind Kind, event EventKind) (Coding, bool) {
	if !slices.Contains(codedEvents, event) {
		return Coding{}, false
	}
	own := c[codingKey(kind, event)]
	if own.Tag == "" {
		own.Tag = string(kind)
	}
	if own.Code == "" {
		own.Code = event.Command()
	}
	return own, !own.Skip
}

// Validate lists the names that are none.
func (c Codings) Validate() []error {
	var known []string
	for _, kind := range []Kind{CART, SART} {
		for _, event := range codedEvents {
			if kind == SART || event != Referred {
				known = append(known, codingKey(kind, event))
			}
		}
	}
	var faults []error
	for name := range c {
		if !slices.Contains(known, name) {
			faults = append(faults, fmt.Errorf("%q is no entry; the entries are %s", name, strings.Join(known, ", ")))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return faults
}

// Recorded is an event that a person recorded, by its number within its case.
type Recorded struct {
	Event
	Case *Case
	Seq  int  // from 1
	Gone bool // it was struck out since it was given out
}

// Known picks entries of a case's history: by their number from 1, or by when
// they were recorded.
type Known func(seq int, e Event) bool

// RecordedBefore picks what was recorded before an instant.
func RecordedBefore(t time.Time) Known {
	return func(_ int, e Event) bool { return e.At.Before(t) }
}

// News are the events of a case that stand by the entries of now and did not by
// those of then, and the events that stood then and have been struck out since.
func (c *Case) News(then, now Known) []Recorded {
	stood, stands := c.standing(then), c.standing(now)
	var news []Recorded
	seq := 0
	for e := range c.History() {
		if seq++; stands[seq] != stood[seq] {
			news = append(news, Recorded{Event: e, Case: c, Seq: seq, Gone: stood[seq]})
		}
	}
	return news
}

// standing are the numbers of the entries that count where only those picked are
// known.
func (c *Case) standing(known Known) map[int]bool {
	var picked []Event
	var numbers []int
	seq := 0
	for e := range c.History() {
		if seq++; known(seq, e) {
			picked, numbers = append(picked, e), append(numbers, seq)
		}
	}
	stands := make(map[int]bool, len(picked))
	for _, n := range numbers {
		stands[n] = true
	}
	_, struck := Strike(picked)
	for _, s := range struck {
		delete(stands, numbers[s.Place])
	}
	return stands
}
