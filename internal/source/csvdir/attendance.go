package csvdir

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// attendanceRow is a row that passed every check of its own; places in tables
// instead of strings keep a million of them small and out of the collector's
// sight.
type attendanceRow struct {
	student, line        int32
	date                 district.Date
	school, period, code int32
	minutes              int16
}

// minutesOfADay bounds minutes_missed.
const minutesOfADay = 24 * 60

// readAttendance judges every row of the school year, and hands the students
// those up to the as-of date.
func (r *reader) readAttendance(ctx context.Context, t *table) error {
	rows, periods := r.judgeAttendance(ctx, t)
	if err := r.codes.fault(); err != nil || ctx.Err() != nil {
		return err
	}
	r.handMarks(t, r.groupByStudent(rows), periods)
	return nil
}

// judgeAttendance keeps the rows of the school year that are in order by
// themselves; duplicates are found when they are sorted. Files are mostly
// sorted by student, so the last look-up of each kind is remembered.
func (r *reader) judgeAttendance(ctx context.Context, t *table) (rows []attendanceRow, periods []string) {
	student, school, date, code := t.col("student_id"), t.col("school_id"), t.col("date"), t.col("code")
	period, minutes := t.col("period"), t.col("minutes_missed")
	students, schools := newLookup(r.studentIndex, r.studentIDs), newLookup(r.schoolIndex, r.schoolIDs)
	codes := newLookup(r.codes.index, r.codes.names)
	named := newLookup(map[string]int32{"": 0}, []string{""})
	first, last := r.district.Year.First(), r.district.Year.Last()
	rows = make([]attendanceRow, 0, strings.Count(t.scan.text, "\n")+1)
	for t.next(ctx) {
		row := attendanceRow{line: int32(t.scan.line), minutes: district.NoMinutes}
		if row.code = codes.find(t, code); row.code < 0 {
			r.codes.unreadable(t.text(code), t.scan.line)
			continue
		}
		if row.student = students.find(t, student); row.student < 0 {
			t.reject(student, unknownStudent)
			continue
		}
		if row.school = schools.find(t, school); row.school < 0 {
			t.reject(school, unknownSchool)
			continue
		}
		var ok bool
		if row.date, ok = t.day(date); !ok {
			t.reject(date, notADate)
			continue
		}
		if s := t.raw(minutes); s != "" {
			n, ok := wholeNumber(s, minutesOfADay)
			if !ok {
				t.reject(minutes, "is not a whole number of minutes from 0 to 1440")
				continue
			}
			row.minutes = int16(n)
		}
		days := &r.days[row.school]
		if row.date < first || last < row.date {
			if !days.years[district.YearOf(row.date)] {
				t.reject(date, "lies in a school year that the school's calendar does not cover; mend the date, or add the year to calendar.csv")
			}
			continue
		}
		if reason := noSchoolOn(row.date, days.kinds[row.date-first]); reason != "" {
			t.reject(date, reason)
			continue
		}
		if reason := r.notEnrolled(row.student, row.school, row.date); reason != "" {
			t.reject(date, reason)
			continue
		}
		if t.raw(period) != "" {
			row.period = named.findOrAdd(t, period)
		}
		rows = append(rows, row)
	}
	return rows, named.names
}

// noSchoolOn says why a day is no instructional day, empty where it is one.
func noSchoolOn(d district.Date, kind dayKind) string {
	switch {
	case d.IsWeekend():
		return "is a " + d.Weekday().String() + ", and school is not taught on weekends; mend the date"
	case kind == notTaught:
		return "is a holiday in the school's calendar; mend the date, or the day in calendar.csv"
	case kind == unlisted:
		return "is not in the school's calendar; mend the date, or add the day to calendar.csv"
	}
	return ""
}

// notEnrolled says why no enrollment at the school includes the day, empty
// where one does.
func (r *reader) notEnrolled(student, school int32, d district.Date) string {
	elsewhere := true
	for _, s := range r.stays[r.firstStay[student]:r.firstStay[student+1]] {
		if s.school == school {
			if s.from <= d && d <= s.to {
				return ""
			}
			elsewhere = false
		}
	}
	if elsewhere {
		return "the student has no enrollment at this school in this school year; mend the school_id, or add it to enrollments.csv"
	}
	return "lies outside the student's enrollments at this school; mend the date, or entry_date and exit_date in enrollments.csv"
}

// groupByStudent brings the rows in the order of the students; rows of one
// student stay in the file's order.
func (r *reader) groupByStudent(rows []attendanceRow) []attendanceRow {
	if slices.IsSortedFunc(rows, func(a, b attendanceRow) int { return cmp.Compare(a.student, b.student) }) {
		return rows
	}
	next := make([]int32, len(r.students)+1)
	for i := range rows {
		next[rows[i].student+1]++
	}
	for i := 1; i < len(next); i++ {
		next[i] += next[i-1]
	}
	grouped := make([]attendanceRow, len(rows))
	for i := range rows {
		at := &next[rows[i].student]
		grouped[*at] = rows[i]
		*at++
	}
	return grouped
}

// handMarks sorts each student's rows, puts second rows of a key aside, and
// hands over the marks up to the as-of date.
func (r *reader) handMarks(t *table, rows []attendanceRow, periods []string) {
	order := func(a, b attendanceRow) int {
		if a.date != b.date {
			return cmp.Compare(a.date, b.date)
		}
		return cmp.Or(cmp.Compare(a.school, b.school), strings.Compare(periods[a.period], periods[b.period]), cmp.Compare(a.line, b.line))
	}
	counted := 0
	for i := range rows {
		if rows[i].date <= r.district.AsOf {
			counted++
		}
	}
	marks := make([]district.Mark, 0, counted)
	for len(rows) > 0 {
		student, n := rows[0].student, 1
		sorted := true
		for n < len(rows) && rows[n].student == student {
			sorted = sorted && rows[n-1].date < rows[n].date
			n++
		}
		own := rows[:n]
		rows = rows[n:]
		if !sorted {
			slices.SortFunc(own, order)
		}
		start, key := len(marks), -1
		for i := range own {
			row := &own[i]
			if key >= 0 && own[key].date == row.date && own[key].school == row.school && own[key].period == row.period {
				t.add(district.Reject{
					Line: int(row.line), Column: "date", Value: row.date.String(),
					Reason:    duplicate("student, school, date and period", int(own[key].line)),
					StudentID: r.students[student].ID, SchoolID: r.district.Schools[row.school].ID,
				})
				continue
			}
			key = i
			if row.date > r.district.AsOf {
				continue
			}
			marks = append(marks, district.Mark{
				Date: row.date, Minutes: row.minutes, Code: &r.codes.codes[row.code],
				SchoolID: r.district.Schools[row.school].ID, Period: periods[row.period], Line: row.line,
			})
		}
		if end := len(marks); end > start {
			r.students[student].Marks = marks[start:end:end]
		}
	}
}
