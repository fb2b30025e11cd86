package ledger_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	tableText  = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \(\n(.*?)\n\);`)
	columnText = regexp.MustCompile(`^    (\w+) +(TEXT COLLATE "C"|[A-Z]+)(.*?),?$`)
	indexText  = regexp.MustCompile(`CREATE (?:UNIQUE )?INDEX .*;`)
	droppedSQL = regexp.MustCompile(`DROP TABLE \w+;`)
)

// twin is what a type of SQLite is called in PostgreSQL. Whole numbers are
// eight bytes on both.
var twin = map[string]string{
	"TEXT": `TEXT COLLATE "C"`, "INTEGER": "BIGINT", "BOOLEAN": "BOOLEAN", "TIMESTAMP": "TIMESTAMPTZ", "BLOB": "BYTEA",
}

type schema struct {
	Tables  map[string][]string // columns with type and constraints, then the table's own constraints
	Indexes []string
	Dropped []string
}

func readSchema(t *testing.T, dialect string, typeOf func(string) string) schema {
	t.Helper()
	s := schema{Tables: map[string][]string{}}
	files, err := fs.Glob(os.DirFS("migrations"), dialect+"/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join("migrations", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range tableText.FindAllStringSubmatch(string(text), -1) {
			for line := range strings.Lines(table[2]) {
				line = strings.TrimRight(line, "\n")
				if c := columnText.FindStringSubmatch(line); c != nil && typeOf(c[2]) != "" {
					line = c[1] + " " + typeOf(c[2]) + " " + strings.TrimSpace(c[3])
				}
				s.Tables[table[1]] = append(s.Tables[table[1]], strings.TrimSuffix(strings.TrimSpace(line), ","))
			}
		}
		s.Indexes = append(s.Indexes, indexText.FindAllString(string(text), -1)...)
		s.Dropped = append(s.Dropped, droppedSQL.FindAllString(string(text), -1)...)
	}
	return s
}

func TestBothEnginesHaveTheSameTablesAndColumns(t *testing.T) {
	lite := readSchema(t, "sqlite", func(name string) string { return twin[name] })
	post := readSchema(t, "postgres", func(name string) string {
		if slices.Contains(slices.Collect(maps.Values(twin)), name) {
			return name
		}
		return ""
	})
	if diff := cmp.Diff(lite, post); diff != "" {
		t.Errorf("sqlite and postgres differ (-sqlite +postgres):\n%s", diff)
	}
	if len(lite.Tables) != len(lite.Dropped) {
		t.Errorf("%d tables are made and %d dropped", len(lite.Tables), len(lite.Dropped))
	}

	// The text was read right: the database itself says the same.
	db := open(t, filepath.Join(t.TempDir(), "ledger.db")).DB()
	for table, lines := range lite.Tables {
		rows, err := db.QueryContext(t.Context(), `SELECT name, type FROM pragma_table_info(?)`, table)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for rows.Next() {
			var name, kind string
			if err := rows.Scan(&name, &kind); err != nil {
				t.Fatal(err)
			}
			got = append(got, name+" "+twin[kind])
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		for i, column := range got {
			if !strings.HasPrefix(lines[i], column) {
				t.Errorf("%s: column %d is %q, the migration says %q", table, i+1, column, lines[i])
			}
		}
		if len(got) == 0 {
			t.Errorf("%s has no columns", table)
		}
	}
}
