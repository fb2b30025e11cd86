package bundle

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"rollcall/internal/district"
)

// Memory is a table whose rows are there already, each with a value for every column.
func Memory(columns string, rows [][]string) *Table {
	t := &Table{Rows: &memory{rows: rows}, Expect: len(rows), Unplaced: true, AddColumn: "its source does not give it out"}
	for name := range strings.FieldsSeq(columns) {
		t.Columns = append(t.Columns, Column{Name: name})
	}
	t.Digest = func() string {
		sum := sha256.New()
		for _, row := range rows {
			fmt.Fprintf(sum, "%q\n", row)
		}
		return fmt.Sprintf("%d %x", len(rows), sum.Sum(nil))
	}
	return t
}

type memory struct {
	rows [][]string
	next int
}

func (m *memory) Next(row *Row) bool {
	if m.next == len(m.rows) {
		return false
	}
	*row = Row{Fields: m.rows[m.next], Line: m.next + 1}
	m.next++
	return true
}

func (m *memory) Err() error { return nil }

// Instead is a door with another before it: what the first has stands in for what the
// second says. It is how a district gives by hand what its system does not.
type Instead struct{ First, Then Door }

func (i Instead) of(ctx context.Context, file district.File) (Door, error) {
	has, err := i.First.Has(ctx, file)
	if has || err != nil {
		return i.First, err
	}
	return i.Then, nil
}

// Name is a table as the people who mend it know it.
func (i Instead) Name(file district.File) string {
	door, err := i.of(context.Background(), file)
	if err != nil {
		door = i.Then
	}
	return door.Name(file)
}

// Has reports whether either has the table.
func (i Instead) Has(ctx context.Context, file district.File) (bool, error) {
	door, err := i.of(ctx, file)
	if err != nil {
		return false, err
	}
	return door.Has(ctx, file)
}

// Table opens the first one's, where it has it.
func (i Instead) Table(ctx context.Context, file district.File, need Need) (*Table, error) {
	door, err := i.of(ctx, file)
	if err != nil {
		return nil, err
	}
	return door.Table(ctx, file, need)
}
