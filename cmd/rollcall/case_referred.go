package main

import (
	"context"
	"fmt"
	"strings"

	"rollcall/internal/config"
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
	r, err := read(ctx, cfg, asOf, k.StudentID)
	if err == nil && !r.assessed {
		err = fmt.Errorf("the student is not enrolled on %s", asOf)
	}
	if err != nil {
		return "", fmt.Errorf("whether the referral is due cannot be seen: %w", err)
	}
	since := intervention.SinceMeeting(&r.standing, r.student, r.district, met)
	if reason, holds := r.policy.Reason(intervention.SARBRules, &r.standing, since); holds {
		return reason.Words, nil
	}
	var asked []string
	for _, rule := range r.policy.Text.SARB {
		asked = append(asked, rule.When)
	}
	return "", fmt.Errorf("%s since the SART meeting on %s, through %s; the policy asks for %s", intervention.EventsInWords(since.Events), met, asOf, strings.Join(asked, " or "))
}
