package shelf

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"
)

// leftover is the name of a file that was being written: a full stop, the
// document's name, and a number of renameio's.
var leftover = regexp.MustCompile(`^\..+[0-9]{6,}$`)

// Sweep removes what runs left unfinished before an instant, and counts it. Give it
// one that no running writer reaches back to, an hour ago at least.
func (f *Folder) Sweep(ctx context.Context, before time.Time) (int, error) {
	entries, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return 0, fmt.Errorf("shelf: %w", err)
	}
	swept := 0
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return swept, err
		}
		if !entry.Type().IsRegular() || !leftover.MatchString(entry.Name()) || strings.HasPrefix(entry.Name(), ".nfs") {
			continue
		}
		info, err := entry.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue
		}
		if err := f.root.Remove(entry.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return swept, fmt.Errorf("shelf: %w", err)
		}
		swept++
	}
	return swept, nil
}
