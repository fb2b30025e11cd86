package intervention

import (
	"reflect"

	"rollcall/internal/attendance"
)

// fields are what an expression can name (rules.md 3), and their types.
type fields struct {
	DaysEnrolled                   int     `expr:"days_enrolled"`
	DaysAbsent                     int     `expr:"days_absent"`
	DaysExcused                    int     `expr:"days_excused"`
	DaysUnexcused                  int     `expr:"days_unexcused"`
	DaysPending                    int     `expr:"days_pending"`
	DaysSuspended                  int     `expr:"days_suspended"`
	DaysIndependentStudyIncomplete int     `expr:"days_independent_study_incomplete"`
	PartialDayTruancies            int     `expr:"partial_day_truancies"`
	TruancyEvents                  int     `expr:"truancy_events"`
	AbsenceRate                    float64 `expr:"absence_rate"`
	UnexcusedRate                  float64 `expr:"unexcused_rate"`
	AbsencesPerMonth               float64 `expr:"absences_per_month"`
	EveryMonth                     int     `expr:"every_month"`
	SchoolDaysEnrolled             int     `expr:"school_days_enrolled"`
	SchoolDaysAbsent               int     `expr:"school_days_absent"`
	Tier                           string  `expr:"tier"`
	Chronic                        bool    `expr:"chronic"`
	ChronicState                   bool    `expr:"chronic_state"`
	Truant                         bool    `expr:"truant"`
	ChronicTruant                  bool    `expr:"chronic_truant"`
	CompulsoryAge                  bool    `expr:"compulsory_age"`
	Grade                          string  `expr:"grade"`

	// Known only after a completed meeting.
	EventsSinceMeeting   int     `expr:"events_since_meeting"`
	DaysSinceMeeting     int     `expr:"days_since_meeting"`
	AbsencesSinceMeeting int     `expr:"absences_since_meeting"`
	RateSinceMeeting     float64 `expr:"rate_since_meeting"`
}

func (f *fields) fill(s *attendance.Standing, since Since) {
	*f = fields{
		DaysEnrolled: s.DaysEnrolled, DaysAbsent: s.DaysAbsent,
		DaysExcused: s.DaysExcused, DaysUnexcused: s.DaysUnexcused, DaysPending: s.DaysPending,
		DaysSuspended: s.DaysSuspended, DaysIndependentStudyIncomplete: s.DaysIndependentStudyIncomplete,
		PartialDayTruancies: s.PartialDayTruancies, TruancyEvents: s.TruancyEvents,
		AbsenceRate: s.AbsenceRate(), UnexcusedRate: s.UnexcusedRate(), AbsencesPerMonth: s.AbsencesPerMonth(),
		EveryMonth: s.EveryMonth, SchoolDaysEnrolled: s.SchoolDaysEnrolled, SchoolDaysAbsent: s.SchoolDaysAbsent,
		Tier: string(s.Tier), Chronic: s.Chronic, ChronicState: s.ChronicState,
		Truant: s.Truant, ChronicTruant: s.ChronicTruant, CompulsoryAge: s.CompulsoryAge, Grade: s.Grade,
		EventsSinceMeeting: since.Events, DaysSinceMeeting: since.Days,
		AbsencesSinceMeeting: since.Absences, RateSinceMeeting: since.Rate(),
	}
}

// field is what the checker and the words need to know of one of the fields.
type field struct {
	name  string
	at    int          // its place in fields
	kind  reflect.Kind // Int, Float64, Bool or String
	after bool         // known only after a meeting
	// rate is a fraction, 0 to 1; a comparison with a percentage is a mistake.
	rate bool
	// absences and truancy tell whose dates are its evidence.
	absences, truancy bool
}

// fieldsByName and fieldNames are read off the struct, so that the names live
// in one place.
var fieldsByName, fieldNames = func() (map[string]field, []string) {
	t := reflect.TypeFor[fields]()
	byName, names := map[string]field{}, []string{}
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("expr")
		f := field{name: name, at: i, kind: t.Field(i).Type.Kind()}
		switch name {
		case "events_since_meeting", "days_since_meeting", "absences_since_meeting", "rate_since_meeting":
			f.after = true
		}
		switch name {
		case "absence_rate", "unexcused_rate", "rate_since_meeting":
			f.rate = true
		}
		switch name {
		case "days_unexcused", "unexcused_rate", "partial_day_truancies", "truancy_events",
			"truant", "chronic_truant", "events_since_meeting":
			f.truancy = true
		case "days_absent", "days_excused", "days_pending", "days_suspended", "days_independent_study_incomplete",
			"absence_rate", "absences_per_month", "every_month", "school_days_absent", "tier",
			"chronic", "chronic_state", "absences_since_meeting", "rate_since_meeting":
			f.absences = true
		}
		byName[name] = f
		names = append(names, name)
	}
	return byName, names
}()

// value is one of the fields as a Go value.
func (f *fields) value(of field) reflect.Value { return reflect.ValueOf(f).Elem().Field(of.at) }
