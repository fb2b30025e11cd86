package pipeline

import (
	"context"
	"fmt"
	"slices"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
)

// gate looks for what stops the school's night for a person. Every reason is
// said, since whoever approves the night answers for all of them.
func (a *Assessed) gate() {
	for _, h := range a.Holds {
		if h.SchoolID == a.Snapshot.School.ID {
			a.stop(h.Words(), fmt.Sprintf("the first night after the hold goes on by itself; to end it: rollcall release %s", h.SchoolID))
		}
	}
	calendar := a.District.Calendars[a.Snapshot.School.ID]
	if len(calendar.All()) == 0 {
		// Without a day no rule holds: nobody could answer for what that takes back.
		a.stop(fmt.Sprintf("the export's calendar has no instructional day in %s: no day can be counted", a.District.Year), "mend calendar.csv")
		return
	}
	latest := calendar.OnOrBefore(a.Run.AsOf)
	if latest.IsZero() {
		return // before the first day of school
	}
	missing := a.unsubmitted(calendar.Days(a.District.Year.First(), latest))
	if a.approved() {
		return
	}
	a.doubt(missing, passes)
	a.doubt(a.crowded(latest), passes)
}

// onHold are the students about whom nothing is decided or written tonight, and
// why.
func (x *Extracted) onHold() map[string]string {
	why := map[string]string{}
	for _, h := range x.Holds {
		if h.StudentID != "" {
			why[h.StudentID] = h.Words()
		}
	}
	return why
}

// stop holds the school's night for one more reason.
func (a *Assessed) stop(why, mend string) {
	if a.Held == "" {
		a.Held, a.Mend = why, mend
		return
	}
	a.Held += "; " + why
}

// How a doubt ends that nobody overrules: of the day that is looked at, with the
// next one; of what is to be issued, not by waiting.
const (
	passes = "the next night whose day is whole goes on by itself"
	stays  = "each night asks again until one is approved or the records are mended"
)

// doubt stops the night for a reason that a person can overrule; an empty one is
// none.
func (a *Assessed) doubt(why, unless string) {
	if why != "" {
		a.stop(why, unless+"; to issue this one: "+a.approval())
	}
}

// approval is the command that issues the school's night.
func (a *Assessed) approval() string {
	return fmt.Sprintf("rollcall approve %s %s", a.Run.ID, a.Snapshot.School.ID)
}

// before is how many school days say what is usual.
const before = 20

// unsubmitted looks for attendance that did not arrive, for the absence of data
// is not presence: the days up to the latest one without a row, although rows
// were usual before them. (data.md, last point)
func (a *Assessed) unsubmitted(days []district.Date) (why string) {
	school := a.Snapshot.School.ID
	rows := make(map[district.Date]int, len(days))
	for i := range a.Snapshot.Students {
		for _, m := range a.Snapshot.Students[i].Marks {
			if m.SchoolID == school {
				rows[m.Date]++
			}
		}
	}
	first := len(days) // of the days without a row
	for first > 0 && rows[days[first-1]] == 0 {
		first--
	}
	missing := days[first:]
	a.Gaps = a.gaps(rows, days[:first])
	counted := 0 // open cases that stand on days which the export does not name any more
	for _, c := range a.History.Cases {
		if c.SchoolID == school && c.IsOpen() && len(c.Reason.Dates) > 0 {
			counted++
		}
	}
	switch {
	case len(missing) == 0:
		return ""
	case first == 0 && len(days) > before && counted > 0:
		a.Stale = days[0] - 1
		return fmt.Sprintf("no attendance rows at all in %s, although %d open cases counted some: attendance was not submitted", a.District.Year, counted)
	case first < before:
		return "" // too early in the year to know what is usual
	}
	usual := median(rows, days[first-before:first])
	if usual < float64(a.Settings.Safety.QuietDayMedian) {
		return ""
	}
	a.Stale = days[first-1]
	if len(missing) == 1 {
		return fmt.Sprintf("no attendance rows for %s, although %g a day are usual: the day was not submitted", missing[0], usual)
	}
	return fmt.Sprintf("no attendance rows for the %d school days from %s to %s, although %g a day are usual: they were not submitted",
		len(missing), missing[0], missing[len(missing)-1], usual)
}

// gaps are the days of a term without a row that later days followed, although
// rows were usual before them. They hold nothing up, for they would every night
// from then on; but nobody was present by them.
func (a *Assessed) gaps(rows map[district.Date]int, days []district.Date) (gaps []district.Date) {
	var submitted []district.Date
	for _, day := range days {
		n := len(submitted)
		if rows[day] == 0 && n >= before && median(rows, submitted[n-before:]) >= float64(a.Settings.Safety.QuietDayMedian) {
			gaps = append(gaps, day)
		} else {
			submitted = append(submitted, day)
		}
	}
	return gaps
}

// median is the middle of the days' rows; of an even number of days the two
// middle ones halved.
func median(rows map[district.Date]int, days []district.Date) float64 {
	counts := make([]int, len(days))
	for i, d := range days {
		counts[i] = rows[d]
	}
	slices.Sort(counts)
	n := len(counts)
	return float64(counts[(n-1)/2]+counts[n/2]) / 2
}

// crowded looks for a day that cannot be true: more of the pupils absent than
// anybody believes without a look.
func (a *Assessed) crowded(latest district.Date) (why string) {
	absent := 0
	for i := range a.Entries {
		e := &a.Entries[i]
		if e.Enrollment.SchoolID != a.Snapshot.School.ID {
			continue
		}
		if slices.ContainsFunc(e.Standing.Absences, func(d attendance.Day) bool { return d.Date == latest }) {
			absent++
		}
	}
	if a.Enrolled == 0 || float64(100*absent) <= a.Settings.Safety.AbsentShare*float64(a.Enrolled) {
		return ""
	}
	return fmt.Sprintf("%d of %d students absent on %s: more than %g %% on one day is not believed without a look", absent, a.Enrolled, latest, a.Settings.Safety.AbsentShare)
}

// schedule lays the decision out in time. Where the district wants to see first
// what would be issued, it waits for an approval.
func schedule(_ context.Context, d Decided) (Scheduled, error) {
	s, err := lay(d)
	if err == nil && d.Held == "" && d.Settings.Safety.Manual && !d.approved() && s.issues() {
		d.stop("what it would issue waits for approval: the district has every night looked at first", "to issue it: "+d.approval())
		return lay(d)
	}
	return s, err
}

// issues reports whether the plan changes anything.
func (s *Scheduled) issues() bool {
	p := &s.Plan
	return len(p.Opened)+len(p.Appended)+len(p.Meetings)+len(p.Letters)+len(p.Withdrawn)+len(p.Moved) > 0
}
