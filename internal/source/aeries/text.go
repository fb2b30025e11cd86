package aeries

import (
	"encoding/json"
	"strings"
)

// text is a value that the API writes as a string in one version and as a number in
// another.
type text string

// UnmarshalJSON reads either, and null as nothing.
func (t *text) UnmarshalJSON(data []byte) error {
	var s *string
	if err := json.Unmarshal(data, &s); err == nil {
		*t = ""
		if s != nil {
			*t = text(*s)
		}
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*t = text(n)
	return nil
}

func (t text) trim() string { return strings.TrimSpace(string(t)) }
