package queue

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRiverIsHeardOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := quiet(slog.New(slog.NewTextHandler(&out, nil)))
		for range 130 { // seconds
			log.Error("no server", "try", 1)
			log.With("queue", "default").Error("no server")
			log.Info("a look")
			time.Sleep(time.Second)
		}
		log.Warn("another matter")
		if n := strings.Count(out.String(), "no server"); n != 3 {
			t.Errorf("said %d times in two minutes and a bit", n)
		}
		if strings.Contains(out.String(), "a look") || !strings.Contains(out.String(), "another matter") {
			t.Error(out.String())
		}
	})
}
