// Package csvdir reads the bundle from a folder of CSV files into package
// district's facts. It is the simplest of the doors to them: whatever system a
// district has, it can export files.
//
// Three kinds of fault are kept apart. A file that cannot be trusted as a whole
// (missing, not UTF-8, without a required column, with an absence code nobody
// has explained) makes Open return an error that lists every such fault with
// its mend, so that one evening's work mends them all. A bad row becomes a
// district.Reject and is counted nowhere. Too many bad rows in a required file
// are Excess, which the caller judges: a night stops, a look at the standings
// goes on with a warning.
//
// Nothing is written, nothing is guessed: 10/15/2026 is no date, and of two
// rows with one key the first stands.
package csvdir
