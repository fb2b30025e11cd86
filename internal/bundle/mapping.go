package bundle

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/district"
)

// Mapping translates, table by table, an export that was not made for us.
type Mapping map[district.File]Foreign

// Foreign is how another system writes one table.
type Foreign struct {
	File      string `yaml:"file"`      // its file; empty: the bundle's name
	Encoding  string `yaml:"encoding"`  // one of Encodings; empty: utf-8
	Separator string `yaml:"separator"` // a key of Separators; empty: comma
	Dates     string `yaml:"dates"`     // like MM/DD/YYYY; empty: YYYY-MM-DD
	// Names are their names of our columns; several, joined by " + ", become one
	// value with spaces between.
	Names map[string]string `yaml:"names"`
	// Values are what their values of a column of ours mean, "" being an empty one
	// and "*" any that is not listed. Without "*" such a value stays as it is.
	Values map[string]map[string]string `yaml:"values"`
	// Fixed are columns that have one value in every row.
	Fixed map[string]string `yaml:"fixed"`
	// Skip are values of our columns, as they write them, whose rows are not meant.
	Skip map[string][]string `yaml:"skip"`
	// Periods are, of attendance with a column of codes for each period, those columns
	// and their periods, "" being the whole day. Each that is not empty is a row.
	Periods map[string]string `yaml:"periods"`
}

// asItIs reports a table that needs no translation.
func (f Foreign) asItIs() bool {
	return len(f.Names) == 0 && len(f.Values) == 0 && len(f.Fixed) == 0 && len(f.Skip) == 0 && len(f.Periods) == 0
}

// Encodings are the encodings of files.
var Encodings = []string{"utf-8", "utf-16", "windows-1252"}

// Separators are what stands between two fields, by name.
var Separators = map[string]byte{"comma": ',', "semicolon": ';', "tab": '\t', "pipe": '|'}

// anyOther is the key of Foreign.Values for what is not listed.
const anyOther = "*"

// MappingFault is a mistake in a Mapping.
type MappingFault struct {
	Key     []string // students, values, home_language
	Problem string
}

// Validate lists every mistake that can be seen without the files.
func (m Mapping) Validate() (faults []MappingFault) {
	for _, file := range slices.Sorted(maps.Keys(m)) {
		add := func(format string, args ...any) func(key ...string) {
			return func(key ...string) {
				faults = append(faults, MappingFault{append([]string{string(file)}, key...), fmt.Sprintf(format, args...)})
			}
		}
		all, required := Columns(file)
		if all == nil {
			add("is no table of the bundle; the tables are %s", fileNames())()
			continue
		}
		f := m[file]
		if f.File != "" && filepath.Base(f.File) != f.File {
			add("%q is no name of a file; write it without its folder", f.File)("file")
		}
		if f.Encoding != "" && !slices.Contains(Encodings, f.Encoding) {
			add("%q is none of %s", f.Encoding, strings.Join(Encodings, ", "))("encoding")
		}
		if _, ok := Separators[f.Separator]; f.Separator != "" && !ok {
			add("%q is none of %s", f.Separator, strings.Join(slices.Sorted(maps.Keys(Separators)), ", "))("separator")
		}
		if _, err := newDateFormat(f.Dates); err != nil {
			add("%s", err)("dates")
		}
		for _, part := range []struct {
			key     string
			columns []string
		}{
			{"names", slices.Sorted(maps.Keys(f.Names))}, {"values", slices.Sorted(maps.Keys(f.Values))}, {"fixed", slices.Sorted(maps.Keys(f.Fixed))},
			{"skip", slices.Sorted(maps.Keys(f.Skip))},
		} {
			for _, column := range part.columns {
				if !slices.Contains(all, column) {
					add("%s has no column %q; the columns are %s", file, column, strings.Join(all, ", "))(part.key, column)
				}
			}
		}
		if len(f.Periods) > 0 && file != district.Attendance {
			add("is for attendance, which may have a column for each period")("periods")
		}
		for _, column := range slices.Sorted(maps.Keys(f.Fixed)) {
			if f.Names[column] != "" {
				add("has a name as well; leave one of the two out")("fixed", column)
			}
		}
		for _, column := range slices.Sorted(maps.Keys(f.Values)) {
			for _, theirs := range slices.Sorted(maps.Keys(f.Values[column])) {
				ours := f.Values[column][theirs]
				if problem := unfit(column, ours); problem != "" && (ours != "" || slices.Contains(required, column)) {
					add("%q becomes %q, which %s", theirs, ours, problem)("values", column, theirs)
				}
			}
		}
	}
	return faults
}

func fileNames() string {
	names := make([]string, len(Files))
	for i, f := range Files {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}

// unfit says why a column cannot hold a value, empty where it can.
func unfit(column, value string) string {
	ok, problem := true, ""
	switch column {
	case "grade":
		ok, problem = district.GradeIndex(value) >= 0, "is no grade; the grades are "+strings.Join(district.Grades, ", ")
	case "category":
		_, ok = district.ParseCategory(value)
		problem = "is no category; the categories are " + strings.Join(district.CategoryNames(), ", ")
	case "role":
		ok, problem = slices.Contains(district.Roles, district.Role(value)), "is no role; the roles are "+roleNames()
	case "instructional", "receives_mail":
		_, ok = truth(value)
		problem = notATruth
	case "periods_per_day":
		_, ok = wholeNumber(value, 99)
		problem = "is no whole number of periods"
	default:
		if slices.Contains(Dates, column) {
			_, err := district.ParseDate(value)
			ok, problem = err == nil, "is no date like 2026-10-15"
		}
	}
	if ok {
		return ""
	}
	return problem
}

// dateFormat reads the dates of another system.
type dateFormat struct {
	layout string
	parts  []string // YYYY, MM, DD and what stands between, in order
	known  map[string]string
}

// newDateFormat understands YYYY, MM (or M) and DD (or D) in any order with anything
// but digits between them; nil is the bundle's own format.
func newDateFormat(layout string) (*dateFormat, error) {
	if layout == "" || layout == "YYYY-MM-DD" {
		return nil, nil
	}
	f := &dateFormat{layout: layout, known: map[string]string{}}
	seen := map[string]bool{}
	for rest := layout; rest != ""; {
		n := 1
		for n < len(rest) && rest[n] == rest[0] {
			n++
		}
		part := rest[:n]
		rest = rest[n:]
		switch part {
		case "M", "D":
			part += part
		case "YYYY", "MM", "DD":
		default:
			if strings.ContainsAny(part, "YMDymd0123456789") {
				return nil, fmt.Errorf("%q is no form of dates; write YYYY, MM and DD as they stand in the export, for example MM/DD/YYYY", layout)
			}
			f.parts = append(f.parts, part)
			continue
		}
		if seen[part] {
			return nil, fmt.Errorf("%q has %s twice", layout, part)
		}
		seen[part] = true
		f.parts = append(f.parts, part)
	}
	if len(seen) != 3 {
		return nil, fmt.Errorf("%q is no form of dates; write YYYY, MM and DD as they stand in the export, for example MM/DD/YYYY", layout)
	}
	return f, nil
}

// mostKnown bounds what is remembered of hostile files.
const mostKnown = 1 << 14

// iso is a date in the bundle's form; what is none stays as it is, to be refused. A
// time of day behind it is left out.
func (f *dateFormat) iso(s string) string {
	if s == "" {
		return s
	}
	iso, known := f.known[s]
	if !known {
		iso = f.convert(s)
		if len(f.known) < mostKnown {
			f.known[s] = iso
		}
	}
	return iso
}

func (f *dateFormat) convert(s string) string {
	rest, date := strings.TrimSpace(s), map[string]int{}
	for _, part := range f.parts {
		if part != "YYYY" && part != "MM" && part != "DD" {
			var ok bool
			if rest, ok = strings.CutPrefix(rest, part); !ok {
				return s
			}
			continue
		}
		n := 0
		for n < len(part) && n < len(rest) && '0' <= rest[n] && rest[n] <= '9' {
			n++
		}
		if n == 0 || part == "YYYY" && n < len(part) {
			return s
		}
		date[part], _ = strconv.Atoi(rest[:n])
		rest = rest[n:]
	}
	if !isTimeOfDay(rest) {
		return s
	}
	return fmt.Sprintf("%04d-%02d-%02d", date["YYYY"], date["MM"], date["DD"])
}

// isTimeOfDay reports what exports put behind a date that has no time: T00:00:00,
// 12:00:00 AM and the like.
func isTimeOfDay(s string) bool {
	return s == "" || (s[0] == ' ' || s[0] == 'T') && strings.Trim(s[1:], "0123456789:. APMZ+-") == ""
}
