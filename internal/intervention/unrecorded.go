package intervention

import (
	"cmp"
	"slices"

	"rollcall/internal/district"
)

// Unrecorded are the letters of one night and channel whose day has come and that
// nobody has recorded as gone out. They may be in the post, and still the next
// night withdraws them where their rule no longer holds.
type Unrecorded struct {
	RunID    string
	IssuedOn district.Date
	Channel  Channel
	Letters  int
	InOffice int // of Letters, those that the next night may withdraw
	// Case is the one case that they are of where its student has changed schools
	// since: the batch is that of the school before.
	Case string
}

// UnrecordedLetters counts those of the cases of a school, the oldest night first,
// the mail before the students' copies.
func UnrecordedLetters(cases []*Case, school string, asOf district.Date) []Unrecorded {
	var out []Unrecorded
	for _, c := range cases {
		if c.SchoolID != school {
			continue
		}
		for i := range c.Letters {
			l := &c.Letters[i]
			if l.Withdrawn || l.IssuedOn > asOf || !c.SentOn(l).IsZero() {
				continue
			}
			moved := ""
			if c.Has(Transferred, l.decidedOn()+1) {
				moved = c.ID
			}
			at := slices.IndexFunc(out, func(u Unrecorded) bool {
				return u.RunID == l.RunID && u.IssuedOn == l.IssuedOn && u.Channel == l.Channel && u.Case == moved
			})
			if at < 0 {
				at = len(out)
				out = append(out, Unrecorded{RunID: l.RunID, IssuedOn: l.IssuedOn, Channel: l.Channel, Case: moved})
			}
			out[at].Letters++
			if c.InOffice(l) {
				out[at].InOffice++
			}
		}
	}
	slices.SortFunc(out, func(a, b Unrecorded) int {
		return cmp.Or(cmp.Compare(a.IssuedOn, b.IssuedOn), cmp.Compare(a.RunID, b.RunID), cmp.Compare(a.Case, b.Case), cmp.Compare(a.Channel, b.Channel))
	})
	return out
}
