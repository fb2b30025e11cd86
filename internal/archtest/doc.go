// Package archtest states who may import whom, and what the tree may hold, as
// tests. policy_test.go is the statement and reads from top to bottom; the
// other files read the source and hold it to that. A rule that is in the way of
// a good idea is changed there, in the same commit as the idea.
//
// Nothing imports this package. It reads the repository's own files and no others.
package archtest
