package reports

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// FilledIn is a Follow-up sheet as it came back: the rows in which somebody wrote
// something, in the order of the sheet, and the cells that cannot be read.
type FilledIn struct {
	Run      string // the night of the roster; empty where the sheet was copied into a file of its own
	SchoolID string
	Rows     []FilledRow
	Faults   []CellFault

	sheet string
}

// FilledRow is what one row says, and where each column of it stands.
type FilledRow struct {
	intervention.FollowUp

	Number int // of the row in its sheet
	places map[intervention.Column]int
	sheet  string
}

// CellFault is what is wrong with a cell, and what to put there.
type CellFault struct {
	Sheet, Cell string
	Row         int
	Column      intervention.Column // empty where it is about the sheet
	Problem     string
}

// Words name the cell and the fault.
func (f CellFault) Words() string {
	words := "sheet " + f.Sheet + ", cell " + f.Cell
	if f.Column != "" {
		words += " (" + string(f.Column) + ")"
	}
	return words + ": " + f.Problem
}

// Fault is a fault of one of the row's columns. A column that the sheet does not
// have is told of at the case's ID.
func (r *FilledRow) Fault(f intervention.ColumnFault) CellFault {
	at, ok := r.places[f.Column]
	if !ok {
		at = r.places[intervention.CaseColumn]
		f.Problem = fmt.Sprintf("%s: %s", f.Column, f.Problem)
	}
	return CellFault{Sheet: r.sheet, Cell: cellName(at+1, r.Number), Row: r.Number, Column: f.Column, Problem: f.Problem}
}

// What a filled-in workbook may unpack to: a roster of a thousand cases is under
// two MiB.
const (
	mostUnpacked = 128 << 20
	mostInSheet  = 64 << 20
)

// ErrNotARoster is wrapped where a file is no workbook with a Follow-up sheet.
var ErrNotARoster = errors.New("no filled-in roster")

// ReadFilledIn reads the Follow-up sheet of a workbook that Excel, LibreOffice or
// Google Sheets saved. Columns are known by their headings, in any order; rows that
// are hidden or filtered out count. A date or a time may be a typed cell or text as
// it is written in the United States.
func ReadFilledIn(workbook []byte) (*FilledIn, error) {
	file, err := excelize.OpenReader(bytes.NewReader(workbook), excelize.Options{UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: mostInSheet, RawCellValue: true})
	if err != nil {
		return nil, fmt.Errorf("%w: save it as an Excel workbook (.xlsx), without a password: %w", ErrNotARoster, err)
	}
	read := followUpReader{file: file}
	filled, err := read.all()
	return filled, errors.Join(err, file.Close())
}

type followUpReader struct {
	file   *excelize.File
	out    FilledIn
	from   district.Date // what serial number 0 stands for
	places map[intervention.Column]int
	head   int // number of the row of headings
	tall   map[int][]string
}

func (r *followUpReader) all() (*FilledIn, error) {
	for _, name := range r.file.GetSheetList() {
		if strings.EqualFold(strings.TrimSpace(name), followUpSheet) {
			r.out.sheet = name
		}
	}
	if r.out.sheet == "" {
		return nil, fmt.Errorf("%w: it has no sheet %q", ErrNotARoster, followUpSheet)
	}
	if err := r.provenance(); err != nil {
		return nil, err
	}
	properties, err := r.file.GetWorkbookProps()
	if err != nil {
		return nil, err
	}
	r.from = epoch
	if properties.Date1904 != nil && *properties.Date1904 {
		r.from = district.NewDate(1904, time.January, 1)
	}
	rows, err := r.file.GetRows(r.out.sheet)
	if err != nil {
		return nil, fmt.Errorf("%w: sheet %s: %w", ErrNotARoster, r.out.sheet, err)
	}
	if err := r.headings(rows); err != nil {
		return nil, err
	}
	if err := r.merged(); err != nil {
		return nil, err
	}
	seen := map[string]int{}
	for i, cells := range rows[r.head:] {
		r.row(r.head+i+1, cells, seen)
	}
	return &r.out, nil
}

// provenance reads the hidden sheet; a sheet copied by itself has none.
func (r *followUpReader) provenance() error {
	if i, err := r.file.GetSheetIndex(provenanceSheet); err != nil || i < 0 {
		return err
	}
	rows, err := r.file.GetRows(provenanceSheet)
	if err != nil {
		return err
	}
	facts := map[string]string{}
	for _, row := range rows {
		if len(row) > 1 {
			facts[row[0]] = row[1]
		}
	}
	if format := facts["format"]; format != "" && format != FollowUpVersion {
		return fmt.Errorf("%w: it is of format %q, and this version reads %s: fill in the latest night's roster", ErrNotARoster, format, FollowUpVersion)
	}
	r.out.Run, r.out.SchoolID = facts["run"], facts["school_id"]
	return nil
}

// headings finds the row of the headings and the columns that are known.
func (r *followUpReader) headings(rows [][]string) error {
	known := map[string]intervention.Column{}
	for _, c := range followUpColumns() {
		known[folded(string(c))] = c
	}
	for i, cells := range rows[:min(len(rows), 20)] {
		if !slices.ContainsFunc(cells, func(s string) bool { return folded(s) == folded(string(intervention.CaseColumn)) }) {
			continue
		}
		r.head, r.places = i+1, map[intervention.Column]int{}
		for at, text := range cells {
			c, ok := known[folded(text)]
			if !ok {
				continue
			}
			if first, twice := r.places[c]; twice {
				return fmt.Errorf("%w: sheet %s has the column %q twice, at %s and %s: take one out", ErrNotARoster, r.out.sheet, c, cellName(first+1, r.head), cellName(at+1, r.head))
			}
			r.places[c] = at
		}
		return nil
	}
	return fmt.Errorf("%w: sheet %s has no heading %q in its first rows", ErrNotARoster, r.out.sheet, intervention.CaseColumn)
}

// followUpColumns are the columns by which a row is known and those to fill in.
func followUpColumns() []intervention.Column {
	columns := []intervention.Column{intervention.CaseColumn, intervention.StudentColumn, intervention.MeetingColumn}
	for _, a := range followUpAnswers() {
		columns = append(columns, a.head)
	}
	return columns
}

// merged notes the cells to fill in that were merged over several rows: of which
// case they speak nobody can tell.
func (r *followUpReader) merged() error {
	cells, err := r.file.GetMergeCells(r.out.sheet, true)
	if err != nil {
		return err
	}
	r.tall = map[int][]string{}
	for _, m := range cells {
		column, top, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		if err != nil {
			return err
		}
		last, bottom, err := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err != nil {
			return err
		}
		if bottom <= r.head || top == bottom {
			continue
		}
		for _, at := range r.places {
			if column <= at+1 && at+1 <= last {
				r.tall[top] = append(r.tall[top], m.GetStartAxis()+":"+m.GetEndAxis())
				break
			}
		}
	}
	return nil
}

// row reads one row where somebody wrote something.
func (r *followUpReader) row(number int, cells []string, seen map[string]int) {
	line := rowReader{r: r, number: number, cells: cells}
	if ranges := r.tall[number]; len(ranges) > 0 {
		for _, merged := range ranges {
			cell, _, _ := strings.Cut(merged, ":")
			r.out.Faults = append(r.out.Faults, CellFault{Sheet: r.out.sheet, Cell: cell, Row: number, Problem: "the cells " + merged + " are merged over several cases: unmerge them, and fill in each case"})
		}
		return
	}
	filled := FilledRow{Number: number, places: r.places, sheet: r.out.sheet}
	filled.FollowUp = line.followUp()
	if !line.written {
		return
	}
	switch first := seen[filled.CaseID]; {
	case filled.CaseID == "":
		line.fault(intervention.CaseColumn, "there is no case ID in this row: restore it from the roster, or empty the row")
	case first > 0:
		line.fault(intervention.CaseColumn, "the case is in row %d already: keep one of the two", first)
	}
	seen[filled.CaseID] = number
	r.out.Rows = append(r.out.Rows, filled)
}

// rowReader reads the cells of one row.
type rowReader struct {
	r       *followUpReader
	number  int
	cells   []string
	written bool // whether a cell to fill in holds anything
}

func (l *rowReader) fault(c intervention.Column, format string, args ...any) {
	l.r.out.Faults = append(l.r.out.Faults, CellFault{
		Sheet: l.r.out.sheet, Cell: cellName(l.r.places[c]+1, l.number), Row: l.number, Column: c, Problem: fmt.Sprintf(format, args...),
	})
}

func (l *rowReader) followUp() intervention.FollowUp {
	f := intervention.FollowUp{
		Outcome:       intervention.Outcome(choice(l, intervention.OutcomeColumn, outcomeAnswers())),
		On:            l.date(intervention.OnColumn),
		Attendees:     l.several(intervention.AttendeesColumn),
		NewAddress:    l.text(intervention.NewAddressColumn),
		Agreed:        intervention.Answer(choice(l, intervention.AgreedColumn, yesNoAnswers)),
		NotBefore:     l.date(intervention.NotBeforeColumn),
		Interventions: l.several(intervention.InterventionsColumn),
		NextSteps:     l.text(intervention.NextStepsColumn),
		Documented:    choice(l, intervention.DocumentedColumn, yesAnswers) != "",
		Notes:         l.text(intervention.NotesColumn),
	}
	switch choice(l, intervention.AddressColumn, intervention.AddressAnswers) {
	case intervention.AddressAnswers[0]:
		f.Address = intervention.AddressVerified
	case intervention.AddressAnswers[1]:
		f.Address = intervention.AddressCorrected
	}
	for n := 1; n <= intervention.MostCalls; n++ {
		before := len(l.r.out.Faults)
		call := intervention.Call{
			Nth: n, On: l.date(intervention.CallColumn(n, "date")), Time: l.clock(intervention.CallColumn(n, "time")),
			Result: choice(l, intervention.CallColumn(n, "result"), intervention.CallResults),
		}
		if call != (intervention.Call{Nth: n}) && len(l.r.out.Faults) == before {
			f.Attempts = append(f.Attempts, call)
		}
	}
	// What is not to be filled in does not make a row a written one.
	written := l.written
	f.CaseID, f.StudentID = l.text(intervention.CaseColumn), l.text(intervention.StudentColumn)
	if written {
		f.Meeting = l.date(intervention.MeetingColumn)
	}
	l.written = written
	return f
}

// raw is what a cell holds, without the spaces around it.
func (l *rowReader) raw(c intervention.Column) string {
	at, ok := l.r.places[c]
	if !ok || at >= len(l.cells) {
		return ""
	}
	text := district.OneLine(l.cells[at])
	l.written = l.written || text != ""
	return text
}

func (l *rowReader) text(c intervention.Column) string {
	text := l.raw(c)
	if strings.HasPrefix(text, "#") && slices.Contains(formulaErrors, strings.TrimRight(text, "!?")) {
		l.fault(c, "the cell holds the error %s: type what it should say", text)
	}
	return text
}

// formulaErrors are what a formula that fails leaves in its cell.
var formulaErrors = []string{"#REF", "#N/A", "#VALUE", "#NAME", "#DIV/0", "#NULL", "#NUM", "#SPILL", "#ERROR"}

// several are the entries of a cell that can hold more than one: parted by a
// semicolon or a line break.
func (l *rowReader) several(c intervention.Column) []string {
	l.text(c)
	at, ok := l.r.places[c]
	if !ok || at >= len(l.cells) {
		return nil
	}
	var entries []string
	for entry := range strings.FieldsFuncSeq(l.cells[at], func(r rune) bool { return r == ';' || r == '\n' || r == '\r' }) {
		if entry = district.OneLine(entry); entry != "" {
			entries = append(entries, entry)
		}
	}
	return entries
}

// folded is a text as it is compared: without capitals, and with single spaces.
func folded(s string) string { return strings.ToLower(district.OneLine(s)) }

// choice is one of the answers, however it is spelled; empty where nothing is said.
func choice(l *rowReader, c intervention.Column, answers []string) string {
	text := l.raw(c)
	if text == "" {
		return ""
	}
	i := slices.IndexFunc(answers, func(a string) bool { return folded(a) == folded(text) })
	if i < 0 {
		l.fault(c, "%q is none of the answers: choose %s", text, strings.Join(answers, ", "))
		return ""
	}
	return answers[i]
}

// dateLayouts are how a date is typed where Excel does not know it for one.
var dateLayouts = []string{time.DateOnly, "1/2/2006", "1/2/06", "1-2-2006", "1.2.2006", "Jan 2, 2006", "January 2, 2006", "Jan 2 2006", "January 2 2006", "2-Jan-2006", "2-Jan-06"}

// date reads a cell with a date: its serial number, or text.
func (l *rowReader) date(c intervention.Column) district.Date {
	text := l.raw(c)
	if text == "" {
		return 0
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		if day := l.r.from + district.Date(math.Floor(n)); n >= 1 && n < 200_000 {
			return day
		}
		l.fault(c, "%q is no date: write it like 10/16/2025", text)
		return 0
	}
	// Text that a program wrote of a date may have the midnight behind it.
	bare := strings.TrimSuffix(strings.TrimSuffix(text, " 00:00:00"), "T00:00:00")
	bare = strings.TrimPrefix(bare, "'")
	if name, rest, ok := strings.Cut(bare, " "); ok && isWeekday(strings.TrimRight(name, ",.")) {
		bare = rest
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, bare); err == nil {
			return district.NewDate(t.Year(), t.Month(), t.Day())
		}
	}
	l.fault(c, "%q is no date: write it like 10/16/2025", text)
	return 0
}

func isWeekday(s string) bool {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name := d.String(); strings.EqualFold(s, name) || strings.EqualFold(s, name[:3]) {
			return true
		}
	}
	return false
}

// clock reads a cell with a time of day, 14:05: a share of a day, or text. What
// was typed without PM is a time of the night to Excel, and asked about.
func (l *rowReader) clock(c intervention.Column) string {
	text := l.raw(c)
	if text == "" {
		return ""
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		at, err := intervention.ParseTimeOfDay(strings.TrimPrefix(text, "'"))
		if err != nil {
			l.fault(c, "%v", err)
			return ""
		}
		return at.ISO()
	}
	at := intervention.Clock(math.Round((n - math.Floor(n)) * 24 * 60))
	if n < 0 || n == math.Floor(n) && n != 0 || at >= 24*60 {
		l.fault(c, "%q is no time of day: write it like 2:05 PM", text)
		return ""
	}
	if err := at.Awake(); err != nil {
		l.fault(c, "%v", err)
		return ""
	}
	return at.ISO()
}

// cellName is A1 for the first column and row; both are those of a cell that was
// read.
func cellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return fmt.Sprintf("column %d, row %d", column, row)
	}
	return name
}
