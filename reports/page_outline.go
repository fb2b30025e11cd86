package reports

import (
	"bytes"
	"fmt"
	"unicode/utf16"
)

// writeOutline writes the root as object root and an object for each bookmark
// behind it.
func (p *paper) writeOutline(root int, object func(int, string, ...any)) {
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
		object(at(i+1), "<</Title <%s> /Parent %d 0 R%s /Dest [%d 0 R /XYZ 0 %.2f null]>>",
			utf16Hex(b.text), at(n.parent), opt.String(), firstPage+2*b.page, (p.h-b.y)/mmPerPoint)
	}
}

func utf16Hex(s string) []byte {
	out := []byte("FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		out = fmt.Appendf(out, "%04X", u)
	}
	return out
}
