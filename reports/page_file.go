package reports

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/phpdave11/gofpdf"

	"rollcall/internal/district"
)

// Without an order of its own the writer below maroto lists fonts by map order,
// and the same document has different bytes each time.
func init() { gofpdf.SetDefaultCatalogSort(true) }

// complete gives a finished file what maroto has no call for: the outline, the
// language, the title in the window's bar, a modification date that is not the
// clock's, the content of its pages, and one compressor for all of them: the
// writer below maroto makes a new one of a megabyte for each page. The file is
// written anew object by object; the catalog, the last one, is ours, with the
// outline's objects behind it.
func (p *paper) complete(pdf []byte, stamp district.Date) ([]byte, error) {
	pinModified(pdf, stamp)
	starts, end, err := objects(pdf)
	if err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	catalog, info := len(starts)-1, len(starts)-2
	order := make([]int, 0, catalog)
	for n := 1; n < catalog; n++ {
		order = append(order, n)
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(starts[a], starts[b]) })

	out := bytes.NewBuffer(make([]byte, 0, len(pdf)/2))
	out.WriteString("%PDF-1.4\n") // which has the catalog's /Lang and DisplayDocTitle
	offsets := make([]int, len(starts), len(starts)+len(p.outline)+1)
	var pack packer
	var write pen
	for i, n := range order {
		to := starts[catalog]
		if i+1 < len(order) {
			to = starts[order[i+1]]
		}
		if starts[n] > to || to > end {
			return nil, errors.New("pdf: objects out of order")
		}
		offsets[n] = out.Len()
		object := pdf[starts[n]:to]
		if page := (n - firstContent) / 2; n >= firstContent && (n-firstContent)%2 == 0 && page < len(p.pages) {
			if page == 0 {
				if write.resources, err = p.resourcesIn(object); err != nil {
					return nil, fmt.Errorf("pdf: %w", err)
				}
			}
			err = pack.stream(out, n, write.page(p.pages[page]))
		} else {
			err = pack.object(out, object)
		}
		if err != nil {
			return nil, fmt.Errorf("pdf: object %d: %w", n, err)
		}
	}

	object := func(n int, format string, args ...any) {
		offsets = append(offsets[:n], out.Len())
		fmt.Fprintf(out, "%d 0 obj\n", n)
		fmt.Fprintf(out, format, args...)
		out.WriteString("\nendobj\n")
	}
	outline := ""
	if len(p.outline) > 0 {
		outline = fmt.Sprintf("\n/Outlines %d 0 R\n/PageMode /UseOutlines", catalog+1)
	}
	object(catalog, "<<\n/Type /Catalog\n/Pages 1 0 R%s\n/Lang (%s)\n/ViewerPreferences <</DisplayDocTitle true>>\n>>", outline, p.lang)
	if len(p.outline) > 0 {
		p.writeOutline(catalog+1, object)
	}
	xref := out.Len()
	fmt.Fprintf(out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets))
	for _, at := range offsets[1:] {
		fmt.Fprintf(out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(out, "trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n>>\nstartxref\n%d\n%%%%EOF\n", len(offsets), catalog, info, xref)
	return out.Bytes(), nil
}

// The writer numbers the objects of pages first: page i, counted from 0, is
// firstPage+2i and its content firstContent+2i.
const (
	firstPage    = 3
	firstContent = 4
)

// objects reads a file's cross-reference table: where each object begins, by its
// number, and where the last one ends. Number 0 stands for none.
func objects(pdf []byte) (starts []int, end int, err error) {
	_, last, found := bytes.Cut(pdf[max(0, len(pdf)-64):], []byte("startxref\n"))
	digits, _, _ := bytes.Cut(last, []byte("\n"))
	end, err = strconv.Atoi(string(digits))
	if !found || err != nil || end < 0 || end > len(pdf) {
		return nil, 0, errors.New("no cross-reference table where the file says")
	}
	var count int
	if _, err := fmt.Sscanf(string(pdf[end:min(end+40, len(pdf))]), "xref\n0 %d\n", &count); err != nil || count < 4 {
		return nil, 0, fmt.Errorf("cross-reference table: %w", err)
	}
	const entry = 20 // bytes: offset, generation, state; a blank for the second byte of the line's end
	table := pdf[end+len(fmt.Sprintf("xref\n0 %d\n", count)):]
	if count > len(table)/entry {
		return nil, 0, errors.New("cross-reference table is cut short")
	}
	starts = make([]int, count)
	for n := 1; n < count; n++ {
		if starts[n], err = strconv.Atoi(string(table[n*entry : n*entry+10])); err != nil || starts[n] <= 0 || starts[n] >= end ||
			!bytes.HasPrefix(pdf[starts[n]:], fmt.Appendf(nil, "%d 0 obj\n", n)) {
			return nil, 0, fmt.Errorf("cross-reference table: object %d is nowhere", n)
		}
	}
	return starts, end, nil
}

// packer compresses the streams of a file that are not yet compressed.
type packer struct {
	zlib   *zlib.Writer
	packed bytes.Buffer
}

// object copies an object to out, its stream compressed. What is no stream, or
// has a filter already, is copied as it is.
func (p *packer) object(out *bytes.Buffer, object []byte) error {
	number, dictionary, _ := bytes.Cut(object, []byte("\n"))
	entries, plain := bytes.CutPrefix(dictionary, []byte("<</Length "))
	digits, body, stream := bytes.Cut(entries, []byte(">>\nstream\n"))
	length, err := strconv.Atoi(string(digits))
	if !plain || !stream || err != nil {
		out.Write(object)
		return nil
	}
	if length < 0 || length > len(body) {
		return errors.New("stream is cut short")
	}
	n, err := strconv.Atoi(string(bytes.TrimSuffix(number, []byte(" 0 obj"))))
	if err != nil {
		return err
	}
	return p.stream(out, n, body[:length])
}

// stream writes object n with a content, compressed.
func (p *packer) stream(out *bytes.Buffer, n int, content []byte) (err error) {
	p.packed.Reset()
	if p.zlib == nil {
		if p.zlib, err = zlib.NewWriterLevel(&p.packed, zlib.BestSpeed); err != nil {
			return err
		}
	} else {
		p.zlib.Reset(&p.packed)
	}
	if _, err := p.zlib.Write(content); err != nil {
		return err
	}
	if err := p.zlib.Close(); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d 0 obj\n<</Filter /FlateDecode /Length %d>>\nstream\n", n, p.packed.Len())
	out.Write(p.packed.Bytes())
	out.WriteString("\nendstream\nendobj\n")
	return nil
}

// pinModified puts the document's own date over the clock's.
func pinModified(pdf []byte, stamp district.Date) {
	if at := bytes.LastIndex(pdf, []byte("/ModDate (D:")); at >= 0 {
		copy(pdf[at+len("/ModDate (D:"):], stamp.Format("20060102")+"000000")
	}
}
