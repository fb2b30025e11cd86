package main

import (
	"strings"
	"testing"
)

func TestATimeOfDayIsReadAsTheOfficeMeansIt(t *testing.T) {
	for text, want := range map[string]string{
		"14:05": "14:05", "2:05 PM": "14:05", "2:05pm": "14:05", "7:30": "07:30", "07:30": "07:30", "6:15 am": "06:15", "12:10": "12:10",
	} {
		if got, err := timeOfDay(text); err != nil || got != want {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	}
	for text, refusal := range map[string]string{
		"2:45": "write 14:45 or 2:45 PM", "02:45": "write 14:45 or 2:45 PM", "0:30": "write 12:30 or 12:30 PM", "noon": "not a time", "25:00": "not a time",
	} {
		if _, err := timeOfDay(text); err == nil || !strings.Contains(err.Error(), refusal) {
			t.Errorf("%q: %v, want %q", text, err, refusal)
		}
	}
}
