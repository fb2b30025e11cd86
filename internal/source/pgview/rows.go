package pgview

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/jackc/pgx/v5/pgconn"

	"rollcall/internal/bundle"
)

// rows are a view's as COPY writes them: a line each, values between tabs, with
// backslashes before what would be mistaken. The server is read ahead of what the
// bundle asks for, since the two work side by side.
type rows struct {
	ctx   context.Context
	conn  *pgconn.PgConn
	name  string
	query string
	width int
	plain func(error) error // in the words of the door

	chunks chan string // whole lines
	stop   context.CancelFunc
	failed error // written before chunks is closed

	text   string // of the chunk at hand, still to be read
	line   int
	digest uint64 // the sum of the lines' own, which does not ask for an order
	fields []string
}

// Next fills in the next row.
func (r *rows) Next(row *bundle.Row) bool {
	if r.chunks == nil {
		r.begin()
	}
	for r.text == "" {
		var more bool
		if r.text, more = <-r.chunks; !more {
			return false
		}
	}
	var line string
	line, r.text, _ = strings.Cut(r.text, "\n")
	r.line++
	r.add(line)
	row.Line, row.Fault = r.line, ""
	row.Fields = r.split(line)
	return true
}

// chunk is about how much is handed over at once.
const chunk = 256 << 10

func (r *rows) begin() {
	r.chunks = make(chan string, 4)
	var ctx context.Context
	ctx, r.stop = context.WithCancel(r.ctx)
	go func() {
		defer close(r.chunks)
		w := &chunks{ctx: ctx, to: r.chunks}
		r.failed = apart(ctx, r.conn, func() error {
			_, err := r.conn.CopyTo(ctx, w, r.query)
			return err
		})
		if r.failed == nil {
			r.failed = w.flush()
		}
	}()
}

// end stops the reading ahead, wherever it is.
func (r *rows) end() {
	if r.chunks == nil {
		return
	}
	r.stop()
	for range r.chunks { // until it has stopped: the connection is its as long
	}
}

// chunks gathers what COPY writes, which is a line at a time.
type chunks struct {
	ctx context.Context
	to  chan<- string
	buf bytes.Buffer
}

func (c *chunks) Write(line []byte) (int, error) {
	if c.buf.Len()+len(line) > chunk {
		if err := c.flush(); err != nil {
			return 0, err
		}
	}
	return c.buf.Write(line)
}

func (c *chunks) flush() error {
	select {
	case c.to <- c.buf.String():
		c.buf.Reset()
		return nil
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

// split cuts a line into values; \N is NULL, which the bundle writes as nothing.
func (r *rows) split(line string) []string {
	r.fields = r.fields[:0]
	if r.width == 0 {
		return r.fields
	}
	for more := true; more; {
		var field string
		field, line, more = strings.Cut(line, "\t")
		switch {
		case field == `\N`:
			field = ""
		case strings.IndexByte(field, '\\') >= 0:
			field = unescaped.Replace(field)
		}
		r.fields = append(r.fields, field)
	}
	return r.fields
}

var unescaped = strings.NewReplacer(`\\`, `\`, `\b`, "\b", `\f`, "\f", `\n`, "\n", `\r`, "\r", `\t`, "\t", `\v`, "\v")

// add counts a row's digest in. Rows are added up, so that the same rows in another
// order have the same sum.
func (r *rows) add(line string) {
	r.digest += xxhash.Sum64String(line)
}

func (r *rows) sum() string { return fmt.Sprintf("%d %016x", r.line, r.digest) }

// dataException is the class of errors about a value.
const dataException = "22"

// notText is that about letters of no encoding.
const notText = "22021"

// Err says why the rows ended early.
func (r *rows) Err() error {
	if r.failed == nil {
		return nil
	}
	// What the server says of a value that it cannot convert repeats the value, which may
	// be a child's.
	var said *pgconn.PgError
	if errors.As(r.failed, &said) && said.Code == notText {
		return fmt.Errorf("%s: has letters that are not UTF-8, of a database that does not know its encoding (SQL_ASCII): convert them in the view (convert_from), or the database", r.name)
	}
	if errors.As(r.failed, &said) && strings.HasPrefix(said.Code, dataException) {
		return fmt.Errorf("%s: a value in it cannot be converted (SQLSTATE %s): leave the column as text, and the row alone is refused", r.name, said.Code)
	}
	return fmt.Errorf("%s: cannot be read to its end: %w", r.name, r.plain(r.failed))
}
