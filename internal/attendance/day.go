package attendance

import (
	"cmp"
	"slices"

	"rollcall/internal/district"
)

// inOrder gives marks by date, school, period, code and minutes: in that order
// a day's rows lie together, and no shuffle of the file can change which row
// decides.
func inOrder(marks []district.Mark) []district.Mark {
	for i := 1; i < len(marks); i++ {
		if marks[i-1].Date < marks[i].Date {
			continue
		}
		if byPlace(&marks[i-1], &marks[i]) > 0 {
			sorted := slices.Clone(marks)
			slices.SortFunc(sorted, func(a, b district.Mark) int { return byPlace(&a, &b) })
			return sorted
		}
	}
	return marks
}

func byPlace(a, b *district.Mark) int {
	return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.SchoolID, b.SchoolID), cmp.Compare(a.Period, b.Period),
		cmp.Compare(a.Code.Code, b.Code.Code), cmp.Compare(a.Minutes, b.Minutes))
}

// verdict is what one day was, and the row that decided it.
type verdict struct {
	rows     []district.Mark // of the day and the school that owns it, in order: whole-day rows lead
	decisive *district.Mark
	nth      int               // the day's place among the student's enrolled days, from 0
	category district.Category // of the decisive row, as it counts
	kind     DayKind
	matured  bool // the clear window of the day's unverified rows has passed
	// minutesMissing tells of a tardy that would need its minutes to count.
	minutesMissing bool
}

// walk goes through a student's days that have rows, in date order, and judges
// each.
type walk struct {
	marks []district.Mark // in order, those still to come
	rules Rules
	day   verdict // on the day at hand
}

// next goes to the next day that is enrolled and reports whether there is one.
func (w *walk) next(enrolled stays) bool {
	for len(w.marks) > 0 {
		date, n := w.marks[0].Date, 1
		for n < len(w.marks) && w.marks[n].Date == date {
			n++
		}
		rows := w.marks[:n]
		w.marks = w.marks[n:]
		owner, taught := enrolled.on(date)
		if owner == nil {
			continue
		}
		w.day = verdict{rows: rowsOf(rows, owner.school), nth: owner.before + taught - owner.taughtBefore - 1}
		v := &w.day
		if len(v.rows) == 0 {
			v.decisive, v.category = &rows[0], rows[0].Code.Category
			return true
		}
		v.matured = owner.taughtByAsOf-taught >= w.rules.ClearWindow
		v.judge(owner.periods, w.rules.LateMinutes)
		v.category = v.reading(v.decisive)
		return true
	}
	return false
}

// rowsOf is the part of one day's rows that a school recorded.
func rowsOf(rows []district.Mark, school string) []district.Mark {
	for len(rows) > 0 && rows[0].SchoolID != school {
		rows = rows[1:]
	}
	n := 0
	for n < len(rows) && rows[n].SchoolID == school {
		n++
	}
	return rows[:n]
}

// judge decides what the day was; the first rule that holds stands (rules.md
// 2). perDay is 0 at a school where attendance is daily.
func (v *verdict) judge(perDay, lateMinutes int) {
	whole := 0
	for whole < len(v.rows) && v.rows[whole].Period == "" {
		whole++
	}
	// A whole-day row is the office's word, which goes before the teachers'.
	if row := v.gravest(v.rows[:whole]); row != nil {
		v.kind, v.decisive = FullDayAbsence, row
		return
	}
	for i := range v.rows[:whole] {
		if v.rows[i].Code.Category == district.Present {
			v.kind, v.decisive = Attended, &v.rows[i]
			return
		}
	}
	if perDay > 0 && len(v.rows)-whole >= perDay && len(periodsIn(v.rows, isAbsence)) >= perDay {
		v.kind, v.decisive = FullDayAbsence, v.gravest(v.rows)
		return
	}
	v.attended(lateMinutes)
}

// attended is a day of which a part was attended: a truancy event or none.
func (v *verdict) attended(lateMinutes int) {
	var telling *district.Mark
	for i := range v.rows {
		row := &v.rows[i]
		if row.Code.Category == district.Tardy && row.Minutes < 0 {
			v.minutesMissing = true
		}
		if v.kind == Attended && v.isEvent(row, lateMinutes) {
			v.kind, v.decisive = PartialDayTruancy, row
		}
		if telling == nil || v.precedence(row) < v.precedence(telling) {
			telling = row
		}
	}
	if v.kind == Attended {
		v.decisive = telling
	}
}

// isEvent reports a row that makes an attended day a truancy event: late or
// absent without a valid excuse for more than thirty minutes (EC 48260(a)). A
// period missed is longer than that where the row does not say.
func (v *verdict) isEvent(row *district.Mark, lateMinutes int) bool {
	switch v.reading(row) {
	case district.TardyOver30:
		return true
	case district.Tardy:
		return row.Minutes >= 0 && int(row.Minutes) > lateMinutes
	case district.Unexcused:
		return row.Minutes < 0 || int(row.Minutes) > lateMinutes
	}
	return false
}

// reading is how a row counts: unverified is unexcused once its window passed.
func (v *verdict) reading(row *district.Mark) district.Category {
	if v.matured && row.Code.Category == district.Unverified {
		return district.Unexcused
	}
	return row.Code.Category
}

// precedence orders rows of one day that disagree: the absences by which names
// a full day, the rest only by which best explains an attended one.
func (v *verdict) precedence(row *district.Mark) int {
	switch v.reading(row) {
	case district.Unexcused:
		return 1
	case district.Unverified:
		return 2
	case district.Suspension:
		return 3
	case district.IndependentStudyIncomplete:
		return 4
	case district.Excused:
		return 5
	case district.Tardy:
		return 6
	}
	return 7
}

// gravest is the first absence row of the category that goes before the
// others, nil where no row is an absence.
func (v *verdict) gravest(rows []district.Mark) *district.Mark {
	var found *district.Mark
	for i := range rows {
		if row := &rows[i]; isAbsence(row) && (found == nil || v.precedence(row) < v.precedence(found)) {
			found = row
		}
	}
	return found
}

func isAbsence(row *district.Mark) bool { return row.Code.Category.IsAbsence() }

// periodsIn lists the distinct periods in which a row holds; whole-day rows
// have none.
func periodsIn(rows []district.Mark, holds func(*district.Mark) bool) []string {
	var periods []string
	last := ""
	for i := range rows {
		if row := &rows[i]; row.Period != last && holds(row) {
			periods, last = append(periods, row.Period), row.Period
		}
	}
	return periods
}
