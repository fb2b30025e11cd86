package district

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Slug is the school's folder name on the shelf: its ID and name with
// everything but ASCII letters and digits turned into single hyphens. Where
// that could not stand (the ID has no such letter or digit, the name is one of
// the night's own folders, or it is very long) the beginning of the ID's digest
// follows; NameFolders tells schools apart that would share one.
func (s School) Slug() string {
	if s.Folder != "" {
		return s.Folder
	}
	name, ordinary := s.plainSlug()
	if ordinary {
		return name
	}
	return s.marked(name, markDigits)
}

const (
	// longestFolder leaves room for the mark within what file systems allow.
	longestFolder = 100
	// markDigits is how much of the digest is read over a telephone.
	markDigits = 8
)

func (s School) plainSlug() (name string, ordinary bool) {
	id := slug(s.ID)
	name, ordinary = id, id != ""
	if !ordinary {
		name = "school"
	}
	if words := slug(s.Name); words != "" {
		name += "-" + strings.ToLower(words)
	}
	switch strings.ToLower(name) {
	case "district", "mail": // the night's own folders
		ordinary = false
	}
	if len(name) > longestFolder {
		name, ordinary = strings.TrimSuffix(name[:longestFolder], "-"), false
	}
	return name, ordinary
}

// marked ends a folder's name with so many digits of what the ID alone is.
func (s School) marked(name string, digits int) string {
	sum := sha256.Sum256([]byte(s.ID))
	return name + "-" + hex.EncodeToString(sum[:])[:digits]
}

// NameFolders sets Folder where schools of different IDs would share one, as
// "A-1" and "A 1" do, letter case aside: shelves are looked at from computers
// that make no difference. Every school of such a group is marked, so that the
// order of the rows means nothing; an ordinary school keeps its plain folder.
func NameFolders(schools []School) {
	for digits := markDigits; digits <= 2*sha256.Size; digits += markDigits {
		shared := map[string]int{}
		for _, s := range schools {
			shared[strings.ToLower(s.Slug())]++
		}
		if len(shared) == len(schools) {
			return
		}
		for i, s := range schools {
			if shared[strings.ToLower(s.Slug())] > 1 {
				name, _ := s.plainSlug()
				schools[i].Folder = s.marked(name, digits)
			}
		}
	}
}

// FileName is what a file about one student is called, without its ending. An ID
// of digits and capital letters stands as it is; of any other what is ASCII
// letters and digits, and the beginning of its digest. So no two students share a
// name, letter case aside, and a student's is the same each night.
func FileName(studentID string) string {
	name := slug(studentID)
	if name == studentID && name != "" && len(name) <= longestFolder && !strings.ContainsFunc(name, func(r rune) bool { return r == '-' || r >= 'a' }) {
		return name
	}
	if name == "" {
		name = "student"
	}
	const digits = 16 // too many for two students to share
	sum := sha256.Sum256([]byte(studentID))
	return strings.TrimSuffix(name[:min(len(name), longestFolder)], "-") + "-" + hex.EncodeToString(sum[:])[:digits]
}

func slug(s string) string {
	var b strings.Builder
	hyphen := false
	for _, r := range s {
		switch {
		case r < 0x80 && (r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'):
			if hyphen && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			hyphen = false
		default:
			hyphen = true
		}
	}
	return b.String()
}
