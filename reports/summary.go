package reports

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/night"
)

const summarySheet = "Summary"

// The columns of counts in the summary. The first seven are known by grade too.
const (
	countStudents = iota
	countSatisfactory
	countAtRisk
	countChronic
	countSevere
	countLabel
	countTruant
	gradeCounts
)

var countHeads = []string{
	"Students", tierWords(attendance.Satisfactory), tierWords(attendance.AtRisk), tierWords(attendance.Chronic), tierWords(attendance.Severe),
	"Chronically absent", "Truant",
	"Open CART", "Open SART", "New CART", "New SART", "Waiting", "Watch list", "Letters to mail", "Letters to send home", "Meetings",
}

// tally is a row of the summary: the tiers over some grades, and for a school
// what its night came to.
func tally(grades []GradeTally, c night.Counts) []int {
	n := make([]int, len(countHeads))
	for _, g := range grades {
		for i, v := range []int{g.Students, g.Satisfactory, g.AtRisk, g.Chronic, g.Severe, g.ChronicLabel, g.Truant} {
			n[i] += v
		}
	}
	copy(n[gradeCounts:], []int{
		c.OpenCART, c.OpenSART, c.NewCART, c.NewSART, c.Waiting, c.WatchList, c.LettersMail, c.LettersStudent, c.Meetings,
	})
	return n
}

// summary is the table behind the sheet: schools, then grades, then the total
// that both add up to.
type summary struct {
	schools []SchoolLine
	grades  []string
	counts  [][]int
	covers  [][]cover
}

func summarise(d *DistrictNight) *summary {
	s := &summary{schools: d.Schools}
	byGrade := map[string][]GradeTally{}
	for _, line := range d.Schools {
		s.counts = append(s.counts, tally(line.Key.ByGrade, line.Counts))
		for _, g := range line.Key.ByGrade {
			if byGrade[g.Grade] == nil {
				s.grades = append(s.grades, g.Grade)
			}
			byGrade[g.Grade] = append(byGrade[g.Grade], g)
		}
	}
	slices.SortFunc(s.grades, func(a, b string) int {
		return cmp.Or(cmp.Compare(district.GradeIndex(a), district.GradeIndex(b)), cmp.Compare(a, b))
	})
	total := make([]int, len(countHeads))
	for _, row := range s.counts {
		for i, n := range row {
			total[i] += n
		}
	}
	for _, g := range s.grades {
		s.counts = append(s.counts, tally(byGrade[g], night.Counts{})[:gradeCounts])
	}
	s.counts = append(s.counts, total)
	if d.SuppressSmall {
		s.covers = suppress(s.counts, s.sums())
		return s
	}
	for _, row := range s.counts {
		s.covers = append(s.covers, make([]cover, len(row)))
	}
	return s
}

// sums are the ways the table adds up: the tiers to the students, chronic and
// severe to the chronically absent (but for students too short enrolled), the
// schools and the grades to the total.
func (s *summary) sums() []sum {
	var sums []sum
	total := len(s.counts) - 1
	for row := range s.counts {
		sums = append(sums,
			sum{{row, countSatisfactory}, {row, countAtRisk}, {row, countChronic}, {row, countSevere}, {row, countStudents}},
			sum{{row, countChronic}, {row, countSevere}, {row, countLabel}})
	}
	for column := range countHeads {
		var schools, grades sum
		for row := range s.schools {
			schools = append(schools, spot{row, column})
		}
		sums = append(sums, append(schools, spot{total, column}))
		if column < gradeCounts {
			for row := range s.grades {
				grades = append(grades, spot{len(s.schools) + row, column})
			}
			sums = append(sums, append(grades, spot{total, column}))
		}
	}
	return sums
}

// count is a cell of the table as it may be shown.
func (s *summary) count(row, column int) any {
	if c := s.covers[row][column]; c != shown {
		return c.words(s.counts[row][column])
	}
	return s.counts[row][column]
}

// rate is the share of a count in the row's students, empty where either is
// covered, for a rate is as good as a count.
func (s *summary) rate(row, column int) any {
	of := s.counts[row][countStudents]
	if s.covers[row][column] != shown || s.covers[row][countStudents] != shown || of == 0 {
		return nil
	}
	return rate(float64(s.counts[row][column]) / float64(of))
}

// row is one line of the sheet, as far as its counts go.
func (s *summary) row(row int, first, second string) []any {
	cells := []any{first, second}
	for column := range s.counts[row] {
		cells = append(cells, s.count(row, column))
		switch column {
		case countLabel, countTruant:
			cells = append(cells, s.rate(row, column))
		}
	}
	return cells
}

// summaryHeads are the heads over row's cells.
func summaryHeads(first, second string, counts int) []string {
	heads := []string{first, second}
	for column, head := range countHeads[:counts] {
		heads = append(heads, head)
		switch column {
		case countLabel:
			heads = append(heads, "Chronic rate")
		case countTruant:
			heads = append(heads, "Truancy rate")
		}
	}
	return heads
}

// Columns of the sheet, for the charts: the first of the tiers, and the rate.
const (
	firstTier   = 4
	chronicRate = 9
)

func addSummary(w *workbook, d *DistrictNight) error {
	s := summarise(d)
	schoolRows := [][]any{}
	for i, line := range s.schools {
		schoolRows = append(schoolRows, append(s.row(i, line.School.ID, line.School.Name), line.Counts.Exceptions, line.Counts.Rejects, line.Held))
	}
	exceptions, rejects := 0, 0
	for _, line := range s.schools {
		exceptions, rejects = exceptions+line.Counts.Exceptions, rejects+line.Counts.Rejects
	}
	schoolRows = append(schoolRows, append(s.row(len(s.counts)-1, "", "All schools"), exceptions, rejects))
	gradeRows := [][]any{}
	for i, g := range s.grades {
		gradeRows = append(gradeRows, s.row(len(s.schools)+i, g, ""))
	}
	gradeRows = append(gradeRows, s.row(len(s.counts)-1, "", "All grades")[:len(summaryHeads("", "", gradeCounts))])
	heads := append(summaryHeads("School ID", "School", len(countHeads)), "Exceptions", "Rejected rows", "Held, and why")
	blocks := []block{
		{heads: heads, rows: schoolRows, wide: []int{2, len(heads)}},
		{heads: summaryHeads("Grade", "", gradeCounts), rows: gradeRows},
	}
	grades := len(schoolRows) + 4 // the first row of a grade
	below := grades + len(gradeRows) + 1
	return addBlocks(w, summarySheet, "1F3A5F", blocks, func(file *excelize.File) error {
		if len(s.schools) == 0 {
			return nil
		}
		if err := tierChart(file, len(s.schools), fmt.Sprintf("A%d", below)); err != nil {
			return fmt.Errorf("chart of tiers: %w", err)
		}
		if len(s.grades) == 0 {
			return nil
		}
		if err := gradeChart(file, grades, grades+len(s.grades)-1, fmt.Sprintf("A%d", below+25)); err != nil {
			return fmt.Errorf("chart of grades: %w", err)
		}
		return nil
	})
}

func chartTitle(text string) excelize.ChartTitle {
	return excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: text}}}
}

// chartAxis is dark enough to read; number is the format of its values.
func chartAxis(number string) excelize.ChartAxis {
	axis := excelize.ChartAxis{Font: excelize.Font{Color: "404040", Size: 9}}
	if number != "" {
		axis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: number}
		axis.Minimum, axis.MajorGridLines = new(float64), true
	}
	return axis
}

func tierChart(file *excelize.File, schools int, at string) error {
	var series []excelize.ChartSeries
	colours := []string{"70AD47", "FFC000", "ED7D31", "C00000"}
	for i := range attendance.Tiers {
		column, err := excelize.ColumnNumberToName(firstTier + i)
		if err != nil {
			return err
		}
		series = append(series, excelize.ChartSeries{
			Name:       fmt.Sprintf("%s!$%s$1", summarySheet, column),
			Categories: fmt.Sprintf("%s!$B$2:$B$%d", summarySheet, schools+1),
			Values:     fmt.Sprintf("%s!$%s$2:$%s$%d", summarySheet, column, column, schools+1),
			Fill:       excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colours[i]}},
		})
	}
	return file.AddChart(summarySheet, at, &excelize.Chart{
		Type: excelize.ColStacked, Series: series, Title: chartTitle("Students by tier and school"),
		Dimension: excelize.ChartDimension{Width: 960, Height: 440}, Legend: excelize.ChartLegend{Position: "bottom"},
		XAxis: chartAxis(""), YAxis: chartAxis("0"),
	})
}

func gradeChart(file *excelize.File, first, last int, at string) error {
	column, err := excelize.ColumnNumberToName(chronicRate)
	if err != nil {
		return err
	}
	return file.AddChart(summarySheet, at, &excelize.Chart{
		Type: excelize.Col, Title: chartTitle("Chronic absence rate by grade"),
		Series: []excelize.ChartSeries{{
			Name:       fmt.Sprintf("%s!$%s$1", summarySheet, column),
			Categories: fmt.Sprintf("%s!$A$%d:$A$%d", summarySheet, first, last),
			Values:     fmt.Sprintf("%s!$%s$%d:$%s$%d", summarySheet, column, first, column, last),
			Fill:       excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"ED7D31"}},
		}},
		Dimension: excelize.ChartDimension{Width: 960, Height: 380}, Legend: excelize.ChartLegend{Position: "none"},
		XAxis: chartAxis(""), YAxis: chartAxis("0%"),
	})
}
