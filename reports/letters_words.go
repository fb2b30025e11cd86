package reports

import (
	"cmp"
	"fmt"
	"strings"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

// longestName bounds what one field may add to a page.
const longestName = 120

// familyWords are what the words of letters and contracts name about one
// student, in one of templates.Languages. adults may be empty, meeting nil.
func familyWords(s *SchoolNight, f *StudentFile, kind intervention.Kind, meeting *intervention.Meeting, adults []string, lang string) templates.FamilyData {
	one := func(text string) string { return typefaces().oneLine(text, longestName) }
	st := &f.Standing
	n := &s.Night
	d := templates.FamilyData{
		Student: templates.StudentWords{
			Name:      cmp.Or(one(f.Student.Name()), templates.Say(lang, templates.YourChild)),
			FirstName: cmp.Or(one(f.Student.GivenName()), templates.Say(lang, templates.YourChild)),
			Grade:     templates.Grade(lang, one(f.Enrollment.Grade)),
			ID:        one(f.Student.ID),
			Homeroom:  one(f.Enrollment.Homeroom),
		},
		School: templates.PlaceWords{Name: one(s.School.Name), Phone: one(s.School.Phone),
			Address: oneAddress(s.School.Street, s.School.City, s.School.State, s.School.Zip)},
		District: n.office(),
		Date:     templates.Day(lang, n.Issued), Year: n.Year.String(),
		Kind: string(kind), Team: templates.TeamName(lang, string(kind)),
		DaysAbsent: st.DaysAbsent, DaysEnrolled: st.DaysEnrolled, Percent: templates.Percent(lang, st.DaysAbsent, st.DaysEnrolled),
		DaysUnexcused: st.DaysUnexcused, PartialDays: st.PartialDayTruancies, TruancyEvents: st.TruancyEvents,
		Contact: contact(s, lang),
		Signer:  signer(s, lang),
	}
	named := make([]string, 0, len(adults))
	for _, a := range adults {
		if a = one(a); a != "" {
			named = append(named, a)
		}
	}
	d.Adults = cmp.Or(templates.Names(lang, named), templates.Say(lang, templates.ParentOf))
	d.Truant = len(f.UnderLaw) >= attendance.LawTruant
	evidence := st.Absences
	if kind == intervention.SART {
		evidence = st.Truancies
	}
	d.Dates = countedDates(evidence, lang)
	d.Meeting = n.meetingWords(meeting, d.School.Name, lang)
	return d
}

func countedDates(days []attendance.Day, lang string) []templates.CountedDate {
	one := func(text string) string { return typefaces().oneLine(text, longestName) }
	var out []templates.CountedDate
	for i := range days {
		out = append(out, templates.CountedDate{Date: templates.BriefDay(lang, days[i].Date),
			Reason: one(reasonWords(&days[i], lang)), Counted: one(countedWords(&days[i], lang))})
	}
	return out
}

// onlyTheLaws leaves out of a notice of EC 48260.5 the days before the student was
// of compulsory age.
func onlyTheLaws(d *templates.FamilyData, f *StudentFile, lang string) {
	d.TruancyEvents, d.DaysUnexcused = len(f.UnderLaw), 0
	for i := range f.UnderLaw {
		if f.UnderLaw[i].Kind == attendance.FullDayAbsence {
			d.DaysUnexcused++
		}
	}
	d.PartialDays = d.TruancyEvents - d.DaysUnexcused
	d.Dates = countedDates(f.UnderLaw, lang)
}

// meetingWords name a meeting at a school; of none they are empty.
func (n *Night) meetingWords(m *intervention.Meeting, school, lang string) templates.MeetingWords {
	if m == nil {
		return templates.MeetingWords{}
	}
	one := func(text string) string { return typefaces().oneLine(text, longestName) }
	place := one(n.spot(m.Place, lang))
	if room := one(n.spot(m.Room, lang)); room != "" && !strings.Contains(place, room) {
		if place != "" {
			place += ", "
		}
		place += room
	}
	return templates.MeetingWords{Day: templates.Day(lang, m.Date), Time: templates.TimeOfDay(lang, int(m.Start)),
		AtTime: templates.AtTime(lang, int(m.Start)), Place: cmp.Or(place, school),
		Facilitator: cmp.Or(one(m.Facilitator), templates.Say(lang, templates.TheTeam))}
}

// office is the district as letters name it.
func (n *Night) office() templates.PlaceWords {
	one := func(text string) string { return typefaces().oneLine(text, longestName) }
	d := &n.District
	return templates.PlaceWords{Name: one(d.Name), Phone: one(d.Phone), Website: one(d.Website), Address: oneAddress(d.Street, d.City, d.State, d.Zip)}
}

func oneAddress(street, city, state, zip string) string {
	fonts := typefaces()
	parts := []string{}
	for _, p := range []string{street, city, strings.TrimSpace(state + " " + zip)} {
		if p = fonts.oneLine(p, longestName); p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}

func staffOf(s *SchoolNight, role district.Role) (district.Staff, bool) {
	for _, p := range s.Staff {
		if p.Role == role && strings.TrimSpace(p.Name) != "" {
			return p, true
		}
	}
	return district.Staff{}, false
}

// contact is whom a family calls: the clerk, else the office manager, else the
// office.
func contact(s *SchoolNight, lang string) templates.PersonWords {
	fonts := typefaces()
	phone := cmp.Or(s.School.Phone, s.Night.District.Phone)
	for _, r := range []struct {
		role  district.Role
		title templates.Phrase
	}{{district.AttendanceClerk, templates.Clerk}, {district.OfficeManager, templates.Manager}} {
		if p, ok := staffOf(s, r.role); ok {
			return templates.PersonWords{Name: fonts.oneLine(p.Name, longestName), Title: templates.Say(lang, r.title),
				Phone: fonts.oneLine(cmp.Or(p.Phone, phone), longestName)}
		}
	}
	return templates.PersonWords{Title: templates.Say(lang, templates.OfficeWord), Phone: fonts.oneLine(phone, longestName)}
}

func signer(s *SchoolNight, lang string) templates.PersonWords {
	p, _ := staffOf(s, district.Admin)
	return templates.PersonWords{Name: typefaces().oneLine(p.Name, longestName), Title: templates.Say(lang, templates.Administrator),
		Phone: typefaces().oneLine(cmp.Or(p.Phone, s.School.Phone), longestName)}
}

// reasonWords is why a student was absent, by the category of the code: what
// the district's table says of it may tell of illness or grief, which has no
// place in a letter. What the clock decided is said plainly.
func reasonWords(d *attendance.Day, lang string) string {
	if d.Matured && d.Kind == attendance.FullDayAbsence {
		return templates.Say(lang, templates.NoReasonGiven)
	}
	return cmp.Or(templates.Reason(lang, d.Category), d.Code)
}

// countedWords is how a day was counted.
func countedWords(d *attendance.Day, lang string) string {
	switch {
	case d.Kind == attendance.FullDayAbsence:
		return templates.Say(lang, templates.FullDay)
	case d.Minutes > 30 && (d.Category == district.TardyOver30 || d.Category == district.Tardy):
		return fmt.Sprintf(templates.Say(lang, templates.MinutesLate), d.Minutes)
	case d.Minutes > 30:
		return fmt.Sprintf(templates.Say(lang, templates.MinutesMissed), d.Minutes)
	case len(d.Periods) > 0 && d.Category == district.Unexcused:
		period := templates.Period
		if len(d.Periods) > 1 {
			period = templates.Periods
		}
		return templates.Say(lang, templates.PartOfDay) + " (" + templates.Say(lang, period) + " " + strings.Join(d.Periods, ", ") + ")"
	}
	return templates.Say(lang, templates.Over30)
}
