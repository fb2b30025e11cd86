package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkWorkers is what one process of one core and two of them, the night's own and
// a worker, take for the fictitious district's night, read from views of a database.
func BenchmarkWorkers(b *testing.B) {
	program := build(b, ".")
	cluster := startCluster(b)
	oneCore := append(os.Environ(), "GOMAXPROCS=1")
	for _, processes := range []int{1, 2} {
		b.Run(fmt.Sprint(processes), func(b *testing.B) {
			documents, took := 0, time.Duration(0)
			for i := 0; b.Loop(); i++ {
				d := newDistrict(b, program, cluster, fmt.Sprintf("w%d_%d_%d", processes, b.N, i), "7400", "10")
				var workers []*exec.Cmd
				for range processes - 1 {
					w := d.command("worker")
					w.Env = oneCore
					if err := w.Start(); err != nil {
						b.Fatal(err)
					}
					workers = append(workers, w)
				}
				time.Sleep(time.Second) // workers are there before the night
				start := time.Now()
				n := d.nightly()
				n.Env = oneCore
				out, err := n.CombinedOutput()
				took += time.Since(start)
				if n.ProcessState.ExitCode() != exitNeedsPerson {
					b.Fatalf("%v: %s", err, out)
				}
				documents += len(d.remembered(`SELECT path FROM documents`))
				for _, w := range workers {
					_ = w.Process.Signal(os.Interrupt)
					_ = w.Wait()
				}
			}
			b.ReportMetric(float64(documents)/took.Seconds(), "documents/s")
			b.ReportMetric(took.Seconds()/float64(b.N), "s/night")
			b.ReportMetric(0, "ns/op") // most of it is preparation
		})
	}
}

// BenchmarkCounty is a whole night of 10, 100 and 1,000 schools, read from views of a
// database: 6.8 million rows of attendance at the end. The time and the memory of a
// school are to stay as they are.
func BenchmarkCounty(b *testing.B) {
	program := build(b, ".")
	cluster := startCluster(b)
	for _, schools := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(schools), func(b *testing.B) {
			dir := filepath.Join(b.TempDir(), "county")
			mustRun(b, program, "demo", dir, "--schools", fmt.Sprint(schools), "--students", fmt.Sprint(190*schools))
			dsn, err := cluster.Create(fmt.Sprintf("county%d", schools))
			if err != nil {
				b.Fatal(err)
			}
			loadBundle(b, dsn, filepath.Join(dir, "bundle"))
			path := filepath.Join(dir, "rollcall.yaml")
			text, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			changed := strings.NewReplacer("  kind: csvdir ", "  kind: pgview # ", "  path: bundle\n", "  dsn: "+dsn+"\n").Replace(string(text))
			if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
				b.Fatal(err)
			}
			syscall.Sync()
			var m meter
			for b.Loop() {
				for _, made := range []string{"out", "mail", "rollcall.db", "rollcall.db-wal", "rollcall.db-shm"} {
					if err := os.RemoveAll(filepath.Join(dir, made)); err != nil {
						b.Fatal(err)
					}
				}
				m.run(b, nil, program, "nightly", "--config", path, "--as-of", "2025-10-15", "-q")
			}
			m.report(b, 190*schools, 0)
			b.ReportMetric(m.took.Seconds()/float64(m.runs*schools), "s/school")
		})
	}
}

// loadBundle puts a bundle's files into the tables of a schema, by student.
func loadBundle(b testing.TB, dsn, dir string) {
	b.Helper()
	psql := func(statements ...string) {
		args := []string{"-q", dsn}
		for _, s := range statements {
			args = append(args, "-c", s)
		}
		mustRun(b, "psql", args...)
	}
	psql(`CREATE SCHEMA bundle`)
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range files {
		text, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		head := make([]byte, 1000)
		n, err := text.Read(head)
		if err := text.Close(); err != nil {
			b.Fatal(err)
		}
		if err != nil {
			b.Fatal(err)
		}
		header, _, _ := strings.Cut(string(head[:n]), "\n")
		header = strings.TrimSuffix(header, "\r")
		table := "bundle." + strings.TrimSuffix(filepath.Base(path), ".csv")
		psql(fmt.Sprintf("CREATE TABLE %s (%s text)", table, strings.ReplaceAll(header, ",", " text, ")),
			fmt.Sprintf(`\copy %s FROM '%s' CSV HEADER`, table, path))
		if strings.Contains(header, "student_id") {
			psql(fmt.Sprintf("CREATE INDEX ON %s (student_id)", table))
		}
	}
	psql("ANALYZE")
}
