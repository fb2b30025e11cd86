package pipeline

import (
	"cmp"
	"context"
	"slices"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// Source is the student information system, read once for a night.
type Source interface {
	District() *district.District
	School(ctx context.Context, id string) (*district.Snapshot, error)
	// Find is a student by ID, nil where the district has none.
	Find(ctx context.Context, id string) (*district.Student, error)
	// Tied are groups of schools that have a student or a household in common; also are
	// further schools, by student ID, where a student is on record.
	Tied(also map[string][]string) [][]string
}

// Rememberer answers what was done before.
type Rememberer interface {
	// MeetingDays are the district's of the year, past ones included.
	MeetingDays(ctx context.Context, year district.SchoolYear) (days, booked []intervention.MeetingDay, err error)
	History(ctx context.Context, year district.SchoolYear, schoolID string, from district.Date, students []string) (intervention.History, error)
	// MeetingsElsewhere are the meetings standing at other schools from a day on of the
	// students named.
	MeetingsElsewhere(ctx context.Context, schoolID string, from district.Date, students []string) ([]intervention.Meeting, error)
	// HoldsOn are the holds, of schools and students, that stand in a night.
	HoldsOn(ctx context.Context, asOf district.Date) ([]intervention.Hold, error)
	// PolicyTexts are the texts of policies by hash.
	PolicyTexts(ctx context.Context, hashes []string) (map[string]string, error)
}

// Extracted is one school's rows and what the ledger remembers beside them.
type Extracted struct {
	Tonight
	Snapshot *district.Snapshot
	History  intervention.History
	// Former are the policies, other than tonight's, that opened these cases.
	Former map[string]intervention.Former
	// Elsewhere are the meetings to come at other schools of the school's students and
	// of their brothers and sisters there, Siblings the households of those: a family is
	// in one place at a time.
	Elsewhere []intervention.Meeting
	Siblings  map[string][]string
	// Missing are the cases of this school, open or with a meeting to come, whose
	// student is nowhere in the export.
	Missing []intervention.Case
	// Crowded is where the Attendance Specialist is on each of the rule's SART days
	// within the horizon, for a school that was given none.
	Crowded []string
	// Holds are the district's, of schools and students, that stand tonight.
	Holds []intervention.Hold
}

// extract reads a school: its students with all their rows of the year, at
// other schools too.
func extract(source Source, ledger Rememberer, t Tonight) func(context.Context, string) (Extracted, error) {
	return func(ctx context.Context, schoolID string) (Extracted, error) {
		snapshot, err := source.School(ctx, schoolID)
		if err != nil {
			return Extracted{}, err
		}
		ids := make([]string, len(snapshot.Students))
		for i := range snapshot.Students {
			ids[i] = snapshot.Students[i].ID
		}
		history, err := ledger.History(ctx, t.District.Year, schoolID, t.Run.AsOf+1, ids)
		if err != nil {
			return Extracted{}, err
		}
		// The ledger keeps a day as long as somebody is booked on it; whether it is a
		// school day tonight's calendar says. No family is placed on one that is none,
		// and no paper calls anybody to a meeting there.
		history.Days = intervention.OnSchoolDays(t.District, history.Days)
		history.Booked = slices.DeleteFunc(slices.Clone(history.Booked), func(m intervention.Meeting) bool {
			return t.District.Calendars[schoolID].Closed(m.Date)
		})
		holds, err := ledger.HoldsOn(ctx, t.Run.AsOf)
		if err != nil {
			return Extracted{}, err
		}
		former, err := former(ctx, ledger, t.Policy.Hash, history.Cases)
		if err != nil {
			return Extracted{}, err
		}
		x := Extracted{Tonight: t, Snapshot: snapshot, History: history, Holds: holds, Former: former}
		if err := x.follow(ctx, source, ids); err != nil {
			return Extracted{}, err
		}
		if err := x.kin(ctx, ledger); err != nil {
			return Extracted{}, err
		}
		return x, x.crowded(ctx, ledger)
	}
}

// kin looks for the meetings at other schools of the school's students and of their
// brothers and sisters there.
func (x *Extracted) kin(ctx context.Context, ledger Rememberer) (err error) {
	here := x.Snapshot.School.ID
	var ids []string
	for i := range x.Snapshot.Students {
		ids = append(ids, x.Snapshot.Students[i].ID)
	}
	x.Siblings = map[string][]string{}
	for i := range x.Snapshot.Kin {
		s := &x.Snapshot.Kin[i]
		x.Siblings[s.ID] = families(s)
		ids = append(ids, s.ID)
	}
	slices.Sort(ids)
	x.Elsewhere, err = ledger.MeetingsElsewhere(ctx, here, x.Run.AsOf+1, slices.Compact(ids))
	return err
}

// crowded looks at the whole district's days where the school has no SART day.
func (x *Extracted) crowded(ctx context.Context, ledger Rememberer) error {
	from, to := x.horizon(x.Snapshot.School.ID)
	if slices.ContainsFunc(x.History.Days, func(d intervention.MeetingDay) bool {
		return d.Kind == intervention.SART && from <= d.Date && d.Date <= to
	}) {
		return nil
	}
	days, _, err := ledger.MeetingDays(ctx, x.District.Year)
	if err != nil {
		return err
	}
	x.Crowded = intervention.Crowded(x.Settings.Meetings, x.District, x.Snapshot.School, from, to, days)
	return nil
}

// former compiles the policies other than tonight's by which cases were opened,
// from the texts that the ledger keeps: what was decided goes by them.
func former(ctx context.Context, ledger Rememberer, tonight string, cases []intervention.Case) (map[string]intervention.Former, error) {
	var hashes []string
	for i := range cases {
		if hash := cases[i].OpenedBy(); hash != tonight && !slices.Contains(hashes, hash) {
			hashes = append(hashes, hash)
		}
	}
	texts, err := ledger.PolicyTexts(ctx, hashes)
	if err != nil {
		return nil, err
	}
	policies := make(map[string]intervention.Former, len(hashes))
	for _, hash := range hashes {
		p, err := intervention.Restore(hash, texts[hash])
		policies[hash] = intervention.Former{Policy: p, Err: err}
	}
	return policies, nil
}

// follow looks for students who have an open case or a meeting at the school and
// are no longer among its students: those whom the export still names elsewhere
// join the snapshot.
func (x *Extracted) follow(ctx context.Context, source Source, here []string) error {
	known := make(map[string]bool, len(here))
	for _, id := range here {
		known[id] = true
	}
	var joined []district.Student
	for _, c := range x.History.Cases {
		booked := c.Meeting != nil && c.Meeting.Date > x.Run.AsOf
		if known[c.StudentID] || !c.IsOpen() && !booked || c.SchoolID != x.Snapshot.School.ID {
			continue
		}
		s, err := source.Find(ctx, c.StudentID)
		if err != nil {
			return err
		}
		if s == nil {
			x.Missing = append(x.Missing, c)
			continue
		}
		known[c.StudentID] = true
		joined = append(joined, *s)
	}
	if len(joined) > 0 {
		wider := *x.Snapshot
		wider.Students = slices.Concat(wider.Students, joined)
		slices.SortFunc(wider.Students, func(a, b district.Student) int { return cmp.Compare(a.ID, b.ID) })
		x.Snapshot = &wider
	}
	return nil
}
