package reports

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"

	"github.com/phpdave11/gofpdf"

	"rollcall/internal/district"
)

// Without an order of its own the writer below maroto lists fonts by map order,
// and the same document has different bytes each time.
func init() { gofpdf.SetDefaultCatalogSort(true) }

// complete gives a finished file what maroto has no call for: the outline, the
// language, the title in the window's bar, and a modification date that is not
// the clock's. The catalog is the last object the writer puts before the
// cross-reference table, so it is written anew with the outline's objects behind
// it and a table over all of them.
func (p *paper) complete(pdf []byte, stamp district.Date) ([]byte, error) {
	pinModified(pdf, stamp)
	onceEach(pdf)
	at := bytes.LastIndex(pdf, []byte("startxref\n"))
	if at < 0 {
		return nil, errors.New("pdf: no cross-reference table")
	}
	digits, _, _ := bytes.Cut(pdf[at+len("startxref\n"):], []byte("\n"))
	start, err := strconv.Atoi(string(digits))
	if err != nil || start < 0 || start >= at {
		return nil, errors.New("pdf: no cross-reference table where the file says")
	}
	var count int
	if _, err := fmt.Sscanf(string(pdf[start:min(start+40, at)]), "xref\n0 %d\n", &count); err != nil || count < 3 {
		return nil, fmt.Errorf("pdf: cross-reference table: %w", err)
	}
	const entry = 20 // bytes: offset, generation, state; a blank for the second byte of the line's end
	entries := start + len(fmt.Sprintf("xref\n0 %d\n", count))
	if entries+count*entry > at {
		return nil, errors.New("pdf: cross-reference table is cut short")
	}
	catalog := count - 1
	offset, err := strconv.Atoi(string(pdf[entries+catalog*entry : entries+catalog*entry+10]))
	if err != nil || offset >= start {
		return nil, errors.New("pdf: no catalog")
	}

	table := bytes.Clone(pdf[entries : entries+catalog*entry])
	out := bytes.NewBuffer(pdf[:offset:offset])
	object := func(n int, format string, args ...any) {
		table = fmt.Appendf(table, "%010d 00000 n \n", out.Len())
		fmt.Fprintf(out, "%d 0 obj\n", n)
		fmt.Fprintf(out, format, args...)
		out.WriteString("\nendobj\n")
	}
	outline := ""
	if len(p.outline) > 0 {
		outline = fmt.Sprintf("\n/Outlines %d 0 R\n/PageMode /UseOutlines", count)
	}
	object(catalog, "<<\n/Type /Catalog\n/Pages 1 0 R%s\n/Lang (%s)\n/ViewerPreferences <</DisplayDocTitle true>>\n>>", outline, p.lang)
	size := count
	if len(p.outline) > 0 {
		size = p.writeOutline(count, object)
	}
	xref := out.Len()
	fmt.Fprintf(out, "xref\n0 %d\n", size)
	out.Write(table)
	fmt.Fprintf(out, "trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n>>\nstartxref\n%d\n%%%%EOF\n", size, catalog, catalog-1, xref)
	return out.Bytes(), nil
}

// writeOutline writes the root as object root and an object for each bookmark
// behind it; it returns the next free number.
func (p *paper) writeOutline(root int, object func(int, string, ...any)) int {
	type links struct{ parent, prev, next, first, last, count int }
	tree := make([]links, len(p.outline)+1) // 0 is the root
	at := func(i int) int { return root + i }
	var path []int // the last node of each level
	for i, b := range p.outline {
		level := min(b.level, len(path))
		node, parent := i+1, 0
		if level > 0 {
			parent = path[level-1]
		}
		tree[node].parent = parent
		if last := tree[parent].last; last == 0 {
			tree[parent].first = node
		} else {
			tree[last].next, tree[node].prev = node, last
		}
		tree[parent].last = node
		path = append(path[:level], node)
	}
	// Top-level entries are shown, those below them folded away.
	for _, n := range tree[1:] {
		if n.parent == 0 {
			tree[0].count++
		} else {
			tree[n.parent].count--
		}
	}
	object(root, "<</Type /Outlines /First %d 0 R /Last %d 0 R /Count %d>>", at(tree[0].first), at(tree[0].last), tree[0].count)
	for i, b := range p.outline {
		n := tree[i+1]
		var opt bytes.Buffer
		for _, l := range []struct {
			name string
			to   int
		}{{"Prev", n.prev}, {"Next", n.next}, {"First", n.first}, {"Last", n.last}} {
			if l.to != 0 {
				fmt.Fprintf(&opt, " /%s %d 0 R", l.name, at(l.to))
			}
		}
		if n.count != 0 {
			fmt.Fprintf(&opt, " /Count %d", n.count)
		}
		// The writer numbers page i, counted from 0, as object 3+2i.
		object(at(i+1), "<</Title <%s> /Parent %d 0 R%s /Dest [%d 0 R /XYZ 0 %.2f null]>>",
			utf16Hex(b.text), at(n.parent), opt.String(), 3+2*b.page, (p.h-b.y)/mmPerPoint)
	}
	return root + len(tree)
}

func utf16Hex(s string) []byte {
	out := []byte("FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		out = fmt.Appendf(out, "%04X", u)
	}
	return out
}

// pinModified puts the document's own date over the clock's.
func pinModified(pdf []byte, stamp district.Date) {
	if at := bytes.LastIndex(pdf, []byte("/ModDate (D:")); at >= 0 {
		copy(pdf[at+len("/ModDate (D:"):], stamp.Format("20060102")+"000000")
	}
}

// onceEach blanks the repetitions of an image in the resources: the writer
// names one logo again for each page it is on.
func onceEach(pdf []byte) {
	at := bytes.LastIndex(pdf, []byte("/XObject <<\n"))
	if at < 0 {
		return
	}
	at += len("/XObject <<\n")
	seen := map[string]bool{}
	for {
		end := bytes.IndexByte(pdf[at:], '\n')
		if end < 0 || !bytes.HasPrefix(pdf[at:], []byte("/I")) {
			return
		}
		line := pdf[at : at+end]
		if seen[string(line)] {
			for i := range line {
				line[i] = ' '
			}
		}
		seen[string(line)] = true
		at += end + 1
	}
}
