package reports

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"
)

// toMendSheet lists what is wrong with a follow-up sheet, in a copy of it that
// goes back to those who filled it in.
const toMendSheet = "To mend"

// The fills of a cell that is wrong, and of one that is to be filled in.
const (
	wrongFill = "F4B6B6"
	openFill  = "FFFBE6"
)

// markedBy signs the comments, so that those of an earlier copy are known.
const markedBy = "rollcall"

// MarkFollowUp is a copy of a filled-in workbook in which each faulty cell is red
// and says in a comment what is wrong, with a sheet before the others that lists
// them. Everything else is as it was; the marks of an earlier copy are gone. The
// copy can be mended and read in.
func MarkFollowUp(workbook []byte, faults []CellFault) ([]byte, error) {
	file, err := excelize.OpenReader(bytes.NewReader(workbook), excelize.Options{UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: mostInSheet})
	if err != nil {
		return nil, fmt.Errorf("mark: %w", err)
	}
	out, err := markCells(file, faults)
	return out, errors.Join(err, file.Close())
}

func markCells(file *excelize.File, faults []CellFault) ([]byte, error) {
	if err := unmark(file); err != nil {
		return nil, fmt.Errorf("mark: %w", err)
	}
	byCell := map[string][]CellFault{}
	var cells []string
	for _, f := range faults {
		if byCell[f.Cell] == nil {
			cells = append(cells, f.Cell)
		}
		byCell[f.Cell] = append(byCell[f.Cell], f)
	}
	for _, cell := range cells {
		var words []excelize.RichTextRun
		for i, f := range byCell[cell] {
			text := f.Problem
			if i > 0 {
				text = "\n" + text
			}
			words = append(words, excelize.RichTextRun{Text: cellText(text)})
		}
		sheet := byCell[cell][0].Sheet
		err := file.AddComment(sheet, excelize.Comment{Cell: cell, Author: markedBy, Paragraph: words, Width: 320, Height: 110})
		if err = errors.Join(err, fill(file, sheet, cell, wrongFill)); err != nil {
			return nil, fmt.Errorf("mark %s: %w", cell, err)
		}
	}
	if err := list(file, faults); err != nil {
		return nil, fmt.Errorf("mark: %w", err)
	}
	out, err := file.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("mark: %w", err)
	}
	return out.Bytes(), nil
}

// unmark takes away what an earlier copy was marked with.
func unmark(file *excelize.File) error {
	sheets := file.GetSheetList()
	if slices.Contains(sheets, toMendSheet) {
		if err := file.DeleteSheet(toMendSheet); err != nil {
			return err
		}
	}
	for _, sheet := range file.GetSheetList() {
		comments, err := file.GetComments(sheet)
		if err != nil {
			return err
		}
		for _, c := range comments {
			if c.Author != markedBy {
				continue
			}
			if err := errors.Join(file.DeleteComment(sheet, c.Cell), fill(file, sheet, c.Cell, openFill)); err != nil {
				return err
			}
		}
	}
	return nil
}

// fill colours one cell and leaves the rest of its style as it is.
func fill(file *excelize.File, sheet, cell, colour string) error {
	id, err := file.GetCellStyle(sheet, cell)
	if err != nil {
		return err
	}
	style, err := file.GetStyle(id)
	if err != nil {
		return err
	}
	style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	if id, err = file.NewStyle(style); err != nil {
		return err
	}
	return file.SetCellStyle(sheet, cell, cell, id)
}

// list puts the sheet of faults first, each with a link to its cell.
func list(file *excelize.File, faults []CellFault) error {
	if _, err := file.NewSheet(toMendSheet); err != nil {
		return err
	}
	if err := file.MoveSheet(toMendSheet, file.GetSheetName(0)); err != nil {
		return err
	}
	rows := [][]any{
		{"Nothing of this file was recorded. Mend the cells below, which are red in their sheet, save the file and give it back."},
		{"Cell", "Column", "What is wrong, and what to put there"},
	}
	for _, f := range faults {
		rows = append(rows, []any{f.Cell, cellText(string(f.Column)), cellText(f.Problem)})
	}
	asText := "@"
	plainText, err := file.NewStyle(&excelize.Style{CustomNumFmt: &asText, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	if err != nil {
		return err
	}
	bold, err := file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	for i, row := range rows {
		for j, value := range row {
			at := cellName(j+1, i+1)
			if err := errors.Join(file.SetCellStr(toMendSheet, at, value.(string)), file.SetCellStyle(toMendSheet, at, at, plainText)); err != nil {
				return err
			}
		}
	}
	faulty := func(i int) string { return fmt.Sprintf("'%s'!%s", faults[i].Sheet, faults[i].Cell) }
	for i := range faults {
		if err := file.SetCellHyperLink(toMendSheet, cellName(1, i+3), faulty(i), "Location"); err != nil {
			return err
		}
	}
	landscape, wide, high, fit := "landscape", 1, 0, true
	index, err := file.GetSheetIndex(toMendSheet)
	if err != nil {
		return err
	}
	file.SetActiveSheet(index)
	return errors.Join(
		file.SetPageLayout(toMendSheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}),
		file.SetSheetProps(toMendSheet, &excelize.SheetPropsOptions{FitToPage: &fit}),
		file.MergeCell(toMendSheet, "A1", "C1"),
		file.SetRowHeight(toMendSheet, 1, 2*lineHeight),
		file.SetCellStyle(toMendSheet, "A2", "C2", bold),
		file.SetColWidth(toMendSheet, "A", "A", 9), file.SetColWidth(toMendSheet, "B", "B", 22), file.SetColWidth(toMendSheet, "C", "C", 90),
	)
}
