package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"rollcall/internal/mail"
)

// perConnection is how many messages one connection carries. Servers commonly
// stop at a hundred.
const perConnection = 50

// Sender sends messages over one connection at a time. It is safe for use by
// several goroutines, which take turns.
type Sender struct {
	options Options
	tls     *tls.Config

	mu   sync.Mutex
	conn *connection // nil = none open
}

// New checks the options and reads the certificates; it dials nobody yet.
func New(o Options) (*Sender, error) {
	o, conf, err := o.checked()
	if err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	return &Sender{options: o, tls: conf}, nil
}

// Check goes as far as a message would, without one: connection, TLS, login.
func (s *Sender) Check(ctx context.Context) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	c.close(ctx, s.options.Timeout)
	return nil
}

// Close ends the open connection. The Sender can be used again after it.
func (s *Sender) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		s.conn.close(context.Background(), s.options.Timeout)
		s.conn = nil
	}
	return nil
}

// Send carries one message. The receipt has a line for every recipient, also
// where there is an error: an error is about the message or the connection (it
// cannot be written, no server, no TLS, wrong password), and then nobody was
// sent anything. A refusal by the server is no error but an Outcome.
func (s *Sender) Send(ctx context.Context, m mail.Message) (mail.Receipt, error) {
	to, malformed := m.Pending()
	receipt := func(served []mail.Delivery) mail.Receipt {
		return mail.Receipt{Deliveries: append(served, malformed...)}
	}
	if len(to) == 0 {
		return receipt(nil), nil
	}
	body, err := m.Bytes()
	if err != nil {
		return receipt(mail.All(to, mail.Permanent, 0, err.Error())), err
	}
	from, err := mail.Address(m.From)
	if err != nil {
		return receipt(mail.All(to, mail.Permanent, 0, err.Error())), err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		conn, fresh, err := s.connected(ctx)
		if err != nil {
			return receipt(mail.All(to, mail.Temporary, 0, words(err))), err
		}
		t := &transaction{conn: conn, from: from, to: to, body: body, timeout: s.options.Timeout}
		err = t.run(ctx)
		conn.carried++
		if err != nil {
			conn.raw.Close()
			s.conn = nil
		}
		// A connection that was lying idle may have been closed just now; before the
		// contents were on their way a second try can repeat nothing.
		if err != nil && !t.underWay && !fresh && ctx.Err() == nil {
			continue
		}
		if err != nil && !t.underWay {
			err = fmt.Errorf("smtp %s: %w", s.options.address(), err)
			return receipt(mail.All(to, mail.Temporary, 0, words(err))), err
		}
		if s.conn != nil && conn.carried >= perConnection {
			conn.close(ctx, s.options.Timeout)
			s.conn = nil
		}
		return receipt(t.deliveries()), nil
	}
}

// connected gives the open connection, or a fresh one.
func (s *Sender) connected(ctx context.Context) (conn *connection, fresh bool, err error) {
	if s.conn != nil {
		if s.conn.alive(ctx, s.options.Timeout) {
			return s.conn, false, nil
		}
		s.conn.raw.Close()
		s.conn = nil
	}
	if s.conn, err = s.connect(ctx); err != nil {
		return nil, true, err
	}
	return s.conn, true, nil
}

// words puts an error or a server's answer on one line: "550 5.1.1 no such user".
func words(err error) string {
	text := err.Error()
	var refusal *textproto.Error
	if errors.As(err, &refusal) {
		text = strconv.Itoa(refusal.Code) + " " + refusal.Msg
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	line := []rune(strings.Join(strings.Fields(text), " "))
	return string(line[:min(len(line), 300)])
}
