//go:build !linux

package csvdir

// roomFor is make([]T, 0, n).
func roomFor[T any](n int) []T { return make([]T, 0, n) }
