package attendance

import (
	"slices"

	"rollcall/internal/district"
)

// Tier is the band of a rate of absence.
type Tier string

// The tiers, least to most.
const (
	Satisfactory Tier = "satisfactory"
	AtRisk       Tier = "at_risk"
	Chronic      Tier = "chronic"
	Severe       Tier = "severe"
)

// Tiers lists them in order.
var Tiers = []Tier{Satisfactory, AtRisk, Chronic, Severe}

// Standing is a student's attendance as of a date, this school year, in the
// district; counts are of days unless said otherwise.
type Standing struct {
	StudentID, SchoolID, Grade string // school and grade of the enrollment open on AsOf
	AsOf                       district.Date

	DaysEnrolled int // D
	DaysAbsent   int // A: full days of every category, pending included
	// A by category; matured unverified days are unexcused.
	DaysExcused, DaysUnexcused, DaysPending, DaysSuspended, DaysIndependentStudyIncomplete int

	PartialDayTruancies int // days, at most one event a day
	TruancyEvents       int // T = DaysUnexcused + PartialDayTruancies

	// AbsencesByMonth is A in each successive block of Rules.MonthDays enrolled
	// days; the last may be incomplete. EveryMonth is the least of the complete
	// ones, 0 where none is.
	AbsencesByMonth []int
	EveryMonth      int
	MonthDays       int // the block length used

	SchoolDaysEnrolled, SchoolDaysAbsent int // the same counts on the days the current school owns

	Tier                                 Tier
	Chronic, ChronicState                bool
	CompulsoryAge, Truant, ChronicTruant bool

	// Absences and Truancies are the evidence, by date: the full-day absences,
	// and the truancy events (unexcused full days and partial-day truancies).
	Absences, Truancies []Day
	// Uncounted are days with rows that count as neither, each with its reason.
	Uncounted []Day
	// Faults are what made the figures less sure, for a person to mend.
	Faults []Fault
}

// Fault is a gap in the data of one student that touches the figures.
type Fault struct {
	Date    district.Date // zero where it concerns the student as such
	Problem string        // what is missing or doubtful, and the mend, in plain words
}

// AbsenceRate is A/D, 0 where D is 0.
func (s *Standing) AbsenceRate() float64 { return quotient(s.DaysAbsent, s.DaysEnrolled) }

// UnexcusedRate is DaysUnexcused/D, 0 where D is 0.
func (s *Standing) UnexcusedRate() float64 { return quotient(s.DaysUnexcused, s.DaysEnrolled) }

// AbsencesPerMonth is A for each school month of MonthDays enrolled days.
func (s *Standing) AbsencesPerMonth() float64 {
	return quotient(s.MonthDays*s.DaysAbsent, s.DaysEnrolled)
}

func quotient(a, d int) float64 {
	if d == 0 {
		return 0
	}
	return float64(a) / float64(d)
}

// LawTruant is how many truancy events make a pupil a truant (EC 48260(a)),
// whatever a district's policy asks for.
const LawTruant = 3

// UnderLaw are the truancy events of days on which the student was of compulsory
// age (EC 48200), by date: those that a notice of truancy may name. Truant goes by
// the age on the as-of date alone (rules.md 3), and so counts a child who turned
// six last week for days before.
func (s *Standing) UnderLaw(st *district.Student, rules Rules) []Day {
	if !s.CompulsoryAge {
		return nil
	}
	if !hasBirthdate(st, s.AsOf) {
		return s.Truancies
	}
	first := slices.IndexFunc(s.Truancies, func(day Day) bool {
		age, _ := st.AgeOn(day.Date)
		return age >= rules.CompulsoryFrom
	})
	if first < 0 {
		return nil
	}
	return s.Truancies[first:]
}

// chronicTruantPercent is the law's own figure (EC 48263.6), whatever a
// district's policy calls chronic.
const chronicTruantPercent = 10

// count adds one judged day, its absence to those of its month too; days come by
// date.
func (s *Standing) count(v *verdict, months []int) {
	if v.minutesMissing {
		s.Faults = append(s.Faults, Fault{Date: v.decisive.Date,
			Problem: "a tardy has no minutes and is not counted: enter minutes_missed in the student information system"})
	}
	switch v.kind {
	case PartialDayTruancy:
		s.PartialDayTruancies++
		return
	case Attended:
		return
	}
	s.DaysAbsent++
	if v.decisive.SchoolID == s.SchoolID {
		s.SchoolDaysAbsent++
	}
	if len(months) > 0 {
		months[v.nth/s.MonthDays]++
	}
	switch v.category {
	case district.Excused:
		s.DaysExcused++
	case district.Unexcused:
		s.DaysUnexcused++
	case district.Unverified:
		s.DaysPending++
	case district.Suspension:
		s.DaysSuspended++
	case district.IndependentStudyIncomplete:
		s.DaysIndependentStudyIncomplete++
	}
}

// conclude fills what follows from the counts.
func (s *Standing) conclude(rules Rules, months []int) {
	s.TruancyEvents = s.DaysUnexcused + s.PartialDayTruancies
	if len(months) > 0 && s.DaysEnrolled >= s.MonthDays {
		s.EveryMonth = slices.Min(months[:s.DaysEnrolled/s.MonthDays])
	}
	s.Tier = tier(s.DaysAbsent, s.DaysEnrolled, rules)
	chronic := reaches(s.DaysAbsent, s.DaysEnrolled, rules.ChronicPercent)
	s.Chronic = chronic && s.DaysEnrolled >= rules.ChronicMinDays
	s.ChronicState = chronic && s.DaysEnrolled > rules.StateMinDays
	s.Truant = s.TruancyEvents >= rules.TruantEvents && s.CompulsoryAge
	s.ChronicTruant = reaches(s.DaysUnexcused, s.DaysEnrolled, chronicTruantPercent)
}

// reaches is days/enrolled >= percent/100, exactly; false where no day is
// enrolled. Counts are at most a year's days, so the products are small.
func reaches(days, enrolled, percent int) bool {
	return enrolled > 0 && 100*days >= percent*enrolled
}

func tier(absent, enrolled int, rules Rules) Tier {
	switch {
	case reaches(absent, enrolled, rules.SeverePercent):
		return Severe
	case reaches(absent, enrolled, rules.ChronicPercent):
		return Chronic
	case reaches(absent, enrolled, rules.AtRiskPercent):
		return AtRisk
	}
	return Satisfactory
}
