package intervention

import (
	"cmp"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// leader is a facilitator; key tells the same person at several schools.
type leader struct{ name, key string }

// leaders are a school's facilitators, else its admins (AP, Dean or Admin Designee),
// in the file's order, each name once.
func leaders(d *district.District, schoolID string) []leader {
	staff := d.StaffOf(schoolID, district.Facilitator)
	if len(staff) == 0 {
		staff = d.StaffOf(schoolID, district.Admin)
	}
	var all []leader
	for _, s := range staff {
		if s.Name == "" || slices.ContainsFunc(all, func(l leader) bool { return l.name == s.Name }) {
			continue
		}
		key := strings.ToLower(strings.TrimSpace(s.Email))
		if key == "" {
			key = schoolID + "/" + s.Name
		}
		all = append(all, leader{s.Name, key})
	}
	return all
}

// inTurn are those who lead the rooms of a new day: one a room, going on from day to
// day where the last one ended. Who leads meetings at another school on that date is
// passed over. leading is by key the school of each leader of the date, and is added
// to.
func (t *track) inTurn(day MeetingDay, leading map[string]string) []string {
	n, rooms := len(t.leaders), len(day.Rooms)
	var names []string
	for i := range n {
		l := t.leaders[(max(day.Ordinal-1, 0)*min(rooms, n)+i)%n]
		if at, busy := leading[l.key]; len(names) < rooms && (!busy || at == t.school.ID) {
			names = append(names, l.name)
			leading[l.key] = t.school.ID
		}
	}
	return names
}

// visits are where the specialists are on one date.
type visits struct {
	travel Clock              // from school to school; 0: nobody serves two
	of     map[string][]visit // by specialist
}

// visit is a school's hours on the date.
type visit struct {
	*track
	start, end Clock
}

func newVisits(travelMinutes int) visits {
	return visits{travel: Clock(travelMinutes), of: map[string][]visit{}}
}

// bind gives a school a specialist of its own for its day; false where all are at
// other schools then. Those bound before may get another of theirs, so that who
// finds one does not depend on the order in which the others came.
func (v visits) bind(t *track, day MeetingDay) bool {
	return v.seek(visit{t, day.Start, day.End}, map[string]bool{})
}

func (v visits) seek(x visit, tried map[string]bool) bool {
	for _, s := range x.specialists {
		if tried[s] {
			continue
		}
		tried[s] = true
		var free, clash []visit
		for _, o := range v.of[s] {
			if v.apart(x, o) {
				free = append(free, o)
			} else {
				clash = append(clash, o)
			}
		}
		if len(clash) == 0 || len(clash) == 1 && v.seek(clash[0], tried) {
			v.of[s] = append(free, x)
			return true
		}
	}
	return false
}

// apart reports whether one person can be at both.
func (v visits) apart(a, b visit) bool {
	return v.travel > 0 && (a.end+v.travel <= b.start || b.end+v.travel <= a.start)
}

// shared are the names of the schools bound that share a specialist with t, by
// school ID.
func (v visits) shared(t *track) []string {
	var others []*track
	for _, visits := range v.of {
		for _, o := range visits {
			if !slices.Contains(others, o.track) && slices.ContainsFunc(o.specialists, func(s string) bool { return slices.Contains(t.specialists, s) }) {
				others = append(others, o.track)
			}
		}
	}
	slices.SortFunc(others, func(a, b *track) int { return cmp.Compare(a.school.ID, b.school.ID) })
	names := make([]string, len(others))
	for i, o := range others {
		names[i] = cmp.Or(o.school.Name, o.school.ID)
	}
	return names
}
