// Package smtp carries messages to a mail server, over TLS or not at all.
//
// A Sender keeps one connection open for many messages: RSET and a look whether
// the server is still there before each, a new connection after fifty or when
// the old one is gone. Within one message every recipient is asked for on its own, and
// the contents go to those the server accepts; who is refused is reported with
// the server's words.
//
// Once the contents are on their way and the connection breaks before the
// server's answer, nobody knows whether the mail arrived. That is Unknown, and
// whether to repeat it (with the same Message-ID) is the caller's decision.
//
// Without TLS nothing is said beyond the greeting: neither login nor address.
// Only a server on this machine is exempt.
package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// Encryption is how a connection becomes private.
type Encryption string

const (
	// StartTLS begins in clear and turns to TLS before anything is said; port 587.
	StartTLS Encryption = "starttls"
	// Implicit is TLS from the first byte; port 465.
	Implicit Encryption = "implicit"
	// None is for a server on this machine only; port 25.
	None Encryption = "none"
)

// Options is the mail server as the configuration gives it.
type Options struct {
	Host     string     // name or IP address
	Port     int        // 0 = the port of TLS
	TLS      Encryption // empty = StartTLS
	Username string     // empty = no login
	Password string
	CAFile   string        // PEM certificates to trust besides the system's; empty = none
	HELO     string        // empty = this machine's name
	Timeout  time.Duration // for one answer; 0 = 30 s. The contents get ten times as long
	// Dial opens the network connection; nil = TCP. TLS is made on top of it.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// checked fills in the defaults and names every fault at once.
func (o Options) checked() (Options, *tls.Config, error) {
	var faults []error
	if o.Host == "" || strings.ContainsAny(o.Host, " \r\n/") {
		faults = append(faults, fmt.Errorf("host %q is no server's name", o.Host))
	}
	if o.TLS == "" {
		o.TLS = StartTLS
	}
	standard, known := map[Encryption]int{StartTLS: 587, Implicit: 465, None: 25}[o.TLS]
	if !known {
		faults = append(faults, fmt.Errorf("tls %q is none of starttls, implicit, none", o.TLS))
	}
	if o.TLS == None && !loopback(o.Host) {
		faults = append(faults, fmt.Errorf("tls none is for a server on this machine, not for %s: use starttls or implicit", o.Host))
	}
	if o.Port == 0 {
		o.Port = standard
	}
	if o.Port < 0 || o.Port > 65535 {
		faults = append(faults, fmt.Errorf("port %d is not between 1 and 65535", o.Port))
	}
	if o.HELO == "" {
		if name, err := os.Hostname(); err == nil && name != "" {
			o.HELO = name
		} else {
			o.HELO = "localhost"
		}
	}
	if strings.ContainsAny(o.HELO, " \r\n") {
		faults = append(faults, fmt.Errorf("helo %q is no host name", o.HELO))
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	pool, err := trusted(o.CAFile)
	if err != nil {
		faults = append(faults, err)
	}
	return o, &tls.Config{ServerName: o.Host, RootCAs: pool, MinVersion: tls.VersionTLS12}, errors.Join(faults...)
}

// trusted is the system's certificates with those of a file; nil = the system's.
func trusted(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("certificates: %s holds none in PEM form", file)
	}
	return pool, nil
}

func (o Options) address() string { return net.JoinHostPort(o.Host, strconv.Itoa(o.Port)) }

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
