package intervention

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
)

// RuleList is one of the policy's lists of rules.
type RuleList int

// The lists, in the order of rules.md 4. The last two are asked about students
// who had a meeting, and may name the fields that count from it.
const (
	CARTRules RuleList = iota
	SARTRules
	WatchRules
	CARTAgainRules // a CART meeting again, after a completed one
	SARBRules      // a referral to SARB, after a completed SART
	ruleLists
)

// String is the list's key in the configuration.
func (l RuleList) String() string {
	return [...]string{"cart", "sart", "watch_list", "cart_again", "sarb_referral"}[l]
}

func (l RuleList) afterMeeting() bool { return l == CARTAgainRules || l == SARBRules }

// rule is one compiled rule.
type rule struct {
	name, text string
	program    *vm.Program
	names      []field // the fields its expression names, in order, each once
	builtIn    bool    // the default of its list, for which there are words
}

// desk is a machine with the standing it looks at.
type desk struct {
	machine vm.VM
	fields  fields
}

// Holds is the name of the first rule of a list that holds for a standing, and
// looks at its figures alone: a tally without evidence is enough. since is read
// by the lists that come after a meeting and may be zero for the others.
func (p *Policy) Holds(list RuleList, s *attendance.Standing, since Since) (rule string, ok bool) {
	d := p.desks.Get().(*desk)
	defer p.desks.Put(d)
	d.fields.fill(s, since)
	if r := p.first(list, d); r != nil {
		return r.name, true
	}
	return "", false
}

// Reason is the rule that Holds, with its words and its dates, which it takes
// from the standing's evidence.
func (p *Policy) Reason(list RuleList, s *attendance.Standing, since Since) (Reason, bool) {
	d := p.desks.Get().(*desk)
	defer p.desks.Put(d)
	d.fields.fill(s, since)
	r := p.first(list, d)
	if r == nil {
		return Reason{}, false
	}
	return Reason{
		Rule: r.name, Expr: r.text,
		Words: r.words(list, s, since, &d.fields),
		Dates: r.dates(list, s, since),
	}, true
}

// first is the first rule of a list that holds for what lies on the desk, nil
// where none does.
func (p *Policy) first(list RuleList, d *desk) *rule {
	for i := range p.rules[list] {
		r := &p.rules[list][i]
		holds, err := d.machine.Run(r.program, &d.fields)
		if err != nil {
			// check admits no operator that can fail; a child left out in
			// silence would be worse than a night that stops.
			panic(fmt.Sprintf("policy: %s rule %q: %v", list, r.name, err))
		}
		if holds.(bool) {
			return r
		}
	}
	return nil
}

// simpleName keeps rule names fit for a column, a file name and a sentence.
var simpleName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,39}$`)

func compileList(list RuleList, texts []RuleText) (rules []rule, faults []error) {
	fault := func(i int, format string, args ...any) {
		faults = append(faults, &Fault{Key: list.String(), Rule: i + 1, Problem: fmt.Sprintf(format, args...)})
	}
	seen := map[string]bool{}
	defaults := DefaultPolicy()
	for i, t := range texts {
		switch key := strings.ToLower(t.Name); {
		case !simpleName.MatchString(t.Name):
			fault(i, "rule %d: name %q is not a letter followed by up to 39 letters, digits, - or _", i+1, t.Name)
		case seen[key]:
			fault(i, "two rules are named %q", t.Name)
		default:
			seen[key] = true
		}
		r, problems := compileRule(list, t)
		for _, problem := range problems {
			fault(i, "rule %q: %s", t.Name, problem)
		}
		r.builtIn = slices.Contains(*defaults.listOf(list), RuleText{Name: r.name, When: r.text})
		rules = append(rules, r)
	}
	return rules, faults
}

// maxExpression bounds what one rule can cost.
const maxExpression = 2000

func compileRule(list RuleList, t RuleText) (rule, []error) {
	r := rule{name: t.Name, text: strings.TrimSpace(t.When)}
	switch {
	case r.text == "":
		return r, []error{errors.New("when is empty")}
	case len(r.text) > maxExpression:
		return r, []error{fmt.Errorf("when has %d characters, %d are the most", len(r.text), maxExpression)}
	}
	tree, err := parser.Parse(r.text)
	if err != nil {
		return r, []error{placed(err)}
	}
	c := checker{list: list, source: tree.Source, rule: &r}
	ast.Walk(&tree.Node, &c)
	if len(c.faults) > 0 {
		return r, c.faults
	}
	r.program, err = expr.Compile(r.text, expr.Env(fields{}), expr.AsBool(), expr.DisableAllBuiltins())
	if err != nil {
		return r, []error{placed(err)}
	}
	return r, nil
}

// placed puts line and column before what the expression compiler says.
func placed(err error) error {
	var at *file.Error
	if !errors.As(err, &at) { // the expression as a whole has the wrong type
		return fmt.Errorf("at 1:1: %w", err)
	}
	return fmt.Errorf("at %d:%d: %s", at.Line, at.Column+1, at.Message)
}

// checker admits comparisons, logic and arithmetic over the fields, and nothing
// that could fail, run long or answer differently on another night. It also
// refuses comparisons that can only be slips, because a rule that never holds
// is a child nobody meets.
type checker struct {
	list   RuleList
	source file.Source
	rule   *rule
	faults []error
}

var operators = []string{
	"==", "!=", "<", "<=", ">", ">=", "&&", "||", "and", "or", "!", "not",
	"+", "-", "*", "/", "in", "contains", "startsWith", "endsWith",
}

// Visit is called for each node, children first.
func (c *checker) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		f, ok := fieldsByName[n.Value]
		switch {
		case !ok:
			c.refuse(n, "unknown field %s; the fields are %s", n.Value, strings.Join(c.known(), ", "))
		case f.after && !c.list.afterMeeting():
			c.refuse(n, "%s is known only after a meeting, in cart_again and sarb_referral", n.Value)
		case !slices.Contains(c.rule.names, f):
			c.rule.names = append(c.rule.names, f)
		}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.StringNode, *ast.ConditionalNode, *ast.ArrayNode:
	case *ast.UnaryNode:
		if !slices.Contains(operators, n.Operator) {
			c.refuse(n, "the operator %s has no place in a rule", n.Operator)
		}
	case *ast.BinaryNode:
		if !slices.Contains(operators, n.Operator) {
			c.refuse(n, "the operator %s has no place in a rule", n.Operator)
			return
		}
		if f, ok := fieldOf(n.Left); ok {
			c.compare(n, f, n.Right)
		}
		if f, ok := fieldOf(n.Right); ok {
			c.compare(n, f, n.Left)
		}
	case *ast.BuiltinNode:
		c.refuse(n, "the function %s has no place in a rule", n.Name)
	case *ast.CallNode:
		c.refuse(n, "a rule calls no function")
	default:
		c.refuse(n, "a rule is made of fields, numbers, texts, comparisons and logic only")
	}
}

// compare looks at a field beside a constant.
func (c *checker) compare(n *ast.BinaryNode, f field, other ast.Node) {
	switch n.Operator {
	case "==", "!=", "<", "<=", ">", ">=":
		c.constant(f, other)
	case "in":
		if list, ok := other.(*ast.ArrayNode); ok {
			for _, element := range list.Nodes {
				c.constant(f, element)
			}
		}
	}
}

func (c *checker) constant(f field, node ast.Node) {
	switch v := node.(type) {
	case *ast.StringNode:
		switch {
		case f.name == "tier" && !slices.Contains(attendance.Tiers, attendance.Tier(v.Value)):
			c.refuse(v, "%q is no tier; the tiers are %s, %s, %s and %s", v.Value,
				attendance.Satisfactory, attendance.AtRisk, attendance.Chronic, attendance.Severe)
		case f.name == "grade" && district.GradeIndex(v.Value) < 0:
			c.refuse(v, "%q is no grade; the grades are %s", v.Value, strings.Join(district.Grades, ", "))
		case f.kind != reflect.String:
			c.refuse(v, "%s is compared with the text %q", f.name, v.Value)
		}
	case *ast.IntegerNode:
		c.numeric(f, v, float64(v.Value))
	case *ast.FloatNode:
		c.numeric(f, v, v.Value)
	}
}

func (c *checker) numeric(f field, node ast.Node, value float64) {
	switch {
	case f.kind == reflect.Bool:
		c.refuse(node, "%s is true or false, not a number", f.name)
	case f.kind == reflect.String:
		c.refuse(node, "%s is compared with a number; write %q as a text", f.name, node.String())
	case f.rate && value > 1:
		c.refuse(node, "%s is a fraction: write 0.10 for ten percent", f.name)
	}
}

func (c *checker) known() []string {
	var names []string
	for _, name := range fieldNames {
		if !fieldsByName[name].after || c.list.afterMeeting() {
			names = append(names, name)
		}
	}
	return names
}

func (c *checker) refuse(node ast.Node, format string, args ...any) {
	at := &file.Error{Location: node.Location(), Message: fmt.Sprintf(format, args...)}
	c.faults = append(c.faults, placed(at.Bind(c.source)))
}

func fieldOf(node ast.Node) (field, bool) {
	id, ok := node.(*ast.IdentifierNode)
	if !ok {
		return field{}, false
	}
	f, ok := fieldsByName[id.Value]
	return f, ok
}
