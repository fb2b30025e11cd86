package intervention

import "slices"

// NoticeTakenBack reports whether a letter of retraction took back a notice, of
// truancy (EC 48260.5) or of a referral. Another may be due since.
func (c *Case) NoticeTakenBack(notice *Letter) bool {
	return slices.ContainsFunc(c.Events, func(e Event) bool { return slices.Contains(e.Facts.Notices, notice.ID) })
}

// NoticesMade are the IDs of the notices of a kind that the case has had and that
// were not taken back, in order: one that is not on record as gone out yet may have
// gone all the same.
func (c *Case) NoticesMade(kind LetterKind) []string {
	var ids []string
	for i := range c.Letters {
		if l := &c.Letters[i]; l.Kind == kind && !c.NoticeTakenBack(l) {
			ids = append(ids, l.ID)
		}
	}
	return ids
}

// Notice is the notice of EC 48260.5 that a household was sent last (the empty
// household: the student's copy), else any household's; nil where none is on record
// as gone out.
func (c *Case) Notice(household string) *Letter {
	var theirs, anybodys *Letter
	for i := range c.Letters {
		l := &c.Letters[i]
		if l.Kind != LetterOne || !c.WentOut(l) {
			continue
		}
		anybodys = l
		if l.Household == household {
			theirs = l
		}
	}
	if theirs != nil {
		return theirs
	}
	return anybodys
}
