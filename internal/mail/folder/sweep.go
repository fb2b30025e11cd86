package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"time"

	"rollcall/internal/mail"
)

// leftover is the name of a message that was being written: a full stop, the
// message's name, and a number of renameio's.
var leftover = regexp.MustCompile(`^\.(.+)\.eml[0-9]{6,19}$`)

// Sweep removes what killed writers left unfinished before an instant, and counts
// it. Give it one that no running writer reaches back to.
func (s *Sender) Sweep(before time.Time) (int, error) {
	entries, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return 0, fmt.Errorf("mail folder: %w", err)
	}
	swept := 0
	for _, entry := range entries {
		name := leftover.FindStringSubmatch(entry.Name())
		if !entry.Type().IsRegular() || name == nil || !mail.SafeName(name[1]) {
			continue
		}
		info, err := entry.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue
		}
		if err := s.root.Remove(entry.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return swept, fmt.Errorf("mail folder: %w", err)
		}
		swept++
	}
	return swept, nil
}
