package bundle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// translate gives a foreign table the bundle's columns and values. Faults name what
// the mapping speaks of and the table has not got, one line each.
func (f Foreign) translate(file district.File, name string, t *Table) (*Table, error) {
	dates, err := newDateFormat(f.Dates)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if f.asItIs() && dates == nil {
		return t, nil
	}
	x := &translated{Rows: t.Rows}
	place := map[string]int{}
	for i, c := range t.Columns {
		if _, again := place[strings.ToLower(c.Name)]; !again {
			place[strings.ToLower(c.Name)] = i
		}
	}
	var columns []Column
	var faults []string
	used := map[int]bool{}
	for _, column := range slices.Sorted(maps.Keys(f.Names)) {
		theirs := strings.Split(f.Names[column], " + ")
		value := field{}
		for _, label := range theirs {
			label = strings.TrimSpace(label)
			at, ok := place[strings.ToLower(label)]
			if !ok {
				faults = append(faults, fmt.Sprintf("%s: column %s, which should hold %s, is missing; %s, or mend its name in the configuration", name, label, column, t.AddColumn))
				continue
			}
			used[at] = true
			value.from = append(value.from, at)
		}
		columns = append(columns, Column{column, f.Names[column]})
		x.fields = append(x.fields, value)
	}
	for _, column := range slices.Sorted(maps.Keys(f.Fixed)) {
		columns = append(columns, Column{column, column})
		x.fields = append(x.fields, field{fixed: f.Fixed[column]})
	}
	for _, label := range slices.Sorted(maps.Keys(f.Periods)) {
		at, ok := place[strings.ToLower(label)]
		if !ok {
			faults = append(faults, fmt.Sprintf("%s: column %s, which should hold the codes of a period, is missing; %s, or mend its name in the configuration", name, label, t.AddColumn))
		}
		used[at] = true
		x.periods = append(x.periods, period{at, f.Periods[label]})
	}
	if len(x.periods) > 0 {
		// Their values stand in for the code and the period of each row.
		columns = append(columns, Column{"code", ""}, Column{"period", ""})
		x.fields = append(x.fields, field{of: &x.code}, field{of: &x.period})
		x.next = len(x.periods)
	}
	own := len(columns)
	known, _ := Columns(file)
	for i, c := range t.Columns {
		mapped := slices.ContainsFunc(columns[:own], func(o Column) bool { return o.Name == c.Name })
		if mapped || used[i] && !slices.Contains(known, c.Name) {
			continue
		}
		columns = append(columns, c)
		x.fields = append(x.fields, field{from: []int{i}})
	}
	for i, c := range columns {
		if slices.Contains(Dates, c.Name) {
			x.fields[i].dates = dates
		}
		x.fields[i].values = f.Values[c.Name]
		x.fields[i].skip = f.Skip[c.Name]
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(faults, "\n"))
	}
	out := *t
	out.Columns, out.Rows = columns, x
	if dates != nil {
		out.dates = dates.layout
	}
	return &out, nil
}

// translated are rows with the bundle's columns.
type translated struct {
	Rows
	fields  []field
	periods []period

	theirs       Row
	next         int    // of periods
	code, period string // at hand
	ours, given  []string
}

// period is a column that holds the codes of one.
type period struct {
	at   int
	name string
}

// field is how a value is made: of one field of theirs or several, of the period at
// hand, or always the same.
type field struct {
	from   []int
	of     *string
	fixed  string
	values map[string]string
	skip   []string
	dates  *dateFormat
}

// Next fills in the next row.
func (x *translated) Next(row *Row) bool {
	for x.advance() {
		*row = Row{Line: x.theirs.Line, Fault: x.theirs.Fault}
		if row.Fault != "" {
			return true
		}
		if x.translate() {
			row.Fields, row.Given = x.ours, x.given
			return true
		}
	}
	return false
}

// advance goes on to the next row of theirs or, where that has a column for each
// period, to the next period with a code.
func (x *translated) advance() bool {
	if len(x.periods) == 0 {
		return x.Rows.Next(&x.theirs)
	}
	for {
		for x.next < len(x.periods) {
			p := x.periods[x.next]
			x.next++
			if x.code, x.period = trim(x.theirs.Fields[p.at]), p.name; x.code != "" {
				return true
			}
		}
		if !x.Rows.Next(&x.theirs) {
			return false
		}
		if x.theirs.Fault != "" {
			return true
		}
		x.next = 0
	}
}

// translate is false where the row is one to skip.
func (x *translated) translate() bool {
	x.ours, x.given = x.ours[:0], x.given[:0]
	for i := range x.fields {
		f := &x.fields[i]
		s := f.raw(x.theirs.Fields)
		if f.skip != nil && slices.Contains(f.skip, Clean(s)) {
			return false
		}
		x.ours, x.given = append(x.ours, f.value(s)), append(x.given, s)
	}
	return true
}

// raw is what their row says.
func (f *field) raw(theirs []string) string {
	switch {
	case f.of != nil:
		return *f.of
	case len(f.from) == 0:
		return f.fixed
	case len(f.from) == 1:
		return theirs[f.from[0]]
	}
	var parts []string
	for _, at := range f.from {
		if part := trim(theirs[at]); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}

// value is what it means in the bundle's words.
func (f *field) value(s string) string {
	if f.values != nil {
		key := Clean(s)
		if ours, listed := f.values[key]; listed {
			return ours
		}
		if ours, listed := f.values[anyOther]; listed && key != "" {
			return ours
		}
	}
	if f.dates != nil {
		return f.dates.iso(trim(s))
	}
	return s
}
