package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"rollcall/internal/district"
	"rollcall/internal/night"
)

type deliveryRow struct {
	MessageID  string                    `db:"message_id"`
	RunID      string                    `db:"run_id"`
	SchoolID   string                    `db:"school_id"`
	Role       district.Role             `db:"role"`
	Recipients asJSON[[]night.Recipient] `db:"recipients"`
	SentAt     instant                   `db:"sent_at"`
}

func (r deliveryRow) delivery() night.Delivery {
	return night.Delivery{
		MessageID: r.MessageID, RunID: r.RunID, SchoolID: r.SchoolID, Role: r.Role,
		Recipients: r.Recipients.V, SentAt: time.Time(r.SentAt),
	}
}

const deliveryColumns = `SELECT message_id, run_id, school_id, role, recipients, sent_at FROM deliveries `

// PlanDelivery stores a message before it is sent, or returns the one already
// there under its Message-ID; SentAt tells whether it went out.
func (l *Ledger) PlanDelivery(ctx context.Context, d night.Delivery) (night.Delivery, error) {
	const plan = `INSERT INTO deliveries (message_id, run_id, school_id, role, recipients, sent_at)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (message_id) DO NOTHING`
	var stored deliveryRow
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, tx.Rebind(plan), d.MessageID, d.RunID, d.SchoolID, string(d.Role),
			asJSON[[]night.Recipient]{d.Recipients}, instant(d.SentAt)); err != nil {
			return err
		}
		return tx.GetContext(ctx, &stored, tx.Rebind(deliveryColumns+`WHERE message_id = ?`), d.MessageID)
	})
	if err != nil {
		return night.Delivery{}, fmt.Errorf("ledger: plan delivery %s: %w", d.MessageID, err)
	}
	return stored.delivery(), nil
}

// Delivered records what became of a planned message for each recipient, and
// when it went out. The first such instant stands; a zero SentAt leaves the
// message to be tried again.
func (l *Ledger) Delivered(ctx context.Context, d night.Delivery) error {
	const record = `UPDATE deliveries SET recipients = ?, sent_at = COALESCE(sent_at, ?) WHERE message_id = ?`
	err := l.write(ctx, func(tx *sqlx.Tx) error {
		planned, err := one(tx.ExecContext(ctx, tx.Rebind(record), asJSON[[]night.Recipient]{d.Recipients}, instant(d.SentAt), d.MessageID))
		if err == nil && !planned {
			err = errors.New("no such message was planned")
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("ledger: delivered %s: %w", d.MessageID, err)
	}
	return nil
}

// Unsent are the messages of the year's runs before a day that did not go out,
// or not to everybody who may yet get them.
func (l *Ledger) Unsent(ctx context.Context, year district.SchoolYear, before district.Date) ([]night.Delivery, error) {
	const unsent = deliveryColumns + `WHERE sent_at IS NULL AND run_id IN (SELECT id FROM runs WHERE school_year = ? AND as_of < ?)
		ORDER BY run_id, school_id, role, message_id`
	var rows []deliveryRow
	if err := l.db.SelectContext(ctx, &rows, l.db.Rebind(unsent), int(year), before); err != nil {
		return nil, fmt.Errorf("ledger: unsent messages: %w", err)
	}
	return deliveriesOf(rows), nil
}

// Deliveries are a run's messages, ordered by school, role and Message-ID.
func (l *Ledger) Deliveries(ctx context.Context, runID string) ([]night.Delivery, error) {
	const ofRun = deliveryColumns + `WHERE run_id = ? ORDER BY school_id, role, message_id`
	var rows []deliveryRow
	if err := l.db.SelectContext(ctx, &rows, l.db.Rebind(ofRun), runID); err != nil {
		return nil, fmt.Errorf("ledger: deliveries of run %s: %w", runID, err)
	}
	return deliveriesOf(rows), nil
}

func deliveriesOf(rows []deliveryRow) []night.Delivery {
	var deliveries []night.Delivery
	for _, r := range rows {
		deliveries = append(deliveries, r.delivery())
	}
	return deliveries
}
