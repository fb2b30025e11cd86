package reports

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// smallFile is as the writer leaves one: pages and their words, the
// document's facts, the catalog.
const smallFile = "%PDF-1.3\n" +
	"2 0 obj\n<</Length 12>>\nstream\nBT (a) Tj ET\nendstream\nendobj\n" +
	"1 0 obj\n<</Type /Pages>>\nendobj\n" +
	"3 0 obj\n<</ModDate (D:20250101000000)>>\nendobj\n" +
	"4 0 obj\n<</Type /Catalog>>\nendobj\n" +
	"xref\n0 5\n0000000000 65535 f \n0000000069 00000 n \n0000000009 00000 n \n0000000101 00000 n \n0000000148 00000 n \n" +
	"trailer\n<<>>\nstartxref\n182\n%%EOF\n"

func TestDamagedFileIsAnErrorAndNoPanic(t *testing.T) {
	swap := func(old, by string) string { return strings.Replace(smallFile, old, by, 1) }
	catalogFirst := strings.NewReplacer("4 0 obj", "2 0 obj", "2 0 obj", "4 0 obj", "0000000148 ", "0000000009 ", "0000000009 ", "0000000148 ").Replace(smallFile)
	for name, c := range map[string]struct{ file, want string }{
		"whole":                       {smallFile, ""},
		"empty":                       {"", "no cross-reference table"},
		"no table":                    {swap("startxref", "startxxxx"), "no cross-reference table"},
		"table past the end":          {swap("startxref\n182", "startxref\n999"), "no cross-reference table"},
		"table somewhere else":        {swap("startxref\n182", "startxref\n9"), "cross-reference table"},
		"table of nothing":            {swap("0 5\n", "0 0\n"), "cross-reference table"},
		"table longer than the file":  {swap("0 5\n", "0 50\n"), "cut short"},
		"object behind the table":     {swap("0000000101 ", "0000000900 "), "object 3 is nowhere"},
		"object without a place":      {swap("0000000101 ", "00000x0101 "), "object 3 is nowhere"},
		"another object's place":      {swap("0000000101 ", "0000000069 "), "object 3 is nowhere"},
		"catalog before the rest":     {catalogFirst, "out of order"},
		"stream longer than its file": {swap("/Length 12", "/Length 99"), "cut short"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newPaper("", &printNight, portrait).complete([]byte(c.file), printNight.Issued)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("error %v, want none", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestEveryPageIsCompressed(t *testing.T) {
	pdf := sampler(t).Bytes
	if plain := regexp.MustCompile(`<</Length \d+>>\nstream`).FindAll(pdf, -1); len(plain) > 0 {
		t.Errorf("%d streams are not compressed", len(plain))
	}
	if n := bytes.Count(pdf, []byte("<</Filter /FlateDecode /Length ")); n < 5 {
		t.Errorf("%d streams are compressed, want those of 5 pages", n)
	}
}

// TestCleanKnowsReadyText: the look that spares most strings the work never
// spares one that needs it.
func TestCleanKnowsReadyText(t *testing.T) {
	fonts := typefaces()
	letters := rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune("ab \n\t\u00a0é’–\u0301\u0302\u200b\u202e\u1ebf\u01b0\u0345\u1100\u1161\ufffd\U0001f388")))
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(letters).Draw(t, "text")) + rapid.SampledFrom([]string{"", "\xff", "e\xcc\x81"}).Draw(t, "end")
		if diff := cmp.Diff(fonts.mend(s), fonts.clean(s)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestParagraphBreaksTheSameTheSecondTime(t *testing.T) {
	p := newPaper("", &printNight, portrait)
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SampledFrom([]string{"a", "", "ab c", "b", strings.Repeat("words ", 30)})
		spans := []span{{words.Draw(t, "first"), regular}, {words.Draw(t, "second"), bold}}
		size, width := rapid.SampledFrom([]float64{9, 10}).Draw(t, "size"), rapid.SampledFrom([]float64{20, 90}).Draw(t, "width")
		if diff := cmp.Diff(p.fonts.wrap(spans, size, width), p.wrap(spans, size, width), cmp.AllowUnexported(textLine{}, run{})); diff != "" {
			t.Error(diff)
		}
	})
}
