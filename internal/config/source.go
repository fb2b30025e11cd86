package config

import (
	"slices"
	"strings"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
)

// source checks where the bundle comes from.
func (v *checker) source(s *Source) {
	v.oneOf("source.kind", s.Kind, "csvdir", "pgview", "edfi", "aeries")
	switch s.Kind {
	case "csvdir":
		v.required("source.path", s.Path, "the folder of the nightly export")
	case "aeries":
		v.required("source.url", s.URL, "https://aeries.example.org/admin/api/v5")
		v.required("source.certificate", s.Certificate, "${AERIES_CERTIFICATE}")
	case "pgview", "edfi":
		v.required("source.dsn", s.DSN, "postgres://rollcall:${ROLLCALL_SOURCE_PASSWORD}@sis.example.org/sis")
	}
	v.columns(s)
}

// columns checks how a foreign export is translated. What is said of every table is
// checked as if it were said of one.
func (v *checker) columns(s *Source) {
	every := bundle.Mapping{district.Schools: {Encoding: s.Encoding, Separator: s.Separator, Dates: s.Dates}}
	for _, fault := range every.Validate() {
		v.fault("source."+fault.Key[1], "%s", fault.Problem)
	}
	for _, fault := range s.Columns.Validate() {
		path := slices.Concat([]string{"source", "columns"}, fault.Key)
		v.faults.Faults = append(v.faults.Faults, Fault{Line: v.line(path), Problem: strings.Join(path, ".") + ": " + fault.Problem})
	}
}

// shelf checks the place of the documents.
func (v *checker) shelf(s *Shelf) {
	b := &s.Bucket
	if *b == (Bucket{}) {
		v.required("shelf.path", s.Path, "out")
		return
	}
	v.required("shelf.bucket.endpoint", b.Endpoint, "s3.us-west-2.amazonaws.com")
	v.required("shelf.bucket.name", b.Name, "rollcall-documents")
	v.required("shelf.bucket.access_key", b.AccessKey, "${ROLLCALL_S3_ACCESS_KEY}")
	v.required("shelf.bucket.secret_key", b.SecretKey, "${ROLLCALL_S3_SECRET_KEY}")
}
