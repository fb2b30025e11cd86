package bundle

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"rollcall/internal/district"
)

// Save writes what is behind a door as the bundle's own CSV files, translated and
// otherwise as it is: a night made from them is the night made from the door. Each file
// is created by its name. Rows come in the door's order.
func Save(ctx context.Context, door Door, m Mapping, create func(name string) (io.WriteCloser, error)) (rows map[district.File]int, err error) {
	rows = map[district.File]int{}
	for _, file := range Files {
		if has, err := door.Has(ctx, file); err != nil {
			return nil, err
		} else if !has {
			continue
		}
		t, err := door.Table(ctx, file, Everything)
		if err == nil {
			t, err = m[file].translate(file, door.Name(file), t)
		}
		if err != nil {
			return nil, err
		}
		out, err := create(string(file) + ".csv")
		if err != nil {
			return nil, err
		}
		n, err := saveTable(ctx, out, file, door.Name(file), t)
		if err := errors.Join(err, out.Close()); err != nil {
			return nil, err
		}
		rows[file] = n
	}
	return rows, nil
}

func saveTable(ctx context.Context, out io.Writer, file district.File, name string, t *Table) (n int, err error) {
	all, _ := Columns(file)
	var header []string
	var places []int
	for _, column := range all {
		for i, c := range t.Columns {
			if c.Name == column {
				header, places = append(header, column), append(places, i)
				break
			}
		}
	}
	w := csv.NewWriter(out)
	if err := w.Write(header); err != nil {
		return 0, err
	}
	record := make([]string, len(places))
	for row := (Row{}); t.Rows.Next(&row); {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		if row.Fault != "" {
			return n, fmt.Errorf("%s: row %d: %s", name, row.Line, row.Fault)
		}
		for i, at := range places {
			record[i] = row.Fields[at]
		}
		if err := w.Write(record); err != nil {
			return n, err
		}
		n++
	}
	w.Flush()
	return n, errors.Join(t.Rows.Err(), w.Error())
}
