package reports

import "cmp"

// natural orders names as people count: Room 2 before Room 11.
func natural(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		if isDigit(x[0]) && isDigit(y[0]) {
			m, n := number(x), number(y)
			if c := cmp.Or(cmp.Compare(len(m), len(n)), cmp.Compare(m, n)); c != 0 {
				return c
			}
			x, y = afterDigits(x), afterDigits(y)
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	// Room 1 and Room 01 are two names still.
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func afterDigits(s string) string {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return s[i:]
}

// number is the number s begins with, without leading zeros.
func number(s string) string {
	s = s[:len(s)-len(afterDigits(s))]
	for len(s) > 1 && s[0] == '0' {
		s = s[1:]
	}
	return s
}
