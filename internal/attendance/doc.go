// Package attendance turns a student's marks into a Standing: days enrolled,
// days absent by kind, truancy events, rates and tier, each with its evidence.
// It is arithmetic alone: no file, clock or network, and no opinion on who
// needs a meeting (package intervention's business).
//
// Assess (assess.go) asks three questions, in order, one file each:
//
//	enrolled.go  which days was the student enrolled, and which school owns each
//	day.go       what was one day: absent and why, attended, a partial-day truancy
//	standing.go  what do the days add up to
//
// and keeps the days that answer as evidence, dated and explained
// (evidence.go). Tally asks the same and keeps only the figures.
//
// All comparisons of rates are on whole numbers (10*A >= D), never on rounded
// figures.
package attendance
