package main

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"rollcall/internal/bundle"
	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/source/csvdir"
	"rollcall/internal/source/pgview"
)

// door is where the bundle comes from, to be closed when it has been read.
type door interface {
	bundle.Door
	io.Closer
}

// openDoor opens what the configuration names.
func openDoor(ctx context.Context, src config.Source) (door, error) {
	switch src.Kind {
	case "pgview":
		return pgview.Open(ctx, pgview.Options{DSN: src.DSN, Schema: src.Schema})
	default:
		return csvdir.Open(src.Path, src.Mapping())
	}
}

// openSource reads the bundle as it was on a date, as much of it as a command needs.
func openSource(ctx context.Context, src config.Source, asOf district.Date, need bundle.Need, log *slog.Logger) (_ *bundle.Bundle, err error) {
	from, err := openDoor(ctx, src)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	return bundle.Open(ctx, from, bundle.Options{
		AsOf: asOf, MaxRejectRatio: src.MaxRejectRatio, Need: need, Mapping: src.Mapping(), Log: log,
	})
}
