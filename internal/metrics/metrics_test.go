package metrics

import (
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall/internal/district"
	"rollcall/internal/night"
)

var ended = time.Date(2025, 10, 16, 11, 3, 0, 0, time.UTC)

func full() Night {
	return Night{
		Version: "1.0", ExitCode: 3, Started: ended.Add(-90 * time.Second), Ended: ended,
		AsOf: district.NewDate(2025, 10, 15), Finished: ended, Counts: night.Counts{Students: 7400, NewSART: 2, NewCART: 3, OpenSART: 10, OpenCART: 20, LettersMail: 7},
		Schools: 10, Held: 1, Rejects: 4, Undelivered: 2,
	}
}

func TestTheFileHasWhatACollectorReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rollcall.prom")
	if err := full().WriteFile(path); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`rollcall_info{version="1.0"} 1`, "rollcall_last_run_exit_code 3", "rollcall_last_run_duration_seconds 90", "rollcall_students 7400",
		"rollcall_cases_open 30", "rollcall_cases_new 5", "rollcall_schools_held 1", "# TYPE rollcall_mail_undelivered gauge", "rollcall_last_finished_timestamp_seconds 1.76061258e+09",
	} {
		if !strings.Contains(string(got), line+"\n") {
			t.Errorf("no line %s in\n%s", line, got)
		}
	}
	if strings.Contains(string(got), "rollcall_next_run") {
		t.Error("without a daemon there is a next run")
	}
}

func TestANightThatNeverWasHasNoFigures(t *testing.T) {
	for _, f := range (Night{ExitCode: 1, Started: ended, Ended: ended}).figures() {
		if f.name == "rollcall_students" || f.name == "rollcall_last_finished_timestamp_seconds" {
			t.Errorf("there is %s", f.name)
		}
	}
}

func TestAScrapeSaysHowThingsStandThen(t *testing.T) {
	n := full()
	h := Handler(func() Night { return n })
	scrape := func() string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		body, err := io.ReadAll(w.Result().Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	if !strings.Contains(scrape(), "rollcall_rows_rejected 4\n") {
		t.Error("no figures")
	}
	n.Rejects = 0
	if !strings.Contains(scrape(), "rollcall_rows_rejected 0\n") {
		t.Error("the figures of before")
	}
}
