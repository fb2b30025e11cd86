package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"rollcall/internal/district"
)

// The benchmarks here time programs as whole processes, as cron starts them.
// They report the processor's seconds too, which a busy machine stretches less
// than the clock's, and the peak memory.

// BenchmarkAssess100k reads and assesses 100,000 students on one core. The
// plain loop beside it only reads the same attendance file.
func BenchmarkAssess100k(b *testing.B) {
	const students = 100_000
	dir := b.TempDir()
	rows := writeExport(b, dir, students)
	syscall.Sync() // the disk is done with what was written before anything is timed
	oneCore := []string{"GOMAXPROCS=1"}
	b.Run("rollcall", func(b *testing.B) {
		program := build(b, ".")
		var m meter
		for b.Loop() {
			m.run(b, oneCore, program, "assess", "--bundle", dir, "--as-of", "2026-05-29", "--format", "csv", "-q")
		}
		m.report(b, students, rows)
	})
	b.Run("plain-loop", func(b *testing.B) {
		program := build(b, "./testdata/plain")
		var m meter
		for b.Loop() {
			m.run(b, oneCore, program, filepath.Join(dir, "attendance.csv"))
		}
		m.report(b, students, rows)
	})
}

// BenchmarkDemoNight is the whole night of the fictitious district: ten
// schools, 7,400 students, every document, on two cores.
func BenchmarkDemoNight(b *testing.B) {
	program := build(b, ".")
	dir := filepath.Join(b.TempDir(), "demo")
	mustRun(b, program, "demo", dir)
	var m meter
	for b.Loop() {
		for _, made := range []string{"out", "mail", "rollcall.db", "rollcall.db-wal", "rollcall.db-shm"} {
			if err := os.RemoveAll(filepath.Join(dir, made)); err != nil {
				b.Fatal(err)
			}
		}
		m.run(b, []string{"GOMAXPROCS=2"}, program, "nightly", "--config", filepath.Join(dir, "rollcall.yaml"), "--as-of", "2025-10-15", "-q")
	}
	m.report(b, 7_400, 0)
}

// BenchmarkProfiled does in this process what the others do in programs of
// their own: make profile looks on, and the compiler tunes the program by what
// it saw. Assessing comes last, because it turns the collection of garbage off.
func BenchmarkProfiled(b *testing.B) {
	demo, export := filepath.Join(b.TempDir(), "demo"), b.TempDir()
	writeExport(b, export, 100_000)
	command := func(args ...string) {
		s := surroundings{stdout: io.Discard, stderr: io.Discard, now: time.Now, getenv: os.LookupEnv}
		if code := run(b.Context(), args, s); code != exitDone && code != exitNeedsPerson {
			b.Fatalf("%v: exit code %d", args, code)
		}
	}
	for b.Loop() {
		command("demo", demo)
		command("nightly", "--config", filepath.Join(demo, "rollcall.yaml"), "--as-of", "2025-10-15")
		for range 10 {
			command("assess", "--bundle", export, "--as-of", "2026-05-29", "--format", "csv")
		}
	}
}

func build(b *testing.B, source string) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "program")
	mustRun(b, "go", "build", "-o", program, source)
	return program
}

func mustRun(b testing.TB, name string, args ...string) {
	b.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// meter adds up the runs of a program.
type meter struct {
	runs      int
	took, cpu time.Duration
	peak      int64 // the largest resident set, in KiB
}

// run runs the program once. Exit code 3, something needs a person, is a night
// well done.
func (m *meter) run(b *testing.B, env []string, name string, args ...string) {
	b.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	start := time.Now()
	if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != exitNeedsPerson {
		b.Fatalf("%s: %v", name, err)
	}
	m.runs++
	m.took += time.Since(start)
	m.cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	m.peak = max(m.peak, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
}

// report gives rates by the clock, processor seconds of a run, and the highest
// peak.
func (m *meter) report(b *testing.B, students, rows int) {
	b.ReportMetric(float64(students*m.runs)/m.took.Seconds(), "students/s")
	if rows > 0 {
		b.ReportMetric(float64(rows*m.runs)/m.took.Seconds(), "rows/s")
	}
	b.ReportMetric(m.cpu.Seconds()/float64(m.runs), "cpu-s/op")
	b.ReportMetric(float64(m.peak)/1024, "MiB-peak")
}

// writeExport writes what a student information system exports of a district
// that takes attendance once a day: a hundred schools, about fourteen
// attendance rows a student, every file sorted by student.
func writeExport(b *testing.B, dir string, students int) (rows int) {
	b.Helper()
	const schools, instructional = 100, 180
	random := rand.New(rand.NewPCG(1, 2))
	var days []string
	for d := district.NewDate(2025, time.August, 11); len(days) < instructional; d++ {
		if !d.IsWeekend() {
			days = append(days, d.String())
		}
	}
	studentID := func(i int) int { return 2_000_000 + 7*i }
	schoolID := func(i int) int { return 100 + i*schools/students }

	write := func(file district.File, header string, each int, row func(w *bufio.Writer, i int)) {
		f, err := os.Create(filepath.Join(dir, string(file)+".csv"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		w := bufio.NewWriter(f)
		fmt.Fprintln(w, header)
		for i := range each {
			row(w, i)
		}
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
	}
	write(district.Schools, "school_id,name", schools, func(w *bufio.Writer, i int) {
		fmt.Fprintf(w, "%d,School %d\n", 100+i, i)
	})
	write(district.StaffFile, "school_id,role,name,email", schools, func(w *bufio.Writer, i int) {
		fmt.Fprintf(w, "%d,admin,Admin %d,admin%d@example.org\n", 100+i, i, i)
	})
	write(district.CalendarFile, "school_id,date,instructional", schools*instructional, func(w *bufio.Writer, i int) {
		fmt.Fprintf(w, "%d,%s,true\n", 100+i/instructional, days[i%instructional])
	})
	write(district.AbsenceCodes, "code,category,description", 1, func(w *bufio.Writer, _ int) {
		fmt.Fprint(w, "A,unverified,\nE,excused,\nI,excused,Ill\nL,tardy_over_30,\nS,suspension,\nT,tardy,\nU,unexcused,\n")
	})
	write(district.Students, "student_id,last_name,first_name,middle_name,preferred_name,ssid,birthdate,home_language", students,
		func(w *bufio.Writer, i int) {
			fmt.Fprintf(w, "%d,Peña%d,Ana%d,,,%d,%d-03-%02d,es\n", studentID(i), i%4000, i%900, 1_000_000_000+i, 2011+i%8, 1+i%28)
		})
	write(district.Enrollments, "student_id,school_id,grade,entry_date,exit_date,homeroom,homeroom_teacher", students,
		func(w *bufio.Writer, i int) {
			fmt.Fprintf(w, "%d,%d,%d,2025-08-11,,Room %d,Teacher %d\n", studentID(i), schoolID(i), 8-i%8, i%40, i%400)
		})
	write(district.Contacts, "student_id,contact_id,name,relationship,language,street,city,state,zip,phone,household_id", 2*students,
		func(w *bufio.Writer, i int) {
			fmt.Fprintf(w, "%d,C%d,Luz Peña%d,Mother,es,%d Example Street,Valle Verde,CA,92594,(951) 555-0198,H%d\n",
				studentID(i/2), i, i%4000, i%9000, i/2)
		})
	codes := []string{"E", "E", "E", "I", "I", "U", "U", "A", "T", "L", "S"}
	write(district.Attendance, "student_id,school_id,date,code,period,minutes_missed", students, func(w *bufio.Writer, i int) {
		// Most miss a few days, some very many.
		n := min(int(random.ExpFloat64()*14), 90)
		for _, day := range slices.Sorted(slices.Values(random.Perm(instructional)[:n])) {
			code, minutes := codes[random.IntN(len(codes))], ""
			if code == "T" {
				minutes = strconv.Itoa(3 + random.IntN(60))
			}
			fmt.Fprintf(w, "%d,%d,%s,%s,,%s\n", studentID(i), schoolID(i), days[day], code, minutes)
		}
		rows += n
	})
	return rows
}
