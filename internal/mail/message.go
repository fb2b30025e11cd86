// Package mail is one message of the night as a value: who it goes to, what it
// says, what it carries, and the bytes that leave the house.
//
// A night writes one message per role and school. Message.Bytes turns it into
// RFC 5322 text through go-mail, always the same bytes for the same message: the
// date is the night's, the Message-ID is derived from run, school and role, and
// the boundaries from the contents. Whatever came from data (a school's name, a
// file's name, a staff member's address) is checked before it reaches a header.
//
// Two packages carry messages: smtp speaks to a mail server, folder writes .eml
// files. Both answer with a Receipt that has a line for every recipient, so that
// one bad address never costs the rest. The package sends nothing by itself,
// and no subject it is given may name a student; that is its caller's promise.
package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Message is one mail, ready to go.
type Message struct {
	// ID is the Message-ID with its angle brackets, as MessageID makes it. A
	// second attempt carries the same ID, so that a mailbox can tell a repeat.
	ID string
	// Name is the file name without its ending where the message is kept as a
	// file, as Slug makes it: 2025-10-15-101-office_manager.
	Name string

	From    string   // an address, with or without a display name
	ReplyTo string   // the same, or empty
	To      []string // addresses; a malformed one is refused alone
	// Only, where it is not empty, are the addresses of To that still have to be
	// served: a retry goes to them alone and the message keeps all its readers.
	Only []string

	Subject string
	Text    string // plain body, required
	HTML    string // the same in HTML, or empty

	Attachments []Attachment

	// At is the Date header: the night's own instant, written in UTC.
	At time.Time
}

// Attachment is one file a message carries.
type Attachment struct {
	Name        string // a file name, no path
	ContentType string // MIME type, parameters allowed; empty = octet stream
	Bytes       []byte
}

// longestLine is what RFC 5322 allows a line, without its CR LF.
const longestLine = 998

// Bytes gives the message as RFC 5322 text with CR LF line ends. Equal messages
// give equal bytes. Malformed addresses in To are left out (Recipients says which);
// anything else that cannot stand in a header is an error, control characters
// first of all.
func (m Message) Bytes() ([]byte, error) {
	msg, err := m.compose()
	if err != nil {
		return nil, fmt.Errorf("mail %s: %w", m.Name, err)
	}
	var out bytes.Buffer
	if _, err := msg.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("mail %s: %w", m.Name, err)
	}
	raw := pinBoundaries(out.Bytes(), m.digest())
	for line := range bytes.Lines(raw) {
		if len(bytes.TrimRight(line, "\r\n")) > longestLine {
			return nil, fmt.Errorf("mail %s: a line is longer than %d bytes", m.Name, longestLine)
		}
	}
	return raw, nil
}

// EncodedSize is the length of Bytes: what counts against a server's limit, a
// third more than the attachments themselves.
func (m Message) EncodedSize() (int64, error) {
	raw, err := m.Bytes()
	return int64(len(raw)), err
}

// compose checks every field and hands it to go-mail.
func (m Message) compose() (*gomail.Msg, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	from, err := parseAddress(m.From)
	if err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	to, _ := m.Recipients()
	if len(to) == 0 {
		return nil, errors.New("no recipient with a usable address")
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(from)
	for _, address := range to {
		msg.AddToMailAddress(&netmail.Address{Address: address})
	}
	if m.ReplyTo != "" {
		reply, err := parseAddress(m.ReplyTo)
		if err != nil {
			return nil, fmt.Errorf("reply-to: %w", err)
		}
		msg.ReplyToMailAddress(reply)
	}
	// What only looks like an encoded word would be decoded (RFC 2047). A sign that
	// is not ASCII, and is not seen, has the whole subject encoded.
	msg.Subject(strings.ReplaceAll(clean(m.Subject), "=?", "=\u2060?"))
	msg.SetMessageIDWithValue(strings.Trim(m.ID, "<>"))
	msg.SetDateWithValue(m.At.UTC())
	// RFC 3834: no vacation notice answers a machine.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, clean(m.Text))
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, clean(m.HTML))
	}
	for _, a := range m.Attachments {
		if err := attach(msg, a); err != nil {
			return nil, err
		}
	}
	return msg, nil
}

// attach adds one file. The headers are set here and not by go-mail, which
// writes a name outside ASCII as an encoded word inside quotes; RFC 2231 has a
// form for it that every mail program reads.
func attach(msg *gomail.Msg, a Attachment) error {
	if err := checkFileName(a.Name); err != nil {
		return err
	}
	kind := a.ContentType
	if kind == "" {
		kind = "application/octet-stream"
	}
	media, params, err := mime.ParseMediaType(kind)
	if err != nil || hasControl(kind) {
		return fmt.Errorf("attachment %q: content type %q cannot be read", a.Name, kind)
	}
	// Folded at every parameter: RFC 2231 names grow threefold.
	fold := func(value string) string { return strings.ReplaceAll(value, "; ", ";\r\n ") }
	return msg.AttachReader(a.Name, bytes.NewReader(a.Bytes), func(f *gomail.File) {
		f.Header.Set("Content-Type", fold(mime.FormatMediaType(media, params)))
		f.Header.Set("Content-Disposition", fold(mime.FormatMediaType("attachment", map[string]string{"filename": a.Name})))
	})
}

// boundaryLine finds the boundary go-mail drew by lot, at the start of a line, where no
// folded header can stand.
var boundaryLine = regexp.MustCompile(`(?m)^Content-Type: multipart/[a-z]+;\r\n boundary=([0-9a-f]{60})\r$`)

// pinBoundaries replaces the random boundaries by ones made from the digest of
// the contents. Contents cannot hold their own digest, so no text a person typed
// can close a part.
func pinBoundaries(raw []byte, digest string) []byte {
	for _, level := range []string{"outer", "inner"} {
		end := len(raw)
		if level == "outer" {
			end = bytes.Index(raw, []byte("\r\n\r\n")) + 2
		}
		found := boundaryLine.FindSubmatch(raw[:end])
		if found == nil {
			break
		}
		raw = bytes.ReplaceAll(raw, found[1], []byte(digest[:48]+"-"+level))
	}
	return raw
}

// digest is the SHA-256 of all that a part can hold, in hexadecimal.
func (m Message) digest() string {
	h := sha256.New()
	put := func(b []byte) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	put([]byte(m.ID))
	put([]byte(m.Text))
	put([]byte(m.HTML))
	for _, a := range m.Attachments {
		put([]byte(a.Name))
		put([]byte(a.ContentType))
		put(a.Bytes)
	}
	return hex.EncodeToString(h.Sum(nil))
}
