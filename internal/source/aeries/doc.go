// Package aeries is the door to the Aeries student information system through its API,
// version 5: schools, calendars, absence codes, students, contacts, enrollment,
// attendance, report cards and discipline. It only asks, school by school, slowly enough
// not to be in the way of the people who work with Aeries, and goes on where an earlier
// pull was cut off.
//
// What the API does not give out (who gets the mail, attendance notes, missing
// assignments, letters, interventions) comes from elsewhere. Nothing is guessed: an
// absence code whose type means nothing to us, or two things at two schools, a calendar
// with tracks, a period school without its number of periods stop the night with their
// names. Languages other than English and Spanish, relationships, violations and the
// like are the district's own codes; a bundle.Mapping gives them words.
package aeries
