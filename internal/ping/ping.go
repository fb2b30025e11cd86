// Package ping tells a health-check service that a night began, was done or failed.
// The service raises the alarm when it hears nothing, which is what a machine that
// is switched off cannot do itself. Nothing but the address is sent.
package ping

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Event is what is told. Services such as healthchecks.io know the endings.
type Event string

// The events, each with the ending of the address that tells it.
const (
	Start   Event = "/start"
	Success Event = ""
	Fail    Event = "/fail"
)

// Pinger pings one address. The zero value pings nobody.
type Pinger struct {
	URL    string
	Pauses []time.Duration // before the second try and those after it
	Client *http.Client    // nil: one that waits ten seconds
}

// Check reports why an address cannot be pinged.
func Check(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q is no address to ping; for example https://hc-ping.com/the-check's-own-id", address)
	}
	return nil
}

// Ping tells an event, a few times if need be. The error does not name the address,
// which is a secret.
func (p Pinger) Ping(ctx context.Context, e Event) error {
	if p.URL == "" {
		return nil
	}
	client := p.Client
	if client == nil {
		client = &http.Client{Timeout: 10 * time.Second}
	}
	var err error
	for try := 0; ; try++ {
		if err = once(ctx, client, strings.TrimSuffix(p.URL, "/")+string(e)); err == nil || try == len(p.Pauses) {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(p.Pauses[try]):
		}
	}
	if err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	return nil
}

func once(ctx context.Context, client *http.Client, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return errors.New("the address cannot be used")
	}
	res, err := client.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err // without the address
		}
		return err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16))
	if err := res.Body.Close(); err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("the service answered %s", res.Status)
	}
	return nil
}
