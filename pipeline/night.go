package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
)

// Ledger is what planning a night needs of the memory.
type Ledger interface {
	DayKeeper
	Rememberer
	Committer
	BeginRun(ctx context.Context, r night.Run) (night.Run, error)
	Schools(ctx context.Context, runID string) ([]night.School, error)
	// LatestAsOf is the latest as-of date a school's night was committed for.
	LatestAsOf(ctx context.Context, year district.SchoolYear) (district.Date, error)
}

// Planning is a night as far as commit: its stages, in order.
type Planning struct {
	Calendar Stage[Tonight, []intervention.MeetingDay]
	Extract  Stage[string, Extracted]
	Assess   Stage[Extracted, Assessed]
	Decide   Stage[Assessed, Decided]
	Schedule Stage[Decided, Scheduled]
	Commit   Stage[Scheduled, night.School]

	source Source
	ledger Ledger
	log    *slog.Logger
}

// NewPlanning wires the stages of tonight.
func NewPlanning(t Tonight, source Source, ledger Ledger, log *slog.Logger) *Planning {
	return &Planning{
		Calendar: Stage[Tonight, []intervention.MeetingDay]{CalendarStage, calendar(ledger)},
		Extract:  Stage[string, Extracted]{ExtractStage, extract(source, ledger, t)},
		Assess:   Stage[Extracted, Assessed]{AssessStage, assess},
		Decide:   Stage[Assessed, Decided]{DecideStage, decide},
		Schedule: Stage[Decided, Scheduled]{ScheduleStage, schedule},
		Commit:   Stage[Scheduled, night.School]{CommitStage, commit(ledger)},
		source:   source, ledger: ledger, log: log,
	}
}

// Planned is what planning came to.
type Planned struct {
	Schools []night.School // committed, tonight or by an earlier start of the same night
	Failed  []SchoolError  // schools that lost their night; the others have theirs
}

// SchoolError is why one school has no night.
type SchoolError struct {
	SchoolID string
	Err      error
}

// ErrStale is wrapped by the error of a night older than one already committed.
var ErrStale = errors.New("a later night is already on record")

// ErrOtherNight is the error of a night that was begun to issue and is to go on
// recording only, or the other way round.
var ErrOtherNight = errors.New("this night was begun the other way: --record-only belongs to a night from its start to its end")

// ErrPolicy is wrapped by the error of a night that would go on with another
// policy than it began with.
var ErrPolicy = errors.New("the night began with another policy")

// Begin opens the run of a night, or finds the one already begun. It refuses a
// night older than one that was committed: its letters would be about a past
// that the families have been told the outcome of. And it refuses another policy
// than the run began with: one night's decisions have one policy.
func Begin(ctx context.Context, ledger Ledger, d *district.District, p *intervention.Policy, s Settings, now time.Time) (night.Run, error) {
	latest, err := ledger.LatestAsOf(ctx, d.Year)
	if err != nil {
		return night.Run{}, err
	}
	if d.AsOf < latest {
		return night.Run{}, fmt.Errorf("%w: %s; a night as of %s would decide on older data (use --dry-run to look at it)", ErrStale, latest, d.AsOf)
	}
	run, err := ledger.BeginRun(ctx, night.Run{
		ID: d.AsOf.String(), AsOf: d.AsOf, PolicyHash: p.Hash, PolicyText: p.Canonical,
		InputDigest: d.Digest, Version: s.Version, RecordOnly: s.RecordOnly, StartedAt: now.UTC(),
	})
	switch {
	case err != nil:
	case run.RecordOnly != s.RecordOnly:
		err = ErrOtherNight
	case run.PolicyHash != p.Hash:
		err = fmt.Errorf("%w: %s, not %s", ErrPolicy, intervention.ShortHash(run.PolicyHash), intervention.ShortHash(p.Hash))
	}
	return run, err
}

// redecide is how often a school's night is decided afresh because a person
// recorded something while it was under way.
const redecide = 3

// Run plans each school that is not yet committed. until ends it early; a stage
// before commit stores nothing.
func (n *Planning) Run(ctx context.Context, t Tonight, schools []string, until Name, watch Watch) (Planned, error) {
	var out Planned
	done, err := n.ledger.Schools(ctx, t.Run.ID)
	if err != nil {
		return out, err
	}
	committed := map[string]night.School{}
	for _, s := range done {
		committed[s.SchoolID] = s
	}
	// The district is committed once its meeting days are laid out. They are laid
	// out once a night: done again, they would make way for what the night has
	// booked, and the schools that are left would get other days than they had.
	_, laidOut := committed[""]
	if !laidOut && len(missing(schools, committed)) > 0 {
		if _, err := n.Calendar.run(ctx, t); err != nil {
			return out, err
		}
	}
	n.reached(watch, Step{Stage: CalendarStage, Done: 1, Total: 1})
	if !laidOut && CommitStage.reaches(until) {
		if err := n.commitDistrict(ctx, t); err != nil {
			return out, fmt.Errorf("%s: %w", CommitStage, err)
		}
	}
	for i, id := range schools {
		if s, ok := committed[id]; ok {
			out.Schools = append(out.Schools, s)
			continue
		}
		s, last, err := n.settled(ctx, id, until)
		switch {
		case ctx.Err() != nil:
			return out, ctx.Err()
		case err != nil:
			n.log.Error("school has no night", "school", id, "error", err)
			out.Failed = append(out.Failed, SchoolError{SchoolID: id, Err: err})
		case last == CommitStage:
			out.Schools = append(out.Schools, s)
		}
		n.reached(watch, Step{Stage: last, SchoolID: id, Done: i + 1, Total: len(schools)})
	}
	return out, nil
}

func missing(schools []string, committed map[string]night.School) []string {
	return slices.DeleteFunc(slices.Clone(schools), func(id string) bool {
		_, ok := committed[id]
		return ok
	})
}

// settled takes one school as far as until, afresh where a person was faster.
func (n *Planning) settled(ctx context.Context, id string, until Name) (night.School, Name, error) {
	s, last, err := n.school(ctx, id, until)
	for try := 0; try < redecide && errors.Is(err, night.ErrChanged); try++ {
		n.log.Info("decided again: something was recorded meanwhile", "school", id)
		s, last, err = n.school(ctx, id, until)
	}
	return s, last, err
}

// school takes one school as far as until and says which stage it reached.
func (n *Planning) school(ctx context.Context, id string, until Name) (night.School, Name, error) {
	var none night.School
	if !ExtractStage.reaches(until) {
		return none, CalendarStage, nil
	}
	x, err := n.Extract.run(ctx, id)
	if n.passed(ExtractStage, id, err); err != nil || !AssessStage.reaches(until) {
		return none, ExtractStage, err
	}
	a, err := n.Assess.run(ctx, x)
	if n.passed(AssessStage, id, err); err != nil || !DecideStage.reaches(until) {
		return none, AssessStage, err
	}
	d, err := n.Decide.run(ctx, a)
	if n.passed(DecideStage, id, err); err != nil || !ScheduleStage.reaches(until) {
		return none, DecideStage, err
	}
	s, err := n.Schedule.run(ctx, d)
	if n.passed(ScheduleStage, id, err); err != nil || !CommitStage.reaches(until) {
		return none, ScheduleStage, err
	}
	committed, err := n.Commit.run(ctx, s)
	return committed, CommitStage, err
}

// passed logs a boundary inside a school's night, for whoever looks closely.
func (n *Planning) passed(stage Name, school string, err error) {
	if err == nil {
		n.log.Debug("stage", "stage", string(stage), "school", school)
	}
}

// commitDistrict stores what the district's own documents are made of, once.
func (n *Planning) commitDistrict(ctx context.Context, t Tonight) error {
	d := n.source.District()
	m := districtMaterial{Night: t.words(""), Rejects: d.Rejects}
	for _, s := range d.Staff {
		if s.Role == district.DistrictOffice {
			m.Staff = append(m.Staff, s)
		}
	}
	packed, err := pack(m)
	if err != nil {
		return err
	}
	return n.ledger.Commit(ctx, night.Commit{School: night.School{RunID: t.Run.ID, Status: night.Delivered}, Material: packed})
}

// reached tells whoever watches, and the log, that a stage's boundary was
// passed.
func (n *Planning) reached(watch Watch, s Step) {
	n.log.Info("stage", "stage", string(s.Stage), "school", s.SchoolID, "done", s.Done, "of", s.Total)
	watch.tell(s)
}
