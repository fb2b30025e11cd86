package intervention

import "strings"

// asked are the flags that a person has to fill in to record an event, as a text
// to copy: what is in capitals is theirs to put in.
var asked = map[EventKind]string{
	Held:       `--attendee "NAME" --address verified --summary "WORDS"`,
	Attempt:    `--at TIME --method phone --result "WORDS"`,
	Completed:  `--method "in person" --agrees`,
	Postponed:  "--not-before DAY",
	Documented: "--tag TAG --code CODE",
	Withdrawn:  `--why "WORDS"`,
	Closed:     `--why "WORDS"`,
	Undone:     `--why "WORDS"`,
}

// RecordCommand is the whole command that records an event of a case: with the
// flags given, or where none are with those that it cannot do without.
func RecordCommand(kind EventKind, caseID string, flags ...string) string {
	if len(flags) == 0 && asked[kind] != "" {
		flags = []string{asked[kind]}
	}
	return strings.Join(append([]string{"rollcall case record", kind.Command(), caseID}, flags...), " ")
}

// Command names the event as 'rollcall case record' does.
func (k EventKind) Command() string {
	if k == Undone {
		return "undo"
	}
	return strings.ReplaceAll(k.Words(), " ", "-")
}
