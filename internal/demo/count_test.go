package demo_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"rollcall/internal/district"
)

// tally is what a night would count, worked out from the files alone and
// without the packages that count in earnest.
type tally struct {
	students, enrolledDays, absentDays    int
	satisfactory, atRisk, chronic, severe int
	truants                               int
	faulty                                int // rows that belong in the rejects
	siblingsBoth, siblingsOne             int // pairs of one household: both chronic, one
	monthsAbsent                          map[string]int
	busiest                               float64 // the largest share of a school absent on one day
	noted                                 int     // truants who have A2A-1
}

type table []row

// row is one row of a file, its fields by column.
type row struct {
	columns map[string]int
	fields  []string
}

func (r row) of(column string) string { return r.fields[r.columns[column]] }

func readTable(t *testing.T, dir string, file district.File) table {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, string(file)+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]int{}
	for i, column := range rows[0] {
		columns[column] = i
	}
	all := make(table, 0, len(rows))
	for _, fields := range rows[1:] {
		all = append(all, row{columns, fields})
	}
	return all
}

// bundleFiles are the files a tally needs, read once.
type bundleFiles struct{ schools, calendar, students, enrollments, contacts, codes, attendance, letters table }

func readBundle(t *testing.T, dir string) *bundleFiles {
	t.Helper()
	return &bundleFiles{
		schools: readTable(t, dir, district.Schools), calendar: readTable(t, dir, district.CalendarFile),
		students: readTable(t, dir, district.Students), enrollments: readTable(t, dir, district.Enrollments),
		contacts: readTable(t, dir, district.Contacts), codes: readTable(t, dir, district.AbsenceCodes),
		attendance: readTable(t, dir, district.Attendance), letters: readTable(t, dir, district.LettersSent),
	}
}

// count is rules.md 1 to 3 in the plainest form: maps, text and no cleverness.
func (b *bundleFiles) count(asOf string) tally {
	out := tally{monthsAbsent: map[string]int{}}
	periods := map[string]int{}
	for _, s := range b.schools {
		periods[s.of("school_id")], _ = strconv.Atoi(s.of("periods_per_day"))
	}
	taught := map[string]map[string]bool{}
	var days []string
	seenDay := map[string]bool{}
	for _, c := range b.calendar {
		if c.of("instructional") == "true" {
			if taught[c.of("school_id")] == nil {
				taught[c.of("school_id")] = map[string]bool{}
			}
			taught[c.of("school_id")][c.of("date")] = true
			if d := c.of("date"); d <= asOf && !seenDay[d] {
				seenDay[d] = true
				days = append(days, d)
			}
		}
	}
	category := map[string]string{}
	for _, c := range b.codes {
		category[c.of("code")] = c.of("category")
	}
	born := map[string]string{}
	for _, s := range b.students {
		born[s.of("student_id")] = s.of("birthdate")
	}
	stays := map[string]table{}
	for _, e := range b.enrollments {
		if e.of("exit_date") != "" && e.of("exit_date") < e.of("entry_date") {
			out.faulty++
			continue
		}
		stays[e.of("student_id")] = append(stays[e.of("student_id")], e)
	}
	owner := func(student, date string) (at row) {
		for _, e := range stays[student] {
			if e.of("entry_date") <= date && (e.of("exit_date") == "" || date <= e.of("exit_date")) &&
				taught[e.of("school_id")][date] && (at.fields == nil || e.of("entry_date") > at.of("entry_date")) {
				at = e
			}
		}
		return at
	}
	type studentDay struct{ student, date string }
	rows := map[studentDay]table{}
	keys := map[string]bool{}
	for _, a := range b.attendance {
		key := a.of("student_id") + "|" + a.of("school_id") + "|" + a.of("date") + "|" + a.of("period")
		at := owner(a.of("student_id"), a.of("date"))
		if at.fields == nil || at.of("school_id") != a.of("school_id") || keys[key] || category[a.of("code")] == "" {
			out.faulty++
			continue
		}
		keys[key] = true
		k := studentDay{a.of("student_id"), a.of("date")}
		rows[k] = append(rows[k], a)
	}
	letter := map[string]bool{}
	for _, l := range b.letters {
		if l.of("letter") == "A2A-1" && l.of("sent_on") <= asOf {
			letter[l.of("student_id")] = true
		}
	}
	household := map[string]string{}
	for _, c := range b.contacts {
		if c.of("priority") == "1" {
			household[c.of("student_id")] = c.of("household_id")
			if born[c.of("student_id")] == "" && stays[c.of("student_id")] == nil {
				out.faulty++
			}
		}
	}
	matured := ""
	if len(days) > 3 {
		matured = days[len(days)-4]
	}
	type at struct{ school, date string }
	enrolledAt, absentAt := map[at]int{}, map[at]int{}
	chronicOf := map[string][]bool{}
	for _, s := range b.students {
		id := s.of("student_id")
		if now := owner(id, asOf); now.fields == nil {
			continue
		}
		enrolled, absent, events := 0, 0, 0
		for _, date := range days {
			e := owner(id, date)
			if e.fields == nil {
				continue
			}
			enrolled++
			enrolledAt[at{e.of("school_id"), date}]++
			full, event := dayOf(rows[studentDay{id, date}], category, periods[e.of("school_id")], date <= matured)
			if full {
				absent++
				out.monthsAbsent[date[:7]]++
				absentAt[at{e.of("school_id"), date}]++
			}
			if event {
				events++
			}
		}
		out.students++
		out.enrolledDays += enrolled
		out.absentDays += absent
		switch {
		case 100*absent < 5*enrolled:
			out.satisfactory++
		case 100*absent < 10*enrolled:
			out.atRisk++
		case 100*absent < 20*enrolled:
			out.chronic++
		default:
			out.severe++
		}
		if events >= 3 && born[id] != "" && sixBy(born[id], asOf) {
			out.truants++
			if letter[id] {
				out.noted++
			}
		}
		if h := household[id]; h != "" {
			chronicOf[h] = append(chronicOf[h], 10*absent >= enrolled)
		}
	}
	for _, both := range chronicOf {
		if len(both) < 2 {
			continue
		}
		switch {
		case both[0] && both[1]:
			out.siblingsBoth++
		case both[0] || both[1]:
			out.siblingsOne++
		}
	}
	for k, n := range enrolledAt {
		if n >= 100 {
			out.busiest = max(out.busiest, float64(absentAt[k])/float64(n))
		}
	}
	return out
}

// dayOf is one day: absent all of it, and whether it is a truancy event.
func dayOf(rows table, category map[string]string, periods int, matured bool) (full, event bool) {
	absent := 0
	for _, r := range rows {
		c := category[r.of("code")]
		if c == "unverified" && matured {
			c = "unexcused"
		}
		minutes, err := strconv.Atoi(r.of("minutes_missed"))
		switch c {
		case "present":
			if r.of("period") == "" {
				return false, false
			}
		case "excused", "suspension", "independent_study_incomplete", "unverified":
			absent++
		case "unexcused":
			absent++
			event = event || err != nil || minutes > 30
		case "tardy_over_30":
			event = true
		case "tardy":
			event = event || minutes > 30
		}
		if r.of("period") == "" && c != "tardy" && c != "tardy_over_30" {
			return true, c == "unexcused"
		}
	}
	return periods > 0 && absent >= periods, event
}

func sixBy(born, on string) bool {
	year, _ := strconv.Atoi(born[:4])
	return strconv.Itoa(year+6)+born[4:] <= on
}
