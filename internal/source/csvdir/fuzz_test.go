package csvdir_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
)

// Whatever the attendance file holds, every row of it is in a student's marks,
// among the rejects, or of a day that does not count; and twice is equal.
func FuzzOpenOnAnyAttendance(f *testing.F) {
	f.Add([]byte(smallBundle()["attendance.csv"]))
	f.Add([]byte("student_id,school_id,date,code\n1,10,2025-10-06,U\n1,10,2025-10-06,U\n\"1\",10,2025-10-11,\"U\"\n1\x00,10,,U\n"))
	f.Add([]byte("\xff\xfes\x00"))
	f.Add([]byte("\"student_id,\n\r\r\n"))
	files := smallBundle()
	f.Fuzz(func(t *testing.T, attendance []byte) {
		dir := write(t, files)
		if err := os.WriteFile(filepath.Join(dir, "attendance.csv"), attendance, 0o600); err != nil {
			t.Fatal(err)
		}
		o := bundle.Options{AsOf: asOf}
		b, err := openDir(dir, o)
		if err != nil {
			return
		}
		d := b.District()
		marks := 0
		for _, s := range b.Students() {
			for i, m := range s.Marks {
				if m.Date > asOf || m.Line < 2 || !d.Calendars[m.SchoolID].IsInstructional(m.Date) {
					t.Errorf("mark %+v", m)
				}
				if i > 0 && m.Date < s.Marks[i-1].Date {
					t.Errorf("marks out of order: %+v", s.Marks)
				}
			}
			marks += len(s.Marks)
		}
		rejected := 0
		for _, r := range d.Rejects {
			if r.File != "attendance.csv" || r.Line < 2 || r.Reason == "" {
				t.Errorf("reject %+v", r)
			}
			rejected++
		}
		if marks+rejected > d.Rows[district.Attendance] {
			t.Errorf("%d marks and %d rejects of %d rows", marks, rejected, d.Rows[district.Attendance])
		}
		again, err := openDir(dir, o)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(b.Students(), again.Students()); diff != "" {
			t.Error(diff)
		}
	})
}
