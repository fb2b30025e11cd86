package queue

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// quiet is a logger for River itself: what it warns of, each message once a minute. While
// a server is away River says so at every look, dozens of times a second.
func quiet(log *slog.Logger) *slog.Logger {
	return slog.New(warnings{log.Handler(), &said{last: map[string]time.Time{}}})
}

// sayAgain is how long a message that was said is not said again.
const sayAgain = time.Minute

type warnings struct {
	slog.Handler
	said *said
}

// said is when each message was said last.
type said struct {
	mu   sync.Mutex
	last map[string]time.Time
}

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// Handle passes on what was not said just now.
func (w warnings) Handle(ctx context.Context, r slog.Record) error {
	w.said.mu.Lock()
	last, before := w.said.last[r.Message]
	again := before && r.Time.Sub(last) < sayAgain
	if !again {
		w.said.last[r.Message] = r.Time
	}
	w.said.mu.Unlock()
	if again {
		return nil
	}
	return w.Handler.Handle(ctx, r)
}

func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs), w.said}
}

func (w warnings) WithGroup(name string) slog.Handler {
	return warnings{w.Handler.WithGroup(name), w.said}
}
