package pgview

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/lib/pq"

	"rollcall/internal/bundle"
	"rollcall/internal/database"
	"rollcall/internal/district"
)

// DefaultSchema is where the views are where nothing is configured.
const DefaultSchema = "bundle"

// Options say where the views are.
type Options struct {
	DSN    string // a URL or key=value words
	Schema string // empty: DefaultSchema
	// Queries, if any, are asked instead of views; they may depend on what the schema
	// has, a table or a column of one, table.column.
	Queries func(has func(name string) (bool, error)) (map[district.File]string, error)
}

// Views is the door. It holds one connection and one transaction.
type Views struct {
	options  Options
	conn     *pgconn.PgConn
	schema   string
	queries  map[district.File]string
	students []string // whose rows are wanted, nil for all
	tables   []*rows
}

// Open connects, begins the transaction and looks what is there. Close it when the bundle has
// been read.
func Open(ctx context.Context, o Options) (*Views, error) {
	v, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := v.usable(ctx); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	if o.Queries != nil {
		v.queries, err = o.Queries(func(name string) (bool, error) {
			table, column, _ := strings.Cut(name, ".")
			found, err := v.text(ctx, fmt.Sprintf(
				"SELECT 1 FROM information_schema.columns WHERE table_schema = %s AND table_name = %s AND (column_name = %[3]s OR %[3]s = '')",
				pq.QuoteLiteral(v.schema), pq.QuoteLiteral(table), pq.QuoteLiteral(column)))
			return found != "", err
		})
		if err != nil {
			return nil, errors.Join(err, v.Close())
		}
	}
	return v, nil
}

// connect connects and begins the transaction.
func connect(ctx context.Context, o Options) (*Views, error) {
	cfg, err := pgconn.ParseConfig(o.DSN)
	if err != nil {
		// What it says repeats parts of the DSN, which may be the password's.
		return nil, errors.New("source.dsn: is neither a URL, postgres://user@host/database, nor key=value words; in a URL a character of the password such as @ : / # ? is written with percent signs (%40 is @)")
	}
	cfg.DialFunc = database.Dial
	if !strings.Contains(o.DSN, "sslmode") && os.Getenv("PGSSLMODE") == "" {
		// Left to itself the driver would go on in clear where the server speaks no TLS.
		cfg.Fallbacks = slices.DeleteFunc(cfg.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.TLSConfig == nil })
	}
	v := &Views{options: o, schema: o.Schema}
	if v.schema == "" {
		v.schema = DefaultSchema
	}
	if v.conn, err = pgconn.ConnectConfig(ctx, cfg); err != nil {
		return nil, fmt.Errorf("the source's PostgreSQL server does not let us in: %w", database.Plain(err))
	}
	// A year's rows may take longer than a server lets a statement; dates are to be
	// written as the bundle has them.
	const begin = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL client_encoding = 'UTF8'; SAVEPOINT begun`
	if err := v.conn.Exec(ctx, begin).Close(); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return v, nil
}

// usable says once of a schema that is closed to us what each of its views would be refused for.
func (v *Views) usable(ctx context.Context) error {
	closed, err := v.text(ctx, "SELECT 1 FROM pg_namespace WHERE nspname = "+pq.QuoteLiteral(v.schema)+" AND NOT has_schema_privilege(oid, 'USAGE')")
	if err == nil && closed != "" {
		err = fmt.Errorf("the source's schema %s is closed to us; %s", v.schema, v.grant())
	}
	return err
}

// grant is what lets us read the views.
func (v *Views) grant() string {
	return fmt.Sprintf("its owner runs GRANT USAGE ON SCHEMA %s TO the user of source.dsn, and GRANT SELECT ON ALL TABLES IN SCHEMA %[1]s TO it", pq.QuoteIdentifier(v.schema))
}

// Of is the door to the rows of some students alone, in a transaction of its own.
func (v *Views) Of(ctx context.Context, students []string) (bundle.ClosingDoor, error) {
	some, err := connect(ctx, v.options)
	if err != nil {
		return nil, err
	}
	some.queries, some.students = v.queries, students
	return some, nil
}

// Close ends the transaction with its connection.
func (v *Views) Close() error {
	for _, r := range v.tables {
		r.end()
	}
	return v.conn.Close(context.Background())
}

// Name is the view of a table.
func (v *Views) Name(file district.File) string {
	if v.queries != nil {
		return "Ed-Fi " + string(file)
	}
	return v.schema + "." + string(file)
}

// from is what a table is selected from, as SQL.
func (v *Views) from(file district.File) string {
	if v.queries != nil {
		return "(" + v.queries[file] + ") AS " + string(file)
	}
	return pq.QuoteIdentifier(v.schema) + "." + pq.QuoteIdentifier(string(file))
}

// Has reports whether there is such a view.
func (v *Views) Has(ctx context.Context, file district.File) (bool, error) {
	if v.queries != nil {
		_, has := v.queries[file]
		return has, nil
	}
	found, err := v.text(ctx, "SELECT to_regclass("+pq.QuoteLiteral(v.from(file))+")")
	return found != "", err
}

// apart does something of which an error costs the rest of the transaction nothing: since
// that only reads, it goes back to its beginning.
func apart(ctx context.Context, conn *pgconn.PgConn, do func() error) error {
	err := do()
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		err = errors.Join(err, conn.Exec(ctx, "ROLLBACK TO begun").Close())
	}
	return err
}

// notAllowed is the code of what the database's user may not do.
const notAllowed = "42501"

// unreadable is the error of a table that cannot be read.
func (v *Views) unreadable(file district.File, err error) error {
	return fmt.Errorf("%s: cannot be read: %w", v.Name(file), v.plain(err))
}

// plain says what to do about a view that the server does not let us read.
func (v *Views) plain(err error) error {
	var said *pgconn.PgError
	if !errors.As(err, &said) || said.Code != notAllowed {
		return err
	}
	return fmt.Errorf("%s; %s", said.Message, v.grant())
}

// text is the first value that a query gives.
func (v *Views) text(ctx context.Context, query string) (string, error) {
	var results []*pgconn.Result
	err := apart(ctx, v.conn, func() (err error) {
		results, err = v.conn.Exec(ctx, query).ReadAll()
		return err
	})
	if err != nil {
		return "", err
	}
	if len(results) == 0 || len(results[0].Rows) == 0 {
		return "", nil
	}
	return string(results[0].Rows[0][0]), nil
}

// Table looks at a view's columns. Its rows are asked for when the first is.
func (v *Views) Table(ctx context.Context, file district.File, need bundle.Need) (*bundle.Table, error) {
	if has, err := v.Has(ctx, file); err != nil {
		return nil, v.unreadable(file, err)
	} else if !has {
		return nil, &bundle.Absent{Mend: "create the view ('rollcall source ddl' prints it to fill in)"}
	}
	columns, err := v.columns(ctx, file)
	if err != nil {
		return nil, v.unreadable(file, err)
	}
	// In the bundle's order, so that rows are sorted by what they are about.
	all, _ := bundle.Columns(file)
	var known, unknown []bundle.Column
	var values, order []string
	for _, name := range all {
		i := slices.IndexFunc(columns, func(c pgconn.FieldDescription) bool { return c.Name == name })
		if i < 0 {
			continue
		}
		known = append(known, bundle.Column{Name: name})
		values = append(values, value(columns[i]))
		order = append(order, pq.QuoteIdentifier(name)+`::text COLLATE "C"`)
	}
	for _, c := range columns {
		if !slices.Contains(all, c.Name) {
			unknown = append(unknown, bundle.Column{Name: c.Name})
		}
	}
	query := "SELECT " + strings.Join(values, ", ") + " FROM " + v.from(file)
	// Rows of a day in any order are one day; the others are few, and come in an order of
	// their own. That of the alphabet is the same on every server.
	student := slices.IndexFunc(columns, func(c pgconn.FieldDescription) bool { return c.Name == "student_id" })
	if v.students != nil && student >= 0 {
		query += " WHERE " + among(columns[student], v.students)
	}
	switch {
	case file != district.Attendance:
		query += " ORDER BY " + strings.Join(order, ", ")
	case need.ByStudent() && student >= 0:
		query += " ORDER BY student_id"
	}
	expect, err := v.expect(ctx, query) // which is also refused where the rows would be
	if err != nil {
		return nil, v.unreadable(file, err)
	}
	r := &rows{ctx: ctx, conn: v.conn, name: v.Name(file), plain: v.plain, query: "COPY (" + query + ") TO STDOUT", width: len(known)}
	v.tables = append(v.tables, r)
	return &bundle.Table{
		Columns: slices.Concat(known, unknown), Rows: r, Expect: expect,
		Unplaced: true, AddColumn: "add it to the view", Digest: r.sum,
	}, nil
}

// among asks for some values of a column, in its own type where that can have an index.
func among(c pgconn.FieldDescription, list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = pq.QuoteLiteral(s)
	}
	values := "ARRAY[" + strings.Join(quoted, ", ") + "]"
	name := pq.QuoteIdentifier(c.Name)
	switch c.DataTypeOID {
	case bigint, smallint, integer, numeric:
		return name + " = ANY(" + values + "::text[]::" + map[uint32]string{bigint: "bigint", smallint: "smallint", integer: "integer", numeric: "numeric"}[c.DataTypeOID] + "[])"
	case text, varchar:
		return name + " = ANY(" + values + "::text[])"
	}
	return name + "::text = ANY(" + values + "::text[])"
}

// The types that matter here, as pg_type numbers them.
const (
	boolean     = 16
	bigint      = 20
	smallint    = 21
	integer     = 23
	text        = 25
	varchar     = 1043
	timestamp   = 1114
	timestampTZ = 1184
	numeric     = 1700
)

// value is a column as the bundle writes it.
func value(c pgconn.FieldDescription) string {
	name := pq.QuoteIdentifier(c.Name)
	switch {
	case c.DataTypeOID == boolean:
		return name + "::text" // true, where COPY writes t
	case (c.DataTypeOID == timestamp || c.DataTypeOID == timestampTZ) && slices.Contains(bundle.Dates, c.Name):
		return name + "::date" // a date that was stored with a time
	}
	return name
}

func (v *Views) columns(ctx context.Context, file district.File) ([]pgconn.FieldDescription, error) {
	var about *pgconn.StatementDescription
	err := apart(ctx, v.conn, func() (err error) {
		about, err = v.conn.Prepare(ctx, "", "SELECT * FROM "+v.from(file), nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	return about.Fields, nil
}

// expect is how many rows the planner expects of a query, which is as good as it need
// be.
func (v *Views) expect(ctx context.Context, query string) (int, error) {
	const most = 1 << 24
	plan, err := v.text(ctx, "EXPLAIN "+query)
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(plan, " rows=")
	digits, _, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0, nil // another server's words
	}
	return min(n, most), nil
}
