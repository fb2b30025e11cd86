package intervention

import (
	"cmp"
	"fmt"
	"slices"

	"rollcall/internal/district"
)

// Schedule gives each want of one school a place on a meeting day. It never
// moves a booked meeting, books no room twice, asks no family to be in two
// rooms at once, and answers alike whatever order its input comes in.
//
// SART goes before CART, then who has waited too long (Want.Overdue), then the
// higher rate of absence, then the student ID; in that order each family gets the
// first day with room within its window.
// Brothers and sisters with wants of one kind sit side by side: right after one
// another in one room; where no day has such a run, as near as one day allows;
// else each on their own. A child whose brother is booked already goes beside
// him where a place there is free; where his meeting is of the other kind and both
// teams meet on one day, as near to it as that day allows. Within a day the families
// who need the same interpreter follow each other. Who leads the meetings of a room
// is in no other room at that time.
//
// booked holds the school's meetings, and those at other schools that a family must
// be at: they take no room here.
//
// families gives the household keys of students, for those booked as well as
// those who want; a want whose case has a meeting standing is passed over.
// waiting, in the same order, are those for whom no day within their window has
// room. At most one day of a kind and date is used.
func Schedule(days []MeetingDay, booked []Meeting, wants []Want, families map[string][]string) (made []Meeting, waiting []Want) {
	taken := make([]Meeting, 0, len(booked)+len(wants))
	hasMeeting := map[string]bool{}
	for _, m := range booked {
		if !m.Cancelled {
			taken = append(taken, m)
			hasMeeting[m.CaseID] = true
		}
	}
	slices.SortStableFunc(taken, func(a, b Meeting) int { return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.ID, b.ID)) })
	queue := slices.Clone(wants)
	slices.SortStableFunc(queue, byNeed)
	queue = slices.DeleteFunc(queue, func(w Want) bool {
		if hasMeeting[w.CaseID] {
			return true
		}
		hasMeeting[w.CaseID] = true
		return false
	})
	for _, kind := range []Kind{SART, CART} {
		var ofKind []Want
		for _, w := range queue {
			if w.Kind == kind {
				ofKind = append(ofKind, w)
			}
		}
		given, left := scheduleKind(daysOf(days, kind), taken, ofKind, families)
		// CART sees what SART was given: rooms and families may be the same.
		taken = append(taken, given...)
		made = append(made, given...)
		waiting = append(waiting, left...)
	}
	slices.SortFunc(made, func(a, b Meeting) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Start, b.Start), cmp.Compare(a.Room, b.Room), cmp.Compare(a.CaseID, b.CaseID))
	})
	return made, waiting
}

// byNeed is the order in which families are served. Rates compare by
// cross-multiplication, exactly.
func byNeed(a, b Want) int {
	return cmp.Or(
		cmp.Compare(kindRank(a.Kind), kindRank(b.Kind)),
		compareWaits(a.Overdue, b.Overdue),
		compareRates(b, a),
		cmp.Compare(a.StudentID, b.StudentID), cmp.Compare(a.CaseID, b.CaseID),
	)
}

// compareWaits puts the earlier day first, and those who do not wait last.
func compareWaits(a, b district.Date) int {
	if a.IsZero() != b.IsZero() {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

func compareRates(a, b Want) int {
	// No day enrolled is a rate of 0.
	an, ad, bn, bd := int64(a.Absent), int64(a.Enrolled), int64(b.Absent), int64(b.Enrolled)
	if ad <= 0 {
		an, ad = 0, 1
	}
	if bd <= 0 {
		bn, bd = 0, 1
	}
	return cmp.Compare(an*bd, bn*ad)
}

// daysOf are the days of a kind, one a date, ascending.
func daysOf(days []MeetingDay, kind Kind) []MeetingDay {
	var found []MeetingDay
	for _, d := range days {
		if d.Kind == kind {
			found = append(found, d)
		}
	}
	slices.SortStableFunc(found, func(a, b MeetingDay) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End),
			slices.Compare(a.Rooms, b.Rooms), cmp.Compare(a.SchoolID, b.SchoolID))
	})
	return slices.CompactFunc(found, func(a, b MeetingDay) bool { return a.Date == b.Date })
}

// party are the wants that sit side by side: one student, or siblings.
type party struct {
	wants    []Want // by need
	families []string
	language string
	earliest district.Date
	latest   district.Date
}

// scheduleKind serves the wants of one kind, which come by need.
func scheduleKind(days []MeetingDay, taken []Meeting, wants []Want, families map[string][]string) (made []Meeting, waiting []Want) {
	sheets := make([]*sheet, len(days))
	for i, d := range days {
		sheets[i] = newSheet(d, taken, families)
	}
	for _, p := range parties(wants, families) {
		waiting = append(waiting, seat(sheets, p)...)
	}
	for _, s := range sheets {
		made = append(made, s.meetings()...)
	}
	slices.SortStableFunc(waiting, byNeed)
	return made, waiting
}

// seat gives a party its places and returns who found none.
func seat(sheets []*sheet, p party) (waiting []Want) {
	open := func(s *sheet) bool { return p.earliest <= s.day.Date && s.day.Date <= p.latest }
	for _, way := range []func(*sheet, party) bool{(*sheet).besideSibling, (*sheet).nearSibling, (*sheet).sideBySide, (*sheet).nearby} {
		for _, s := range sheets {
			if open(s) && way(s, p) {
				return nil
			}
		}
	}
	if len(p.wants) == 1 {
		return p.wants
	}
	for _, w := range p.wants {
		alone := p
		alone.wants, alone.earliest, alone.latest = []Want{w}, w.Earliest, w.Latest
		waiting = append(waiting, seat(sheets, alone)...)
	}
	return waiting
}

// parties joins the wants whose families share a household, one leading to the
// next; they come by the need of their first member.
func parties(wants []Want, families map[string][]string) []party {
	leader := make([]int, len(wants))
	find := func(i int) int {
		for leader[i] != i {
			i = leader[i]
		}
		return i
	}
	byKey := map[string]int{}
	keys := make([][]string, len(wants))
	for i, w := range wants {
		leader[i] = i
		keys[i] = familyOf(w.StudentID, w.Family, families)
		for _, key := range keys[i] {
			if other, ok := byKey[key]; ok {
				a, b := find(i), find(other)
				leader[max(a, b)] = min(a, b)
			} else {
				byKey[key] = i
			}
		}
	}
	var all []party
	at := map[int]int{}
	for i, w := range wants {
		first := find(i)
		n, ok := at[first]
		if !ok {
			n = len(all)
			at[first] = n
			all = append(all, party{earliest: w.Earliest, latest: w.Latest})
		}
		p := &all[n]
		p.wants = append(p.wants, w)
		p.families = append(p.families, keys[i]...)
		p.earliest, p.latest = max(p.earliest, w.Earliest), min(p.latest, w.Latest)
		if p.language == "" {
			p.language = interpreter(w.Language)
		}
	}
	for i := range all {
		slices.Sort(all[i].families)
		all[i].families = slices.Compact(all[i].families)
	}
	return all
}

// familyOf is everything by which two meetings are known to be of one family;
// the student is one, so that nobody has two meetings at once.
func familyOf(studentID string, own []string, families map[string][]string) []string {
	keys := []string{"student:" + studentID}
	for _, list := range [][]string{own, families[studentID]} {
		for _, key := range list {
			if key != "" {
				keys = append(keys, "household:"+key)
			}
		}
	}
	return keys
}

// meeting is what a want becomes once it has a place.
func (w Want) meeting(day MeetingDay, room int, start Clock) Meeting {
	m := Meeting{
		ID:     fmt.Sprintf("%s#%d", w.CaseID, w.Sequence),
		CaseID: w.CaseID, StudentID: w.StudentID, SchoolID: day.SchoolID, Kind: w.Kind,
		Date: day.Date, Start: start, End: start + Clock(day.SlotMinutes),
		Room: day.Rooms[room], Place: day.Place, Sequence: w.Sequence,
	}
	if room < len(day.Facilitators) {
		m.Facilitator = day.Facilitators[room]
	}
	return m
}
