// Package hugepages makes large slices cheap to fill.
package hugepages

import (
	"syscall"
	"unsafe"
)

// Make is make([]T, 0, n), on huge pages where there is much of it. In a year of a
// large district the kernel would hand out forty thousand common pages, which takes it
// a fifth of the time of reading; and Linux gives huge ones mostly to who asks.
func Make[T any](n int) []T {
	const hugePage = 2 << 20
	room := make([]T, n)
	first := unsafe.Pointer(unsafe.SliceData(room))
	if size := uintptr(n) * unsafe.Sizeof(*new(T)); size >= 2*hugePage {
		// The kernel wants the address of a page. It is only advice: where
		// there are no huge pages, common ones do.
		skip := -uintptr(first) % uintptr(syscall.Getpagesize())
		_ = syscall.Madvise(unsafe.Slice((*byte)(first), size)[skip:], syscall.MADV_HUGEPAGE)
	}
	return room[:0]
}
