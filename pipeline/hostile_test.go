package pipeline

import (
	"bytes"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
	"rollcall/internal/mail"
	"rollcall/internal/night"
	"rollcall/reports"
	"rollcall/templates"
)

// bodies are a message's headers and its text and HTML, decoded.
func bodies(t *testing.T, m mail.Message) (head netmail.Header, text, page string) {
	t.Helper()
	raw, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	message, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for r := multipart.NewReader(message.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, string(b))
	}
	if len(parts) != 2 {
		t.Fatalf("%d parts, want text and HTML", len(parts))
	}
	return message.Header, parts[0], parts[1]
}

// inMail is data as mail shows it: without controls, invisible signs and spaces,
// and with one mark for all that was lost in a row.
func inMail(s string) string {
	last := ' '
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\ufffd' && last == r {
			return -1
		}
		last = r
		return r
	}, s)
}

var anyTag = regexp.MustCompile(`<[^>]*>`)

// checkMail fails where data made a header or a tag, or did not come out. The
// first of data is the name in the subject, if it has one.
func checkMail(t *testing.T, m mail.Message, plain netmail.Header, tags int, named bool, data []string) {
	t.Helper()
	head, text, page := bodies(t, m)
	for name := range head {
		if plain[name] == nil {
			t.Errorf("data made a header %s: %q", name, head[name])
		}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(head.Get("Subject"))
	if name := inMail(data[0]); err != nil || named && !strings.Contains(inMail(subject), name[:min(len(name), 60)]) {
		t.Errorf("subject %.300q, want it to have %.300q: %v", subject, name, err)
	}
	if got := len(anyTag.FindAllString(page, -1)); got != tags {
		t.Errorf("%d tags, want %d", got, tags)
	}
	text, page = inMail(text), inMail(html.UnescapeString(anyTag.ReplaceAllString(page, "")))
	for i, s := range data {
		if i > 0 && !strings.Contains(text, inMail(s)) {
			t.Errorf("the text lacks %.300q", s)
		}
		// HTML has no NUL: a lost character stands for it.
		if !strings.Contains(page, inMail(strings.ReplaceAll(s, "\x00", "\ufffd"))) {
			t.Errorf("the HTML lacks %.300q", s)
		}
	}
}

func TestHostileDataStaysTextInMail(t *testing.T) {
	words, err := templates.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := Delivery{Words: words, Settings: Settings{Mail: MailSettings{From: "rollcall <rollcall@example.org>", Link: "https://files.example.org"}}}
	school := func(role district.Role, data []string) mail.Message {
		s := desk(t)
		s.School.Name, s.Held, s.Mend, s.Approved = data[0], data[1], data[2], data[3]
		s.Days[0].Place, s.Days[0].SpecialistRole = data[4], data[5]
		s.Staff = append(s.Staff, district.Staff{Role: district.AttendanceSpecialist, Name: data[6], Email: "two@example.org"},
			district.Staff{Role: district.Admin, Name: data[6], Email: "three@example.org"}, district.Staff{Role: district.OfficeManager, Name: data[6], Email: "four@example.org"})
		m, err := d.schoolMessage(night.Job{Kind: night.Deliver, RunID: "2025-10-15", SchoolID: "A", Role: role}, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	office := func(_ district.Role, data []string) mail.Message {
		n := desk(t).Night
		n.District.Name = data[0]
		sum := Summary{Schools: []SchoolSummary{{Name: data[1], Held: data[2]}, {Name: data[3], Approved: data[4]}},
			Undelivered: []Undelivered{{SchoolID: data[5], Detail: data[6], Role: district.Admin}}}
		m, err := d.message(night.Job{Kind: night.Close, RunID: "2025-10-15", Role: district.DistrictOffice}, d.districtWords(n, sum), []district.Staff{{Email: "office@example.org"}}, moment(n))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for i, role := range slices.Concat(messengers, []district.Role{district.DistrictOffice}) {
		t.Run(string(role), func(t *testing.T) {
			t.Parallel()
			write := school
			if role == district.DistrictOffice {
				write = office
			}
			plain, _, page := bodies(t, write(role, slices.Repeat([]string{"Oak"}, 7)))
			tags := len(anyTag.FindAllString(page, -1))
			strange := districttest.Hostiles(uint64(i), 500)
			for i := range strange {
				data := make([]string, 7)
				for k := range data {
					data[k] = strange[(i+71*k)%len(strange)].Text
				}
				checkMail(t, write(role, data), plain, tags, role != district.DistrictOffice, data)
			}
		})
	}
}

func TestEveryCharacterThatPapersLackIsAnException(t *testing.T) {
	for _, h := range districttest.Hostiles(7, 500) {
		for field, st := range map[string]*district.Student{
			"last name": {LastName: h.Text}, "first name": {FirstName: h.Text}, "middle name": {MiddleName: h.Text}, "preferred name": {PreferredName: h.Text},
			"contact": {Contacts: []district.Contact{{Name: h.Text}}}, "street": {Contacts: []district.Contact{{Street: h.Text}}},
			"unit": {Contacts: []district.Contact{{Unit: h.Text}}}, "city": {Contacts: []district.Contact{{City: h.Text}}},
		} {
			if got := unprintable(st); !slices.Equal(got, reports.MissingGlyphs(h.Text)) {
				t.Errorf("%s %.80q: named %q", field, h.Text, got)
			}
		}
	}
}
