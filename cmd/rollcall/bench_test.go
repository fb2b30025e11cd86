package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"rollcall/internal/demo"
)

// The benchmarks here time the program as a whole process, as cron starts it,
// and report its peak memory beside the time.

// BenchmarkAssess100k reads and assesses 100,000 students on one core.
func BenchmarkAssess100k(b *testing.B) {
	dir := b.TempDir()
	if _, err := demo.Write(dir, demo.Options{Students: 100_000, Schools: 100, Seed: 1}); err != nil {
		b.Fatal(err)
	}
	program := build(b)
	for b.Loop() {
		measure(b, 100_000, []string{"GOMAXPROCS=1"}, program, "assess", "--bundle", dir, "--as-of", "2026-05-29", "--format", "csv", "-q")
	}
}

// BenchmarkDemoNight is the whole night of the fictitious district: ten
// schools, 7,400 students, every document, on two cores.
func BenchmarkDemoNight(b *testing.B) {
	program := build(b)
	dir := filepath.Join(b.TempDir(), "demo")
	mustRun(b, program, "demo", dir)
	for b.Loop() {
		for _, made := range []string{"out", "mail", "rollcall.db", "rollcall.db-wal", "rollcall.db-shm"} {
			if err := os.RemoveAll(filepath.Join(dir, made)); err != nil {
				b.Fatal(err)
			}
		}
		measure(b, 7_400, []string{"GOMAXPROCS=2"}, program, "nightly", "--config", filepath.Join(dir, "rollcall.yaml"), "--as-of", "2025-10-15", "-q")
	}
}

func build(b *testing.B) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "rollcall")
	mustRun(b, "go", "build", "-o", program, ".")
	return program
}

func mustRun(b *testing.B, name string, args ...string) {
	b.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// measure runs a command once and reports its rate and its peak memory. Exit
// code 3, something needs a person, is a night well done.
func measure(b *testing.B, students int, env []string, name string, args ...string) {
	b.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	start := time.Now()
	if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != exitNeedsPerson {
		b.Fatalf("%s: %v", name, err)
	}
	took := time.Since(start)
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	b.ReportMetric(float64(students)/took.Seconds(), "students/s")
	b.ReportMetric(float64(usage.Maxrss)/1024, "MiB-peak")
}
