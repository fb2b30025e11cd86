package csvdir

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type record struct {
	Line   int
	Fields []string
	Broken bool
}

func scanAll(text string) []record {
	s := newScanner(text, ',')
	var all []record
	for s.next() {
		r := record{Line: s.line, Broken: s.broken}
		if !s.broken {
			for _, f := range s.fields {
				r.Fields = append(r.Fields, strings.TrimSpace(f))
			}
		}
		all = append(all, r)
	}
	return all
}

func TestScannerSplitsAsRFC4180Says(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []record
	}{
		{"nothing", "", nil},
		{"no line end at the end", "a,b", []record{{Line: 1, Fields: []string{"a", "b"}}}},
		{"trailing comma", "a,\n", []record{{Line: 1, Fields: []string{"a", ""}}}},
		{"blank rows", "\n , \n,,\r\na\n", []record{{Line: 4, Fields: []string{"a"}}}},
		{"quoted comma", "\"a,b\",c\r\n", []record{{Line: 1, Fields: []string{"a,b", "c"}}}},
		{"doubled quote", "\"a\"\"b\",c", []record{{Line: 1, Fields: []string{`a"b`, "c"}}}},
		{"line end in quotes", "\"a\nb\",c\nd,e\n", []record{{Line: 1, Fields: []string{"a\nb", "c"}}, {Line: 3, Fields: []string{"d", "e"}}}},
		{"two in one record", "\"a\n\",\"\nb\"\nc,d", []record{{Line: 1, Fields: []string{"a", "b"}}, {Line: 4, Fields: []string{"c", "d"}}}},
		{"space before a quote", "a, \"b\"\n", []record{{Line: 1, Fields: []string{"a", "b"}}}},
		{"quote in the middle", "a\"b\nc\n", []record{{Line: 1, Broken: true}, {Line: 2, Fields: []string{"c"}}}},
		{"never closed", "\"a\nb\nc\n", []record{{Line: 1, Broken: true}, {Line: 2, Fields: []string{"b"}}, {Line: 3, Fields: []string{"c"}}}},
		{"only a quote", "\"", []record{{Line: 1, Broken: true}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, scanAll(c.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzScannerAgreesWithEncodingCSV compares on whatever encoding/csv accepts.
func FuzzScannerAgreesWithEncodingCSV(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "\"a\"\"\",\n\n\"x\ny\",z", "\r\n,\r", " \"q\" ,", "\xff,\x00\n", "\"\",\"\"\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := scanAll(text)
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = -1
		r.TrimLeadingSpace = true
		var want []record
		for {
			fields, err := r.Read()
			if err != nil {
				if err.Error() != "EOF" {
					return
				}
				break
			}
			rec := record{}
			for _, field := range fields {
				rec.Fields = append(rec.Fields, strings.TrimSpace(field))
			}
			if !blank(rec.Fields) {
				rec.Line, _ = r.FieldPos(0)
				want = append(want, rec)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	})
}
