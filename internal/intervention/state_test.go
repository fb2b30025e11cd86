package intervention

import (
	"strings"
	"testing"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
)

// history is a case opened on 15 September, invited by a letter of the 16th to a
// meeting on 6 October, with events a day apart from then on.
func history(events ...EventKind) *Case {
	c := &Case{
		ID: "c", Kind: SART, Year: 2025, OpenedOn: districttest.Day("2025-09-15"),
		Events:  []Event{{Kind: Identified, On: districttest.Day("2025-09-15")}, {Kind: Scheduled, On: districttest.Day("2025-09-15")}},
		Letters: []Letter{{Channel: ByMail, IssuedOn: districttest.Day("2025-09-16")}},
		Meeting: &Meeting{Date: districttest.Day("2025-10-06")},
	}
	for i, kind := range events {
		c.Events = append(c.Events, Event{Kind: kind, On: districttest.Day("2025-10-06") + district.Date(i)})
	}
	return c
}

func TestAnEventThatDoesNotFitIsRefusedWithTheReason(t *testing.T) {
	const today = "2025-10-20"
	for _, c := range []struct {
		rule    string
		before  []EventKind
		kind    EventKind
		on      string
		refusal string // empty where it fits
	}{
		{"mailed", nil, Mailed, "2025-09-16", ""},
		{"mailed before the date on the letter", nil, Mailed, "2025-09-15", "before the date on its letter"},
		{"no copy was made", nil, SentHome, "2025-09-16", "no letter that could be sent home"},
		{"in the future", nil, Mailed, "2025-10-21", "in the future"},
		{"before the case", nil, Attempt, "2025-09-14", "before the case was opened"},
		{"no day", nil, Attempt, "", "needs its day"},
		{"held", nil, Held, "2025-10-06", ""},
		{"no show on the day", nil, NoShow, "2025-10-06", ""},
		{"no show on another day", nil, NoShow, "2025-10-07", "not the day of the meeting, 2025-10-06"},
		{"no show after it was held", []EventKind{Held}, NoShow, "2025-10-06", "does not fit a case that is meeting held"},
		{"an attempt after a no-show", []EventKind{NoShow}, Attempt, "2025-10-06", ""},
		{"an attempt before it", []EventKind{NoShow}, Attempt, "2025-10-05", "before the no-show on 2025-10-06: an attempt made before the meeting is recorded before the no-show"},
		{"held on a day before the meeting's", nil, Held, "2025-10-03", "before the day of the meeting, 2025-10-06: say with --why"},
		{"a contract without a meeting", nil, Completed, "2025-10-06", "does not fit a case that is invited, letter to go out: record held or no-show first"},
		{"a contract, the family told", []EventKind{Mailed}, Completed, "2025-10-06", "does not fit a case that is meeting scheduled: record held or no-show first"},
		{"closed without a meeting", nil, Closed, "2025-10-06", "withdrawn calls a meeting off"},
		{"closed, held without a contract", []EventKind{Held}, Closed, "2025-10-07", ""},
		{"closed after a no-show", []EventKind{NoShow}, Closed, "2025-10-07", "record completed first"},
		{"a no-show of a case that waits", []EventKind{Postponed}, NoShow, "2025-10-07", "no meeting day yet"},
		{"a contract before the meeting", []EventKind{Held}, Completed, "2025-10-05", "before the meeting"},
		{"a contract by phone", []EventKind{NoShow, Attempt}, Completed, "2025-10-08", ""},
		{"documented before the contract", []EventKind{Held}, Documented, "2025-10-07", "does not fit a case that is meeting held: record completed first"},
		{"documented", []EventKind{Held, Completed}, Documented, "2025-10-07", ""},
		{"documented on a day before the contract", []EventKind{Held, Completed}, Documented, "2025-10-06", "before the contract"},
		{"documented twice", []EventKind{Held, Completed, Documented}, Documented, "2025-10-09", "does not fit"},
		{"referred before the meeting", nil, Referred, "2025-10-07", "record held or no-show first"},
		{"referred, held without a contract", []EventKind{Held}, Referred, "2025-10-07", ""},
		{"referred", []EventKind{Held, Completed}, Referred, "2025-10-07", ""},
		{"referred after a no-show that nobody could mend", []EventKind{NoShow, Attempt}, Referred, "2025-10-09", ""},
		{"moved", nil, Postponed, "2025-10-01", ""},
		{"moved after it was held", []EventKind{Held}, Postponed, "2025-10-07", "does not fit"},
		{"called off", nil, Withdrawn, "2025-10-01", ""},
		{"called off after it was held", []EventKind{Held}, Withdrawn, "2025-10-07", "does not fit"},
		{"a referral taken back", []EventKind{Held, Completed, Referred}, Withdrawn, "2025-10-08", ""},
		{"and the case goes on where it was", []EventKind{Held, Completed, Referred, Withdrawn}, Documented, "2025-10-08", ""},
		{"what was mailed is never denied", []EventKind{Withdrawn}, Mailed, "2025-09-17", ""},
		{"an event nobody knows", nil, "applauded", "2025-10-06", "does not fit"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			err := history(c.before...).Admit(Event{Kind: c.kind, On: districttest.Day(c.on)}, districttest.Day(today))
			switch {
			case c.refusal == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.refusal != "" && (err == nil || !strings.Contains(err.Error(), c.refusal)):
				t.Errorf("refusal %v, want %q", err, c.refusal)
			}
		})
	}
}

func TestWhatIsOnRecordIsToldWithItsDayAndHowToTakeItBack(t *testing.T) {
	const undo = `; where that was a mistake, rollcall case record undo c --event held --why "WORDS" takes it back`
	today := districttest.Day("2025-10-20")
	again := func(c *Case, kind EventKind) string {
		if err := c.Admit(Event{Kind: kind, On: districttest.Day("2025-10-08")}, today); err != nil {
			return err.Error()
		}
		return ""
	}
	held := history(Held)
	if got, want := again(held, Held), "held does not fit a case that is meeting held: it is on record for 2025-10-06"+undo; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	// What a night has acted on stands.
	held.Events = append(held.Events, Event{Kind: BelowThreshold, On: districttest.Day("2025-10-07"), Actor: NightActor})
	if got := again(held, Held); !strings.HasSuffix(got, "it is on record for 2025-10-06") {
		t.Errorf("after a night: %q", got)
	}
	if got := again(history(NoShow), NoShow); !strings.Contains(got, "it is on record for 2025-10-06; ") || !strings.Contains(got, "--event no-show") {
		t.Errorf("no-show: %q", got)
	}
	if got := again(history(Held, Completed), Held); strings.Contains(got, "on record") {
		t.Errorf("held before the contract: %q", got)
	}
}

func TestTheDayAskedForIsToComeAndOfThisSchoolYear(t *testing.T) {
	const asked, today = "2025-10-01", "2025-10-20"
	for day, refusal := range map[string]string{
		"":           "",
		"2025-10-02": "", // recorded late, and has passed since
		"2026-06-30": "",
		"2025-10-01": "--not-before 2025-10-01 is not after 2025-10-01",
		"2025-03-01": "--not-before 2025-03-01 is not after 2025-10-01",
		"2026-07-01": "after the school year 2025-26 of the case, which ends on 2026-06-30",
	} {
		e := Event{Kind: Postponed, On: districttest.Day(asked)}
		if day != "" {
			e.Facts.NotBefore = districttest.Day(day)
		}
		err := history().Admit(e, districttest.Day(today))
		if refusal == "" && err != nil || refusal != "" && (err == nil || !strings.Contains(err.Error(), refusal)) {
			t.Errorf("%q: refusal %v, want %q", day, err, refusal)
		}
	}
}

func TestEveryEventHasAnEdgeAndEveryStateWords(t *testing.T) {
	reached := map[State]bool{}
	for kind, way := range edges {
		if len(way.from) == 0 {
			t.Errorf("%s can never happen", kind)
		}
		reached[way.to] = true
		for _, s := range way.from {
			if s != "" && (s.Words() == "" || strings.Contains(s.Words(), "_")) {
				t.Errorf("state %s has no words", s)
			}
		}
	}
	for _, way := range edges {
		for _, s := range way.from {
			if s != "" && s != StateScheduled && !reached[s] {
				t.Errorf("no edge leads to %s", s)
			}
		}
	}
}

func TestAnEventThatNeverFittedChangesNothing(t *testing.T) {
	c := history(Completed, Documented, Held)
	if got := c.State(); got != StateHeld {
		t.Errorf("%s", got)
	}
}

// What is recorded of an old letter does not say that the family knows of the new
// day.
func TestALetterTellsOfTheMeetingOfItsNight(t *testing.T) {
	day := districttest.Day
	k := history()
	k.Letters = []Letter{
		{ID: "old", Kind: SARTInvitation, Channel: ByMail, RunID: "2025-09-15", IssuedOn: day("2025-09-16")},
		{ID: "notice", Kind: LetterOne, Channel: ByMail, RunID: "2025-09-17", IssuedOn: day("2025-09-18")},
		{ID: "new", Kind: Rescheduled, Channel: ByMail, RunID: "2025-09-17", IssuedOn: day("2025-09-18")},
	}
	k.Events = append(k.Events, Event{Kind: Cancelled, On: day("2025-09-17")}, Event{Kind: Scheduled, On: day("2025-09-17")})
	for id, want := range map[string]State{"old": StateInvited, "notice": StateInvited, "new": StateScheduled} {
		c := *k
		c.Events = append(c.Events[:len(c.Events):len(c.Events)], Event{Kind: Mailed, On: day("2025-09-18"), Facts: Facts{Letters: []string{id}}})
		if got := c.State(); got != want {
			t.Errorf("%s mailed: %s, want %s", id, got, want)
		}
	}
}

func TestAnotherDayIsNotTheOneThatDoesNotSuit(t *testing.T) {
	moved := func(facts Facts) Case {
		return Case{
			Events:  []Event{{Kind: Identified}, {Kind: Scheduled}, {Kind: Postponed, On: october(6), Facts: facts}},
			Past:    []Meeting{{Date: october(30)}},
			Meeting: &Meeting{Date: october(20)},
		}
	}
	again := moved(Facts{})
	again.Events = append(again.Events, Event{Kind: Scheduled})
	back := moved(Facts{})
	back.Past, back.Meeting = append(back.Past, *back.Meeting), nil
	for rule, c := range map[string]struct {
		of   Case
		want district.Date
	}{
		"the day after it":            {moved(Facts{}), october(21)},
		"also once it was given back": {back, october(21)},
		"the day that was named":      {moved(Facts{NotBefore: october(14)}), october(14)},
		"none once another was given": {again, 0},
	} {
		if got := c.of.AskedFor(); got != c.want {
			t.Errorf("%s: %s, want %s", rule, got, c.want)
		}
	}
}
