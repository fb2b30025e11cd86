package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
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
	// Committed are the schools, by ID, that have their part of a run; the empty ID is the
	// district's own.
	Committed(ctx context.Context, runID string) ([]string, error)
	// OnRecord are the schools where a student has a case or a meeting of the year, by
	// student ID.
	OnRecord(ctx context.Context, year district.SchoolYear) (map[string][]string, error)
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

	tonight Tonight
	source  Source
	ledger  Ledger
	log     *slog.Logger
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
		tonight:  t, source: source, ledger: ledger, log: log,
	}
}

// Planned is what planning came to.
type Planned struct {
	Schools []string      // committed, tonight or by an earlier start of the same night
	Failed  []SchoolError // schools that lost their night; the others have theirs
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

// Run plans each school that is not yet committed, here and one after another. until
// ends it early; a stage before commit stores nothing.
func (n *Planning) Run(ctx context.Context, schools []string, until Name, watch Watch) (Planned, error) {
	return n.run(ctx, schools, until, &inPlace{Planning: n, until: until}, watch)
}

// RunJobs is Run as far as commit, each school a job of the queue: Do is what works it,
// here or on another machine.
func (n *Planning) RunJobs(ctx context.Context, queue Queue, schools []string, watch Watch) (Planned, error) {
	basis, err := json.Marshal(Basis{Export: n.tonight.District.Digest, Refused: n.tonight.Settings.Refused})
	if err != nil {
		return Planned{}, fmt.Errorf("%s: %w", CommitStage, err)
	}
	return n.run(ctx, schools, CommitStage, &byQueue{queue: queue, ledger: n.ledger, runID: n.tonight.Run.ID, basis: string(basis)}, watch)
}

func (n *Planning) run(ctx context.Context, schools []string, until Name, hands hands, watch Watch) (Planned, error) {
	var out Planned
	committed, err := n.ledger.Committed(ctx, n.tonight.Run.ID)
	if err != nil {
		return out, err
	}
	var left []string
	for _, id := range schools {
		if slices.Contains(committed, id) {
			out.Schools = append(out.Schools, id)
		} else {
			left = append(left, id)
		}
	}
	if err := n.layOut(ctx, until, slices.Contains(committed, ""), len(left) > 0, watch); err != nil {
		return out, err
	}
	onRecord, err := n.ledger.OnRecord(ctx, n.tonight.District.Year)
	if err != nil {
		return out, err
	}
	order := newTurns(left, n.source.Tied(onRecord))
	next, done := order.first(), len(schools)-len(left)
	for done < len(schools) {
		if err := hands.plan(ctx, next); err != nil {
			return out, err
		}
		came, err := hands.settled(ctx)
		if err != nil {
			return out, err
		}
		next = nil
		for _, o := range came {
			switch {
			case o.err != nil:
				n.log.Error("school has no night", "school", o.school, "error", o.err)
				out.Failed = append(out.Failed, SchoolError{SchoolID: o.school, Err: o.err})
			case o.last == CommitStage:
				out.Schools = append(out.Schools, o.school)
			}
			done++
			next = append(next, order.after(o.school)...)
			n.reached(watch, Step{Stage: o.last, SchoolID: o.school, Done: done, Total: len(schools)})
		}
	}
	slices.Sort(out.Schools)
	slices.SortFunc(out.Failed, func(a, b SchoolError) int { return cmp.Compare(a.SchoolID, b.SchoolID) })
	return out, nil
}

// layOut settles what ties the schools together. The district is committed once its
// meeting days are laid out. They are laid out once a night: done again, they would make
// way for what the night has booked, and the schools that are left would get other days
// than they had.
func (n *Planning) layOut(ctx context.Context, until Name, laidOut, wanted bool, watch Watch) error {
	if !laidOut && wanted {
		if _, err := n.Calendar.run(ctx, n.tonight); err != nil {
			return err
		}
	}
	n.reached(watch, Step{Stage: CalendarStage, Done: 1, Total: 1})
	if !laidOut && CommitStage.reaches(until) {
		if err := n.commitDistrict(ctx); err != nil {
			return fmt.Errorf("%s: %w", CommitStage, err)
		}
	}
	return nil
}

// decided takes one school as far as until, afresh where a person was faster, and says
// which stage it reached.
func (n *Planning) decided(ctx context.Context, id string, until Name) (Name, error) {
	last, err := n.school(ctx, id, until)
	for try := 0; try < redecide && errors.Is(err, night.ErrChanged); try++ {
		n.log.Info("decided again: something was recorded meanwhile", "school", id)
		last, err = n.school(ctx, id, until)
	}
	return last, err
}

func (n *Planning) school(ctx context.Context, id string, until Name) (Name, error) {
	if !ExtractStage.reaches(until) {
		return CalendarStage, nil
	}
	x, err := n.Extract.run(ctx, id)
	if n.passed(ExtractStage, id, err); err != nil || !AssessStage.reaches(until) {
		return ExtractStage, err
	}
	a, err := n.Assess.run(ctx, x)
	if n.passed(AssessStage, id, err); err != nil || !DecideStage.reaches(until) {
		return AssessStage, err
	}
	d, err := n.Decide.run(ctx, a)
	if n.passed(DecideStage, id, err); err != nil || !ScheduleStage.reaches(until) {
		return DecideStage, err
	}
	s, err := n.Schedule.run(ctx, d)
	if n.passed(ScheduleStage, id, err); err != nil || !CommitStage.reaches(until) {
		return ScheduleStage, err
	}
	_, err = n.Commit.run(ctx, s)
	return CommitStage, err
}

// passed logs a boundary inside a school's night, for whoever looks closely.
func (n *Planning) passed(stage Name, school string, err error) {
	if err == nil {
		n.log.Debug("stage", "stage", string(stage), "school", school)
	}
}

// commitDistrict stores what the district's own documents are made of, once.
func (n *Planning) commitDistrict(ctx context.Context) error {
	d := n.source.District()
	m := districtMaterial{Night: n.tonight.words(""), Rejects: d.Rejects}
	for _, s := range d.Staff {
		if s.Role == district.DistrictOffice {
			m.Staff = append(m.Staff, s)
		}
	}
	packed, err := pack(m)
	if err != nil {
		return err
	}
	return n.ledger.Commit(ctx, night.Commit{School: night.School{RunID: n.tonight.Run.ID, Status: night.Delivered}, Material: packed})
}

// reached tells whoever watches, and the log, that a stage's boundary was
// passed.
func (n *Planning) reached(watch Watch, s Step) {
	n.log.Info("stage", "stage", string(s.Stage), "school", s.SchoolID, "done", s.Done, "of", s.Total)
	watch.tell(s)
}
