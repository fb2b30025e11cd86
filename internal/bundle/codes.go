package bundle

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/district"
)

// codeTable is the district's absence codes, and what attendance asks of them.
type codeTable struct {
	register                 // of the codes
	codes    []district.Code // by place
	bad      []badCode       // with a category that is none of ours
	uses     map[string]*codeUse
}

// badCode is a row of the table whose category means nothing here.
type badCode struct {
	code, category string
	line           int
}

// codeUse counts the attendance rows of a code that cannot be read.
type codeUse struct{ rows, firstLine int }

func (r *reader) readCodes(ctx context.Context, t *table) error {
	code, category, description := t.col("code"), t.col("category"), t.col("description")
	c := codeTable{uses: map[string]*codeUse{}}
	lines := map[string]int{}
	for t.next(ctx) {
		row := district.Code{Code: t.text(code), Description: t.text(description)}
		if line, again := lines[row.Code]; again {
			t.reject(code, duplicate("code", line))
			continue
		}
		lines[row.Code] = t.line()
		var ok bool
		if row.Category, ok = district.ParseCategory(t.text(category)); !ok {
			c.bad = append(c.bad, badCode{row.Code, t.text(category), t.line()})
			continue
		}
		c.add(row.Code)
		c.codes = append(c.codes, row)
	}
	r.district.Codes = make(map[string]*district.Code, len(c.codes))
	for i := range c.codes {
		r.district.Codes[c.codes[i].Code] = &c.codes[i]
	}
	r.codes = c
	return nil
}

// unreadable counts an attendance row whose code has no meaning.
func (c *codeTable) unreadable(code string, line int) {
	use := c.uses[code]
	if use == nil {
		use = &codeUse{firstLine: line}
		c.uses[code] = use
	}
	use.rows++
}

// mostCodes is how many unknown codes are named. No district has so many: what comes
// behind them may be anything, names of children too, and does not belong in a log.
const mostCodes = 50

// fault names every code that stops the run: after a year's rollover, codes are
// what breaks first.
func (c *codeTable) fault(door Door) error {
	absenceCodes, attendance := door.Name(district.AbsenceCodes), door.Name(district.Attendance)
	var lines []string
	for _, b := range c.bad {
		used := "not used in " + attendance
		if use := c.uses[b.code]; use != nil {
			used = fmt.Sprintf("%s of %s%s", rowCount(use.rows), attendance, firstIn(use.firstLine))
			delete(c.uses, b.code)
		}
		lines = append(lines, fmt.Sprintf("%s: %scode %q (%s) has the category %q, which is none of ours; use one of %s",
			absenceCodes, atLine(b.line), shorten(b.code), used, shorten(b.category), strings.Join(district.CategoryNames(), ", ")))
	}
	unknown := make([]string, 0, len(c.uses))
	for code := range c.uses {
		unknown = append(unknown, code)
	}
	slices.SortFunc(unknown, func(a, b string) int {
		return cmp.Or(c.uses[a].firstLine-c.uses[b].firstLine, strings.Compare(a, b))
	})
	for i, code := range unknown {
		if i == mostCodes {
			lines = append(lines, fmt.Sprintf("%s: and %d more unknown codes; is the column of codes the right one?", attendance, len(unknown)-i))
			break
		}
		use := c.uses[code]
		lines = append(lines, fmt.Sprintf("%s: unknown code %q: %s%s; add it to %s with its category",
			attendance, shorten(code), rowCount(use.rows), firstIn(use.firstLine), absenceCodes))
	}
	if len(lines) == 0 {
		return nil
	}
	return fmt.Errorf("%s", strings.Join(lines, "\n"))
}

func rowCount(n int) string {
	if n == 1 {
		return "1 row"
	}
	return strconv.Itoa(n) + " rows"
}

// firstIn says where the first of several rows is, where rows have lines.
func firstIn(line int) string {
	if line == 0 {
		return ""
	}
	return fmt.Sprintf(", first in line %d", line)
}

// atLine says where a row is, where rows have lines.
func atLine(line int) string {
	if line == 0 {
		return ""
	}
	return fmt.Sprintf("line %d: ", line)
}
