package districttest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Hostile is a string that an export may hold and every document must survive.
// In the midst of it stands a mark that is nowhere else, by which it is found
// again wherever it came out.
type Hostile struct {
	Text, Mark string
}

// payloads are what goes before and behind the marks, by the harm they mean.
var payloads = [][]string{
	{"bell\x07", "\x1b[31mred", "a\x00b", "\x00", "del\x7f", "\u0085next", "\b\b", "\x1f\x1e"},                                      // controls
	{"\u202eevil", "\u200fright", "שלום", "ליאה \u2066x\u2069", "ليلى", "\u061c", "\u202a\u202b\u202c"},                             // right to left
	{"🎈🎈", "👨‍👩‍👧", "🇺🇸", "☺\ufe0f", "𝒜𝓃𝒶", "\U0010ffff"},                                                                           // beyond the first plane
	{"王芳", "さくら", "김민준", "｢全角｣", "ไทย", "हिन्दी"},                                                                                   // other scripts
	{"Nguye\u0302\u0303n", "Jose\u0301", "A\u030a\u0323", "z\u0335\u0336\u0337", "\u0301", "o\u0308\u0304"},                         // combining
	{"zero\u200bwidth", "\u200c\u200d", "\ufeff", "\u2060", "soft\u00adhyphen", "\u034f"},                                           // zero width
	{"{{.Student.ID}}", `{{template "x"}}`, "{{/*", "{{end}}", "${HOME}", "<%= 1 %>", "%s%n%d", "{page} of {pages}"},                // templates
	{"# Head", "* item", "_under_", "**bold**", "| a | b |", "[x](y)", "![](z)", "> quote", "```", "- [ ] x", ":: page", "1. one"},  // Markdown
	{"<b>bold</b>", "<script>alert(1)</script>", "&amp;", "&#x41;", "<!--", "]]>", "<a href='javascript:x'>", "\"'"},                // HTML
	{"=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1:A9)", "\t=1+1", "＝1", "=HYPERLINK(\"x\")", "'=1", "_x0041_", "&P&D"},              // workbooks
	{"x\r\nBcc: spy@example.org", "\r\n\r\nbody", "\nEND:VEVENT\nBEGIN:VALARM", "a\rb", "\u2028Bcc:", "?=\r\n =?utf-8?q?", ";,\\n"}, // mail and calendar
	{"../../etc/passwd", `..\..\x`, "C:\\CON", "file:///x", "/.", "%2e%2e/"},                                                        // paths
	{"\xff", "\xc3\x28", "\xed\xa0\x80", "\xf0\x9f\x8e", "Jos\xe9", "\xe2\x82"},                                                     // no UTF-8
	{") Tj ET", "(((", `\)`, "%PDF-1.4", "endobj", "<FEFF>", "stream\n"},                                                            // PDF
	{"", " ", "\u00a0", "0070", "1e9", "12/31/2026", "O'Neil-Núñez", "Hmoob Žižek Հակոբ Иван"},                                      // as people type
}

// Hostiles makes n of them, the same for the same seed. One in a hundred has
// 10,000 characters.
func Hostiles(seed uint64, n int) []Hostile {
	r := rand.New(rand.NewPCG(seed, 0))
	all := make([]Hostile, n)
	for i := range all {
		h := &all[i]
		h.Mark = fmt.Sprintf("qz%04d", i)
		before, behind := payloads[i%len(payloads)], payloads[r.IntN(len(payloads))]
		h.Text = before[r.IntN(len(before))] + h.Mark + behind[r.IntN(len(behind))]
		switch {
		case i%100 == 50:
			h.Text += strings.Repeat([]string{"W", "word ", "🎈", "e\u0302\u0303", "=1+1 "}[i/100%5], 10_000)[:10_000]
		case r.IntN(3) == 0:
			h.Text += " " + behind[r.IntN(len(behind))]
		}
	}
	return all
}
