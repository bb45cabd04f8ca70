//go:build unix

package client

import "syscall"

// Private makes every file and folder of this process readable by its owner
// only, whatever the shell's umask says. It holds for the whole process.
func Private() { syscall.Umask(0o077) }
