package mail

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// night is the instant every test message is dated with.
var night = time.Date(2025, 10, 16, 11, 0, 0, 0, time.UTC)

func schedule() Message {
	return Message{
		ID:      MessageID("2025-10-15", "101", "office_manager", "example.org"),
		Name:    Slug("2025-10-15", "101", "office_manager"),
		From:    "Valle Verde Unified <attendance@example.org>",
		ReplyTo: "office@example.org",
		To:      []string{"pat@example.org", "sam@example.org"},
		Subject: "Oak School: 4 meetings on Tuesday, 4 November",
		Text:    "Four meetings.\nPlease book the room.\n",
		HTML:    "<p>Four meetings.</p>",
		Attachments: []Attachment{
			{Name: "schedule.ics", ContentType: "text/calendar; method=REQUEST; charset=utf-8", Bytes: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")},
			{Name: "schedule.pdf", ContentType: "application/pdf", Bytes: bytes.Repeat([]byte{0, 1, 2, 250}, 3000)},
		},
		At: night,
	}
}

func encode(t *testing.T, m Message) []byte {
	t.Helper()
	raw, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// part is one leaf of a message, decoded.
type part struct{ Kind, Name, Body string }

func read(t *testing.T, raw []byte) (netmail.Header, []part) {
	t.Helper()
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return msg.Header, leaves(t, msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), "", msg.Body)
}

func leaves(t *testing.T, kind, encoding, name string, body io.Reader) []part {
	t.Helper()
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatalf("content type %q: %v", kind, err)
	}
	if !strings.HasPrefix(media, "multipart/") {
		switch encoding {
		case "quoted-printable":
			body = quotedprintable.NewReader(body)
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, body)
		}
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return []part{{media, name, string(b)}}
	}
	var out []part
	for r := multipart.NewReader(body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, leaves(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.FileName(), p)...)
	}
}

func TestSameMessageGivesSameBytes(t *testing.T) {
	for name, change := range map[string]func(*Message){
		"text, HTML and files": func(*Message) {},
		"text and files":       func(m *Message) { m.HTML = "" },
		"text and HTML":        func(m *Message) { m.Attachments = nil },
		"text alone":           func(m *Message) { m.HTML, m.Attachments = "", nil },
	} {
		t.Run(name, func(t *testing.T) {
			m := schedule()
			change(&m)
			first := encode(t, m)
			for range 20 {
				if d := cmp.Diff(string(first), string(encode(t, m))); d != "" {
					t.Fatal(d)
				}
			}
		})
	}
}

func TestDateIsTheInstantWhateverItsZone(t *testing.T) {
	m := schedule()
	m.At = m.At.In(time.FixedZone("PDT", -7*3600))
	if !bytes.Equal(encode(t, m), encode(t, schedule())) {
		t.Error("the same instant gave other bytes")
	}
}

func TestMessageReadsBackAsWritten(t *testing.T) {
	m := schedule()
	header, parts := read(t, encode(t, m))
	want := map[string]string{
		"From":           `"Valle Verde Unified" <attendance@example.org>`,
		"Reply-To":       "<office@example.org>",
		"To":             "<pat@example.org>, <sam@example.org>",
		"Subject":        m.Subject,
		"Date":           "Thu, 16 Oct 2025 11:00:00 +0000",
		"Message-Id":     m.ID,
		"Auto-Submitted": "auto-generated",
		"User-Agent":     "",
		"X-Mailer":       "",
	}
	for name, value := range want {
		if got := header.Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	if d := cmp.Diff([]part{
		{"text/plain", "", "Four meetings.\r\nPlease book the room.\r\n"},
		{"text/html", "", "<p>Four meetings.</p>"},
		{"text/calendar", "schedule.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"},
		{"application/pdf", "schedule.pdf", strings.Repeat("\x00\x01\x02\xfa", 3000)},
	}, parts); d != "" {
		t.Error(d)
	}
}

func TestAccentsSurviveInSubjectNamesAndFiles(t *testing.T) {
	m := schedule()
	m.From = "Distrito Ñandú de José <attendance@example.org>"
	m.Subject = "Escuela Peñón: reunión del 4 de noviembre, en el salón de usos múltiples de la escuela; traiga la notificación — gracias"
	m.Attachments = []Attachment{{Name: "reunión; señal \"1\".pdf", ContentType: "application/pdf", Bytes: []byte("x")}}
	header, parts := read(t, encode(t, m))
	subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
	if err != nil || subject != m.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	from, err := header.AddressList("From")
	if err != nil || from[0].Name != "Distrito Ñandú de José" {
		t.Errorf("from %v, %v", from, err)
	}
	if got := parts[len(parts)-1].Name; got != m.Attachments[0].Name {
		t.Errorf("file %q", got)
	}
}

func TestHeaderInjectionIsRefused(t *testing.T) {
	for name, change := range map[string]func(*Message){
		"subject":                  func(m *Message) { m.Subject = "Oak\r\nBcc: x@example.org" },
		"subject, bare line feed":  func(m *Message) { m.Subject = "Oak\nBcc: x@example.org" },
		"subject, null byte":       func(m *Message) { m.Subject = "Oak\x00" },
		"subject turned around":    func(m *Message) { m.Subject = "Oak \u202egnp.fdp" },
		"sender's name":            func(m *Message) { m.From = "Oak\r\nBcc: x@example.org <a@example.org>" },
		"reply address":            func(m *Message) { m.ReplyTo = "a@example.org\r\nBcc: x@example.org" },
		"message ID":               func(m *Message) { m.ID = "<a@example.org>\r\nBcc: x@example.org" },
		"file name":                func(m *Message) { m.Attachments[0].Name = "a.pdf\"\r\nBcc: x@example.org" },
		"file name as a path":      func(m *Message) { m.Attachments[0].Name = "../../a.pdf" },
		"file name with backslash": func(m *Message) { m.Attachments[0].Name = `..\a.pdf` },
		"content type":             func(m *Message) { m.Attachments[0].ContentType = "text/plain\r\nBcc: x@example.org" },
		"no content type at all":   func(m *Message) { m.Attachments[0].ContentType = ";;" },
		"a line without end":       func(m *Message) { m.Subject = strings.Repeat("x", 1200) },
		"only a hostile recipient": func(m *Message) { m.To = []string{"a@example.org\r\nBcc: x@example.org"} },
	} {
		t.Run(name, func(t *testing.T) {
			m := schedule()
			change(&m)
			if raw, err := m.Bytes(); err == nil {
				t.Errorf("written:\n%s", raw)
			}
		})
	}
}

func TestUnfinishedMessageIsRefused(t *testing.T) {
	for name, change := range map[string]func(*Message){
		"no ID":      func(m *Message) { m.ID = "" },
		"no date":    func(m *Message) { m.At = time.Time{} },
		"no text":    func(m *Message) { m.Text = "" },
		"no subject": func(m *Message) { m.Subject = " " },
		"no sender":  func(m *Message) { m.From = "" },
		"no reader":  func(m *Message) { m.To = nil },
	} {
		t.Run(name, func(t *testing.T) {
			m := schedule()
			change(&m)
			if _, err := m.Bytes(); err == nil {
				t.Error("written")
			}
		})
	}
}

func TestOneMalformedAddressDoesNotCostTheRest(t *testing.T) {
	m := schedule()
	m.To = []string{"pat@example.org", "no address", "sam@example.org\r\nBcc: x@example.org", "PAT@example.org", "lee@example.org"}
	good, refused := m.Recipients()
	if d := cmp.Diff([]string{"pat@example.org", "lee@example.org"}, good); d != "" {
		t.Error(d)
	}
	if len(refused) != 2 || refused[0].To != "no address" || refused[0].Outcome != Permanent {
		t.Errorf("refused: %+v", refused)
	}
	header, _ := read(t, encode(t, m))
	if got := header.Get("To"); got != "<pat@example.org>, <lee@example.org>" {
		t.Errorf("To: %s", got)
	}
	if header.Get("Bcc") != "" {
		t.Error("a header came in with an address")
	}
}

func TestRetryServesOnlyThoseStillOpen(t *testing.T) {
	m := schedule()
	m.To = append(m.To, "broken")
	m.Only = []string{"Sam@Example.org"}
	good, refused := m.Pending()
	if d := cmp.Diff([]string{"sam@example.org"}, good); d != "" || refused != nil {
		t.Errorf("%s, refused %v", d, refused)
	}
	everyone := m
	everyone.Only = nil
	if !bytes.Equal(encode(t, m), encode(t, everyone)) {
		t.Error("a retry shows other readers than the first attempt")
	}
}

func TestSizeCountsTheEncoding(t *testing.T) {
	m := schedule()
	m.Attachments = []Attachment{{Name: "packets.pdf", Bytes: make([]byte, 3_000_000)}}
	size, err := m.EncodedSize()
	if err != nil {
		t.Fatal(err)
	}
	// base64: four bytes for three, and CR LF after every 76.
	if want := int64(4_000_000 + 4_000_000/76*2); size < want || size > want+3000 {
		t.Errorf("%d bytes, want a little over %d", size, want)
	}
	if got := int64(len(encode(t, m))); got != size {
		t.Errorf("size %d, bytes %d", size, got)
	}
}

// Whatever a district's data holds: a refusal, or text with no stray header, no
// stray line end, and the subject that was meant.
func TestAnyTextStaysInItsPlace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := schedule()
		m.Subject = rapid.String().Draw(rt, "subject")
		m.Text = rapid.String().Draw(rt, "text")
		m.HTML = rapid.String().Draw(rt, "html")
		m.Attachments[0].Name = rapid.String().Draw(rt, "file")
		raw, err := m.Bytes()
		if err != nil {
			return
		}
		head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		for line := range strings.SplitSeq(string(head), "\r\n") {
			if strings.HasPrefix(strings.ToLower(line), "bcc") || strings.ContainsAny(line, "\r\n") {
				rt.Fatalf("stray header line %q", line)
			}
		}
		if bare := bytes.ReplaceAll(raw, []byte("\r\n"), nil); bytes.ContainsAny(bare, "\r\n") {
			rt.Fatal("a line end of one character")
		}
		header, parts := read(t, raw)
		subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
		if err != nil || strings.Join(strings.Fields(strings.ReplaceAll(subject, "=\u2060?", "=?")), " ") != strings.Join(strings.Fields(m.Subject), " ") {
			rt.Fatalf("subject %q, want %q, %v", subject, m.Subject, err)
		}
		if got := parts[len(parts)-2].Name; got != m.Attachments[0].Name {
			rt.Fatalf("file %q, want %q", got, m.Attachments[0].Name)
		}
	})
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"a@example.org", "A B <a@example.org>", `"x@evil"@example.org`, "a@example.org\r\nRCPT TO:<b>", "<@x:a@example.org>", "a%b@example.org", "ñ@example.org"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		bare, err := Address(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(bare, " \r\n\t<>\"%!,;:") || strings.Count(bare, "@") != 1 {
			t.Errorf("%q was read as %q", s, bare)
		}
	})
}
