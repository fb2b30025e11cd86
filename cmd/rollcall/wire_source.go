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
	"rollcall/pipeline"
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
	both := beside{bundle.Instead{First: byHand, Then: system}, byHand, system}
	if some, ok := system.(bundle.Divided); ok {
		return divided{both, some}, nil
	}
	return both, nil
}

// beside is a system with a folder before it.
type beside struct {
	bundle.Instead
	byHand, system io.Closer
}

func (b beside) Close() error { return errors.Join(b.byHand.Close(), b.system.Close()) }

// divided is beside with a system whose rows can be asked for by students. The few rows
// that were written by hand are read again each time.
type divided struct {
	beside
	system bundle.Divided
}

// Of is the door to the rows of some students alone.
func (d divided) Of(ctx context.Context, students []string) (bundle.ClosingDoor, error) {
	some, err := d.system.Of(ctx, students)
	if err != nil {
		return nil, err
	}
	return beside{bundle.Instead{First: d.First, Then: some}, io.NopCloser(nil), some}, nil
}

// divisible reports whether a source can be read a school at a time, by several machines:
// a database that they share.
func divisible(src config.Source) bool { return src.Kind == "pgview" || src.Kind == "edfi" }

// nightSource is what a night reads.
type nightSource interface {
	pipeline.Source
	Excess() error
}

// openForNight reads the bundle for a night: all of it at once where it must be, else a
// survey of it now and a school when its turn comes, so that a county's night needs no
// more memory than a district's. Close it when all schools are decided.
func openForNight(ctx context.Context, src config.Source, asOf district.Date, log *slog.Logger) (nightSource, func() error, error) {
	from, err := openDoor(ctx, src, asOf, log)
	if err != nil {
		return nil, nil, err
	}
	options := bundle.Options{AsOf: asOf, MaxRejectRatio: src.MaxRejectRatio, Need: bundle.Everything, Mapping: src.Mapping(), Log: log}
	if some, ok := from.(bundle.Divided); ok {
		county, err := bundle.Survey(ctx, some, options)
		// Each school is read in a transaction of its own: the survey's is over.
		ended := from.Close
		if d, ok := from.(divided); ok {
			ended = d.beside.system.Close
		}
		if err := errors.Join(err, ended()); err != nil {
			return nil, nil, errors.Join(err, from.Close())
		}
		return county, from.Close, nil
	}
	whole, err := bundle.Open(ctx, from, options)
	if err := errors.Join(err, from.Close()); err != nil {
		return nil, nil, err
	}
	return whole, func() error { return nil }, nil
}

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
