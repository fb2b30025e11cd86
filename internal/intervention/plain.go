package intervention

import "fmt"

// Plain says a rule that is built in as a sentence, for those who read no
// expressions; empty for a rule of the district's own.
func (p *Policy) Plain(list RuleList, name string) string {
	for _, r := range p.rules[list] {
		if r.name == name && r.builtIn {
			return p.plain(list, name)
		}
	}
	return ""
}

// plain states the default rules; their own numbers are part of their text, the
// others are the policy's.
func (p *Policy) plain(list RuleList, name string) string {
	n := p.Rules
	switch {
	case list == SARTRules:
		return fmt.Sprintf("%d or more unexcused absences or truancies in the school year, at ages %d to %d (EC 48260).", n.TruantEvents, n.CompulsoryFrom, n.CompulsoryTo)
	case list == WatchRules:
		return fmt.Sprintf("Absent one day or more in a month of %d school days on average, or at least 2 unexcused absences or truancies.", n.MonthDays)
	case list == CARTAgainRules:
		return "After a CART meeting: at least 20 school days since, with at least 2 of them and at least 10% of them absent."
	case list == SARBRules:
		return "After a SART meeting: at least 3 unexcused absences or truancies since."
	case name == "early":
		return fmt.Sprintf("From the 40th to the 60th school day enrolled: absent at least once in every month of %d school days, and at least 1.5 days a month on average.", n.MonthDays)
	default:
		return "Absent for any reason on at least 10% of the school days enrolled, once at least 20 days are enrolled."
	}
}
