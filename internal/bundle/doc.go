// Package bundle turns the rows of the bundle, the tables that every student
// information system is asked for, into package district's facts. Where the rows
// come from is a Door's business; what they mean, and which of them can be
// believed, is judged here once for all doors.
//
// Three kinds of fault are kept apart. A table that cannot be trusted as a whole
// (missing, not UTF-8, without a required column, with an absence code nobody
// has explained) makes Open return an error that lists every such fault with
// its mend, so that one evening's work mends them all. A bad row becomes a
// district.Reject and is counted nowhere. Too many bad rows in a required table
// are Excess, which the caller judges: a night stops, a look at the standings
// goes on with a warning.
//
// Nothing is written, nothing is guessed: 10/15/2026 is no date, and of two
// rows with one key the first stands.
package bundle
