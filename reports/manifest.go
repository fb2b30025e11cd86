package reports

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/night"
)

// MailPiece is one envelope: a letter's place in the mail and the digest of its
// pages.
type MailPiece struct {
	Batch  string // the file it is printed in, letters-mail.pdf
	Number int    // its place in the batch, from 1
	Due    LetterDue
	Digest string // SHA-256, hex
	// Recipient and Address are as they stand in the window.
	Recipient, Address string
}

// MailingManifest is mailing-manifest.csv, the office's list of what went into
// the post, in the order given: which letter went to whom and where. It is kept
// with the declaration of mailing, which refers to it.
func MailingManifest(pieces []MailPiece) ([]byte, error) {
	rows := make([][]string, 0, len(pieces)+1)
	rows = append(rows, []string{"batch", "piece", "household", "language", "digest", "letter", "student_id", "kind", "zip", "recipient", "address"})
	for _, p := range pieces {
		l := p.Due.Letter
		rows = append(rows, []string{
			p.Batch, strconv.Itoa(p.Number), cmp.Or(l.Household, p.Due.Household.Key), cmp.Or(l.Language, p.Due.Household.Language), p.Digest,
			l.ID, l.StudentID, string(l.Kind), p.Due.Household.Address.Zip, p.Recipient, p.Address,
		})
	}
	out, err := csvBytes(rows)
	if err != nil {
		return nil, fmt.Errorf("mailing manifest: %w", err)
	}
	return out, nil
}

// manifestFile is one file of a school's folder in manifest.json.
type manifestFile struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Bytes    int64  `json:"bytes"`
	SHA256   string `json:"sha256"`
	Pages    int    `json:"pages"`
	Students int    `json:"students"`
}

// Manifest is manifest.json: every file of one folder by name, so that whoever
// gets the folder can tell that it is whole and unchanged. school is empty for
// the district's own.
func Manifest(run, school string, docs []night.Document) ([]byte, error) {
	files := make([]manifestFile, len(docs))
	for i, d := range docs {
		files[i] = manifestFile{path.Base(d.Path), d.Kind, d.Bytes, d.SHA256, d.Pages, d.Students}
	}
	slices.SortStableFunc(files, func(a, b manifestFile) int { return cmp.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(struct {
		Run    string         `json:"run"`
		School string         `json:"school"`
		Files  []manifestFile `json:"files"`
	}{run, school, files})
	if err != nil {
		return nil, fmt.Errorf("manifest of school %q: %w", school, err)
	}
	return out.Bytes(), nil
}

// csvBytes writes rows as RFC 4180 says, lines ended by CR LF, with each field
// safe to open in a spreadsheet.
func csvBytes(rows [][]string) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, field := range row {
			safe[i] = csvField(field)
		}
		if err := w.Write(safe); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// csvField is data as a spreadsheet cannot run it: a CSV file has no type for
// text, so what a spreadsheet would take for a formula gets an apostrophe in
// front, also where only blanks stand before its first sign.
func csvField(s string) string {
	s = cellText(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
	if s == "" {
		return s
	}
	rest := strings.TrimLeft(s, " \u00a0")
	if rest != "" && strings.ContainsRune("=+-@\t\n＝＋－＠", []rune(rest)[0]) {
		return "'" + s
	}
	return s
}
