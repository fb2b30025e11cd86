package reports

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"rollcall/internal/intervention"
)

// The follow-up sheet is read back, so its name, its header row and the answers
// of its drop-downs are a format; followUpVersion changes with them.
const (
	followUpSheet   = "Follow-up"
	followUpVersion = "1"
	provenanceSheet = "_rollcall"
)

// The answers of the drop-downs. None may hold a comma: Excel would split it.
var (
	outcomeAnswers = []string{"Held in person", "Held by phone", "No show", "Rescheduled", "Refused"}
	addressAnswers = []string{"Yes", "Corrected"}
	yesNoAnswers   = []string{"Yes", "No"}
	attemptAnswers = []string{"Reached and agreed", "Reached and declined", "Left a message", "No answer", "Wrong number"}
	yesAnswers     = []string{"Yes"}
)

// answer is one column to fill in and how Excel checks it.
type answer struct {
	head  string
	width float64
	look  cellLook
	list  []string // the only answers, for a drop-down
	// fromMenu offers the district's supports and takes other words too.
	fromMenu bool
	prompt   string
}

func followUpAnswers() []answer {
	answers := []answer{
		{head: "Outcome", width: 14, list: outcomeAnswers},
		{head: "Outcome date", width: 10.5, look: asDate},
		{head: "Address verified", width: 10, list: addressAnswers},
		{head: "Contract agreed", width: 10, list: yesNoAnswers, prompt: "Yes: parent understands and agrees with the contract."},
	}
	for n := 1; n <= 3; n++ {
		answers = append(answers,
			answer{head: fmt.Sprintf("Attempt %d date", n), width: 10.5, look: asDate},
			answer{head: fmt.Sprintf("Attempt %d time", n), width: 9.5, look: asClock},
			answer{head: fmt.Sprintf("Attempt %d result", n), width: 15, list: attemptAnswers})
	}
	return append(answers,
		answer{head: "Interventions chosen", width: 20, look: asWrapped, fromMenu: true, prompt: "Choose one, or type several."},
		answer{head: "Next steps", width: 20, look: asWrapped},
		answer{head: "Documented in SIS", width: 13, list: yesAnswers, prompt: "Yes: entered, tagged and coded."},
		answer{head: "Notes", width: 22, look: asWrapped})
}

// FollowUpFields are the cells of the follow-up sheet that every meeting fills.
func FollowUpFields() []string {
	var fields []string
	for _, a := range followUpAnswers()[:4] {
		fields = append(fields, a.head)
	}
	return fields
}

// followUpLead says which roster is filled in, and who gets it.
func followUpLead() string {
	return fmt.Sprintf("After each meeting fill in the yellow cells of the latest night's roster, this one where no later folder is there: %s; each call with its date, time and result; "+
		"what was chosen and agreed. Then give the file to %s, to have each case recorded, for example with: %s "+
		"--next-steps \"WORDS\", or: %s; and then the contract, %s, without which no case goes on. The other cells are locked, without a password.",
		strings.Join(FollowUpFields(), ", "), Recorders, intervention.RecordCommand(intervention.Held, "CASE-ID"), intervention.RecordCommand(intervention.NoShow, "CASE-ID"),
		intervention.RecordCommand(intervention.Completed, "CASE-ID"))
}

// followUpOpen reports a case somebody still writes about: one that is open, or
// completed and not yet entered in the SIS.
func followUpOpen(c *intervention.Case) bool {
	return c.IsOpen() || c.State() == intervention.StateCompleted &&
		!slices.ContainsFunc(c.Events, func(e intervention.Event) bool { return e.Kind == intervention.Documented })
}

func addFollowUp(w *workbook, s *SchoolNight) error {
	rows := caseRows(s, followUpOpen)
	columns := []sheetColumn[caseRow]{
		{head: "Case ID", width: 22, value: func(r caseRow) any { return r.Case.ID }},
		{head: "Student ID", width: 11, value: func(r caseRow) any { return r.file.Student.ID }},
		{head: "Name", width: 20, look: asWrapped, value: func(r caseRow) any { return r.file.Student.SortName() }},
		{head: "Kind", width: 7.5, value: func(r caseRow) any { return string(r.Kind) }},
		{head: "Case", width: 14, look: asWrapped, value: func(r caseRow) any { return r.words() }},
		{head: "Meeting date", width: 10.5, value: func(r caseRow) any { return onMeeting(r.Case, func(m *intervention.Meeting) any { return m.Date }) }},
		{head: "Meeting time", width: 9.5, value: func(r caseRow) any { return onMeeting(r.Case, func(m *intervention.Meeting) any { return m.Start }) }},
	}
	first := len(columns)
	answers := followUpAnswers()
	for _, a := range answers {
		columns = append(columns, sheetColumn[caseRow]{head: a.head, width: a.width, look: a.look})
	}
	return addSheet(w, worksheet[caseRow]{
		name: followUpSheet, lead: followUpLead(), empty: "No case waits for a follow-up.", columns: columns, frozen: 3, tab: "2E7D32",
		before: func(file *excelize.File, last int) error {
			// No password: the lock keeps a slip of the hand out, and no more.
			err := file.ProtectSheet(followUpSheet, &excelize.SheetProtectionOptions{
				SelectLockedCells: true, SelectUnlockedCells: true, AutoFilter: true, FormatColumns: true, FormatRows: true,
			})
			if err != nil || len(rows) == 0 {
				return err
			}
			for i, a := range answers {
				if err := validate(file, s, a, first+i+1, last-len(rows)+1, last); err != nil {
					return fmt.Errorf("column %s: %w", a.head, err)
				}
			}
			return nil
		},
	}, slices.Values(rows), len(rows))
}

// validate makes Excel check the cells of one column, in the rows from top to
// last.
func validate(file *excelize.File, s *SchoolNight, a answer, column, top, last int) error {
	name, err := excelize.ColumnNumberToName(column)
	if err != nil {
		return err
	}
	v := excelize.NewDataValidation(true)
	v.SetSqref(fmt.Sprintf("%s%d:%s%d", name, top, name, last))
	if a.prompt != "" {
		v.SetInput(a.head, a.prompt)
	}
	stop := excelize.DataValidationErrorStyleStop
	switch {
	case a.list != nil:
		v.SetError(stop, a.head, "Please choose one of the list.")
		err = v.SetDropList(a.list)
	case a.fromMenu && len(s.Night.Supports) > 0:
		v.SetSqrefDropList(fmt.Sprintf("'%s'!$D$2:$D$%d", provenanceSheet, len(s.Night.Supports)+1))
	case a.look == asDate:
		from, to := s.Night.Year.First(), s.Night.Year.Last()
		v.SetError(stop, a.head, fmt.Sprintf("Please enter a date of this school year, %s to %s.", from.Format("1/2/2006"), to.Format("1/2/2006")))
		err = v.SetRange(int(from-epoch), int(to-epoch), excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween)
	case a.look == asClock:
		v.SetError(stop, a.head, "Please enter a time like 8:30 AM.")
		// The last second of a day is the largest time there is.
		err = v.SetRange(0.0, 86399.0/86400, excelize.DataValidationTypeTime, excelize.DataValidationOperatorBetween)
	default:
		return nil
	}
	return errors.Join(err, file.AddDataValidation(followUpSheet, v))
}

// addProvenance writes the hidden sheet by which a filled-in roster is known
// again, and the menu of supports that the follow-up sheet offers.
func addProvenance(w *workbook, s *SchoolNight) error {
	facts := [][2]string{
		{"format", followUpVersion}, {"run", s.Night.RunID}, {"as_of", s.Night.AsOf.String()}, {"school_id", s.School.ID},
		{"policy", s.Night.Policy.Hash}, {"version", s.Night.Version},
	}
	rows := make([]int, max(len(facts), len(s.Night.Supports)))
	for i := range rows {
		rows[i] = i
	}
	fact := func(i, part int) any {
		if i >= len(facts) {
			return nil
		}
		return facts[i][part]
	}
	err := addSheet(w, worksheet[int]{
		name: provenanceSheet, tab: "7F7F7F",
		columns: []sheetColumn[int]{
			{head: "Key", width: 12, value: func(i int) any { return fact(i, 0) }},
			{head: "Value", width: 40, value: func(i int) any { return fact(i, 1) }},
			{head: "", width: 2, value: func(int) any { return nil }},
			{head: "Supports", width: 40, value: func(i int) any {
				if i >= len(s.Night.Supports) {
					return nil
				}
				return s.Night.Supports[i].English
			}},
		},
	}, slices.Values(rows), len(rows))
	if err != nil {
		return err
	}
	return w.file.SetSheetVisible(provenanceSheet, false, true)
}
