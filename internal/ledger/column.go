package ledger

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// instant is a moment as the ledger keeps it: UTC, to the microsecond, which is
// what every engine can hold. The zero value is NULL.
type instant time.Time

// Value is the driver's view of it.
func (i instant) Value() (driver.Value, error) {
	if time.Time(i).IsZero() {
		return nil, nil
	}
	return time.Time(i).UTC().Truncate(time.Microsecond), nil
}

// The forms in which SQLite hands back a moment that it did not recognise as one.
var instantLayouts = []string{"2006-01-02 15:04:05.999999999-07:00", time.RFC3339Nano}

// Scan reads what either driver gives.
func (i *instant) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*i = instant{}
		return nil
	case time.Time:
		*i = instant(v.UTC().Truncate(time.Microsecond))
		return nil
	case []byte:
		return i.Scan(string(v))
	case string:
		for _, layout := range instantLayouts {
			if t, err := time.Parse(layout, v); err == nil {
				return i.Scan(t)
			}
		}
		return fmt.Errorf("%q is no instant", v)
	}
	return fmt.Errorf("cannot read an instant from %T", value)
}

// asJSON is a value kept as JSON text.
type asJSON[T any] struct{ V T }

// Value is the driver's view of it: a string, since PostgreSQL takes bytes for
// a BYTEA.
func (j asJSON[T]) Value() (driver.Value, error) {
	text, err := json.Marshal(j.V)
	return string(text), err
}

// Scan reads what Value wrote.
func (j *asJSON[T]) Scan(value any) error {
	switch v := value.(type) {
	case string:
		return json.Unmarshal([]byte(v), &j.V)
	case []byte:
		return json.Unmarshal(v, &j.V)
	}
	return fmt.Errorf("cannot read JSON from %T", value)
}

// orNull is text of which the empty string is NULL.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
