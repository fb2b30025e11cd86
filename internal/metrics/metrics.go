// Package metrics shows how the nights go to a monitoring system: counts and
// instants in Prometheus' text format, as a file for the node exporter's textfile
// collector or over HTTP. There is no student and no school in it.
package metrics

import (
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"rollcall/internal/district"
	"rollcall/internal/night"
)

// Night is how things stand after a night. The figures are those of the last one
// that was finished; the zero value of an instant means that there was none.
type Night struct {
	Version string

	// Of the night that was run last, whatever came of it; Ended is zero where nothing
	// is known of one.
	ExitCode int
	Started  time.Time
	Ended    time.Time

	// Of the last finished one.
	AsOf        district.Date
	Finished    time.Time
	Counts      night.Counts
	Schools     int
	Held        int // schools
	Rejects     int // bad rows of the export
	Undelivered int // recipients
	Incomplete  int // earlier nights

	Next time.Time // when the daemon runs the next one; zero without a daemon
}

// figure is one metric without labels.
type figure struct {
	name, help string
	value      float64
}

func (n Night) figures() []figure {
	var figures []figure
	instant := func(name, help string, t time.Time) {
		if !t.IsZero() {
			figures = append(figures, figure{name, help, float64(t.Unix())})
		}
	}
	instant("rollcall_last_run_timestamp_seconds", "When the night that was run last ended.", n.Ended)
	instant("rollcall_last_finished_timestamp_seconds", "When the last complete night was finished.", n.Finished)
	instant("rollcall_next_run_timestamp_seconds", "When the daemon runs the next night.", n.Next)
	if !n.Ended.IsZero() {
		figures = append(figures,
			figure{"rollcall_last_run_exit_code", "Exit code of the night that was run last: 0 done, 3 done but something needs a person, else it failed.", float64(n.ExitCode)},
			figure{"rollcall_last_run_duration_seconds", "How long the night that was run last took.", n.Ended.Sub(n.Started).Seconds()})
	}
	if n.Finished.IsZero() {
		return figures
	}
	c := n.Counts
	return append(figures,
		figure{"rollcall_as_of_timestamp_seconds", "The last day that counts in the last complete night, at midnight UTC.", float64(n.AsOf.Time().Unix())},
		figure{"rollcall_schools", "Schools in the last complete night.", float64(n.Schools)},
		figure{"rollcall_schools_held", "Schools for which nothing was issued in it.", float64(n.Held)},
		figure{"rollcall_students", "Students in it.", float64(c.Students)},
		figure{"rollcall_cases_open", "Open cases after it.", float64(c.OpenSART + c.OpenCART)},
		figure{"rollcall_cases_new", "Cases opened in it.", float64(c.NewSART + c.NewCART)},
		figure{"rollcall_cases_waiting", "Cases without a place on a meeting day.", float64(c.Waiting)},
		figure{"rollcall_letters_mail", "Letters to mail.", float64(c.LettersMail)},
		figure{"rollcall_meetings_booked", "Meetings booked.", float64(c.Meetings)},
		figure{"rollcall_exceptions", "Lines on the Exceptions sheets.", float64(c.Exceptions)},
		figure{"rollcall_rows_rejected", "Bad rows of the export, which count nowhere.", float64(n.Rejects)},
		figure{"rollcall_mail_undelivered", "Recipients whom a message has not reached.", float64(n.Undelivered)},
		figure{"rollcall_nights_incomplete", "Earlier nights that are not complete.", float64(n.Incomplete)},
	)
}

// registry holds the figures of one moment.
func (n Night) registry() (*prometheus.Registry, error) {
	r := prometheus.NewRegistry()
	add := func(f figure, labels prometheus.Labels) error {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: f.name, Help: f.help, ConstLabels: labels})
		g.Set(f.value)
		return r.Register(g)
	}
	err := add(figure{"rollcall_info", "The version that is running.", 1}, prometheus.Labels{"version": n.Version})
	for _, f := range n.figures() {
		if err == nil {
			err = add(f, nil)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	return r, nil
}

// WriteFile writes the figures for the textfile collector, whole or not at all. The
// file can be read by others, as the collector must: it holds counts.
func (n Night) WriteFile(path string) error {
	r, err := n.registry()
	if err != nil {
		return err
	}
	if err := prometheus.WriteToTextfile(path, r); err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	return nil
}

// Handler answers each scrape with how things stand then.
func Handler(now func() Night) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r, err := now().registry()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		promhttp.HandlerFor(r, promhttp.HandlerOpts{}).ServeHTTP(w, req)
	})
}
