package config

import (
	"strconv"

	"go.yaml.in/yaml/v4"
)

// line finds the deepest key of path that the file has. Items of a list are
// numbered from 0.
func (v *checker) line(path []string) int {
	_, line := v.find(path)
	return line
}

// find is line with what stands there.
func (v *checker) find(path []string) (n *yaml.Node, line int) {
	n = v.root
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	for _, key := range path {
		next, at := child(n, key)
		if next == nil {
			break
		}
		n, line = next, at
	}
	return n, line
}

// child is a mapping's value and the line of its key, or a list's item and the
// line it begins on; nil where there is none.
func child(n *yaml.Node, key string) (*yaml.Node, int) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i+1], n.Content[i].Line
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i < len(n.Content) {
			return n.Content[i], n.Content[i].Line
		}
	}
	return nil, 0
}
