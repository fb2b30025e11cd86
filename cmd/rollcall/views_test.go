package main

import (
	"database/sql"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/lib/pq"
	"github.com/rogpeppe/go-internal/testscript"
)

// loadViews: views DSN BUNDLE SQL puts a bundle's files into tables of a database and
// views of them, as a script of 'source ddl' begins them, in front.
func loadViews(ts *testscript.TestScript, neg bool, args []string) {
	db, err := sql.Open("postgres", args[0])
	ts.Check(err)
	defer db.Close()
	files, err := filepath.Glob(filepath.Join(ts.MkAbs(args[1]), "*.csv"))
	ts.Check(err)
	ddl := ts.ReadFile(args[2])
	tx, err := db.Begin()
	ts.Check(err)
	run := func(statement string) {
		if _, err := tx.Exec(statement); err != nil {
			ts.Fatalf("%v in %s", err, statement)
		}
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".csv")
		f, err := os.Open(path)
		ts.Check(err)
		rows, err := csv.NewReader(f).ReadAll()
		ts.Check(err)
		ts.Check(f.Close())
		run(fmt.Sprintf("CREATE TABLE %s (%s text)", name, strings.Join(rows[0], " text, ")))
		in, err := tx.Prepare(pq.CopyIn(name, rows[0]...))
		ts.Check(err)
		for _, row := range rows[1:] {
			values := make([]any, len(row))
			for i, v := range row {
				if v != "" {
					values[i] = v
				}
			}
			_, err := in.Exec(values...)
			ts.Check(err)
		}
		_, err = in.Exec()
		ts.Check(err)
		ts.Check(in.Close())
		// The view's beginning, with the table behind it: NULL::date AS date becomes
		// date::date AS date where the file has the column.
		begin := strings.Index(ddl, fmt.Sprintf("CREATE OR REPLACE VIEW \"bundle\".%q", name))
		end := begin + strings.Index(ddl[begin:], "WHERE false;") + len("WHERE false")
		view := ddl[begin:end]
		for _, column := range rows[0] {
			view = regexp.MustCompile(`NULL::(\w+) AS `+column+`\b`).ReplaceAllString(view, column+"::$1 AS "+column)
		}
		view = strings.Replace(view, "-- FROM your.table\nWHERE false", "FROM public."+name, 1)
		ddl = ddl[:begin] + view + ddl[end:]
	}
	run(ddl)
	ts.Check(tx.Commit())
}
