package csvdir

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// isUTF8 reports an encoding that needs no decoding.
func isUTF8(encoding string) bool { return encoding == "" || encoding == "utf-8" }

// decode is the text of a file that is in the encoding it is declared to be in. A file
// that is plainly in another one is refused.
func decode(name string, data []byte, declared string) (string, error) {
	text := textOf(data)
	var err error
	switch declared {
	case "utf-16":
		text, err = decodeUTF16(name, text)
	case "windows-1252":
		text, err = decode1252(name, text)
	default:
		text, err = checkUTF8(name, text)
	}
	if err != nil {
		return "", err
	}
	if !strings.Contains(text, "\n") && strings.Contains(text, "\r") {
		return "", fmt.Errorf("%s: its lines end as on an old Macintosh; save it as CSV UTF-8, or convert it: tr '\\r' '\\n' < %s > %s",
			name, name, converted(name))
	}
	return text, nil
}

const byteOrderMark = "\uFEFF"

// checkUTF8 takes the byte-order mark off, and refuses anything but UTF-8.
func checkUTF8(name, text string) (string, error) {
	text = strings.TrimPrefix(text, byteOrderMark)
	if encoding := utf16Name(text); encoding != "" {
		return "", fmt.Errorf("%s: is %s, not UTF-8; export it as UTF-8, declare source.encoding: utf-16, or convert it: %s", name, encoding, iconv(encoding, name))
	}
	if !utf8.ValidString(text) {
		line, column, b := firstInvalid(text)
		where := fmt.Sprintf("line %d", line)
		if column != "" {
			where += ", column " + column
		}
		return "", fmt.Errorf("%s: %s: is not UTF-8 (byte 0x%02X, as Windows-1252 writes it); export it as UTF-8, declare source.encoding: windows-1252, or convert it: %s",
			name, where, b, iconv("WINDOWS-1252", name))
	}
	return text, nil
}

// decodeUTF16 goes by the byte-order mark, and without one by where the zero bytes are.
func decodeUTF16(name, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	order := unicode.LittleEndian
	switch utf16Name(text) {
	case "":
		return "", fmt.Errorf("%s: is declared to be utf-16 (encoding) and is not; leave the encoding out if it is UTF-8", name)
	case "UTF-16BE":
		order = unicode.BigEndian
	}
	out, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().String(text)
	if err != nil {
		return "", fmt.Errorf("%s: is not whole UTF-16: %w; export it again", name, err)
	}
	if before, _, torn := strings.Cut(out, string(utf8.RuneError)); torn {
		return "", fmt.Errorf("%s: line %d: a character is cut in two, or missing; export it again", name, 1+strings.Count(before, "\n"))
	}
	return strings.TrimPrefix(out, byteOrderMark), nil
}

// decode1252 refuses what is UTF-8 in truth: read as Windows-1252, Núñez would become
// NÃºÃ±ez on every letter.
func decode1252(name, text string) (string, error) {
	ascii := strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
	switch {
	case utf16Name(text) != "":
		return "", fmt.Errorf("%s: is declared to be windows-1252 (encoding) and is UTF-16; declare utf-16", name)
	case !ascii && utf8.ValidString(text):
		return "", fmt.Errorf("%s: is declared to be windows-1252 (encoding) and is UTF-8; leave the encoding out", name)
	}
	out, err := charmap.Windows1252.NewDecoder().String(text)
	if err != nil {
		return "", fmt.Errorf("%s: cannot be read as Windows-1252: %w", name, err)
	}
	return out, nil
}

func iconv(encoding, name string) string {
	return fmt.Sprintf("iconv -f %s -t UTF-8 %s > %s", encoding, name, converted(name))
}

func converted(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) + "-utf8.csv" }

// utf16Name is the encoding of a text in UTF-16, by its mark or by the zero
// bytes beside the letters of the header; empty for anything else.
func utf16Name(text string) string {
	switch {
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		return "UTF-16"
	case len(text) < 4:
		return ""
	case text[0] != 0 && text[1] == 0 && text[2] != 0 && text[3] == 0:
		return "UTF-16LE"
	case text[0] == 0 && text[1] != 0 && text[2] == 0 && text[3] != 0:
		return "UTF-16BE"
	}
	return ""
}
