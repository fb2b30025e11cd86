package attendance

import (
	"strconv"
	"testing"

	"rollcall/internal/district"
	"rollcall/internal/district/districttest"
)

// The benchmarks are one student of a district in April, with fourteen rows.
func BenchmarkAssess(b *testing.B) { benchmark(b, Assess) }
func BenchmarkTally(b *testing.B)  { benchmark(b, Tally) }

func benchmark(b *testing.B, assess func(*district.Student, *district.District, Rules) (Standing, bool)) {
	d := asOfDay(165)
	sessions := elmSchool.Sessions()
	codes := []string{"E", "E", "U", "T", "E", "V", "E", "L"}
	students := make([]district.Student, 10_000)
	for i := range students {
		child := districttest.Child(d, strconv.Itoa(100_000+i)).Enrol("ELM", "5", firstDay, "")
		for row := range 14 {
			child.Row("ELM", codes[(i+row)%len(codes)], sessions[(i+row*11)%165], "", 20+row)
		}
		students[i] = child.Student
	}
	rules := DefaultRules()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok := assess(&students[i%len(students)], d, rules); !ok {
			b.Fatal("not assessed")
		}
	}
}
