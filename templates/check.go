package templates

import (
	"fmt"
	"reflect"
	"text/template"
	"text/template/parse"
)

// checkFields finds fields that the data do not have, in every branch, also in
// those no sample family reaches. Where the type of dot cannot be known without
// running the template, running it is left to find out.
func checkFields(t *template.Template, data any) error {
	for _, tree := range t.Templates() {
		if tree.Tree == nil {
			continue
		}
		c := fieldCheck{tree: tree.Tree, root: reflect.TypeOf(data)}
		dot := c.root
		if tree.Name() != t.Name() {
			dot = nil // called with what the caller gives
			c.root = nil
		}
		if err := c.node(tree.Tree.Root, dot); err != nil {
			return err
		}
	}
	return nil
}

type fieldCheck struct {
	tree *parse.Tree
	root reflect.Type
}

func (c *fieldCheck) node(n parse.Node, dot reflect.Type) error {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		for _, child := range n.Nodes {
			if err := c.node(child, dot); err != nil {
				return err
			}
		}
	case *parse.ActionNode:
		_, err := c.pipe(n.Pipe, dot)
		return err
	case *parse.TemplateNode:
		if n.Pipe != nil {
			_, err := c.pipe(n.Pipe, dot)
			return err
		}
	case *parse.IfNode:
		return c.branch(&n.BranchNode, dot, func(reflect.Type) reflect.Type { return dot })
	case *parse.WithNode:
		return c.branch(&n.BranchNode, dot, func(t reflect.Type) reflect.Type { return t })
	case *parse.RangeNode:
		return c.branch(&n.BranchNode, dot, func(t reflect.Type) reflect.Type {
			if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
				return t.Elem()
			}
			return nil
		})
	}
	return nil
}

func (c *fieldCheck) branch(n *parse.BranchNode, dot reflect.Type, inner func(reflect.Type) reflect.Type) error {
	t, err := c.pipe(n.Pipe, dot)
	if err != nil {
		return err
	}
	if err := c.node(n.List, inner(t)); err != nil {
		return err
	}
	return c.node(n.ElseList, dot)
}

// pipe gives the type of a pipeline's value, nil where it is not plain.
func (c *fieldCheck) pipe(p *parse.PipeNode, dot reflect.Type) (reflect.Type, error) {
	var last reflect.Type
	for _, cmd := range p.Cmds {
		last = nil
		for _, arg := range cmd.Args {
			t, err := c.arg(arg, dot)
			if err != nil {
				return nil, err
			}
			if len(cmd.Args) == 1 {
				last = t
			}
		}
	}
	return last, nil
}

func (c *fieldCheck) arg(n parse.Node, dot reflect.Type) (reflect.Type, error) {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot, nil
	case *parse.FieldNode:
		return c.fields(n, dot, n.Ident)
	case *parse.VariableNode:
		if n.Ident[0] == "$" {
			return c.fields(n, c.root, n.Ident[1:])
		}
	case *parse.PipeNode:
		return c.pipe(n, dot)
	}
	return nil, nil
}

func (c *fieldCheck) fields(n parse.Node, t reflect.Type, names []string) (reflect.Type, error) {
	for _, name := range names {
		if t == nil {
			return nil, nil
		}
		if t.Kind() != reflect.Struct {
			return nil, c.fault(n, "%s has no fields, so no %s", t, name)
		}
		field, ok := t.FieldByName(name)
		if !ok || !field.IsExported() {
			return nil, c.fault(n, "no field %s: there are %s", name, fieldNames(t))
		}
		t = field.Type
	}
	return t, nil
}

func (c *fieldCheck) fault(n parse.Node, format string, args ...any) error {
	location, _ := c.tree.ErrorContext(n)
	return fmt.Errorf("%s: %s", location, fmt.Sprintf(format, args...))
}

func fieldNames(t reflect.Type) string {
	s := ""
	for _, f := range reflect.VisibleFields(t) {
		if !f.Anonymous && f.IsExported() {
			if s != "" {
				s += ", "
			}
			s += f.Name
		}
	}
	return s
}
