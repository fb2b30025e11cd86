package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"rollcall/internal/bundle"
	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/source/aeries"
	"rollcall/internal/source/csvdir"
	"rollcall/internal/source/edfi"
	"rollcall/internal/source/pgview"
)

// door is where the bundle comes from, to be closed when it has been read.
type door interface {
	bundle.Door
	io.Closer
}

// openDoor opens what the configuration names, for a night of a day. Files that a
// district gives by hand stand before what its system says.
func openDoor(ctx context.Context, src config.Source, asOf district.Date, log *slog.Logger) (_ door, err error) {
	if src.Kind == "csvdir" || src.Kind == "" {
		return csvdir.Open(src.Path, src.Mapping())
	}
	var system door
	switch src.Kind {
	case "pgview":
		system, err = pgview.Open(ctx, pgview.Options{DSN: src.DSN, Schema: src.Schema})
	case "edfi":
		system, err = pgview.Open(ctx, pgview.Options{DSN: src.DSN, Schema: "edfi", Queries: func(has func(string) (bool, error)) (map[district.File]string, error) {
			return edfi.Queries(asOf, has)
		}})
	case "aeries":
		system, err = aeries.Open(aeries.Options{
			URL: src.URL, Certificate: src.Certificate, AsOf: asOf, Settings: src.Aeries, Spool: src.Spool, Now: time.Now, Log: log,
		})
	default:
		err = fmt.Errorf("no source is called %q", src.Kind)
	}
	if err != nil || src.Path == "" {
		return system, err
	}
	byHand, err := csvdir.Open(src.Path, src.Mapping())
	if err != nil {
		return nil, errors.Join(err, system.Close())
	}
	return beside{bundle.Instead{First: byHand, Then: system}, byHand, system}, nil
}

// beside is a system with a folder before it.
type beside struct {
	bundle.Instead
	byHand, system io.Closer
}

func (b beside) Close() error { return errors.Join(b.byHand.Close(), b.system.Close()) }

// openSource reads the bundle as it was on a date, as much of it as a command needs.
func openSource(ctx context.Context, src config.Source, asOf district.Date, need bundle.Need, log *slog.Logger) (_ *bundle.Bundle, err error) {
	from, err := openDoor(ctx, src, asOf, log)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	return bundle.Open(ctx, from, bundle.Options{
		AsOf: asOf, MaxRejectRatio: src.MaxRejectRatio, Need: need, Mapping: src.Mapping(), Log: log,
	})
}
