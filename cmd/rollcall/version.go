package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"rollcall/internal/district"
	"rollcall/reports"
)

// version is set by the build (-ldflags "-X main.version=…").
var version = "dev"

type versionCommand struct{}

// Help shows an example.
func (versionCommand) Help() string { return "Example:\n  rollcall version" }

// Run prints the version, the commit, Go, and the formats.
func (versionCommand) Run(s *surroundings) error {
	commit := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				commit = setting.Value
			}
		}
	}
	if stamped != "" {
		commit = stamped
	}
	fmt.Fprintf(s.stdout, "rollcall %s\ncommit   %s\nbuilt by %s %s/%s\nreads    bundle of %d required and %d optional CSV files; Follow-up sheets of format %s\nwrites   PDF, XLSX, ICS, CSV, JSON; ledger on SQLite or PostgreSQL\n",
		version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH, len(district.RequiredFiles), len(district.OptionalFiles), reports.FollowUpVersion)
	return nil
}

// stamped is the commit, set by the build where Go does not know it.
var stamped string
