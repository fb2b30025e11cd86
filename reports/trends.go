package reports

import (
	"fmt"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"
)

const trendSheet = "Trends by month"

// chartedSchools is how many lines a chart can hold and still be read; past it
// the district's alone is drawn.
const chartedSchools = 12

func addTrends(w *workbook, d *DistrictNight) error {
	var months []string
	for _, line := range d.Schools {
		for _, m := range line.Key.ByMonth {
			months = append(months, m.Month)
		}
	}
	slices.Sort(months)
	months = slices.Compact(months)
	absent, enrolled := make([]int, len(months)), make([]int, len(months))
	hidden := make([]int, len(months))
	heads := []string{"School ID", "School"}
	for _, m := range months {
		heads = append(heads, monthWords(m))
	}
	var rows [][]any
	for _, line := range d.Schools {
		row := []any{line.School.ID, line.School.Name}
		students := tally(line.Key.ByGrade, line.Counts)[countStudents]
		for i, month := range months {
			at := slices.IndexFunc(line.Key.ByMonth, func(m MonthTally) bool { return m.Month == month })
			if at < 0 || line.Key.ByMonth[at].DaysEnrolled == 0 {
				row = append(row, nil)
				continue
			}
			m := line.Key.ByMonth[at]
			absent[i], enrolled[i] = absent[i]+m.DaysAbsent, enrolled[i]+m.DaysEnrolled
			if d.SuppressSmall && (students <= smallCell || 1 <= m.DaysAbsent && m.DaysAbsent <= smallCell) {
				hidden[i]++
				row = append(row, nil)
				continue
			}
			row = append(row, rate(float64(m.DaysAbsent)/float64(m.DaysEnrolled)))
		}
		rows = append(rows, row)
	}
	total := []any{"", "All schools"}
	for i := range months {
		// One school left out could be worked out from the district's rate.
		if enrolled[i] == 0 || hidden[i] == 1 {
			total = append(total, nil)
			continue
		}
		total = append(total, rate(float64(absent[i])/float64(enrolled[i])))
	}
	rows = append(rows, total)
	return addBlocks(w, trendSheet, "2E7D32", []block{{heads: heads, rows: rows, wide: []int{2}}}, func(file *excelize.File) error {
		if len(months) == 0 {
			return nil
		}
		return trendChart(file, len(rows), len(months))
	})
}

// lineColours tell schools apart; excelize's own begin again after six.
var lineColours = []string{
	"1F77B4", "E6851E", "2CA02C", "C62828", "8E63C7", "8C564B", "E377C2", "17A2B8", "A8A21C", "7F7F7F", "1B3A6B", "66BB6A",
}

func trendChart(file *excelize.File, rows, months int) error {
	last, err := excelize.ColumnNumberToName(2 + months)
	if err != nil {
		return err
	}
	first := 2
	if rows-1 > chartedSchools {
		first = rows + 1
	}
	var series []excelize.ChartSeries
	for row := first; row <= rows+1; row++ {
		colour, width := lineColours[(row-2)%len(lineColours)], 1.5
		if row == rows+1 {
			colour, width = "1A1A1A", 4 // the district stands out
		}
		fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
		series = append(series, excelize.ChartSeries{
			Name:       fmt.Sprintf("'%s'!$B$%d", trendSheet, row),
			Categories: fmt.Sprintf("'%s'!$C$1:$%s$1", trendSheet, last),
			Values:     fmt.Sprintf("'%s'!$C$%d:$%s$%d", trendSheet, row, last, row),
			Fill:       fill,
			Line:       excelize.LineOptions{Width: width},
			Marker:     excelize.ChartMarker{Symbol: "circle", Size: 5, Fill: fill},
		})
	}
	return file.AddChart(trendSheet, fmt.Sprintf("A%d", rows+3), &excelize.Chart{
		Type: excelize.Line, Series: series, Title: chartTitle("Absence rate by month"), ShowBlanksAs: "gap",
		Dimension: excelize.ChartDimension{Width: 960, Height: 440}, Legend: excelize.ChartLegend{Position: "bottom"},
		XAxis: chartAxis(""), YAxis: chartAxis("0%"),
	})
}

// monthWords turns 2026-10 into Oct 2026.
func monthWords(month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return t.Format("Jan 2006")
}
