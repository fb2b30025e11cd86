package reports

import (
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"
)

// block is a small table; a sheet may hold several, one below the other with an
// empty row between.
type block struct {
	heads []string
	rows  [][]any // the last is the total
	wide  []int   // columns of names and reasons, from 1
}

// addBlocks streams blocks into a new sheet; charts draws over it, before the
// rows are written.
func addBlocks(w *workbook, name, tab string, blocks []block, charts func(*excelize.File) error) error {
	if err := w.streamBlocks(name, tab, blocks, charts); err != nil {
		return fmt.Errorf("sheet %s: %w", name, err)
	}
	return nil
}

func (w *workbook) streamBlocks(name, tab string, blocks []block, charts func(*excelize.File) error) error {
	if err := w.open(name); err != nil {
		return err
	}
	if err := w.setUp(name, tab, 1); err != nil {
		return err
	}
	if err := charts(w.file); err != nil {
		return err
	}
	out, err := w.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, XSplit: 2, YSplit: 1, TopLeftCell: "C2", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	columns := 0
	var wide []int
	for _, b := range blocks {
		columns, wide = max(columns, len(b.heads)), append(wide, b.wide...)
	}
	for i := columns; i > 0; i-- {
		width := 11.0
		if slices.Contains(wide, i) {
			width = 35
		}
		if err := out.SetColWidth(i, i, width); err != nil {
			return err
		}
	}
	at := 0
	for i, b := range blocks {
		if i > 0 {
			at++
		}
		heads := make([]any, len(b.heads))
		for j, h := range b.heads {
			heads[j] = excelize.Cell{StyleID: w.head, Value: cellText(h)}
		}
		at++
		if err := out.SetRow(fmt.Sprintf("A%d", at), heads, excelize.RowOpts{Height: 2 * lineHeight}); err != nil {
			return err
		}
		for n, row := range b.rows {
			look := asText
			if n == len(b.rows)-1 {
				look = asTotal
			}
			cells := make([]any, len(row))
			for j, v := range row {
				cells[j] = w.cell(v, look)
			}
			at++
			if err := out.SetRow(fmt.Sprintf("A%d", at), cells); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// leadRow writes what to do with a sheet across the columns that are seen first.
func (w *workbook) leadRow(out *excelize.StreamWriter, words string) error {
	const across, characters = "K1", 120.0
	if err := out.MergeCell("A1", across); err != nil {
		return err
	}
	return out.SetRow("A1", []any{w.cell(words, asFact)}, excelize.RowOpts{Height: float64(lineHeight * wrappedLines(words, characters))})
}
