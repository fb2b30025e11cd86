package edfi

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// node is an element of an interchange file with all that is in it. Namespaces are left
// out: each version of the standard has its own.
type node struct {
	name string
	text string
	kids []*node
}

// entities hands out the elements right below the root, one by one.
func entities(r io.Reader, each func(*node) error) error {
	d := xml.NewDecoder(r)
	for depth := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				depth++
				continue
			}
			n, err := read(d, token)
			if err != nil {
				return err
			}
			if err := each(n); err != nil {
				return err
			}
		case xml.EndElement:
			depth--
		}
	}
}

func read(d *xml.Decoder, start xml.StartElement) (*node, error) {
	n := &node{name: start.Name.Local}
	var text strings.Builder
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			kid, err := read(d, token)
			if err != nil {
				return nil, err
			}
			n.kids = append(n.kids, kid)
		case xml.CharData:
			text.Write(token)
		case xml.EndElement:
			n.text = strings.TrimSpace(text.String())
			return n, nil
		}
	}
}

// find is the first element of a name inside, however deep: versions of the standard nest
// differently, and a name has one meaning within an entity.
func (n *node) find(names ...string) *node {
	for _, kid := range n.kids {
		for _, name := range names {
			if kid.name == name {
				return kid
			}
		}
	}
	for _, kid := range n.kids {
		if found := kid.find(names...); found != nil {
			return found
		}
	}
	return nil
}

// get is the text of the first element of a name; of a descriptor the code, without its
// namespace.
func (n *node) get(names ...string) string {
	if n == nil {
		return ""
	}
	found := n.find(names...)
	if found == nil {
		return ""
	}
	return code(found.text)
}

func code(text string) string {
	if strings.HasPrefix(text, "uri://") {
		if _, after, ok := strings.Cut(text, "#"); ok {
			return after
		}
	}
	return text
}

// all are the elements of a name right inside.
func (n *node) all(name string) (list []*node) {
	for _, kid := range n.kids {
		if kid.name == name {
			list = append(list, kid)
		}
	}
	return list
}
