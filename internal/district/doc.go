// Package district holds the facts as the student information system states
// them: schools, calendars, students and their rows of one school year. It
// judges nothing: what an absence means is package attendance's business, who
// needs a meeting is intervention's. It touches no file, network or clock.
//
// A District is what ties the schools together; a Snapshot is one school of it
// with all its students. Slices come sorted (schools and students by ID, rows
// by date), so that the same facts always give the same bytes.
package district
