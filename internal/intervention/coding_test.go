package intervention

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// told are news in short.
func told(news []Recorded) []string {
	var words []string
	for _, n := range news {
		gone := ""
		if n.Gone {
			gone = " gone"
		}
		words = append(words, fmt.Sprintf("%d %s%s", n.Seq, n.Kind, gone))
	}
	return words
}

func withHistory(entries ...EventKind) *Case {
	c := &Case{Kind: SART}
	var all []Event
	for i, kind := range entries {
		all = append(all, Event{Kind: kind, On: october(i + 1), Actor: "clerk"})
	}
	c.Events, c.Struck = Strike(all)
	return c
}

func TestNewsAreWhatWasNotGivenOutAndWhatWasStruckOutSince(t *testing.T) {
	for _, test := range []struct {
		name    string
		entries []EventKind
		given   int // entries that were given out
		want    []string
	}{
		{"everything the first time", []EventKind{Mailed, SentHome, Held}, 0, []string{"1 mailed", "2 sent_home", "3 held"}},
		{"nothing twice", []EventKind{Mailed, SentHome, Held}, 3, nil},
		{"the rest", []EventKind{Mailed, SentHome, Held}, 2, []string{"3 held"}},
		{"a mistake that nobody was given", []EventKind{Mailed, Held, Undone, NoShow}, 1, []string{"4 no_show"}},
		{"one that was given out", []EventKind{Mailed, Held, Undone, NoShow}, 2, []string{"2 held gone", "4 no_show"}},
		{"given out with its undo", []EventKind{Mailed, Held, Undone, NoShow}, 3, []string{"4 no_show"}},
	} {
		got := withHistory(test.entries...).News(func(seq int, _ Event) bool { return seq <= test.given }, func(int, Event) bool { return true })
		if diff := cmp.Diff(test.want, told(got)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestAnEntryHasTheDistrictsTagAndCode(t *testing.T) {
	codings := Codings{"SART held": {Tag: "S-MTG", Code: "12"}, "SART attempt": {Skip: true}, "CART mailed": {Code: "L1"}}
	if faults := codings.Validate(); len(faults) > 0 {
		t.Error(faults)
	}
	for _, test := range []struct {
		kind  Kind
		event EventKind
		want  Coding
		ok    bool
	}{
		{SART, Held, Coding{Tag: "S-MTG", Code: "12"}, true}, {CART, Held, Coding{Tag: "CART", Code: "held"}, true},
		{CART, Mailed, Coding{Tag: "CART", Code: "L1"}, true}, {SART, SentHome, Coding{Tag: "SART", Code: "sent-home"}, true},
		{SART, Scheduled, Coding{}, false},
	} {
		if got, ok := codings.Of(test.kind, test.event); got != test.want || ok != test.ok {
			t.Errorf("%s %s: %+v, %v", test.kind, test.event, got, ok)
		}
	}
	if _, ok := codings.Of(SART, Attempt); ok {
		t.Error("what is left out is exported")
	}
	if faults := (Codings{"SART no_show": {}, "CART referred": {}}).Validate(); len(faults) != 2 {
		t.Error(faults)
	}
}
