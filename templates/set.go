package templates

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"rollcall/internal/district"
)

//go:embed letters forms email
var own embed.FS

// Letters, Forms and EmailRoles list the files there are: a letter has one for
// each of Languages, a form those given, a role of the staff a text and an HTML
// part.
var (
	Letters = []string{"cart-invitation", "sart-invitation", "rescheduled", "second-invitation", "letter-1", "sarb-notice", "retraction"}
	Forms   = map[string][]string{
		"contract-cart": Languages,
		"contract-sart": Languages,
		"meeting-notes": {English},
		"guide-cart":    {English},
		"guide-sart":    {English},
		"phone-call":    Languages,
		"declaration":   {English},
		"interpreter":   {English},
	}
	EmailRoles = []district.Role{district.Admin, district.OfficeManager, district.AttendanceSpecialist,
		district.AttendanceClerk, district.DistrictOffice, Alarm}
)

// maxFile bounds a file and what one printing of it may come to.
const maxFile = 1 << 20

// Set is every file, parsed and tried. It is safe for use by many at once.
type Set struct {
	pages   map[string]*template.Template // by path, letters and forms
	sources map[string]string             // by path
	texts   map[district.Role]*template.Template
	htmls   map[district.Role]*htmltemplate.Template
	offers  map[string]offer // by primary language subtag
}

// Load reads the program's own files, replaced file by file by those of overlay
// (nil for none), and tries each on the fictitious family. Its error holds every
// fault found, each with file and line.
func Load(overlay fs.FS) (*Set, error) {
	sources, err := read(overlay)
	if err != nil {
		return nil, err
	}
	s := &Set{pages: map[string]*template.Template{}, sources: sources,
		texts: map[district.Role]*template.Template{}, htmls: map[district.Role]*htmltemplate.Template{}}
	var faults []error
	for _, name := range names() {
		if err := s.load(name); err != nil {
			faults = append(faults, err)
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return s, nil
}

// Digest tells sets apart by their words.
func (s *Set) Digest() string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(s.sources)) {
		fmt.Fprintf(sum, "%d %s %d %s", len(name), name, len(s.sources[name]), s.sources[name])
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

func letterPath(kind, lang string) string { return "letters/" + kind + "." + lang + ".md" }
func formPath(name, lang string) string   { return "forms/" + name + "." + lang + ".md" }

// EmailName is what the files of a role's message are called.
func EmailName(r district.Role) string { return strings.ReplaceAll(string(r), "_", "-") }

func emailPath(r district.Role, ext string) string {
	return "email/" + EmailName(r) + "." + English + "." + ext
}

// Parts shared by all messages of a kind.
const (
	textParts = "email/parts.en.txt"
	htmlParts = "email/parts.en.html"
)

// names lists every file the program reads, in order.
func names() []string {
	list := []string{textParts, htmlParts}
	for _, k := range Letters {
		for _, l := range Languages {
			list = append(list, letterPath(k, l))
		}
	}
	for name, languages := range Forms {
		for _, l := range languages {
			list = append(list, formPath(name, l))
		}
	}
	for _, r := range EmailRoles {
		list = append(list, emailPath(r, "txt"), emailPath(r, "html"))
	}
	slices.Sort(list)
	return list
}

func read(overlay fs.FS) (map[string]string, error) {
	sources := map[string]string{}
	for _, name := range names() {
		b, err := own.ReadFile(name)
		if err != nil {
			return nil, err
		}
		sources[name] = string(b)
	}
	if overlay == nil {
		return sources, nil
	}
	var faults []error
	err := fs.WalkDir(overlay, ".", func(name string, d fs.DirEntry, err error) error {
		folder, _, inFolder := strings.Cut(name, "/")
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(path.Base(name), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() || !inFolder || folder != "letters" && folder != "forms" && folder != "email":
			return nil
		}
		if _, known := sources[name]; !known {
			faults = append(faults, fmt.Errorf("%s: no file of that name is used; there are %s", name, siblings(folder)))
			return nil
		}
		b, err := fs.ReadFile(overlay, name)
		switch {
		case err != nil:
			return err
		case len(b) > maxFile:
			faults = append(faults, fmt.Errorf("%s: %d bytes are too many for a template", name, len(b)))
		default:
			sources[name] = strings.ReplaceAll(strings.TrimPrefix(string(b), "\ufeff"), "\r\n", "\n")
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("templates folder: %w", err)
	}
	return sources, errors.Join(faults...)
}

func siblings(folder string) string {
	var found []string
	for _, n := range names() {
		if strings.HasPrefix(n, folder+"/") {
			found = append(found, path.Base(n))
		}
	}
	return strings.Join(found, ", ")
}

// functions are what a template can call besides if, range, with and the
// comparisons: nothing that reads a file, a clock or a network.
var functions = map[string]any{
	// plural gives one for 1 and many for any other number.
	"plural": func(n int, one, many string) string {
		if n == 1 {
			return one
		}
		return many
	},
	// join puts a word or sign between the texts of a list.
	"join":      func(list []string, sep string) string { return strings.Join(list, sep) },
	markEscape:  escape,
	plainEscape: oneLine,
}

// The functions every printed value passes through; escapeAll adds them.
const (
	markEscape  = "_escape"
	plainEscape = "_line"
)

// oneLine makes a value fit for plain text: no line break of the data can begin
// a line of the message.
func oneLine(v any) string {
	return strings.ReplaceAll(unescape(escape(v)), joiner, "")
}

func (s *Set) load(name string) error {
	switch folder, _, _ := strings.Cut(name, "/"); folder {
	case "email":
		return s.loadEmail(name)
	default:
		t, err := template.New(name).Funcs(functions).Parse(s.sources[name])
		if err != nil {
			return err
		}
		s.pages[name] = t
		return s.tryPage(name, t)
	}
}

// tryPage checks every field of a page against the data it gets, then prints it
// for the fictitious families.
func (s *Set) tryPage(name string, t *template.Template) error {
	lang := strings.TrimPrefix(path.Ext(strings.TrimSuffix(name, ".md")), ".")
	base := strings.TrimSuffix(path.Base(name), "."+lang+".md")
	if err := checkInstructions(name, s.sources[name]); err != nil {
		return err
	}
	for i, data := range samples(path.Dir(name), base, lang) {
		if i == 0 {
			if err := checkFields(t, data); err != nil {
				return err
			}
			escapeAll(t, markEscape)
		}
		blocks, err := page(t, data)
		if err != nil {
			return err
		}
		if name == formPath("interpreter", English) {
			if s.offers, err = readOffers(blocks); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

func checkInstructions(name, source string) error {
	for i, line := range strings.Split(source, "\n") {
		if strings.HasPrefix(line, "::") {
			if _, err := instruction(strings.TrimSpace(line)); err != nil {
				return fmt.Errorf("%s:%d: %w", name, i+1, err)
			}
		}
	}
	return nil
}

// escapeAll appends an escaper to every action that prints, as html/template
// does, so that no author has to remember it.
func escapeAll(t *template.Template, escaper string) {
	for _, tree := range t.Templates() {
		if tree.Tree != nil {
			escapeNode(tree.Tree.Root, escaper)
		}
	}
}

func escapeNode(n parse.Node, escaper string) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, c := range n.Nodes {
			escapeNode(c, escaper)
		}
	case *parse.ActionNode:
		if len(n.Pipe.Decl) == 0 {
			n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Pos,
				Args: []parse.Node{parse.NewIdentifier(escaper).SetTree(nil).SetPos(n.Pos)}})
		}
	case *parse.IfNode:
		escapeNode(n.List, escaper)
		escapeNode(n.ElseList, escaper)
	case *parse.RangeNode:
		escapeNode(n.List, escaper)
		escapeNode(n.ElseList, escaper)
	case *parse.WithNode:
		escapeNode(n.List, escaper)
		escapeNode(n.ElseList, escaper)
	}
}

// printed is a buffer that refuses to grow without end.
type printed struct{ bytes.Buffer }

func (p *printed) Write(b []byte) (int, error) {
	if p.Len()+len(b) > maxFile {
		return 0, errors.New("more than 1 MB of text: a range that never ends?")
	}
	return p.Buffer.Write(b)
}

func page(t *template.Template, data any) ([]Block, error) {
	var out printed
	if err := t.Execute(&out, data); err != nil {
		return nil, named(t.Name(), err)
	}
	blocks, err := parseBlocks(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name(), err)
	}
	return blocks, nil
}

// named adds the file where the error does not say it: text/template says it of
// its own errors alone.
func named(name string, err error) error {
	if strings.Contains(err.Error(), name) {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// Letter prints a letter's words in one of Languages.
func (s *Set) Letter(kind, lang string, d LetterData) ([]Block, error) {
	return s.page(letterPath(kind, lang), d)
}

// Contract prints the contract of a kind, CART or SART.
func (s *Set) Contract(kind, lang string, d ContractData) ([]Block, error) {
	return s.page(formPath("contract-"+strings.ToLower(kind), lang), d)
}

// MeetingNotes prints the form the team fills in at the meeting.
func (s *Set) MeetingNotes(d ContractData) ([]Block, error) {
	return s.page(formPath("meeting-notes", English), d)
}

// Guide prints the facilitator's guide of a kind, CART or SART. Of d it names
// only what belongs to the school: no student.
func (s *Set) Guide(kind string, d ContractData) ([]Block, error) {
	return s.page(formPath("guide-"+strings.ToLower(kind), English), d)
}

// PhoneCall prints what the clerk says to a family that did not come.
func (s *Set) PhoneCall(lang string, d ContractData) ([]Block, error) {
	return s.page(formPath("phone-call", lang), d)
}

// Declaration prints the declaration of mailing.
func (s *Set) Declaration(d MailingData) ([]Block, error) {
	return s.page(formPath("declaration", English), d)
}

// SampleForm prints a form in one of its languages for the fictitious family of
// a district with the supports it offers.
func (s *Set) SampleForm(name, lang string, office PlaceWords, supports []string) ([]Block, error) {
	data := samples("forms", name, lang)[0]
	switch d := data.(type) {
	case ContractData:
		d.District, d.Supports = office, supports
		data = d
	case MailingData:
		d.District = office
		data = d
	}
	return s.page(formPath(name, lang), data)
}

// Originals are the files of a letter, a form or a message (of all for the empty
// name) as this set has them, by path in a folder of words. A message comes with
// the parts that all of them share.
func (s *Set) Originals(name string) map[string]string {
	files := map[string]string{}
	message := slices.ContainsFunc(EmailRoles, func(r district.Role) bool { return EmailName(r) == name })
	for file, text := range s.sources {
		if name == "" || strings.HasPrefix(path.Base(file), name+".") || message && (file == textParts || file == htmlParts) {
			files[file] = text
		}
	}
	return files
}

func (s *Set) page(name string, data any) ([]Block, error) {
	t := s.pages[name]
	if t == nil {
		return nil, fmt.Errorf("no template %s", name)
	}
	return page(t, data)
}
