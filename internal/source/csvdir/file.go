package csvdir

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"
	"unsafe"

	"rollcall/internal/district"
)

// fileName is the file as people see it.
func fileName(f district.File) string { return string(f) + ".csv" }

// errAbsent tells a file that is not there from one that cannot be read.
var errAbsent = errors.New("no such file")

// readFile reads a regular file of the folder and nothing outside it.
func readFile(root *os.Root, name string) ([]byte, error) {
	info, err := root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errAbsent
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	whole := bytes.NewBuffer(roomFor[byte](int(info.Size()) + bytes.MinRead))
	_, err = whole.ReadFrom(f)
	return whole.Bytes(), err
}

// readHead is readFile where only the header is wanted: of a file in good order
// it keeps the first lines, up to a mebibyte, and checks the encoding of the
// others as they pass. A file that is not is read whole, for decode to say what
// is wrong with it.
func readHead(root *os.Root, name string) ([]byte, error) {
	if info, err := root.Stat(name); err != nil || !info.Mode().IsRegular() {
		return readFile(root, name)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var head []byte
	window, kept := make([]byte, 1<<20), 0
	for {
		n, err := io.ReadFull(f, window[kept:])
		lines := window[:kept+n]
		if err == nil { // there may be more, and a character cut in two
			lines = lines[:bytes.LastIndexByte(lines, '\n')+1]
		}
		if len(lines) == 0 && err == nil || !utf8.Valid(lines) {
			return readFile(root, name)
		}
		if head == nil {
			head = bytes.Clone(lines)
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return head, nil
		case err != nil:
			return nil, err
		}
		kept = copy(window, window[len(lines):])
	}
}

// textOf shares the memory of data, to which nobody writes again: a copy of a
// year's attendance would cost as much as reading it.
func textOf(data []byte) string { return unsafe.String(unsafe.SliceData(data), len(data)) }

// decode checks the encoding of a file and takes its byte-order mark off.
func decode(name, text string) (string, error) {
	const bom = "\uFEFF"
	text = strings.TrimPrefix(text, bom)
	if encoding := utf16Name(text); encoding != "" {
		return "", fmt.Errorf("%s: is %s, not UTF-8; export it as UTF-8 or convert it: %s", name, encoding, iconv(encoding, name))
	}
	if !utf8.ValidString(text) {
		line, column, b := firstInvalid(text)
		where := fmt.Sprintf("line %d", line)
		if column != "" {
			where += ", column " + column
		}
		return "", fmt.Errorf("%s: %s: is not UTF-8 (byte 0x%02X, as Windows-1252 writes it); export it as UTF-8 or convert it: %s",
			name, where, b, iconv("WINDOWS-1252", name))
	}
	if !strings.Contains(text, "\n") && strings.Contains(text, "\r") {
		return "", fmt.Errorf("%s: its lines end as on an old Macintosh; save it as CSV UTF-8, or convert it: tr '\\r' '\\n' < %s > %s",
			name, name, converted(name))
	}
	return text, nil
}

func iconv(encoding, name string) string {
	return fmt.Sprintf("iconv -f %s -t UTF-8 %s > %s", encoding, name, converted(name))
}

func converted(name string) string { return strings.TrimSuffix(name, ".csv") + "-utf8.csv" }

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

// firstInvalid finds the first byte that is no UTF-8: its line and, where the
// header names it, its column.
func firstInvalid(text string) (line int, column string, b byte) {
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		at += size
	}
	header := newScanner(text)
	header.next()
	lineStart := strings.LastIndexByte(text[:at], '\n') + 1
	line = 1 + strings.Count(text[:at], "\n")
	if n := fieldsBefore(text[lineStart:at]); n < len(header.fields) && line > 1 {
		column, _ = clean(header.fields[n])
	}
	return line, column, text[at]
}

// fieldsBefore counts the commas outside quotes.
func fieldsBefore(s string) int {
	n, quoted := 0, false
	for i := range len(s) {
		switch s[i] {
		case '"':
			quoted = !quoted
		case ',':
			if !quoted {
				n++
			}
		}
	}
	return n
}
