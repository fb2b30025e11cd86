package bundle

import (
	"context"
	"net/mail"
	"slices"
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
		lines[s.ID] = t.line()
		r.district.Schools = append(r.district.Schools, s)
	}
	slices.SortFunc(r.district.Schools, func(a, b district.School) int { return strings.Compare(a.ID, b.ID) })
	district.NameFolders(r.district.Schools)
	for _, s := range r.district.Schools {
		r.schoolIDs.add(s.ID)
	}
	return nil
}

func (r *reader) readStaff(ctx context.Context, t *table) error {
	school, role, name := t.col("school_id"), t.col("role"), t.col("name")
	email, phone := t.col("email"), t.col("phone")
	for t.next(ctx) {
		s := district.Staff{
			SchoolID: t.text(school), Role: district.Role(t.text(role)), Name: t.text(name), Phone: t.text(phone),
		}
		if s.SchoolID != "" && r.schoolIDs.place(s.SchoolID) < 0 {
			t.reject(school, r.unknownSchool()+"; empty means the whole district")
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
	// Whatever order the system wrote them in: the first of a role is the one on letters.
	slices.SortFunc(r.district.Staff, func(a, b district.Staff) int {
		return slices.Compare(
			[]string{a.SchoolID, string(a.Role), a.Name, a.Email, a.Phone},
			[]string{b.SchoolID, string(b.Role), b.Name, b.Email, b.Phone})
	})
	return nil
}

func roleNames() string {
	names := make([]string, len(district.Roles))
	for i, role := range district.Roles {
		names[i] = string(role)
	}
	return strings.Join(names, ", ")
}
