// Package inbox is a folder into which a school's office drops filled-in rosters
// and which the night empties. A file is read whole, put on record, and only then
// moved to read/ or refused/, so that one that a killed night had in hand is read
// again. Nothing is ever deleted.
package inbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/google/renameio/v2"
)

// The folders that files are moved to.
const (
	readFolder    = "read"
	refusedFolder = "refused"
)

// toMend is how the name of a marked copy ends.
const toMend = "-to-mend"

// MostBytes is the largest file that is read; a roster has well under one MiB.
const MostBytes = 32 << 20

// Folder is the inbox. Close it.
type Folder struct {
	root *os.Root
	dir  string
}

// Open opens the folder, which must be there.
func Open(dir string) (*Folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	return &Folder{root: root, dir: dir}, nil
}

// Close gives the folder back.
func (f *Folder) Close() error { return f.root.Close() }

// Waiting are the names of the workbooks in the folder, in order, and of the other
// files, which are none. What a program that has one open leaves beside it is neither;
// links are not followed.
func (f *Folder) Waiting() (workbooks, others []string, err error) { return f.files(".") }

// Refused are the names of the workbooks that wait to be mended.
func (f *Folder) Refused() ([]string, error) {
	names, _, err := f.files(refusedFolder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return slices.DeleteFunc(names, func(name string) bool { return name != original(name) }), err
}

func (f *Folder) files(dir string) (workbooks, others []string, err error) {
	entries, err := fs.ReadDir(f.root.FS(), dir)
	if err != nil {
		return nil, nil, fmt.Errorf("inbox: %w", err)
	}
	for _, entry := range entries {
		switch name := entry.Name(); {
		case entry.IsDir(), strings.HasPrefix(name, "~$"), strings.HasPrefix(name, "."):
		case entry.Type().IsRegular() && strings.EqualFold(path.Ext(name), ".xlsx"):
			workbooks = append(workbooks, name)
		default:
			others = append(others, name)
		}
	}
	return workbooks, others, nil
}

// ReadRefused is the contents of a file that waits to be mended.
func (f *Folder) ReadRefused(name string) ([]byte, error) {
	return f.Read(path.Join(refusedFolder, name))
}

// Read is a file's contents.
func (f *Folder) Read(name string) (contents []byte, err error) {
	file, err := f.root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	contents, err = io.ReadAll(io.LimitReader(file, MostBytes+1))
	if err == nil && len(contents) > MostBytes {
		err = fmt.Errorf("inbox: %s is larger than a filled-in roster can be (%d MiB)", name, MostBytes>>20)
	}
	return contents, err
}

// Done moves a file that is on record to read/DAY, and what was refused of the same
// name with it.
func (f *Folder) Done(name, day string) error {
	_, err := f.move(name, path.Join(readFolder, day), path.Base(name))
	return errors.Join(err, f.settle(original(name), day))
}

// settle moves a file that was refused, and its marked copy, to read/DAY.
func (f *Folder) settle(name, day string) error {
	var errs []error
	for _, old := range []string{name, MarkedName(name)} {
		if _, missing := f.root.Lstat(path.Join(refusedFolder, old)); missing == nil {
			_, err := f.move(path.Join(refusedFolder, old), path.Join(readFolder, day), old)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Refuse moves a file to refused/, with the copy in which its faults are marked
// beside it where there is one. It returns where to look. A marked copy that comes
// back with faults takes the place of what it was made from, which goes to read/DAY.
func (f *Folder) Refuse(name string, marked []byte, day string) (string, error) {
	if name != original(name) {
		if err := f.settle(original(name), day); err != nil {
			return "", err
		}
	}
	kept, err := f.move(name, refusedFolder, original(name))
	if err != nil || marked == nil {
		return path.Join(f.dir, kept), err
	}
	look := MarkedName(kept)
	if err := renameio.WriteFile(look, marked, 0o600, renameio.WithRoot(f.root), renameio.WithStaticPermissions(0o600)); err != nil {
		return "", fmt.Errorf("inbox: %w", err)
	}
	return path.Join(f.dir, look), nil
}

// move puts a file into a folder by a name, or by one with a number where that is
// taken, and returns where it lies now.
func (f *Folder) move(name, dir, as string) (string, error) {
	if err := f.root.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("inbox: %w", err)
	}
	ext := path.Ext(as)
	to := path.Join(dir, as)
	for n := 2; ; n++ {
		if _, err := f.root.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			break
		}
		to = path.Join(dir, fmt.Sprintf("%s-%d%s", strings.TrimSuffix(as, ext), n, ext))
	}
	if err := f.root.Rename(name, to); err != nil {
		return "", fmt.Errorf("inbox: %w", err)
	}
	return to, nil
}

// MarkedName is the name of the copy of a file in which its faults are marked: a
// marked copy's own is kept.
func MarkedName(name string) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(strings.TrimSuffix(name, ext), toMend) + toMend + ext
}

// original is the name of the file that a marked copy is of.
func original(name string) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(strings.TrimSuffix(name, ext), toMend) + ext
}
