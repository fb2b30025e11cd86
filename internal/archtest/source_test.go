package archtest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// source is one Go file as the rules see it.
type source struct {
	file    string // from the repository's root, with slashes
	pkg     string // its folder
	test    bool   // a _test.go file, or one of a package of test support
	imports []string
	calls   []call
}

// call is the use of a name through a package or a value: time.Now, t.Skip.
type call struct {
	on       string // import path where the name before the dot is an import's, else that name
	imported bool
	name     string
}

// parse reads one Go file.
func parse(file string, text []byte) (source, error) {
	tree, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
	if err != nil {
		return source{}, err
	}
	s := source{file: file, pkg: path.Dir(file)}
	s.test = strings.HasSuffix(file, "_test.go") || supportsTests(s.pkg)
	names := map[string]string{}
	for _, i := range tree.Imports {
		imported, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return source{}, err
		}
		s.imports = append(s.imports, imported)
		name := path.Base(imported)
		if i.Name != nil {
			name = i.Name.Name
		}
		names[name] = imported
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if selected, ok := n.(*ast.SelectorExpr); ok {
			if on, ok := selected.X.(*ast.Ident); ok {
				c := call{on: on.Name, name: selected.Sel.Name}
				if p, ok := names[on.Name]; ok {
					c.on, c.imported = p, true
				}
				s.calls = append(s.calls, c)
			}
		}
		return true
	})
	return s, nil
}

// supportsTests tells whether a package is there for tests: districttest.
func supportsTests(pkg string) bool { return strings.HasSuffix(pkg, "test") }

// goFiles parses every Go file of the repository.
func goFiles(t *testing.T) []source {
	t.Helper()
	var all []source
	eachFile(t, func(file string, text []byte) {
		if path.Ext(file) != ".go" || inTestdata(file) {
			return
		}
		s, err := parse(file, text)
		if err != nil {
			t.Errorf("%v", err)
			return
		}
		all = append(all, s)
	})
	if len(all) < 20 {
		t.Fatalf("only %d Go files found", len(all))
	}
	return all
}

// eachFile visits the text files of the repository, without what .gitignore
// leaves out.
func eachFile(t *testing.T, visit func(file string, text []byte)) {
	t.Helper()
	tree := os.DirFS("../..")
	ignored := readIgnored(t, tree)
	err := fs.WalkDir(tree, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case file == ".git" || ignored(file):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		text, err := fs.ReadFile(tree, file)
		if err != nil {
			return err
		}
		if utf8.Valid(text) && !bytes.ContainsRune(text, 0) {
			visit(file, text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// readIgnored knows the two forms our .gitignore is written in: /name or /name/
// at the root, and *.ending anywhere.
func readIgnored(t *testing.T, tree fs.FS) func(file string) bool {
	t.Helper()
	text, err := fs.ReadFile(tree, ".gitignore")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(text))
	return func(file string) bool {
		for _, line := range lines {
			if strings.HasPrefix(line, "/") {
				if file == strings.Trim(line, "/") {
					return true
				}
			} else if ok, err := path.Match(line, path.Base(file)); err == nil && ok {
				return true
			}
		}
		return false
	}
}

func inTestdata(file string) bool { return strings.Contains("/"+file, "/testdata/") }
