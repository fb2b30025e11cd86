package reports

import (
	"fmt"
	"strings"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

// leastContacts is how many documented attempts to reach the parents districts'
// lists ask for.
const leastContacts = 3

// contacts are the year's documented attempts to reach the family, CART's too. One
// without its time, method or result proves little and does not count; a meeting
// that was held, or a contract agreed by telephone, is a contact.
func (r *readiness) contacts() ChecklistItem {
	item := ChecklistItem{Name: fmt.Sprintf("Contact attempts, at least %d", leastContacts)}
	counted, vague := 0, 0
	for i := range r.Cases {
		for _, e := range r.Cases[i].Events {
			switch {
			case e.Kind == intervention.Attempt && (e.Facts.Time == "" || e.Facts.Method == "" || e.Facts.Result == ""):
				vague++
			case e.Kind == intervention.Attempt, e.Kind == intervention.Completed && e.Facts.Method != "" && !heldOn(&r.Cases[i], e.On):
				counted++
			case e.Kind == intervention.Held:
				counted++
			default:
				continue
			}
			item.Evidence = append(item.Evidence, contactWords(e))
		}
	}
	if counted >= leastContacts {
		return item
	}
	item.ToDo = fmt.Sprintf("%d of %d on record: call, and record each attempt with its date, time, method and result.", counted, leastContacts)
	if n := len(r.Student.Notes); n > 0 && !r.night.leavesOut(AttendanceNotesSection) {
		item.ToDo += fmt.Sprintf(" Look through the %s below for more.", count(n, "attendance note", "attendance notes"))
	}
	if vague > 0 {
		item.ToDo += fmt.Sprintf(" %s time, method or result and does not count.", count(vague, "attempt has no", "attempts have no"))
	}
	return item
}

func heldOn(c *intervention.Case, on district.Date) bool {
	for _, e := range c.Events {
		if e.Kind == intervention.Held && e.On == on {
			return true
		}
	}
	return false
}

// contactWords say when and how a family was reached for, and what came of it.
func contactWords(e intervention.Event) string {
	result := e.Facts.Result
	switch e.Kind {
	case intervention.Held:
		result = "met in person"
	case intervention.Completed:
		result = "contract agreed"
	}
	return joinParts(" ", moment(e)+":", orNone(joinParts(", ", e.Facts.Method, result)), parenthesised(e.Who()))
}

// moment is an event's day and, where it was recorded, its time.
func moment(e intervention.Event) string {
	if at, err := intervention.ParseClock(e.Facts.Time); err == nil {
		return shortDay(e.On) + ", " + at.String()
	}
	return shortDay(e.On)
}

// homeVisit is looked for among the attempts and what the SIS holds.
func (r *readiness) homeVisit() ChecklistItem {
	item := ChecklistItem{Name: "Home visit attempted"}
	visit := func(s string) bool { return strings.Contains(strings.ToLower(s), "visit") }
	for i := range r.Cases {
		for _, e := range r.Cases[i].Events {
			if e.Kind == intervention.Attempt && visit(e.Facts.Method) {
				item.Evidence = append(item.Evidence, contactWords(e))
			}
		}
	}
	for _, i := range r.Student.Interventions {
		if visit(i.Kind) {
			item.Evidence = append(item.Evidence, pastWords(i))
		}
	}
	if item.Evidence == nil {
		item.ToDo = "try one and record it as an attempt, or write here why none was made: ____________________"
	}
	return item
}

// conference is the effort to meet parent and student: a meeting that was held,
// or one that was missed with an attempt to reach them since. (EC 48262)
func (r *readiness) conference() ChecklistItem {
	item := ChecklistItem{Name: "SART conference held or attempted (EC 48262)"}
	met, unnamed, missed, attempts := false, false, false, 0
	for _, e := range r.about.Events {
		switch e.Kind {
		case intervention.Held:
			met = true
			who := "attended by " + strings.Join(e.Facts.Attendees, ", ")
			if len(e.Facts.Attendees) == 0 {
				who, unnamed = "who attended is not recorded", true
			}
			item.Evidence = append(item.Evidence, joinParts("; ", "held on "+moment(e), who, e.Facts.Summary))
		case intervention.NoShow:
			missed, attempts = true, 0
			item.Evidence = append(item.Evidence, "the family did not come on "+shortDay(e.On))
		case intervention.Attempt, intervention.Completed:
			if missed {
				attempts++
				item.Evidence = append(item.Evidence, "tried since: "+contactWords(e))
			}
		case intervention.Backfilled:
			item.Evidence = append(item.Evidence, "taken over on "+shortDay(e.On)+" from the record kept before")
		}
	}
	switch {
	case met && unnamed:
		item.ToDo = "write down who attended."
	case met || missed && attempts > 0:
	case missed:
		item.ToDo = "call home to attempt a phone SART, and record each attempt."
	case item.Evidence != nil:
		item.ToDo = "put the record of that meeting behind this page."
	default:
		item.ToDo = "no meeting was held or attempted."
	}
	return item
}

func (r *readiness) contract() ChecklistItem {
	item := ChecklistItem{Name: "SART contract offered and agreed"}
	for _, e := range r.about.Events {
		if e.Kind == intervention.Completed && e.Facts.Agreed {
			item.Evidence = append(item.Evidence, joinParts(", ", moment(e), e.Facts.Method)+by(e)+": parent understands and agrees with the SART Contract")
		}
	}
	if item.Evidence == nil {
		item.ToDo = "no agreement is on record: offer the contract, in person or by phone; where the parent declines, write here when it was offered: ____________________"
	}
	return item
}

// interventions are those chosen at the meetings of the year, and those the SIS
// holds.
func (r *readiness) interventions() ChecklistItem {
	item := ChecklistItem{Name: "Interventions chosen, with dates"}
	for i := range r.Cases {
		c := &r.Cases[i]
		for _, e := range c.Events {
			for _, chosen := range e.Facts.Interventions {
				item.Evidence = append(item.Evidence, fmt.Sprintf("%s, chosen on %s (%s)", chosen, shortDay(e.On), c.Kind))
			}
		}
	}
	for _, i := range r.Student.Interventions {
		item.Evidence = append(item.Evidence, pastWords(i))
	}
	if item.Evidence == nil {
		item.ToDo = "none is on record: name what was tried, with its date, and enter it in the SIS."
	}
	return item
}

func pastWords(i district.PastIntervention) string {
	return joinParts(" ", i.Kind, "on "+orNone(shortDay(i.Date)), parenthesised(i.Author))
}

func (r *readiness) documented() ChecklistItem {
	item := ChecklistItem{Name: "Documented in the SIS, tagged and coded"}
	for _, e := range r.about.Events {
		if e.Kind == intervention.Documented {
			words := "on " + shortDay(e.On) + by(e)
			if e.Facts.Tag != "" {
				words += ", tag " + e.Facts.Tag
			}
			if e.Facts.Code != "" {
				words += ", code " + e.Facts.Code
			}
			item.Evidence = append(item.Evidence, words)
		}
	}
	if item.Evidence == nil {
		item.ToDo = "enter the SART in the SIS with its tag and code, and record it as documented."
	}
	return item
}

func (r *readiness) address() ChecklistItem {
	item := ChecklistItem{Name: "Address verified"}
	verified := false
	for i := range r.Cases {
		for _, e := range r.Cases[i].Events {
			if e.Facts.Address != "" {
				verified = true
				item.Evidence = append(item.Evidence, joinParts(": ", e.Facts.Address+" on "+shortDay(e.On), e.Facts.NewAddress))
			}
		}
	}
	for _, h := range r.Student.Households() {
		if h.Address.Usable() {
			item.Evidence = append(item.Evidence, "in the SIS: "+addressLine(h.Address))
		}
	}
	if !verified {
		item.ToDo = "ask the family for their mailing address at the next contact and record that it was verified."
	}
	return item
}

func (r *readiness) language() ChecklistItem {
	item := ChecklistItem{Name: "Home language and interpreter"}
	known := r.Student.HomeLanguage != ""
	for _, c := range r.Student.Contacts {
		known = known || c.Language != ""
	}
	if !known {
		item.ToDo = "not on file: ask the family, and enter it in the SIS."
		return item
	}
	if r.Student.HomeLanguage != "" {
		item.Evidence = append(item.Evidence, "home language "+templates.LanguageName(r.Student.HomeLanguage))
	}
	if lang := r.familyLanguage(); lang == "English" {
		item.Evidence = append(item.Evidence, "no interpreter needed")
	} else {
		item.Evidence = append(item.Evidence, "interpreter needed: "+lang)
	}
	return item
}
