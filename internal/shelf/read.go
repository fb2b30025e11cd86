package shelf

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
)

// Read gives a document's contents. A missing one is fs.ErrNotExist.
func (f *Folder) Read(ctx context.Context, document string) ([]byte, error) {
	if err := errors.Join(CheckPath(document), ctx.Err()); err != nil {
		return nil, err
	}
	contents, err := f.root.ReadFile(filepath.FromSlash(document))
	if err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	return contents, nil
}

// Digest gives a document's length and SHA-256 as Put did, from what is on the
// disk now. A missing one is fs.ErrNotExist.
func (f *Folder) Digest(ctx context.Context, document string) (bytes int64, sum string, err error) {
	if err := errors.Join(CheckPath(document), ctx.Err()); err != nil {
		return 0, "", err
	}
	bytes, sum, err = f.digest(document)
	if err != nil {
		return 0, "", fmt.Errorf("shelf: %w", err)
	}
	return bytes, sum, nil
}

func (f *Folder) digest(document string) (bytes int64, sum string, err error) {
	file, err := f.root.Open(filepath.FromSlash(document))
	if err != nil {
		return 0, "", err
	}
	h := sha256.New()
	n, err := io.Copy(h, file)
	if err := errors.Join(err, file.Close()); err != nil {
		return 0, "", err
	}
	return n, hex.EncodeToString(h.Sum(nil)), nil
}

// Remove takes a document away that is no longer made. One that is not there is
// no error; a folder is. Folders stay, also empty ones.
func (f *Folder) Remove(ctx context.Context, document string) error {
	if err := errors.Join(CheckPath(document), ctx.Err()); err != nil {
		return err
	}
	name := filepath.FromSlash(document)
	info, err := f.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder", document)
	}
	if err == nil {
		err = f.root.Remove(name)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("shelf: %w", err)
	}
	return nil
}

// List gives the paths of all documents in a folder and the folders below it, in
// byte order; "" = the whole shelf. A folder that is not there is empty. Links
// and files that no Put could have made are left out.
func (f *Folder) List(ctx context.Context, folder string) ([]string, error) {
	top := "."
	if folder != "" {
		if err := CheckPath(folder); err != nil {
			return nil, err
		}
		top = folder
	}
	var documents []string
	err := fs.WalkDir(f.root.FS(), top, func(name string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			// A folder or file that went away while we looked.
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		if entry.IsDir() && name != "." && CheckPath(name) != nil {
			return fs.SkipDir
		}
		if entry.Type().IsRegular() && CheckPath(name) == nil {
			documents = append(documents, name)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	// WalkDir sorts within a folder, where "a-b" comes after "a"; by bytes it comes
	// before "a/b".
	slices.Sort(documents)
	return documents, nil
}

// Folders are the names of the folders at the top that hold anything, in byte order.
func (f *Folder) Folders(ctx context.Context) ([]string, error) {
	entries, err := fs.ReadDir(f.root.FS(), ".")
	if err = cmp.Or(ctx.Err(), err); err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	var folders []string
	for _, entry := range entries {
		if !entry.IsDir() || CheckPath(entry.Name()) != nil {
			continue
		}
		switch held, err := fs.ReadDir(f.root.FS(), entry.Name()); {
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("shelf: %w", err)
		case len(held) > 0:
			folders = append(folders, entry.Name())
		}
	}
	return folders, nil
}

// Location is what a person is told: the absolute path of a document, "" for a path
// that cannot be one.
func (f *Folder) Location(document string) string {
	if CheckPath(document) != nil {
		return ""
	}
	return filepath.Join(f.location, filepath.FromSlash(document))
}
