package pipeline

import (
	"context"
	"fmt"
	"slices"
)

// Name is a stage's.
type Name string

// The stages, in order.
const (
	CalendarStage Name = "calendar"
	ExtractStage  Name = "extract"
	AssessStage   Name = "assess"
	DecideStage   Name = "decide"
	ScheduleStage Name = "schedule"
	CommitStage   Name = "commit"
	RenderStage   Name = "render"
	DeliverStage  Name = "deliver"
	CloseStage    Name = "close"
)

// Stages lists them all.
var Stages = []Name{
	CalendarStage, ExtractStage, AssessStage, DecideStage, ScheduleStage, CommitStage,
	RenderStage, DeliverStage, CloseStage,
}

// reaches reports whether a night that goes as far as until has stage s in it.
// An empty until is the whole night.
func (s Name) reaches(until Name) bool {
	return until == "" || slices.Index(Stages, s) <= slices.Index(Stages, until)
}

// Stage is one typed step: what goes in, what comes out.
type Stage[In, Out any] struct {
	Name Name
	Do   func(context.Context, In) (Out, error)
}

// run does the stage and puts its name on an error.
func (s Stage[In, Out]) run(ctx context.Context, in In) (Out, error) {
	if err := ctx.Err(); err != nil {
		var none Out
		return none, fmt.Errorf("%s: %w", s.Name, err)
	}
	out, err := s.Do(ctx, in)
	if err != nil {
		return out, fmt.Errorf("%s: %w", s.Name, err)
	}
	return out, nil
}

// Step tells whoever watches how far the night is: Done of Total units of a
// stage, schools for the most part. SchoolID is the one that was just done.
type Step struct {
	Stage       Name
	SchoolID    string
	Done, Total int
}

// Watch is told of each step; nil watches nothing.
type Watch func(Step)

func (w Watch) tell(s Step) {
	if w != nil {
		w(s)
	}
}
