// Package reports turns values into bytes: letters, meeting files, schedules and
// briefs as PDF, rosters as workbooks, meetings as calendar files, manifests as
// CSV. It is pure: no file, no network, no clock, no randomness, so that the
// same values give the same bytes.
//
// values.go says what goes in: a SchoolNight for everything one school gets, a
// DistrictNight for the district office. Each document has one file and one
// function.
package reports
