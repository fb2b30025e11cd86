package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v4"

	"rollcall/internal/intervention"
)

// RuleSets are the policy as it is written: one mapping, or a list of them, the
// oldest first. Left out they are the default policy.
type RuleSets []intervention.PolicyText

// UnmarshalYAML reads either form as strictly as the rest of the file.
func (s *RuleSets) UnmarshalYAML(n *yaml.Node) error {
	written := n
	if n.Kind == yaml.AliasNode {
		written = n.Alias
	}
	if written.Kind == yaml.SequenceNode {
		return n.Load((*[]intervention.PolicyText)(s), yaml.WithKnownFields())
	}
	var only intervention.PolicyText
	if err := n.Load(&only, yaml.WithKnownFields()); err != nil {
		return err
	}
	*s = RuleSets{only}
	return nil
}

// policies compiles the rule sets and puts each fault where the file has it.
func (v *checker) policies(sets RuleSets) *intervention.Policies {
	if sets == nil {
		sets = RuleSets{{}}
	}
	compiled, err := intervention.CompilePolicies(sets)
	written, _ := v.find([]string{"policy"})
	for _, f := range intervention.Faults(err) {
		path, name := []string{"policy"}, "policy"
		if written.Kind == yaml.SequenceNode && len(sets) > 0 {
			path = append(path, strconv.Itoa(f.Set))
			name = fmt.Sprintf("policy, rule set %d", f.Set+1)
		}
		path = append(path, f.Key)
		if f.Rule > 0 {
			path = append(path, strconv.Itoa(f.Rule-1), "when")
		}
		v.faults.Faults = append(v.faults.Faults, Fault{Line: v.line(path), Problem: name + ": " + f.Error()})
	}
	return compiled
}

// LoadPolicies reads a policy alone: from a whole rollcall.yaml, of which
// nothing else is looked at, or from a file that holds just what stands under
// its policy key. The error is *Faults for everything that is wrong inside.
func LoadPolicies(path string, getenv func(string) (string, bool)) (*intervention.Policies, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	faults := &Faults{Path: filepath.Base(path)}
	var root yaml.Node
	if err := yaml.Load(data, &root); err != nil {
		faults.add(err)
		return nil, faults
	}
	node := policyOf(&root)
	expand(node, getenv, faults)
	var only struct {
		Policy RuleSets `yaml:"policy"`
	}
	if err := node.Load(&only, yaml.WithKnownFields()); err != nil {
		faults.add(err)
		return nil, faults
	}
	compiled := (&checker{root: node, faults: faults}).policies(only.Policy)
	return compiled, faults.err()
}

// policyOf is a file's policy as a mapping with nothing but the key policy.
func policyOf(root *yaml.Node) *yaml.Node {
	whole := &yaml.Node{Kind: yaml.MappingNode}
	if len(root.Content) == 0 {
		return whole
	}
	top := root.Content[0]
	if value, line := child(top, "policy"); value != nil {
		whole.Content = []*yaml.Node{{Kind: yaml.ScalarNode, Value: "policy", Line: line}, value}
		return whole
	}
	for i := 0; top.Kind == yaml.MappingNode && i < len(top.Content); i += 2 {
		if slices.Contains(keysOf("config.Config"), top.Content[i].Value) {
			return whole // a configuration that leaves its policy out
		}
	}
	whole.Content = []*yaml.Node{{Kind: yaml.ScalarNode, Value: "policy", Line: top.Line}, top}
	return whole
}
