package main

import (
	"strings"
	"testing"
)

func TestATimeWithoutAmOrPmIsNotOfTheNight(t *testing.T) {
	for in, want := range map[string]string{
		"14:45": "14:45", "07:30": "07:30", "7:00": "07:00", "12:05": "12:05", " 2:45 pm ": "14:45", "2:45pm": "14:45", "2:45 PM": "14:45",
		"2:45 p.m.": "14:45", "02:45 pm": "14:45", "6:30 am": "06:30", "12:10 pm": "12:10",
	} {
		if got, err := timeOfDay(in); err != nil || got != want {
			t.Errorf("%q is %q (%v), want %q", in, got, err, want)
		}
	}
	for in, hint := range map[string]string{
		"2:45": "write 14:45 or 2:45 pm", "02:45": "write 14:45 or 2:45 pm", "1:00": "write 13:00 or 1:00 pm", "6:59": "write 18:59 or 6:59 pm",
		"14:45 pm": "no time of day", "245": "no time of day", "25:00": "no time of day", "": "no time of day",
	} {
		if got, err := timeOfDay(in); err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("%q is %q (%v), want %q", in, got, err, hint)
		}
	}
}

func TestAMethodIsOneOfTheList(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "phone": "phone", "Phone": "phone", "email": "e-mail", "E-Mail": "e-mail", "home visit": "home visit", "home-visit": "home visit", "In person": "in person", "text": "text",
	} {
		if got, err := method(in); err != nil || got != want {
			t.Errorf("%q is %q (%v), want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"fax", "telephone", "visit"} {
		if got, err := method(in); err == nil || !strings.Contains(err.Error(), "one of phone, text, e-mail, home visit, in person") {
			t.Errorf("%q is %q (%v)", in, got, err)
		}
	}
}
