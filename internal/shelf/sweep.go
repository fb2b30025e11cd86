package shelf

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"time"
)

// leftover is the name of a file that was being written: a full stop, the
// document's name, and a number of renameio's. The ending is asked for because
// .cache20251015 is somebody's own.
var leftover = regexp.MustCompile(`^\.([^.].*\.(?:csv|ics|json|pdf|txt|xlsx))[0-9]{6,19}$`)

// Sweep removes what runs left unfinished before an instant, and counts it. Give it
// one that no running writer reaches back to. Only files
// of the top folder whose names are a writer's are looked at; links and folders
// of such names stay, and no link is followed.
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
		name := leftover.FindStringSubmatch(entry.Name())
		if !entry.Type().IsRegular() || name == nil || CheckPath(name[1]) != nil {
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
