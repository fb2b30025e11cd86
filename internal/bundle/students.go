package bundle

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/district"
	"rollcall/internal/hugepages"
)

func (r *reader) readStudents(ctx context.Context, t *table) error {
	id, last, first, middle := t.col("student_id"), t.col("last_name"), t.col("first_name"), t.col("middle_name")
	preferred, ssid := t.col("preferred_name"), t.col("ssid")
	birthdate, language := t.col("birthdate"), t.col("home_language")
	expected := t.source.Expect
	r.students = hugepages.Make[district.Student](expected)
	r.studentIDs.names = make([]string, 0, expected)
	lines := make([]int, 0, expected)
	sorted := true
	for t.next(ctx) {
		s := district.Student{ID: t.text(id)}
		if r.need == Everything {
			s.LastName, s.FirstName, s.MiddleName = t.text(last), t.text(first), t.text(middle)
			s.PreferredName, s.SSID, s.HomeLanguage = t.text(preferred), t.text(ssid), strings.ToLower(t.text(language))
		}
		// As long as the IDs rise, none can be there already.
		n := len(r.students)
		rises := sorted && (n == 0 || r.students[n-1].ID < s.ID)
		if !rises {
			if i := r.studentIDs.place(s.ID); i >= 0 {
				t.reject(id, duplicate("student_id", lines[i]))
				continue
			}
		}
		var ok bool
		if s.Birthdate, ok = t.day(birthdate); !ok {
			t.reject(birthdate, t.notADate())
			continue
		}
		sorted = rises
		r.studentIDs.add(s.ID)
		r.students = append(r.students, s)
		lines = append(lines, t.line())
	}
	if !sorted {
		r.sortStudents()
	}
	return nil
}

// sortStudents moves each student once: they are large.
func (r *reader) sortStudents() {
	order := make([]int32, len(r.students))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(r.students[a].ID, r.students[b].ID) })
	sorted := make([]district.Student, len(r.students))
	for to, from := range order {
		sorted[to] = r.students[from]
	}
	r.students = sorted
	r.studentIDs = register{names: make([]string, len(sorted))}
	for i := range sorted {
		r.studentIDs.names[i] = sorted[i].ID
	}
}

// owned is a row of a file that has many for one student.
type owned[T any] struct {
	student int32
	line    int
	row     T
}

// hand gives each student the rows, which are sorted by student, as a slice
// that cannot grow into the next student's.
func hand[T any](students []district.Student, rows []owned[T], field func(*district.Student) *[]T) {
	all := hugepages.Make[T](len(rows))[:len(rows)]
	start := 0
	for i, o := range rows {
		all[i] = o.row
		if i+1 == len(rows) || rows[i+1].student != o.student {
			*field(&students[o.student]) = all[start : i+1 : i+1]
			start = i + 1
		}
	}
}

func (r *reader) readEnrollments(ctx context.Context, t *table) error {
	student, school, grade := t.col("student_id"), t.col("school_id"), t.col("grade")
	entry, exit := t.col("entry_date"), t.col("exit_date")
	homeroom, teacher := t.col("homeroom"), t.col("homeroom_teacher")
	first, last := r.district.Year.First(), r.district.Year.Last()
	rows := hugepages.Make[owned[district.Enrollment]](len(r.students) + len(r.students)/8)
	students, schools := newLookup(&r.studentIDs), newLookup(&r.schoolIDs)
	for t.next(ctx) {
		at := students.find(t, student)
		if at < 0 {
			t.reject(student, r.unknownStudent())
			continue
		}
		schoolAt := schools.find(t, school)
		if schoolAt < 0 {
			t.reject(school, r.unknownSchool())
			continue
		}
		e := district.Enrollment{SchoolID: r.district.Schools[schoolAt].ID}
		if r.need == Everything {
			e.Homeroom, e.HomeroomTeacher = t.text(homeroom), t.text(teacher)
		}
		index := district.GradeIndex(t.raw(grade))
		if index < 0 {
			t.reject(grade, "is no grade; write TK, K or 1 to 12 without zeros before it")
			continue
		}
		e.Grade = district.Grades[index]
		var ok bool
		if e.EntryDate, ok = t.day(entry); !ok {
			t.reject(entry, t.notADate())
			continue
		}
		if e.ExitDate, ok = t.day(exit); !ok {
			t.reject(exit, t.notADate())
			continue
		}
		if !e.ExitDate.IsZero() && e.ExitDate < e.EntryDate {
			t.reject(exit, "lies before the entry_date "+e.EntryDate.String()+"; exit_date is the last day enrolled")
			continue
		}
		rows = append(rows, owned[district.Enrollment]{at, t.row.Line, e})
	}
	slices.SortFunc(rows, func(a, b owned[district.Enrollment]) int {
		return cmp.Or(cmp.Compare(a.student, b.student), cmp.Compare(a.row.EntryDate, b.row.EntryDate),
			strings.Compare(a.row.SchoolID, b.row.SchoolID), cmp.Compare(a.line, b.line))
	})
	kept := rows[:0]
	var key owned[district.Enrollment]
	for i, o := range rows {
		if i > 0 && o.student == key.student && o.row.EntryDate == key.row.EntryDate && o.row.SchoolID == key.row.SchoolID {
			t.add(district.Reject{
				Line: t.placed(o.line), Column: "entry_date", Value: o.row.EntryDate.String(),
				Reason:    duplicate("student, school and entry_date", t.placed(key.line)),
				StudentID: r.students[o.student].ID, SchoolID: o.row.SchoolID,
			})
			continue
		}
		key = o
		if o.row.EntryDate <= last && (o.row.ExitDate.IsZero() || o.row.ExitDate >= first) {
			kept = append(kept, o)
		}
	}
	hand(r.students, kept, func(s *district.Student) *[]district.Enrollment { return &s.Enrollments })
	r.stays = make([]stay, 0, len(kept))
	r.firstStay = make([]int32, len(r.students)+1)
	if r.need == survey {
		r.had = make([]tally, len(r.students))
	}
	var at int32 // the school of the stay before, mostly that of the next one too
	for i := range r.students {
		for _, e := range r.students[i].Enrollments {
			if r.schoolIDs.names[at] != e.SchoolID {
				at = r.schoolIDs.place(e.SchoolID)
			}
			s := stay{school: at, from: e.EntryDate, to: e.ExitDate}
			if s.to.IsZero() {
				s.to = last
			}
			r.stays = append(r.stays, s)
		}
		r.firstStay[i+1] = int32(len(r.stays))
	}
	return nil
}

// stay is an enrollment as attendance asks for it, small enough that a million
// questions in any order stay in the processor's cache.
type stay struct {
	school   int32
	from, to district.Date
}

func (r *reader) readContacts(ctx context.Context, t *table) error {
	student, id, name := t.col("student_id"), t.col("contact_id"), t.col("name")
	relationship, language := t.col("relationship"), t.col("language")
	street, unit, city, state, zip := t.col("street"), t.col("unit"), t.col("city"), t.col("state"), t.col("zip")
	phone, email, receivesMail := t.col("phone"), t.col("email"), t.col("receives_mail")
	household, priority := t.col("household_id"), t.col("priority")
	var rows []owned[district.Contact]
	students := newLookup(&r.studentIDs)
	for t.next(ctx) {
		at := students.find(t, student)
		if at < 0 {
			t.reject(student, r.unknownStudent())
			continue
		}
		c := district.Contact{
			ID: t.text(id), Name: t.text(name), Relationship: t.text(relationship), Language: strings.ToLower(t.text(language)),
			Street: t.text(street), Unit: t.text(unit), City: t.text(city), State: t.text(state), Zip: t.text(zip),
			Phone: t.text(phone), Email: t.text(email), HouseholdID: t.text(household),
		}
		c.ReceivesMail = c.IsFamily() // unless the district says so
		if s := t.raw(receivesMail); s != "" {
			var ok bool
			if c.ReceivesMail, ok = truth(s); !ok {
				t.reject(receivesMail, notATruth)
				continue
			}
		}
		if s := t.raw(priority); s != "" {
			n, err := strconv.ParseInt(s, 10, 32)
			if err != nil {
				t.reject(priority, "is not a whole number; 1 is called first")
				continue
			}
			c.Priority = int(n)
		}
		if n := len(rows); n > 0 && r.need == survey && rows[n-1].student != at {
			r.surveyHome(t, rows)
			rows = rows[:0]
		}
		rows = append(rows, owned[district.Contact]{at, t.row.Line, c})
	}
	if r.need == survey {
		r.surveyHome(t, rows)
	} else {
		r.handContacts(t, rows)
	}
	return nil
}

// handContacts gives each student the contacts, the one who is called first at the
// head, and puts second rows of a key aside.
func (r *reader) handContacts(t *table, rows []owned[district.Contact]) {
	slices.SortFunc(rows, func(a, b owned[district.Contact]) int {
		return cmp.Or(cmp.Compare(a.student, b.student), strings.Compare(a.row.ID, b.row.ID), cmp.Compare(a.line, b.line))
	})
	kept := rows[:0]
	var key owned[district.Contact]
	for i, o := range rows {
		if i > 0 && o.student == key.student && o.row.ID == key.row.ID {
			t.add(district.Reject{
				Line: t.placed(o.line), Column: "contact_id", Value: shorten(o.row.ID),
				Reason: duplicate("student and contact", t.placed(key.line)), StudentID: r.students[o.student].ID,
			})
			continue
		}
		key = o
		kept = append(kept, o)
	}
	slices.SortStableFunc(kept, func(a, b owned[district.Contact]) int {
		return cmp.Or(cmp.Compare(a.student, b.student), cmp.Compare(rank(a.row), rank(b.row)), strings.Compare(a.row.ID, b.row.ID))
	})
	hand(r.students, kept, func(s *district.Student) *[]district.Contact { return &s.Contacts })
}

// rank puts who has no priority after those who have one.
func rank(c district.Contact) int {
	if c.Priority <= 0 {
		return 1 << 31
	}
	return c.Priority
}
