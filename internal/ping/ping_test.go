package ping

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEachEventHasItsAddress(t *testing.T) {
	var heard []string
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { heard = append(heard, r.URL.Path) }))
	defer s.Close()
	for _, e := range []Event{Start, Success, Fail} {
		if err := (Pinger{URL: s.URL + "/check/"}).Ping(t.Context(), e); err != nil {
			t.Error(err)
		}
	}
	if !slices.Equal(heard, []string{"/check/start", "/check", "/check/fail"}) {
		t.Error(heard)
	}
	if err := (Pinger{}).Ping(t.Context(), Success); err != nil {
		t.Error(err)
	}
}

func TestAServiceThatFailsIsAskedAgainAndNotNamed(t *testing.T) {
	tries := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if tries++; tries < 3 {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	p := Pinger{URL: s.URL + "/secret", Pauses: []time.Duration{time.Millisecond, time.Millisecond}}
	if err := p.Ping(t.Context(), Success); err != nil || tries != 3 {
		t.Errorf("%d tries: %v", tries, err)
	}
	s.Close()
	if err := p.Ping(t.Context(), Success); err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}

func TestOnlyAWebAddressIsPinged(t *testing.T) {
	if err := Check("https://hc-ping.com/1234"); err != nil {
		t.Error(err)
	}
	for _, address := range []string{"", "hc-ping.com/1234", "file:///etc/passwd", "https://", "https://hc-ping.com/1?x=y"} {
		if Check(address) == nil {
			t.Errorf("%q is taken", address)
		}
	}
}
