package intervention

import (
	"rollcall/internal/attendance"
	"rollcall/internal/district"
)

// PolicyText is the policy as the configuration states it. The zero value of a
// field means the default, which Compile fills in.
type PolicyText struct {
	Name          string        `yaml:"name"`
	EffectiveFrom district.Date `yaml:"effective_from"`
	// Grades say who can get a case; default TK to 8.
	Grades     []string         `yaml:"grades"`
	Attendance attendance.Rules `yaml:"attendance"`
	CART       []RuleText       `yaml:"cart"`
	SART       []RuleText       `yaml:"sart"`
	WatchList  []RuleText       `yaml:"watch_list"`
	CARTAgain  []RuleText       `yaml:"cart_again"`
	SARB       []RuleText       `yaml:"sarb_referral"`
	// LetterOne is who makes the notice of EC 48260.5: external or ours.
	LetterOne string `yaml:"letter_1"`
	// External is what happens to a SART invitation while the other system's
	// Letter #1 is not on record: warn or require.
	External string `yaml:"external"`
	// LetterOneName is what letters_sent calls it.
	LetterOneName string `yaml:"letter_1_name"`
}

// RuleText is one named rule.
type RuleText struct {
	Name string `yaml:"name"`
	When string `yaml:"when"`
}
