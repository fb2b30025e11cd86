package mail

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMailGoesToAllowedDomainsOnly(t *testing.T) {
	domains := []string{"example.org", "oak.example.org"}
	for address, want := range map[string]bool{
		"pat@example.org":                      true,
		"pat@EXAMPLE.org":                      true,
		"Pat Doe <pat@oak.example.org>":        true,
		"pat@elm.example.org":                  false,
		"pat@example.org.example.net":          false,
		"pat@badexample.org":                   false,
		"pat@example.net":                      false,
		`"pat@example.net"@example.org`:        false,
		"pat%example.net@example.org":          false,
		"example.net!pat@example.org":          false,
		"pat@example.org, x@example.net":       false,
		"pat@example.net (x@example.org)":      false,
		"pat@example.net\r\nTo: x@example.org": false,
		"<@example.net:pat@example.org>":       false,
		"pat@example.org.":                     false,
		"example.org":                          false,
		"@example.org":                         false,
		"":                                     false,
	} {
		if got := Allowed(domains, address); got != want {
			t.Errorf("%q: allowed %t, want %t", address, got, want)
		}
	}
	if Allowed(nil, "pat@example.org") {
		t.Error("an empty list allowed somebody")
	}
}

func TestMessageIDTellsMessagesApart(t *testing.T) {
	seen := map[string][3]string{}
	for _, parts := range [][3]string{
		{"2025-10-15", "101", "admin"}, {"2025-10-15", "101", "office_manager"}, {"2025-10-15", "102", "admin"},
		{"2025-10-16", "101", "admin"}, {"2025-10-15", "1/01", "admin"}, {"2025-10-15", "1\\01", "admin"},
		{"2025-10-15", "1_01", "admin"}, {"2025-10-15", "..", "admin"}, {"2025-10-15", "", "admin"},
		{"2025-10-15-2", "101", "admin"}, {"2025-10-15", "2-101", "admin"}, {"2025-10-15", "Peñón\r\nX: y", "admin"},
	} {
		for _, name := range []string{MessageID(parts[0], parts[1], parts[2], "example.org"), Slug(parts[0], parts[1], parts[2])} {
			if other, there := seen[name]; there {
				t.Errorf("%q and %q are both %s", parts, other, name)
			}
			seen[name] = parts
		}
		if id := MessageID(parts[0], parts[1], parts[2], "example.org"); !messageID.MatchString(id) || id != MessageID(parts[0], parts[1], parts[2], "example.org") {
			t.Errorf("message ID %s", id)
		}
		if name := Slug(parts[0], parts[1], parts[2]); !SafeName(name) {
			t.Errorf("file name %q", name)
		}
	}
	if got := Slug("2025-10-15", "101", "office_manager"); got != "2025-10-15-101-office_manager" {
		t.Errorf("file name %s", got)
	}
}

// Folders of mail are looked at from computers to which a and A are one.
func TestNoTwoMessagesShareAFile(t *testing.T) {
	part := rapid.StringOfN(rapid.SampledFrom([]rune("aA1-_./é\r")), 0, 5, -1)
	rapid.Check(t, func(t *rapid.T) {
		one := [2]string{part.Draw(t, "school"), part.Draw(t, "role")}
		other := [2]string{part.Draw(t, "other school"), part.Draw(t, "other role")}
		if one == other || one[0] == other[0] && strings.EqualFold(one[1], other[1]) {
			return
		}
		a, b := Slug("2025-10-15", one[0], one[1]), Slug("2025-10-15", other[0], other[1])
		if strings.EqualFold(a, b) {
			t.Fatalf("%q and %q are both %s", one, other, a)
		}
		if !SafeName(a) {
			t.Fatalf("%q is no file's name", a)
		}
	})
}

func TestReceiptSaysWhoIsLeft(t *testing.T) {
	r := Receipt{Deliveries: []Delivery{
		{To: "a@example.org", Outcome: Sent}, {To: "b@example.org", Outcome: Temporary},
		{To: "c@example.org", Outcome: Permanent}, {To: "d@example.org", Outcome: Unknown},
	}}
	if d := cmp.Diff([]string{"b@example.org", "d@example.org"}, r.Open()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]Delivery{{To: "c@example.org", Outcome: Permanent}}, r.With(Permanent)); d != "" {
		t.Error(d)
	}
}
