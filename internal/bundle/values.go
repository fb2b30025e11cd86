package bundle

import (
	"encoding/binary"
	"strings"

	"rollcall/internal/district"
)

// wholeNumber reads digits only: no sign, no point, no more than most.
func wholeNumber(s string, most int) (int, bool) {
	if s == "" {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		if n = 10*n + int(s[i]-'0'); n > most {
			return 0, false
		}
	}
	return n, true
}

// truth reads the bundle's booleans; spreadsheets write them in capitals.
func truth(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "true", "1", "yes", "y":
		return true, true
	case "false", "0", "no", "n":
		return false, true
	}
	return false, false
}

const notATruth = "is neither true nor false; write true, false, 1, 0, yes, no, Y or N"

// months remembers the months of a school year as a file writes them. Of a date
// in one of them only the day need be read, which takes a third of the time,
// and a year's attendance has a million dates.
type months [16]struct {
	text  uint64 // the eight bytes 2026-10-
	first district.Date
}

// parse is district.ParseDate.
func (ms *months) parse(s string) (d district.Date, ok bool) {
	const month = len("2026-10-")
	if len(s) != len("2026-10-15") {
		return 0, false
	}
	text := binary.NativeEndian.Uint64([]byte(s[:month]))
	// The digits of the twelve months make twelve numbers in a row.
	m := &ms[(10*s[5]+s[6])%byte(len(ms))]
	if text == m.text {
		// Every month has 28 days; later ones are read the long way.
		if n := 10*uint(s[month]-'0') + uint(s[month+1]-'0'); s[month+1]-'0' <= 9 && 1 <= n && n <= 28 {
			return m.first + district.Date(n-1), true
		}
	}
	d, err := district.ParseDate(s)
	if err != nil {
		return 0, false
	}
	n, _ := wholeNumber(s[month:], 31)
	m.text, m.first = text, d-district.Date(n-1)
	return d, true
}
