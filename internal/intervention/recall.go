package intervention

import "slices"

// ReferralTakenBack reports whether a person took the last referral to SARB back: a
// withdrawal while the case was referred leaves it where it was before.
func (c *Case) ReferralTakenBack() bool {
	back := false
	c.replay(func(e Event, before, _ State) {
		switch e.Kind {
		case Identified, Referred:
			back = false
		case Withdrawn:
			back = before == StateReferred
		}
	})
	return back
}

// ReferralNotice is the student's copy of the notice of the referral that the case
// was given last, nil for none: one that was taken back is none of a referral since.
func (c *Case) ReferralNotice() *Letter {
	return c.lastLetter(func(l *Letter) bool {
		return l.Kind == SARBNotice && l.Channel == WithStudent && !c.NoticeTakenBack(l)
	})
}

// ReferralMailed reports whether a letter of the case is a notice of a referral that
// is on record as mailed.
func (c *Case) ReferralMailed(l *Letter) bool {
	return l.Kind == SARBNotice && l.Channel == ByMail && c.WentOut(l)
}

// owesRecall reports whether the notice of a referral that was taken back is out, and
// no letter has said so yet.
func (c *Case) owesRecall() bool {
	return c.ReferralTakenBack() && c.lastOf(Retracted) < c.lastOf(Referred) && c.anyOut(SARBNotice)
}

// recall stops the notice of a referral that was taken back in the tray.
func (d *decider) recall(c *Case) {
	if c.ReferralTakenBack() && slices.ContainsFunc(c.Letters, func(l Letter) bool { return l.Kind == SARBNotice && c.InOffice(&l) }) {
		d.act(Recall, *c, "the referral was taken back on "+c.DayOf(Withdrawn).String())
	}
}
