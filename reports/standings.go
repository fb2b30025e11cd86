package reports

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"
	"strconv"
	"strings"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// StandingRow is one student in the output of assess: the standing, and what
// the policy alone would open for a student without history.
type StandingRow struct {
	Standing attendance.Standing
	Case     intervention.Kind // empty for none
	Reason   string
}

// StandingColumns is the header, in order.
const StandingColumns = "student_id,school_id,grade,days_enrolled,days_absent,days_excused,days_unexcused,days_pending," +
	"days_suspended,days_independent_study_incomplete,partial_day_truancies,truancy_events,absence_rate,unexcused_rate," +
	"absences_per_month,school_days_enrolled,school_days_absent,tier,chronic,chronic_state,truant,chronic_truant,case,reason"

// StandingsCSV writes one row a student, rates with six decimals, as the rows
// come: none is kept.
func StandingsCSV(w io.Writer, rows iter.Seq[StandingRow]) error {
	b := bufio.NewWriterSize(w, 1<<16)
	b.WriteString(StandingColumns)
	b.WriteByte('\n')
	var line []byte
	for row := range rows {
		line = appendStanding(line[:0], &row)
		if _, err := b.Write(line); err != nil {
			return err
		}
	}
	return b.Flush()
}

func appendStanding(line []byte, r *StandingRow) []byte {
	s := &r.Standing
	text := func(t string) { line = append(appendField(line, t), ',') }
	count := func(ns ...int) {
		for _, n := range ns {
			line = append(strconv.AppendInt(line, int64(n), 10), ',')
		}
	}
	rate := func(f float64) { line = append(strconv.AppendFloat(line, f, 'f', 6, 64), ',') }
	text(s.StudentID)
	text(s.SchoolID)
	text(s.Grade)
	count(s.DaysEnrolled, s.DaysAbsent, s.DaysExcused, s.DaysUnexcused, s.DaysPending, s.DaysSuspended,
		s.DaysIndependentStudyIncomplete, s.PartialDayTruancies, s.TruancyEvents)
	rate(s.AbsenceRate())
	rate(s.UnexcusedRate())
	rate(s.AbsencesPerMonth())
	count(s.SchoolDaysEnrolled, s.SchoolDaysAbsent)
	text(string(s.Tier))
	for _, b := range []bool{s.Chronic, s.ChronicState, s.Truant, s.ChronicTruant} {
		line = append(strconv.AppendBool(line, b), ',')
	}
	text(string(r.Case))
	return append(appendField(line, r.Reason), '\n')
}

// appendField quotes as RFC 4180 asks. IDs are not escaped against formulas:
// this output feeds programs, which need the ID as the SIS has it.
func appendField(line []byte, s string) []byte {
	plain := true // nothing there but letters, digits and the like
	for i := range len(s) {
		plain = plain && s[i] > '"' && s[i] != ','
	}
	if plain || !strings.ContainsAny(s, "\",\r\n") {
		return append(line, s...)
	}
	line = append(line, '"')
	line = append(line, strings.ReplaceAll(s, `"`, `""`)...)
	return append(line, '"')
}

type standingJSON struct {
	StudentID                      string         `json:"student_id"`
	SchoolID                       string         `json:"school_id"`
	Grade                          string         `json:"grade"`
	DaysEnrolled                   int            `json:"days_enrolled"`
	DaysAbsent                     int            `json:"days_absent"`
	DaysExcused                    int            `json:"days_excused"`
	DaysUnexcused                  int            `json:"days_unexcused"`
	DaysPending                    int            `json:"days_pending"`
	DaysSuspended                  int            `json:"days_suspended"`
	DaysIndependentStudyIncomplete int            `json:"days_independent_study_incomplete"`
	PartialDayTruancies            int            `json:"partial_day_truancies"`
	TruancyEvents                  int            `json:"truancy_events"`
	AbsenceRate                    json.Number    `json:"absence_rate"`
	UnexcusedRate                  json.Number    `json:"unexcused_rate"`
	AbsencesPerMonth               json.Number    `json:"absences_per_month"`
	SchoolDaysEnrolled             int            `json:"school_days_enrolled"`
	SchoolDaysAbsent               int            `json:"school_days_absent"`
	Tier                           string         `json:"tier"`
	Chronic                        bool           `json:"chronic"`
	ChronicState                   bool           `json:"chronic_state"`
	Truant                         bool           `json:"truant"`
	ChronicTruant                  bool           `json:"chronic_truant"`
	Case                           string         `json:"case"`
	Reason                         string         `json:"reason"`
	AbsenceDates                   []evidenceJSON `json:"absence_dates"`
	TruancyDates                   []evidenceJSON `json:"truancy_dates"`
	AbsencesByMonth                []int          `json:"absences_by_month"`
}

type evidenceJSON struct {
	Date     district.Date     `json:"date"`
	Code     string            `json:"code"`
	Category district.Category `json:"category"`
}

// StandingsJSON writes an array of the same names, with the evidence.
func StandingsJSON(w io.Writer, rows []StandingRow) error {
	out := make([]standingJSON, len(rows))
	for i := range rows {
		s := &rows[i].Standing
		out[i] = standingJSON{
			s.StudentID, s.SchoolID, s.Grade, s.DaysEnrolled, s.DaysAbsent, s.DaysExcused, s.DaysUnexcused, s.DaysPending,
			s.DaysSuspended, s.DaysIndependentStudyIncomplete, s.PartialDayTruancies, s.TruancyEvents,
			decimals(s.AbsenceRate()), decimals(s.UnexcusedRate()), decimals(s.AbsencesPerMonth()),
			s.SchoolDaysEnrolled, s.SchoolDaysAbsent, string(s.Tier), s.Chronic, s.ChronicState, s.Truant, s.ChronicTruant,
			string(rows[i].Case), rows[i].Reason, evidence(s.Absences), evidence(s.Truancies), append([]int{}, s.AbsencesByMonth...),
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func decimals(f float64) json.Number { return json.Number(strconv.FormatFloat(f, 'f', 6, 64)) }

func evidence(days []attendance.Day) []evidenceJSON {
	out := make([]evidenceJSON, len(days))
	for i, d := range days {
		out[i] = evidenceJSON{d.Date, d.Code, d.Category}
	}
	return out
}
