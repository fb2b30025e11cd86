package main

import (
	"strings"
	"testing"

	"rollcall/internal/intervention"
)

func recordableNamed(t *testing.T, name string) recordable {
	t.Helper()
	for _, r := range recordables {
		if r.name == name {
			return r
		}
	}
	t.Fatalf("no event %q", name)
	return recordable{}
}

func TestTheCommandsToCopyLackNothing(t *testing.T) {
	for _, r := range recordables {
		command := intervention.RecordCommand(r.kind, "CASE-ID")
		if !strings.HasPrefix(command, "rollcall case record "+r.name+" CASE-ID") {
			t.Errorf("%s is asked for as %q", r.name, command)
		}
		for _, flag := range r.must {
			if !strings.Contains(command, " --"+flag) {
				t.Errorf("%q lacks --%s", command, flag)
			}
		}
	}
}

func TestFlagsThatAreMissingAreNamedAllAtOnce(t *testing.T) {
	for _, c := range []struct {
		event string
		given caseRecordCommand
		want  string
	}{
		{"held", caseRecordCommand{}, "held needs --attendee, --address and --summary"},
		{"held", caseRecordCommand{Address: "verified", Tag: "SART", Agrees: true}, "held needs --attendee and --summary, and has no use for --agrees and --tag"},
		{"attempt", caseRecordCommand{At: "14:05"}, "attempt needs --method and --result"},
		{"completed", caseRecordCommand{Method: "phone"}, "completed needs --agrees and --at"},
		{"no-show", caseRecordCommand{Summary: "x"}, "no-show has no use for --summary"},
		{"withdrawn", caseRecordCommand{}, "withdrawn needs --why"},
	} {
		_, err := c.given.facts(recordableNamed(t, c.event))
		if err == nil || err.Error() != c.want {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
