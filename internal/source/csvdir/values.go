package csvdir

import "strings"

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
