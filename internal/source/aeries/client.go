package aeries

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/renameio/v2"
	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/time/rate"

	"rollcall/internal/district"
)

// Politeness towards a server that a district works on by day.
const (
	requestsPerSecond = 10
	tries             = 6
	answerTimeout     = 2 * time.Minute
	// keptFor is how long an answer may be used by a pull that goes on: the same night's.
	keptFor = 6 * time.Hour
)

// client asks the API.
type client struct {
	base        *url.URL
	certificate string
	year        string
	http        *retryablehttp.Client
	limit       *rate.Limiter
	spool       string // folder of answers, empty for none
	now         func() time.Time
}

func newClient(o Options) (*client, error) {
	base, err := url.Parse(o.URL)
	if err != nil || base.Host == "" || base.Scheme != "https" && !isLoopback(base.Hostname()) {
		return nil, fmt.Errorf("source.url: %q is no address of the API; it is like https://aeries.example.org/admin/api/v5", o.URL)
	}
	c := &client{
		base: base, certificate: o.Certificate, year: strconv.Itoa(int(district.YearOf(o.AsOf))),
		http: retryablehttp.NewClient(), limit: rate.NewLimiter(requestsPerSecond, 1), spool: o.Spool, now: o.Now,
	}
	c.http.Logger = nil // its lines would have the addresses of students
	c.http.RetryMax = tries - 1
	c.http.RetryWaitMin, c.http.RetryWaitMax = time.Second, time.Minute
	if o.Pause > 0 {
		c.http.RetryWaitMin, c.http.RetryWaitMax = o.Pause, o.Pause
		c.limit.SetLimit(rate.Inf)
	}
	c.http.HTTPClient.Timeout = answerTimeout
	// The certificate goes to the server that was named, and to no other.
	c.http.HTTPClient.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http.ErrorHandler = retryablehttp.PassthroughErrorHandler
	return c, nil
}

func isLoopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// get asks for a path below the base and reads the answer into out.
func (c *client) get(ctx context.Context, path string, query url.Values, out any) error {
	if query == nil {
		query = url.Values{}
	}
	query.Set("DatabaseYear", c.year)
	at := c.base.JoinPath(path)
	at.RawQuery = query.Encode()
	text, err := c.kept(at.String())
	if err != nil {
		return err
	}
	if text == nil {
		if text, err = c.ask(ctx, at.String()); err != nil {
			return fmt.Errorf("%s: %w", path, asking{err})
		}
		if !json.Valid(text) {
			return fmt.Errorf("%s: the answer is no JSON; is source.url the address of the API?", path)
		}
		if err := c.keep(at.String(), text); err != nil {
			return err
		}
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s: the answer is not what version 5 of the API gives: %w", path, err)
	}
	return nil
}

func (c *client) ask(ctx context.Context, address string) ([]byte, error) {
	if err := c.limit.Wait(ctx); err != nil {
		return nil, err
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("AERIES-CERT", c.certificate)
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		var failed *url.Error // its text has the whole address
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return nil, shut{fmt.Errorf("the server does not answer: %w", err)}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("the answer broke off: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return text, nil
	}
	var said struct{ Message string }
	_ = json.Unmarshal(text, &said)
	mend := ""
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		mend = "; source.certificate must be that of a vendor with read access to it (Aeries: Security, API)"
	case http.StatusTooManyRequests:
		mend = fmt.Sprintf("; it was asked %d times", tries)
	}
	if said.Message != "" {
		said.Message = " (" + said.Message + ")"
	}
	err = fmt.Errorf("the server says %d %s%s%s", resp.StatusCode, http.StatusText(resp.StatusCode), said.Message, mend)
	if resp.StatusCode == http.StatusUnauthorized {
		err = shut{err}
	}
	return nil, err
}

// asking is an error of the asking, and not of what was answered.
type asking struct{ error }

func (a asking) Unwrap() error { return a.error }

// errShut is matched by errors that any other question would meet as well.
var errShut = errors.New("shut")

// shut is such an error, in its own words.
type shut struct{ error }

func (s shut) Is(target error) bool { return target == errShut }

func (s shut) Unwrap() error { return s.error }

// place is where an answer is kept: its name says nothing.
func (c *client) place(address string) string {
	return filepath.Join(c.spool, fmt.Sprintf("%x.json", sha256.Sum256([]byte(address))))
}

// kept is the answer that an earlier pull of the same night had, nil where there is
// none.
func (c *client) kept(address string) ([]byte, error) {
	if c.spool == "" {
		return nil, nil
	}
	info, err := os.Stat(c.place(address))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case c.now().Sub(info.ModTime()) > keptFor:
		return nil, nil
	}
	return os.ReadFile(c.place(address))
}

func (c *client) keep(address string, text []byte) error {
	if c.spool == "" {
		return nil
	}
	if err := os.MkdirAll(c.spool, 0o700); err != nil {
		return err
	}
	return renameio.WriteFile(c.place(address), text, 0o600)
}

// forget takes the kept answers away.
func (c *client) forget(log *slog.Logger) {
	if c.spool == "" {
		return
	}
	if err := os.RemoveAll(c.spool); err != nil {
		log.Warn("answers of the API that were kept to go on from cannot be removed", "folder", c.spool, "error", err)
	}
}
