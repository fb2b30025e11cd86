package pipeline

import (
	"context"
	"errors"
	"fmt"

	"rollcall/internal/intervention"
	"rollcall/reports"
)

// ErrNoStudent is wrapped where a student is not in the export, or not enrolled.
var ErrNoStudent = errors.New("no such student")

// OneFile is what a single student's meeting file is made of, and the meeting it
// is for: the export and the ledger as they stand. Nothing is decided.
func OneFile(ctx context.Context, source Source, ledger Rememberer, t Tonight, studentID string) (*reports.SchoolNight, intervention.Meeting, error) {
	var none intervention.Meeting
	student, err := source.Find(ctx, studentID)
	if err != nil {
		return nil, none, err
	}
	if student == nil {
		return nil, none, fmt.Errorf("%w: %q is not in the export", ErrNoStudent, studentID)
	}
	enrollment, ok := student.EnrollmentOn(t.Run.AsOf)
	if !ok {
		return nil, none, fmt.Errorf("%w: %q is not enrolled on %s", ErrNoStudent, studentID, t.Run.AsOf)
	}
	x, err := extract(source, ledger, t)(ctx, enrollment.SchoolID)
	if err != nil {
		return nil, none, err
	}
	a, err := assess(ctx, x)
	if err != nil {
		return nil, none, err
	}
	s, err := schedule(ctx, Decided{Assessed: a})
	if err != nil {
		return nil, none, err
	}
	m := s.Material()
	for i := range s.Entries {
		if e := &s.Entries[i]; e.Student.ID == studentID {
			m.Files = []reports.StudentFile{s.file(e)}
			return m, s.meetingOf(e), nil
		}
	}
	return nil, none, fmt.Errorf("%w: %q is not at school %s", ErrNoStudent, studentID, enrollment.SchoolID)
}

// meetingOf is the meeting a student's file is for: of an open case, SART before
// CART, else of the last one, else one of the kind that the policy would open.
func (s Scheduled) meetingOf(e *intervention.Entry) intervention.Meeting {
	var about *intervention.Case
	for _, c := range s.Cases[e.Student.ID] {
		if about == nil || c.IsOpen() && (!about.IsOpen() || c.Kind == intervention.SART) || !about.IsOpen() && c.OpenedOn > about.OpenedOn {
			about = c
		}
	}
	if about == nil {
		kind, _, ok := intervention.WouldOpen(s.Policy, &e.Standing)
		if !ok {
			kind = intervention.CART
		}
		return intervention.Meeting{StudentID: e.Student.ID, Kind: kind}
	}
	if about.Meeting != nil {
		return *about.Meeting
	}
	return intervention.Meeting{CaseID: about.ID, StudentID: e.Student.ID, SchoolID: about.SchoolID, Kind: about.Kind}
}
