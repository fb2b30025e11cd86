package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestANightGoesOnWhenItsServerIsThereAgain(t *testing.T) {
	away := fmt.Errorf("ledger: %w", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})
	broken := errors.New("no export")
	for _, test := range []struct {
		name   string
		down   time.Duration
		then   error
		want   error
		within time.Duration
	}{
		{"up", 0, nil, nil, 0},
		{"restarted", 6 * time.Second, nil, nil, 10 * time.Second},
		{"restarted for a night that fails", 6 * time.Second, broken, broken, 10 * time.Second},
		{"down", time.Hour, nil, away, 2 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				s := &surroundings{stderr: io.Discard, log: slog.New(slog.DiscardHandler)}
				err := overOutages(t.Context(), s, func() error {
					if time.Since(began) < test.down {
						return away
					}
					return test.then
				})
				if took := time.Since(began); !errors.Is(err, test.want) || took > test.within {
					t.Errorf("%v after %s", err, took)
				}
			})
		})
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := overOutages(stopped, &surroundings{log: slog.New(slog.DiscardHandler)}, func() error { return away }); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
