// Package pgview is the door to a PostgreSQL database in which the bundle stands as
// views or tables, by default bundle.students and so on. All of them are read in one
// REPEATABLE READ READ ONLY transaction: a student who moves while the night reads is
// at one school, not at two or none.
//
// The columns may have any type; what PostgreSQL writes of a date, a number or a
// boolean is what the bundle asks for. DDL prints the views for somebody who knows the
// database to fill in.
package pgview
