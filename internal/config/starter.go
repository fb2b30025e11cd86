package config

import (
	_ "embed"
	"strings"
	"text/template"
)

//go:embed starter.yaml
var starterText string

var starter = template.Must(template.New("starter.yaml").Parse(starterText))

// Starter is what differs between a district's first configuration and the
// fictitious one.
type Starter struct {
	Name, Street, City, Zip, Phone, Website string
	Domain                                  string // of the staff's addresses
	Bundle                                  string // folder of the export
}

// NewDistrict is the starter of `rollcall init`: every value a district must
// change is there to be changed.
var NewDistrict = Starter{
	Name: "Your Unified School District", Street: "100 Main Street", City: "Your City", Zip: "92500",
	Phone: "(951) 555-0100", Website: "www.example.org", Domain: "example.org", Bundle: "bundle",
}

// Text is the commented rollcall.yaml.
func (s Starter) Text() string {
	var b strings.Builder
	if err := starter.Execute(&b, s); err != nil {
		panic(err) // the template and its data are both in this package
	}
	return b.String()
}

// DemoDistrict is the starter of `rollcall demo`: the invented town.
var DemoDistrict = Starter{
	Name: "Valle Verde Unified School District", Street: "2400 Orchard Avenue", City: "Valle Verde", Zip: "92599",
	Phone: "(951) 555-0100", Website: "www.valleverde.example.org", Domain: "example.org", Bundle: "bundle",
}
