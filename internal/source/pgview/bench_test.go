package pgview_test

import (
	"io"
	"os/exec"
	"testing"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
	"rollcall/internal/source/pgview"
)

// benchRows are the attendance rows of the benchmarks, as a district of 100,000
// students has them in a year.
const benchRows = 1_400_000

// BenchmarkAttendance reads a year's attendance through the door; of COPY it is the
// plainest way there is to have the same rows out of the server.
func BenchmarkAttendance(b *testing.B) {
	dsn, db := server(b)
	run(b, db, `CREATE TABLE sis.attendance AS SELECT
		100000 + n / 14 AS student_id, 100 + n % 125 AS school_id, date '2025-08-11' + n % 280 AS date,
		(array['U','E','T','L'])[1 + n % 4] AS code, CASE WHEN n % 4 = 0 THEN (1 + n % 6)::text END AS period, NULL::integer AS minutes_missed
		FROM generate_series(1, $1::integer) AS n`, benchRows)
	run(b, db, `VACUUM ANALYZE sis.attendance`)
	b.Run("door", func(b *testing.B) {
		for b.Loop() {
			views, err := pgview.Open(b.Context(), pgview.Options{DSN: dsn, Schema: "sis"})
			if err != nil {
				b.Fatal(err)
			}
			t, err := views.Table(b.Context(), district.Attendance, bundle.Everything)
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for row := (bundle.Row{}); t.Rows.Next(&row); {
				n++
			}
			if n != benchRows || t.Rows.Err() != nil {
				b.Fatalf("%d rows, %v", n, t.Rows.Err())
			}
			if err := views.Close(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(benchRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("COPY", func(b *testing.B) {
		for b.Loop() {
			psql := exec.Command("psql", dsn, "-c", `COPY sis.attendance TO STDOUT`)
			psql.Stdout = io.Discard
			if err := psql.Run(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(benchRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}
