package shelf

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// longestElement leaves room in a file name of 255 bytes for what renameio adds
	// while the file is written.
	longestElement = 200
	// longestPath is the longest key of a bucket.
	longestPath = 1024
)

// CheckPath tells whether a document may have this path: folders and a name,
// joined by slashes, relative, in printable UTF-8. Refused are absolute paths, empty
// elements and over-long ones, elements that begin with a full stop (".." and hidden
// files among them) or end in a full stop or a space, backslashes and colons
// (another system's separators), and control characters. What is allowed here names the
// same document in a folder and in a bucket.
func CheckPath(path string) error {
	switch {
	case path == "":
		return fmt.Errorf("shelf: a document needs a path")
	case len(path) > longestPath:
		return fmt.Errorf("shelf: path of %d bytes is longer than %d", len(path), longestPath)
	case !utf8.ValidString(path):
		return fmt.Errorf("shelf: path %q is not UTF-8", path)
	case strings.ContainsAny(path, `\:`):
		return fmt.Errorf("shelf: path %q holds a backslash or a colon", path)
	case strings.ContainsFunc(path, func(r rune) bool { return !unicode.IsPrint(r) }):
		return fmt.Errorf("shelf: path %q holds a character that cannot be printed", path)
	}
	for element := range strings.SplitSeq(path, "/") {
		switch {
		case element == "":
			return fmt.Errorf("shelf: path %q is absolute or has an empty element", path)
		case element[0] == '.':
			return fmt.Errorf("shelf: path %q: %q begins with a full stop", path, element)
		case strings.TrimRight(element, ". ") != element:
			return fmt.Errorf("shelf: path %q: %q ends in a full stop or a space", path, element)
		case len(element) > longestElement:
			return fmt.Errorf("shelf: path %q: an element is longer than %d bytes", path, longestElement)
		}
	}
	return nil
}
