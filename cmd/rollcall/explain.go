package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"

	"rollcall/internal/attendance"
	"rollcall/internal/bundle"
	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

type explainCommand struct {
	Student string        `arg:"" help:"Student ID."`
	AsOf    district.Date `help:"As of this date. Default: the date twelve hours ago." placeholder:"2026-10-15"`
}

// Help shows an example.
func (explainCommand) Help() string {
	return "Every counted day, the rules with their numbers, what was sent and what comes next.\n\nExample:\n  rollcall explain 4021877 --as-of 2026-10-15"
}

// Run answers a parent's question: why.
func (c *explainCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	if c.AsOf.IsZero() {
		c.AsOf = cfg.AsOf(s.now())
	}
	e := explanation{w: s.stdout}
	if e.reading, err = read(ctx, cfg, c.AsOf, c.Student); err != nil {
		return err
	}
	if err := e.remember(ctx, cfg); err != nil {
		return err
	}
	e.print()
	return nil
}

// reading is what the export and the policy of a day say of a student.
type reading struct {
	student  *district.Student
	district *district.District
	policy   *intervention.Policy
	standing attendance.Standing
	assessed bool // enrolled on that day
}

func read(ctx context.Context, cfg *config.Config, asOf district.Date, id string) (r reading, err error) {
	if r.policy, err = cfg.Policies.On(asOf); err != nil {
		return r, usage(err)
	}
	data, err := openSource(ctx, cfg.Source, asOf, bundle.Everything, slog.New(slog.DiscardHandler))
	if err != nil {
		return r, err
	}
	var ok bool
	if r.student, ok = data.Student(id); !ok {
		return r, usage(fmt.Errorf("no student %q in the export", id))
	}
	if r.district = data.District(); !anyInSession(r.district) {
		return r, usage(fmt.Errorf("the export's calendar has no school day in %s; name a date of its year with --as-of", r.district.Year))
	}
	r.standing, r.assessed = attendance.Assess(r.student, r.district, r.policy.Rules)
	return r, nil
}

func anyInSession(d *district.District) bool {
	for _, s := range d.Schools {
		if len(d.Calendars[s.ID].All()) > 0 {
			return true
		}
	}
	return false
}

// remember reads the student's cases of the year and the holds that stand; there
// are none where no night ran yet.
func (e *explanation) remember(ctx context.Context, cfg *config.Config) error {
	l, err := anyLedger(ctx, cfg)
	if err != nil || l == nil {
		return err
	}
	var holds []intervention.Hold
	if e.cases, err = l.Cases(ctx, e.district.Year, []string{e.student.ID}); err == nil {
		holds, err = l.HoldsOn(ctx, e.district.AsOf)
	}
	for _, h := range holds {
		if h.StudentID == e.student.ID || e.assessed && h.SchoolID == e.standing.SchoolID {
			e.holds = append(e.holds, h)
		}
	}
	return errors.Join(err, l.Close())
}

type explanation struct {
	w io.Writer
	reading
	cases []intervention.Case
	holds []intervention.Hold
}

// say prints a line. What the export says may hold what steers a terminal.
func (e *explanation) say(format string, args ...any) {
	fmt.Fprintln(e.w, strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, fmt.Sprintf(format, args...)))
}

const day = "Mon Jan 2, 2006"

func (e *explanation) print() {
	s := &e.standing
	e.say("Student %s, as of %s (school year %s)", e.student.ID, e.district.AsOf.Format(day), e.district.Year)
	if !e.assessed {
		e.say("Not enrolled on that day, so not assessed.")
		e.enrollments()
		e.history()
		return
	}
	school, _ := e.district.School(s.SchoolID)
	e.say("%s (%s), grade %s", school.Name, s.SchoolID, s.Grade)
	e.enrollments()
	e.say("")
	e.say("Absent %d of %d school days: %.1f %% (%s), %.1f days a school month.", s.DaysAbsent, s.DaysEnrolled, 100*s.AbsenceRate(), s.Tier, s.AbsencesPerMonth())
	e.say("  excused %d, unexcused %d, not yet verified %d, suspended %d, independent study incomplete %d",
		s.DaysExcused, s.DaysUnexcused, s.DaysPending, s.DaysSuspended, s.DaysIndependentStudyIncomplete)
	e.say("Truancy events: %d (%d unexcused days and %d days late or missing more than %d minutes).", s.TruancyEvents, s.DaysUnexcused, s.PartialDayTruancies, e.policy.Rules.LateMinutes)
	e.days("Days absent:", s.Absences)
	e.days("Truancy events:", s.Truancies)
	if len(s.Uncounted) > 0 {
		e.say("\nDays that do not count:")
		for _, d := range s.Uncounted {
			e.say("  %s  %-4s %s", d.Date.Format(day), d.Code, d.Why)
		}
	}
	for _, f := range s.Faults {
		e.say("  to mend: %s %s", f.Date.Format(day), f.Problem)
	}
	e.rules()
	e.history()
	e.next()
	e.outlook()
}

func (e *explanation) enrollments() {
	for _, en := range e.student.Enrollments {
		until := "still enrolled"
		if !en.ExitDate.IsZero() {
			until = "until " + en.ExitDate.Format(day)
		}
		e.say("  at school %s, grade %s, from %s, %s", en.SchoolID, en.Grade, en.EntryDate.Format(day), until)
	}
}

func (e *explanation) days(title string, days []attendance.Day) {
	if len(days) == 0 {
		return
	}
	e.say("\n%s", title)
	for _, d := range days {
		description := ""
		if code := e.district.Codes[d.Code]; code != nil {
			description = code.Description
		}
		detail := strings.ReplaceAll(d.Category.String(), "_", " ")
		if d.Matured {
			detail += ", not cleared within the window"
		}
		if len(d.Periods) > 0 && d.Kind == attendance.PartialDayTruancy {
			detail += ", period " + strings.Join(d.Periods, " ")
		}
		if d.Minutes > 0 {
			detail += fmt.Sprintf(", %d minutes", d.Minutes)
		}
		e.say("  %s  %-4s %s (%s)", d.Date.Format(day), d.Code, description, detail)
	}
}

// rules shows each list with the rule that holds, or that none does.
func (e *explanation) rules() {
	e.say("\nThe policy %q (%s):", e.policy.Text.Name, intervention.ShortHash(e.policy.Hash))
	if !e.policy.CanHaveCase(e.standing.Grade) {
		e.say("  grade %s cannot get a case", e.standing.Grade)
		return
	}
	for _, list := range []struct {
		name  string
		list  intervention.RuleList
		rules []intervention.RuleText
	}{
		{"SART", intervention.SARTRules, e.policy.Text.SART},
		{"CART", intervention.CARTRules, e.policy.Text.CART},
		{"Watch list", intervention.WatchRules, e.policy.Text.WatchList},
	} {
		if reason, ok := e.policy.Reason(list.list, &e.standing, intervention.Since{}); ok {
			e.say("  %-10s yes: %s (rule %q: %s)", list.name, reason.Words, reason.Rule, reason.Expr)
			continue
		}
		var texts []string
		for _, r := range list.rules {
			texts = append(texts, r.When)
		}
		e.say("  %-10s no: does not meet %s", list.name, strings.Join(texts, ", nor "))
	}
}
