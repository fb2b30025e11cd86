//go:build !linux

// Package hugepages makes large slices cheap to fill.
package hugepages

// Make is make([]T, 0, n).
func Make[T any](n int) []T { return make([]T, 0, n) }
