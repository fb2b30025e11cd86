package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"mime"
	"path"
	"slices"
	"strings"
	"time"

	"rollcall/internal/district"
	"rollcall/internal/mail"
	"rollcall/internal/night"
	"rollcall/reports"
	"rollcall/templates"
)

// Sender carries a message to its recipients.
type Sender interface {
	Send(ctx context.Context, m mail.Message) (mail.Receipt, error)
}

// Postbook remembers which message was sent to whom.
type Postbook interface {
	Recorder
	PlanDelivery(ctx context.Context, d night.Delivery) (night.Delivery, error)
	Delivered(ctx context.Context, d night.Delivery) error
	Deliveries(ctx context.Context, runID string) ([]night.Delivery, error)
	SetStatus(ctx context.Context, runID, schoolID string, s night.SchoolStatus) error
}

// Sealer encrypts a PDF for one school, other files carried inside it.
type Sealer func(pdf []byte, inside []mail.Attachment, password string) ([]byte, error)

// Delivery sends one message and records what became of it. It may be repeated:
// a message that is on record as sent is not sent again, and one whose sending
// broke off goes out with the same Message-ID.
type Delivery struct {
	Ledger   Postbook
	Shelf    Shelf
	Sender   Sender
	Words    *templates.Set
	Settings Settings
	Seal     Sealer
	Now      func() time.Time
}

// ErrTryAgain is wrapped by an error after which the same job may succeed.
var ErrTryAgain = errors.New("not delivered yet")

// Do works a deliver job.
func (d Delivery) Do(ctx context.Context, j night.Job) error {
	s, err := schoolNight(ctx, d.Ledger, j)
	if err != nil {
		return err
	}
	if j.Issue != issue(s) {
		return nil // the night was approved since: its own message tells more
	}
	files, err := d.attachments(ctx, s)
	if err != nil {
		return err
	}
	m, err := d.schoolMessage(j, s, files)
	if err != nil {
		return err
	}
	if err := d.send(ctx, j, m); err != nil {
		return err
	}
	return d.settle(ctx, j, s)
}

// moment is the instant that a night's mail carries: four in the morning after
// the as-of date, so that the same inputs give the same bytes whenever they are
// worked.
func moment(n reports.Night) time.Time {
	loc, err := time.LoadLocation(n.TimeZone)
	if err != nil {
		loc = time.UTC
	}
	return (n.AsOf + 1).At(4, 0, loc)
}

// schoolMessage writes the message to one role of a school. Where it would be
// larger than the mail server takes, the attachments stay behind and the link
// to the folder does.
func (d Delivery) schoolMessage(j night.Job, s *reports.SchoolNight, files []mail.Attachment) (mail.Message, error) {
	m, err := d.message(j, d.schoolWords(s, j.Role, files), staffOf(s, j.Role), moment(s.Night))
	if err != nil || len(files) == 0 {
		return m, err
	}
	m.Attachments = files
	size, err := m.EncodedSize()
	if err != nil || size <= d.Settings.Mail.MaxSize {
		return m, err
	}
	return d.message(j, d.schoolWords(s, j.Role, nil), staffOf(s, j.Role), moment(s.Night))
}

// settle marks the school's night as delivered once every role was served.
func (d Delivery) settle(ctx context.Context, j night.Job, s *reports.SchoolNight) error {
	deliveries, err := d.Ledger.Deliveries(ctx, j.RunID)
	if err != nil {
		return err
	}
	served := map[string]bool{}
	for _, x := range deliveries {
		served[x.MessageID] = !x.SentAt.IsZero()
	}
	for _, role := range messengers {
		j.Role = role
		if len(staffOf(s, role)) > 0 && !served[d.MessageID(j)] {
			return nil
		}
	}
	return d.Ledger.SetStatus(ctx, j.RunID, j.SchoolID, night.Delivered)
}

func (d Delivery) message(j night.Job, data templates.EmailData, to []district.Staff, at time.Time) (mail.Message, error) {
	subject, text, html, err := d.Words.Email(j.Role, data)
	if err != nil {
		return mail.Message{}, fmt.Errorf("write mail to %s of %s: %w", j.Role, cmp.Or(j.SchoolID, "the district"), err)
	}
	m := mail.Message{
		ID:      d.MessageID(j),
		Name:    mail.Slug(j.RunID, cmp.Or(j.SchoolID, "district"), j.Message()),
		From:    d.Settings.Mail.From,
		ReplyTo: d.Settings.Mail.ReplyTo,
		Subject: subject, Text: text, HTML: html, At: at,
	}
	for _, p := range to {
		if !slices.Contains(m.To, p.Email) {
			m.To = append(m.To, p.Email)
		}
	}
	return m, nil
}

// MessageID is the same for one message however often it is written.
func (d Delivery) MessageID(j night.Job) string {
	return mail.MessageID(j.RunID, cmp.Or(j.SchoolID, "district"), j.Message(), domain(d.Settings.Mail.From))
}

// domain is the part of an address behind the @, for the Message-ID.
func domain(from string) string {
	_, after, _ := strings.Cut(from, "@")
	return strings.TrimSuffix(strings.TrimSpace(after), ">")
}

// send does what is left to do for a message: recipients outside the allowed
// domains are refused here, the others get it, and each outcome is recorded.
func (d Delivery) send(ctx context.Context, j night.Job, m mail.Message) error {
	plan := night.Delivery{MessageID: m.ID, RunID: j.RunID, SchoolID: j.SchoolID, Role: j.Role}
	for _, address := range m.To {
		plan.Recipients = append(plan.Recipients, night.Recipient{Address: address, Outcome: night.TryAgain, Detail: "not sent yet"})
	}
	planned, err := d.Ledger.PlanDelivery(ctx, plan)
	if err != nil {
		return err
	}
	if !planned.SentAt.IsZero() {
		return nil
	}
	// What an earlier attempt settled stands.
	record, settled := planned, map[string]bool{}
	record.Recipients = nil
	for _, r := range planned.Recipients {
		if r.Outcome != night.TryAgain {
			record.Recipients = append(record.Recipients, r)
			settled[r.Address] = true
		}
	}
	var allowed []string
	for _, address := range m.To {
		switch {
		case mail.Allowed(d.Settings.Mail.AllowedDomains, address):
			allowed = append(allowed, address)
			if !settled[address] {
				m.Only = append(m.Only, address)
			}
		case !settled[address]:
			record.Recipients = append(record.Recipients, night.Recipient{Address: address, Outcome: night.Refused, Detail: "its domain is not in mail.allowed_domains"})
		}
	}
	m.To = allowed
	again, fault := false, error(nil)
	if len(m.Only) > 0 {
		var receipt mail.Receipt
		receipt, fault = d.Sender.Send(ctx, m)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for _, o := range receipt.Deliveries {
			r := night.Recipient{Address: o.To, Detail: o.Words}
			switch {
			case o.Outcome == mail.Sent:
				r.Outcome, r.Detail = night.Sent, ""
			case o.Outcome.Retry():
				r.Outcome, again = night.TryAgain, true
			default:
				r.Outcome = night.Refused
			}
			record.Recipients = append(record.Recipients, r)
		}
	}
	if !again {
		record.SentAt = d.Now().UTC()
	}
	if err := d.Ledger.Delivered(ctx, record); err != nil {
		return err
	}
	switch {
	case fault != nil:
		return fmt.Errorf("%w: %w", ErrTryAgain, fault)
	case again:
		return ErrTryAgain
	}
	return nil
}

// carried are the documents a message may take along, the roster last.
var carried = []string{"schedule.pdf", "schedule.ics", "brief.pdf", "roster.xlsx"}

// attachments follow the policy: none, plain, or one encrypted PDF with the
// other files inside.
func (d Delivery) attachments(ctx context.Context, s *reports.SchoolNight) ([]mail.Attachment, error) {
	password := cmp.Or(d.Settings.Mail.Passwords[s.School.ID], d.Settings.Mail.Passwords["default"])
	policy := d.Settings.Mail.Attach
	if policy == "" && password != "" {
		policy = "encrypted"
	}
	if policy != "plain" && (policy != "encrypted" || password == "") {
		return nil, nil
	}
	var files []mail.Attachment
	for _, name := range carried {
		content, err := d.Shelf.Read(ctx, path.Join(Folder(s.Night.RunID, s.School), name))
		if err != nil {
			return nil, fmt.Errorf("attach %s: %w", name, err)
		}
		files = append(files, mail.Attachment{Name: name, ContentType: contentType(name), Bytes: content})
	}
	if policy == "plain" {
		return files, nil
	}
	sealed, err := d.Seal(files[0].Bytes, files[1:], password)
	if err != nil {
		return nil, fmt.Errorf("encrypt attachments of school %s: %w", s.School.ID, err)
	}
	return []mail.Attachment{{Name: "schedule.pdf", ContentType: contentType("schedule.pdf"), Bytes: sealed}}, nil
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case ".ics":
		return "text/calendar; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}
