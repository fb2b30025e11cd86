package bundle

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"rollcall/internal/district"
	"rollcall/internal/hugepages"
)

// markedRows are the attendance rows that passed every check of their own: the
// marks, and beside each the place of its student. A year of a large district
// is a million of them, so that they are written once and sorted in place.
type markedRows struct {
	marks    []district.Mark
	students []int32
}

// minutesOfADay bounds minutes_missed.
const minutesOfADay = 24 * 60

// readAttendance judges every row of the school year, and hands the students
// those up to the as-of date.
func (r *reader) readAttendance(ctx context.Context, t *table) error {
	var rows markedRows
	if r.need == survey {
		// One student's after the other's, judged and forgotten.
		r.judgeAttendance(ctx, t, func(student int32, m district.Mark) {
			if n := len(rows.students); n > 0 && rows.students[n-1] != student {
				r.surveyMarks(t, rows)
				rows.marks, rows.students = rows.marks[:0], rows.students[:0]
			}
			rows.marks, rows.students = append(rows.marks, m), append(rows.students, student)
		})
	} else {
		rows = markedRows{hugepages.Make[district.Mark](t.source.Expect), hugepages.Make[int32](t.source.Expect)}
		r.judgeAttendance(ctx, t, func(student int32, m district.Mark) {
			rows.marks, rows.students = append(rows.marks, m), append(rows.students, student)
		})
	}
	if err := r.codes.fault(r.door); err != nil || ctx.Err() != nil {
		return err
	}
	if rows = rows.byStudent(len(r.students)); r.need == survey {
		r.surveyMarks(t, rows)
	} else {
		r.handMarks(t, rows)
	}
	return nil
}

// surveyMarks counts the marks of the student whose rows these are, and forgets them.
func (r *reader) surveyMarks(t *table, rows markedRows) {
	if len(rows.students) == 0 {
		return
	}
	at := rows.students[0]
	r.handMarks(t, rows)
	r.had[at].marks += int32(len(r.students[at].Marks))
	r.students[at].Marks = nil
}

// judgeAttendance hands out the rows of the school year that are in order by
// themselves; duplicates are found when they are sorted. Files are mostly
// sorted by student, so the last look-up of each kind is remembered.
func (r *reader) judgeAttendance(ctx context.Context, t *table, keep func(student int32, m district.Mark)) {
	student, school, date, code := t.col("student_id"), t.col("school_id"), t.col("date"), t.col("code")
	period, minutes := t.col("period"), t.col("minutes_missed")
	students, schools := newLookup(&r.studentIDs), newLookup(&r.schoolIDs)
	codes := newLookup(&r.codes.register)
	periods := newLookup(&register{names: []string{""}})
	entries := make([][]*district.Entry, len(r.district.Schools)) // by school, then by period and code
	first, last := r.district.Year.First(), r.district.Year.Last()
	for t.next(ctx) {
		codeAt := codes.find(t, code)
		if codeAt < 0 {
			r.codes.unreadable(t.text(code), t.line())
			continue
		}
		studentAt := students.find(t, student)
		if studentAt < 0 {
			t.reject(student, r.unknownStudent())
			continue
		}
		schoolAt := schools.find(t, school)
		if schoolAt < 0 {
			t.reject(school, r.unknownSchool())
			continue
		}
		day, ok := t.day(date)
		if !ok {
			t.reject(date, t.notADate())
			continue
		}
		missed := district.NoMinutes
		if s := t.raw(minutes); s != "" {
			if missed, ok = wholeNumber(s, minutesOfADay); !ok {
				t.reject(minutes, "is not a whole number of minutes from 0 to 1440")
				continue
			}
		}
		days := &r.days[schoolAt]
		if day < first || last < day {
			if !days.years[district.YearOf(day)] {
				t.reject(date, "lies in a school year that the school's calendar does not cover; mend the date, or add the year to "+r.door.Name(district.CalendarFile))
			}
			continue
		}
		if reason := r.noSchoolOn(day, days.kinds[day-first]); reason != "" {
			t.reject(date, reason)
			continue
		}
		if reason := r.notEnrolled(studentAt, schoolAt, day); reason != "" {
			t.reject(date, reason)
			continue
		}
		var periodAt int32 // the whole day
		if t.raw(period) != "" {
			periodAt = periods.findOrAdd(t, period)
		}
		entryAt := int(periodAt)*len(r.codes.codes) + int(codeAt)
		if entryAt >= len(entries[schoolAt]) {
			entries[schoolAt] = slices.Grow(entries[schoolAt], entryAt+1-len(entries[schoolAt]))[:entryAt+1]
		}
		entry := &entries[schoolAt][entryAt]
		if *entry == nil {
			*entry = &district.Entry{SchoolID: r.schoolIDs.names[schoolAt], Period: periods.names[periodAt], Code: &r.codes.codes[codeAt]}
		}
		keep(studentAt, district.Mark{Date: day, Line: int32(t.line()), Minutes: int16(missed), Entry: *entry})
	}
}

// noSchoolOn says why a day is no instructional day, empty where it is one.
func (r *reader) noSchoolOn(d district.Date, kind dayKind) string {
	switch {
	case d.IsWeekend():
		return "is a " + d.Weekday().String() + ", and school is not taught on weekends; mend the date"
	case kind == notTaught:
		return "is a holiday in the school's calendar; mend the date, or the day in " + r.door.Name(district.CalendarFile)
	case kind == unlisted:
		return "is not in the school's calendar; mend the date, or add the day to " + r.door.Name(district.CalendarFile)
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
		return "the student has no enrollment at this school in this school year; mend the school_id, or add it to " + r.door.Name(district.Enrollments)
	}
	return "lies outside the student's enrollments at this school; mend the date, or entry_date and exit_date in " + r.door.Name(district.Enrollments)
}

// byStudent brings the rows in the order of the students, of whom there are n;
// rows of one student stay in the file's order.
func (rows markedRows) byStudent(n int) markedRows {
	if slices.IsSorted(rows.students) {
		return rows
	}
	next := make([]int32, n+1)
	for _, student := range rows.students {
		next[student+1]++
	}
	for i := 1; i < len(next); i++ {
		next[i] += next[i-1]
	}
	grouped := markedRows{make([]district.Mark, len(rows.marks)), make([]int32, len(rows.marks))}
	for i, student := range rows.students {
		grouped.marks[next[student]], grouped.students[next[student]] = rows.marks[i], student
		next[student]++
	}
	return grouped
}

// handMarks gives each student the marks up to the as-of date, in order and
// without second rows of a key.
func (r *reader) handMarks(t *table, rows markedRows) {
	for start, end := 0, 0; start < len(rows.marks); start = end {
		student := &r.students[rows.students[start]]
		sorted := true
		for end = start + 1; end < len(rows.marks) && rows.students[end] == rows.students[start]; end++ {
			sorted = sorted && rows.marks[end-1].Date < rows.marks[end].Date
		}
		own := rows.marks[start:end:end]
		if !sorted {
			slices.SortFunc(own, byKey)
			own = r.firstOfKey(t, student, own)
		}
		for len(own) > 0 && own[len(own)-1].Date > r.district.AsOf {
			own = own[:len(own)-1]
		}
		if len(own) > 0 {
			student.Marks = own
		}
	}
}

// byKey leaves rows of one key in the file's order. Where there is none, what they say
// decides, so that one stands tonight and tomorrow.
func byKey(a, b district.Mark) int {
	if a.Date != b.Date {
		return cmp.Compare(a.Date, b.Date)
	}
	return cmp.Or(strings.Compare(a.SchoolID, b.SchoolID), strings.Compare(a.Period, b.Period), cmp.Compare(a.Line, b.Line),
		strings.Compare(a.Code.Code, b.Code.Code), cmp.Compare(a.Minutes, b.Minutes))
}

// firstOfKey drops second rows of a key from a student's sorted marks and puts
// them aside.
func (r *reader) firstOfKey(t *table, student *district.Student, marks []district.Mark) []district.Mark {
	kept := marks[:0]
	for _, m := range marks {
		if n := len(kept); n > 0 && kept[n-1].Date == m.Date && kept[n-1].SchoolID == m.SchoolID && kept[n-1].Period == m.Period {
			t.add(district.Reject{
				Line: int(m.Line), Column: "date", Value: m.Date.String(),
				Reason:    duplicate("student, school, date and period", int(kept[n-1].Line)),
				StudentID: student.ID, SchoolID: m.SchoolID,
			})
			continue
		}
		kept = append(kept, m)
	}
	return kept
}
