// Package demo invents a school district: Valle Verde Unified, a town that is
// on no map, with its schools, families and one school year of attendance.
// What comes in is a size and a seed; what goes out is a bundle of CSV files as
// any export would give it, all optional files filled, the faults of a real
// export among them. It reads nothing, and the same options give the same
// bytes.
//
// Everything follows from the families, one file a step:
//
//	calendar.go    the school year, and on which days children stay home
//	schools.go     schools, their zones, their staff
//	family.go      the adults and their homes; child.go their children
//	enrollment.go  who moved, came late, left, came back
//	year.go        one child's days: illness, trips, troubles, late mornings
//	records.go     what goes with them: notes, marks, behavior, letters
//	roll.go        every child of the district, in the order of the IDs
//	bundle.go      the files; flaws.go the rows that are wrong on purpose
//
// A family is a pure function of the seed and its number, so that a district of
// 100,000 children needs no more memory than the list of their numbers.
package demo
