package seal

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestName is what every file system takes, in bytes, with room for a number.
const longestName = 120

// fileNames gives each embedded file a name of its own; the keys are in lower
// case, because the office's file system may not tell Roster from roster.
type fileNames map[string]bool

// next is name made safe and, where it was given before, numbered.
func (given fileNames) next(name string) string {
	safe := fileName(name)
	ending := path.Ext(safe)
	stem := strings.TrimSuffix(safe, ending)
	for n := 2; given[strings.ToLower(safe)]; n++ {
		safe = fmt.Sprintf("%s-%d%s", stem, n, ending)
	}
	given[strings.ToLower(safe)] = true
	return safe
}

// fileName reduces a name to one a reader may save on any system: no path, no
// control or direction-turning characters, nothing a shell or Windows reserves.
func fileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == utf8.RuneError:
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	if name == "" {
		return "attachment"
	}
	if len(name) <= longestName {
		return name
	}
	ending := path.Ext(name)
	if len(ending) > 16 {
		ending = ""
	}
	return strings.ToValidUTF8(name[:longestName-len(ending)], "") + ending
}
