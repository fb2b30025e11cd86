package aeries

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
)

// Settings are what a district says of its Aeries.
type Settings struct {
	// Schools are the codes of the schools that are meant; empty: all of them.
	Schools []string `yaml:"schools"`
	// Periods are how many a school day has, by school code, or "default". Schools whose
	// attendance is daily need none.
	Periods map[string]int `yaml:"periods"`
	// InSession are codes of the calendar, beside none and %, on which school is taught.
	InSession []string `yaml:"in_session"`
	// MailTags are the tags of contacts who get mail; empty: all get it who have no red
	// flag.
	MailTags []string `yaml:"mail_tags"`
}

// Options say which API, and as of which day.
type Options struct {
	URL         string // https://aeries.example.org/admin/api/v5
	Certificate string
	AsOf        district.Date
	Settings    Settings
	// Spool is a folder for the answers of a pull, to go on from when it is cut off;
	// empty for none. It is gone when the pull is whole.
	Spool string
	Now   func() time.Time
	Pause time.Duration // between tries; 0: from a second to a minute
	Log   *slog.Logger  // nil = silent
}

// System is the door.
type System struct {
	*client
	Options
	log     *slog.Logger
	schools []school // by code; nil until they have been asked for
	records map[int][]student
	codes   map[int][]absenceCode // by school
	failed  bool                  // to be answered
	faulty  bool                  // an answer, which is asked for again once it is mended
	gone    error                 // why the server is not asked any more
}

// Open makes the door. Nothing is asked yet.
func Open(o Options) (*System, error) {
	if o.Certificate == "" {
		return nil, errors.New("source.certificate: is missing; it is what Aeries gives a vendor under Security, API")
	}
	c, err := newClient(o)
	if err != nil {
		return nil, err
	}
	s := &System{client: c, Options: o, log: o.Log, records: map[int][]student{}, codes: map[int][]absenceCode{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s, nil
}

// Close ends the pull. Where it was whole, or an answer is to be mended, what was kept to go
// on from is removed.
func (s *System) Close() error {
	if s.faulty || !s.failed && s.schools != nil {
		s.forget(s.log)
	}
	s.http.HTTPClient.CloseIdleConnections()
	return nil
}

// tables are how each is filled, school by school.
func (s *System) tables() map[district.File]func(context.Context) (*bundle.Table, error) {
	return map[district.File]func(context.Context) (*bundle.Table, error){
		district.Schools:      s.schoolTable,
		district.CalendarFile: s.calendar,
		district.Students:     s.students,
		district.Enrollments:  s.enrollments,
		district.Contacts:     s.contacts,
		district.AbsenceCodes: s.absenceCodes,
		district.Attendance:   s.attendance,
		district.GradesFile:   s.grades,
		district.Behavior:     s.behavior,
	}
}

// Name is a table as the API has it.
func (s *System) Name(file district.File) string { return "Aeries " + string(file) }

// Has reports whether the API gives out a table.
func (s *System) Has(_ context.Context, file district.File) (bool, error) {
	_, has := s.tables()[file]
	return has, nil
}

// Table asks for all of a table.
func (s *System) Table(ctx context.Context, file district.File, need bundle.Need) (*bundle.Table, error) {
	fill, has := s.tables()[file]
	if !has {
		return nil, &bundle.Absent{Mend: "the API does not give it out: write " + string(file) + ".csv into the folder source.path"}
	}
	if need.HeaderOnly(file) {
		all, _ := bundle.Columns(file)
		return bundle.Memory(strings.Join(all, " "), nil), nil
	}
	if s.gone != nil {
		return nil, s.gone
	}
	t, err := fill(ctx)
	if err != nil {
		if unanswered := new(asking); errors.As(err, unanswered) {
			s.failed = true
		} else {
			s.faulty = true
		}
		if errors.Is(err, errShut) {
			// What let nobody in once is not asked for each table, with all its pauses.
			s.gone = fmt.Errorf("Aeries: %w", err)
			return nil, s.gone
		}
		return nil, fmt.Errorf("%s: %w", s.Name(file), err)
	}
	return t, nil
}

// each asks the same of every school and gathers the answers.
func each[T any](ctx context.Context, s *System, ask func(context.Context, school) ([]T, error)) (all []T, err error) {
	schools, err := s.list(ctx)
	if err != nil {
		return nil, err
	}
	for _, school := range schools {
		some, err := ask(ctx, school)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// school is one of GET /schools.
type school struct {
	SchoolCode         int
	Name               string
	Address            string
	AddressCity        string
	AddressState       string
	AddressZipCode     text
	PhoneNumber        string
	LowGradeLevel      int
	HighGradeLevel     int
	AttendanceType     text // daily or period
	StateCountyID      text
	StateDistrictID    text
	StateSchoolID      text
	InactiveStatusCode text
	periods            int
	hasDailyCodeOnly   bool
}

func (s school) code() string { return strconv.Itoa(s.SchoolCode) }

// saidNull is the fault of a school whose students cannot have none of something.
func (s school) saidNull() error {
	return fmt.Errorf("school %s: the answer is null, where a list was asked for", s.code())
}

func (s school) path(rest string) string { return "schools/" + s.code() + "/" + rest }

// list asks for the schools once. Every one that takes attendance by period must have
// its number of periods: without it no day could be a full day.
func (s *System) list(ctx context.Context) ([]school, error) {
	if s.schools != nil {
		return s.schools, nil
	}
	var all []school
	if err := s.get(ctx, "schools", nil, &all); err != nil {
		return nil, err
	}
	var faults []error
	chosen := []school{}
	for _, one := range all {
		if len(s.Settings.Schools) > 0 && !slices.Contains(s.Settings.Schools, one.code()) || one.InactiveStatusCode.trim() != "" {
			continue
		}
		switch strings.ToLower(one.AttendanceType.trim()) {
		case "daily", "d", "":
			one.hasDailyCodeOnly = true
		case "period", "p":
			if one.periods = cmp.Or(s.Settings.Periods[one.code()], s.Settings.Periods["default"]); one.periods == 0 {
				faults = append(faults, fmt.Errorf("school %s takes attendance by period, and how many there are in a day is not known: say it under source.aeries.periods", one.code()))
			}
		default:
			faults = append(faults, fmt.Errorf("school %s has the attendance type %q, which is neither daily nor period", one.code(), one.AttendanceType))
		}
		chosen = append(chosen, one)
	}
	for _, code := range s.Settings.Schools {
		if !slices.ContainsFunc(chosen, func(one school) bool { return one.code() == code }) {
			faults = append(faults, fmt.Errorf("source.aeries.schools: Aeries has no active school %q", code))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	slices.SortFunc(chosen, func(a, b school) int { return a.SchoolCode - b.SchoolCode })
	s.schools = chosen
	return chosen, nil
}

func (s *System) schoolTable(ctx context.Context) (*bundle.Table, error) {
	schools, err := s.list(ctx)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, one := range schools {
		low, _ := gradeName(one.LowGradeLevel)
		high, _ := gradeName(one.HighGradeLevel)
		periods := ""
		if one.periods > 0 {
			periods = strconv.Itoa(one.periods)
		}
		rows = append(rows, []string{one.code(), one.Name, cds(one), low + "-" + high,
			one.Address, one.AddressCity, one.AddressState, one.AddressZipCode.trim(), one.PhoneNumber, periods})
	}
	return bundle.Memory("school_id name cds_code grade_span street city state zip phone periods_per_day", rows), nil
}

// cds is the state's code of a school: county, district, school. Codes that came as
// numbers have lost their zeros.
func cds(s school) string {
	if s.StateSchoolID.trim() == "" {
		return ""
	}
	padded := func(code text, width int) string {
		return strings.Repeat("0", max(0, width-len(code.trim()))) + code.trim()
	}
	return padded(s.StateCountyID, 2) + padded(s.StateDistrictID, 5) + padded(s.StateSchoolID, 7)
}

// gradeName is a grade as the bundle writes it; ok is false for preschool and adults,
// who are not asked to school by law.
func gradeName(level int) (name string, ok bool) {
	switch {
	case level == -1:
		return "TK", true
	case level == 0:
		return "K", true
	case 1 <= level && level <= 12:
		return strconv.Itoa(level), true
	}
	return "", false
}

// date reads the API's dates: 2025-09-05T00:00:00, and 20250905 as some versions write.
// What is neither stays as it is, for the bundle to refuse.
func date(s string) string {
	s = strings.TrimSpace(s)
	if len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		return s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	if day, clock, timed := strings.Cut(s, "T"); timed && strings.Trim(clock, "0:.Z") == "" {
		return day
	}
	return s
}

func (s *System) calendar(ctx context.Context) (*bundle.Table, error) {
	type day struct {
		CalendarDate  string
		HolidayCode   text
		TrackHolidays []any
	}
	rows, err := each(ctx, s, func(ctx context.Context, one school) (rows [][]string, err error) {
		var days []day
		if err := s.get(ctx, one.path("calendar"), nil, &days); err != nil {
			return nil, err
		}
		for _, d := range days {
			if len(d.TrackHolidays) > 0 {
				return nil, fmt.Errorf("school %s has tracks with holidays of their own (%s), which one calendar a school cannot say: write calendar.csv into the folder source.path", one.code(), date(d.CalendarDate))
			}
			code := d.HolidayCode.trim()
			taught := code == "" || code == "%" || slices.Contains(s.Settings.InSession, code)
			rows = append(rows, []string{one.code(), date(d.CalendarDate), strconv.FormatBool(taught)})
		}
		return rows, nil
	})
	return bundle.Memory("school_id date instructional", rows), err
}
