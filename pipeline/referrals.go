package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"

	"rollcall/internal/intervention"
	"rollcall/internal/night"
	"rollcall/reports"
)

// referrals are the school's students whom the policy would refer to the
// district's SARB tonight, and those whom a person has referred, by student ID.
func (s Scheduled) referrals() []reports.Referral {
	var list []reports.Referral
	for _, r := range s.Decision.Referrals {
		list = append(list, reports.Referral{CaseID: r.CaseID, StudentID: r.StudentID, Reason: r.Reason, Since: r.Since})
	}
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.Enrollment.SchoolID != s.Snapshot.School.ID {
			continue // another school's, or gone from the district
		}
		for _, c := range s.Cases[e.Student.ID] {
			if c.State() != intervention.StateReferred {
				continue
			}
			r := reports.Referral{CaseID: c.ID, StudentID: e.Student.ID}
			if met := c.MetOn(); !met.IsZero() {
				r.Since = intervention.SinceMeeting(&e.Standing, e.Student, s.District, met)
				r.Reason, _ = s.Policy.Reason(intervention.SARBRules, &e.Standing, r.Since)
			}
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b reports.Referral) int {
		return cmp.Or(cmp.Compare(a.StudentID, b.StudentID), cmp.Compare(a.CaseID, b.CaseID))
	})
	return slices.CompactFunc(list, func(a, b reports.Referral) bool { return a.StudentID == b.StudentID })
}

// referralLines are a school's referrals as the district's documents list them.
func referralLines(s *reports.SchoolNight) []reports.ReferralLine {
	var lines []reports.ReferralLine
	for _, r := range s.Referrals {
		f := s.File(r.StudentID)
		if f == nil || f.Case(r.CaseID) == nil {
			continue
		}
		c := *f.Case(r.CaseID)
		items := reports.Readiness(&s.Night, f, &c)
		lines = append(lines, reports.ReferralLine{
			SchoolID: s.School.ID, Name: f.Student.SortName(), Grade: f.Enrollment.Grade, Standing: f.Standing, Case: c,
			Referral: r, Items: len(items), Missing: reports.Missing(items),
		})
	}
	return lines
}

// packets writes a packet for each referral and the list of them, one after
// another and a school's material at a time, however many there are.
func (c Closing) packets(ctx context.Context, runID string, d *reports.DistrictNight, put func(paper) error) error {
	var s *reports.SchoolNight
	written := map[string]bool{}
	for _, r := range d.Referrals {
		if s == nil || s.School.ID != r.SchoolID {
			var err error
			if s, err = schoolNight(ctx, c.Ledger, night.Job{RunID: runID, SchoolID: r.SchoolID}); err != nil {
				return err
			}
		}
		name := reports.ReferralFile(r.StudentID)
		if written[name] {
			continue // moved in mid-night: two schools' nights, one student
		}
		written[name] = true
		made, err := reports.ReferralPacket(s, c.Delivery.Words, r.Referral)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := put(paper{name: name, kind: referralKind, pages: made.Pages, students: 1, bytes: made.Bytes}); err != nil {
			return err
		}
	}
	return nil
}

// referralKind is what the ledger calls a packet.
const referralKind = "sarb-referral"

// packetManifest lists the packets, so that whoever is handed the folder can tell
// that it is whole.
func packetManifest(runID string, docs []night.Document) ([]byte, error) {
	packets := slices.DeleteFunc(slices.Clone(docs), func(d night.Document) bool { return d.Kind != referralKind })
	if len(packets) == 0 {
		return nil, nil
	}
	return reports.Manifest(runID, "", packets)
}

// manifestOfPackets is its place in a night's folder.
var manifestOfPackets = path.Join(reports.ReferralFolder, "manifest.json")
