package smtp

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"strconv"
	"time"

	"rollcall/internal/mail"
)

// transaction is one message from MAIL FROM to the server's last answer.
type transaction struct {
	conn    *connection
	from    string
	to      []string
	body    []byte
	timeout time.Duration

	// underWay: the server said "go ahead"; from here on a broken connection
	// leaves us not knowing.
	underWay bool
	outcomes map[string]mail.Delivery
}

// run goes through the commands. An error means the connection is of no more use;
// refusals are outcomes.
func (t *transaction) run(ctx context.Context) error {
	t.outcomes = map[string]mail.Delivery{}
	if limit := t.sizeLimit(); limit > 0 && int64(len(t.body)) > limit {
		t.settle(t.to, mail.Permanent, 0, fmt.Sprintf("the message has %d bytes, the server takes %d", len(t.body), limit))
		return nil
	}
	command := func(talk func() error) error { return t.conn.within(ctx, t.timeout, talk) }

	if err := command(func() error { return t.conn.client.Mail("<" + t.from + ">") }); err != nil {
		return t.refused(t.to, err)
	}
	var accepted []string
	for _, to := range t.to {
		err := command(func() error { return t.conn.client.Rcpt("<" + to + ">") })
		if err == nil {
			accepted = append(accepted, to)
		} else if err = t.refused([]string{to}, err); err != nil {
			return err
		}
	}
	if len(accepted) == 0 {
		return nil
	}
	return t.contents(ctx, accepted)
}

// contents sends the body to those the server accepted and waits for its word.
func (t *transaction) contents(ctx context.Context, accepted []string) error {
	err := t.conn.within(ctx, 10*t.timeout, func() error {
		w, err := t.conn.client.Data()
		if err != nil {
			return err
		}
		t.underWay = true
		_, writeErr := w.Write(t.body)
		// A server that has enough hangs up while we still write; its answer, if one
		// came, says more than the broken pipe.
		if err := w.Close(); err != nil {
			return err
		}
		return writeErr
	})
	switch {
	case err == nil:
		t.settle(accepted, mail.Sent, 250, "")
		return nil
	case t.underWay && !answered(err):
		t.settle(accepted, mail.Unknown, 0, words(fmt.Errorf("connection lost before the server's answer: %w", err)))
		return err
	}
	return t.refused(accepted, err)
}

// refused records a server's refusal, temporary or for good. It hands back the
// error where the conversation is over: no answer, 421 (closing), or a login
// wanted, which is our configuration's fault and no recipient's.
func (t *transaction) refused(to []string, err error) error {
	var refusal *textproto.Error
	if !errors.As(err, &refusal) {
		return err
	}
	switch refusal.Code {
	case 530, 534, 535, 538:
		return err
	}
	outcome := mail.Permanent
	if refusal.Code/100 == 4 {
		outcome = mail.Temporary
	}
	t.settle(to, outcome, refusal.Code, words(err))
	if refusal.Code == 421 {
		return err
	}
	return nil
}

func (t *transaction) settle(to []string, outcome mail.Outcome, code int, words string) {
	for _, d := range mail.All(to, outcome, code, words) {
		t.outcomes[d.To] = d
	}
}

// deliveries lists the outcomes in the order of the recipients.
func (t *transaction) deliveries() []mail.Delivery {
	out := make([]mail.Delivery, len(t.to))
	for i, to := range t.to {
		out[i] = t.outcomes[to]
	}
	return out
}

// sizeLimit is what the server said it takes (RFC 1870); 0 = it did not say.
func (t *transaction) sizeLimit() int64 {
	_, said := t.conn.client.Extension("SIZE")
	limit, err := strconv.ParseInt(said, 10, 64)
	if err != nil {
		return 0
	}
	return limit
}
