package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/ledger"
)

type releaseCommand struct {
	subject
	Why string `help:"The reason, in a sentence." placeholder:"TEXT"`
	By  string `help:"Who releases. Default: the user who runs this." placeholder:"NAME"`
}

// Help shows an example.
func (releaseCommand) Help() string {
	return `Ends a hold: the next night decides as if it had never been. The record of the hold stays. A night that was held stays held until it is approved.

Examples:
  rollcall release 101
  rollcall release 4021877 --why "Back at school"`
}

// Run ends the holds of a school or a student.
func (c *releaseCommand) Run(ctx context.Context, g *commands, s *surroundings) error {
	if err := c.one(); err != nil {
		return err
	}
	cfg, err := s.load(g)
	if err != nil {
		return err
	}
	l, err := openLedger(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(c.release(ctx, l, cfg.AsOf(s.now()), s), l.Close())
}

func (c *releaseCommand) release(ctx context.Context, l *ledger.Ledger, asOf district.Date, s *surroundings) error {
	holds, err := l.Holds(ctx)
	if err != nil {
		return err
	}
	if asOf, err = notBefore(ctx, l, asOf); err != nil {
		return err
	}
	h, err := c.standing(holds, asOf)
	if err != nil {
		return usage(err)
	}
	released, err := l.Release(ctx, h.SchoolID, h.StudentID, asOf, ledger.Release{
		At: s.now().UTC(), By: signed(c.By, s), Why: district.OneLine(c.Why),
	})
	if err != nil {
		return err
	}
	for _, r := range released {
		fmt.Fprintf(s.stdout, "Released: %s was %s.\n", owner(r), r.Words())
	}
	return nil
}

// notBefore is the first night that a hold of today can be about: the latest on
// record, which may yet be approved, or the next.
func notBefore(ctx context.Context, l *ledger.Ledger, next district.Date) (district.Date, error) {
	latest, err := l.LatestNight(ctx)
	if err != nil || latest.IsZero() {
		return next, err
	}
	return min(latest, next), nil
}

// standing is the hold meant; a student who has left the export can be released
// as well.
func (c *releaseCommand) standing(holds []intervention.Hold, asOf district.Date) (intervention.Hold, error) {
	var found []intervention.Hold
	before := ""
	for _, h := range holds {
		school := h.SchoolID != "" && (h.SchoolID == c.School || h.SchoolID == c.ID)
		student := h.StudentID != "" && (h.StudentID == c.Student || h.StudentID == c.ID)
		switch {
		case !school && !student:
		case !h.ReleasedAt.IsZero():
			before = fmt.Sprintf("; the last hold was released by %s", h.ReleasedBy)
		case h.EndedBefore(asOf):
			before = fmt.Sprintf("; the last hold ended on %s", h.Until)
		case !slices.ContainsFunc(found, func(f intervention.Hold) bool { return owner(f) == owner(h) }):
			found = append(found, h)
		}
	}
	id := c.ID + c.School + c.Student
	switch len(found) {
	case 0:
		return intervention.Hold{}, fmt.Errorf("%s is not on hold%s", id, before)
	case 1:
		return found[0], nil
	}
	return intervention.Hold{}, fmt.Errorf("school %s and student %s are both on hold; say which with --school or --student", id, id)
}
