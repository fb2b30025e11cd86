// Command rollcall runs a school district's CART / SART process: each night it
// reads attendance, finds who needs a meeting, and makes the letters, meeting
// files, rosters and mail. This package wires and prints; it holds no rules.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // a server may have no time zones of its own

	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"

	"rollcall/internal/config"
)

// The exit codes. Scripts and the cron mail rely on them.
const (
	exitDone        = 0   // done
	exitFailed      = 1   // failed: nothing issued, or the night is not complete
	exitUsage       = 2   // wrong usage or configuration
	exitNeedsPerson = 3   // done, but something needs a person; the summary says what
	exitInterrupted = 130 // interrupted, safe to run again
)

func main() { os.Exit(start()) }

func start(changes ...func(*surroundings)) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	s := surroundings{
		stdout: os.Stdout, stderr: os.Stderr, now: time.Now, getenv: os.LookupEnv, terminal: isatty.IsTerminal(os.Stderr.Fd()),
	}
	for _, change := range changes {
		change(&s)
	}
	code := run(ctx, os.Args[1:], s)
	stop()
	return code
}

// surroundings are what a command may touch of the world.
type surroundings struct {
	stdout, stderr io.Writer
	now            func() time.Time
	getenv         func(string) (string, bool)
	terminal       bool // whether stderr is one: progress bars
	log            *slog.Logger
	pauses         []time.Duration            // between the tries of a job; nil: the queue's own
	moved          func(*config.Ledger) error // has the ledger elsewhere; nil: where it is configured
}

// commands is the command line: one field a command, one file each.
type commands struct {
	Config    string `help:"Configuration file. Default: rollcall.yaml in the working folder, then $$ROLLCALL_CONFIG." placeholder:"FILE" type:"path"`
	LogFormat string `help:"How stderr is written: ${enum}." enum:"text,json" default:"text"`
	LogLevel  string `help:"What stderr tells: debug, info, warn or error. Default: info, on a terminal warn." enum:",debug,info,warn,error" default:"" placeholder:"LEVEL"`
	Quiet     bool   `short:"q" help:"Say only what is wrong."`

	Nightly  nightlyCommand  `cmd:"" help:"Run one whole night."`
	Serve    serveCommand    `cmd:"" help:"Run the nights of the schedule, until it is stopped."`
	Worker   workerCommand   `cmd:"" help:"Work the jobs of nights that run elsewhere, until it is stopped."`
	Check    checkCommand    `cmd:"" help:"Try everything a night needs, and say what to mend."`
	Assess   assessCommand   `cmd:"" help:"Print every student's standing."`
	Explain  explainCommand  `cmd:"" help:"Say why a student has, or has not, a case."`
	Hold     holdCommand     `cmd:"" help:"Put a school or a student on hold, or list what is."`
	Release  releaseCommand  `cmd:"" help:"End a hold."`
	Approve  approveCommand  `cmd:"" help:"Issue the night of a school that was held."`
	Case     caseCommand     `cmd:"" help:"The ledger by hand: list and show cases, record what was mailed."`
	FollowUp followUpCommand `cmd:"" name:"follow-up" help:"Put on record what schools wrote into their rosters after the meetings."`
	Export   exportCommand   `cmd:"" help:"Give out what other systems are to know."`
	Jobs     jobsCommand     `cmd:"" help:"What runs, waits and was given up."`
	Source   sourceCommand   `cmd:"" help:"Where the data come from: keep a bundle, begin the views of a database."`
	Ledger   ledgerCommand   `cmd:"" help:"The memory as a whole."`
	Policy   policyCommand   `cmd:"" help:"The rules that decide: list and show them, and compare two."`
	Packet   packetCommand   `cmd:"" help:"Make one student's meeting file, now."`
	Preview  previewCommand  `cmd:"" help:"Print the letters with a fictitious family, to read and to edit their words."`
	Init     initCommand     `cmd:"" help:"Write a commented rollcall.yaml."`
	Demo     demoCommand     `cmd:"" help:"Write a fictitious district to try everything on."`
	Version  versionCommand  `cmd:"" help:"Print the version and the formats it reads and writes."`
}

// errUsage marks errors of usage or configuration.
var errUsage = errors.New("usage")

// errNeedsPerson marks a night that is done but for what a person must do.
var errNeedsPerson = errors.New("something needs a person")

func run(ctx context.Context, args []string, s surroundings) int {
	out := &watched{to: s.stdout}
	s.stdout = out
	return s.printed(out, s.run(ctx, args, out))
}

// hushed are the surroundings of a command of which only what is wrong is to be heard, where
// that is asked for.
func (s surroundings) hushed(g *commands) *surroundings {
	if g.Quiet {
		s.stdout, s.terminal = io.Discard, false
	}
	return &s
}

// news is where a command that goes on tells how it stands: nowhere, where only what is wrong
// is to be heard.
func (s surroundings) news(g *commands) io.Writer {
	if g.Quiet {
		return io.Discard
	}
	return s.stderr
}

// printed is the code of a command that is done: what could not be printed is a
// failure, whatever else was done.
func (s surroundings) printed(out *watched, code int) int {
	if out.err == nil || code != exitDone && code != exitNeedsPerson {
		return code
	}
	fmt.Fprintln(s.stderr, "rollcall: not all of it could be printed:", out.err)
	return exitFailed
}

// watched is a writer that remembers the first error, so that no command has to
// look after each line.
type watched struct {
	to  io.Writer
	err error
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

func (s surroundings) run(ctx context.Context, args []string, out *watched) int {
	var c commands
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("rollcall"),
		kong.Description("Attendance intervention for a school district: who needs a CART or SART meeting, and all the paper for it."),
		kong.UsageOnError(),
		kong.Writers(s.stdout, s.stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintln(s.stderr, "rollcall:", err)
		return exitUsage
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if out.err != nil {
		return exitDone // the help that was asked for, which printed tells of
	}
	if err != nil {
		fmt.Fprintf(s.stderr, "rollcall: %v; 'rollcall --help' lists the commands\n", err)
		return exitUsage
	}
	s.log = logger(&s, &c)
	command.BindTo(ctx, (*context.Context)(nil))
	return s.exitCode(ctx, command.Run(&c, &s))
}

// exitCode says an error once, in plain words, and gives its code.
func (s surroundings) exitCode(ctx context.Context, err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errNeedsPerson):
		return exitNeedsPerson
	case ctx.Err() != nil:
		fmt.Fprintln(s.stderr, "rollcall: interrupted; it is safe to run the same command again")
		return exitInterrupted
	case errors.Is(err, errUsage):
		fmt.Fprintln(s.stderr, "rollcall:", words(err))
		return exitUsage
	}
	fmt.Fprintln(s.stderr, "rollcall:", words(err))
	return exitFailed
}

// words is an error's text without the marks that only carry its exit code.
func words(err error) string {
	var marked *usageError
	if errors.As(err, &marked) {
		return marked.err.Error()
	}
	return err.Error()
}

// usageError is an error of usage or configuration.
type usageError struct{ err error }

func (e *usageError) Error() string   { return e.err.Error() }
func (e *usageError) Unwrap() []error { return []error{e.err, errUsage} }

func usage(err error) error { return &usageError{err} }

func logger(s *surroundings, c *commands) *slog.Logger {
	level := slog.LevelInfo
	if s.terminal {
		level = slog.LevelWarn // the bars tell the rest
	}
	switch c.LogLevel {
	case "debug":
		level = slog.LevelDebug
	case "info":
		level = slog.LevelInfo
	case "warn":
		level = slog.LevelWarn
	case "error":
		level = slog.LevelError
	}
	if c.Quiet {
		level = slog.LevelError
	}
	o := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(s.stderr, o))
	}
	return slog.New(slog.NewTextHandler(s.stderr, o))
}
