package csvdir

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strings"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
)

// Folder is the door.
type Folder struct {
	dir     string
	root    *os.Root
	mapping bundle.Mapping
}

// Open opens a folder. The mapping says which files have a name, an encoding or a
// separator of their own; their columns are the bundle's business. Close the folder
// when it has been read.
func Open(dir string, m bundle.Mapping) (*Folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("the bundle's folder cannot be read: %w", err)
	}
	return &Folder{dir, root, m}, nil
}

// Close gives the folder back.
func (f *Folder) Close() error { return f.root.Close() }

// Name is the file of a table.
func (f *Folder) Name(file district.File) string {
	return cmp.Or(f.mapping[file].File, string(file)+".csv")
}

// Has reports whether there is a file, of whatever kind: one that cannot be read is
// not one that the system does not provide.
func (f *Folder) Has(_ context.Context, file district.File) (bool, error) {
	_, err := f.root.Lstat(f.Name(file))
	return err == nil, nil
}

// Table reads a file and understands its header.
func (f *Folder) Table(_ context.Context, file district.File, need bundle.Need) (*bundle.Table, error) {
	name, foreign := f.Name(file), f.mapping[file]
	read := readFile
	if need.HeaderOnly(file) && isUTF8(foreign.Encoding) {
		read = readHead
	}
	data, err := read(f.root, name)
	switch {
	case errors.Is(err, errAbsent):
		return nil, &bundle.Absent{Mend: "export it into " + f.dir}
	case err != nil:
		return nil, fmt.Errorf("%s: cannot be read: %w", name, err)
	}
	digest := ""
	if need == bundle.Everything {
		digest = fmt.Sprintf("%d %x", len(data), sha256.Sum256(data))
	}
	text, err := decode(name, data, foreign.Encoding)
	if err != nil {
		return nil, err
	}
	rows, err := readHeader(file, name, text, cmp.Or(bundle.Separators[foreign.Separator], ','))
	if err != nil {
		return nil, err
	}
	columns := make([]bundle.Column, len(rows.scan.fields))
	for i, label := range rows.scan.fields {
		columns[i].Name = strings.ToLower(bundle.Clean(label))
	}
	return &bundle.Table{
		Columns: columns, Rows: rows, Expect: strings.Count(text, "\n") + 1,
		AddColumn: "add it to the export" + rows.separatorHint(),
		Digest:    func() string { return digest },
	}, nil
}
