package bundle

import (
	"cmp"
	"context"
	"slices"

	"rollcall/internal/district"
)

// readOwn reads an optional table: rows of known students, dated in this school
// year and not after the as-of date, by date and by what words gives of them, whatever
// order the system wrote them in. Rows without a date (where the column may be empty)
// come first.
func readOwn[T any](ctx context.Context, r *reader, t *table, date col, row func(day district.Date) T, words func(T) []string, field func(*district.Student) *[]T) error {
	type dated struct {
		date district.Date
		own  owned[T]
	}
	student := t.col("student_id")
	var rows []dated
	students := newLookup(&r.studentIDs)
	for t.next(ctx) {
		at := students.find(t, student)
		if at < 0 {
			t.reject(student, r.unknownStudent())
			continue
		}
		day, ok := t.day(date)
		if !ok {
			t.reject(date, t.notADate())
			continue
		}
		if !day.IsZero() && (day < r.district.Year.First() || day > r.district.AsOf) {
			continue
		}
		if r.need != survey {
			rows = append(rows, dated{day, owned[T]{at, t.row.Line, row(day)}})
		}
	}
	slices.SortFunc(rows, func(a, b dated) int {
		if order := cmp.Or(cmp.Compare(a.own.student, b.own.student), cmp.Compare(a.date, b.date)); order != 0 {
			return order
		}
		return cmp.Or(slices.Compare(words(a.own.row), words(b.own.row)), cmp.Compare(a.own.line, b.own.line))
	})
	kept := make([]owned[T], len(rows))
	for i := range rows {
		kept[i] = rows[i].own
	}
	hand(r.students, kept, field)
	return nil
}

func (r *reader) readNotes(ctx context.Context, t *table) error {
	date, note, author := t.col("date"), t.col("note"), t.col("author")
	return readOwn(ctx, r, t, date, func(day district.Date) district.Note {
		return district.Note{Date: day, Note: t.text(note), Author: t.text(author)}
	}, func(x district.Note) []string {
		return []string{x.Note, x.Author}
	}, func(s *district.Student) *[]district.Note { return &s.Notes })
}

func (r *reader) readGrades(ctx context.Context, t *table) error {
	term, course, mark := t.col("term"), t.col("course"), t.col("mark")
	teacher, percent, asOf := t.col("teacher"), t.col("percent"), t.col("as_of")
	return readOwn(ctx, r, t, asOf, func(day district.Date) district.Grade {
		return district.Grade{
			Term: t.text(term), Course: t.text(course), Mark: t.text(mark),
			Teacher: t.text(teacher), Percent: t.text(percent), AsOf: day,
		}
	}, func(x district.Grade) []string {
		return []string{x.Term, x.Course, x.Teacher, x.Mark, x.Percent}
	}, func(s *district.Student) *[]district.Grade { return &s.Grades })
}

// readMissing leaves out what is due after the as-of date: it is not missing
// yet.
func (r *reader) readMissing(ctx context.Context, t *table) error {
	course, title, due := t.col("course"), t.col("title"), t.col("due_date")
	teacher, points := t.col("teacher"), t.col("points")
	return readOwn(ctx, r, t, due, func(day district.Date) district.MissingAssignment {
		return district.MissingAssignment{
			Course: t.text(course), Title: t.text(title), Teacher: t.text(teacher),
			Points: t.text(points), DueDate: day,
		}
	}, func(x district.MissingAssignment) []string {
		return []string{x.Course, x.Title, x.Teacher, x.Points}
	}, func(s *district.Student) *[]district.MissingAssignment { return &s.Missing })
}

func (r *reader) readBehavior(ctx context.Context, t *table) error {
	date, incident := t.col("date"), t.col("incident")
	location, action := t.col("location"), t.col("action")
	return readOwn(ctx, r, t, date, func(day district.Date) district.Incident {
		return district.Incident{
			Date: day, Incident: t.text(incident), Location: t.text(location), Action: t.text(action),
		}
	}, func(x district.Incident) []string {
		return []string{x.Incident, x.Location, x.Action}
	}, func(s *district.Student) *[]district.Incident { return &s.Behavior })
}

func (r *reader) readLetters(ctx context.Context, t *table) error {
	letter, sentOn, channel := t.col("letter"), t.col("sent_on"), t.col("channel")
	return readOwn(ctx, r, t, sentOn, func(day district.Date) district.LetterSent {
		return district.LetterSent{Letter: t.text(letter), SentOn: day, Channel: t.text(channel)}
	}, func(x district.LetterSent) []string {
		return []string{x.Letter, x.Channel}
	}, func(s *district.Student) *[]district.LetterSent { return &s.LettersSent })
}

func (r *reader) readInterventions(ctx context.Context, t *table) error {
	date, kind := t.col("date"), t.col("kind")
	note, author := t.col("note"), t.col("author")
	return readOwn(ctx, r, t, date, func(day district.Date) district.PastIntervention {
		return district.PastIntervention{Date: day, Kind: t.text(kind), Note: t.text(note), Author: t.text(author)}
	}, func(x district.PastIntervention) []string {
		return []string{x.Kind, x.Note, x.Author}
	}, func(s *district.Student) *[]district.PastIntervention { return &s.Interventions })
}
