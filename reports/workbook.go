package reports

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"

	"rollcall/internal/attendance"
)

// workbook is an Excel file that grows sheet by sheet. Every sheet is streamed:
// its settings are made first and its rows written once, so that a hundred
// thousand of them cost time but no memory. Text from the data is only ever an
// inline string in a cell formatted as text: it is no formula when written, and
// becomes none when somebody edits it. Past 16 MiB excelize keeps a sheet's rows
// in a temporary file of mode 0600, gone with the workbook.
type workbook struct {
	file   *excelize.File
	night  *Night
	whose  string // the school's or district's name, on every printed page
	sheets int
	styles [looks][manners]int
	head   int
	tall   int // a head written upwards, over a narrow column
	tiers  []excelize.ConditionalFormatOptions
}

// A value's Go type says how its cell is formatted: string, int, district.Date,
// intervention.Clock, rate and tenths; nil is an empty cell.
type (
	rate   float64 // 0.133 is shown as 13.3%
	tenths float64 // 1.50 is shown as 1.5
)

// cellLook is how a cell is formatted.
type cellLook int

const (
	asText cellLook = iota
	asWrapped
	asDate
	asClock
	asRate
	asTenths
	asCount
	asLink
	looks
	asFact  // of any type, set left: a value among texts
	asTotal // of any type, in bold
)

// manner is how a look is varied.
type manner int

const (
	asGiven manner = iota
	toFill
	setLeft
	heavy
	manners
)

// numberFormats are the codes of the looks; @ keeps what is typed as text.
var numberFormats = [looks]string{"@", "@", "m/d/yyyy", "h:mm AM/PM", "0.0%", "0.0", "0", "@"}

// sheetColumn is one column: what stands in its first row and where the other
// cells come from. A column without value is to be filled in by hand.
type sheetColumn[T any] struct {
	head  string
	width float64  // in characters
	look  cellLook // asWrapped for long text; of a cell to fill in, what is typed there
	value func(T) any
	// link is where a click on the cell leads, empty for nowhere.
	link func(T) string
}

// worksheet is one table: a header row, then a row for each value.
type worksheet[T any] struct {
	name    string
	lead    string // what to do with the sheet, over the header row; it has no tiers then
	empty   string // what it says where there are no rows
	columns []sheetColumn[T]
	frozen  int    // columns that stay in view
	tab     string // colour of the tab, RRGGBB
	// filtered asks for a filter without a named table, of which Excel makes little on
	// a sheet that is locked.
	filtered bool
	// before is called with the last row's number, once the sheet is there and
	// before its rows are: what comes later is lost on a streamed sheet.
	before func(file *excelize.File, last int) error
}

// headRow is the row of the heads, from 1.
func (s *worksheet[T]) headRow() int {
	if s.lead != "" {
		return 2
	}
	return 1
}

const (
	tierHead = "Tier"
	rateHead = "Absence rate"
)

func newWorkbook(n *Night, whose, title string) (*workbook, error) {
	w := &workbook{file: excelize.NewFile(), night: n, whose: whose}
	w.file.SetZipWriter(func(out io.Writer) excelize.ZipWriter { return &orderedZip{out: out} })
	stamp := n.AsOf.Time().Format(time.RFC3339)
	err := w.file.SetDocProps(&excelize.DocProperties{
		Title: cellText(title), Creator: "rollcall", LastModifiedBy: "rollcall", Created: stamp, Modified: stamp,
		Identifier: cellText(n.RunID), Version: cellText(n.Version), Language: "en-US",
	})
	if err != nil {
		return nil, fmt.Errorf("document properties: %w", err)
	}
	return w, w.makeStyles()
}

func (w *workbook) makeStyles() error {
	var faults []error
	style := func(s *excelize.Style) int {
		id, err := w.file.NewStyle(s)
		faults = append(faults, err)
		return id
	}
	line := []excelize.Border{
		{Type: "left", Color: "D0D5DD", Style: 1}, {Type: "right", Color: "D0D5DD", Style: 1},
		{Type: "top", Color: "D0D5DD", Style: 1}, {Type: "bottom", Color: "D0D5DD", Style: 1},
	}
	for f := range looks {
		for m := range manners {
			s := &excelize.Style{
				CustomNumFmt: &numberFormats[f], Border: line,
				Alignment:  &excelize.Alignment{Vertical: "top", WrapText: f == asWrapped, Horizontal: horizontal(f)},
				Protection: &excelize.Protection{Locked: m != toFill},
			}
			if f == asLink {
				s.Font = &excelize.Font{Color: "1F5FA8", Underline: "single", Family: "Calibri", Size: 11}
			}
			switch m {
			case toFill:
				s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFFBE6"}}
			case setLeft:
				s.Alignment.Horizontal = "left"
			case heavy:
				s.Font = &excelize.Font{Bold: true, Family: "Calibri", Size: 11}
			}
			w.styles[f][m] = style(s)
		}
	}
	head := excelize.Style{
		Font: &excelize.Font{Bold: true, Color: "FFFFFF", Family: "Calibri", Size: 10}, Border: line,
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F3A5F"}},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
	}
	w.head = style(&head)
	head.Alignment = &excelize.Alignment{Vertical: "bottom", Horizontal: "center", WrapText: true, TextRotation: 90}
	w.tall = style(&head)
	for i, colour := range []string{"E2F0D9", "FFF2CC", "F8CBAD", "F1948A"} {
		id, err := w.file.NewConditionalStyle(&excelize.Style{
			Font: &excelize.Font{Color: "1A1A1A"},
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}},
		})
		faults = append(faults, err)
		w.tiers = append(w.tiers, excelize.ConditionalFormatOptions{
			Type: "formula", Criteria: fmt.Sprintf("=$%%s2=%q", tierWords(attendance.Tiers[i])), Format: &id,
		})
	}
	return errors.Join(faults...)
}

// horizontal sets text left and everything else in the middle, where it touches
// no neighbour.
func horizontal(f cellLook) string {
	if f == asText || f == asWrapped || f == asLink {
		return "left"
	}
	return "center"
}

// open makes the next sheet, with all that must be there before a row is.
func (w *workbook) open(name string) error {
	if w.sheets++; w.sheets == 1 {
		if err := w.file.SetSheetName(w.file.GetSheetName(0), name); err != nil {
			return err
		}
	} else if _, err := w.file.NewSheet(name); err != nil {
		return err
	}
	letter, landscape, wide, high := 1, "landscape", 1, 0
	err := w.file.SetPageLayout(name, &excelize.PageLayoutOptions{
		Size: &letter, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high,
	})
	if err != nil {
		return err
	}
	side, top, edge := 0.4, 0.7, 0.3
	err = w.file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &top, Bottom: &top, Header: &edge, Footer: &edge,
	})
	if err != nil {
		return err
	}
	return w.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddHeader: fmt.Sprintf("&L&A &R%s, as of %s", headerText(w.whose), w.night.AsOf.Format("1/2/2006")),
		OddFooter: "&LConfidential student records (FERPA; EC 49076): for staff with a legitimate educational interest" +
			"&RPage &P of &N",
	})
}

// setUp is what a sheet needs after its filter, which forgets what was set
// before it, and before its rows.
func (w *workbook) setUp(name, tab string, headRow int) error {
	fit := true
	if err := w.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit, TabColorRGB: &tab}); err != nil {
		return err
	}
	return w.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", name, headRow, headRow), Scope: name,
	})
}

// headerText is data in a printed header: there & begins a code, the whole is
// limited to 255 characters, and a leading digit would be read as a font size.
func headerText(s string) string {
	if r := []rune(cellText(s)); len(r) > 80 {
		s = string(r[:80])
	}
	return strings.ReplaceAll(strings.Join(strings.Fields(cellText(s)), " "), "&", "&&")
}

// addSheet streams the rows, of which there are count, into a new sheet.
func addSheet[T any](w *workbook, s worksheet[T], rows iter.Seq[T], count int) error {
	if err := streamSheet(w, s, rows, count); err != nil {
		return fmt.Errorf("sheet %s: %w", s.name, err)
	}
	return nil
}

func streamSheet[T any](w *workbook, s worksheet[T], rows iter.Seq[T], count int) error {
	if err := w.open(s.name); err != nil {
		return err
	}
	lastColumn, err := excelize.ColumnNumberToName(len(s.columns))
	if err != nil {
		return err
	}
	head := s.headRow()
	last := head + count
	table := fmt.Sprintf("A%d:%s%d", head, lastColumn, last)
	if count > 0 {
		if s.filtered {
			if err := w.file.AutoFilter(s.name, table, nil); err != nil {
				return err
			}
		}
		if err := colourTiers(w, s, last); err != nil {
			return err
		}
	}
	if err := w.setUp(s.name, s.tab, head); err != nil {
		return err
	}
	if s.before != nil {
		if err := s.before(w.file, last); err != nil {
			return err
		}
	}
	if err := addLinks(w, s, rows); err != nil {
		return err
	}
	out, err := w.file.NewStreamWriter(s.name)
	if err != nil {
		return err
	}
	corner, err := excelize.CoordinatesToCellName(s.frozen+1, head+1)
	if err != nil {
		return err
	}
	pane := "bottomLeft"
	if s.frozen > 0 {
		pane = "bottomRight"
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, XSplit: s.frozen, YSplit: head, TopLeftCell: corner, ActivePane: pane}); err != nil {
		return err
	}
	cells, height := make([]any, len(s.columns)), float64(2*lineHeight)
	// From the right: each width is put before those that are there.
	for i, c := range slices.Backward(s.columns) {
		if err := out.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
		cells[i] = excelize.Cell{StyleID: w.head, Value: c.head}
		if c.width <= narrow {
			cells[i], height = excelize.Cell{StyleID: w.tall, Value: c.head}, 84
		}
	}
	if s.lead != "" {
		if err := w.leadRow(out, s.lead); err != nil {
			return err
		}
	}
	if err := out.SetRow(fmt.Sprintf("A%d", head), cells, excelize.RowOpts{Height: height}); err != nil {
		return err
	}
	if count == 0 {
		if err := out.SetRow(fmt.Sprintf("A%d", head+1), []any{s.empty}); err != nil {
			return err
		}
		return out.Flush()
	}
	row := head
	for r := range rows {
		row++
		lines := 1
		for i, c := range s.columns {
			if c.value == nil {
				cells[i] = excelize.Cell{StyleID: w.styles[c.look][toFill]}
				continue
			}
			cell := w.cell(c.value(r), c.look)
			if text, ok := cell.Value.(string); ok && (c.look == asWrapped || c.look == asFact) {
				lines = max(lines, wrappedLines(text, c.width))
			}
			cells[i] = cell
		}
		var high excelize.RowOpts
		if lines > 1 {
			high.Height = float64(lineHeight * lines)
		}
		at, err := excelize.CoordinatesToCellName(1, row)
		if err != nil {
			return err
		}
		if err := out.SetRow(at, cells, high); err != nil {
			return err
		}
	}
	if !s.filtered {
		stripes := false
		err := out.AddTable(&excelize.Table{Range: table, Name: tableName(s.name), StyleName: "TableStyleLight1", ShowRowStripes: &stripes})
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

// tableName is the name under which formulas and other programs find a sheet's
// table: All_cases.
func tableName(sheet string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, sheet)
}

// addLinks makes cells lead somewhere, before the rows are written.
func addLinks[T any](w *workbook, s worksheet[T], rows iter.Seq[T]) error {
	for i, c := range s.columns {
		if c.link == nil {
			continue
		}
		row := s.headRow()
		for r := range rows {
			row++
			to := c.link(r)
			if to == "" {
				continue
			}
			if err := w.file.SetCellHyperLink(s.name, cellName(i+1, row), to, "External"); err != nil {
				return err
			}
		}
	}
	return nil
}

// Heights are set here because not every program fits a row to its text.
const (
	lineHeight = 15 // points
	mostLines  = 12 // a longer text is cut on the screen, not in the cell
	narrow     = 7  // characters
)

// wrappedLines estimates how many lines a text takes in a column.
func wrappedLines(text string, width float64) int {
	lines, across := 1, int(width)-1
	column := 0
	for _, r := range text {
		if column++; r == '\n' || column > across {
			if lines++; lines >= mostLines {
				return mostLines
			}
			column = 1
		}
		if r == '\n' {
			column = 0
		}
	}
	return lines
}

// colourTiers lets the tier colour its own cell and the rate's.
func colourTiers[T any](w *workbook, s worksheet[T], last int) error {
	heads := make([]string, len(s.columns))
	for i, c := range s.columns {
		heads[i] = c.head
	}
	tier := slices.Index(heads, tierHead)
	if tier < 0 {
		return nil
	}
	name, err := excelize.ColumnNumberToName(tier + 1)
	if err != nil {
		return err
	}
	options := slices.Clone(w.tiers)
	for i := range options {
		options[i].Criteria = fmt.Sprintf(options[i].Criteria, name)
	}
	for _, head := range []string{tierHead, rateHead} {
		at := slices.Index(heads, head)
		if at < 0 {
			continue
		}
		column, err := excelize.ColumnNumberToName(at + 1)
		if err != nil {
			return err
		}
		if err := w.file.SetConditionalFormat(s.name, fmt.Sprintf("%s2:%s%d", column, column, last), options); err != nil {
			return err
		}
	}
	return nil
}

// bytes is the finished file.
func (w *workbook) bytes() ([]byte, error) {
	// A chart adds the types of all pictures, out of a map.
	if types := w.file.ContentTypes; types != nil {
		sort.Slice(types.Defaults, func(i, j int) bool { return types.Defaults[i].Extension < types.Defaults[j].Extension })
	}
	out, err := w.file.WriteToBuffer()
	if err != nil {
		return nil, errors.Join(err, w.file.Close())
	}
	return out.Bytes(), w.file.Close()
}
