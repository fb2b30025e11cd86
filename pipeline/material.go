package pipeline

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"

	"rollcall/internal/district"
	"rollcall/reports"
)

// districtMaterial is what the district's own jobs work from; a school's work from
// its reports.SchoolNight. Both enter the ledger with the decision, so that a job
// can be repeated on any machine, however the export has changed since.
type districtMaterial struct {
	Night   reports.Night
	Staff   []district.Staff // the district office's
	Rejects []district.Reject
}

func pack(v any) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(v); err != nil {
		return nil, fmt.Errorf("pack material: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack material: %w", err)
	}
	return b.Bytes(), nil
}

func unpack(packed []byte, v any) error {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return fmt.Errorf("unpack material: %w", err)
	}
	if err := json.NewDecoder(z).Decode(v); err != nil {
		return fmt.Errorf("unpack material: %w", err)
	}
	return nil
}
