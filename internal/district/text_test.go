package district

import "testing"

func TestWhatAPersonTypesIsOneLineAndSteersNoTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"  ":                          "",
		"a new clerk":                 "a new clerk",
		"two\nlines\r\n":              "two lines",
		"\x1b[2J\x1b]0;title\x07gone": "[2J ]0;title gone",
		"Muñoz\u00a0Peña":             "Muñoz Peña",
	} {
		if got := OneLine(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
