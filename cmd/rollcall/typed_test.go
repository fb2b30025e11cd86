package main

import (
	"strings"
	"testing"
)

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
