// Package mailtest is a mail server inside the test: it speaks SMTP on a port of
// this machine, with TLS and logins, keeps what it receives, and fails on
// demand in the ways real servers do.
package mailtest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"slices"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Options is how the server presents itself. The zero value offers STARTTLS with
// a certificate of its own and wants no login.
type Options struct {
	NoTLS    bool   // offers no encryption
	Implicit bool   // TLS from the first byte
	Username string // a login is wanted; empty = none
	Password string
	MaxBytes int64 // largest message, announced as SIZE; 0 = no limit
	Silent   bool  // takes the limit but does not announce it before it refuses
}

// Received is one message the server took.
type Received struct {
	From string
	To   []string
	Data []byte
	TLS  bool
	User string // who had logged in
}

// Server is a running mail server. Its switches may be thrown while it runs.
type Server struct {
	options  Options
	listener net.Listener
	server   *smtp.Server
	pem      []byte

	mu          sync.Mutex
	received    []Received
	connections int
	mails       int
	inClear     int
	refuse      map[string][]refusal
	dropData    int
	dropAnswer  int
	away        bool
}

// refusal is an answer to RCPT TO; left counts down, below zero it is for ever.
type refusal struct {
	code int
	left int
}

// Start runs a server on a free port of 127.0.0.1 until Close.
func Start(o Options) (*Server, error) {
	cert, pem, err := certificate()
	if err != nil {
		return nil, fmt.Errorf("mailtest: %w", err)
	}
	s := &Server{options: o, pem: pem, refuse: map[string][]refusal{}}
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("mailtest: %w", err)
	}
	conf := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	s.server = smtp.NewServer(smtp.BackendFunc(s.session))
	s.server.Domain = Host
	s.server.MaxMessageBytes = o.MaxBytes
	if o.Silent {
		s.server.MaxMessageBytes = 0
	}
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	s.server.AllowInsecureAuth = o.NoTLS
	listener := net.Listener(counting{s.listener, s})
	switch {
	case o.Implicit:
		listener = tls.NewListener(listener, conf)
	case !o.NoTLS:
		s.server.TLSConfig = conf
	}
	// Serve ends with Close; what it says then is no news.
	go func() { _ = s.server.Serve(listener) }()
	return s, nil
}

// Close stops the server and ends its connections.
func (s *Server) Close() error {
	return errors.Join(s.server.Close(), ignoreClosed(s.listener.Close()))
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Host is a name the certificate is good for, besides localhost and 127.0.0.1.
const Host = "mail.example.org"

// Addr is the host and port to dial.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Port is the port alone.
func (s *Server) Port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// PEM is the certificate a client has to trust.
func (s *Server) PEM() []byte { return slices.Clone(s.pem) }

// WriteCA writes the certificate to a file, for a client that reads one.
func (s *Server) WriteCA(file string) error { return os.WriteFile(file, s.pem, 0o600) }

// Refuse answers every RCPT TO of an address with a code: 550 for good, 451 for now.
func (s *Server) Refuse(address string, code int) { s.RefuseTimes(address, code, -1) }

// RefuseTimes answers the next n RCPT TO of an address with a code.
func (s *Server) RefuseTimes(address string, code, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse[address] = append(s.refuse[address], refusal{code, n})
}

// DropDuringData ends the connection in the middle of the next n messages.
func (s *Server) DropDuringData(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropData = n
}

// DropBeforeAnswer takes the next n messages and ends the connection without
// saying so.
func (s *Server) DropBeforeAnswer(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropAnswer = n
}

// Messages are those received so far, in order.
func (s *Server) Messages() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.received)
}

// Seen counts the connections, the MAIL FROM commands, and how many of those came in
// clear.
func (s *Server) Seen() (connections, mails, inClear int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections, s.mails, s.inClear
}

// counting counts the connections it accepts.
type counting struct {
	net.Listener
	server *Server
}

func (c counting) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c.server.mu.Lock()
		c.server.connections++
		away := c.server.away
		c.server.mu.Unlock()
		if !away {
			return conn, nil
		}
		_ = conn.Close()
	}
}

// Away hangs up on whoever calls, as long as it is on.
func (s *Server) Away(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = on
}

// session is one client's visit.
type session struct {
	server *Server
	conn   *smtp.Conn
	user   string
	mail   Received
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	return &session{server: s, conn: c}, nil
}

func (v *session) Reset()        { v.mail = Received{} }
func (v *session) Logout() error { return nil }

func (v *session) Mail(from string, _ *smtp.MailOptions) error {
	v.server.mu.Lock()
	defer v.server.mu.Unlock()
	_, encrypted := v.conn.TLSConnectionState()
	v.server.mails++
	if !encrypted {
		v.server.inClear++
	}
	if v.server.options.Username != "" && v.user == "" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	if v.mail.From != "" {
		return &smtp.SMTPError{Code: 503, EnhancedCode: smtp.EnhancedCode{5, 5, 1}, Message: "Nested MAIL command"}
	}
	v.mail = Received{From: from, TLS: encrypted, User: v.user}
	return nil
}

func (v *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.server.mu.Lock()
	defer v.server.mu.Unlock()
	rules := v.server.refuse[to]
	for i := range rules {
		if rules[i].left == 0 {
			continue
		}
		rules[i].left--
		switch code := rules[i].code; {
		case code == 421:
			return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "Closing for tonight"}
		case code/100 == 4:
			return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{4, 2, 0}, Message: "Try again later"}
		default:
			return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox"}
		}
	}
	v.mail.To = append(v.mail.To, to)
	return nil
}

func (v *session) Data(r io.Reader) error {
	if v.server.take(&v.server.dropData) {
		// Some bytes first, so that the client is in the middle of it.
		_, _ = io.CopyN(io.Discard, r, 64)
		return v.hangUp()
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if limit := v.server.options.MaxBytes; limit > 0 && int64(len(data)) > limit {
		return smtp.ErrDataTooLarge
	}
	v.mail.Data = data
	v.server.mu.Lock()
	v.server.received = append(v.server.received, v.mail)
	v.server.mu.Unlock()
	if v.server.take(&v.server.dropAnswer) {
		return v.hangUp()
	}
	return nil
}

// take uses up one of a switch's failures.
func (s *Server) take(left *int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if *left == 0 {
		return false
	}
	*left--
	return true
}

func (v *session) hangUp() error {
	_ = v.conn.Conn().Close()
	return errors.New("hung up on demand")
}

func (v *session) AuthMechanisms() []string {
	if v.server.options.Username == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (v *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != v.server.options.Username || password != v.server.options.Password {
			return smtp.ErrAuthFailed
		}
		v.user = username
		return nil
	}), nil
}
