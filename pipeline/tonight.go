package pipeline

import (
	"time"

	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/internal/night"
	"rollcall/reports"
)

// Settings are the district's choices, plain values from the configuration.
type Settings struct {
	Office    reports.Office
	TimeZone  string
	Location  *time.Location
	Meetings  intervention.MeetingRules
	CorrectBy int // instructional days before a meeting
	Batch     int // letters in one PDF
	Supports  []reports.Support
	LeftOut   []reports.Section // of meeting files
	InSpanish map[string]string // places and rooms
	Safety    Safety
	Mail      MailSettings
	// SuppressSmall hides counts of 10 or fewer in cross-school summaries.
	SuppressSmall bool
	// Refused are filled-in rosters that wait to be mended.
	Refused []RefusedFollowUp
	// Codings are what the SIS calls what is entered into it.
	Codings intervention.Codings
	Version string
	// RecordOnly takes a year over that was run by other means: cases are put on
	// record, and nothing is issued.
	RecordOnly bool
}

// Safety is when a school's night stops for a person. (data.md, last point)
type Safety struct {
	// Manual has whatever a school would issue wait for an approval.
	Manual         bool
	TooMany        func(newCases, enrolled int) bool
	TooManyBack    func(takenBack, open int) bool
	QuietDayMedian int
	AbsentShare    float64 // percent
}

// MailSettings are what a message needs beside its content.
type MailSettings struct {
	Off            bool
	From, ReplyTo  string
	AllowedDomains []string
	Attach         string            // none, encrypted, plain; empty: encrypted where a password is set
	Passwords      map[string]string // by school ID, or default
	MaxSize        int64             // bytes after encoding
	Link           string            // where people find the shelf
}

// Tonight is what every stage knows.
type Tonight struct {
	Run      night.Run
	District *district.District
	Policy   *intervention.Policy
	Settings Settings
	// Approval is by whom the held night of the school that is decided again was
	// approved; zero in a night that nobody had to approve.
	Approval night.Approval
}

func (t Tonight) approved() bool { return t.Approval.By != "" }

// Issued is the date on a school's letters: the first instructional day after
// the as-of date, when the office opens and can put them in the post; where the
// calendar has ended, the day after.
func (t Tonight) Issued(schoolID string) district.Date {
	if d := t.District.Calendars[schoolID].After(t.Run.AsOf, 1); !d.IsZero() {
		return d
	}
	return t.Run.AsOf + 1
}

// PreviewNight is a night for papers that are made for nobody.
func PreviewNight(s Settings, p *intervention.Policy, asOf district.Date) reports.Night {
	t := Tonight{
		Run:      night.Run{ID: asOf.String(), AsOf: asOf},
		District: &district.District{AsOf: asOf, Year: district.YearOf(asOf)}, Policy: p, Settings: s,
	}
	return t.words("")
}

// words is what documents say of the night.
func (t Tonight) words(schoolID string) reports.Night {
	p := t.Policy
	w := reports.PolicyWords{Name: p.Text.Name, Hash: p.Hash, From: p.Text.EffectiveFrom, Numbers: p.Rules, LetterOne: p.Text.LetterOneName}
	for _, list := range []struct {
		name  string
		list  intervention.RuleList
		rules []intervention.RuleText
	}{
		{"SART", intervention.SARTRules, p.Text.SART}, {"CART", intervention.CARTRules, p.Text.CART}, {"Watch list", intervention.WatchRules, p.Text.WatchList},
		{"CART again", intervention.CARTAgainRules, p.Text.CARTAgain}, {"SARB referral", intervention.SARBRules, p.Text.SARB},
	} {
		for _, r := range list.rules {
			w.Rules = append(w.Rules, reports.RuleWords{Case: list.name, Name: r.Name, When: r.When, Plain: p.Plain(list.list, r.Name)})
		}
	}
	return reports.Night{
		District: t.Settings.Office, AsOf: t.Run.AsOf, Issued: t.Issued(schoolID), Year: t.District.Year,
		RunID: t.Run.ID, Version: t.Settings.Version, Policy: w, TimeZone: t.Settings.TimeZone,
		Provided: t.District.Provided, Supports: t.Settings.Supports, LeftOut: t.Settings.LeftOut, InSpanish: t.Settings.InSpanish, SchoolNames: t.schoolNames(),
	}
}

func (t Tonight) schoolNames() map[string]string {
	names := make(map[string]string, len(t.District.Schools))
	for _, s := range t.District.Schools {
		names[s.ID] = s.Name
	}
	return names
}
