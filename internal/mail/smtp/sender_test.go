package smtp

import (
	"bytes"
	"context"
	"errors"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/mail"
	"rollcall/internal/mail/mailtest"
)

const pat, sam, lee = "pat@example.org", "sam@example.org", "lee@example.org"

func message(school string) mail.Message {
	return mail.Message{
		ID:      mail.MessageID("2025-10-15", school, "admin", "example.org"),
		Name:    mail.Slug("2025-10-15", school, "admin"),
		From:    "Valle Verde Unified <attendance@example.org>",
		To:      []string{pat, sam, lee},
		Subject: "Schedule",
		Text:    "Four meetings.\n.\nA line of one dot stands above.\n",
		At:      time.Date(2025, 10, 16, 11, 0, 0, 0, time.UTC),
	}
}

func start(t *testing.T, o mailtest.Options) *mailtest.Server {
	t.Helper()
	server, err := mailtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server
}

// reach is how a client on this machine that trusts the server gets there.
func reach(t *testing.T, server *mailtest.Server) Options {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := server.WriteCA(file); err != nil {
		t.Fatal(err)
	}
	return Options{Host: "127.0.0.1", Port: server.Port(), CAFile: file, HELO: "rollcall.example.org", Timeout: 5 * time.Second}
}

// elsewhere makes the server look like one on another machine.
func elsewhere(o Options, server *mailtest.Server) Options {
	o.Host = mailtest.Host
	o.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Addr())
	}
	return o
}

func sender(t *testing.T, o Options) *Sender {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func outcomes(r mail.Receipt) map[string]mail.Outcome {
	out := map[string]mail.Outcome{}
	for _, d := range r.Deliveries {
		out[d.To] = d.Outcome
	}
	return out
}

func same(outcome mail.Outcome) map[string]mail.Outcome {
	return map[string]mail.Outcome{pat: outcome, sam: outcome, lee: outcome}
}

func send(t *testing.T, s *Sender, m mail.Message) mail.Receipt {
	t.Helper()
	r, err := s.Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestMessageArrivesOverTLSAsWritten(t *testing.T) {
	for name, o := range map[string]mailtest.Options{"starttls": {}, "implicit": {Implicit: true}} {
		t.Run(name, func(t *testing.T) {
			server := start(t, o)
			options := elsewhere(reach(t, server), server)
			options.TLS = Encryption(name)
			r := send(t, sender(t, options), message("101"))
			if d := cmp.Diff(same(mail.Sent), outcomes(r)); d != "" {
				t.Error(d)
			}
			got := server.Messages()
			if len(got) != 1 || !got[0].TLS {
				t.Fatalf("received %+v", got)
			}
			if d := cmp.Diff([]string{pat, sam, lee}, got[0].To); d != "" || got[0].From != "attendance@example.org" {
				t.Errorf("envelope from %s: %s", got[0].From, d)
			}
			want, _ := message("101").Bytes()
			if !bytes.Equal(want, got[0].Data) {
				t.Error(cmp.Diff(string(want), string(got[0].Data)))
			}
		})
	}
}

func TestServerWithoutTLSGetsNothing(t *testing.T) {
	server := start(t, mailtest.Options{NoTLS: true, Username: "rollcall", Password: "open sesame"})
	options := elsewhere(reach(t, server), server)
	options.Username, options.Password = "rollcall", "open sesame"
	r, err := sender(t, options).Send(t.Context(), message("101"))
	if !errors.Is(err, ErrNoTLS) {
		t.Errorf("error %v", err)
	}
	if d := cmp.Diff(same(mail.Temporary), outcomes(r)); d != "" {
		t.Error(d)
	}
	if _, mails, inClear := server.Seen(); mails != 0 || inClear != 0 || len(server.Messages()) != 0 {
		t.Errorf("the server saw %d messages begin, %d in clear", mails, inClear)
	}
}

func TestServerOnThisMachineNeedsNoTLS(t *testing.T) {
	for _, encryption := range []Encryption{"", StartTLS, None} {
		t.Run("tls "+string(encryption), func(t *testing.T) {
			server := start(t, mailtest.Options{NoTLS: true})
			options := reach(t, server)
			options.TLS = encryption
			if d := cmp.Diff(same(mail.Sent), outcomes(send(t, sender(t, options), message("101")))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestUnknownCertificateIsRefused(t *testing.T) {
	for name, o := range map[string]mailtest.Options{"starttls": {}, "implicit": {Implicit: true}} {
		t.Run(name, func(t *testing.T) {
			server := start(t, o)
			options := reach(t, server)
			options.TLS, options.CAFile = Encryption(name), ""
			_, err := sender(t, options).Send(t.Context(), message("101"))
			if err == nil || !strings.Contains(err.Error(), "certificate") {
				t.Errorf("error %v", err)
			}
			if _, mails, _ := server.Seen(); mails != 0 {
				t.Error("a message began")
			}
		})
	}
}

func TestOneRefusedRecipientDoesNotCostTheRest(t *testing.T) {
	server := start(t, mailtest.Options{})
	server.Refuse(sam, 550)
	m := message("101")
	m.To = append(m.To, "no address")
	r := send(t, sender(t, reach(t, server)), m)
	if d := cmp.Diff([]mail.Delivery{
		{To: pat, Outcome: mail.Sent, Code: 250},
		{To: sam, Outcome: mail.Permanent, Code: 550, Words: "550 5.1.1 No such mailbox"},
		{To: lee, Outcome: mail.Sent, Code: 250},
		{To: "no address", Outcome: mail.Permanent, Words: `"no address" is no e-mail address we can write to`},
	}, r.Deliveries); d != "" {
		t.Error(d)
	}
	got := server.Messages()
	if len(got) != 1 {
		t.Fatalf("%d messages", len(got))
	}
	if d := cmp.Diff([]string{pat, lee}, got[0].To); d != "" {
		t.Error(d)
	}
}

func TestAllRefusedSendsNothingAndTheNextMessageGoesOn(t *testing.T) {
	server := start(t, mailtest.Options{})
	for _, to := range []string{pat, sam, lee} {
		server.RefuseTimes(to, 550, 1)
	}
	s := sender(t, reach(t, server))
	if d := cmp.Diff(same(mail.Permanent), outcomes(send(t, s, message("101")))); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(same(mail.Sent), outcomes(send(t, s, message("102")))); d != "" {
		t.Error(d)
	}
	if n, _, _ := server.Seen(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestTemporaryRefusalIsServedByTheRetryAlone(t *testing.T) {
	server := start(t, mailtest.Options{})
	server.RefuseTimes(sam, 451, 1)
	s := sender(t, reach(t, server))
	m := message("101")
	r := send(t, s, m)
	if d := cmp.Diff([]string{sam}, r.Open()); d != "" {
		t.Fatal(d)
	}
	m.Only = r.Open()
	if r = send(t, s, m); len(r.Open()) != 0 {
		t.Errorf("still open: %v", r.Open())
	}
	got := server.Messages()
	if len(got) != 2 {
		t.Fatalf("%d messages", len(got))
	}
	if d := cmp.Diff([][]string{{pat, lee}, {sam}}, [][]string{got[0].To, got[1].To}); d != "" {
		t.Error(d)
	}
	if !bytes.Equal(got[0].Data, got[1].Data) {
		t.Error("the retry carried another message")
	}
}

func TestConnectionLostAfterDataIsUnknown(t *testing.T) {
	for name, c := range map[string]struct {
		fail    func(*mailtest.Server)
		arrived int
	}{
		"in the middle":     {func(s *mailtest.Server) { s.DropDuringData(1) }, 0},
		"before the answer": {func(s *mailtest.Server) { s.DropBeforeAnswer(1) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			server := start(t, mailtest.Options{})
			s := sender(t, reach(t, server))
			send(t, s, message("100"))
			c.fail(server)
			m := message("101")
			m.Text += strings.Repeat("a long text\n", 20_000)
			r := send(t, s, m)
			if d := cmp.Diff(same(mail.Unknown), outcomes(r)); d != "" {
				t.Error(d)
			}
			if got := len(server.Messages()) - 1; got != c.arrived {
				t.Errorf("%d arrived: the sender must not repeat by itself", got)
			}
			if d := cmp.Diff(same(mail.Sent), outcomes(send(t, s, m))); d != "" {
				t.Errorf("after it: %s", d)
			}
			id := []byte("Message-ID: " + m.ID)
			for _, got := range server.Messages()[1:] {
				if !bytes.Contains(got.Data, id) {
					t.Error("a repeat with another Message-ID")
				}
			}
		})
	}
}

func TestNoServerIsTemporary(t *testing.T) {
	server := start(t, mailtest.Options{})
	options := reach(t, server)
	server.Close()
	r, err := sender(t, options).Send(t.Context(), message("101"))
	if err == nil {
		t.Error("no error")
	}
	if d := cmp.Diff(same(mail.Temporary), outcomes(r)); d != "" {
		t.Error(d)
	}
}

func TestLoginIsNeededAndTold(t *testing.T) {
	server := start(t, mailtest.Options{Username: "rollcall", Password: "open sesame"})
	for name, c := range map[string]struct{ user, password, trouble string }{
		"right":    {"rollcall", "open sesame", ""},
		"wrong":    {"rollcall", "guess", "535"},
		"no login": {"", "", "530"},
	} {
		t.Run(name, func(t *testing.T) {
			options := elsewhere(reach(t, server), server)
			options.Username, options.Password = c.user, c.password
			r, err := sender(t, options).Send(t.Context(), message(name))
			if c.trouble == "" {
				if err != nil || server.Messages()[0].User != "rollcall" {
					t.Errorf("error %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.trouble) || strings.Contains(err.Error(), "guess") {
				t.Errorf("error %v", err)
			}
			if d := cmp.Diff(same(mail.Temporary), outcomes(r)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestManyMessagesShareFewConnections(t *testing.T) {
	server := start(t, mailtest.Options{})
	s := sender(t, reach(t, server))
	for i := range 60 {
		if d := cmp.Diff(same(mail.Sent), outcomes(send(t, s, message(strconv.Itoa(i))))); d != "" {
			t.Fatal(d)
		}
	}
	if n, _, _ := server.Seen(); n != 2 || len(server.Messages()) != 60 {
		t.Errorf("%d messages over %d connections, want 60 over 2", len(server.Messages()), n)
	}
}

func TestServerThatClosesIsDialledAgain(t *testing.T) {
	server := start(t, mailtest.Options{})
	s := sender(t, reach(t, server))
	send(t, s, message("101"))
	// The server hangs up while the connection lies idle.
	s.conn.raw.Close()
	if d := cmp.Diff(same(mail.Sent), outcomes(send(t, s, message("102")))); d != "" {
		t.Error(d)
	}
	// It says 421 to a recipient on the old connection, and takes them on a new one.
	server.RefuseTimes(sam, 421, 1)
	if d := cmp.Diff(same(mail.Sent), outcomes(send(t, s, message("103")))); d != "" {
		t.Error(d)
	}
	if n := len(server.Messages()); n != 3 {
		t.Errorf("%d messages, want 3", n)
	}
}

func TestMessageOverTheServersLimitIsPermanent(t *testing.T) {
	for name, o := range map[string]mailtest.Options{
		"announced": {MaxBytes: 20_000}, "not announced": {MaxBytes: 20_000, Silent: true},
	} {
		t.Run(name, func(t *testing.T) {
			server := start(t, o)
			m := message("101")
			// 18,000 bytes are within the limit, their base64 is not.
			m.Attachments = []mail.Attachment{{Name: "a.pdf", Bytes: make([]byte, 18_000)}}
			s := sender(t, reach(t, server))
			if d := cmp.Diff(same(mail.Permanent), outcomes(send(t, s, m))); d != "" {
				t.Error(d)
			}
			if _, mails, _ := server.Seen(); !o.Silent && mails != 0 {
				t.Error("a message began although the server had said its limit")
			}
			if d := cmp.Diff(same(mail.Sent), outcomes(send(t, s, message("102")))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestServerThatSaysNothingIsGivenUp(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	options := Options{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, Timeout: 50 * time.Millisecond}
	if err := sender(t, options).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "no answer within 50ms") {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	options.Timeout = time.Minute
	time.AfterFunc(50*time.Millisecond, cancel)
	r, err := sender(t, options).Send(ctx, message("101"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if d := cmp.Diff(same(mail.Temporary), outcomes(r)); d != "" {
		t.Error(d)
	}
}

func TestCheckSendsNothing(t *testing.T) {
	server := start(t, mailtest.Options{Username: "rollcall", Password: "open sesame"})
	options := elsewhere(reach(t, server), server)
	options.Username, options.Password = "rollcall", "open sesame"
	if err := sender(t, options).Check(t.Context()); err != nil {
		t.Error(err)
	}
	if n, mails, _ := server.Seen(); n != 1 || mails != 0 {
		t.Errorf("%d connections, %d messages", n, mails)
	}
}

func TestOptionsAreCheckedAllAtOnce(t *testing.T) {
	_, err := New(Options{Host: "mail.example.org", TLS: None, Port: 70000, CAFile: filepath.Join(t.TempDir(), "none.pem")})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"tls none is for a server on this machine", "port 70000", "none.pem"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in: %v", want, err)
		}
	}
	for encryption, port := range map[Encryption]int{"": 587, StartTLS: 587, Implicit: 465, None: 25} {
		o, _, err := Options{Host: "localhost", TLS: encryption}.checked()
		if err != nil || o.Port != port {
			t.Errorf("tls %q: port %d, %v", encryption, o.Port, err)
		}
	}
}
