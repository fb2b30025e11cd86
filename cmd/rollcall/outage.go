package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rollcall/internal/config"
	"rollcall/internal/database"
	"rollcall/internal/ledger"
)

// outages are the pauses before a server that did not answer is asked again: what one takes to
// be restarted.
var outages = []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second, 20 * time.Second}

// overOutages has what is safe to repeat go on once a server is there again that did not
// answer, be it the ledger's or the source's.
func overOutages(ctx context.Context, s *surroundings, run func() error) error {
	pauses := outages
	if s.pauses != nil {
		pauses = s.pauses
	}
	for _, pause := range pauses {
		err := run()
		if !database.Away(err) {
			return err
		}
		s.log.Warn("a server does not answer; it is asked again", "error", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return run()
}

// errLedgerAway is why a night failed that goes on once the ledger's server is there again.
var errLedgerAway = errors.New("the ledger's server is away")

// ledgerAway marks the error of a night whose ledger's server is away.
func ledgerAway(ctx context.Context, cfg *config.Config, err error) error {
	if cfg.Ledger.Driver != database.Postgres || !database.Away(err) {
		return err
	}
	if _, unanswered := ledger.UnderWay(ctx, cfg.Ledger.DSN); unanswered != nil {
		return fmt.Errorf("%w: %w", errLedgerAway, err)
	}
	return err
}
