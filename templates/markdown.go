package templates

import (
	"cmp"
	"fmt"
	"html"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// BlockKind is what a block of a page is.
type BlockKind uint8

// The blocks a file can hold.
const (
	Heading BlockKind = iota + 1
	Paragraph
	Bullets
	Numbered
	Checks
	Table
	Rule
	PageBreak
	Signatures // lines to sign on, side by side
	Blanks     // lines to fill in
	Slip       // what follows is the slip to tear off
)

// Span is a stretch of text in one style; a line break in it is meant.
type Span struct {
	Text         string
	Bold, Italic bool
}

// Block is one block of a page. Kind says which fields it has.
type Block struct {
	Kind   BlockKind
	Level  int        // Heading: 1 to 6
	Spans  []Span     // Heading, Paragraph
	Items  [][]Span   // Bullets, Numbered, Checks
	Head   [][]Span   // Table: the head's cells
	Rows   [][][]Span // Table
	Labels []string   // Signatures, Blanks
}

// joiner stands on both sides of every value from the data. It has no width and
// is neither space nor punctuation, so that stars around a field always make it
// bold, whatever its first letter, and no value begins a list or a heading.
const joiner = "\u2060"

// escape makes a value plain text for Markdown: punctuation is escaped, every
// run of spaces, line breaks and controls becomes one space, none at the ends.
func escape(v any) string {
	s, ok := v.(string)
	if !ok {
		s = fmt.Sprint(v)
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	b.WriteString(joiner)
	gap := ""
	for _, r := range s {
		switch {
		case r == '\u00a0':
			gap = "\u00a0"
			continue
		case unicode.IsSpace(r) || unicode.IsControl(r):
			gap = cmp.Or(gap, " ")
			continue
		case unicode.Is(unicode.Cf, r):
			continue
		}
		if b.Len() > len(joiner) {
			b.WriteString(gap)
		}
		gap = ""
		if r < 0x80 && (unicode.IsPunct(r) || unicode.IsSymbol(r)) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	b.WriteString(joiner)
	return b.String()
}

// unescape resolves what Markdown leaves in a text: backslashes before
// punctuation, and entities.
func unescape(s string) string {
	if !strings.ContainsAny(s, "\\&"+joiner) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] > ' ' && s[i+1] < 0x7f && unicode.IsOneOf([]*unicode.RangeTable{unicode.P, unicode.S}, rune(s[i+1])):
			i++
			b.WriteByte(s[i])
		case s[i] == '&':
			end := strings.IndexByte(s[i:], ';')
			if end < 0 || end > 32 {
				b.WriteByte('&')
				continue
			}
			b.WriteString(html.UnescapeString(s[i : i+end+1]))
			i += end
		case strings.HasPrefix(s[i:], joiner):
			i += len(joiner) - 1
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.TaskList)).Parser()

// parseBlocks reads Markdown. What has no place on a page (HTML, images, code)
// is an error.
func parseBlocks(src []byte) ([]Block, error) {
	r := reader{src: src}
	doc := markdown.Parse(text.NewReader(src))
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if err := r.block(n); err != nil {
			return nil, err
		}
	}
	return r.blocks, nil
}

type reader struct {
	src    []byte
	blocks []Block
}

func (r *reader) add(b Block) { r.blocks = append(r.blocks, b) }

func (r *reader) block(n ast.Node) error {
	switch n := n.(type) {
	case *ast.Heading:
		spans, err := r.inline(n)
		r.add(Block{Kind: Heading, Level: n.Level, Spans: spans})
		return err
	case *ast.Paragraph:
		if first := n.Lines().At(0); strings.HasPrefix(string(first.Value(r.src)), "::") {
			return r.instructions(n)
		}
		spans, err := r.inline(n)
		r.add(Block{Kind: Paragraph, Spans: spans})
		return err
	case *ast.ThematicBreak:
		r.add(Block{Kind: Rule})
		return nil
	case *ast.List:
		return r.list(n)
	case *east.Table:
		return r.table(n)
	}
	return fmt.Errorf("%s has no place on a page: near %q", nodeName(n), r.near(n))
}

func nodeName(n ast.Node) string {
	switch n.Kind() {
	case ast.KindHTMLBlock, ast.KindRawHTML:
		return "HTML"
	case ast.KindCodeBlock, ast.KindFencedCodeBlock, ast.KindCodeSpan:
		return "code (a line indented by four spaces, or back-quotes)"
	case ast.KindImage:
		return "an image"
	case ast.KindBlockquote:
		return "a quotation (a line that begins with >)"
	}
	return n.Kind().String()
}

func (r *reader) near(n ast.Node) string {
	if n.Type() == ast.TypeInline || n.Lines().Len() == 0 {
		return ""
	}
	line := n.Lines().At(0)
	return strings.TrimSpace(string(line.Value(r.src)))
}

func (r *reader) instructions(n *ast.Paragraph) error {
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		line := strings.TrimSpace(string(segment.Value(r.src)))
		b, err := instruction(line)
		if err != nil {
			return err
		}
		r.add(b)
	}
	return nil
}

// instruction reads a line that begins with ::.
func instruction(line string) (Block, error) {
	rest, ok := strings.CutPrefix(line, "::")
	if !ok {
		return Block{}, fmt.Errorf("a line after an instruction (%q): leave a blank line between", line)
	}
	word, args, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kind := map[string]BlockKind{"sign": Signatures, "blanks": Blanks, "page": PageBreak, "slip": Slip}[word]
	if kind == 0 {
		return Block{}, fmt.Errorf("unknown instruction %q: there are sign, blanks, page and slip", line)
	}
	b := Block{Kind: kind}
	if kind == Signatures || kind == Blanks {
		for _, label := range strings.Split(strings.ReplaceAll(args, `\|`, "\x00"), "|") {
			b.Labels = append(b.Labels, strings.TrimSpace(unescape(strings.ReplaceAll(label, "\x00", `\|`))))
		}
	}
	return b, nil
}

func (r *reader) list(n *ast.List) error {
	b := Block{Kind: Bullets}
	if n.IsOrdered() {
		b.Kind = Numbered
	}
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		var spans []Span
		for c := item.FirstChild(); c != nil; c = c.NextSibling() {
			switch c.(type) {
			case *ast.TextBlock, *ast.Paragraph:
			default:
				return fmt.Errorf("%s inside a list has no place on a page: near %q", nodeName(c), r.near(c))
			}
			if box, ok := c.FirstChild().(*east.TaskCheckBox); ok {
				b.Kind = Checks
				c.RemoveChild(c, box)
			}
			more, err := r.inline(c)
			if err != nil {
				return err
			}
			if len(spans) > 0 && len(more) > 0 {
				spans = append(spans, Span{Text: "\n"})
			}
			spans = append(spans, more...)
		}
		b.Items = append(b.Items, spans)
	}
	r.add(b)
	return nil
}

func (r *reader) table(n *east.Table) error {
	b := Block{Kind: Table}
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells [][]Span
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			spans, err := r.inline(c)
			if err != nil {
				return err
			}
			cells = append(cells, spans)
		}
		if row.Kind() == east.KindTableHeader {
			b.Head = cells
		} else {
			b.Rows = append(b.Rows, cells)
		}
	}
	r.add(b)
	return nil
}

// inline gathers the text of a block with its styles.
func (r *reader) inline(parent ast.Node) ([]Span, error) {
	var spans []Span
	add := func(s string, bold, italic bool) {
		if s == "" {
			return
		}
		if n := len(spans); n > 0 && spans[n-1].Bold == bold && spans[n-1].Italic == italic {
			spans[n-1].Text += s
			return
		}
		spans = append(spans, Span{s, bold, italic})
	}
	var walk func(n ast.Node, bold, italic bool) error
	walk = func(n ast.Node, bold, italic bool) error {
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			var err error
			switch c := c.(type) {
			case *ast.Text:
				add(unescape(string(c.Segment.Value(r.src))), bold, italic)
				if c.HardLineBreak() {
					add("\n", bold, italic)
				} else if c.SoftLineBreak() {
					add(" ", bold, italic)
				}
			case *ast.String:
				add(unescape(string(c.Value)), bold, italic)
			case *ast.Emphasis:
				err = walk(c, bold || c.Level == 2, italic || c.Level == 1)
			case *ast.Link:
				err = walk(c, bold, italic)
			case *ast.AutoLink:
				add(string(c.URL(r.src)), bold, italic)
			default:
				err = fmt.Errorf("%s has no place on a page: near %q", nodeName(c), r.near(parent))
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	err := walk(parent, false, false)
	return spans, err
}

// Text is a block's words without styles, for checks and plain text.
func (b Block) Text() string {
	var parts []string
	join := func(spans []Span) {
		var s strings.Builder
		for _, sp := range spans {
			s.WriteString(sp.Text)
		}
		if s.Len() > 0 {
			parts = append(parts, s.String())
		}
	}
	join(b.Spans)
	for _, it := range b.Items {
		join(it)
	}
	for _, c := range b.Head {
		join(c)
	}
	for _, row := range b.Rows {
		for _, c := range row {
			join(c)
		}
	}
	return strings.Join(append(parts, b.Labels...), "\n")
}
