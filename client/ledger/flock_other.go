//go:build !unix

package ledger

import (
	"os"

	"golang.org/x/sys/windows"
)

type lockKind uint32

const (
	shared    lockKind = windows.LOCKFILE_FAIL_IMMEDIATELY
	exclusive lockKind = windows.LOCKFILE_FAIL_IMMEDIATELY | windows.LOCKFILE_EXCLUSIVE_LOCK
)

// lock takes a lock without waiting. It ends with the handle, that is with the
// process, however the process ends.
func lock(f *os.File, kind lockKind) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), uint32(kind), 0, 1, 0, new(windows.Overlapped))
}
