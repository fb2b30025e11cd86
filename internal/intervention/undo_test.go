package intervention

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
)

// entered is a case as the ledger reads it: opened and booked by a night, then
// what a clerk entered, a day apart from the meeting on 6 October; a kind that
// begins with "night:" is a night's, "undone:held" an undo of a kind.
func entered(kinds ...string) *Case {
	c := history()
	for i := range c.Events {
		c.Events[i].Actor = NightActor
	}
	c.Letters[0].ID = "L1"
	for i, kind := range kinds {
		e := Event{Kind: EventKind(strings.TrimPrefix(kind, "night:")), On: districttest.Day("2025-10-06") + district.Date(i), Actor: "clerk"}
		if strings.HasPrefix(kind, "night:") {
			e.Actor = NightActor
		}
		if kind, undoes, ok := strings.Cut(kind, "undone:"); ok && kind == "" {
			e.Kind, e.Facts.Undoes = Undone, EventKind(undoes)
		}
		c.Events = append(c.Events, e)
	}
	c.Events, c.Struck = Strike(c.Events)
	return c
}

func TestAnUndoneEventIsAsIfItHadNeverBeen(t *testing.T) {
	for _, c := range []struct {
		rule    string
		entries []string
		state   State
	}{
		{"held", []string{"held", "undone"}, StateInvited},
		{"no-show", []string{"mailed", "no_show", "undone"}, StateScheduled},
		{"and what was right recorded after it", []string{"held", "undone", "no_show"}, StateNoShow},
		{"mailed", []string{"mailed", "undone"}, StateInvited},
		{"only the last", []string{"held", "completed", "undone"}, StateHeld},
		{"one after the other", []string{"held", "completed", "undone", "undone"}, StateInvited},
		{"the mailing, the copies recorded after it", []string{"mailed", "sent_home", "undone:mailed", "undone:sent_home"}, StateInvited},
		{"the mailing alone", []string{"mailed", "sent_home", "undone:mailed"}, StateScheduled},
		{"nothing of a kind that was not recorded", []string{"mailed", "held", "undone:mailed"}, StateHeld},
		{"nothing where a night was the last", []string{"mailed", "night:below_threshold", "undone"}, StateScheduled},
	} {
		t.Run(c.rule, func(t *testing.T) {
			k := entered(c.entries...)
			if got := k.State(); got != c.state {
				t.Errorf("%s, want %s", got, c.state)
			}
			var all []string
			for e := range k.History() {
				all = append(all, string(e.Kind))
			}
			for i, kind := range c.entries {
				kind, _, _ = strings.Cut(strings.TrimPrefix(kind, "night:"), ":")
				c.entries[i] = kind
			}
			if diff := cmp.Diff(append([]string{"identified", "scheduled"}, c.entries...), all); diff != "" {
				t.Errorf("the history lost something: %s", diff)
			}
		})
	}
}

func TestALetterWhoseMailingIsUndoneIsUnrecorded(t *testing.T) {
	k := entered("mailed")
	if k.SentOn(&k.Letters[0]).IsZero() || !k.Told() {
		t.Fatal("not recorded")
	}
	k = entered("mailed", "undone")
	if !k.SentOn(&k.Letters[0]).IsZero() || k.Told() {
		t.Error("still recorded")
	}
}

func TestAnUndoIsRefusedWithTheReason(t *testing.T) {
	for _, c := range []struct {
		rule    string
		entries []string
		change  func(*Case)
		kind    EventKind
		refusal string
	}{
		{"held", []string{"held"}, nil, "", ""},
		{"nothing was recorded", nil, nil, "", "nobody has recorded anything"},
		{"a night has acted", []string{"mailed", "night:below_threshold"}, nil, "", "the night of 2025-10-07 has acted on it since (below threshold)"},
		{"twice", []string{"mailed", "held", "undone"}, nil, "", "to strike out the entry before, mailed on 2025-10-06, name it with --event mailed"},
		{"twice, and nothing is left", []string{"held", "undone"}, nil, "", "struck out already"},
		{"the one before, named", []string{"mailed", "held", "undone"}, nil, Mailed, ""},
		{"another one named", []string{"mailed", "held"}, nil, Mailed, "recorded last is held on 2025-10-07, not mailed"},
		{"recorded again after an undo", []string{"held", "undone", "held"}, nil, "", ""},
		{"the meeting was given back", []string{"withdrawn"}, func(k *Case) { k.Meeting = nil }, "", "called its meeting off since"},
		{"moved on its day, and no night since", []string{"rescheduled"}, func(k *Case) { k.Past, k.Meeting = []Meeting{*k.Meeting}, nil }, "", ""},
		{"moved on its day, and given back since", []string{"rescheduled"}, func(k *Case) {
			k.Past, k.Meeting = []Meeting{*k.Meeting}, nil
			k.Past[0].Cancelled = true
		}, "", "called its meeting off since"},
		{"the mailing or the copies", []string{"mailed", "sent_home"}, nil, "", "say with --event mailed or --event sent-home"},
		{"the mailing", []string{"mailed", "sent_home"}, nil, Mailed, ""},
		{"the notice of the referral was made", []string{"no_show", "referred"}, func(k *Case) {
			k.Letters = append(k.Letters, Letter{Kind: SARBNotice})
		}, "", "written to the family"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			k := entered(c.entries...)
			if c.change != nil {
				c.change(k)
			}
			err := k.Admit(Event{Kind: Undone, On: districttest.Day("2025-10-20"), Actor: "clerk", Facts: Facts{Undoes: c.kind}}, districttest.Day("2025-10-20"))
			switch {
			case c.refusal == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.refusal != "" && (err == nil || !strings.Contains(err.Error(), c.refusal)):
				t.Errorf("refusal %v, want %q", err, c.refusal)
			}
		})
	}
}
