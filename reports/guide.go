package reports

import (
	"fmt"
	"strings"

	"rollcall/internal/intervention"
	"rollcall/templates"
)

// Guide is what the facilitator has at hand: the seven steps with words to say,
// in English and Spanish, CART and SART each on pages of their own.
func Guide(s *SchoolNight, set *templates.Set) (PDF, error) {
	p := newPaper("Facilitator's guide, "+s.School.Name, &s.Night, portrait)
	for _, kind := range []intervention.Kind{intervention.CART, intervention.SART} {
		d := templates.ContractData{Supports: s.Night.supports(templates.English)}
		d.FamilyData = familyWords(s, &StudentFile{}, kind, nil, nil, templates.English)
		blocks, err := set.Guide(string(kind), d)
		if err != nil {
			return PDF{}, err
		}
		f := p.flow(flowOptions{
			Head: literal("Facilitator's guide · " + s.School.Name), Foot: fmt.Sprintf("%s guide · school year %s\tPage {page} of {pages}", kind, s.Night.Year),
			Bookmark: string(kind), Size: 9.5,
		})
		f.fewestPages(func() {
			f.form(blocks)
			f.daysAhead(s, kind)
		})
	}
	return p.finish()
}

// daysAhead tells a facilitator when to be there.
func (f *flow) daysAhead(s *SchoolNight, kind intervention.Kind) {
	var ahead []string
	for _, d := range s.dayPlans() {
		if d.Kind == kind {
			ahead = append(ahead, fmt.Sprintf("%s, %s (%s)", longDay(d.Date), d.Start, count(len(d.meetings), "meeting", "meetings")))
		}
	}
	words := "none booked"
	if len(ahead) > 0 {
		words = strings.Join(ahead, "; ")
	}
	f.para([]span{{fmt.Sprintf("%s meeting days ahead: ", kind), bold}, {text: words}})
}
