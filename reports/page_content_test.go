package reports

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPenWritesNumbersToAHundredth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(-5000, 5000).Draw(t, "number")
		var p pen
		p.numbers(v)
		text := strings.TrimSuffix(string(p.out), " ")
		got, err := strconv.ParseFloat(text, 64)
		if err != nil || math.Abs(got-v) > 0.005+1e-9 || strings.HasPrefix(text, "-0 ") || text == "-0" || strings.HasSuffix(text, ".0") {
			t.Fatalf("%v is written %q", v, p.out)
		}
	})
}

// TestPenSetsOnlyWhatChanges draws the same page twice with one pen: what it
// left set on the first must not be missing on the second.
func TestPenSetsOnlyWhatChanges(t *testing.T) {
	s := &sheet{paper: &paper{format: portrait}}
	s.text(10, 20, 9, bold, blue, `Ana (4\5)`)
	s.text(10, 24, 9, bold, blue, "é")
	s.text(10, 28, 10, regular, black, "plain")
	s.line(10, 30, 20, 0.4, red)
	s.dashes(10, 31, 20, 0.4, red)
	s.down(10, 31, 5, 0.4, red)
	const want = "0.11 0.247 0.431 rg\n" +
		"BT /FB 9 Tf 28.35 735.31 Td (\x00A\x00n\x00a\x00 \x00\\(\x004\x00\\\\\x005\x00\\)) Tj ET\n" +
		"BT 28.35 723.97 Td (\x00\xe9) Tj ET\n" +
		"0 0 0 rg\n" +
		"BT /FR 10 Tf 28.35 712.63 Td (\x00p\x00l\x00a\x00i\x00n) Tj ET\n" +
		"0.627 0.157 0.118 RG\n1.13 w\n" +
		"28.35 706.96 m 85.04 706.96 l S\n" +
		"[2.83 2.83] 0 d\n28.35 704.13 m 85.04 704.13 l S\n" +
		"[] 0 d\n28.35 704.13 m 28.35 689.95 l S\n"
	p := pen{resources: resources{faces: [faces]string{regular: "FR", bold: "FB"}}}
	for range 2 {
		if got := string(p.page(s)); got != want {
			t.Fatalf("got\n%q\nwant\n%q", got, want)
		}
	}
}

func TestDocumentWithoutItsTypefaceIsRefused(t *testing.T) {
	p := &paper{used: [faces]string{regular: "abc", bold: "d"}}
	const drawn = "BT /Fabc 1.00 Tf ET\nBT 0.00 792.00 Td (x) Tj ET\n"
	if _, err := p.resourcesIn([]byte(drawn)); err == nil {
		t.Error("bold has no name, and nobody minds")
	}
	r, err := p.resourcesIn([]byte(drawn + "BT /Fdef 2.00 Tf ET\n"))
	if err != nil || r.faces != [faces]string{regular: "Fabc", bold: "Fdef"} {
		t.Errorf("%v, %v", r, err)
	}
}
