package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"rollcall/internal/district"
	"rollcall/internal/mail"
	"rollcall/internal/night"
	"rollcall/templates"
)

// Alarm is the message to those who run rollcall when a night failed or did not run.
// It goes out by itself: there may be no ledger to plan it in.
type Alarm struct {
	Sender   Sender
	Words    *templates.Set
	Settings Settings
	Now      func() time.Time
}

// Send says what happened in the night of a day, what was told of it, line by line,
// and how it goes on. The same again has the same Message-ID.
func (a Alarm) Send(ctx context.Context, asOf district.Date, what string, told []string, mend string, to []string) error {
	data := templates.EmailData{
		Role: templates.Alarm.Label(), District: a.Settings.Office.Name, Date: asOf.Format("Monday, January 2, 2006"), RunID: asOf.String(),
		Held: what, Problems: told, Mend: mend, Version: a.Settings.Version,
	}
	subject, text, html, err := a.Words.Email(templates.Alarm, data)
	if err != nil {
		return fmt.Errorf("alarm: %w", err)
	}
	sum := sha256.Sum256([]byte(strings.Join(append([]string{what, mend}, told...), "\n")))
	kind := "alarm-" + hex.EncodeToString(sum[:4])
	m := mail.Message{
		ID:   mail.MessageID(asOf.String(), "district", kind, domain(a.Settings.Mail.From)),
		Name: mail.Slug(asOf.String(), "district", kind),
		From: a.Settings.Mail.From, ReplyTo: a.Settings.Mail.ReplyTo, Subject: subject, Text: text, HTML: html, At: a.Now(),
	}
	for _, address := range to {
		if mail.Allowed(a.Settings.Mail.AllowedDomains, address) {
			m.To = append(m.To, address)
		}
	}
	if len(m.To) == 0 {
		return errors.New("alarm: nobody to tell: name somebody in mail.operations, of a domain in mail.allowed_domains")
	}
	receipt, err := a.Sender.Send(ctx, m)
	for _, o := range receipt.Deliveries {
		if err == nil && o.Outcome != mail.Sent {
			err = fmt.Errorf("to %s: %s", o.To, o.Words)
		}
	}
	if err != nil {
		return fmt.Errorf("alarm: %w", err)
	}
	return nil
}

// Materials keeps what the documents of a night were made of.
type Materials interface {
	Material(ctx context.Context, runID, schoolID string) ([]byte, error)
}

// DistrictOffice are the addresses of the district office in a night.
func DistrictOffice(ctx context.Context, ledger Materials, run night.Run) ([]string, error) {
	packed, err := ledger.Material(ctx, run.ID, "")
	if err != nil {
		return nil, err
	}
	var m districtMaterial
	if err := unpack(packed, &m); err != nil {
		return nil, err
	}
	var to []string
	for _, p := range m.Staff {
		to = append(to, p.Email)
	}
	return to, nil
}
