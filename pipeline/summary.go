package pipeline

import (
	"rollcall/internal/district"
	"rollcall/internal/night"
)

// Summary is a night in figures: summary.json, and what the ledger keeps of it.
type Summary struct {
	Run         string        `json:"run"`
	AsOf        district.Date `json:"as_of"`
	SchoolYear  string        `json:"school_year"`
	Version     string        `json:"version"`
	PolicyHash  string        `json:"policy_hash"`
	InputDigest string        `json:"input_digest"`
	Totals      night.Counts  `json:"totals"`
	Rejects     int           `json:"rejects"`
	Held        []string      `json:"held"` // school IDs
	Undelivered []Undelivered `json:"undelivered"`
	Incomplete  []string      `json:"incomplete,omitempty"` // earlier nights that could not be completed
	// RefusedFollowUps are filled-in rosters that wait in the inbox to be mended.
	RefusedFollowUps []string        `json:"refused_follow_ups,omitempty"`
	Schools          []SchoolSummary `json:"schools"`
	Documents        int             `json:"documents"`
	Pages            int             `json:"pages"`
}

// SchoolSummary is one school of it.
type SchoolSummary struct {
	SchoolID string `json:"school_id"`
	Name     string `json:"name"`
	Folder   string `json:"folder"`
	Held     string `json:"held,omitempty"`
	Mend     string `json:"mend,omitempty"`     // how a held school goes on
	Approved string `json:"approved,omitempty"` // by whom a night that had been held was
	// AttendanceThrough is the last day whose attendance arrived, where later ones
	// did not.
	AttendanceThrough district.Date `json:"attendance_through,omitzero"`
	Counts            night.Counts  `json:"counts"`
}

// Undelivered is a message that did not reach somebody.
type Undelivered struct {
	Run      string        `json:"run,omitempty"` // where it is of an earlier night
	SchoolID string        `json:"school_id,omitempty"`
	Role     district.Role `json:"role"`
	Address  string        `json:"address"`
	Outcome  night.Outcome `json:"outcome"`
	Detail   string        `json:"detail"`
}

// NeedsPerson reports whether somebody has to look at the night: exit code 3.
func (s Summary) NeedsPerson() bool {
	return s.Rejects > 0 || len(s.Held) > 0 || len(s.Undelivered) > 0 || len(s.Incomplete) > 0 || len(s.RefusedFollowUps) > 0
}
