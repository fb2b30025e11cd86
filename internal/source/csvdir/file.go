package csvdir

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"
	"unsafe"

	"rollcall/internal/bundle"
	"rollcall/internal/hugepages"
)

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
	whole := bytes.NewBuffer(hugepages.Make[byte](int(info.Size()) + bytes.MinRead))
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
	header := newScanner(text, ',')
	header.next()
	lineStart := strings.LastIndexByte(text[:at], '\n') + 1
	line = 1 + strings.Count(text[:at], "\n")
	if n := fieldsBefore(text[lineStart:at]); n < len(header.fields) && line > 1 {
		column = bundle.Clean(header.fields[n])
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
