package queue

import (
	"encoding/json"
	"fmt"

	"github.com/riverqueue/river"

	"rollcall/internal/district"
	"rollcall/internal/night"
)

// args are a job as River keeps it. The names are what is stored: they stay.
type args struct {
	RunID    string        `json:"run_id"`
	SchoolID string        `json:"school_id,omitempty"`
	Role     district.Role `json:"role,omitempty"`
	Issue    int           `json:"issue,omitempty"`
	Basis    string        `json:"basis,omitempty"`
}

// River knows a job's kind by its type.
type (
	planArgs    struct{ args }
	renderArgs  struct{ args }
	deliverArgs struct{ args }
	closeArgs   struct{ args }
	nightArgs   struct{ args }
)

// storedJob is any of them.
type storedJob interface {
	river.JobArgs
	job(kind string) night.Job
}

func (planArgs) Kind() string    { return string(night.Plan) }
func (renderArgs) Kind() string  { return string(night.Render) }
func (deliverArgs) Kind() string { return string(night.Deliver) }
func (closeArgs) Kind() string   { return string(night.Close) }
func (nightArgs) Kind() string   { return string(night.Night) }

func (a args) job(kind string) night.Job {
	return night.Job{Kind: night.JobKind(kind), RunID: a.RunID, SchoolID: a.SchoolID, Role: a.Role, Issue: a.Issue, Basis: a.Basis}
}

// jobOf reads a stored job.
func jobOf(kind string, encoded []byte) (night.Job, error) {
	var a args
	err := json.Unmarshal(encoded, &a)
	return a.job(kind), err
}

func paramsOf(jobs []night.Job) ([]river.InsertManyParams, error) {
	var params []river.InsertManyParams
	for _, j := range jobs {
		a := args{RunID: j.RunID, SchoolID: j.SchoolID, Role: j.Role, Issue: j.Issue, Basis: j.Basis}
		var stored river.JobArgs
		switch j.Kind {
		case night.Plan:
			stored = planArgs{a}
		case night.Render:
			stored = renderArgs{a}
		case night.Deliver:
			stored = deliverArgs{a}
		case night.Close:
			stored = closeArgs{a}
		default:
			return nil, fmt.Errorf("queue: no kind of job is called %q", string(j.Kind))
		}
		params = append(params, river.InsertManyParams{Args: stored, InsertOpts: &river.InsertOpts{Priority: priority(j.Kind)}})
	}
	return params, nil
}

// priority has what others wait for taken first.
func priority(kind night.JobKind) int {
	if kind == night.Plan {
		return 1
	}
	return 2
}
