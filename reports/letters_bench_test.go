package reports

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
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
	"github.com/phpdave11/gofpdf"

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
// words in two obvious ways: a maroto document for each letter, and the layer
// below maroto, told to break the lines itself.
func BenchmarkLetters(b *testing.B) {
	for _, language := range []string{"en", "es"} {
		s, letters := lettersDue(language)
		set := loadWords(b)
		b.Run("batch "+language, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			began := cpuTime(b)
			for b.Loop() {
				made, err := Letters(s, set, letters, "bench")
				if err != nil {
					b.Fatal(err)
				}
				size = len(made.PDF.Bytes)
			}
			reportRate(b, "letters", MaxLetters, began)
			b.ReportMetric(float64(size)/1024/MaxLetters, "KiB/letter")
		})
	}
	s, due := lettersDue("en")
	set := loadWords(b)
	wordsOf := func(b *testing.B, i int) []templates.Block {
		sides, err := letterSides(s, set, &due[i])
		if err != nil {
			b.Fatal(err)
		}
		return sides[0].blocks
	}
	b.Run("fpdf direct", func(b *testing.B) {
		began := cpuTime(b)
		for b.Loop() {
			doc := gofpdf.New("P", "mm", "Letter", "")
			for f, style := range faceStyles {
				doc.AddUTF8FontFromBytes(family, string(style), bytes.Clone(typefaces().files[f]))
			}
			for i := range due {
				doc.AddPage()
				for _, block := range wordsOf(b, i) {
					doc.SetFont(family, "", 10)
					doc.MultiCell(0, 5, block.Text(), "", "L", false)
				}
			}
			if err := doc.Output(io.Discard); err != nil {
				b.Fatal(err)
			}
		}
		reportRate(b, "letters", MaxLetters, began)
	})
	b.Run("maroto naive", func(b *testing.B) {
		began := cpuTime(b)
		for b.Loop() {
			var lines []string
			for _, block := range wordsOf(b, 0) {
				lines = append(lines, block.Text())
			}
			naive(b, lines)
		}
		reportRate(b, "letters", 1, began)
	})
}

// BenchmarkLettersAtOnce is as many workers as there are cores, each with a
// batch of its own: with -cpu 1,2 the rate of two stands beside that of one.
func BenchmarkLettersAtOnce(b *testing.B) {
	s, letters := lettersDue("en")
	set := loadWords(b)
	began := cpuTime(b)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := Letters(s, set, letters, "bench"); err != nil {
				b.Error(err)
			}
		}
	})
	reportRate(b, "letters", MaxLetters, began)
}

// naive sets each text as a row of a maroto document of its own.
func naive(b *testing.B, texts []string) {
	b.Helper()
	var fonts []*entity.CustomFont
	for _, style := range faceStyles {
		fonts = append(fonts, &entity.CustomFont{Family: family, Style: style, Bytes: bytes.Clone(dejavusanscondensed.TTF)})
	}
	doc := maroto.New(config.NewBuilder().WithCustomFonts(fonts).WithDefaultFont(&props.Font{Family: family, Size: 10}).Build())
	for _, t := range texts {
		doc.AddAutoRow(text.NewCol(12, t))
	}
	if _, err := doc.Generate(); err != nil {
		b.Fatal(err)
	}
}
