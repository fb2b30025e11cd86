package csvdir

import (
	"encoding/binary"
	"encoding/csv"
	"math/bits"
	"strings"
)

// scanner splits CSV text (RFC 4180) into records without copying it: fields
// are slices of the text. Only records with doubled quotes or line ends inside
// a field go through encoding/csv, which costs ten times as much.
type scanner struct {
	text      string
	separator byte
	width     int // fields of the header, 0 while it is being read
	// oneLine is for files without free text: there a line end inside quotes is
	// a stray quote, which would hide the rows up to the next one.
	oneLine bool

	pos      int // where the next record begins
	nextLine int // its line, less one

	line   int // physical line the record at hand begins on, from 1
	fields []string
	broken bool // the record's quotes do not match; fields mean nothing
}

func newScanner(text string, separator byte) scanner {
	return scanner{text: text, separator: separator}
}

// next advances to the next record that is not blank (nothing, spaces or only
// separators, as spreadsheets leave below a table) and reports whether there is
// one. A record with broken quotes costs one line, never the rest of the file.
func (s *scanner) next() bool {
	for s.pos < len(s.text) {
		s.nextLine++
		s.line, s.broken = s.nextLine, false
		if !s.split() {
			s.splitQuoted(s.takeLine())
		}
		if s.broken || !blank(s.fields) {
			return true
		}
	}
	return false
}

// takeLine is the line at hand without its end.
func (s *scanner) takeLine() string {
	line, _, _ := strings.Cut(s.text[s.pos:], "\n")
	s.pos = min(s.pos+len(line)+1, len(s.text))
	return strings.TrimSuffix(line, "\r")
}

// split cuts a record without quotes, eight bytes at a time; it gives up at the
// first quote, and nothing is taken.
func (s *scanner) split() bool {
	text, fields := s.text[s.pos:], s.fields[:0]
	start, i := 0, 0
	for ; i+8 <= len(text); i += 8 {
		word := binary.LittleEndian.Uint64([]byte(text[i : i+8]))
		for stops := bytesEqual(word, s.separator) | bytesEqual(word, '"') | bytesEqual(word, '\n'); stops != 0; stops &= stops - 1 {
			at := i + bits.TrailingZeros64(stops)/8
			switch text[at] {
			case '"':
				return false
			case s.separator:
				fields = append(fields, text[start:at])
				start = at + 1
			default:
				s.fields = append(fields, strings.TrimSuffix(text[start:at], "\r"))
				s.pos += at + 1
				return true
			}
		}
	}
	for ; i < len(text) && text[i] != '\n'; i++ {
		if c := text[i]; c == s.separator {
			fields = append(fields, text[start:i])
			start = i + 1
		} else if c == '"' {
			return false
		}
	}
	s.fields = append(fields, strings.TrimSuffix(text[start:i], "\r"))
	s.pos = min(s.pos+i+1, len(s.text))
	return true
}

// bytesEqual has the high bit of every byte of the word that is c, and no other
// bit.
func bytesEqual(word uint64, c byte) uint64 {
	const ones, low = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	x := word ^ ones*uint64(c)
	return ^((x&low + low) | x | low)
}

// splitQuoted cuts a record with quotes in its first line. The record ends
// with the first line that makes the number of quotes even. Where it cannot be
// read, or spans lines and has not the header's number of fields (a stray quote
// has swallowed its neighbours), only the first line is given up.
func (s *scanner) splitQuoted(first string) {
	if strings.Count(first, `"`)%2 == 0 {
		if fields, ok := s.splitPlainQuotes(first); ok {
			s.fields = fields
			return
		}
		fields, err := s.readRecord(first)
		s.fields, s.broken = fields, err != nil
		return
	}
	if s.oneLine {
		s.broken = true
		return
	}
	afterFirst, lines := s.pos, 0
	for even := false; !even; lines++ {
		rest := s.text[s.pos:]
		if rest == "" {
			s.pos, s.broken = afterFirst, true
			return
		}
		end := strings.IndexByte(rest, '\n') + 1
		if end == 0 {
			end = len(rest)
		}
		s.pos += end
		even = strings.Count(rest[:end], `"`)%2 == 1
	}
	fields, err := s.readRecord(first + "\n" + s.text[afterFirst:s.pos])
	if err != nil || s.width > 0 && len(fields) != s.width {
		s.pos, s.broken = afterFirst, true
		return
	}
	s.fields = fields
	s.nextLine += lines
}

// splitPlainQuotes cuts a record of one line whose quotes only enclose fields;
// ok is false where they do more.
func (s *scanner) splitPlainQuotes(record string) (fields []string, ok bool) {
	fields = s.fields[:0]
	separator := string(s.separator)
	for {
		if !strings.HasPrefix(record, `"`) {
			field, rest, more := strings.Cut(record, separator)
			if strings.Contains(field, `"`) {
				return nil, false
			}
			fields = append(fields, field)
			if !more {
				return fields, true
			}
			record = rest
			continue
		}
		end := 1 + strings.IndexByte(record[1:], '"')
		if end == 0 {
			return nil, false
		}
		fields = append(fields, record[1:end])
		record = record[end+1:]
		if record == "" {
			return fields, true
		}
		if record[0] != s.separator {
			return nil, false
		}
		record = record[1:]
	}
}

func (s *scanner) readRecord(record string) ([]string, error) {
	r := csv.NewReader(strings.NewReader(record))
	r.Comma, r.FieldsPerRecord = rune(s.separator), -1
	r.TrimLeadingSpace = s.separator != '\t'
	return r.Read()
}

func blank(fields []string) bool {
	for _, f := range fields {
		if f != "" && (f[0] > ' ' && f[0] < 0x7f || strings.TrimSpace(f) != "") {
			return false
		}
	}
	return true
}
