// Command peak runs another command and says on stderr how much memory it held
// at most:
//
//	go test -exec "$PWD/bin/peak" -run '^$' -bench Letters ./reports
//
// The other command's exit code is its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: peak COMMAND [ARGUMENT…]")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1], os.Args[2:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, name string, args []string) int {
	command := exec.CommandContext(ctx, name, args...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := command.Run()
	if command.ProcessState == nil {
		fmt.Fprintln(os.Stderr, "peak:", err)
		return 1
	}
	if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
		fmt.Fprintf(os.Stderr, "peak memory %d MiB\n", usage.Maxrss/1024) // Linux counts in KiB
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(os.Stderr, "peak:", err)
	}
	if err != nil {
		return max(1, command.ProcessState.ExitCode())
	}
	return 0
}
