package attendance

import (
	"errors"
	"fmt"
)

// Rules are the numbers of the arithmetic. They are policy: a district may set
// its own, and every run keeps the ones it used.
type Rules struct {
	// ClearWindow is how many instructional days an unverified row may wait for
	// a note before it is read as unexcused.
	ClearWindow int `yaml:"clear_window"`
	// LateMinutes: more than this many minutes missed without excuse is a
	// truancy event (EC 48260(a): "more than a 30-minute period").
	LateMinutes int `yaml:"late_minutes"`
	// MonthDays is the length of a school month in enrolled days.
	MonthDays int `yaml:"month_days"`
	// TruantEvents is how many events make a truant (EC 48260(a)).
	TruantEvents int `yaml:"truant_events"`
	// CompulsoryFrom and CompulsoryTo are ages in whole years, both inclusive
	// (EC 48200: 6 to 18).
	CompulsoryFrom int `yaml:"compulsory_from"`
	CompulsoryTo   int `yaml:"compulsory_to"`
	// AtRiskPercent, ChronicPercent and SeverePercent are the lower bounds of
	// the tiers, in whole percent of days enrolled.
	AtRiskPercent  int `yaml:"at_risk_percent"`
	ChronicPercent int `yaml:"chronic_percent"`
	SeverePercent  int `yaml:"severe_percent"`
	// ChronicMinDays is how many days enrolled chronic needs; StateMinDays is
	// how many the state's published rate must exceed.
	ChronicMinDays int `yaml:"chronic_min_days"`
	StateMinDays   int `yaml:"state_min_days"`
}

// DefaultRules are the numbers of California's law and the state's practice.
func DefaultRules() Rules {
	return Rules{
		ClearWindow: 3, LateMinutes: 30, MonthDays: 20, TruantEvents: 3,
		CompulsoryFrom: 6, CompulsoryTo: 17,
		AtRiskPercent: 5, ChronicPercent: 10, SeverePercent: 20,
		ChronicMinDays: 20, StateMinDays: 30,
	}
}

// Check refuses numbers that the arithmetic can give no meaning, all of them
// in one error, each by its name in the configuration.
func (r Rules) Check() error {
	var faults []error
	within := func(name string, value, low, high int) {
		if value < low || value > high {
			faults = append(faults, fmt.Errorf("%s is %d: it must be from %d to %d", name, value, low, high))
		}
	}
	rising := func(lower string, low int, upper string, high int) {
		if low > high {
			faults = append(faults, fmt.Errorf("%s (%d) must not be above %s (%d)", lower, low, upper, high))
		}
	}
	within("clear_window", r.ClearWindow, 0, 200)
	within("late_minutes", r.LateMinutes, 0, 600)
	within("month_days", r.MonthDays, 1, 366)
	within("truant_events", r.TruantEvents, 1, 366)
	within("compulsory_from", r.CompulsoryFrom, 0, oldestPupil)
	within("compulsory_to", r.CompulsoryTo, 0, oldestPupil)
	within("at_risk_percent", r.AtRiskPercent, 1, 100)
	within("chronic_percent", r.ChronicPercent, 1, 100)
	within("severe_percent", r.SeverePercent, 1, 100)
	within("chronic_min_days", r.ChronicMinDays, 0, 366)
	within("state_min_days", r.StateMinDays, 0, 366)
	rising("compulsory_from", r.CompulsoryFrom, "compulsory_to", r.CompulsoryTo)
	rising("at_risk_percent", r.AtRiskPercent, "chronic_percent", r.ChronicPercent)
	rising("chronic_percent", r.ChronicPercent, "severe_percent", r.SeverePercent)
	return errors.Join(faults...)
}
