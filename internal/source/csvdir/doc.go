// Package csvdir is the door to a folder of CSV files, the simplest of all: whatever
// system a district has, it can export files. They have the names and columns of the
// bundle, or others that a Mapping translates.
//
// A file that is not in the encoding it should be in is refused, with its line and how
// to convert it: a name that was guessed wrong would go out on a letter.
package csvdir
