//go:build unix

package ledger

import (
	"os"
	"syscall"
)

type lockKind int

const (
	shared    lockKind = syscall.LOCK_SH
	exclusive lockKind = syscall.LOCK_EX
)

// lock takes an advisory lock without waiting. It ends with the file, that is
// with the process, however the process ends.
func lock(f *os.File, kind lockKind) error {
	for {
		err := syscall.Flock(int(f.Fd()), int(kind)|syscall.LOCK_NB)
		if err != syscall.EINTR {
			return err
		}
	}
}
