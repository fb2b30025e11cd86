package reports

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/johnfercher/maroto/v2"
	"github.com/johnfercher/maroto/v2/pkg/components/text"
	"github.com/johnfercher/maroto/v2/pkg/config"
	"github.com/johnfercher/maroto/v2/pkg/props"

	"github.com/go-fonts/dejavu/dejavusanscondensed"
	"github.com/johnfercher/maroto/v2/pkg/core/entity"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

func logoPNG(t testing.TB) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 90, 60))
	for x := range 90 {
		for y := range 60 {
			img.Set(x, y, color.RGBA{uint8(x * 2), 90, uint8(y * 4), 255})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// cpuTime is how long this process has computed: on a machine shared with others
// a rate by the clock says more about them.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// reportRate reports how many things were made a second, by the clock and by the
// processor since began.
func reportRate(b *testing.B, things string, each int, began time.Duration) {
	b.Helper()
	made := float64(each * b.N)
	b.ReportMetric(made/b.Elapsed().Seconds(), things+"/s")
	b.ReportMetric(made/(cpuTime(b)-began).Seconds(), things+"/cpu-s")
}

// lettersDue are a full batch to families of different names and dates.
func lettersDue(language string) (*SchoolNight, []LetterDue) {
	s, due := letterNight(intervention.SARTInvitation, language)
	like := *s.File(due.Letter.StudentID)
	s.Files = make([]StudentFile, MaxLetters)
	letters := make([]LetterDue, MaxLetters)
	for i := range letters {
		f := like
		f.Student.ID = fmt.Sprintf("%07d", i)
		f.Student.FirstName += string(rune('a' + i%26))
		f.Student.LastName += string([]rune{'á' + rune(i/26), 'a' + rune(i%7)})
		f.Standing.DaysEnrolled += i % 40
		f.Standing.Truancies = slices.Clone(f.Standing.Truancies)
		for j := range f.Standing.Truancies {
			f.Standing.Truancies[j].Date += district.Date(7 * (i % 11))
		}
		s.Files[i], letters[i] = f, due
		letters[i].Letter.ID, letters[i].Letter.StudentID = fmt.Sprintf("L%04d", i), f.Student.ID
	}
	return s, letters
}

// BenchmarkLetters prints 200 letters as the night does, and beside it the same
// words the obvious way: a maroto document for each letter.
func BenchmarkLetters(b *testing.B) {
	for _, language := range []string{"en", "es"} {
		s, letters := lettersDue(language)
		set := loadWords(b)
		b.Run("batch "+language, func(b *testing.B) {
			b.ReportAllocs()
			began := cpuTime(b)
			for b.Loop() {
				if _, err := Letters(s, set, letters, "bench"); err != nil {
					b.Fatal(err)
				}
			}
			reportRate(b, "letters", MaxLetters, began)
		})
	}
	b.Run("a document each", func(b *testing.B) {
		s, due := letterNight(intervention.SARTInvitation, "en")
		set := loadWords(b)
		began := cpuTime(b)
		for b.Loop() {
			sides, err := letterSides(s, set, &due)
			if err != nil {
				b.Fatal(err)
			}
			naiveLetter(b, sides[0].blocks)
		}
		reportRate(b, "letters", 1, began)
	})
}

func naiveLetter(b *testing.B, blocks []templates.Block) {
	b.Helper()
	var fonts []*entity.CustomFont
	for _, style := range faceStyles {
		fonts = append(fonts, &entity.CustomFont{Family: family, Style: style, Bytes: bytes.Clone(dejavusanscondensed.TTF)})
	}
	doc := maroto.New(config.NewBuilder().WithCustomFonts(fonts).WithDefaultFont(&props.Font{Family: family, Size: 10}).Build())
	for _, block := range blocks {
		doc.AddAutoRow(text.NewCol(12, block.Text()))
	}
	if _, err := doc.Generate(); err != nil {
		b.Fatal(err)
	}
}
