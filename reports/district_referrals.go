package reports

import (
	"cmp"
	"slices"
	"strings"

	"rollcall/internal/district"
)

// addReferrals lists who is due for referral to the SARB, those with least
// missing first, then who was referred.
func addReferrals(w *workbook, d *DistrictNight) error {
	names := schoolNames(d)
	rows := slices.Clone(d.Referrals)
	made := func(r ReferralLine) int {
		if _, ok := referred(&r.Case); ok {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(rows, func(a, b ReferralLine) int {
		return cmp.Or(cmp.Compare(made(a), made(b)), cmp.Compare(len(a.Missing), len(b.Missing)), cmp.Compare(a.SchoolID, b.SchoolID), cmp.Compare(a.StudentID, b.StudentID))
	})
	date := func(on district.Date) any {
		if on.IsZero() {
			return nil
		}
		return on
	}
	columns := []sheetColumn[ReferralLine]{
		{head: "School ID", width: 9, value: func(r ReferralLine) any { return r.SchoolID }},
		{head: "School", width: 26, look: asWrapped, value: func(r ReferralLine) any { return names[r.SchoolID] }},
		{head: "Student ID", width: 11, value: func(r ReferralLine) any { return r.StudentID }},
		{head: "Name", width: 22, look: asWrapped, value: func(r ReferralLine) any { return r.Name }},
		{head: "Grade", width: 5, value: func(r ReferralLine) any { return r.Grade }},
		{head: "Referral", width: 11, value: func(r ReferralLine) any {
			if made(r) == 1 {
				return "referred"
			}
			return "due"
		}},
		{head: "Missing items", width: 6, value: func(r ReferralLine) any { return len(r.Missing) }},
		{head: "Checklist items", width: 6, value: func(r ReferralLine) any { return r.Items }},
		{head: "What is missing", width: 40, look: asWrapped, value: func(r ReferralLine) any { return strings.Join(r.Missing, "\n") }},
		{head: "Reason", width: 28, look: asWrapped, value: func(r ReferralLine) any { return r.Reason.Words }},
		{head: "Dates counted since", width: 22, look: asWrapped, value: func(r ReferralLine) any { return shortDates(r.Reason.Dates) }},
		{head: "SART met on", width: 10.5, value: func(r ReferralLine) any { return date(r.Since.Meeting) }},
		{head: "Days since", width: 5, value: func(r ReferralLine) any { return r.Since.Days }},
		{head: "Absent since", width: 5, value: func(r ReferralLine) any { return r.Since.Absences }},
		{head: "Truancy events since", width: 5, value: func(r ReferralLine) any { return r.Since.Events }},
		{head: "Referred on", width: 10.5, value: func(r ReferralLine) any {
			e, _ := referred(&r.Case)
			return date(e.On)
		}},
		{head: "Referred by", width: 16, look: asWrapped, value: func(r ReferralLine) any {
			e, _ := referred(&r.Case)
			return joinParts(": ", e.Who(), e.Detail)
		}},
		{head: "Days enrolled", width: 5, value: func(r ReferralLine) any { return r.Standing.DaysEnrolled }},
		{head: "Days absent", width: 5, value: func(r ReferralLine) any { return r.Standing.DaysAbsent }},
		{head: "Truancy events", width: 5, value: func(r ReferralLine) any { return r.Standing.TruancyEvents }},
		{head: rateHead, width: 8, value: func(r ReferralLine) any { return rate(r.Standing.AbsenceRate()) }},
		{head: tierHead, width: 11, value: func(r ReferralLine) any { return tierWords(r.Standing.Tier) }},
		{head: "Packet", width: 34, value: func(r ReferralLine) any { return ReferralFile(r.StudentID) }},
		{head: "Case ID", width: 22, value: func(r ReferralLine) any { return r.Case.ID }},
	}
	return addSheet(w, worksheet[ReferralLine]{
		name: "SARB referrals", empty: "Nobody is due for referral to the SARB, and nobody was referred.", columns: columns, frozen: 4, tab: "A61C3C",
	}, slices.Values(rows), len(rows))
}
