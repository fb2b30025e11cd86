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
			at := slices.IndexFunc(out, func(u Unrecorded) bool {
				return u.RunID == l.RunID && u.IssuedOn == l.IssuedOn && u.Channel == l.Channel
			})
			if at < 0 {
				at = len(out)
				out = append(out, Unrecorded{RunID: l.RunID, IssuedOn: l.IssuedOn, Channel: l.Channel})
			}
			out[at].Letters++
		}
	}
	slices.SortFunc(out, func(a, b Unrecorded) int {
		return cmp.Or(cmp.Compare(a.IssuedOn, b.IssuedOn), cmp.Compare(a.RunID, b.RunID), cmp.Compare(a.Channel, b.Channel))
	})
	return out
}
