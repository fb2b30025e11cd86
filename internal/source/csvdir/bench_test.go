package csvdir_test

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
)

// The benchmarks read a district of 100,000 students and 1.4 million
// attendance rows (42 MB), of which a quarter by period:
//
//	go test -run '^$' -bench . -cpu 1 ./internal/source/csvdir
//
// BenchmarkStandings100k is the whole of Open; the other two are the same
// attendance file through encoding/csv, looked up in the same maps and neither
// judged nor sorted: what the plain way costs before it has done the work.
const (
	benchStudents = 100_000
	benchSchools  = 125
)

var benchAsOf = district.NewDate(2026, time.May, 29)

func BenchmarkStandings100k(b *testing.B)         { benchmarkOpen(b, false) }
func BenchmarkStandings100kShuffled(b *testing.B) { benchmarkOpen(b, true) }

func benchmarkOpen(b *testing.B, shuffled bool) {
	dir := b.TempDir()
	rows := writeLargeBundle(b, dir, shuffled)
	for b.Loop() {
		bundle, err := openDir(dir, bundle.Options{AsOf: benchAsOf})
		if err != nil {
			b.Fatal(err)
		}
		if n := len(bundle.District().Rejects); n > 0 || len(bundle.Students()) != benchStudents {
			b.Fatalf("%d students, %d rejects, first %+v", len(bundle.Students()), n, bundle.District().Rejects[0])
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

func BenchmarkPlainEncodingCSV(b *testing.B) { benchmarkPlain(b, false) }
func BenchmarkTunedEncodingCSV(b *testing.B) { benchmarkPlain(b, true) }

func benchmarkPlain(b *testing.B, reuse bool) {
	dir := b.TempDir()
	writeLargeBundle(b, dir, false)
	known := map[string]int{}
	for i := range benchStudents {
		known[fmt.Sprintf("S%07d", i)] = i
	}
	for b.Loop() {
		f, err := os.Open(filepath.Join(dir, "attendance.csv"))
		if err != nil {
			b.Fatal(err)
		}
		r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
		r.ReuseRecord = reuse
		if _, err := r.Read(); err != nil {
			b.Fatal(err)
		}
		marks := make([][]district.Mark, benchStudents)
		for {
			fields, err := r.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			day, err := district.ParseDate(fields[2])
			if err != nil {
				b.Fatal(err)
			}
			i := known[fields[0]]
			marks[i] = append(marks[i], district.Mark{Date: day, Entry: &district.Entry{SchoolID: fields[1], Period: fields[4]}})
		}
		f.Close()
	}
}

func writeLargeBundle(b *testing.B, dir string, shuffled bool) (rows int) {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	write := func(file string, header string, body func(w *bufio.Writer)) {
		f, err := os.Create(filepath.Join(dir, file))
		if err != nil {
			b.Fatal(err)
		}
		w := bufio.NewWriterSize(f, 1<<20)
		fmt.Fprintln(w, header)
		body(w)
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	var days []string
	for d := district.NewDate(2025, time.August, 11); len(days) < 190; d++ {
		if !d.IsWeekend() {
			days = append(days, d.String())
		}
	}
	write("schools.csv", "school_id,name", func(w *bufio.Writer) {
		for s := range benchSchools {
			fmt.Fprintf(w, "%d,School %d\n", 1000+s, s)
		}
	})
	write("calendar.csv", "school_id,date,instructional", func(w *bufio.Writer) {
		for s := range benchSchools {
			for _, d := range days {
				fmt.Fprintf(w, "%d,%s,true\n", 1000+s, d)
			}
		}
	})
	students := make([]int, benchStudents)
	for i := range students {
		students[i] = i
	}
	if shuffled {
		random.Shuffle(len(students), func(i, j int) { students[i], students[j] = students[j], students[i] })
	}
	write("students.csv", "student_id,last_name,first_name,middle_name,preferred_name,ssid,birthdate,home_language", func(w *bufio.Writer) {
		for _, i := range students {
			fmt.Fprintf(w, "S%07d,Last%d,First%d,,,,20%02d-05-14,en\n", i, i%4000, i%900, 11+i%9)
		}
	})
	write("enrollments.csv", "student_id,school_id,grade,entry_date,exit_date,homeroom,homeroom_teacher", func(w *bufio.Writer) {
		for _, i := range students {
			fmt.Fprintf(w, "S%07d,%d,%d,2025-08-11,,R%d,Teacher %d\n", i, 1000+i%benchSchools, 1+i%8, i%40, i%400)
		}
	})
	write("absence_codes.csv", "code,category,description", func(w *bufio.Writer) {
		fmt.Fprint(w, "U,unexcused,\nE,excused,\nT30,tardy_over_30,\nV,unverified,\n")
	})
	write("staff.csv", "school_id,role,name,email,phone", func(*bufio.Writer) {})
	write("contacts.csv", "student_id,contact_id,name,street,city,state,zip", func(w *bufio.Writer) {
		for _, i := range students {
			fmt.Fprintf(w, "S%07d,C%d,Contact %d,%d Example Street,Springfield,CA,92583\n", i, i, i, i%9000)
		}
	})
	lines := make([]string, 0, 1_500_000)
	codes := []string{"U", "E", "E", "T30", "V"}
	for _, i := range students {
		for d := random.IntN(10); d < len(days); d += 1 + random.IntN(27) {
			period, minutes := "", ""
			if d%4 == 0 {
				period, minutes = fmt.Sprint(1+d%6), fmt.Sprint(10+d%45)
			}
			lines = append(lines, fmt.Sprintf("S%07d,%d,%s,%s,%s,%s\n", i, 1000+i%benchSchools, days[d], codes[random.IntN(len(codes))], period, minutes))
		}
	}
	if shuffled { // as an export by date comes
		slices.SortStableFunc(lines, func(a, b string) int {
			if da, db := a[14:24], b[14:24]; da != db {
				if da < db {
					return -1
				}
				return 1
			}
			return 0
		})
	}
	write("attendance.csv", "student_id,school_id,date,code,period,minutes_missed", func(w *bufio.Writer) {
		for _, line := range lines {
			w.WriteString(line)
		}
	})
	return len(lines)
}
