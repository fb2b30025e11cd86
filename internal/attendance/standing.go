package attendance

import "rollcall/internal/district"

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

// Day is one dated piece of evidence.
type Day struct {
	Date     district.Date
	SchoolID string
	Code     string            // the code of the row that decided
	Category district.Category // as it counts: a matured unverified row is Unexcused, a pending one Unverified
	Kind     DayKind
	Periods  []string // periods the deciding rows name, empty for a whole-day row
	Minutes  int      // minutes missed where the row says, else 0
	Matured  bool     // an unverified row read as unexcused after the clear window
	Why      string   // for Uncounted: why it does not count, in plain words
}

// DayKind is what a day was.
type DayKind uint8

// What a day can be.
const (
	Attended DayKind = iota
	FullDayAbsence
	PartialDayTruancy
)

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
