package queue

import (
	"errors"
	"time"
)

// Permanent marks an error that no further try can mend: the job is given up at
// once. Any error that says so itself, by a method Permanent() bool, is taken at
// its word. Permanent of nil is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

type permanent struct{ error }

func (p permanent) Unwrap() error   { return p.error }
func (p permanent) Permanent() bool { return true }

func isPermanent(err error) bool {
	var p interface{ Permanent() bool }
	return errors.As(err, &p) && p.Permanent()
}

// After marks an error after which the next try is to wait for a pause of its
// own, such as the one a mail server asked for. The try counts, and
// the queue needs a clock (Options.Now). Any error with a
// method RetryAfter() time.Duration is taken the same way. After of nil is nil.
func After(err error, pause time.Duration) error {
	if err == nil {
		return nil
	}
	return after{err, pause}
}

type after struct {
	error
	pause time.Duration
}

func (a after) Unwrap() error             { return a.error }
func (a after) RetryAfter() time.Duration { return a.pause }

func pauseOf(err error) (time.Duration, bool) {
	var a interface{ RetryAfter() time.Duration }
	if !errors.As(err, &a) {
		return 0, false
	}
	return max(a.RetryAfter(), 0), true
}
