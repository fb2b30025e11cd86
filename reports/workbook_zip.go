package reports

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
)

// orderedZip writes a workbook's parts by name. excelize keeps streamed sheets
// in a map, so that their order in the archive changes from one writing to the
// next; held back in compressed form and sorted, they are the same bytes always.
// The faster deflate takes half the time for a file a seventh larger.
type orderedZip struct {
	out     io.Writer
	deflate *flate.Writer // of the last part, as long as it is written
	parts   []*zipPart
}

// zipPart is one file of the archive, compressed as it is written.
type zipPart struct {
	name       string
	compressed bytes.Buffer
	deflate    *flate.Writer
	crc        uint32
	size       uint64
}

// Create ends the last part and begins the next.
func (z *orderedZip) Create(name string) (io.Writer, error) {
	p := &zipPart{name: name}
	var err error
	if z.deflate == nil {
		z.deflate, err = flate.NewWriter(&p.compressed, flate.BestSpeed)
	} else if err = z.deflate.Close(); err == nil {
		z.deflate.Reset(&p.compressed)
	}
	if err != nil {
		return nil, err
	}
	p.deflate = z.deflate
	z.parts = append(z.parts, p)
	return p, nil
}

// Write compresses b into the part.
func (p *zipPart) Write(b []byte) (int, error) {
	p.crc = crc32.Update(p.crc, crc32.IEEETable, b)
	p.size += uint64(len(b))
	return p.deflate.Write(b)
}

// AddFS is asked for by excelize's interface and never used: a workbook's parts
// come from memory.
func (z *orderedZip) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the archive.
func (z *orderedZip) Close() error {
	if z.deflate != nil {
		if err := z.deflate.Close(); err != nil {
			return err
		}
	}
	slices.SortFunc(z.parts, func(a, b *zipPart) int { return cmp.Compare(a.name, b.name) })
	archive := zip.NewWriter(z.out)
	for _, p := range z.parts {
		if err := p.writeTo(archive); err != nil {
			return fmt.Errorf("part %s: %w", p.name, err)
		}
	}
	return archive.Close()
}

func (p *zipPart) writeTo(archive *zip.Writer) error {
	w, err := archive.CreateRaw(&zip.FileHeader{
		Name: p.name, Method: zip.Deflate, CRC32: p.crc,
		CompressedSize64: uint64(p.compressed.Len()), UncompressedSize64: p.size,
	})
	if err != nil {
		return err
	}
	_, err = p.compressed.WriteTo(w)
	return err
}
