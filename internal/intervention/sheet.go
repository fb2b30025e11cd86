package intervention

import (
	"slices"
	"strings"

	"rollcall/internal/district"
)

// sheet is one meeting day being filled: rooms down, slots across. What was
// booked before tonight stands; what tonight adds may still change places until
// the last family is seated, so that an interpreter's families can sit together.
type sheet struct {
	day MeetingDay
	// shut[room][slot] is a place taken before tonight, busy[slot] the families
	// who are in some room then.
	shut [][]bool
	busy []map[string]bool
	// booked are this kind's meetings of the day, others those of the other kind, for
	// the siblings to come.
	booked, others []appointment

	free    int // places neither shut nor given tonight
	guests  []guest
	present seating // where each guest sits, guests' order
}

type appointment struct {
	Meeting
	families []string
}

// guest is a party that was promised the day. A party with fixed places, beside
// a sibling or spread over the day, keeps them; the others may be moved.
type guest struct {
	party
	fixed []place // one for each want; nil for a run anywhere
}

type place struct{ room, slot int }

// seating is the places of each guest's wants.
type seating [][]place

func newSheet(day MeetingDay, taken []Meeting, families map[string][]string) *sheet {
	slots := day.Slots()
	s := &sheet{day: day, shut: make([][]bool, len(day.Rooms)), busy: make([]map[string]bool, slots)}
	for i := range s.busy {
		s.busy[i] = map[string]bool{}
	}
	for room := range s.shut {
		s.shut[room] = make([]bool, slots)
	}
	for _, m := range taken {
		if m.Date != day.Date {
			continue
		}
		keys := familyOf(m.StudentID, nil, families)
		here := m.SchoolID == day.SchoolID
		switch {
		case !here:
		case m.Kind == day.Kind:
			s.booked = append(s.booked, appointment{m, keys})
		default:
			s.others = append(s.others, appointment{m, keys})
		}
		for slot := range slots {
			// By the clock, not by number: the day may have been cut differently
			// when the meeting was booked, or the meeting be of the other kind.
			if start := s.start(slot); m.Start < start+Clock(day.SlotMinutes) && start < m.End {
				for _, key := range keys {
					s.busy[slot][key] = true
				}
				for room, name := range day.Rooms {
					led := m.Facilitator != "" && room < len(day.Facilitators) && day.Facilitators[room] == m.Facilitator
					s.shut[room][slot] = s.shut[room][slot] || here && (led || name == m.Room)
				}
			}
		}
	}
	for _, row := range s.shut {
		for _, shut := range row {
			if !shut {
				s.free++
			}
		}
	}
	return s
}

func (s *sheet) start(slot int) Clock { return s.day.Start + Clock(slot*s.day.SlotMinutes) }

// table is the sheet with some guests on it.
type table struct {
	*sheet
	used  [][]bool
	there []map[string]bool // families tonight's guests bring, by slot
}

func (s *sheet) table() *table {
	t := &table{sheet: s, used: make([][]bool, len(s.shut)), there: make([]map[string]bool, len(s.busy))}
	for room := range s.shut {
		t.used[room] = slices.Clone(s.shut[room])
	}
	for slot := range t.there {
		t.there[slot] = map[string]bool{}
	}
	return t
}

// canSit reports whether a family can be at a place.
func (t *table) canSit(families []string, p place) bool {
	if p.slot < 0 || p.slot >= len(t.busy) || t.used[p.room][p.slot] {
		return false
	}
	for _, key := range families {
		if t.busy[p.slot][key] || t.there[p.slot][key] {
			return false
		}
	}
	return true
}

func (t *table) sit(families []string, places []place) {
	for _, p := range places {
		t.used[p.room][p.slot] = true
		for _, key := range families {
			t.there[p.slot][key] = true
		}
	}
}

// run is the first place at or after from, room by room, where n wants of a
// family follow each other in one room.
func (t *table) run(families []string, n int, from place) []place {
	for room := from.room; room < len(t.used); room++ {
		first := 0
		if room == from.room {
			first = from.slot
		}
		length := 0
		for slot := first; slot < len(t.busy); slot++ {
			if !t.canSit(families, place{room, slot}) {
				length = 0
				continue
			}
			if length++; length == n {
				return places(room, slot-n+1, n)
			}
		}
	}
	return nil
}

func places(room, slot, n int) []place {
	run := make([]place, n)
	for i := range run {
		run[i] = place{room, slot + i}
	}
	return run
}

// sideBySide promises a party the day if all its wants can sit in one run.
func (s *sheet) sideBySide(p party) bool { return s.admit(guest{party: p}) }

// besideSibling promises the places right after or before the meeting of a
// brother or sister who is booked.
func (s *sheet) besideSibling(p party) bool {
	for _, m := range s.booked {
		if !shareFamily(p.families, m.families) {
			continue
		}
		room := slices.Index(s.day.Rooms, m.Room)
		for slot := range s.busy {
			n := len(p.wants)
			switch {
			case room < 0:
			case s.start(slot) == m.End && s.admit(guest{p, places(room, slot, n)}):
				return true
			case slot >= n && s.start(slot) == m.Start && s.admit(guest{p, places(room, slot-n, n)}):
				return true
			}
		}
	}
	return false
}

// nearSibling promises the day on which a brother or sister has a meeting of the
// other kind, so that the family comes once: the places nearest to it.
func (s *sheet) nearSibling(p party) bool {
	siblings := slices.DeleteFunc(slices.Clone(s.others), func(m appointment) bool { return !shareFamily(p.families, m.families) })
	if len(siblings) == 0 {
		return false
	}
	var best []place
	var least Clock
	t := s.table()
	for i, g := range s.guests {
		t.sit(g.families, s.present[i])
	}
	n := len(p.wants)
	for _, m := range siblings {
		for room := range t.used {
			for slot := 0; slot+n <= len(t.busy); slot++ {
				run := places(room, slot, n)
				if slices.ContainsFunc(run, func(at place) bool { return !t.canSit(p.families, at) }) {
					continue
				}
				start, end := s.start(slot), s.start(slot+n)
				if gap := max(start-m.End, m.Start-end); best == nil || gap < least {
					best, least = run, gap
				}
			}
		}
	}
	return best != nil && s.admit(guest{p, best})
}

func shareFamily(a, b []string) bool {
	for _, key := range a {
		if slices.Contains(b, key) {
			return true
		}
	}
	return false
}

// nearby promises the day to siblings for whom it has no run, in the places of
// different times that lie nearest to each other.
func (s *sheet) nearby(p party) bool {
	if len(p.wants) == 1 || s.free < len(p.wants) {
		return false
	}
	t := s.table()
	for i, g := range s.guests {
		t.sit(g.families, s.present[i])
	}
	var times []place // one for each slot, in the room of the place before if it can be
	for slot := range s.busy {
		for i := range s.day.Rooms {
			room := i
			if n := len(times); n > 0 {
				room = (times[n-1].room + i) % len(s.day.Rooms)
			}
			if t.canSit(p.families, place{room, slot}) {
				times = append(times, place{room, slot})
				break
			}
		}
	}
	n := len(p.wants)
	best := -1
	for i := 0; i+n <= len(times); i++ {
		if best < 0 || times[i+n-1].slot-times[i].slot < times[best+n-1].slot-times[best].slot {
			best = i
		}
	}
	return best >= 0 && s.admit(guest{p, slices.Clone(times[best : best+n])})
}

// admit adds a guest if everyone then has a place. It first seats the day anew,
// each interpreter's families together; where that leaves somebody standing,
// the largest parties first; and else keeps the others where they are.
func (s *sheet) admit(g guest) bool {
	n := len(g.wants)
	if s.free < n {
		return false
	}
	guests := append(slices.Clone(s.guests), g)
	seats := s.seatInOrder(guests, byInterpreter(guests))
	if seats == nil {
		seats = s.seatInOrder(guests, bySize(guests))
	}
	if seats == nil {
		seats = s.squeeze(g)
	}
	if seats == nil {
		return false
	}
	s.guests, s.present, s.free = guests, seats, s.free-n
	return true
}

// squeeze keeps tonight's guests where they are and finds a place for one more.
func (s *sheet) squeeze(g guest) seating {
	t := s.table()
	for i, other := range s.guests {
		t.sit(other.families, s.present[i])
	}
	seats := append(slices.Clone(s.present), t.find(g, place{}))
	if seats[len(seats)-1] == nil {
		return nil
	}
	return seats
}

// find is where a guest can sit at or after a place, nil for nowhere.
func (t *table) find(g guest, from place) []place {
	if g.fixed == nil {
		return t.run(g.families, len(g.wants), from)
	}
	for _, p := range g.fixed {
		if !t.canSit(g.families, p) {
			return nil
		}
	}
	return g.fixed
}

// seatInOrder seats the guests with fixed places, then the others in order, each
// after the one before where that can be; nil where somebody finds no place.
func (s *sheet) seatInOrder(guests []guest, order []int) seating {
	t := s.table()
	seats := make(seating, len(guests))
	for i, g := range guests {
		if g.fixed == nil {
			continue
		}
		if seats[i] = t.find(g, place{}); seats[i] == nil {
			return nil
		}
		t.sit(g.families, seats[i])
	}
	var next place
	for _, i := range order {
		g := guests[i]
		if g.fixed != nil {
			continue
		}
		if seats[i] = t.find(g, next); seats[i] == nil {
			if seats[i] = t.find(g, place{}); seats[i] == nil {
				return nil
			}
		}
		t.sit(g.families, seats[i])
		next = seats[i][len(seats[i])-1]
	}
	return seats
}

// byInterpreter orders guests, who come by need, so that those of one language
// follow each other; the language whose first family needs most comes first.
func byInterpreter(guests []guest) []int {
	rank := map[string]int{}
	for _, g := range guests {
		if _, ok := rank[g.language]; !ok {
			rank[g.language] = len(rank)
		}
	}
	return ordered(guests, func(g guest) int { return rank[g.language] })
}

func bySize(guests []guest) []int { return ordered(guests, func(g guest) int { return -len(g.wants) }) }

func ordered(guests []guest, key func(guest) int) []int {
	order := make([]int, len(guests))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return key(guests[a]) - key(guests[b]) })
	return order
}

// meetings is the sheet as it stands.
func (s *sheet) meetings() []Meeting {
	var made []Meeting
	for i, g := range s.guests {
		for j, w := range g.wants {
			p := s.present[i][j]
			made = append(made, w.meeting(s.day, p.room, s.start(p.slot)))
		}
	}
	return made
}

// interpreter is the language a family needs one for, empty for English; es and
// es-MX need the same.
func interpreter(tag string) string {
	if tag == "" || district.IsEnglish(tag) {
		return ""
	}
	primary, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(tag)), "_", "-"), "-")
	return primary
}
