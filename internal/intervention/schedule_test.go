package intervention

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/district"
)

const monday = district.Date(739900) // any date serves: Schedule knows no calendar

func meetingDay(kind Kind, after, slots int, rooms ...string) MeetingDay {
	return MeetingDay{
		SchoolID: "A", Kind: kind, Date: monday + district.Date(after), Start: 9 * 60, End: 9*60 + Clock(30*slots), SlotMinutes: 30,
		Rooms: rooms, Place: "Office", Facilitators: []string{"Ms. Ochoa", "Mr. Bell"}, Ordinal: 1,
	}
}

func want(kind Kind, student string, absent int, family ...string) Want {
	return Want{
		CaseID: CaseID(2026, kind, 1, student), StudentID: student, Kind: kind, Absent: absent, Enrolled: 100,
		Family: family, Language: "en", Earliest: monday, Latest: monday + 100,
	}
}

// written is meetings as "student day time room", in their order.
func written(made []Meeting) []string {
	var lines []string
	for _, m := range made {
		lines = append(lines, fmt.Sprintf("%s +%d %s %s", m.StudentID, m.Date-monday, m.Start, m.Room))
	}
	return lines
}

func TestScheduleOrder(t *testing.T) {
	speaks := func(w Want, language string) Want { w.Language = language; return w }
	overdue := func(w Want, since district.Date) Want { w.Overdue = since; return w }
	within := func(w Want, first, last int) Want {
		w.Earliest, w.Latest = monday+district.Date(first), monday+district.Date(last)
		return w
	}
	booked := func(student string, day, slot int, room string) Meeting {
		start := Clock(9*60 + 30*slot)
		return Meeting{ID: student, CaseID: student, StudentID: student, SchoolID: "A", Kind: SART, Date: monday + district.Date(day), Start: start, End: start + 30, Room: room}
	}
	for _, tc := range []struct {
		name     string
		days     []MeetingDay
		booked   []Meeting
		wants    []Want
		families map[string][]string
		want     []string
		waiting  []string
	}{
		{
			name:  "the higher rate first, then the student ID",
			days:  []MeetingDay{meetingDay(SART, 1, 2, "R1"), meetingDay(SART, 8, 2, "R1")},
			wants: []Want{want(SART, "c", 20), want(SART, "b", 10), want(SART, "a", 10), want(SART, "d", 30)},
			want:  []string{"d +1 9:00 AM R1", "c +1 9:30 AM R1", "a +8 9:00 AM R1", "b +8 9:30 AM R1"},
		},
		{
			name:  "SART before CART in one room on one day",
			days:  []MeetingDay{meetingDay(CART, 1, 2, "R1"), meetingDay(SART, 1, 2, "R1")},
			wants: []Want{want(CART, "c", 50), want(SART, "s", 10), want(CART, "d", 40)},
			want:  []string{"s +1 9:00 AM R1", "c +1 9:30 AM R1"}, waiting: []string{"d"},
		},
		{
			name:  "no day of the other kind is used",
			days:  []MeetingDay{meetingDay(CART, 1, 2, "R1")},
			wants: []Want{want(SART, "s", 10)}, waiting: []string{"s"},
		},
		{
			name:  "siblings follow each other in one room, on a later day if need be",
			days:  []MeetingDay{meetingDay(SART, 1, 2, "R1"), meetingDay(SART, 8, 3, "R1")},
			wants: []Want{want(SART, "a", 30), want(SART, "b", 20, "h1", "h2"), want(SART, "c", 10, "h2"), want(SART, "d", 15), want(SART, "e", 5, "h1")},
			want:  []string{"a +1 9:00 AM R1", "d +1 9:30 AM R1", "b +8 9:00 AM R1", "c +8 9:30 AM R1", "e +8 10:00 AM R1"},
		},
		{
			name:   "siblings without a run sit near each other on one day",
			days:   []MeetingDay{meetingDay(SART, 1, 6, "R1")},
			booked: []Meeting{booked("x", 1, 1, "R1"), booked("y", 1, 4, "R1"), booked("z", 1, 3, "R1")},
			wants:  []Want{want(SART, "a", 30, "h"), want(SART, "b", 20, "h")},
			want:   []string{"a +1 9:00 AM R1", "b +1 10:00 AM R1"},
		},
		{
			name:   "siblings for whom no day has room sit apart; none is left out",
			days:   []MeetingDay{meetingDay(SART, 1, 1, "R1", "R2"), meetingDay(SART, 8, 1, "R1")},
			wants:  []Want{want(SART, "a", 30, "h"), want(SART, "b", 20, "h"), want(SART, "c", 10, "h")},
			booked: nil,
			want:   []string{"a +1 9:00 AM R1", "b +8 9:00 AM R1"}, waiting: []string{"c"},
		},
		{
			name:   "a family is never in two rooms at once, a booked sibling counted",
			days:   []MeetingDay{meetingDay(SART, 1, 2, "R1", "R2")},
			booked: []Meeting{booked("big", 1, 0, "R1"), booked("x", 1, 1, "R1")},
			wants:  []Want{want(SART, "a", 30)}, families: map[string][]string{"a": {"h"}, "big": {"h"}},
			want: []string{"a +1 9:30 AM R2"},
		},
		{
			name:   "a CART meeting is not at the hour of a sibling's SART meeting",
			days:   []MeetingDay{meetingDay(CART, 1, 2, "Library")},
			booked: []Meeting{booked("big", 1, 0, "R1")},
			wants:  []Want{want(CART, "a", 30, "h")}, families: map[string][]string{"big": {"h"}},
			want: []string{"a +1 9:30 AM Library"},
		},
		{
			name:   "beside a brother booked before",
			days:   []MeetingDay{meetingDay(SART, 1, 4, "R1"), meetingDay(SART, 8, 4, "R1")},
			booked: []Meeting{booked("big", 8, 1, "R1")},
			wants:  []Want{want(SART, "a", 30, "h"), want(SART, "b", 20)}, families: map[string][]string{"big": {"h"}},
			want: []string{"b +1 9:00 AM R1", "a +8 9:00 AM R1"},
		},
		{
			name:   "a brother's day beyond the horizon is no use",
			days:   []MeetingDay{meetingDay(SART, 1, 4, "R1"), meetingDay(SART, 8, 4, "R1")},
			booked: []Meeting{booked("big", 8, 1, "R1")},
			wants:  []Want{within(want(SART, "a", 30, "h"), 0, 5)}, families: map[string][]string{"big": {"h"}},
			want: []string{"a +1 9:00 AM R1"},
		},
		{
			name:  "who needs one interpreter follows one another",
			days:  []MeetingDay{meetingDay(SART, 1, 6, "R1")},
			wants: []Want{want(SART, "a", 60), speaks(want(SART, "b", 50), "es"), want(SART, "c", 40), speaks(want(SART, "d", 30), "vi"), speaks(want(SART, "e", 20), "es-MX"), speaks(want(SART, "f", 10), "vi")},
			want:  []string{"a +1 9:00 AM R1", "c +1 9:30 AM R1", "b +1 10:00 AM R1", "e +1 10:30 AM R1", "d +1 11:00 AM R1", "f +1 11:30 AM R1"},
		},
		{
			name:  "language never beats need for the day itself",
			days:  []MeetingDay{meetingDay(SART, 1, 2, "R1"), meetingDay(SART, 8, 2, "R1")},
			wants: []Want{speaks(want(SART, "a", 60), "es"), want(SART, "b", 50), speaks(want(SART, "c", 40), "es")},
			want:  []string{"a +1 9:00 AM R1", "b +1 9:30 AM R1", "c +8 9:00 AM R1"},
		},
		{
			name:  "lead and horizon",
			days:  []MeetingDay{meetingDay(SART, 1, 4, "R1"), meetingDay(SART, 8, 4, "R1"), meetingDay(SART, 15, 4, "R1")},
			wants: []Want{within(want(SART, "a", 60), 2, 14), within(want(SART, "b", 50), 16, 30), within(want(SART, "c", 50), 15, 15), within(want(SART, "d", 9), 0, 0)},
			want:  []string{"a +8 9:00 AM R1", "c +15 9:00 AM R1"}, waiting: []string{"b", "d"},
		},
		{
			name:   "a cancelled meeting takes no place, a booked case none twice",
			days:   []MeetingDay{meetingDay(SART, 1, 2, "R1")},
			booked: []Meeting{func() Meeting { m := booked("x", 1, 0, "R1"); m.Cancelled = true; return m }(), func() Meeting { m := booked("b", 1, 1, "R1"); m.CaseID = CaseID(2026, SART, 1, "b"); return m }()},
			wants:  []Want{want(SART, "a", 60), want(SART, "b", 50)},
			want:   []string{"a +1 9:00 AM R1"},
		},
		{
			name:   "a meeting booked when the day was cut otherwise shuts every slot it touches",
			days:   []MeetingDay{meetingDay(SART, 1, 3, "R1")},
			booked: []Meeting{func() Meeting { m := booked("x", 1, 0, "R1"); m.Start, m.End = 9*60+15, 9*60+45; return m }()},
			wants:  []Want{want(SART, "a", 60), want(SART, "b", 50)},
			want:   []string{"a +1 10:00 AM R1"}, waiting: []string{"b"},
		},
		{
			name:  "a child whose brother has the other team's meeting comes on his day, next to it",
			days:  []MeetingDay{meetingDay(CART, 1, 6, "R1", "R2"), meetingDay(CART, 8, 6, "R1", "R2"), meetingDay(SART, 8, 6, "R1", "R2")},
			wants: []Want{want(SART, "a", 60, "h"), want(SART, "b", 70), want(CART, "c", 50, "h"), want(CART, "d", 40)}, families: map[string][]string{"a": {"h"}},
			want: []string{"d +1 9:00 AM R1", "b +8 9:00 AM R1", "a +8 9:30 AM R1", "c +8 10:00 AM R1"},
		},
		{
			name:   "and where his is booked before, beside him all the same",
			days:   []MeetingDay{meetingDay(CART, 1, 6, "R1"), meetingDay(CART, 8, 6, "R1")},
			booked: []Meeting{func() Meeting { m := booked("a", 8, 4, "R2"); m.Kind = SART; return m }()},
			wants:  []Want{want(CART, "c", 50, "h")}, families: map[string][]string{"a": {"h"}},
			want: []string{"c +8 10:30 AM R1"},
		},
		{
			name:   "a family whose child is met at another school then comes at another time, in whatever room",
			days:   []MeetingDay{meetingDay(SART, 1, 2, "R1")},
			booked: []Meeting{func() Meeting { m := booked("b", 1, 0, "R1"); m.SchoolID = "B"; return m }()},
			wants:  []Want{want(SART, "a", 60, "h"), want(SART, "c", 50)}, families: map[string][]string{"b": {"h"}},
			want: []string{"c +1 9:00 AM R1", "a +1 9:30 AM R1"},
		},
		{
			name:  "who has waited too long goes before more need, the longest wait first",
			days:  []MeetingDay{meetingDay(SART, 1, 1, "R1")},
			wants: []Want{want(SART, "a", 60), overdue(want(SART, "c", 90), 8), overdue(want(SART, "b", 10), 7)},
			want:  []string{"b +1 9:00 AM R1"}, waiting: []string{"c", "a"},
		},
		{
			name:   "a large family still fits after smaller ones came first",
			days:   []MeetingDay{meetingDay(SART, 1, 3, "R1", "R2")},
			wants:  []Want{want(SART, "a", 60), want(SART, "b", 50), want(SART, "c", 40, "h"), want(SART, "d", 30, "h"), want(SART, "e", 20, "h")},
			booked: nil,
			want:   []string{"a +1 9:00 AM R1", "c +1 9:00 AM R2", "b +1 9:30 AM R1", "d +1 9:30 AM R2", "e +1 10:00 AM R2"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			made, waiting := Schedule(tc.days, tc.booked, tc.wants, tc.families)
			if diff := cmp.Diff(tc.want, written(made)); diff != "" {
				t.Errorf("made:\n%s", diff)
			}
			var left []string
			for _, w := range waiting {
				left = append(left, w.StudentID)
			}
			if diff := cmp.Diff(tc.waiting, left); diff != "" {
				t.Errorf("waiting:\n%s", diff)
			}
		})
	}
}

func TestMeetingCarriesItsDay(t *testing.T) {
	w := want(SART, "a", 30)
	w.Sequence = 2
	made, _ := Schedule([]MeetingDay{meetingDay(SART, 1, 1, "R1", "R2", "R3")}, nil, []Want{w, want(SART, "b", 20), want(SART, "c", 10)}, nil)
	if len(made) != 3 {
		t.Fatal(made)
	}
	want := Meeting{
		ID: "2026-27/SART-1/a#2", CaseID: "2026-27/SART-1/a", StudentID: "a", SchoolID: "A", Kind: SART, Date: monday + 1,
		Start: 540, End: 570, Room: "R1", Place: "Office", Facilitator: "Ms. Ochoa", Sequence: 2,
	}
	if diff := cmp.Diff(want, made[0]); diff != "" {
		t.Error(diff)
	}
	if made[1].Facilitator != "Mr. Bell" || made[2].Facilitator != "" {
		t.Errorf("facilitators %q, %q", made[1].Facilitator, made[2].Facilitator)
	}
}

// load is a random school: days, families and wants.
type load struct {
	days     []MeetingDay
	wants    []Want
	families map[string][]string
}

func drawLoad(t *rapid.T, siblings bool) load {
	var l load
	for i := range rapid.IntRange(1, 4).Draw(t, "days") {
		for _, kind := range []Kind{SART, CART} {
			if rapid.Bool().Draw(t, "held") {
				rooms := []string{"R1", "R2", "R3"}[:rapid.IntRange(1, 3).Draw(t, "rooms")]
				l.days = append(l.days, meetingDay(kind, 7*i, rapid.IntRange(1, 5).Draw(t, "slots"), rooms...))
			}
		}
	}
	l.families = map[string][]string{}
	for i := range rapid.IntRange(0, 25).Draw(t, "wants") {
		student := fmt.Sprintf("S%02d", i)
		w := want(rapid.SampledFrom([]Kind{SART, CART}).Draw(t, "kind"), student, rapid.IntRange(0, 5).Draw(t, "absent"))
		w.Enrolled = rapid.IntRange(0, 3).Draw(t, "enrolled")
		w.Language = rapid.SampledFrom([]string{"", "en", "es", "vi", "es-MX"}).Draw(t, "language")
		w.Earliest = monday + district.Date(rapid.IntRange(0, 14).Draw(t, "earliest"))
		w.Latest = w.Earliest + district.Date(rapid.IntRange(0, 21).Draw(t, "latest"))
		if siblings {
			w.Family = []string{fmt.Sprintf("h%d", rapid.IntRange(0, 15).Draw(t, "household"))}
		}
		l.families[student] = w.Family
		l.wants = append(l.wants, w)
	}
	return l
}

func TestScheduleKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLoad(t, true)
		some := rapid.IntRange(0, len(l.wants)).Draw(t, "first night")
		first, left := Schedule(l.days, nil, l.wants[:some], l.families)
		second, waiting := Schedule(l.days, first, append(slices.Clone(left), l.wants[some:]...), l.families)
		all := append(slices.Clone(first), second...)

		if len(all)+len(waiting) != len(l.wants) {
			t.Fatalf("%d wants, %d meetings and %d waiting", len(l.wants), len(all), len(waiting))
		}
		wants := map[string]Want{}
		for _, w := range l.wants {
			wants[w.CaseID] = w
		}
		days := map[string]MeetingDay{}
		for _, d := range l.days {
			days[string(d.Kind)+d.Date.String()] = d
		}
		placed := map[string]bool{}
		for i, m := range all {
			w, day := wants[m.CaseID], days[string(m.Kind)+m.Date.String()]
			if placed[m.CaseID] || m.StudentID != w.StudentID || m.Kind != w.Kind {
				t.Fatalf("%+v is not what %+v wants", m, w)
			}
			placed[m.CaseID] = true
			if m.Date < w.Earliest || m.Date > w.Latest {
				t.Fatalf("%s on %s, outside %s to %s", m.CaseID, m.Date, w.Earliest, w.Latest)
			}
			if m.Start < day.Start || m.End > day.End || m.End-m.Start != 30 || !slices.Contains(day.Rooms, m.Room) {
				t.Fatalf("%+v is not on the day %+v", m, day)
			}
			for _, o := range all[:i] {
				if o.Date != m.Date || o.Start >= m.End || m.Start >= o.End {
					continue
				}
				if o.Room == m.Room {
					t.Fatalf("%s and %s in one room at once", o.CaseID, m.CaseID)
				}
				if o.Facilitator == m.Facilitator && m.Facilitator != "" {
					t.Fatalf("%s leads %s and %s at once", m.Facilitator, o.CaseID, m.CaseID)
				}
				if l.families[o.StudentID][0] == l.families[m.StudentID][0] {
					t.Fatalf("%s and %s are one family in two rooms at once", o.CaseID, m.CaseID)
				}
			}
		}
		if made, waiting := Schedule(l.days, all, nil, l.families); len(made)+len(waiting) > 0 {
			t.Fatalf("a rerun without wants made %v", written(made))
		}
		if again, _ := Schedule(l.days, all, waiting, l.families); len(again) > 0 {
			t.Fatalf("a rerun found places for those who wait: %v", written(again))
		}
	})
}

func TestScheduleDoesNotSeeTheOrderOfItsInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLoad(t, true)
		some := rapid.IntRange(0, len(l.wants)).Draw(t, "booked")
		booked, _ := Schedule(l.days, nil, l.wants[:some], l.families)
		made, waiting := Schedule(l.days, booked, l.wants[some:], l.families)
		days := rapid.Permutation(l.days).Draw(t, "days")
		mixed := rapid.Permutation(booked).Draw(t, "booked")
		wants := rapid.Permutation(l.wants[some:]).Draw(t, "wants")
		again, left := Schedule(days, mixed, wants, l.families)
		if diff := cmp.Diff(made, again); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(waiting, left); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestNobodyWithLessNeedGoesFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLoad(t, false)
		made, waiting := Schedule(l.days, nil, l.wants, nil)
		for _, first := range waiting {
			for _, m := range made {
				if m.Kind != first.Kind || m.Date < first.Earliest || m.Date > first.Latest {
					continue
				}
				i := slices.IndexFunc(l.wants, func(w Want) bool { return w.CaseID == m.CaseID })
				if byNeed(first, l.wants[i]) < 0 {
					t.Fatalf("%s waits while %s, with less need, has %s", first.CaseID, m.CaseID, m.Date)
				}
			}
		}
	})
}

func TestALaterDayIsUsedOnlyWhenEarlierOnesAreFull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLoad(t, false)
		made, _ := Schedule(l.days, nil, l.wants, nil)
		held := map[string]int{}
		for _, m := range made {
			held[m.Date.String()+m.Room+m.Start.String()]++
		}
		for _, m := range made {
			i := slices.IndexFunc(l.wants, func(w Want) bool { return w.CaseID == m.CaseID })
			for _, d := range l.days {
				if d.Kind != m.Kind || d.Date < l.wants[i].Earliest || d.Date >= m.Date {
					continue
				}
				for _, room := range d.Rooms {
					for slot := range d.Slots() {
						if held[d.Date.String()+room+(d.Start+Clock(30*slot)).String()] == 0 {
							t.Fatalf("%s is on %s although %s has room", m.CaseID, m.Date, d.Date)
						}
					}
				}
			}
		}
	})
}

func TestSiblingsSitSideBySideWhereThereIsSpace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "wants")
		var wants []Want
		for i := range n {
			w := want(SART, fmt.Sprintf("S%02d", i), rapid.IntRange(0, 50).Draw(t, "absent"), fmt.Sprintf("h%d", rapid.IntRange(0, 6).Draw(t, "household")))
			w.Language = rapid.SampledFrom([]string{"en", "es"}).Draw(t, "language")
			wants = append(wants, w)
		}
		made, waiting := Schedule([]MeetingDay{meetingDay(SART, 1, 20, "R1", "R2")}, nil, wants, nil)
		if len(waiting) > 0 {
			t.Fatalf("%d wait", len(waiting))
		}
		slices.SortFunc(made, func(a, b Meeting) int {
			return strings.Compare(fmt.Sprintf("%s%04d", a.Room, a.Start), fmt.Sprintf("%s%04d", b.Room, b.Start))
		})
		household := map[string]string{}
		for _, w := range wants {
			household[w.StudentID] = w.Family[0]
		}
		for i, m := range made {
			for _, o := range made[:i] {
				if household[o.StudentID] != household[m.StudentID] || o.StudentID == made[i-1].StudentID {
					continue
				}
				if household[made[i-1].StudentID] != household[m.StudentID] {
					t.Fatalf("a stranger between siblings: %v", written(made))
				}
			}
			if i > 0 && household[made[i-1].StudentID] == household[m.StudentID] && (made[i-1].Room != m.Room || made[i-1].End != m.Start) {
				t.Fatalf("siblings apart: %v", written(made))
			}
		}
	})
}

func TestEachInterpretersFamiliesFollowOneAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "wants")
		language := map[string]string{}
		var wants []Want
		for i := range n {
			w := want(CART, fmt.Sprintf("S%02d", i), rapid.IntRange(0, 50).Draw(t, "absent"))
			w.Language = rapid.SampledFrom([]string{"en", "es", "vi", "hmn"}).Draw(t, "language")
			language[w.StudentID] = w.Language
			wants = append(wants, w)
		}
		made, _ := Schedule([]MeetingDay{meetingDay(CART, 1, 20, "R1")}, nil, wants, nil)
		var order []string
		for _, m := range made {
			order = append(order, language[m.StudentID])
		}
		if clusters := slices.Compact(order); len(clusters) > 4 || hasRepeat(clusters) {
			t.Fatalf("languages in turn: %v", clusters)
		}
	})
}

func hasRepeat(list []string) bool {
	sorted := slices.Sorted(slices.Values(list))
	return len(slices.Compact(sorted)) != len(list)
}

func BenchmarkScheduleOfALargeSchool(b *testing.B) {
	var days []MeetingDay
	for i := range 10 {
		days = append(days, meetingDay(SART, 7*i, 8, "R1", "R2"), meetingDay(CART, 7*i+1, 12, "R1", "R2"))
	}
	var wants []Want
	families := map[string][]string{}
	for i := range 700 {
		kind := CART
		if i%4 == 0 {
			kind = SART
		}
		w := want(kind, fmt.Sprintf("S%03d", i), i*37%100, fmt.Sprintf("h%d", i*13%500))
		w.Language = []string{"en", "es", "en", "vi"}[i%4]
		families[w.StudentID] = w.Family
		wants = append(wants, w)
	}
	b.ReportAllocs()
	for b.Loop() {
		Schedule(days, nil, wants, families)
	}
}
