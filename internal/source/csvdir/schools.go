package csvdir

import (
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/district"
)

func (r *reader) readSchools(ctx context.Context, t *table) error {
	id, name, cds, span := t.col("school_id"), t.col("name"), t.col("cds_code"), t.col("grade_span")
	street, city, state, zip := t.col("street"), t.col("city"), t.col("state"), t.col("zip")
	phone, periods := t.col("phone"), t.col("periods_per_day")
	lines := map[string]int{}
	for t.next(ctx) {
		s := district.School{
			ID: t.text(id), Name: t.text(name), CDSCode: t.text(cds), GradeSpan: t.text(span),
			Street: t.text(street), City: t.text(city), State: t.text(state), Zip: t.text(zip), Phone: t.text(phone),
		}
		if line, again := lines[s.ID]; again {
			t.reject(id, duplicate("school_id", line))
			continue
		}
		if p := t.raw(periods); p != "" {
			n, ok := wholeNumber(p, 99)
			if !ok {
				t.reject(periods, "is not a whole number of periods; leave it empty where attendance is taken once a day")
				continue
			}
			s.PeriodsPerDay = n
		}
		lines[s.ID] = t.scan.line
		r.district.Schools = append(r.district.Schools, s)
	}
	slices.SortFunc(r.district.Schools, func(a, b district.School) int { return strings.Compare(a.ID, b.ID) })
	r.schoolIndex = make(map[string]int32, len(lines))
	for i, s := range r.district.Schools {
		r.schoolIndex[s.ID] = int32(i)
	}
	return nil
}

// wholeNumber reads digits only: no sign, no point, no more than most.
func wholeNumber(s string, most int) (int, bool) {
	if s == "" {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		if n = 10*n + int(s[i]-'0'); n > most {
			return 0, false
		}
	}
	return n, true
}

// truth reads the bundle's booleans; spreadsheets write them in capitals.
func truth(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "true", "1", "yes", "y":
		return true, true
	case "false", "0", "no", "n":
		return false, true
	}
	return false, false
}

const notATruth = "is neither true nor false; write true, false, 1, 0, yes, no, Y or N"

func (r *reader) readStaff(ctx context.Context, t *table) error {
	school, role, name := t.col("school_id"), t.col("role"), t.col("name")
	email, phone := t.col("email"), t.col("phone")
	for t.next(ctx) {
		s := district.Staff{
			SchoolID: t.text(school), Role: district.Role(t.text(role)), Name: t.text(name), Phone: t.text(phone),
		}
		if _, known := r.schoolIndex[s.SchoolID]; s.SchoolID != "" && !known {
			t.reject(school, unknownSchool+"; empty means the whole district")
			continue
		}
		if !slices.Contains(district.Roles, s.Role) {
			t.reject(role, "is no role; use one of "+roleNames())
			continue
		}
		// The raw field, because clean would make a header line out of two.
		address, err := mail.ParseAddress(t.raw(email))
		if err != nil || strings.ContainsFunc(t.raw(email), isControl) || strings.ContainsFunc(address.Address, isControl) {
			t.reject(email, "is not one e-mail address like name@example.org")
			continue
		}
		s.Email = address.Address
		r.district.Staff = append(r.district.Staff, s)
	}
	return nil
}

func roleNames() string {
	names := make([]string, len(district.Roles))
	for i, role := range district.Roles {
		names[i] = string(role)
	}
	return strings.Join(names, ", ")
}

// schoolDays is one school's calendar file: the kinds of the days of the
// school year at hand, and which school years it covers at all.
type schoolDays struct {
	lines map[district.Date]int // every date with a row
	years map[district.SchoolYear]bool
	kinds [366]dayKind // from 1 July
}

type dayKind uint8

const (
	unlisted dayKind = iota
	notTaught
	taught
)

func (r *reader) readCalendar(ctx context.Context, t *table) error {
	school, date, instructional := t.col("school_id"), t.col("date"), t.col("instructional")
	r.days = make([]schoolDays, len(r.district.Schools))
	for i := range r.days {
		r.days[i] = schoolDays{lines: map[district.Date]int{}, years: map[district.SchoolYear]bool{}}
	}
	first, last := r.district.Year.First(), r.district.Year.Last()
	taughtDays := make([][]district.Date, len(r.district.Schools))
	for t.next(ctx) {
		at, known := r.schoolIndex[t.text(school)]
		if !known {
			t.reject(school, unknownSchool)
			continue
		}
		day, ok := t.day(date)
		if !ok {
			t.reject(date, notADate)
			continue
		}
		is, ok := truth(t.raw(instructional))
		if !ok {
			t.reject(instructional, notATruth)
			continue
		}
		days := &r.days[at]
		if line, again := days.lines[day]; again {
			t.reject(date, duplicate("school and date", line))
			continue
		}
		days.lines[day] = t.scan.line
		if day < first || last < day {
			days.years[district.YearOf(day)] = true
			continue
		}
		days.years[r.district.Year] = true
		days.kinds[day-first] = notTaught
		if is {
			days.kinds[day-first] = taught
			taughtDays[at] = append(taughtDays[at], day)
		}
	}
	r.district.Calendars = make(map[string]*district.Calendar, len(r.district.Schools))
	for i, s := range r.district.Schools {
		c, err := district.NewCalendar(taughtDays[i])
		if err != nil {
			return fmt.Errorf("%s: school %s: %w", fileName(t.file), s.ID, err)
		}
		r.district.Calendars[s.ID] = c
	}
	return nil
}

// codeTable is the district's absence codes, and what attendance asks of them.
type codeTable struct {
	codes []district.Code
	index map[string]int32
	bad   []badCode // with a category that is none of ours
	uses  map[string]*codeUse
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
	c := codeTable{index: map[string]int32{}, uses: map[string]*codeUse{}}
	lines := map[string]int{}
	for t.next(ctx) {
		row := district.Code{Code: t.text(code), Description: t.text(description)}
		if line, again := lines[row.Code]; again {
			t.reject(code, duplicate("code", line))
			continue
		}
		lines[row.Code] = t.scan.line
		var ok bool
		if row.Category, ok = district.ParseCategory(t.text(category)); !ok {
			c.bad = append(c.bad, badCode{row.Code, t.text(category), t.scan.line})
			continue
		}
		c.index[row.Code] = int32(len(c.codes))
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

// fault names every code that stops the run: after a year's rollover, codes are
// what breaks first.
func (c *codeTable) fault() error {
	var lines []string
	for _, b := range c.bad {
		used := "not used in attendance.csv"
		if use := c.uses[b.code]; use != nil {
			used = fmt.Sprintf("%s of attendance.csv, first in line %d", rowCount(use.rows), use.firstLine)
			delete(c.uses, b.code)
		}
		lines = append(lines, fmt.Sprintf("absence_codes.csv: line %d: code %q (%s) has the category %q, which is none of ours; use one of %s",
			b.line, shorten(b.code), used, shorten(b.category), strings.Join(district.CategoryNames(), ", ")))
	}
	unknown := make([]string, 0, len(c.uses))
	for code := range c.uses {
		unknown = append(unknown, code)
	}
	slices.SortFunc(unknown, func(a, b string) int { return c.uses[a].firstLine - c.uses[b].firstLine })
	for _, code := range unknown {
		use := c.uses[code]
		lines = append(lines, fmt.Sprintf("attendance.csv: unknown code %q: %s, first in line %d; add it to absence_codes.csv with its category",
			shorten(code), rowCount(use.rows), use.firstLine))
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
