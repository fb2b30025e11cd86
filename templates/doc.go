// Package templates holds the words of everything a family or a colleague reads:
// letters/ and forms/ as Markdown with fields, email/ as plain text and HTML. They
// are part of the program; a district's own folder replaces them file by file.
// Load reads them all, tries each on a fictitious family, and says every fault
// with its file and line, so that a slip of the pen shows when the words are
// changed and not when a thousand letters are printed.
//
// # For the people who edit the words
//
// A file is ordinary text. A blank line ends a paragraph; **two stars** make it
// bold, *one star* italic; a line that begins with # is a heading, with "- " a
// point of a list, with "1. " a counted point, with "- [ ] " a box to tick; lines
// with | bars are a table. A line that begins with :: is an instruction:
//
//	:: sign Parent or guardian | Date    lines to sign on, side by side
//	:: blanks Name | Phone               lines to fill in by hand
//	:: page                              a new page
//	:: slip                              what follows is the slip to tear off
//
// {{.Student.FirstName}} is a field: the names are those of LetterData, ContractData
// and the other data types of this package, with their explanations. Around them,
// {{if .Dates}} … {{end}} prints only where there is something, {{range .Dates}} …
// {{end}} once for each, and {{plural .DaysAbsent "day" "days"}} chooses the word.
// What a field brings along is always plain text: a star or a bar in a name is
// printed as a star or a bar.
//
// A letter has one file for each language, cart-invitation.en.md and
// cart-invitation.es.md. Lint holds the notice of Education Code 48260.5 to the
// list the law gives.
package templates
