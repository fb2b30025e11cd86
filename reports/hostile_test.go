package reports

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
	"rollcall/internal/intervention"
)

// hostileCount is how many strings the documents are put to the test with.
const hostileCount = 2500

// ours are fields that no export fills. linked are those that tie one record to
// another, or that decide what is printed; everything else in a night is data.
var (
	ours   = []string{"RunID", "TimeZone", "Hash", "PolicyHash", "ReopenedBy", "Month", "Version", "Folder", "File", "LetterOne", "SentTo", "Language", "HomeLanguage"}
	linked = []string{"ID", "StudentID", "SchoolID", "CaseID", "HouseholdID", "Household", "Key", "Code", "Zip", "Actor", "Time"}
)

// spoiler puts hostile strings, one after another, wherever data can stand.
type spoiler struct {
	with []districttest.Hostile
	seen map[any]bool
	ids  map[string]string // what the linked fields hold now; nil where they are left alone
	put  []placed
}

// placed is a string and the field it was put in: Student.LastName.
type placed struct {
	districttest.Hostile
	field string
}

func (p *spoiler) spoil(name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			p.spoil(name, v.Elem())
		}
	case reflect.Struct:
		if p.seen[v.Addr().Interface()] {
			return // records are shared, and come by twice
		}
		p.seen[v.Addr().Interface()] = true
		for i := range v.NumField() {
			field := v.Type().Field(i)
			switch {
			case !field.IsExported() || slices.Contains(ours, field.Name) || field.Name == "Adults":
			case !slices.Contains(linked, field.Name) || field.Type.Kind() == reflect.Struct || field.Type.Kind() == reflect.Pointer:
				p.spoil(v.Type().Name()+"."+field.Name, v.Field(i))
			case p.ids != nil && field.Type == reflect.TypeFor[string]() && v.Field(i).String() != "":
				v.Field(i).SetString(p.link(v.Type().Name()+"."+field.Name, v.Field(i).String()))
			}
		}
		if h, ok := v.Addr().Interface().(*district.Household); ok {
			// Of its adults a letter has the names.
			h.Adults = slices.Clone(h.Adults)
			for i := range h.Adults {
				h.Adults[i].Name = p.take("Contact.Name")
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			p.spoil(name, v.Index(i))
		}
	case reflect.Map:
		if v.Type().Elem() == reflect.TypeFor[string]() {
			keys := v.MapKeys()
			slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
			for _, key := range keys {
				v.SetMapIndex(key, reflect.ValueOf(p.take(name)))
			}
		}
	case reflect.String:
		// Words of our own have types of their own.
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(p.take(name))
		}
	}
}

// link is the same for the same ID wherever it stands.
func (p *spoiler) link(name, id string) string {
	if p.ids[id] == "" {
		p.ids[id] = p.take(name)
		p.ids[p.ids[id]] = p.ids[id]
	}
	return p.ids[id]
}

func (p *spoiler) take(name string) string {
	h := p.with[len(p.put)]
	p.put = append(p.put, placed{h, name})
	return h.Text
}

// hostileNight is a school's night in which every field holds hostile data.
func hostileNight(with []districttest.Hostile, held, ids bool) (*SchoolNight, *spoiler) {
	s := fullNight()
	_, due := referralNight()
	for _, file := range []district.File{district.Behavior, district.Interventions, district.MissingAssignments} {
		s.Night.Provided[file] = true
	}
	full := s.Files[1].Student
	for i := range s.Files {
		f := &s.Files[i]
		st := &f.Student
		st.Notes, st.Grades, st.Missing, st.Behavior = slices.Clone(full.Notes), slices.Clone(full.Grades), slices.Clone(full.Missing), slices.Clone(full.Behavior)
		st.Interventions, st.LettersSent, st.Siblings = slices.Clone(full.Interventions), slices.Clone(full.LettersSent), slices.Clone(full.Siblings)
		st.MiddleName, st.PreferredName = "M", "P"
		f.Standing.Uncounted = []attendance.Day{{Date: s.Calendar[30], Code: "T", Category: district.Tardy, SchoolID: "010", Why: "x"}}
		f.Standing.Faults = []attendance.Fault{{Date: s.Calendar[31], Problem: "x"}}
		for j := range f.Standing.Absences {
			f.Standing.Absences[j].Periods = []string{"1"}
		}
		for j := range f.Cases {
			events := f.Cases[j].Events
			for k := range events {
				events[k].Facts = intervention.Facts{Method: "x", Result: "x", Attendees: []string{"x", "x"}, Address: "x", NewAddress: "x", Summary: "x",
					Interventions: []string{"x"}, NextSteps: "x", Tag: "x"}
			}
		}
	}
	for i := range s.Files {
		m := s.Meetings[0]
		m.StudentID, m.CaseID, m.ID = s.Files[i].Student.ID, "", fmt.Sprint("extra ", i)
		if !slices.ContainsFunc(s.Meetings, func(o intervention.Meeting) bool { return o.StudentID == m.StudentID }) {
			s.Meetings = append(s.Meetings, m)
		}
	}
	for i := range s.Letters {
		l := &s.Letters[i].Letter
		l.Language = []string{"en", "es", "vi"}[i%3]
		switch { // the copies, which name the meeting, stay as they are
		case held && !s.Letters[i].Copy:
			l.Kind = letterKinds[i/2]
		case !s.Letters[i].Copy:
			l.Kind = letterKinds[len(letterKinds)-1-i/2]
		}
	}
	due.CaseID = s.Files[0].Cases[0].ID
	s.Referrals = []Referral{due}
	s.Days[0].Moved = "x"
	gone := s.Meetings[len(s.Meetings)-1]
	gone.ID += "/gone"
	s.Cancelled = []intervention.Meeting{gone}
	s.Held, s.Mend, s.Approved = "x", "x", "x"
	p := &spoiler{with: with, seen: map[any]bool{}}
	if ids {
		p.ids = map[string]string{}
		for i := range s.Files {
			tag := []string{"es-<b>{{.X}}", "\x00\xff", "=1+1", "../..", "x\r\nBcc: spy@example.org", strings.Repeat("zz-", 4000), "\u202e", "ليلى"}[i%8]
			s.Files[i].Student.HomeLanguage, s.Files[i].Student.Contacts[0].Language, s.Letters[i].Letter.Language = tag, tag, tag
		}
	}
	p.spoil("", reflect.ValueOf(s))
	slices.SortFunc(s.Files, func(a, b StudentFile) int { return cmp.Compare(a.Student.ID, b.Student.ID) })
	if !held {
		s.Held, s.Mend = "", ""
	}
	return s, p
}

// asPrinted is a string as a document shows it, without the spaces at which lines are
// broken.
func asPrinted(s string) string { return squeezed(typefaces().clean(s)) }

// inCell is a string as a field of a file holds it: what is no UTF-8 shows as a
// lost character, and controls are gone.
func inCell(s string) string {
	return squeezed(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) || r == 0xffff {
			return -1
		}
		return r
	}, s))
}

func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) && r != '\f' {
			return -1
		}
		return r
	}, norm.NFC.String(s))
}

// follows reports whether text begins with want: to its end, to a mark that it
// was cut, or to the end of the page, after which it goes on.
func follows(text, want string) bool {
	for want != "" {
		n := 0
		for n < len(want) && n < len(text) && want[n] == text[n] {
			n++
		}
		if text, want = text[n:], want[n:]; want == "" || strings.HasPrefix(text, "…") {
			return true
		}
		// A row may be broken by a page's foot and head, and by its own next cell.
		head := want[:min(len(want), 10)]
		at := strings.Index(text, head)
		if at < 0 || !strings.Contains(text[:at], "\f") && n < 300 {
			return false
		}
		text = text[at:]
	}
	return true
}

// checkLiteral fails where a mark is found without what stands about it in the
// data. It returns the marks that were found.
func checkLiteral(t testing.TB, document, text string, with []districttest.Hostile, show func(string) string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	faults := 0
	for _, h := range with {
		before, behind, _ := strings.Cut(show(h.Text), h.Mark)
		if r := []rune(behind); len(r) > 300 {
			behind = string(r[:300]) // how a year of words goes on over pages, other tests hold
		}
		for rest, at := text, 0; ; {
			i := strings.Index(rest, h.Mark)
			if i < 0 {
				break
			}
			at += i
			rest = rest[i+len(h.Mark):]
			found[h.Mark] = true
			lead := text[max(0, at-len(before)):at]
			at += len(h.Mark)
			if _, turned, ok := strings.Cut(lead, "\f"); ok {
				lead = turned
			}
			if faults++; !strings.HasSuffix(before, lead) && !strings.HasSuffix(lead, strings.TrimLeft(before, ",")) {
				t.Errorf("%s: %q stands before %s, want %q", document, lead, h.Mark, before)
			} else if !follows(rest, strings.TrimRight(behind, ",")) {
				t.Errorf("%s: %q stands behind %s, want %q", document, rest[:min(len(rest), len(behind)+20, 300)], h.Mark, behind[:min(len(behind), 300)])
			} else {
				faults--
			}
			if faults > 20 {
				t.Fatalf("%s: and so on", document)
			}
		}
	}
	return found
}

// unprinted are fields that need not come out of a school's documents, each with
// why not. All others must, wherever they stand.
var unprinted = map[string]string{
	"LetterDue.Homeroom": "of a letter by mail; of a copy it is where it goes to",
	"Address.Street":     "of a letter by mail it is held against the window", "Address.Unit": "as above", "Address.City": "as above", "Address.State": "as above",
	"Day.Why":             "of a day that counts, nothing is to be explained",
	"Entry.Period":        "what the standing made of a row is shown, not the row",
	"Reason.Rule":         "stands in for the words where there are none",
	"Reason.Expr":         "stands in for the words where there are none",
	"Reason.Words":        "of a withdrawn case",
	"Enrollment.Grade":    "of the stays at schools, the one open tonight is shown",
	"Enrollment.Homeroom": "as above", "Enrollment.HomeroomTeacher": "as above",
	"Standing.Grade":      "stands in for the enrollment's",
	"Meeting.Facilitator": "of a cancelled meeting",
	"Office.Street":       "stands in for the school's", "Office.City": "as above", "Office.State": "as above", "Office.Phone": "as above",
	"School.CDSCode": "for the state's files", "School.GradeSpan": "as above",
	"Staff.Email": "one that is no address gets no mail", "Staff.Phone": "families call one number",
	"SchoolNight.Held": "a school that is not held", "SchoolNight.Mend": "as above",
}

func TestHostileDataComesOutOfASchoolsDocumentsAsItIs(t *testing.T) {
	set := words(t)
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			with := districttest.Hostiles(seed, hostileCount)
			s, p := hostileNight(with, seed == 1, seed == 2)
			found := map[string]bool{}
			add := func(marks map[string]bool) { maps.Copy(found, marks) }
			pdf := func(name string, made PDF, err error) {
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				add(checkPDFText(t, name, made, with))
			}
			for _, copies := range []bool{false, true} {
				letters := slices.DeleteFunc(slices.Clone(s.Letters), func(l LetterDue) bool { return l.Copy != copies })
				b, err := Letters(s, set, letters, "letters")
				pdf(fmt.Sprint("letters ", copies), b.PDF, err)
				pieces := make([]MailPiece, len(b.Letters))
				for i, l := range b.Letters {
					pieces[i] = MailPiece{Batch: "letters-mail.pdf", Number: i + 1, Due: letters[i], Digest: l.Digest, Recipient: l.Recipient, Address: l.Address}
					checkPosted(t, l, &letters[i], p)
				}
				manifest, err := MailingManifest(pieces)
				if err != nil {
					t.Fatal(err)
				}
				add(checkCSV(t, "mailing manifest", manifest, with))
			}
			for name, paper := range teamPapers(set) {
				if !strings.HasPrefix(name, "district") {
					made, err := paper(s)
					pdf(name, made, err)
				}
			}
			made, err := ReferralPacket(s, set, s.Referrals[0])
			pdf("referral", made, err)
			add(checkBook(t, "roster", schoolRoster(t, s), with))
			add(checkCalendar(t, calendarText(t, s, s.Cancelled...), with))
			rejects, err := Rejects(s.Rejects)
			if err != nil {
				t.Fatal(err)
			}
			add(checkCSV(t, "rejects", rejects, with))
			for _, at := range p.put {
				if p.ids == nil && unprinted[at.field] == "" && !found[at.Mark] {
					t.Errorf("%s %q is in no document", at.field, at.Text[:min(len(at.Text), 80)])
				}
			}
		})
	}
}

func TestHostileDataComesOutOfTheDistrictsDocumentsAsItIs(t *testing.T) {
	with := districttest.Hostiles(9, hostileCount)
	d := fixtureDistrict()
	d.Referrals = []ReferralLine{referralLine("010", "0001001", "Grades", "Behavior")}
	d.Schools[2].Approved, d.Schools[1].Mend = "x", "x"
	p := &spoiler{with: with, seen: map[any]bool{}}
	p.spoil("", reflect.ValueOf(d))
	made, err := DistrictBrief(d, words(t))
	if err != nil {
		t.Fatal(err)
	}
	found := checkPDFText(t, "district brief", made, with)
	book, err := DistrictRoster(d)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(found, checkBook(t, "district roster", book, with))
	for _, at := range p.put {
		switch at.field {
		case "SchoolLine.Held", "SchoolLine.Mend", "School.Name", "CaseLine.Name", "CaseLine.Grade", "ReferralLine.Name",
			"ReferralLine.Missing", "Exception.Problem", "Exception.Subject", "Reject.Value", "Reject.Reason", "Office.Name":
			if !found[at.Mark] {
				t.Errorf("%s %q is in no document", at.field, at.Text[:min(len(at.Text), 80)])
			}
		}
	}
}

// What cannot be shown is told of: no mark stands for a lost character without
// its exception, and no exception without its mark.
func TestEveryLostCharacterIsNamed(t *testing.T) {
	for _, h := range districttest.Hostiles(5, 500) {
		if shows, named := strings.ContainsRune(typefaces().clean(h.Text), missing), MissingGlyphs(h.Text); shows != (len(named) > 0) {
			t.Errorf("%q: a mark is shown: %v, characters named: %q", h.Text[:min(len(h.Text), 80)], shows, named)
		}
	}
}

func checkPDFText(t testing.TB, name string, made PDF, with []districttest.Hostile) map[string]bool {
	t.Helper()
	keepPDF(t, "hostile-"+strings.ReplaceAll(name, " ", "-")+".pdf", made.Bytes)
	checkPDF(t, made.Bytes)
	if err := readStrictly(made.Bytes, ""); err != nil {
		t.Errorf("%s: pdfcpu: %v", name, err)
	}
	return checkLiteral(t, name, squeezed(pdfText(t, made.Bytes, "-raw")), with, asPrinted)
}

// checkPosted fails where a household's name or address has not come into the
// window.
func checkPosted(t testing.TB, l PrintedLetter, due *LetterDue, p *spoiler) {
	t.Helper()
	for _, at := range p.put {
		mark := strings.ToUpper(at.Mark)
		if due.Copy {
			if due.Homeroom == at.Text && !strings.Contains(l.Address, mark) {
				t.Errorf("copy %s: %s is not in %q", l.ID, mark, l.Address)
			}
			continue
		}
		for _, a := range due.Household.Adults {
			if a.Name == at.Text && !strings.Contains(l.Recipient, mark) {
				t.Errorf("letter %s: %s is not in %q", l.ID, mark, l.Recipient)
			}
		}
		if (due.Household.Address.Street == at.Text || due.Household.Address.City == at.Text) && !strings.Contains(l.Address, mark) {
			t.Errorf("letter %s: %s is not in %q", l.ID, mark, l.Address)
		}
	}
}

// checkCSV fails where a spreadsheet would run a field, or one is not all there.
func checkCSV(t testing.TB, name string, file []byte, with []districttest.Hostile) map[string]bool {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var all strings.Builder
	for _, row := range rows {
		if len(row) != len(rows[0]) {
			t.Errorf("%s: a row of %d fields: %q", name, len(row), row)
		}
		for _, field := range row {
			if first := strings.TrimLeft(field, " \u00a0"); first != "" && strings.ContainsAny(first[:1], "=+-@\t\r") {
				t.Errorf("%s: a spreadsheet would run %q", name, field)
			}
			all.WriteString(squeezed(field) + "\v")
		}
	}
	return checkLiteral(t, name, all.String(), with, inCell)
}

// checkBook fails where a workbook holds a formula, or a cell with a mark has not
// all that stands about it in the data.
func checkBook(t testing.TB, name string, book []byte, with []districttest.Hostile) map[string]bool {
	t.Helper()
	var all strings.Builder
	for part, text := range parts(t, book) {
		if strings.HasPrefix(part, "xl/worksheets/") && regexp.MustCompile(`<f[ >/]`).MatchString(text) {
			t.Errorf("%s: %s holds a formula", name, part)
		}
		if err := xml.Unmarshal([]byte(text), new(struct{})); strings.HasSuffix(part, ".xml") && err != nil {
			t.Errorf("%s: %s is no XML: %v", name, part, err)
		}
	}
	f := openWorkbook(t, book)
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, cell := range row {
				all.WriteString(squeezed(cell) + "\v")
			}
		}
	}
	return checkLiteral(t, name, all.String(), with, inCell)
}

// checkCalendar fails where data begins a line of its own, or is not all there.
func checkCalendar(t testing.TB, text string, with []districttest.Hostile) map[string]bool {
	t.Helper()
	known := regexp.MustCompile(`^(BEGIN|END):(VCALENDAR|VTIMEZONE|STANDARD|DAYLIGHT|VEVENT|VALARM)$|^(VERSION|PRODID|CALSCALE|METHOD|X-WR-CALNAME|X-WR-TIMEZONE|TZID|TZOFFSETFROM|TZOFFSETTO|TZNAME|RRULE|UID|DTSTAMP|SEQUENCE|DTSTART|DTEND|SUMMARY|LOCATION|CLASS|ORGANIZER|STATUS|TRANSP|DESCRIPTION|ACTION|TRIGGER)[:;]`)
	var all strings.Builder
	for _, line := range unfold(text) {
		if line != "" && !known.MatchString(line) {
			t.Errorf("calendar: a line %q", line)
		}
		line = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\,`, ",", `\;`, ";").Replace(line)
		all.WriteString(squeezed(line) + "\v")
	}
	return checkLiteral(t, "calendar", all.String(), with, inCell)
}
