package pipeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/templates"
)

func TestOnlyAWebAddressBecomesALink(t *testing.T) {
	const place = "2025-10-15/101-acacia"
	for _, c := range []struct {
		link string
		want templates.Link
	}{
		{"https://files.example.org/attendance/", templates.Link{Name: "n", URL: "https://files.example.org/attendance/" + place}},
		{"HTTP://files.example.org", templates.Link{Name: "n", URL: "HTTP://files.example.org/" + place}},
		{"/srv/rollcall/out", templates.Link{Name: "n", Path: "/srv/rollcall/out/" + place}},
		{"smb://office/attendance", templates.Link{Name: "n", Path: "smb://office/attendance/" + place}},
		{"javascript:alert(1)//", templates.Link{Name: "n", Path: "javascript:alert(1)//" + place}},
	} {
		d := Delivery{Settings: Settings{Mail: MailSettings{Link: c.link}}}
		if diff := cmp.Diff(c.want, d.link("n", place)); diff != "" {
			t.Errorf("%s: %s", c.link, diff)
		}
	}
}
