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
// of its drop-downs are a format; FollowUpVersion changes with them.
const (
	followUpSheet   = "Follow-up"
	FollowUpVersion = "1"
	provenanceSheet = "_rollcall"
)

// The answers of the drop-downs that intervention does not name.
var (
	yesNoAnswers = []string{string(intervention.Yes), string(intervention.No)}
	yesAnswers   = []string{string(intervention.Yes)}
)

func outcomeAnswers() []string {
	answers := make([]string, len(intervention.Outcomes))
	for i, o := range intervention.Outcomes {
		answers[i] = string(o)
	}
	return answers
}

// answer is one column to fill in and how Excel checks it.
type answer struct {
	head  intervention.Column
	width float64
	look  cellLook
	list  []string // the only answers, for a drop-down
	// fromMenu offers the district's supports and takes other words too.
	fromMenu bool
	prompt   string
}

// several is how a cell with more than one entry is filled in.
const several = "Several: put ; between them."

func followUpAnswers() []answer {
	answers := []answer{
		{head: intervention.OutcomeColumn, width: 14, list: outcomeAnswers()},
		{head: intervention.OnColumn, width: 10.5, look: asDate, prompt: "The day of the meeting; of a rescheduled one the day on which the family asked; of a contract alone the day on which the parent agreed."},
		{head: intervention.AttendeesColumn, width: 18, look: asWrapped, prompt: several},
		{head: intervention.AddressColumn, width: 10, list: intervention.AddressAnswers},
		{head: intervention.NewAddressColumn, width: 18, look: asWrapped, prompt: "Where the address was corrected; change it in the SIS as well."},
		{head: intervention.AgreedColumn, width: 10, list: yesNoAnswers, prompt: "Yes: parent understands and agrees with the contract."},
		{head: intervention.NotBeforeColumn, width: 10.5, look: asDate, prompt: "Of a rescheduled meeting: the first day that suits, where the family named one."},
	}
	for n := 1; n <= intervention.MostCalls; n++ {
		answers = append(answers,
			answer{head: intervention.CallColumn(n, "date"), width: 10.5, look: asDate},
			answer{head: intervention.CallColumn(n, "time"), width: 9.5, look: asClock},
			answer{head: intervention.CallColumn(n, "result"), width: 15, list: intervention.CallResults})
	}
	return append(answers,
		answer{head: intervention.InterventionsColumn, width: 20, look: asWrapped, fromMenu: true, prompt: "Choose one, or type. " + several},
		answer{head: intervention.NextStepsColumn, width: 20, look: asWrapped},
		answer{head: intervention.DocumentedColumn, width: 13, list: yesAnswers, prompt: "Yes: entered, tagged and coded."},
		answer{head: intervention.NotesColumn, width: 22, look: asWrapped, prompt: "What was discussed, briefly."})
}

// FollowUpFields are the cells of the follow-up sheet that every meeting fills.
func FollowUpFields() []string {
	var fields []string
	for _, c := range []intervention.Column{intervention.OutcomeColumn, intervention.AttendeesColumn, intervention.AddressColumn, intervention.AgreedColumn, intervention.NotesColumn} {
		fields = append(fields, string(c))
	}
	return fields
}

// FollowUpCommand reads a filled-in roster.
const FollowUpCommand = "rollcall follow-up import FILE.xlsx"

// followUpLead says which roster is filled in, and who gets it.
func followUpLead() string {
	return fmt.Sprintf("After each meeting fill in the yellow cells of the latest night's roster, this one where no later folder is there: %s; each call with its date, time and result; "+
		"what was chosen and agreed. What is empty says nothing and takes nothing back. Then save it and give the file to %s, who reads it in with: %s. "+
		"A cell that cannot be right comes back marked, and nothing of that file is recorded until it is mended. Without a contract no case goes on. The other cells are locked, without a password.",
		strings.Join(FollowUpFields(), ", "), Recorders, FollowUpCommand)
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
		{head: string(intervention.CaseColumn), width: 22, value: func(r caseRow) any { return r.Case.ID }},
		{head: string(intervention.StudentColumn), width: 11, value: func(r caseRow) any { return r.file.Student.ID }},
		{head: "Name", width: 20, look: asWrapped, value: func(r caseRow) any { return r.file.Student.SortName() }},
		{head: "Kind", width: 7.5, value: func(r caseRow) any { return string(r.Kind) }},
		{head: "Case", width: 14, look: asWrapped, value: func(r caseRow) any { return r.words() }},
		{head: string(intervention.MeetingColumn), width: 10.5, value: func(r caseRow) any { return onMeeting(r.Case, func(m *intervention.Meeting) any { return m.Date }) }},
		{head: "Meeting time", width: 9.5, value: func(r caseRow) any { return onMeeting(r.Case, func(m *intervention.Meeting) any { return m.Start }) }},
	}
	first := len(columns)
	answers := followUpAnswers()
	for _, a := range answers {
		columns = append(columns, sheetColumn[caseRow]{head: string(a.head), width: a.width, look: a.look})
	}
	return addSheet(w, worksheet[caseRow]{
		name: followUpSheet, lead: followUpLead(), empty: "No case waits for a follow-up.", columns: columns, frozen: 3, tab: "2E7D32", filtered: true,
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
		v.SetInput(string(a.head), a.prompt)
	}
	stop := excelize.DataValidationErrorStyleStop
	switch {
	case a.list != nil:
		v.SetError(stop, string(a.head), "Please choose one of the list.")
		err = v.SetDropList(a.list)
	case a.fromMenu && len(s.Night.Supports) > 0:
		v.SetSqrefDropList(fmt.Sprintf("'%s'!$D$2:$D$%d", provenanceSheet, len(s.Night.Supports)+1))
	case a.look == asDate:
		from, to := s.Night.Year.First(), s.Night.Year.Last()
		v.SetError(stop, string(a.head), fmt.Sprintf("Please enter a date of this school year, %s to %s.", from.Format("1/2/2006"), to.Format("1/2/2006")))
		err = v.SetRange(int(from-epoch), int(to-epoch), excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween)
	case a.look == asClock:
		v.SetError(stop, string(a.head), "Please enter a time like 8:30 AM.")
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
		{"format", FollowUpVersion}, {"run", s.Night.RunID}, {"as_of", s.Night.AsOf.String()}, {"school_id", s.School.ID},
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
		name: provenanceSheet, tab: "7F7F7F", filtered: true,
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
