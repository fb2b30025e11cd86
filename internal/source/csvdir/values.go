package csvdir

import (
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

// month is that of the last date read. The next date mostly lies in it too, and
// then only its day need be read.
type month struct {
	text  string // as a file has it: 2026-10-
	first district.Date
}

// parse is district.ParseDate.
func (m *month) parse(s string) (d district.Date, ok bool) {
	const text, day = len("2026-10-"), len("15")
	if len(s) == text+day && s[:text] == m.text {
		// What every month has; its last days are read the long way.
		if n, ok := wholeNumber(s[text:], 28); ok && n > 0 {
			return m.first + district.Date(n-1), true
		}
	}
	d, err := district.ParseDate(s)
	if err != nil {
		return 0, false
	}
	n, _ := wholeNumber(s[text:], 31)
	*m = month{s[:text], d - district.Date(n-1)}
	return d, true
}
