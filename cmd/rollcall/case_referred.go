package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"rollcall/internal/attendance"
	"rollcall/internal/config"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// due is why a referral is due by the policy, on the export as it is, or an error
// that says what it lacks. (rules.md 4, SARB referral)
func (c *caseRecordCommand) due(ctx context.Context, k *intervention.Case, cfg *config.Config, s *surroundings) (string, error) {
	if k.Kind != intervention.SART {
		return "", fmt.Errorf("the policy refers after a completed SART, and this is a %s case", k.Kind)
	}
	met := k.MetOn()
	if met.IsZero() {
		missed := ""
		if k.Meeting != nil {
			missed = " on " + k.Meeting.Date.String()
		}
		return "", fmt.Errorf("the family did not come%s and no contract is on record; the policy counts from a meeting that was held or a contract", missed)
	}
	asOf := c.AsOf
	if asOf.IsZero() {
		asOf = cfg.AsOf(s.now())
	}
	policy, standing, since, err := sinceMet(ctx, k, cfg, asOf)
	if err != nil {
		return "", fmt.Errorf("whether the referral is due cannot be seen: %w", err)
	}
	if reason, holds := policy.Reason(intervention.SARBRules, standing, since); holds {
		return reason.Words, nil
	}
	var asked []string
	for _, r := range policy.Text.SARB {
		asked = append(asked, r.When)
	}
	events := "unexcused absences or truancies"
	if since.Events == 1 {
		events = "unexcused absence or truancy"
	}
	return "", fmt.Errorf("%d %s since the SART meeting on %s, through %s; the policy asks for %s", since.Events, events, met, asOf, strings.Join(asked, " or "))
}

// sinceMet is a student's attendance since the meeting of a case, by the export.
func sinceMet(ctx context.Context, k *intervention.Case, cfg *config.Config, asOf district.Date) (*intervention.Policy, *attendance.Standing, intervention.Since, error) {
	policy, err := cfg.Policies.On(asOf)
	if err != nil {
		return nil, nil, intervention.Since{}, err
	}
	bundle, err := openSource(ctx, cfg, asOf, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, nil, intervention.Since{}, err
	}
	student, ok := bundle.Student(k.StudentID)
	if !ok {
		return nil, nil, intervention.Since{}, errors.New("the export does not have the student")
	}
	d := bundle.District()
	if !anyInSession(d) {
		return nil, nil, intervention.Since{}, fmt.Errorf("the export has no school day in %s", d.Year)
	}
	standing, assessed := attendance.Assess(student, d, policy.Rules)
	if !assessed {
		return nil, nil, intervention.Since{}, fmt.Errorf("the student is not enrolled on %s", asOf)
	}
	return policy, &standing, intervention.SinceMeeting(&standing, student, d, k.MetOn()), nil
}
