// Package edfi maps an Ed-Fi operational data store to the bundle: queries of the edfi
// schema on PostgreSQL, Data Standard 3.3 to 5, and the standard's bulk interchange
// files.
//
// A school whose class periods are none of them official attendance periods is daily: there
// a section's events are never a day's absence.
//
// Who gets the mail, letters and interventions of other systems are not in the standard
// as we need them; attendance categories, relationships and languages that a state or a
// district has added are for a bundle.Mapping to give words.
package edfi

import (
	"embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"rollcall/internal/district"
)

//go:embed views/*.sql
var views embed.FS

// given are the tables that the store has.
var given = []district.File{
	district.Schools, district.CalendarFile, district.Students, district.Enrollments, district.Contacts, district.AbsenceCodes,
	district.Attendance, district.AttendanceNotes, district.GradesFile, district.MissingAssignments, district.Behavior,
}

// Queries are the bundle's tables as SQL, for the school year of a day. has reports
// whether the store has a table of the edfi schema, or a column written table.column:
// versions of the standard differ in them.
func Queries(asOf district.Date, has func(name string) (bool, error)) (map[district.File]string, error) {
	contact := "parent"
	later, err := has("studentcontactassociation")
	if err != nil {
		return nil, err
	}
	if later {
		contact = "contact"
	}
	gradebook, err := has("studentgradebookentry.submissionstatusdescriptorid")
	if err != nil {
		return nil, err
	}
	current := ""
	if periods, err := has(contact + "addressperiod"); err != nil {
		return nil, err
	} else if periods {
		current = fmt.Sprintf(addressNow, contact, asOf)
	}
	duration := "1"
	if said, err := has("studentschoolattendanceevent.eventduration"); err != nil {
		return nil, err
	} else if said {
		duration = "coalesce(e.eventduration, 1)"
	}
	queries := map[district.File]string{}
	for _, file := range given {
		if file == district.MissingAssignments && !gradebook {
			continue
		}
		text, err := views.ReadFile("views/" + string(file) + ".sql")
		if err != nil {
			return nil, err
		}
		// A school year is named by the year it ends in.
		query := strings.NewReplacer("{current}", current, "{duration}", duration, "{contact}", contact, "{year}", strconv.Itoa(int(district.YearOf(asOf))+1)).Replace(string(text))
		queries[file] = language.ReplaceAllStringFunc(query, func(s string) string { return bcp47(s[len("{language") : len(s)-1]) })
	}
	return queries, nil
}

// addressNow leaves out an address that has times, of which none is a day.
const addressNow = `AND (SELECT coalesce(bool_or(p.begindate <= '%[2]s' AND coalesce(p.enddate, '%[2]s') >= '%[2]s'), true)
      FROM edfi.%[1]saddressperiod p
     WHERE p.%[1]susi = a.%[1]susi AND p.addresstypedescriptorid = a.addresstypedescriptorid AND p.city = a.city
       AND p.postalcode = a.postalcode AND p.stateabbreviationdescriptorid = a.stateabbreviationdescriptorid AND p.streetnumbername = a.streetnumbername)`

// language marks an expression that gives a language as the standard writes it.
var language = regexp.MustCompile(`(?s)\{language\(.*?\)\}`)

// languages are ISO 639-2 codes, which the standard's descriptors have, in the two
// letters of BCP 47.
var languages = [][2]string{
	{"eng", "en"}, {"spa", "es"}, {"vie", "vi"}, {"hmn", "hmn"}, {"rus", "ru"}, {"ukr", "uk"}, {"kor", "ko"}, {"fil", "fil"}, {"tgl", "tl"},
	{"ara", "ar"}, {"chi", "zh"}, {"zho", "zh"}, {"pan", "pa"}, {"per", "fa"}, {"fas", "fa"}, {"por", "pt"}, {"fre", "fr"}, {"fra", "fr"},
}

// bcp47 is an expression's language in two letters; one that is not listed stays.
func bcp47(expression string) string {
	var b strings.Builder
	b.WriteString("(SELECT CASE lower(value)")
	for _, l := range languages {
		b.WriteString(" WHEN '" + l[0] + "' THEN '" + l[1] + "'")
	}
	b.WriteString(" ELSE value END FROM (SELECT " + expression + " AS value) AS said)")
	return b.String()
}
