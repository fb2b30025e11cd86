package mail

import (
	"fmt"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
)

// plainAddress is the narrow form of an address we write into an envelope: no
// quoted local parts, no percent or bang routes that would make an allowed
// server pass the mail on to another one, ASCII only.
var plainAddress = regexp.MustCompile(`^[A-Za-z0-9.#$&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$`)

// longestAddress is the limit of RFC 5321 for a path, without its brackets.
const longestAddress = 254

func parseAddress(s string) (*netmail.Address, error) {
	if hasControl(s) {
		return nil, fmt.Errorf("address %q holds a control character", s)
	}
	address, err := netmail.ParseAddress(s)
	if err != nil || len(address.Address) > longestAddress || !plainAddress.MatchString(address.Address) {
		return nil, fmt.Errorf("%q is no e-mail address we can write to", s)
	}
	return address, nil
}

// Address gives the bare address of "Name <address>" or "address".
func Address(s string) (string, error) {
	address, err := parseAddress(s)
	if err != nil {
		return "", err
	}
	return address.Address, nil
}

// Allowed tells whether mail may go to an address: its domain is one of those
// listed, letter for letter, case aside. A subdomain is another domain. An empty
// list allows nothing, and neither does what is no address.
func Allowed(domains []string, address string) bool {
	bare, err := Address(address)
	if err != nil {
		return false
	}
	domain := bare[strings.LastIndexByte(bare, '@')+1:]
	return slices.ContainsFunc(domains, func(d string) bool { return strings.EqualFold(d, domain) })
}

// Recipients gives the bare addresses of To in their order, each once, and the
// malformed ones as permanent refusals.
func (m Message) Recipients() (good []string, refused []Delivery) {
	seen := map[string]bool{}
	for _, to := range m.To {
		address, err := Address(to)
		if err != nil {
			refused = append(refused, Delivery{To: to, Outcome: Permanent, Words: err.Error()})
			continue
		}
		if key := strings.ToLower(address); !seen[key] {
			seen[key] = true
			good = append(good, address)
		}
	}
	return good, refused
}

// Pending gives the addresses that this attempt has to serve: Recipients, or
// those of them that Only names. The refusals are those of a first attempt.
func (m Message) Pending() (good []string, refused []Delivery) {
	good, refused = m.Recipients()
	if len(m.Only) == 0 {
		return good, refused
	}
	good = slices.DeleteFunc(good, func(address string) bool {
		return !slices.ContainsFunc(m.Only, func(only string) bool { return strings.EqualFold(only, address) })
	})
	return good, nil
}
