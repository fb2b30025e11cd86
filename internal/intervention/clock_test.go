package intervention

import (
	"encoding/json"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

func TestClockIsReadAsOfficesWriteIt(t *testing.T) {
	good := map[string]Clock{
		"8:30": 510, "08:30": 510, "13:00": 780, "1:00 PM": 780, "1:00pm": 780, "1 PM": 780, "1:05 p.m.": 785,
		"12:00 AM": 0, "12:15 PM": 735, "0:00": 0, "23:59": 1439, " 9:00 a.m. ": 540,
	}
	for text, want := range good {
		if got, err := ParseClock(text); err != nil || got != want {
			t.Errorf("ParseClock(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "8", "13", "24:00", "8:60", "13:00 PM", "0:30 AM", "8:3", "8:300", "-1:00", "+1:00", "8:30 XM", "M", "PM", "1.0 PM", "8.30", "8:30:00", "٨:٣٠"} {
		if got, err := ParseClock(text); err == nil {
			t.Errorf("ParseClock(%q) = %v, want an error", text, got)
		}
	}
}

func TestClockComesFromConfigurationWithAndWithoutQuotes(t *testing.T) {
	var got struct{ A, B, C Clock }
	if err := yaml.Unmarshal([]byte("a: 8:30\nb: \"13:00\"\nc: 1:00 PM\n"), &got); err != nil {
		t.Fatal(err)
	}
	if got.A != 510 || got.B != 780 || got.C != 780 {
		t.Errorf("read %+v", got)
	}
}

func TestClockIsKeptAsText(t *testing.T) {
	kept, err := json.Marshal(Meeting{Start: 510, End: 780})
	if err != nil {
		t.Fatal(err)
	}
	var back Meeting
	if err := json.Unmarshal(kept, &back); err != nil || back.Start != 510 || back.End != 780 {
		t.Errorf("%s came back as %s to %s, %v", kept, back.Start, back.End, err)
	}
	var c Clock
	if err := json.Unmarshal([]byte(`"half past eight"`), &c); err == nil {
		t.Error("half past eight was read")
	}
}

func FuzzClock(f *testing.F) {
	for _, seed := range []string{"8:30", "1:00 PM", "12 am", "p.m.", ":", "99:99"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseClock(text)
		if err != nil {
			return
		}
		if c < 0 || c >= 24*60 {
			t.Fatalf("%q is %d minutes", text, c)
		}
		if again, err := ParseClock(c.String()); err != nil || again != c {
			t.Fatalf("%q is %s, which reads back as %s, %v", text, c, again, err)
		}
	})
}

func TestATimeWithoutAmOrPmIsNotOfTheNight(t *testing.T) {
	for in, want := range map[string]string{
		"14:45": "14:45", "07:30": "07:30", "7:00": "07:00", "12:05": "12:05", " 2:45 pm ": "14:45", "2:45pm": "14:45", "2:45 PM": "14:45",
		"2:45 p.m.": "14:45", "02:45 pm": "14:45", "6:30 am": "06:30", "12:10 pm": "12:10",
	} {
		if got, err := ParseTimeOfDay(in); err != nil || got.ISO() != want {
			t.Errorf("%q is %q (%v), want %q", in, got, err, want)
		}
	}
	for in, hint := range map[string]string{
		"2:45": "write 14:45 or 2:45 PM", "02:45": "write 14:45 or 2:45 PM", "1:00": "write 13:00 or 1:00 PM", "6:59": "write 18:59 or 6:59 PM",
		"14:45 pm": "is not a time", "245": "is not a time", "25:00": "is not a time", "": "is not a time",
	} {
		if got, err := ParseTimeOfDay(in); err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("%q is %q (%v), want %q", in, got, err, hint)
		}
	}
}
