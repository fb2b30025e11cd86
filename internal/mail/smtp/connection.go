package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"time"

	wire "github.com/wneessen/go-mail/smtp"
)

// ErrNoTLS is a server that offers no encryption; nothing was sent to it.
var ErrNoTLS = errors.New("the server offers no TLS, and mail is not sent in clear: use a server with STARTTLS, or tls: implicit")

// connection is one conversation with the server.
type connection struct {
	client  *wire.Client
	raw     net.Conn // closing it ends a call that waits for the server
	carried int      // messages
}

// connect dials, encrypts and logs in.
func (s *Sender) connect(ctx context.Context) (*connection, error) {
	c, err := s.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("smtp %s: %w", s.options.address(), err)
	}
	return c, nil
}

func (s *Sender) open(ctx context.Context) (*connection, error) {
	dialing, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	raw, err := s.options.Dial(dialing, "tcp", s.options.address())
	if err != nil {
		return nil, err
	}
	c := &connection{raw: raw}
	if err := c.within(ctx, s.options.Timeout, func() error { return s.greet(ctx, c) }); err != nil {
		raw.Close()
		return nil, err
	}
	return c, nil
}

// greet takes a connection from the first byte to the login.
func (s *Sender) greet(ctx context.Context, c *connection) (err error) {
	conn := c.raw
	if s.options.TLS == Implicit {
		encrypted := tls.Client(conn, s.tls)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			return fmt.Errorf("tls: %w", err)
		}
		conn = encrypted
	}
	if c.client, err = wire.NewClient(conn, s.options.Host); err != nil {
		return fmt.Errorf("greeting: %w", err)
	}
	// Our addresses are ASCII; with the flag a server further on that lacks the
	// extension would have to send the mail back.
	c.client.SkipSMTPUTF8(true)
	if err := c.client.Hello(s.options.HELO); err != nil {
		return fmt.Errorf("greeting: %w", err)
	}
	if s.options.TLS == StartTLS {
		offered, _ := c.client.Extension("STARTTLS")
		switch {
		case offered:
			if err := c.client.StartTLS(s.tls); err != nil {
				return fmt.Errorf("starttls: %w", err)
			}
		case !loopback(s.options.Host):
			return ErrNoTLS
		}
	}
	if s.options.Username == "" {
		return nil
	}
	return s.login(c)
}

// login uses the first of the ways the server offers. A password in clear text
// goes over TLS, or to this machine.
func (s *Sender) login(c *connection) error {
	_, offered := c.client.Extension("AUTH")
	ways := strings.Fields(strings.ToUpper(offered))
	user, password, host := s.options.Username, s.options.Password, s.options.Host
	var auth wire.Auth
	switch {
	case slices.Contains(ways, "PLAIN"):
		auth = wire.PlainAuth("", user, password, host, loopback(host))
	case slices.Contains(ways, "LOGIN"):
		auth = wire.LoginAuth(user, password, host, loopback(host))
	case slices.Contains(ways, "SCRAM-SHA-256"):
		auth = wire.ScramSHA256Auth(user, password)
	case slices.Contains(ways, "CRAM-MD5"):
		auth = wire.CRAMMD5Auth(user, password)
	default:
		return fmt.Errorf("login: the server offers %q, none of PLAIN, LOGIN, SCRAM-SHA-256, CRAM-MD5", offered)
	}
	if err := c.client.Auth(auth); err != nil {
		return fmt.Errorf("login: %w", err)
	}
	return nil
}

// alive ends what the last message left over, and finds out whether the server
// is still there: many hang up after a few idle minutes.
func (c *connection) alive(ctx context.Context, timeout time.Duration) bool {
	return c.within(ctx, timeout, c.client.Reset) == nil
}

// close says goodbye where the server still listens.
func (c *connection) close(ctx context.Context, timeout time.Duration) {
	// A goodbye that fails changes nothing: every message has had its answer.
	_ = c.within(ctx, timeout, c.client.Quit)
	_ = c.raw.Close()
}

// within gives a conversation a time limit. When it is over, or ctx ends, the
// connection is closed under it and of no more use.
func (c *connection) within(ctx context.Context, timeout time.Duration, talk func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	limited, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no answer within %s", timeout))
	defer cancel()
	stop := context.AfterFunc(limited, func() { c.raw.Close() })
	err := talk()
	stop()
	if err != nil && limited.Err() != nil && !answered(err) {
		return context.Cause(limited)
	}
	return err
}

// answered tells a server's refusal from a connection that broke.
func answered(err error) bool {
	var refusal *textproto.Error
	return errors.As(err, &refusal)
}
