// Package shelf keeps the documents of a night by run and school: letters,
// packets, rosters, manifests. A document appears whole or not at all, readable
// by its owner alone; one that would not change is not touched, so that a job
// may run twice without harm. What a document says, and whether it should be
// there, is its maker's business.
//
// Folder is the shelf on a disk. Paths are relative and written with slashes
// ("2025-10-15/101-oak/letters-mail.pdf"); CheckPath says which are taken. All
// access goes through os.Root: neither a name from data nor a link in the tree
// leads out of it. While a document is written it lies in the top folder under a
// name that begins with a full stop, which no document's does; what a killed run
// leaves there, Sweep removes. Package shelftest holds any shelf to these rules.
package shelf

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/google/renameio/v2"
)

const (
	fileMode   = 0o600
	folderMode = 0o700
)

// Folder is a shelf on a disk. It is safe for use by several goroutines and
// several processes at once.
type Folder struct {
	root     *os.Root
	location string // absolute
}

// Open opens the shelf in a folder, which it makes (mode 0700) where it is
// missing. The mode of a folder that was there already stays as it was.
func Open(root string) (*Folder, error) {
	location, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	if err := os.MkdirAll(location, folderMode); err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	r, err := os.OpenRoot(location)
	if err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	return &Folder{root: r, location: location}, nil
}

// Close lets go of the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Put writes one document, whole or not at all, and gives its length and
// SHA-256 in hexadecimal. Where the document is there already with the same
// contents (and mode 0600) it is left as it is, its time with it. When write
// fails, or ctx ends before write is done, what was there before stays.
func (f *Folder) Put(ctx context.Context, document string, write func(io.Writer) error) (bytes int64, sum string, err error) {
	if err := CheckPath(document); err != nil {
		return 0, "", err
	}
	if err := ctx.Err(); err != nil {
		return 0, "", err
	}
	if err := f.root.MkdirAll(path.Dir(document), folderMode); err != nil {
		return 0, "", fmt.Errorf("shelf: %w", err)
	}
	pending, err := renameio.NewPendingFile(document, renameio.WithRoot(f.root), renameio.WithStaticPermissions(fileMode))
	if err != nil {
		return 0, "", fmt.Errorf("shelf: %s: %w", document, err)
	}
	bytes, sum, err = f.fill(ctx, pending, document, write)
	if err != nil {
		return 0, "", errors.Join(fmt.Errorf("shelf: %s: %w", document, err), pending.Cleanup())
	}
	return bytes, sum, nil
}

// fill writes the contents and puts them in place, unless they are there.
func (f *Folder) fill(ctx context.Context, pending *renameio.PendingFile, document string, write func(io.Writer) error) (int64, string, error) {
	w := &measured{ctx: ctx, to: pending, sum: sha256.New()}
	if err := write(w); err != nil {
		return 0, "", err
	}
	if err := ctx.Err(); err != nil {
		return 0, "", err
	}
	sum := hex.EncodeToString(w.sum.Sum(nil))
	if f.holds(document, w.bytes, sum) {
		return w.bytes, sum, pending.Cleanup()
	}
	if err := pending.CloseAtomicallyReplace(); err != nil {
		return 0, "", err
	}
	return w.bytes, sum, f.settle(path.Dir(document))
}

// settle has the disk keep the folder's new entry too, before the ledger says
// that the document is there.
func (f *Folder) settle(folder string) error {
	d, err := f.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// holds tells whether the document is there, a plain file of ours, with these contents.
func (f *Folder) holds(document string, bytes int64, sum string) bool {
	info, err := f.root.Lstat(filepath.FromSlash(document))
	if err != nil || info.Mode() != fileMode || info.Size() != bytes {
		return false
	}
	_, present, err := f.digest(document)
	return err == nil && present == sum
}

// measured passes on what is written, counting and hashing, until ctx ends.
type measured struct {
	ctx   context.Context
	to    io.Writer
	sum   hash.Hash
	bytes int64
}

func (w *measured) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.to.Write(p)
	w.sum.Write(p[:n])
	w.bytes += int64(n)
	return n, err
}
